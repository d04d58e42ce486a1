"""Kills the server again and again while sagas run over tools; afterwards the records are the ledger: none lost, none doubled."""

import argparse
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from instance import Instance
from runs import wait_for_all

KILLS = int(os.environ.get("SAGA_KILLS", "20"))
SAGAS = 10
EMAIL = "owner@example.com"
HERE = Path(__file__).resolve().parent


def create(step, base, table, name):
    fields = {"Name": name}
    arguments = {"base_id": base, "table_id": table, "fields": fields}
    return {"id": step, "kind": "C", "action": {"tool": "create_record"}, "arguments": arguments}


def define(instance, key, base, table):
    status, _, spaces = instance.request("GET", "/api/workspaces", key=key)
    assert status == 200, spaces
    missing = create("never", base, table, "never")
    missing["action"] = {"tool": "update_record"}
    missing["arguments"]["record_id"] = "rec00000000000000"
    steps = [create(step, base, table, f"${{input.name}} {step}") for step in "abc"]
    for name, all_steps in (("good", steps), ("bad", [*steps, missing])):
        body = {"workspace_id": spaces["items"][0]["id"], "steps": all_steps}
        status, _, saved = instance.request("PUT", f"/api/saga/definitions/{name}", body, key=key)
        assert status == 200, saved


def start(instance, key, name, definition):
    """Sends the start until it is acknowledged; the key keeps it from being two."""
    body = {"definition": definition, "input": {"name": name}}
    try:
        status, _, run = instance.request(
            "POST", "/api/saga/start", body, key=key, headers={"Idempotency-Key": name}, timeout=5
        )
    except OSError:
        return None
    assert status in (200, 202), run
    return run["saga_id"]


def names(instance, key, base, table):
    found, offset = [], ""
    while True:
        path = f"/v0/{base}/{table}?fields%5B%5D=Name&offset={offset}"
        status, _, page = instance.request("GET", path, key=key)
        assert status == 200, page
        found += [record["fields"].get("Name", "") for record in page["records"]]
        if "offset" not in page:
            return [name for name in found if name.startswith("saga ")]
        offset = page["offset"].replace("/", "%2F")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = arguments.parse_args()
    chance = random.Random(options.seed)
    print(f"saga kill test, seed {options.seed}, {KILLS} kills", flush=True)
    with Instance(options.binary) as instance:
        instance.add_user(EMAIL, "owner")
        key = instance.add_key(EMAIL)
        base = instance.import_base(HERE.parent / "base.json")
        instance.start()
        status, _, schema = instance.request("GET", f"/v0/meta/bases/{base}/tables", key=key)
        assert status == 200, schema
        table = schema["tables"][0]["id"]
        define(instance, key, base, table)
        wanted, runs, killed = [], {}, 0
        for number in range(KILLS):
            pending = []
            for saga in range(SAGAS):
                name = f"saga {number}.{saga}"
                definition, end = chance.choice([("good", "completed"), ("bad", "compensated")])
                pending.append((name, definition, end))
            for name, definition, end in pending:
                run = start(instance, key, name, definition)
                if run is not None:
                    runs[run] = (name, end)
            time.sleep(chance.uniform(0, 0.3))
            instance.kill()
            killed += 1
            instance.start()
            for name, definition, end in pending:
                run = start(instance, key, name, definition)
                assert run is not None
                runs[run] = (name, end)
                if end == "completed":
                    wanted += [f"{name} {step}" for step in "abc"]
        assert len(runs) == KILLS * SAGAS, f"{len(runs)} runs of {KILLS * SAGAS} sagas"
        wait_for_all(instance, key, runs)
        found = names(instance, key, base, table)
        doubled = len(found) - len(set(found))
        lost = set(wanted) - set(found)
        left_over = set(found) - set(wanted)
        assert not doubled, f"{doubled} records are there twice"
        assert not lost, f"{len(lost)} records are lost, such as {sorted(lost)[:3]}"
        assert not left_over, f"{len(left_over)} records were not taken back, such as {sorted(left_over)[:3]}"
        print(f"{killed} kills, {len(runs)} sagas, {len(found)} records: none lost, none doubled", flush=True)


if __name__ == "__main__":
    main()

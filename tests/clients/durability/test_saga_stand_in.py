"""Kills the server again and again while sagas change a stand-in for Airtable that loses answers; its ledger is the judge."""

import argparse
import os
import random
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from instance import Instance
from runs import wait_for_all
from stand_in import NO_LIMITS, StandIn

KILLS = int(os.environ.get("SAGA_STAND_IN_KILLS", "10"))
SAGAS = 3
EMAIL = "owner@example.com"
HERE = Path(__file__).resolve().parent
PLAN = """
seed = %d
[limits]
enabled = false
[[faults]]
kind = "reset"
when = "after"
probability = 0.08
[[faults]]
kind = "reset"
when = "before"
probability = 0.04
[[faults]]
kind = "status"
status = 500
when = "after"
probability = 0.05
[[faults]]
kind = "latency"
ms = [5, 60]
probability = 1
"""


def request(method, url, **more):
    return {"http": {"method": method, "url": url, **more}}


def steps(tasks):
    """A creation that is looked up, a change that is read again, and an upsert, each with its way back."""
    listed = f"{tasks}?pageSize=100"

    def delete(record):
        verify = {"url": listed, "list": "records", "expect": {"id": record}, "gone": True}
        return {"action": request("DELETE", f"{tasks}/{record}", verify=verify)}

    def update(hours, before):
        url = f"{tasks}/${{steps.create.result.body.id}}"
        verify = {"url": url, "expect": {"fields": {"Hours": hours}}, "before": {"fields": {"Hours": before}}}
        return {"action": request("PATCH", url, verify=verify), "arguments": {"fields": {"Hours": hours}}}

    name = {"Name": "${input.name}"}
    look = {"url": listed, "list": "records", "expect": {"fields": name}}
    upserted = {"performUpsert": {"fieldsToMergeOn": ["Name"]}, "records": [{"fields": {"Name": "${input.name} log"}}]}
    return [
        {"id": "create", "kind": "C", "action": request("POST", tasks, verify=look), "arguments": {"fields": name},
         "compensation": delete("${steps.create.result.body.id}")},
        {"id": "update", "kind": "C", **update(3, None), "compensation": update(None, 3)},
        {"id": "upsert", "kind": "C", "action": request("PATCH", tasks, deduplicates=True), "arguments": upserted,
         "compensation": delete("${steps.upsert.result.body.records.0.id}")},
    ]


def define(instance, key, base, tasks):
    status, _, spaces = instance.request("GET", "/api/workspaces", key=key)
    assert status == 200, spaces
    missing = {"base_id": base, "table_id": "Tasks", "record_id": "rec00000000000000", "fields": {"Name": "never"}}
    never = {"id": "never", "kind": "C", "action": {"tool": "update_record"}, "arguments": missing}
    for name, all_steps in (("good", steps(tasks)), ("bad", [*steps(tasks), never])):
        body = {"workspace_id": spaces["items"][0]["id"], "steps": all_steps}
        status, _, saved = instance.request("PUT", f"/api/saga/definitions/{name}", body, key=key)
        assert status == 200, saved


def start(instance, key, name, definition):
    body = {"definition": definition, "input": {"name": name}}
    status, _, run = instance.request("POST", "/api/saga/start", body, key=key, headers={"Idempotency-Key": name})
    assert status in (200, 202), run
    return run["saga_id"]


def judge(stand_in, runs):
    """Compares what the sagas say with what was accepted; answers how many answers were lost."""
    keys = defaultdict(list)
    ledger = stand_in.ledger()
    for effect in ledger:
        keys[effect["idempotency_key"]].append(effect)
    for key, effects in keys.items():
        if "/upsert/" in key and not key.endswith("/undo"):
            created = [id for effect in effects for id in effect["created"]]
            assert len(created) == 1 and {id for effect in effects for id in effect["updated"]} <= set(created), effects
        else:
            assert len(effects) == 1, f"{key} was accepted {len(effects)} times: {effects}"
    stand_in.plan(NO_LIMITS)
    status, _, page = stand_in.request("GET", f"/v0/{stand_in.base}/Tasks?fields%5B%5D=Name", key=stand_in.token)
    assert status == 200 and "offset" not in page, page
    found = [record["fields"]["Name"] for record in page["records"]]
    found = sorted(name for name in found if name.startswith("saga "))
    wanted = [name for name, end in runs.values() if end == "completed"]
    wanted = sorted(wanted + [f"{name} log" for name in wanted])
    assert found == wanted, f"there are {found} instead of {wanted}"
    return len(ledger), sum(effect["fault"] is not None for effect in ledger)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = arguments.parse_args()
    chance = random.Random(options.seed)
    print(f"sagas against a stand-in, seed {options.seed}, {KILLS} kills", flush=True)
    environment = {"PYAIRTABLE__OUTBOUND__ALLOW_PRIVATE": "127.0.0.0/8", "PYAIRTABLE__OUTBOUND__TOTAL_TIMEOUT": "5"}
    base = HERE.parent / "base.json"
    with (
        StandIn(options.binary, PLAN % options.seed, token=None, base=base) as stand_in,
        Instance(options.binary, environment=environment) as instance,
    ):
        stand_in.start()
        instance.add_user(EMAIL, "owner")
        key = instance.add_key(EMAIL)
        own = instance.import_base(base)
        instance.start()
        define(instance, key, own, f"{stand_in.url}/v0/{stand_in.base}/Tasks")
        runs = {}
        for number in range(KILLS):
            for saga in range(SAGAS):
                name = f"saga {number}.{saga}"
                definition, end = chance.choice([("good", "completed"), ("good", "completed"), ("bad", "compensated")])
                runs[start(instance, key, name, definition)] = (name, end)
            time.sleep(chance.uniform(0, 0.5))
            instance.kill()
            instance.start()
        wait_for_all(instance, key, runs)
        effects, hidden = judge(stand_in, runs)
        assert hidden, "no answer was lost, which shows nothing"
        print(
            f"{KILLS} kills, {len(runs)} sagas, {effects} effects accepted, {hidden} of their answers hidden by a fault: "
            "none lost, none doubled",
            flush=True,
        )


if __name__ == "__main__":
    main()

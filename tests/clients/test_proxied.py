"""The real clients, unchanged, through us to a stand-in for Airtable; and the same with what goes wrong in a network.

test_proxied.py path/to/pyairtable path/to/python-with-pyairtable
"""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from instance import PASSWORD, table_path
from proxied import EMAIL, LOSSES, UNLIMITED, UNPACED, expect, offer, proxied

HERE = Path(__file__).resolve().parent
# One lock-out of 30 seconds, and what is lost besides.
ROUGH = """
seed = 11

[[faults]]
kind = "status"
status = 429
nth = [40]
methods = ["POST"]
path = "/v0/app*"
""" + LOSSES
WRITERS, RECORDS = 20, 150


def run_clients(binary, python):
    for name, command in (("pyairtable", [python, "python/test_pyairtable.py"]), ("airtable.js", ["node", "node/test_airtable.mjs"])):
        with proxied(binary, UNLIMITED, HERE / "base.json", UNPACED) as (airtable, instance, key):
            environment = os.environ | {
                "PYAIRTABLE_URL": instance.url,
                "PYAIRTABLE_KEY": key,
                "PYAIRTABLE_EMAIL": EMAIL,
                "PYAIRTABLE_PASSWORD": PASSWORD,
                "PYAIRTABLE_BASE": airtable.base,
                "PYAIRTABLE_ACCOUNT": expect(airtable.request("GET", "/v0/meta/whoami", key=airtable.token))["id"],
                "PYAIRTABLE_DATA_DIR": instance.data_dir,
                "PYAIRTABLE_BIN": str(binary),
            }
            subprocess.run([str(part) for part in command], cwd=HERE, env=environment, check=True)
            effects = len(airtable.ledger())
            assert effects > 20, f"{effects} effects reached the stand-in"
            print(f"{name}: through us, {effects} effects at the stand-in")


def run_rough(binary):
    """Nothing lost, nothing doubled, never too fast; another base goes on while the first is locked out."""
    with proxied(binary, ROUGH, HERE / "base.json") as (airtable, instance, key):
        other = another_base(airtable, instance)
        path, stop, slowest = table_path(airtable.base, "Tasks"), threading.Event(), [0.0]

        def create(number):
            fields = {"Name": f"Rough {number}", "Hours": number}
            status, _, body = instance.request("POST", path, {"fields": fields}, key=key, timeout=90)
            assert status in (200, 504), body
            return status

        def look_at_other():
            while not stop.wait(0.3):
                began = time.monotonic()
                headers = {"Cache-Control": "no-cache"}
                status, _, body = instance.request("GET", table_path(other, "Notes"), key=key, headers=headers)
                assert status == 200, body
                slowest[0] = max(slowest[0], time.monotonic() - began)

        watcher = threading.Thread(target=look_at_other)
        watcher.start()
        began = time.monotonic()
        with ThreadPoolExecutor(WRITERS) as pool:
            statuses = list(pool.map(create, range(RECORDS)))
        took = time.monotonic() - began
        stop.set()
        watcher.join()
        airtable.plan({"limits": {"enabled": False}})
        made = names(airtable)
        for number, status in enumerate(statuses):
            many = made.count(f"Rough {number}")
            assert many == 1 if status == 200 else many <= 1, f"record {number}: answered {status}, there {many} times"
        unknown = statuses.count(504)
        assert unknown <= RECORDS // 100, f"{unknown} creations ended unknown"
        refused = airtable.request("GET", "/_standin/counts", key=airtable.token)[2]["requests"]["refused"]
        assert refused == 0, f"{refused} requests were one too many"
        assert slowest[0] < 1.5, f"another base waited {slowest[0]:.1f} s"
        print(f"rough: {RECORDS} records in {took:.0f} s, {unknown} unknown, none doubled; another base answered within {slowest[0]:.2f} s")
        told(instance, airtable.token)


def another_base(airtable, instance):
    """A second base at the stand-in, offered through the same connection."""
    table = {"name": "Notes", "fields": [{"name": "Name", "type": "singleLineText"}]}
    base = {"name": "Other", "workspaceId": airtable.workspace(), "tables": [table]}
    made = expect(airtable.request("POST", "/v0/meta/bases", base, key=airtable.token))["id"]
    offer(instance, made)
    return made


def names(airtable):
    """The name of every record of the table at the stand-in."""
    found, offset = [], ""
    while offset is not None:
        page = expect(airtable.request("GET", f"{table_path(airtable.base, 'Tasks')}?offset={offset}", key=airtable.token))
        found += [record["fields"].get("Name") for record in page["records"]]
        offset = page.get("offset")
    return found


def told(instance, token):
    """Neither the log nor a file of the instance holds the token."""
    secret = token.encode()
    for file in Path(instance.data_dir).rglob("*"):
        if file.is_file():
            assert secret not in file.read_bytes(), f"the token lies readable in {file.name}"


def main(binary, python):
    run_rough(binary)
    run_clients(binary, python)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])

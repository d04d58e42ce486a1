"""The command line beside a running server on SQLite: what it makes is there for the server at once."""

import json
import subprocess
import sys
import time
from pathlib import Path

from instance import Instance, table_path

HERE = Path(__file__).resolve().parent
EMAIL = "owner@example.com"
LIMIT_SECONDS = 1.0


def main(binary):
    with Instance(binary) as instance:
        instance.start()
        made = instance.add_user(EMAIL, "owner")
        assert {"user_id", "tenant_id", "workspace_id"} <= set(made), made
        key = instance.add_key(EMAIL)
        base = instance.import_base(HERE / "base.json")
        path = table_path(base, "Tasks")
        wait_until(lambda: len(names(instance, path, key)) == 3, "the imported base")
        make_over_stdio(instance, key, base)
        wait_until(lambda: "From beside" in names(instance, path, key), "the record made over stdio")
        exported = instance.cli("base", "export", base)
        assert any(record["fields"].get("Name") == "From beside" for record in exported["records"]["tblTest0000000001"])
        sample = instance.cli("base", "sample")["base_id"]
        wait_until(lambda: instance.request("GET", f"/v0/meta/bases/{sample}/tables", key=key)[0] == 200, "the sample base")
        instance.cli("doctor")
        print("command line beside a running server: ok")


def names(instance, path, key):
    status, _, page = instance.request("GET", path, key=key)
    return [record["fields"].get("Name") for record in page["records"]] if status == 200 else []


def wait_until(condition, what):
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < LIMIT_SECONDS, f"{what} did not show within {LIMIT_SECONDS} s"
        time.sleep(0.01)


def make_over_stdio(instance, key, base):
    """Speaks the older era by hand, which needs no client: one JSON a line."""
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    cells = {"base_id": base, "table_id": "Tasks", "fields": {"Name": "From beside"}}
    messages = [
        {"id": 1, "method": "initialize", "params": hello},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "create_record", "arguments": cells}},
    ]
    process = subprocess.Popen(
        [instance.binary, "mcp", "--data-dir", instance.data_dir],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=instance.environment | {"PYAIRTABLE_API_KEY": key},
    )
    for message in messages:
        process.stdin.write(json.dumps({"jsonrpc": "2.0"} | message) + "\n")
        process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for message in messages if "id" in message]
    assert "error" not in answers[-1] and not answers[-1]["result"].get("isError"), answers[-1]
    process.stdin.close()
    assert process.stdout.read() == "", "standard output holds more than answers"
    assert process.wait(timeout=10) == 0, "stdio must end with its input"


main(sys.argv[1])

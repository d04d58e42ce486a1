"""Runs every client test, each against a fresh instance of the binary, and says how long each took."""

import os
import subprocess
import sys
import time
from pathlib import Path

from instance import PASSWORD, Instance

HERE = Path(__file__).resolve().parent
EMAIL = "owner@example.com"


def commands(binary, tools):
    """Name, whether it wants a running instance, and the command."""
    new, old = tools / "mcp-new/bin/python", tools / "mcp-old/bin/python"
    node22 = HERE / "mcp/node_modules/.bin/node"
    yield "pyairtable", True, [tools / "pyairtable/bin/python", "python/test_pyairtable.py"]
    yield "pyairtable models", False, [tools / "pyairtable/bin/python", "python/test_orm.py", binary]
    yield "stand-in", False, [tools / "pyairtable/bin/python", "python/test_stand_in.py", binary]
    yield "bases at Airtable", False, [sys.executable, "test_proxied.py", binary, tools / "pyairtable/bin/python"]
    yield "copies of bases at Airtable", False, [sys.executable, "test_mirrored.py", binary]
    yield "airtable-mcp-server", False, [sys.executable, "mcp/test_airtable_server.py", binary]
    yield "webhooks", False, [tools / "pyairtable/bin/python", "python/test_webhooks.py", binary]
    yield "airtable.js", True, ["node", "node/test_airtable.mjs"]
    yield "mcp 2.x", True, [new, "mcp/test_new_client.py"]
    yield "mcp 1.x", True, [old, "mcp/test_old_client.py"]
    yield "mcp refusals", True, [sys.executable, "mcp/test_refusals.py"]
    yield "mcp inspector", True, [sys.executable, "mcp/test_inspector.py"]
    yield "mcp conformance", True, [node22, "mcp/conform.mjs"]
    yield "command line", False, [sys.executable, "test_beside.py", binary]
    yield "base export", False, [sys.executable, "test_export.py", binary]
    yield "hostile formulas", False, [sys.executable, "test_hostile.py", binary]
    yield "kill -9", False, [sys.executable, "durability/test_kill.py", binary]
    yield "saga kill -9", False, [sys.executable, "durability/test_saga_kill.py", binary]
    yield "saga stand-in", False, [sys.executable, "durability/test_saga_stand_in.py", binary]
    if os.environ.get("TEST_DATABASE_URL"):
        yield "two instances", False, [sys.executable, "durability/test_two_instances.py", binary]


def run(name, command, environment):
    began = time.monotonic()
    print(f"== client test: {name}", flush=True)
    done = subprocess.run([str(part) for part in command], cwd=HERE, env=environment, stdin=subprocess.DEVNULL)
    outcome = "ok" if done.returncode == 0 else f"FAILED with {done.returncode}"
    print(f"== client test: {name}: {outcome} after {time.monotonic() - began:.1f} s", flush=True)
    return done.returncode == 0


def run_on_instance(name, command, binary):
    with Instance(binary) as instance:
        instance.add_user(EMAIL, "owner")
        environment = os.environ | {
            "PYAIRTABLE_URL": instance.url,
            "PYAIRTABLE_KEY": instance.add_key(EMAIL),
            "PYAIRTABLE_EMAIL": EMAIL,
            "PYAIRTABLE_PASSWORD": PASSWORD,
            "PYAIRTABLE_BASE": instance.import_base(HERE / "base.json"),
            "PYAIRTABLE_DATA_DIR": instance.data_dir,
            "PYAIRTABLE_BIN": str(binary),
        }
        instance.start()
        passed = run(name, command, environment)
        if not passed:
            print(instance.log_path.read_text()[-4000:])
        return passed


def main(binary, tools, only):
    failed = []
    for name, wants_instance, command in commands(binary, tools):
        if only and name not in only:
            continue
        passed = run_on_instance(name, command, binary) if wants_instance else run(name, command, os.environ.copy())
        if not passed:
            failed.append(name)
    if failed:
        sys.exit(f"client tests failed: {', '.join(failed)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:])

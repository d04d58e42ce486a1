"""R15: the n-th write to the data directory fails, n = 1 to all, while a saga runs: typed errors, no wrong state, no restart."""

import mmap
import os
import sqlite3
import struct
import subprocess
import tempfile
from pathlib import Path

from common import FULL, Instance, Ledger, Sagas, begin, environment, no_panic, until

MOST = 2000
STRIDE = 1 if FULL else 43
TYPED = {200, 202, 503, 507}


class Fault:
    """The shim, and the number of writes until one fails."""

    def __init__(self, folder, below):
        source, self.library = Path(__file__).resolve().parent / "fail_write.c", Path(folder) / "fail_write.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.library, source, "-ldl"], check=True)
        control = Path(folder) / "control"
        control.write_bytes(bytes(16))
        with control.open("r+b") as file:
            self.map = mmap.mmap(file.fileno(), 16)
        self.environment = {"LD_PRELOAD": str(self.library), "FAIL_CONTROL": str(control), "FAIL_FOLDER": str(below)}

    def arm(self, number):
        self.map[:16] = struct.pack("qq", number, 0)

    def has_failed(self):
        return struct.unpack("qq", self.map[:16])[0] <= 0

    def disarm(self):
        failed = self.has_failed()
        self.arm(0)
        return failed


def main():
    binary, _ = begin("R15 I/O error at the n-th write")
    with tempfile.TemporaryDirectory(prefix="pyairtable-shim-") as folder, tempfile.TemporaryDirectory(prefix="pyairtable-data-") as data:
        ledger, fault = Ledger(), Fault(folder, data)
        with Instance(binary, data_dir=data, environment=environment()) as instance:
            sagas = Sagas(instance, ledger)
            instance.environment |= fault.environment
            instance.start()
            sagas.define(instance)
            refused, failed = fail_each(instance, sagas, fault)
            sagas.wait(instance, 120)
            ended = sagas.check(instance)
            instance.stop()
            instance.start()
            assert sagas.check(instance) == ended, "a restart tells another story"
            instance.stop()
            no_panic(instance)
            check_file(data)
            print(f"{failed} failed writes, {refused} typed refusals, {ended}; lost 0, doubled 0, the file is whole")
        ledger.close()


def fail_each(instance, sagas, fault):
    refused = failed = 0
    for number in range(1, MOST, STRIDE):
        name = f"saga {number}"
        fault.arm(number)
        definition = "mixed" if number % 2 else "bad"
        refused += ask(instance, sagas, name, definition)
        run = sagas.start_surely(instance, name, definition)
        until(lambda: sees(instance, sagas, run), 60, f"the end of {name} after a failed write")
        has_failed = fault.disarm()
        failed += has_failed
        assert instance.process.poll() is None, f"the server ended at write {number}"
        if not has_failed:
            return refused, failed
    return refused, failed


def ask(instance, sagas, name, definition):
    """Every failure has a status and a code that a program can go by; how often that was so."""
    body = {"definition": definition, "input": {"name": name}}
    status, _, answer = instance.request("POST", "/api/saga/start", body, sagas.key, {"Idempotency-Key": name}, timeout=20)
    assert status in TYPED, (status, answer)
    if status >= 500:
        assert answer["code"] in ("unavailable", "storage_full"), answer
        return 1
    return 0


def sees(instance, sagas, run):
    status, _, view = instance.request("GET", f"/api/saga/runs/{run}", key=sagas.key)
    assert status in TYPED, (status, view)
    return status == 200 and view["status"] in ("completed", "compensated", "needs_attention")


def check_file(data):
    with sqlite3.connect(os.path.join(data, "pyairtable.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


if __name__ == "__main__":
    main()

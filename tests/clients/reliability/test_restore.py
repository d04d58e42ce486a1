"""R28: the database is put back from a backup while the world has moved on: nothing happens until an administrator says so."""

import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from common import FULL, PASSWORD, Instance, Ledger, Postgres, Sagas, begin, environment, no_panic, until
from sagas import EMAIL
from servers import postgres_program

WATCHED = 20 if FULL else 5
# Longer than the mark beside the database needs to follow.
MARKED = 7
# As many of one definition as are worked on at once.
SAGAS = 5
LEASE = {"PYAIRTABLE__DURABLE__LEASE": "3"}
OPEN = "state NOT IN ('completed', 'compensated', 'resolved')"


class File:
    """SQLite: the file is copied while the server runs, and put back while it does not."""

    def __init__(self, data):
        self.path, self.copy = Path(data) / "pyairtable.db", Path(tempfile.mkdtemp(prefix="pyairtable-backup-")) / "backup.db"

    def back_up(self):
        with sqlite3.connect(self.path) as source, sqlite3.connect(self.copy) as target:
            source.backup(target)

    def put_back(self):
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)
        shutil.copy(self.copy, self.path)

    def rows(self, statement):
        with sqlite3.connect(self.path) as file:
            return file.execute(statement).fetchall()

    def close(self):
        shutil.rmtree(self.copy.parent)


class Cluster:
    """PostgreSQL: dumped while the server runs, and restored into an empty database."""

    def __init__(self, postgres):
        self.postgres, self.copy = postgres, postgres.folder / "backup"

    def back_up(self):
        self._run("pg_dump", "-Fc", "-f", self.copy, "-d", self.postgres.url)

    def put_back(self):
        self.postgres.value("DROP SCHEMA public CASCADE")
        self.postgres.value("CREATE SCHEMA public")
        self._run("pg_restore", "-d", self.postgres.url, self.copy)

    def _run(self, program, *arguments):
        done = subprocess.run([postgres_program(program), *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0 or "already exists" in done.stderr, done.stderr

    def rows(self, statement):
        return [tuple(line.split("|")) for line in self.postgres.value(statement).splitlines()]

    def close(self):
        pass


def main():
    binary, _ = begin("R28 restore semantics")
    with tempfile.TemporaryDirectory(prefix="pyairtable-data-") as data:
        run(binary, data, environment(**LEASE), File(data), "SQLite, seen by the mark")
    with tempfile.TemporaryDirectory(prefix="pyairtable-data-") as data:
        run(binary, data, environment(**LEASE), File(data), "SQLite with its mark, told by hand", is_told=True)
    with Postgres() as postgres, tempfile.TemporaryDirectory(prefix="pyairtable-data-") as data:
        run(binary, data, environment(postgres, **LEASE), Cluster(postgres), "PostgreSQL, seen by the mark")


def run(binary, data, variables, backup, how, is_told=False):
    ledger = Ledger()
    with Instance(binary, data_dir=data, environment=variables) as instance:
        sagas = Sagas(instance, ledger)
        instance.start()
        sagas.define(instance)
        trigger = [{"event": "records.changed", "base_id": sagas.base}]
        sagas.save(instance, "told", [sagas.tool("copy", "create_record", fields={"Name": "told ${input.event.id}"})], on=trigger)
        open_at_backup(instance, sagas, backup)
        mark = Path(data) / "database.mark"
        early = mark.read_text() if is_told else None
        move_on(instance, sagas, ledger)
        instance.kill()
        backup.put_back()
        if is_told:
            mark.write_text(early)
            held = instance.cli("restored", "hold")["held"]
            assert held > 0, held
        seen = nothing_happens(instance, sagas, ledger, backup)
        release(instance, sagas, ledger)
        no_panic(instance)
        print(f"{how}: {seen} open runs held, 0 effects in {WATCHED} s, then released and finished, doubled 0", flush=True)
    ledger.close()
    backup.close()


def open_at_backup(instance, sagas, backup):
    """Runs that wait, runs whose answer is on its way, and an event that nobody has heard yet."""
    for number in range(SAGAS):
        sagas.start_surely(instance, f"saga resting {number}", "resting")
    resting = list(sagas.runs)
    until(lambda: all(sagas.view(instance, run)["status"] == "waiting" for run in resting), 30, "waiting runs")
    charged = sum(sagas.ledger.effects.values())
    sagas.ledger.open.clear()
    for number in range(SAGAS):
        sagas.start_surely(instance, f"saga flying {number}", "mixed")
    until(lambda: sum(sagas.ledger.effects.values()) == charged + SAGAS, 30, "requests under way")
    instance.kill()
    # Without the contexts that hear it, the event of this record stays in the log.
    instance.environment["PYAIRTABLE__CONTEXTS"] = "identity,airtable"
    instance.start()
    path = f"/v0/{sagas.base}/{sagas.table}"
    status, _, made = instance.request("POST", path, {"fields": {"Name": "unheard"}}, sagas.key)
    assert status == 200, made
    backup.back_up()
    time.sleep(MARKED)
    instance.kill()
    del instance.environment["PYAIRTABLE__CONTEXTS"]
    sagas.ledger.open.set()
    instance.start()


def move_on(instance, sagas, ledger):
    flying = [run for run, (name, _) in sagas.runs.items() if "flying" in name]
    sagas.wait(instance, 60, flying)
    for number in range(SAGAS):
        sagas.start_surely(instance, f"saga later {number}", "mixed")
    later = [run for run, (name, _) in sagas.runs.items() if "later" in name]
    sagas.wait(instance, 60, later)
    for run in later:
        del sagas.runs[run]
    time.sleep(MARKED)


def nothing_happens(instance, sagas, ledger, backup):
    before = ledger.total()
    instance.start()
    records = len(sagas.names(instance))
    time.sleep(WATCHED)
    assert ledger.total() == before, f"{ledger.total() - before} effects without anybody asking"
    assert len(sagas.names(instance)) == records, "records were written without anybody asking"
    open_runs = backup.rows(f"SELECT name, state, error FROM durable_runs WHERE {OPEN}")
    assert len(open_runs) == 2 * SAGAS + 1 and "told" in {name for name, *_ in open_runs}, open_runs
    for _, state, error in open_runs:
        assert state == "needs_attention" and '"code":"restored"' in error, (state, error)
    for run in sagas.runs:
        view = sagas.view(instance, run)
        assert view["status"] == "needs_attention" and view["error"]["code"] == "restored", view
    status, _, health = instance.request("GET", "/health")
    assert status == 200 and health["status"] == "degraded", health
    return len(open_runs)


def release(instance, sagas, ledger):
    """An administrator decides: one by one over the API, the rest together on the command line."""
    first = next(run for run, (name, _) in sagas.runs.items() if "resting" in name)
    status, _, session = instance.request("POST", "/api/auth/login", {"email": EMAIL, "password": PASSWORD})
    assert status == 200, session
    body = {"action": "abandon", "reason": "the world has moved on"}
    status, _, resolved = instance.request("POST", f"/api/saga/runs/{first}/resolve", body, session["access_token"])
    assert status == 200, resolved
    released = instance.cli("restored", "release", "--reason", "looked at all of them")["released"]
    assert released >= 2 * SAGAS - 1, released
    flying = {run: found for run, found in sagas.runs.items() if "flying" in found[0]}
    sagas.wait(instance, 60, flying)
    resting = [run for run, (name, _) in sagas.runs.items() if "resting" in name and run != first]
    until(lambda: all(sagas.view(instance, run)["status"] == "waiting" for run in resting), 30, "waiting runs")
    for name, _ in flying.values():
        assert ledger.effects[name] == 1, f"{name} was charged {ledger.effects[name]} times"
    assert sagas.view(instance, first)["status"] == "resolved"


if __name__ == "__main__":
    main()

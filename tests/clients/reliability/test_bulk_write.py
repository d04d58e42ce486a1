"""R3: kill -9 in a bulk write through us to Airtable, which loses answers too; a script that looks before it repeats neither loses nor doubles."""

import http.client
import threading
import time
import urllib.parse
from collections import Counter

from common import FULL, begin, no_panic
from instance import wait_for
from mirrored import SOON, connected
from mirrored_base import CUSTOMERS, LINES, ORDERS, document
from proxied import UNPACED, expect

BATCH, WRITERS = 10, 4
RECORDS = {"proxied": 5000 if FULL else 400, "copied": 500 if FULL else 200}
KILLS = {"proxied": 20 if FULL else 4, "copied": 20 if FULL else 3}
LOSSES = """
seed = %d

[limits]
per_base = 1000
per_token = 1000

[[faults]]
kind = "reset"
when = "after"
probability = 0.05
methods = ["POST"]
path = "/v0/app*/tbl*"

# At least one answer is lost, whatever the dice say.
[[faults]]
kind = "reset"
when = "after"
nth = [3]
methods = ["POST"]
path = "/v0/app*/%s"
"""
UNSURE = (429, 502, 503, 504)


class Script:
    """Makes named records in batches; after an answer that did not come it looks which of them are there."""

    def __init__(self, copy, many):
        self.copy, self.path, self.lock = copy, f"/v0/{copy.base}/{LINES}", threading.Lock()
        names = [f"bulk {number:05}" for number in range(many)]
        self.batches = [names[at : at + BATCH] for at in range(0, many, BATCH)]
        self.done, self.looks, self.failure = 0, 0, None

    def run(self):
        try:
            while (names := self._next()) is not None:
                while names:
                    names = [] if self._make(names) else self._missing(names)
                with self.lock:
                    self.done += 1
        except Exception as failure:  # noqa: BLE001 - told by who waits
            self.failure = failure

    def _next(self):
        with self.lock:
            return self.batches.pop() if self.batches else None

    def _make(self, names):
        """Whether it is certain that the records are made."""
        try:
            body = {"records": [{"fields": {"Name": name}} for name in names]}
            status, _, answer = self.copy.here("POST", self.path, body, timeout=90)
        except (OSError, http.client.HTTPException):
            return False
        assert status == 200 or status in UNSURE, f"{status}: {answer}"
        return status == 200

    def _missing(self, names):
        with self.lock:
            self.looks += 1
        formula = "OR(" + ",".join(f"{{Name}}='{name}'" for name in names) + ")"
        page = self._surely(f"{self.path}?fields%5B%5D=Name&filterByFormula={urllib.parse.quote(formula)}")
        there = {record["fields"]["Name"] for record in page["records"]}
        return [name for name in names if name not in there]

    def _surely(self, path):
        over = time.monotonic() + 90
        while True:
            try:
                # A copy may not know yet what came of a write that nobody answered.
                status, _, answer = self.copy.here("GET", path, headers={"Cache-Control": "no-cache"}, timeout=90)
                if status == 200:
                    return answer
                assert status in UNSURE, f"{status}: {answer}"
            except (OSError, http.client.HTTPException):
                pass
            assert time.monotonic() < over, "it cannot be looked"
            time.sleep(0.1)


def run(binary, chance, mode):
    plan, base = LOSSES % (chance.randrange(10**6), LINES), document({CUSTOMERS: 1, ORDERS: 1, LINES: 1})
    with connected(binary, plan, base, UNPACED | SOON) as (airtable, instance, copy):
        if mode == "copied":
            copy.begin()
            copy.whole()
        script, began = Script(copy, RECORDS[mode]), time.monotonic()
        threads = [threading.Thread(target=script.run) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        kill(instance, script, chance, RECORDS[mode] // BATCH, KILLS[mode])
        for thread in threads:
            thread.join()
        if script.failure:
            raise script.failure
        took, hidden = time.monotonic() - began, sum(effect["fault"] is not None for effect in airtable.ledger())
        judge(airtable, RECORDS[mode])
        no_panic(instance, airtable)
        assert hidden, "no answer was lost, which shows nothing"
        print(
            f"{mode}: {KILLS[mode]} kills, {RECORDS[mode]} records in {took:.0f} s, {hidden} answers of Airtable lost, "
            f"{script.looks} looks of the script; lost 0, doubled 0",
            flush=True,
        )
        if mode == "copied":
            airtable.plan({"limits": {"enabled": False}})
            copy.followed()
            found = copy.differences()
            assert not found, f"{len(found)} cells differ: {found[:3]}"


def kill(instance, script, chance, batches, kills):
    """Kills it at moments that are spread over the whole write, by what is done and not by time."""
    for point in sorted(chance.sample(range(batches - 1), kills)):
        wait_for(lambda: script.done >= point or script.failure, 300)
        time.sleep(chance.uniform(0, 0.05))
        instance.kill()
        instance.start()


def judge(airtable, many):
    """What Airtable has in the end, and what it ever made."""
    airtable.plan({"limits": {"enabled": False}})
    names, offset = Counter(), ""
    while offset is not None:
        page = expect(airtable.request("GET", f"/v0/{airtable.base}/{LINES}?offset={urllib.parse.quote(offset)}", key=airtable.token))
        names.update(record["fields"].get("Name") for record in page["records"])
        offset = page.get("offset")
    made = {name: count for name, count in names.items() if name.startswith("bulk ")}
    doubled = sorted(name for name, count in made.items() if count > 1)
    assert not doubled, f"{len(doubled)} records are there twice, such as {doubled[:3]}"
    assert len(made) == many, f"{many - len(made)} records are missing"
    created = sum(one.startswith("rec") for effect in airtable.ledger() for one in effect["created"])
    assert created == many, f"{created} records were made in all"


def main():
    binary, chance = begin("R3 kill -9 in a bulk write to Airtable")
    for mode in RECORDS:
        run(binary, chance, mode)


if __name__ == "__main__":
    main()

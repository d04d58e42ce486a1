"""R9 and R10: Airtable refuses, fails, loses answers and hangs; we stay within its limits, and nothing is lost or doubled."""

import itertools
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from common import FULL, begin, no_panic
from instance import table_path
from proxied import LOSSES, UNLIMITED, UNPACED, expect, proxied
from stand_in import NO_LIMITS
from test_proxied import another_base, names

BASE = Path(__file__).resolve().parent.parent / "base.json"
WRITERS = 20
# A refusal in ten, and a time in which all is refused; each shuts the base for as long as Airtable does.
REFUSED, LOCKED_OUT, RECORDS_REFUSED = 0.1 if FULL else 0, 60 if FULL else 5, 300 if FULL else 20
REFUSALS = """
seed = %d

[[faults]]
kind = "status"
status = 429
probability = %s
methods = ["POST"]
path = "/v0/app*/Tasks"
"""
ALL_REFUSED = {"faults": [{"kind": "status", "status": 429, "probability": 1, "methods": ["POST"], "path": "/v0/app*/Tasks"}]}
RECORDS_FAILED = 1000 if FULL else 60
HANG = 35_000
FAILURES = """
seed = %d

[limits]
per_base = 1000
per_token = 1000

[[faults]]
kind = "latency"
ms = %d
when = "after"
%s
path = "/v0/app*/Tasks"

[[faults]]
kind = "latency"
ms = %d
when = "before"
nth = [7]
path = "/v0/app*/Tasks"
""" + LOSSES
ALL_FAIL = NO_LIMITS | {"faults": [{"kind": "status", "status": 500, "probability": 1}]}
# What the breaker lets through before it opens, and how long it stays open.
MOST_FAILURES, OPEN, FAILING = 20, 30, 10


class Writers:
    """Make records one by one, each of its own name, and judge what became of them."""

    def __init__(self, airtable, instance, key, many):
        self.airtable, self.instance, self.key, self.many = airtable, instance, key, many
        self.path, self.pool = table_path(airtable.base, "Tasks"), ThreadPoolExecutor(WRITERS)
        self.sent = [self.pool.submit(self._make, number) for number in range(many)]

    def _make(self, number):
        status, _, body = self.instance.request("POST", self.path, {"fields": {"Name": f"up {number}"}}, key=self.key, timeout=150)
        assert status in (200, 429, 503, 504), body
        return status

    def judge(self, allowed):
        """How the writes were answered; `allowed` may have been told that they were not done, or that nobody knows."""
        statuses = [one.result() for one in self.sent]
        self.airtable.plan(NO_LIMITS)
        made = Counter(names(self.airtable))
        for number, status in enumerate(statuses):
            many, wanted = made[f"up {number}"], {200: (1,), 504: (0, 1)}.get(status, (0,))
            assert many in wanted, f"record {number}: answered {status}, there {many} times"
        done = statuses.count(200)
        assert done >= self.many - allowed, Counter(statuses)
        return done


def limits(binary, seed):
    """R9: refused at random and altogether for a while; other bases are none the wiser."""
    with proxied(binary, REFUSALS % (seed, REFUSED), BASE) as (airtable, instance, key):
        other, stop, slowest = another_base(airtable, instance), threading.Event(), [0.0]

        def look_at_other():
            while not stop.wait(0.3):
                began = time.monotonic()
                expect(instance.request("GET", table_path(other, "Notes"), key=key, headers={"Cache-Control": "no-cache"}))
                slowest[0] = max(slowest[0], time.monotonic() - began)

        watcher = threading.Thread(target=look_at_other)
        watcher.start()
        began = time.monotonic()
        writers = Writers(airtable, instance, key, RECORDS_REFUSED)
        airtable.plan(ALL_REFUSED)
        time.sleep(LOCKED_OUT)
        airtable.plan({"faults": []})
        done = writers.judge(RECORDS_REFUSED)
        took = time.monotonic() - began
        stop.set()
        watcher.join()
        refused = airtable.request("GET", "/_standin/counts", key=airtable.token)[2]["requests"]["refused"]
        assert refused == 0, f"{refused} requests were one too many"
        assert slowest[0] < 1, f"another base waited {slowest[0]:.2f} s"
        assert done, "nothing was done, which shows nothing"
        no_panic(instance)
        print(f"refused: {done} of {RECORDS_REFUSED} made in {took:.0f} s, the rest told so; no request too many, another base answered within {slowest[0]:.2f} s", flush=True)


def failures(binary, seed):
    """R10: failures, lost answers, and answers that come later than anybody waits."""
    hangs = "probability = 0.05" if FULL else "nth = [4]"
    with proxied(binary, FAILURES % (seed, HANG, hangs, HANG), BASE, UNPACED) as (airtable, instance, key):
        began = time.monotonic()
        done = Writers(airtable, instance, key, RECORDS_FAILED).judge(RECORDS_FAILED // 1000)
        took = time.monotonic() - began
        assert took > HANG / 1000 - 6, "nothing hung, which shows nothing"
        no_panic(instance)
        print(f"failed: {done} of {RECORDS_FAILED} made in {took:.0f} s, none lost, none doubled", flush=True)


def breaker(binary, _):
    """R10: Airtable is left alone while it fails, and asked again soon after it is back."""
    with proxied(binary, UNLIMITED, BASE, UNPACED) as (airtable, instance, key):
        path, fresh = table_path(airtable.base, "Tasks"), {"Cache-Control": "no-cache"}

        # Each question is one that was never answered: what is kept would be told while Airtable fails.
        numbers = itertools.count(1)

        def ask(_=None):
            return instance.request("GET", f"{path}?maxRecords={next(numbers)}", key=key, headers=fresh, timeout=90)[0]

        def struck():
            return airtable.request("GET", "/_standin/counts", key=airtable.token)[2]["faults"][0]["struck"]

        assert ask() == 200
        airtable.plan(ALL_FAIL)
        with ThreadPoolExecutor(FAILING) as pool:
            answers = set(pool.map(ask, range(30)))
        assert 503 in answers <= {500, 503}, answers
        failed = struck()
        assert failed <= MOST_FAILURES + FAILING, f"{failed} requests failed before it was left alone"
        airtable.plan(NO_LIMITS)
        began = time.monotonic()
        while ask() != 200:
            assert time.monotonic() - began < OPEN + 5, "it is not asked again"
            time.sleep(0.2)
        took = time.monotonic() - began
        assert took < OPEN + 1, f"asked again after {took:.1f} s"
        print(f"breaker: {failed} failures, then left alone; asked again {took:.1f} s after it was back", flush=True)


def main():
    binary, chance = begin("upstream")
    with ThreadPoolExecutor() as pool:
        for one in [pool.submit(test, binary, chance.randrange(10**6)) for test in (limits, failures, breaker)]:
            one.result()


if __name__ == "__main__":
    main()

"""Copies of bases at Airtable, over HTTP: made, told of changes, edited on both sides, without Airtable, with hidden parts.

test_mirrored.py path/to/pyairtable [scenario…]
"""

import itertools
import os
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from databases import own_database, sharing
from instance import Instance, table_path, wait_for
from mirrored import SOON, connected, records, told
from mirrored_base import CUSTOMERS, LINES, MANY, ORDERS, document, record
from mirrored_hidden import run as run_hidden
from mirrored_killed import run as run_killed
from mirrored_mix import Mix
from mirrored_retyped import run as run_retyped
from proxied import UNLIMITED, UNPACED, expect
from stand_in import NO_LIMITS

FEW = {CUSTOMERS: 20, ORDERS: 60, LINES: 150}
PAGE, PER_SECOND = 100, 5
# What is asked beside the pages: tables, webhook, payloads; and what two slow cores need for themselves.
BESIDE = 5
CHANGES, SOON_ENOUGH = 10, 3
MIX_SECONDS, WRITERS = int(os.environ.get("MIX_SECONDS", "15")), 3
# Answers that come late are what a copy must not take for the newest word.
LATE = """
seed = %d

[limits]
enabled = false

[[faults]]
kind = "latency"
ms = [20, 1500]
when = "after"
probability = 0.1
"""


def run_first(binary):
    """A base is copied at Airtable's pace and is then the same in every field."""
    with connected(binary, "", document()) as (airtable, _, copy):
        began = time.monotonic()
        copy.begin()
        copy.whole()
        took = time.monotonic() - began
        bound = sum(-(-many // PAGE) for many in MANY.values()) / PER_SECOND
        assert took < bound + BESIDE, f"the copy took {took:.1f} s, its pages alone take {bound:.1f} s"
        assert copy.refused() == 0, f"{copy.refused()} requests were one too many"
        airtable.plan(NO_LIMITS)
        same(copy)
        print(f"first copy: {sum(MANY.values())} records in {took:.1f} s, its pages alone take {bound:.1f} s; none refused, none differs", flush=True)


def run_notified(binary):
    """What changes at Airtable is told by its webhook and is here soon."""
    with told(binary, document(FEW)) as (_, _, copy):
        copy.begin()
        status = copy.whole()
        assert status["hearing"] == "notified", status
        took = sorted(seen_after(copy, f"{table_path(copy.base, LINES)}/{record(LINES, number)}", number) for number in range(CHANGES))
        p95 = took[-(-CHANGES * 95 // 100) - 1]
        assert p95 < SOON_ENOUGH, f"p95 of {CHANGES} changes is {p95:.2f} s"
        print(f"notified: {CHANGES} changes at Airtable seen here after {took[0]:.2f} to {took[-1]:.2f} s, p95 {p95:.2f} s", flush=True)


def seen_after(copy, path, number):
    """How long a change at Airtable takes until it is here."""
    expect(copy.there("PATCH", path, {"fields": {"Stück": 1000 + number}}))
    began = time.monotonic()
    while expect(copy.here("GET", path))["fields"].get("Stück") != 1000 + number:
        assert time.monotonic() - began < 30, f"change {number} is not here"
        time.sleep(0.01)
    return time.monotonic() - began


def run_mix(binary):
    """Both sides are edited at once, at random; then nothing differs."""
    seed = random.randrange(10**6)
    with connected(binary, LATE % seed, document(FEW), UNPACED | SOON) as (_, _, copy):
        mixed("mix", seed, copy)


def run_two(binary):
    """The same where two instances on one PostgreSQL answer, now this one, now that one."""
    seed = random.randrange(10**6)
    with own_database(os.environ["TEST_DATABASE_URL"]) as url:
        with connected(binary, LATE % seed, document(FEW), UNPACED | SOON | sharing(url)) as (_, one, copy):
            with Instance(binary, environment=one.environment) as other:
                other.start()
                mixed("two", seed, copy, copy.through(other))


def mixed(name, seed, copy, *others):
    copy.begin()
    copy.whole()
    known = {table: [one["id"] for one in document(FEW)["records"][table]] for table in MANY}
    mix = Mix(copy, seed, known, [copy.here, *others])
    mix.run(MIX_SECONDS, WRITERS)
    # An access token ends after ten minutes.
    copy.sign_in()
    copy.airtable.plan(NO_LIMITS)
    copy.followed()
    found = [cell for ask in (copy.here, *others) for cell in copy.differences(ask=ask)]
    drift = copy.compared()
    print(f"{name}, seed {seed}: {mix.done['here']} changes here and {mix.done['there']} at Airtable; drift {drift}", flush=True)
    same(copy)
    assert not found and not drift, f"drift {drift}, {len(found)} cells differed before the comparison: {found[:5]}"


def run_late(binary):
    """An answer of Airtable that comes late is older than what the copy has heard since: it must not win."""
    with connected(binary, UNLIMITED, document(FEW), UNPACED | SOON) as (airtable, _, copy):
        copy.begin()
        copy.whole()
        lines = table_path(copy.base, LINES)
        one, gone = record(LINES, 1), f"{lines}/{record(LINES, 2)}"
        meanwhile(copy, ("PATCH", f"{lines}/{one}", {"fields": {"Stück": 1}}), ("PATCH", f"{lines}/{one}", {"fields": {"Text": "neuer"}}))
        meanwhile(copy, ("PATCH", gone, {"fields": {"Stück": 1}}), ("DELETE", gone, None))
        meanwhile(copy, ("PATCH", f"{lines}/{one}", {"fields": {"Stück": 2}}), ("PATCH", f"{lines}/{one}", {"fields": {"Stück": 3}}))
        copy.followed()
        found = copy.differences()
        assert not found, f"late answers won: {found}"
        pages = sum(1 for _ in itertools.islice(copy.history(), 20))
        assert pages < 20, "the history of a handful of changes does not end"
        print("late answers: what Airtable said before did not replace what it said since", flush=True)


def meanwhile(copy, own, other):
    """A write through us whose answer is late, and one at Airtable that the copy hears of before it comes."""
    copy.airtable.plan(NO_LIMITS | {"faults": [{"kind": "latency", "ms": 20_000, "when": "after", "nth": 1, "methods": ["PATCH"]}]})
    before = len(copy.airtable.ledger())
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(lambda: copy.here(*own, timeout=60))
        wait_for(lambda: len(copy.airtable.ledger()) > before)
        expect(copy.there(*other))
        copy.followed()
        assert not late.done(), "the answer was not late, which shows nothing"
        copy.airtable.plan(NO_LIMITS)
        status, _, body = late.result()
        assert status == 200, body


def run_down(binary):
    """Without Airtable the copy is read, and nothing is written; then everything is in step again."""
    with connected(binary, "", document(FEW), SOON) as (airtable, _, copy):
        copy.begin()
        copy.whole()
        before = {table: records(copy.here, copy.base, table) for table in MANY}
        airtable.stop()
        lines = table_path(copy.base, LINES)
        one, other = f"{lines}/{record(LINES, 1)}", f"{lines}/{record(LINES, 2)}"
        writes = [("PATCH", one, {"fields": {"Stück": 77}}), ("POST", lines, {"fields": {"Name": "ohne"}})]
        with ThreadPoolExecutor(len(writes)) as pool:
            answers = list(pool.map(lambda write: copy.here(*write, timeout=90), writes))
        for (method, *_), (status, _, body) in zip(writes, answers):
            assert status in (503, 504), f"{method}: {status}: {body}"
        assert {table: records(copy.here, copy.base, table) for table in MANY} == before, "something was changed here alone"
        began = time.monotonic()
        airtable.start()
        airtable.plan(NO_LIMITS)
        expect(copy.there("PATCH", other, {"fields": {"Stück": 5}}))
        copy.followed()
        expect(copy.here("PATCH", one, {"fields": {"Stück": 6}}))
        copy.followed()
        same(copy)
        took, refusals = time.monotonic() - began, [status for status, *_ in answers]
        print(f"Airtable down: read all the same, writes told {refusals}; in step {took:.1f} s after it was back", flush=True)


def same(copy):
    found = copy.differences()
    assert not found, f"{len(found)} cells differ: {found[:5]}"


SCENARIOS = {
    "first": run_first, "mix": run_mix, "late": run_late, "hidden": run_hidden, "notified": run_notified, "down": run_down,
    "killed": run_killed, "retyped": run_retyped,
}
if os.environ.get("TEST_DATABASE_URL"):
    SCENARIOS["two"] = run_two
# These wait most of the time, and not for each other.
PATIENT = {"late", "notified", "down", "killed"}


def main(binary, only):
    wanted = only or list(SCENARIOS)
    for name in wanted:
        if name not in PATIENT:
            timed(name, binary)
    with ThreadPoolExecutor(len(PATIENT)) as pool:
        # Each failure is told, the first of them raised.
        done = [pool.submit(timed, name, binary) for name in wanted if name in PATIENT]
        for one in done:
            one.result()


def timed(name, binary):
    began = time.monotonic()
    try:
        SCENARIOS[name](binary)
    finally:
        print(f"{name}: {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])

"""R23: our instance is gone while Airtable changes; then all is here once, in time and at Airtable's pace; its place in the notes never goes back."""

import itertools
import sqlite3
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from common import FULL, begin, no_panic
from mirrored import SOON, connected, records, told
from mirrored_base import CUSTOMERS, LINES, ORDERS, document, record
from proxied import UNLIMITED, UNPACED, expect
from stand_in import NO_LIMITS

CHANGES = 5000 if FULL else 600
# Of ten changes so many make, so many delete a record, and the rest change one.
MADE, GONE = 4, 1
BATCH, WRITERS = 10, 2
WITHIN = 120
# Airtable's own limits.
PACED = {"limits": {"enabled": True}}
# Each of these changes is a note of its own, so that the notes are read in several parts.
SINGLE, KILLS = (6000, 5) if FULL else (2500, 2)
# Another instance, and the same after a kill, takes over that long after the last word.
HELD = 20


def main():
    binary, chance = begin("R23 a copy whose instance was away")
    unheard(binary)
    base = document({CUSTOMERS: 20, ORDERS: 60, LINES: CHANGES})
    with connected(binary, UNLIMITED, base, UNPACED | SOON) as (airtable, instance, copy):
        copy.begin()
        copy.whole()
        instance.kill()
        pace = [instance.environment.pop(name) for name in UNPACED]
        change(copy)
        wanted = shown(copy.there, copy.base)
        airtable.plan(PACED)
        took = come_back(copy, wanted)
        once(copy)
        assert copy.refused() == 0, f"{copy.refused()} requests were one too many"
        print(f"{CHANGES} changes in absence are here {took:.1f} s after the start at Airtable's pace, each once; none refused", flush=True)
        instance.kill()
        airtable.plan(NO_LIMITS)
        instance.environment |= dict(zip(UNPACED, pace))
        read = killed(copy, chance)
        no_panic(instance, airtable)
        print(f"{SINGLE} changes and {KILLS} kills while they were taken over: the place among the notes went {read}, never back", flush=True)


def unheard(binary):
    """Airtable told of a change while nobody was there to hear it, and gave up: it is asked at the start."""
    with told(binary, document({CUSTOMERS: 1, ORDERS: 1, LINES: 10})) as (_, instance, copy):
        copy.begin()
        assert copy.whole()["hearing"] == "notified"
        instance.kill()
        hooks = f"/v0/bases/{copy.base}/webhooks"
        hook = expect(copy.there("GET", hooks))["webhooks"][0]["id"]
        expect(copy.there("POST", f"{hooks}/{hook}/enableNotifications", {"enable": False}))
        expect(copy.there("PATCH", f"/v0/{copy.base}/{LINES}/{record(LINES, 1)}", {"fields": {"Text": "ungehört"}}))
        took = come_back(copy, shown(copy.there, copy.base))
        print(f"a change that nobody was told of is here {took:.1f} s after the start", flush=True)


def change(copy):
    """Every change is of another record, so that each is told once by our history; batches, as scripts send them."""
    lines, batches = f"/v0/{copy.base}/{LINES}", range(CHANGES // BATCH)
    old = BATCH - MADE

    def send(number):
        first = number * old
        fields = [{"fields": {"Name": f"made {number}.{one}", "Text": "während"}} for one in range(MADE)]
        expect(copy.there("POST", lines, {"records": fields}))
        changed = [{"id": record(LINES, first + one), "fields": {"Text": f"während {number}"}} for one in range(GONE, old)]
        expect(copy.there("PATCH", lines, {"records": changed}))
        gone = [("records[]", record(LINES, first + one)) for one in range(GONE)]
        expect(copy.there("DELETE", f"{lines}?{urllib.parse.urlencode(gone)}"))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(send, batches))


def shown(ask, base):
    return {table: records(ask, base, table) for table in (CUSTOMERS, ORDERS, LINES)}


def come_back(copy, wanted):
    """Seconds from the start until our side shows what Airtable has."""
    began = time.monotonic()
    copy.instance.start()
    while shown(copy.here, copy.base) != wanted:
        assert time.monotonic() - began < WITHIN, f"not all is here after {WITHIN} s: {copy.status()}"
        time.sleep(0.5)
    return time.monotonic() - began


def once(copy):
    """Our history tells each change of a line once."""
    told = {}
    for page in itertools.takewhile(len, copy.history()):
        for entry in page:
            if entry["table_id"] == LINES:
                told.setdefault(entry["kind"], []).append(entry["record_id"])
    # What links to a record that goes may be taken over before it, which the record notices.
    gone = set(told["deleted"])
    told["updated"] = [one for one in told["updated"] if one not in gone]
    batches = CHANGES // BATCH
    wanted = {"created": MADE * batches, "updated": (BATCH - MADE - GONE) * batches, "deleted": GONE * batches}
    assert {kind: len(ids) for kind, ids in told.items()} == wanted, {kind: len(ids) for kind, ids in told.items()}
    for kind, ids in told.items():
        assert len(set(ids)) == len(ids), f"records are {kind} twice"


def killed(copy, chance):
    """Kills the instance again and again while it takes over what it missed; answers where it was each time."""
    lines, places = f"/v0/{copy.base}/{LINES}", [place(copy)]
    kept = sorted(records(copy.there, copy.base, LINES))[:20]

    def send(number):
        expect(copy.there("PATCH", f"{lines}/{kept[number % len(kept)]}", {"fields": {"Text": f"{number}"}}))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(send, range(SINGLE)))
    wanted = shown(copy.there, copy.base)
    for _ in range(KILLS):
        copy.instance.start()
        with watched(copy, places):
            time.sleep(HELD + chance.uniform(0, 4))
        copy.instance.kill()
        places.append(place(copy))
    with watched(copy, places):
        come_back(copy, wanted)
    places.append(place(copy))
    assert places == sorted(places), f"it went back: {places}"
    assert places[-1] - places[0] >= SINGLE, f"{places[-1] - places[0]} notes were read, {SINGLE} were made"
    return [one for at, one in enumerate(places) if not at or one != places[at - 1]]


class watched:
    """Looks where the instance is among Airtable's notes as long as this lasts."""

    def __init__(self, copy, places):
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._look, args=(copy, places))

    def _look(self, copy, places):
        while not self.over.wait(0.02):
            places.append(place(copy))

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def place(copy):
    """The next note that it will read."""
    file = Path(copy.instance.data_dir) / "pyairtable.db"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as database:
        return database.execute("SELECT next_payload FROM airtable_mirrors").fetchone()[0]


if __name__ == "__main__":
    main()

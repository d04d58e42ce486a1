"""Formulas of somebody who means harm: each is refused or answered, memory stays flat, and others are served meanwhile."""

import random
import sys
import threading
import time
from pathlib import Path

from instance import Instance, table_path

EMAIL = "owner@example.com"
HERE = Path(__file__).resolve().parent
ROWS = 80
# Four filters may be at work at once, and the allocator keeps what it once had.
MOST_GROWTH = 200 * 1024 * 1024
SLOWEST_OTHER = 5
# Patterns are looked for during ten seconds, and then for the record that was begun.
LONGEST = 20


def nested(opening, depth, inner, closing):
    return opening * depth + inner + closing * depth


FORMULAS = [
    "(" * 100_000,
    nested("NOT(", 10_000, "1", ")"),
    nested("IF(1,", 10_000, "1", ",2)"),
    "LEN('" + "x" * 100_000 + "')",
    "+".join(["{Hours}"] * 10_000),
    "OR(" + ",".join(f"RECORD_ID()='rec{number:014}'" for number in range(2_900)) + ")",
    "REPT({Name}, 1000000000)",
    nested("SUBSTITUTE(", 40, "{Name}", ",'0','0000000000')"),
    "&".join(["REPT({Name}, 300000)"] * 3_000),
    "CONCATENATE(" + ",".join(["REPT({Name}, 300000)"] * 3_000) + ")",
    # Nearly all the work that a record may be, for as many as a request may look at and more.
    " + ".join(["LEN(REPT({Name}, 300000))"] * 17) + " < 0",
    "SUM(" + ",".join(["REGEX_MATCH(REPT('a',90000),'[a-q][^u-z]{300}x')"] * 1_500) + ")",
    # No two places of a text are alike to this one.
    "SUM(" + ",".join(["REGEX_MATCH({Notes},'[a-q][a-t]{150}[^a-z]')"] * 300) + ")",
    "REGEX_REPLACE(REPT('A', 500000), '.*[^A-Z]|[A-Z]', 'B')",
    "REGEX_MATCH({Name}, '(?:a{1000}){1000}' & {Name})",
    "REGEX_MATCH({Name} & REPT('a', 5000) & 'b', '^(a|aa)+$')",
    "REGEX_REPLACE(REPT({Name}, 5000), '(0+0+)+y', '')",
    "REGEX_MATCH('a', '" + nested("(", 20_000, "a", ")") + "')",
    # A pattern of its own for each record, so that none is kept for another.
    "REGEX_MATCH({Name}, RECORD_ID() & '(\\\\pL{90}){9}')",
]


def noise(seed):
    return "".join(random.Random(seed).choices("abcdefghijklmnopqrst", k=20_000))


def memory(instance, what):
    for line in Path(f"/proc/{instance.process.pid}/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) * 1024
    raise AssertionError(what)


class Others(threading.Thread):
    """Somebody who asks for little, again and again."""

    def __init__(self, instance, path, key):
        super().__init__(daemon=True)
        self.ask = lambda: instance.request("GET", f"{path}?maxRecords=1", key=key)[0]
        self.over, self.slowest, self.statuses = threading.Event(), 0.0, []

    def run(self):
        while not self.over.is_set():
            began = time.monotonic()
            self.statuses.append(self.ask())
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.over.wait(0.02)


def main(binary):
    with Instance(binary) as instance:
        instance.add_user(EMAIL, "owner")
        key = instance.add_key(EMAIL)
        path = table_path(instance.import_base(HERE / "base.json"), "Tasks")
        instance.start()
        for start in range(0, ROWS, 10):
            records = [{"fields": {"Name": f"{number:03}", "Hours": number, "Notes": noise(number)}} for number in range(start, start + 10)]
            assert instance.request("POST", path, {"records": records}, key)[0] == 200
        assert instance.request("GET", path, key=key)[0] == 200
        Path(f"/proc/{instance.process.pid}/clear_refs").write_text("5")
        before = memory(instance, "VmRSS")
        others = Others(instance, path, key)
        others.start()
        longest = max(attack(instance, path, key, formula) for formula in FORMULAS)
        assert longest < LONGEST, f"an answer took {longest:.1f} s"
        together(instance, path, key)
        others.over.set()
        others.join(timeout=30)
        growth = memory(instance, "VmHWM") - before
        assert set(others.statuses) == {200}, set(others.statuses)
        assert others.slowest < SLOWEST_OTHER, f"somebody else waited for {others.slowest:.1f} s"
        assert growth < MOST_GROWTH, f"memory grew by {growth / 2**20:.0f} MiB"
        assert instance.request("GET", path, key=key)[0] == 200
        print(
            f"{len(FORMULAS)} hostile formulas: the longest answer took {longest:.1f} s; {len(others.statuses)} requests of others, the slowest "
            f"{others.slowest:.2f} s; {growth / 2**20:.0f} MiB more at the most: ok",
            flush=True,
        )


def attack(instance, path, key, formula):
    began = time.monotonic()
    status, _, answer = instance.request("POST", f"{path}/listRecords", {"filterByFormula": formula}, key, timeout=60)
    assert status in (200, 422), (status, formula[:60])
    if status == 422:
        assert answer["error"]["type"] == "INVALID_FILTER_BY_FORMULA", answer
    return time.monotonic() - began


def together(instance, path, key):
    """The heaviest at once."""
    heavy = [formula for formula in FORMULAS if "300000" in formula]
    threads = [threading.Thread(target=attack, args=(instance, path, key, formula)) for formula in heavy]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive(), "a formula is not answered"


if __name__ == "__main__":
    main(sys.argv[1])

"""Random edits on both sides of a copy at once, of every kind and of every type that can be written."""

import random
import threading
import urllib.parse

from mirrored_base import COLOURS, CUSTOMERS, LINES, ORDERS

# Somebody else may have deleted what a request names.
EXPECTED = (200, 403, 404, 422)


class Mix:
    """Writers on both sides, and the records that they know of."""

    def __init__(self, copy, seed, known, here):
        self.copy, self.seed, self.known, self.lock = copy, seed, known, threading.Lock()
        self.asks = {"here": here, "there": [copy.there]}
        self.person = copy.there("GET", "/v0/meta/whoami")[2]["id"]
        self.done, self.refused = {"here": 0, "there": 0}, []

    def run(self, seconds, writers):
        """So many writers on each side for so long."""
        over, failures, threads = threading.Event(), [], []
        for side in ("here", "there"):
            for number in range(writers):
                writer = Writer(self, side, random.Random(f"{self.seed} {side} {number}"))
                threads.append(threading.Thread(target=writer.run, args=(over, failures), name=f"{side} {number}"))
        for thread in threads:
            thread.start()
        over.wait(seconds) if not failures else None
        over.set()
        for thread in threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), f"{thread.name} got no answer"
        assert not failures, failures[0]

    def note(self, side, table, method, answer):
        told = [record["id"] for record in answer.get("records", [])]
        made = told if method == "POST" else answer.get("createdRecords", [])
        gone = set(told) if method == "DELETE" else ()
        with self.lock:
            self.done[side] += 1
            self.known[table] += made
            self.known[table] = [record for record in self.known[table] if record not in gone]


class Writer:
    """Sends one change after another to its side."""

    def __init__(self, mix, side, chance):
        self.mix, self.side, self.chance, self.number = mix, side, chance, 0
        self.asks, self.base = mix.asks[side], mix.copy.base

    def run(self, over, failures):
        try:
            while not over.is_set():
                self._change()
        except Exception as failure:  # noqa: BLE001 - told by the thread that waits
            failures.append(failure)
            over.set()

    def _change(self):
        table = self.chance.choice([LINES, LINES, ORDERS, CUSTOMERS])
        kind = self.chance.choices(["create", "update", "replace", "upsert", "delete"], [25, 50, 5, 10, 10])[0]
        {"create": self._create, "update": self._update, "replace": self._replace, "upsert": self._upsert, "delete": self._delete}[kind](table)

    def _create(self, table):
        body = {"records": [{"fields": self._cells(table, True)} for _ in range(self.chance.randint(1, 10))], "typecast": True}
        self._send(table, "POST", "", body)

    def _update(self, table):
        records = [{"id": record, "fields": self._cells(table, False)} for record in self._some(table, 10)]
        if records:
            self._send(table, "PATCH", "", {"records": records, "typecast": True})

    def _replace(self, table):
        for record in self._some(table, 1):
            self._send(table, "PUT", f"/{record}", {"fields": self._cells(table, True)})

    def _upsert(self, table):
        # Names of a small range, so that some are there and some are not.
        fields = [self._cells(table, False) | {"Name": f"upsert {self.side} {number}"} for number in self.chance.sample(range(60), 3)]
        body = {"performUpsert": {"fieldsToMergeOn": ["Name"]}, "records": [{"fields": one} for one in fields]}
        self._send(table, "PATCH", "", body)

    def _delete(self, table):
        gone = self._some(table, 4)
        if gone:
            self._send(table, "DELETE", "?" + urllib.parse.urlencode([("records[]", record) for record in gone]))

    def _send(self, table, method, rest, body=None):
        status, _, answer = self.chance.choice(self.asks)(method, f"/v0/{self.base}/{table}{rest}", body, timeout=60)
        assert status in EXPECTED, f"{self.side}: {method} {table}{rest}: {status}: {answer}"
        if status == 200:
            self.mix.note(self.side, table, method, answer)
        else:
            self.mix.refused.append((method, answer))

    def _cells(self, table, is_new):
        self.number += 1
        cells = {CUSTOMERS: self._customer, ORDERS: self._order, LINES: self._line}[table]()
        if not is_new:
            cells = dict(self.chance.sample(sorted(cells.items()), self.chance.randint(1, 4)))
        return cells | ({"Name": f"{self.side} {self.number} ž項"} if is_new else {})

    def _customer(self):
        chance, number = self.chance, self.number
        return {
            "Telefon": chance.choice([None, f"+49 {number}"]),
            "Seite": chance.choice([None, f"https://example.com/{number}"]),
            "Notiz": chance.choice([None, f"*schräg* {number}\n"]),
            "Aufträge": self._some(ORDERS, 3),
        }

    def _order(self):
        chance = self.chance
        return {
            "Kunde": self._some(CUSTOMERS, 2),
            "Posten": self._some(LINES, 4),
            "Fällig": chance.choice([None, f"2027-03-{chance.randint(10, 28)}"]),
            "Stufe": chance.choice([None, *COLOURS]),
            "Eilig": chance.choice([True, False]),
        }

    def _line(self):
        chance, number = self.chance, self.number
        return {
            "Preis": chance.choice([None, chance.randint(0, 4000) / 4]),
            "Stück": chance.choice([None, chance.randint(0, 9)]),
            "Auftrag": self._some(ORDERS, 2),
            "Rabatt": chance.choice([None, 0.5, 0.025]),
            "Dauer": chance.choice([None, 60 * chance.randint(1, 600)]),
            "Wertung": chance.choice([None, chance.randint(1, 5)]),
            "Wann": chance.choice([None, f"2027-03-{chance.randint(10, 28)}T10:00:00.000Z"]),
            "Farben": chance.sample(COLOURS, chance.randint(0, 3)),
            "Mail": chance.choice([None, f"a{number}@example.com"]),
            "Code": chance.choice([None, {"text": f"{number}"}]),
            "Text": chance.choice([None, f"Zeile\n行 {number}"]),
            "Mensch": chance.choice([None, {"id": self.mix.person}]),
            "Gruppe": chance.choice([[], [{"id": self.mix.person}]]),
        }

    def _some(self, table, most):
        with self.mix.lock:
            # Those of late, so that both sides change the same.
            known = self.mix.known[table][-60:]
        return self.chance.sample(known, min(len(known), self.chance.randint(0, most)))

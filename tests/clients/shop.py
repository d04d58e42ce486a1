"""Writers in all tables of the base with computed fields, and what instances show of it."""

import http.client
import json
import random
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

from computed_base import CUSTOMERS, LINES, ORDERS, TABLES, check, document

EMAIL = "owner@example.com"
# Somebody else may have deleted what a request names.
EXPECTED = (200, 403, 404, 422, 503)


class Shop:
    """The base, and what is known of its records from answers."""

    def __init__(self, instance, seed, key=None):
        self.seed, self.lock, self.acknowledged, self.writers = seed, threading.Lock(), 0, 0
        self.known = {table: [] for table in TABLES}
        self.kept, self.doomed = {}, set()
        if key is None:
            instance.add_user(EMAIL, "owner")
        self.key = key or instance.add_key(EMAIL)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(document(), file)
            file.flush()
            self.base = instance.import_base(Path(file.name))

    def writer(self, instance):
        self.writers += 1
        return Writer(self, instance, random.Random(f"{self.seed} {self.writers}"))

    def read(self, instance):
        """Cells by record by table."""
        return {table: dict(self._records(instance, table)) for table in TABLES}

    def _records(self, instance, table):
        offset = ""
        while True:
            path = f"/v0/{self.base}/{table}?pageSize=100&offset={urllib.parse.quote(offset)}"
            status, _, page = instance.request("GET", path, key=self.key)
            assert status == 200, (status, page)
            for record in page["records"]:
                yield record["id"], record["fields"]
            if "offset" not in page:
                return
            offset = page["offset"]

    def settled(self, *instances, seconds=10):
        """What all instances show, once they show the same twice; nobody writes meanwhile."""
        over, last = time.monotonic() + seconds, None
        while time.monotonic() < over:
            shown = [self.read(instance) for instance in instances]
            if all(one == shown[0] for one in shown) and shown[0] == last:
                return last
            last = shown[0]
            time.sleep(0.02)
        raise AssertionError(f"instances do not come to show the same within {seconds} s")

    def check(self, *instances):
        """Every computed value is what follows from the cells, and what was acknowledged is there; answers how many values."""
        tables = self.settled(*instances)
        values = check(tables)
        there = set().union(*tables.values())
        lost = [record for record in self.kept if record not in there and record not in self.doomed]
        assert not lost, f"{len(lost)} acknowledged records are lost, such as {lost[:3]}"
        names = [cells.get("Name") for table in TABLES for cells in tables[table].values()]
        made = [name for name in names if name and name.startswith("made ")]
        assert len(made) == len(set(made)), "records are there twice"
        return values


class Writer(threading.Thread):
    """Sends changes one after another until it is told to stop or the server is gone."""

    def __init__(self, shop, instance, chance):
        super().__init__(daemon=True)
        self.shop, self.instance, self.chance, self.over = shop, instance, chance, threading.Event()
        self.failure, self.made = None, 0

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.instance.port, timeout=20)
        try:
            while not self.over.is_set():
                self._send(connection, *self._change())
        except (OSError, http.client.HTTPException):
            return
        except AssertionError as failure:
            self.failure = failure
        finally:
            connection.close()

    def stop(self):
        self.over.set()
        self.join(timeout=30)
        assert not self.is_alive(), "a writer got no answer"
        if self.failure:
            raise self.failure

    def _send(self, connection, method, table, body):
        query = "" if method != "DELETE" else "?" + urllib.parse.urlencode([("records[]", record) for record in body])
        if method == "DELETE":
            with self.shop.lock:
                self.shop.doomed.update(body)
        headers = {"Authorization": f"Bearer {self.shop.key}", "Content-Type": "application/json"}
        connection.request(method, f"/v0/{self.shop.base}/{table}{query}", json.dumps(body) if not query else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status in EXPECTED, f"{method} {table}: {answer.status}: {text[:300]}"
        if answer.status != 200:
            return
        with self.shop.lock:
            self.shop.acknowledged += 1
            if method == "POST":
                for record in json.loads(text)["records"]:
                    self.shop.known[table].append(record["id"])
                    self.shop.kept[record["id"]] = table

    def _change(self):
        """Method, table and body of some change."""
        table = self.chance.choice([LINES, LINES, ORDERS, CUSTOMERS])
        known = self._some(table, 4)
        kind = self.chance.random()
        if kind < 0.4 or not known:
            return "POST", table, {"records": [{"fields": self._cells(table, True)} for _ in range(self.chance.randint(1, 4))]}
        if kind < 0.9:
            return "PATCH", table, {"records": [{"id": record, "fields": self._cells(table, False)} for record in known]}
        return "DELETE", table, known[:1]

    def _cells(self, table, is_new):
        chance, cells = self.chance, {}
        if is_new or chance.random() < 0.3:
            self.made += 1
            cells["Name"] = f"made {self.name} {self.made}"
        if table == LINES:
            cells |= {"Price": chance.randint(0, 80) / 2, "Pieces": chance.choice([None, 1, 2, 3])}
            if is_new or chance.random() < 0.3:
                cells["Order"] = self._some(ORDERS, 2)
        elif table == ORDERS:
            cells["Customer"] = self._some(CUSTOMERS, 2)
            if chance.random() < 0.4:
                cells["Lines"] = self._some(LINES, 5)
        elif chance.random() < 0.3:
            cells["Orders"] = self._some(ORDERS, 3)
        return cells

    def _some(self, table, most):
        with self.shop.lock:
            known = [record for record in self.shop.known[table][-60:] if record not in self.shop.doomed]
        return self.chance.sample(known, min(len(known), self.chance.randint(0, most)))

"""kill -9 while payloads are made and pings are due: every change has one payload, in order, and the receiver gets its ping."""

import hashlib
import hmac
import json
import threading
import time
from base64 import b64decode
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from common import FULL, Instance, Postgres, begin, environment, no_panic, timed, until
from sagas import BASE, EMAIL
from test_kill import POINTS, VARIABLE

KILLS = {"SQLite": 60 if FULL else 6, "PostgreSQL": 10}
WRITERS = 2
TASKS, NAME, HOURS = "tblTest0000000001", "fldTest0000000001", "fldTest0000000005"
# On PostgreSQL a ping in flight is taken over once its lease is over.
WITHIN = {"SQLite": 10, "PostgreSQL": 60}
QUIET = 0.3


class Receiver:
    """Takes pings, slowly enough to be killed over."""

    def __init__(self):
        self.pings, self.lock, self.secret = [], threading.Lock(), None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.take(body, self.headers["X-Airtable-Content-MAC"])
                time.sleep(0.03)
                try:
                    self.send_response(204)
                    self.end_headers()
                except OSError:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def take(self, body, mac):
        with self.lock:
            self.pings.append((time.monotonic(), body, mac))

    def has_one_since(self, moment):
        with self.lock:
            return any(at >= moment for at, _, _ in self.pings)

    def check(self, base, webhook):
        for _, body, mac in self.pings:
            wanted = hmac.new(b64decode(self.secret), body, hashlib.sha256).hexdigest()
            assert mac == f"hmac-sha256={wanted}", mac
            told = json.loads(body)
            assert (told["base"]["id"], told["webhook"]["id"]) == (base, webhook), told


class Book:
    """What was written, one after another by each writer: a record, then a number into a record of its own."""

    def __init__(self, instance, receiver):
        instance.add_user(EMAIL, "owner")
        self.key = instance.add_key(EMAIL)
        self.base, self.receiver = instance.import_base(BASE), receiver
        self.lock, self.acknowledged, self.sent, self.last = threading.Lock(), set(), [0] * WRITERS, 0.0
        # Each writer has its record.
        self.records = ["recTest0000000001", "recTest0000000002"][:WRITERS]

    def watch(self, instance):
        filters = {"dataTypes": ["tableData"], "recordChangeScope": TASKS}
        body = {"notificationUrl": self.receiver.url, "specification": {"options": {"filters": filters}}}
        made = self.ask(instance, "POST", f"/v0/bases/{self.base}/webhooks", body)
        self.webhook, self.receiver.secret = made["id"], made["macSecretBase64"]

    def ask(self, instance, method, path, body=None):
        status, _, answer = instance.request(method, path, body, self.key)
        assert status == 200, (status, answer)
        return answer

    def change(self, instance, writer):
        """Numbers are never sent again: one whose answer is lost is written once, or not at all."""
        number = self.sent[writer] = self.sent[writer] + 1
        path, sent = f"/v0/{self.base}/{TASKS}", time.monotonic()
        if number % 2:
            self.ask(instance, "POST", path, {"fields": {"Name": f"{writer} {number}"}})
        else:
            self.ask(instance, "PATCH", f"{path}/{self.records[writer]}", {"fields": {"Hours": number}})
        with self.lock:
            self.acknowledged.add((writer, number))
            self.last = max(self.last, sent)

    def write(self, instance, writer, over):
        try:
            while not over.is_set():
                self.change(instance, writer)
        except (OSError, HTTPException):
            return

    def work(self, instance, seconds, kills=False):
        """Writers for so long, or until the instance ends by itself; then it is killed among them, if it shall be."""
        over = threading.Event()
        threads = [threading.Thread(target=self.write, args=(instance, writer, over)) for writer in range(WRITERS)]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        while time.monotonic() - began < seconds and instance.process.poll() is None:
            time.sleep(0.002)
        if kills:
            instance.kill()
        over.set()
        for thread in threads:
            thread.join(timeout=30)

    def last_change(self, instance):
        """One change when all that was before is told, so that the next ping is for this one."""
        time.sleep(QUIET)
        self.change(instance, 0)

    def payloads(self, instance):
        cursor = 1
        while True:
            path = f"/v0/bases/{self.base}/webhooks/{self.webhook}/payloads?cursor={cursor}"
            page = self.ask(instance, "GET", path)
            assert page["cursor"] == cursor + len(page["payloads"]), (cursor, page["cursor"])
            yield from page["payloads"]
            cursor = page["cursor"]
            if not page["mightHaveMore"]:
                return

    def check(self, instance):
        """One payload for each change, in the order of each writer; answers how many."""
        told, transactions = [], []
        for payload in self.payloads(instance):
            transactions.append(payload["baseTransactionNumber"])
            changed = payload["changedTablesById"][TASKS]
            for made in changed.get("createdRecordsById", {}).values():
                writer, number = made["cellValuesByFieldId"][NAME].split()
                told.append((int(writer), int(number)))
            for record, change in changed.get("changedRecordsById", {}).items():
                told.append((self.records.index(record), int(change["current"]["cellValuesByFieldId"][HOURS])))
        assert transactions == sorted(set(transactions)), "payloads are out of order"
        assert len(told) == len(transactions) == len(set(told)), "a change is told twice"
        lost = self.acknowledged - set(told)
        assert not lost, f"{len(lost)} acknowledged changes have no payload, such as {sorted(lost)[:3]}"
        for writer in range(WRITERS):
            numbers = [number for one, number in told if one == writer]
            assert numbers == sorted(numbers), f"changes of writer {writer} are told out of order"
        self.check_records(instance, told)
        return len(told)

    def check_records(self, instance, told):
        """Nothing is told that is not there."""
        found, offset = set(), ""
        while offset is not None:
            path = f"/v0/{self.base}/{TASKS}?fields%5B%5D=Name&offset={offset.replace('/', '%2F')}"
            page = self.ask(instance, "GET", path)
            found |= {record["fields"].get("Name", "") for record in page["records"]}
            offset = page.get("offset")
        untrue = [one for one in told if one[1] % 2 and f"{one[0]} {one[1]}" not in found]
        assert not untrue, untrue[:3]


def main():
    binary, chance = begin("webhooks under kill -9")
    run(binary, chance, "SQLite", None)
    if FULL:
        with Postgres() as postgres:
            run(binary, chance, "PostgreSQL", postgres)


def run(binary, chance, where, postgres):
    receiver, slowest, hit, owed = Receiver(), 0.0, 0, 0
    settings = environment(postgres, PYAIRTABLE__OUTBOUND__TOTAL_TIMEOUT="5")
    with Instance(binary, environment=settings) as instance:
        book = Book(instance, receiver)
        instance.start()
        book.watch(instance)
        instance.kill()
        deaths = [] if postgres else [f"{point}:{visit}" for point in POINTS for visit in ((1, 2) if FULL else (1,))]
        for death in deaths + [None] * KILLS[where]:
            hit += die(instance, book, chance, death)
            owed += not receiver.has_one_since(book.last)
            # Nothing is asked of it but whether it is ready: what is due is due by itself.
            slowest = max(slowest, timed(instance.start) + wait(book, where))
            instance.kill()
        instance.start()
        book.work(instance, 0.3)
        book.last_change(instance)
        wait(book, where)
        told = book.check(instance)
        receiver.check(book.base, book.webhook)
        no_panic(instance)
    assert owed, "no ping was owed at any death, which shows nothing"
    assert hit >= len(deaths), f"only {hit} of {len(deaths)} points were passed; was the binary built with fault-points?"
    print(
        f"{where}: {hit} kills at named points and {KILLS[where]} at random, {len(book.acknowledged)} changes acknowledged, {told} payloads in order, "
        f"{len(receiver.pings)} pings, {owed} of them owed at a death, the slowest within {slowest:.2f} s; lost 0, doubled 0",
        flush=True,
    )


def wait(book, where):
    return until(lambda: book.receiver.has_one_since(book.last), WITHIN[where], "a ping after the last change")


def die(instance, book, chance, point):
    """Ends the instance at a point, or at random, among writes; true when it came by the point."""
    if point is None:
        instance.start()
        is_quiet = chance.random() < 0.5
        book.work(instance, chance.uniform(0.02, 0.4), kills=not is_quiet)
        if is_quiet:
            book.last_change(instance)
            time.sleep(chance.uniform(0, 0.02))
            instance.kill()
        return 0
    instance.environment[VARIABLE] = point
    try:
        instance.start()
        book.work(instance, 5)
    except AssertionError:
        # It may end before it is ready.
        if instance.process.poll() is None:
            raise
    finally:
        del instance.environment[VARIABLE]
    came_by = instance.process.poll() is not None
    if came_by:
        instance.process = None
    else:
        instance.kill()
    return came_by


if __name__ == "__main__":
    main()

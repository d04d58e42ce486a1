"""What all reliability tests begin with."""

import argparse
import os
import random
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from instance import PASSWORD, Instance
from sagas import ENVIRONMENT, Sagas, table_faults
from servers import Ledger, Postgres, Redis

FULL = os.environ.get("RELIABILITY") == "full"

__all__ = ["FULL", "PASSWORD", "Instance", "Ledger", "Load", "Postgres", "Redis", "Sagas", "begin", "environment", "no_panic", "stay_alive", "survive", "timed", "until"]


def begin(test):
    """The binary and a source of chance whose seed is told, so that a failure can be had again."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = arguments.parse_args()
    print(f"{test}, seed {options.seed}, {'full' if FULL else 'short'}", flush=True)
    return options.binary, random.Random(options.seed)


def environment(postgres=None, redis=None, **more):
    urls = {"DATABASE_URL": postgres and postgres.url, "REDIS_URL": redis and redis.url}
    # Instances of one database have one instance key.
    key = {"PYAIRTABLE__SECURITY__KEY": "5e" * 32} if postgres else {}
    return ENVIRONMENT | key | {name: url for name, url in urls.items() if url} | more


def survive(test, rounds, break_it):
    """Breaks PostgreSQL under load so often and heals it; afterwards all sagas have ended as they should."""
    binary, _ = begin(test)
    with Postgres() as postgres:
        ledger = Ledger()
        with Instance(binary, environment=environment(postgres)) as instance:
            instance.start()
            sagas = Sagas(instance, ledger)
            sagas.define(instance)
            for number in range(rounds):
                with Load(instance, sagas, number) as load:
                    for saga in range(20):
                        sagas.start_surely(instance, f"saga {number}.{saga}", "mixed" if saga % 3 else "bad")
                    broken, healed, ready, slowest = break_it(instance, postgres)
                    time.sleep(1)
                assert instance.process.poll() is None, "the server ended"
                refused, waited = load.check(slowest, broken, healed)
                kept = load.check_records(instance)
                print(
                    f"{healed - broken:.0f} s: {len(load.answers)} requests, {refused} refused within {waited:.2f} s; "
                    f"ready after {ready:.2f} s; {kept} records kept",
                    flush=True,
                )
            sagas.wait(instance, 60)
            print(f"sagas: {sagas.check(instance)}; lost 0, doubled 0")
            no_panic(instance)
        ledger.close()


def stay_alive(instance, seconds):
    """Asks whether the process lives, until the time is over."""
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        assert instance.request("GET", "/health/live", timeout=1)[0] == 200
        time.sleep(0.2)


def timed(action):
    began = time.monotonic()
    action()
    return time.monotonic() - began


def until(condition, seconds, what):
    """Waits and says how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - began


def no_panic(*instances):
    for instance in instances:
        found = table_faults(instance.log_path)
        assert not found, found[:3]


class Load:
    """Requests at a steady rate; remembers when each was sent, what was answered, and how long that took."""

    def __init__(self, instance, sagas, part, rate=100, threads=25):
        self.part, self.instance, self.sagas, self.answers, self.created = part, instance, sagas, [], {}
        self.lock, self.over, self.number = threading.Lock(), threading.Event(), 0
        self.pause = threads / rate
        self.threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=60)

    def _run(self):
        while not self.over.is_set():
            sent = time.monotonic()
            self._request(sent)
            self.over.wait(max(0, sent + self.pause - time.monotonic()))

    def _request(self, sent):
        with self.lock:
            self.number += 1
            number = self.number
        path = f"/v0/{self.sagas.base}/{self.sagas.table}"
        body = {"fields": {"Name": f"load {self.part}.{number}"}} if number % 4 == 0 else None
        try:
            asked = ("POST", path, body) if body else ("GET", f"{path}?pageSize=5", None)
            status, headers, answer = self.instance.request(*asked, self.sagas.key, timeout=20)
        except OSError as error:
            status, headers, answer = repr(error), {}, None
        took = time.monotonic() - sent
        with self.lock:
            self.answers.append((sent, status, took, {name.lower() for name in headers}, answer))
            if body and status == 200:
                self.created[answer["id"]] = body["fields"]["Name"]

    def check(self, slowest, broken, healed):
        """Every answer is the wanted one or an honest refusal, and none waited longer than that while the database was broken."""
        refused, longest = 0, 0.0
        for sent, status, took, headers, answer in self.answers:
            assert status in (200, 503), (status, took, answer)
            if sent < healed and sent + took > broken:
                longest = max(longest, sent + took - max(sent, broken))
            if status == 503:
                refused += 1
                assert "retry-after" in headers, headers
        assert longest <= slowest, f"a request waited for {longest:.2f} s"
        assert refused, "nothing was refused: was the database broken at all?"
        return refused, longest

    def check_records(self, instance):
        """What was acknowledged is there, once."""
        found, offset = [], ""
        path = f"/v0/{self.sagas.base}/{self.sagas.table}?fields%5B%5D=Name&pageSize=100"
        while True:
            page = self.sagas.get(instance, f"{path}&offset={offset.replace('/', '%2F')}")
            found += [(one["id"], one["fields"].get("Name", "")) for one in page["records"]]
            if "offset" not in page:
                break
            offset = page["offset"]
        loaded = [pair for pair in found if pair[1].startswith("load ")]
        names = [name for _, name in loaded]
        assert len(names) == len(set(names)), "records are there twice"
        lost = set(self.created.items()) - set(loaded)
        assert not lost, f"{len(lost)} acknowledged records are lost, such as {sorted(lost)[:3]}"
        return len(self.created)

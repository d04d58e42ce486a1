"""kill -9 during acknowledged creates: every acknowledged record is there, and none twice."""

import argparse
import http.client
import json
import random
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from instance import Instance, table_path

RECORDS = 5000
KILLS = 20
WRITERS = 4
EMAIL = "owner@example.com"


class Writer(threading.Thread):
    """Sends numbered creates one after another on one connection until told that the server is gone."""

    def __init__(self, instance, key, path, numbers, acknowledged, lock):
        super().__init__(daemon=True)
        self.instance, self.key, self.path = instance, key, path
        self.numbers, self.acknowledged, self.lock = numbers, acknowledged, lock

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.instance.port, timeout=20)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            while True:
                with self.lock:
                    if not self.numbers:
                        return
                    number = self.numbers.pop()
                # A number whose answer is lost is never sent again: it may be there once, or not at all.
                body = json.dumps({"fields": {"Name": f"kill {number}"}})
                connection.request("POST", self.path, body, headers)
                answer = connection.getresponse()
                text = answer.read()
                assert answer.status == 200, f"{answer.status}: {text}"
                with self.lock:
                    self.acknowledged[json.loads(text)["id"]] = f"kill {number}"
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()


def everything(instance, key, path):
    found, offset = [], ""
    while True:
        status, _, page = instance.request("GET", f"{path}?fields%5B%5D=Name&offset={offset}", key=key)
        assert status == 200, page
        found += [(record["id"], record["fields"].get("Name", "")) for record in page["records"]]
        if "offset" not in page:
            return [pair for pair in found if pair[1].startswith("kill ")]
        offset = page["offset"].replace("/", "%2F")


def check(instance, key, path, acknowledged):
    found = everything(instance, key, path)
    names = [name for _, name in found]
    doubled = len(names) - len(set(names))
    there = set(found)
    lost = [name for id, name in acknowledged.items() if (id, name) not in there]
    assert not doubled, f"{doubled} records are there twice"
    assert not lost, f"{len(lost)} acknowledged records are lost, such as {lost[:3]}"
    return len(found)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = arguments.parse_args()
    chance = random.Random(options.seed)
    print(f"kill test, seed {options.seed}", flush=True)
    with Instance(options.binary) as instance:
        instance.add_user(EMAIL, "owner")
        key = instance.add_key(EMAIL)
        path = table_path(instance.import_base(Path(__file__).resolve().parent.parent / "base.json"), "Tasks")
        run(instance, key, path, chance)


def run(instance, key, path, chance):
    lock, acknowledged = threading.Lock(), {}
    # Lost answers cost numbers, so there are more numbers than records asked for.
    numbers = list(range(RECORDS + KILLS * WRITERS))
    slowest_start = 0.0
    # Points are spread over the whole run by records written, not by time, so that a fast machine is killed as often.
    points = sorted(chance.sample(range(1, RECORDS - 1), KILLS)) + [RECORDS]
    for point in points:
        slowest_start = max(slowest_start, instance.start())
        check(instance, key, path, acknowledged)
        writers = [Writer(instance, key, path, numbers, acknowledged, lock) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        wait_for(lambda: len(acknowledged) >= point or not any(writer.is_alive() for writer in writers))
        if point < RECORDS:
            time.sleep(chance.uniform(0, 0.01))
            instance.kill()
        for writer in writers:
            writer.join(timeout=30)
    assert len(acknowledged) >= RECORDS, f"only {len(acknowledged)} of {RECORDS} were acknowledged"
    there = check(instance, key, path, acknowledged)
    print(f"{KILLS} kills: {len(acknowledged)} acknowledged, {there} there, none lost, none twice; slowest start {slowest_start:.2f} s")


def wait_for(condition):
    while not condition():
        time.sleep(0.002)


main()

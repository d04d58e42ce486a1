"""Two instances on one PostgreSQL: what one writes the other reads within a second, computed values too, and both may start at once."""

import os
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from databases import own_database, sharing
from instance import Instance, table_path
from shop import Shop

EMAIL = "owner@example.com"
ROUNDS = 20
WRITE_SECONDS = 2
LIMIT_SECONDS = 1.0


def main(binary):
    with own_database(os.environ["TEST_DATABASE_URL"]) as url:
        environment = sharing(url)
        with Instance(binary, environment=environment) as one, Instance(binary, environment=environment) as other:
            run(one, other)


def run(one, other):
    starts = [threading.Thread(target=instance.start) for instance in (one, other)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert one.process and other.process, "two instances starting together did not both start"
    one.add_user(EMAIL, "owner")
    key = one.add_key(EMAIL)
    path = table_path(one.import_base(Path(__file__).resolve().parent.parent / "base.json"), "Tasks")
    for instance in (one, other):
        assert len(read(instance, path, key)) == 3
    slowest = 0.0
    for number in range(ROUNDS):
        writer, reader = (one, other) if number % 2 else (other, one)
        slowest = max(slowest, seconds_to_see(writer, reader, path, key, f"two {number}"))
    assert slowest < LIMIT_SECONDS, f"it took {slowest:.2f} s"
    wakes = "Redis" if "REDIS_URL" in one.environment else "PostgreSQL"
    print(f"two instances, woken by {wakes}: {ROUNDS} records read through the other, slowest {slowest * 1000:.0f} ms: ok")
    both_write(one, other, key)


def both_write(one, other, key):
    shop = Shop(one, 0, key)
    writers = [shop.writer(instance) for instance in (one, other) for _ in range(2)]
    for writer in writers:
        writer.start()
    time.sleep(WRITE_SECONDS)
    for writer in writers:
        writer.stop()
    values = shop.check(one, other)
    print(f"both wrote {shop.acknowledged} changes: {values} computed values are the same on both, and what follows from the cells: ok")


def seconds_to_see(writer, reader, path, key, name):
    status, _, body = writer.request("POST", path, {"fields": {"Name": name}}, key)
    assert status == 200, body
    written = time.monotonic()
    while time.monotonic() - written < 10:
        if name in read(reader, path, key):
            return time.monotonic() - written
        time.sleep(0.005)
    raise AssertionError(f"{name} did not arrive within 10 s")


def read(instance, path, key):
    status, _, page = instance.request("GET", f"{path}?pageSize=100", key=key)
    assert status == 200, page
    return [record["fields"].get("Name") for record in page["records"]]


main(sys.argv[1])

"""Two instances on one PostgreSQL: what one writes the other reads within a second, computed values too, and both may start at once."""

import os
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from instance import Instance, table_path
from shop import Shop

EMAIL = "owner@example.com"
ROUNDS = 20
WRITE_SECONDS = 2
LIMIT_SECONDS = 1.0


def create_database(url):
    """A database of its own, so that the test leaves nothing behind in the one it was given."""
    name = f"pyairtable_two_{uuid.uuid4().hex[:12]}"
    subprocess.run(["psql", "-q", url, "-c", f'CREATE DATABASE "{name}"'], check=True)
    parts = urllib.parse.urlsplit(url)
    drop = ["psql", "-q", url, "-c", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)']
    return parts._replace(path=f"/{name}").geturl(), lambda: subprocess.run(drop, check=True)


def main(binary):
    url, drop = create_database(os.environ["TEST_DATABASE_URL"])
    environment = {"DATABASE_URL": url, "PYAIRTABLE__SECURITY__KEY": "5e" * 32}
    if os.environ.get("TEST_REDIS_URL"):
        environment["REDIS_URL"] = os.environ["TEST_REDIS_URL"]
    try:
        with Instance(binary, environment=environment) as one, Instance(binary, environment=environment) as other:
            run(one, other)
    finally:
        drop()


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

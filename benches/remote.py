#!/usr/bin/env python3
"""Measures bases at Airtable through the release binary, with a stand-in for Airtable beside it; see benches/README.md.

usage: benches/remote.py [create] [copy] [cached] [proxied] [heard]
"""

import http.client
import http.server
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from measure import CLIENT_CORE, ROOT, ROUNDS, SERVER_CORE, build_binary, compare, page_base, pin, wrk

sys.path.insert(0, str(ROOT / "tests/clients"))
from instance import Instance, free_port, table_path
from mirrored import connected, joined, written
from mirrored_base import CUSTOMERS, LINES, ORDERS, document, record
from proxied import EMAIL, UNLIMITED, UNPACED, expect, proxied, reaching
from stand_in import StandIn

BASE = ROOT / "tests/clients/base.json"
# Airtable's answer takes a quarter of a second, and five requests a second are let in.
FAR = "[[faults]]\nkind = \"latency\"\nms = 250\nwhen = \"before\"\nprobability = 1\n"
PER_SECOND, BATCH, PAGE = 5, 10, 100
RECORDS, WRITERS = 1000, 50
COPIED = 50_000
QUESTIONS, WARM = 500, 50
CHANGES = 100
FEW = {CUSTOMERS: 20, ORDERS: 60, LINES: 150}


def measure_create(binary):
    """1,000 records made by many writers through us, one and ten a request, and by pyairtable alone, ten a request."""
    bound = RECORDS / BATCH / PER_SECOND
    for many in (1, BATCH):
        took, refused = zip(*[created(binary, many) for _ in range(ROUNDS)])
        middle = statistics.median(took)
        print(f"{RECORDS} creates, {many} a request: {middle:.1f} s, {middle / bound:.3f} of the bound of {bound:.0f} s, {sum(refused)} refused", flush=True)
    with proxied(binary, FAR, BASE) as (airtable, *_):
        print(f"pyairtable alone, one request after another: {pyairtable(airtable):.1f} s", flush=True)


def created(binary, many):
    """How long it takes, and how many requests were one too many."""
    with proxied(binary, FAR, BASE) as (airtable, instance, key):
        path = table_path(airtable.base, "Tasks")

        def create(first):
            records = [{"fields": {"Name": f"Made {number}"}} for number in range(first, first + many)]
            expect(instance.request("POST", path, {"records": records}, key=key, timeout=90))

        began = time.monotonic()
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(create, range(0, RECORDS, many)))
        return time.monotonic() - began, counts(airtable)["refused"]


def counts(airtable):
    return expect(airtable.request("GET", "/_standin/counts", key=airtable.token))["requests"]


def pyairtable(airtable):
    """How long the library takes to make the records by itself."""
    folder = Path(tempfile.gettempdir()) / "pyairtable-bench"
    python = folder / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        needs = ROOT / "tests/clients/python/requirements.txt"
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", needs], check=True)
    script = (
        "import sys, time; from pyairtable import Api; url, token, base = sys.argv[1:]\n"
        "table = Api(token, endpoint_url=url).table(base, 'Tasks'); began = time.monotonic()\n"
        f"table.batch_create([{{'Name': f'Alone {{n}}'}} for n in range({RECORDS})]); print(time.monotonic() - began)"
    )
    command = [python, "-c", script, airtable.url, airtable.token, airtable.base]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure_copy(binary):
    """The first copy of 50,000 records, against the time that the limit leaves for its pages."""
    with connected(binary, "", document({CUSTOMERS: 1, ORDERS: 1, LINES: COPIED})) as (_, instance, copy):
        began = time.monotonic()
        copy.begin()
        copy.until(lambda status: status["is_complete"], 600, "the copy")
        took, bound = time.monotonic() - began, COPIED / PAGE / PER_SECOND
        print(f"first copy of {COPIED:,} records: {took:.1f} s, {took / bound:.3f} of the {bound:.0f} s for its pages; {copy.refused()} refused", flush=True)


@contextmanager
def beside(binary):
    """A base at a stand-in on the client's core, offered through an instance on the server's core, where the same base lies too."""
    with tempfile.TemporaryDirectory() as folder, Instance(binary, data_dir=folder) as maker:
        maker.add_user(EMAIL, "owner")
        base = page_base(maker)
        exported = maker.cli("base", "export", base)
        with written(exported | {"id": "appAway0000000001"}) as file, proxied(binary, UNLIMITED, file, UNPACED | {"PYAIRTABLE__SERVER__WORKERS": "1"}) as (airtable, instance, key):
            with written(exported) as here:
                local = instance.import_base(here)
            instance.stop()
            instance.start()
            pin(airtable.process, CLIENT_CORE)
            pin(instance.process, SERVER_CORE)
            yield airtable, instance, key, local


def measure_cached(binary):
    """A page of a base at Airtable that is kept here, against the same page of a base that lies here."""
    with beside(binary) as (airtable, instance, key, local):
        headers = {"Authorization": f"Bearer {key}"}
        page = lambda base: wrk(f"{instance.url}{table_path(base, 'Tasks')}?pageSize={PAGE}", headers)
        page(airtable.base)
        before = counts(airtable)["admitted"]
        compare("kept page of a base at Airtable, against that of a local base", lambda: page(airtable.base), lambda: page(local))
        asked = counts(airtable)["admitted"] - before
        assert asked < 50, f"{asked} questions went to Airtable"


def measure_proxied(binary):
    """What a question takes longer through us than at the stand-in itself, asked one after another."""
    with beside(binary) as (airtable, instance, key, _):
        for size in (10, PAGE):
            path = f"{table_path(airtable.base, 'Tasks')}?pageSize={size}"
            ours, direct = Asking(instance.port, key, path), Asking(airtable.port, airtable.token, path)
            rounds = [(ours.times(), direct.times()) for _ in range(ROUNDS)]
            more = [[quantile(one, at) - quantile(other, at) for one, other in rounds] for at in (50, 99)]
            p50, p99 = (statistics.median(part) for part in more)
            alone = statistics.median(quantile(other, 50) for _, other in rounds)
            print(f"a page of {size} through us: p50 {p50:.2f} ms and p99 {p99:.2f} ms more than the {alone:.2f} ms alone", flush=True)


class Asking:
    """Questions on one connection, each to be answered by Airtable itself."""

    def __init__(self, port, key, path):
        self.connection, self.path = http.client.HTTPConnection("127.0.0.1", port), path
        self.headers = {"Authorization": f"Bearer {key}", "Cache-Control": "no-cache"}

    def times(self):
        """Milliseconds of each."""
        return [self._ask() for _ in range(WARM + QUESTIONS)][WARM:]

    def _ask(self):
        began = time.perf_counter()
        self.connection.request("GET", self.path, headers=self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return (time.perf_counter() - began) * 1000


def quantile(values, percent):
    return statistics.quantiles(values, n=100)[percent - 1]


def measure_heard(binary):
    """From Airtable's notification to the change being read here, less what Airtable itself takes to answer."""
    with written(document(FEW)) as file, StandIn(binary, UNLIMITED, base=file) as airtable:
        airtable.start()
        with Instance(binary, environment=reaching(airtable)) as instance, Doorman(instance) as doorman:
            instance.environment["PYAIRTABLE__SERVER__PUBLIC_URL"] = doorman.url
            copy = joined(instance, airtable)
            copy.begin()
            assert copy.whole()["hearing"] == "notified"
            took = [heard(copy, doorman, number) for number in range(CHANGES)]
            print(
                f"{CHANGES} changes: read here p50 {quantile(took, 50) * 1000:.0f} ms and p95 {quantile(took, 95) * 1000:.0f} ms after the notification came",
                flush=True,
            )


def heard(copy, doorman, number):
    path = f"{table_path(copy.base, LINES)}/{record(LINES, number % FEW[LINES])}"
    time.sleep(1)
    doorman.came = None
    expect(copy.there("PATCH", path, {"fields": {"Stück": 1000 + number}}))
    while expect(copy.here("GET", path))["fields"].get("Stück") != 1000 + number:
        time.sleep(0.002)
    # It was asked for before it was told.
    return max(0, time.monotonic() - (doorman.came or time.monotonic()))


class Doorman:
    """Lets notifications in and keeps when the last one came."""

    def __init__(self, instance):
        self.came, doorman = None, self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                doorman.came = doorman.came or time.monotonic()
                body = self.rfile.read(int(self.headers["Content-Length"]))
                inside = http.client.HTTPConnection("127.0.0.1", instance.port)
                inside.request("POST", self.path, body, dict(self.headers))
                answer = inside.getresponse()
                text = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()


MEASUREMENTS = {"create": measure_create, "copy": measure_copy, "cached": measure_cached, "proxied": measure_proxied, "heard": measure_heard}


def main():
    wanted = sys.argv[1:] or list(MEASUREMENTS)
    binary = build_binary()
    print(f"{os.cpu_count()} cores, median of {ROUNDS}", flush=True)
    for name in wanted:
        MEASUREMENTS[name](binary)


if __name__ == "__main__":
    main()

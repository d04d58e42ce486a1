#!/usr/bin/env python3
"""Measures the release binary against bare code in one run; see benches/README.md.

usage: benches/measure.py [http] [mcp] [create] [start] [load]
"""

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/clients"))
from instance import Instance, free_port, table_path

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
EMAIL = "owner@example.com"
SERVER_CORE, CLIENT_CORE = "0", "1"
ONE_WORKER = {"PYAIRTABLE__SERVER__WORKERS": "1"}


def build():
    subprocess.run(["cargo", "build", "--locked", "--release"], cwd=ROOT, check=True)
    command = ["cargo", "bench", "--locked", "--bench", "bare", "--no-run", "--message-format", "json"]
    lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    artifacts = [json.loads(line) for line in lines if '"executable":"' in line]
    bare = next(artifact["executable"] for artifact in artifacts if artifact["target"]["name"] == "bare")
    return Path(bare).parent.parent / "pyairtable", bare


def pin(process, core):
    subprocess.run(["taskset", "-a", "-c", "-p", core, str(process.pid)], check=True, stdout=subprocess.DEVNULL)


def resident(process):
    """Resident memory in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024


def wrk(url, headers=None, body=None, connections=16):
    """Requests a second and the 99th percentile in milliseconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if body is not None:
            script.write(f'wrk.method = "POST"\nwrk.body = [==[{json.dumps(body)}]==]\n')
            script.flush()
        command = ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency"]
        for name, value in (headers or {}).items():
            command += ["-H", f"{name}: {value}"]
        done = subprocess.run([*command, "-s", script.name, url], check=True, capture_output=True, text=True)
    assert "Non-2xx" not in done.stdout and "Socket errors" not in done.stdout, done.stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1))
    amount, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", done.stdout).groups()
    return rate, float(amount) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


@contextmanager
def running(command, port, environment=None):
    process = subprocess.Popen(
        [str(part) for part in command], env=os.environ | (environment or {}), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for_port(port, process)
        pin(process, SERVER_CORE)
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for_port(port, process):
    for _ in range(1000):
        assert process.poll() is None, "the process ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise AssertionError("nothing listens")


@contextmanager
def served(binary, make_base=None):
    """A started instance on the server's core, its key, and the base that was made."""
    with Instance(binary, environment=ONE_WORKER) as instance:
        instance.add_user(EMAIL, "owner")
        key = instance.add_key(EMAIL)
        base = make_base(instance) if make_base else instance.import_base(ROOT / "tests/clients/base.json")
        instance.start()
        pin(instance.process, SERVER_CORE)
        yield instance, key, base


def page_base(instance):
    """A base with one table of 150 records, whose page of 100 is about 39 kB."""
    base = instance.import_base(ROOT / "tests/clients/base.json")
    document = instance.cli("base", "export", base)
    table = document["tables"][0]
    text = "The quick brown fox jumps over the lazy dog, twice a day and thrice on Sundays. "
    rows = [
        {
            "id": f"recPage{number:010}",
            "createdTime": "2024-03-05T07:08:09.000Z",
            "fields": {"Name": f"Row {number}", "Notes": text * 2, "Hours": number / 2, "Status": "Todo", "Due": "2024-04-01"},
        }
        for number in range(150)
    ]
    document["id"], document["records"] = "appPage0000000001", {table["id"]: rows}
    path = Path(instance.data_dir) / "page.json"
    path.write_text(json.dumps(document))
    return instance.import_base(path)


def compare(title, ours, theirs):
    """Alternates the two, so that a drift of the machine meets both."""
    pairs = [(ours(), theirs()) for _ in range(ROUNDS)]
    ratio = statistics.median(mine[0] / other[0] for mine, other in pairs)
    mine, other = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
    print(f"{title}: {mine:,.0f}/s against {other:,.0f}/s, ratio {ratio:.2f}", flush=True)
    return pairs


def measure_http(binary, bare):
    with served(binary, page_base) as (instance, key, base), tempfile.NamedTemporaryFile("wb") as page:
        path = f"/v0/{base}/Tasks?pageSize=100"
        status, _, body = instance.request("GET", path, key=key)
        assert status == 200 and len(body["records"]) == 100
        page.write(json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode())
        page.flush()
        print(f"page of 100 records: {os.path.getsize(page.name):,} bytes")
        port = free_port()
        with running([bare, "http", port, page.name], port):
            compare(
                "GET /v0 page of 100 against a bare handler with the same bytes",
                lambda: wrk(instance.url + path, {"Authorization": f"Bearer {key}"}),
                lambda: wrk(f"http://127.0.0.1:{port}/"),
            )


def measure_mcp(binary, bare):
    tools = Path(os.environ.get("BENCH_TOOLS", "/var/tmp/pyairtable-bench-tools"))
    if not (tools / "node_modules/airtable-mcp-server").is_dir():
        tools.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", tools, "airtable-mcp-server@1.14.0"], check=True)
    with served(binary, page_base) as (instance, key, base), tempfile.NamedTemporaryFile("wb") as page:
        _, _, body = instance.request("GET", f"/v0/{base}/Tasks?pageSize=100", key=key)
        # The rival would follow the cursor of a stub for ever.
        del body["offset"]
        page.write(json.dumps(body).encode())
        page.flush()
        stub, port = free_port(), free_port()
        environment = {"AIRTABLE_API_KEY": "stub", "AIRTABLE_STUB": f"http://127.0.0.1:{stub}", "MCP_TRANSPORT": "http", "PORT": str(port)}
        command = ["node", "--import", ROOT / "benches/redirect.mjs", tools / "node_modules/airtable-mcp-server/dist/main.js"]
        with running([bare, "http", stub, page.name], stub) as stub_process, running(command, port, environment) as rival:
            pin(stub_process, CLIENT_CORE)
            accept = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
            ours = call("get_records", {"base_id": base, "table_id": "Tasks", "max_records": 100})
            theirs = call("list_records", {"baseId": base, "tableId": "tblTest0000000001", "maxRecords": 100})
            for address, request in ((f"{instance.url}/mcp", ours), (f"http://127.0.0.1:{port}/mcp", theirs)):
                check_answer(address, accept | {"Authorization": f"Bearer {key}"}, request)
            pairs = compare(
                "MCP get_records of 100, 16 at a time, against airtable-mcp-server",
                lambda: wrk(f"{instance.url}/mcp", accept | {"Authorization": f"Bearer {key}"}, ours),
                lambda: wrk(f"http://127.0.0.1:{port}/mcp", accept, theirs),
            )
            mine, other = (statistics.median(pair[side][1] for pair in pairs) for side in (0, 1))
            print(f"its p99: {mine:.1f} ms against {other:.1f} ms")
            print(f"its memory: {resident(instance.process) / 1e6:.0f} MB against {resident(rival) / 1e6:.0f} MB", flush=True)


def check_answer(url, headers, request):
    """A fast refusal must not count as a fast answer."""
    asked = urllib.request.Request(url, json.dumps(request).encode(), headers)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        text = answer.read().decode()
    assert "recPage0000000099" in text and '"isError":true' not in text, text[:500]


def call(tool, arguments):
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


def measure_create(binary, bare):
    rows = [{"fields": {"Name": "Bench", "Hours": 1.5, "Due": "2026-01-02"}}] * 10
    with served(binary) as (instance, key, base):
        url = instance.url + table_path(base, "Tasks")
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        for connections in (1, 4):
            compare(
                f"creating 10 records a request, {connections} at a time, against a bare sqlx loop",
                lambda: wrk(url, headers, {"records": rows}, connections),
                lambda: (bare_inserts(bare), 0),
            )


def bare_inserts(bare):
    with tempfile.TemporaryDirectory() as folder:
        command = ["taskset", "-c", SERVER_CORE, bare, "sqlite", f"sqlite:{folder}/bare.db", "2000"]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure_start(binary, _):
    with Instance(binary) as instance:
        instance.add_user(EMAIL, "owner")
        instance.cli("base", "sample")
        times = []
        for _ in range(2 * ROUNDS + 1):
            times.append(instance.start())
            time.sleep(1)
            memory = resident(instance.process)
            instance.stop()
        print(f"start to ready with the sample base: {statistics.median(times) * 1000:.0f} ms (slowest {max(times) * 1000:.0f})")
        print(f"idle resident memory: {memory / 1e6:.0f} MB; binary {binary.stat().st_size / 1e6:.0f} MB", flush=True)


def measure_load(binary, _):
    generate = ["--tables", "34", "--fields", "539", "--links", "88", "--records", "100000", "--seed", "1"]
    with Instance(binary) as instance:
        instance.add_user(EMAIL, "owner")
        key = instance.add_key(EMAIL)
        base = instance.cli("base", "generate", *generate)["base_id"]
        instance.start()
        _, _, schema = instance.request("GET", f"/v0/meta/bases/{base}/tables", key=key)
        before, began = resident(instance.process), time.monotonic()
        for table in schema["tables"]:
            status, _, body = instance.request("GET", f"/v0/{base}/{table['id']}?pageSize=1", key=key)
            assert status == 200, body
        seconds, after = time.monotonic() - began, resident(instance.process)
        print(f"loading {len(schema['tables'])} tables with 100,000 records: {seconds:.2f} s")
        print(f"resident memory a record: {(after - before) / 100_000:,.0f} bytes", flush=True)


MEASUREMENTS = {
    "http": measure_http,
    "mcp": measure_mcp,
    "create": measure_create,
    "start": measure_start,
    "load": measure_load,
}


def main():
    wanted = sys.argv[1:] or list(MEASUREMENTS)
    binary, bare = build()
    print(f"{os.cpu_count()} cores, {SECONDS} s a measurement, median of {ROUNDS}", flush=True)
    for name in wanted:
        MEASUREMENTS[name](binary, bare)


main()

#!/usr/bin/env python3
"""Measures the release binary against bare code in one run; see benches/README.md.

usage: benches/measure.py [changes] [http] [mcp] [create] [start] [load] [durable] [waiting]
                          [restate] [sql] [filter] [nocodb] [computed] [find] [import] [reads]
"""

import itertools
import json
import os
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/clients"))
from instance import PASSWORD, Instance, free_port, table_path

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
EMAIL = "owner@example.com"
SERVER_CORE, CLIENT_CORE = "0", "1"
ONE_WORKER = {"PYAIRTABLE__SERVER__WORKERS": "1"}


def build():
    command = ["cargo", "bench", "--locked", "--bench", "bare", "--bench", "durable", "--no-run"]
    return build_binary(), executables(command)


def build_binary():
    return executables(["cargo", "build", "--locked", "--release"])["pyairtable"]


def executables(command):
    """What a command of cargo makes, by name."""
    made = subprocess.run([*command, "--message-format", "json"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    artifacts = [json.loads(line) for line in made.stdout.splitlines() if '"executable":"' in line]
    return {artifact["target"]["name"]: Path(artifact["executable"]) for artifact in artifacts}


def pin(process, core):
    subprocess.run(["taskset", "-a", "-c", "-p", core, str(process.pid)], check=True, stdout=subprocess.DEVNULL)


def resident(process):
    """Resident memory in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024


def wrk(url, headers=None, body=None, connections=16, first=None):
    """Requests a second and the 99th percentile in milliseconds; NUMBER in the address counts up from `first`."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if body is not None:
            script.write(f'wrk.method = "POST"\nwrk.body = [==[{json.dumps(body)}]==]\n')
        if first is not None:
            counted = "number = number + 1; return wrk.format(nil, (wrk.path:gsub('NUMBER', number)))"
            script.write(f"local number = {first}\nrequest = function() {counted} end\n")
        script.flush()
        command = ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "30s", "--latency"]
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
    for _ in range(6000):
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


def measure_http(binary, benches):
    bare = benches["bare"]
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


def measure_mcp(binary, benches):
    bare, tools = benches["bare"], rivals("airtable-mcp-server@1.14.0")
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


TOOLS = Path(os.environ.get("BENCH_TOOLS", "/var/tmp/pyairtable-bench-tools"))


def rivals(*packages):
    """The folder with these npm packages."""
    if not all((TOOLS / "node_modules" / package.rsplit("@", 1)[0]).is_dir() for package in packages):
        TOOLS.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", TOOLS, *packages], check=True)
    return TOOLS


def check_answer(url, headers, request):
    """A fast refusal must not count as a fast answer."""
    asked = urllib.request.Request(url, json.dumps(request).encode(), headers)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        text = answer.read().decode()
    assert "recPage0000000099" in text and '"isError":true' not in text, text[:500]


def call(tool, arguments):
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


def measure_create(binary, benches):
    bare = benches["bare"]
    rows = [{"fields": {"Name": "Bench", "Hours": 1.5, "Due": "2026-01-02"}}] * 10
    with served(binary) as (instance, key, base):
        url = instance.url + table_path(base, "Tasks")
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        for connections in (1, 4, 16):
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


GENERATE = ["base", "generate", "--tables", "34", "--fields", "539", "--links", "88", "--records", "100000", "--seed", "1"]
# About as large a share as formulas, lookups, rollups and counts have in real bases.
COMPUTED = ["--computed", "80"]


def measure_load(binary, _):
    """Reading 34 tables with 100,000 records into memory, without computed fields and with 80 among the 539."""
    for computed in ([], COMPUTED):
        load(binary, computed)


def load(binary, computed):
    with Instance(binary) as instance:
        instance.add_user(EMAIL, "owner")
        key = instance.add_key(EMAIL)
        base = instance.cli(*GENERATE, *computed)["base_id"]
        instance.start()
        _, _, schema = instance.request("GET", f"/v0/meta/bases/{base}/tables", key=key)
        before, began = resident(instance.process), time.monotonic()
        for table in schema["tables"]:
            status, _, body = instance.request("GET", f"/v0/{base}/{table['id']}?pageSize=1", key=key)
            assert status == 200, body
        seconds, after = time.monotonic() - began, resident(instance.process)
        fields = "80 of 539 fields computed" if computed else "none computed"
        print(f"loading {len(schema['tables'])} tables with 100,000 records, {fields}: {seconds:.2f} s")
        print(f"resident memory a record, {fields}: {(after - before) / 100_000:,.0f} bytes", flush=True)


def measure_import(binary, _):
    """An import of 100,000 records with computed fields from a file, less the time to read and check the file."""
    with Instance(binary) as instance:
        instance.add_user(EMAIL, "owner")
        file, rates = f"{instance.data_dir}/import.json", []
        for seed in range(ROUNDS):
            generate = [instance.binary, *GENERATE[:-1], str(seed + 1), *COMPUTED, "--data-dir", instance.data_dir, "--output", file]
            subprocess.run(generate, check=True, capture_output=True)
            reading = timed(lambda: instance.cli("base", "import", file, "--preview"))
            whole = timed(lambda: instance.cli("base", "import", file))
            rates.append((100_000 / (whole - reading), whole, reading))
        rate, whole, reading = sorted(rates)[len(rates) // 2]
        print(
            f"import of 100,000 records, 80 of 539 fields computed: {rate:,.0f} records/s after parsing "
            f"({whole:.1f} s, of which parsing {reading:.1f} s)",
            flush=True,
        )


def timed(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def measure_changes(binary, _):
    """What a change set adds to an update of ten records: the same requests with and without the saga context."""
    databases = ["sqlite"] + (["postgres"] if "TEST_DATABASE_URL" in os.environ else [])
    for database in databases:
        times = {True: [], False: []}
        for _ in range(ROUNDS):
            for with_changes in times:
                times[with_changes] += timed_updates(binary, database, with_changes)
        p50, p95 = ({key: sorted(values)[len(values) * part // 100] for key, values in times.items()} for part in (50, 95))
        print(
            f"updating 10 records on {database}: p50 {p50[True]:.2f} ms with change sets, {p50[False]:.2f} without; "
            f"p95 {p95[True]:.2f} with, {p95[False]:.2f} without, added {p95[True] - p95[False]:.2f} ms",
            flush=True,
        )


def timed_updates(binary, database, with_changes, count=300):
    """Milliseconds of each of some updates, one after another."""
    environment = dict(ONE_WORKER) if with_changes else ONE_WORKER | {"PYAIRTABLE__CONTEXTS": "identity,airtable,mcp"}
    if database == "postgres":
        environment["DATABASE_URL"] = fresh_database()
    with Instance(binary, environment=environment) as instance:
        instance.add_user(EMAIL, "owner")
        key = instance.add_key(EMAIL)
        base = instance.import_base(ROOT / "tests/clients/base.json")
        instance.start()
        path = table_path(base, "Tasks")
        _, _, made = instance.request("POST", path, {"records": [{"fields": {"Name": "Bench"}}] * 10}, key=key)
        ids = [record["id"] for record in made["records"]]
        times = []
        for number in range(count + 20):
            records = [{"id": record, "fields": {"Name": f"Bench {number}", "Hours": number}} for record in ids]
            began = time.perf_counter()
            status, _, body = instance.request("PATCH", path, {"records": records}, key=key)
            times.append((time.perf_counter() - began) * 1000)
            assert status == 200, body
        return times[20:]


def fresh_database():
    url = os.environ["TEST_DATABASE_URL"]
    name = f"bench_{os.getpid()}_{time.monotonic_ns()}"
    subprocess.run(["psql", "-q", url, "-c", f"CREATE DATABASE {name}"], check=True)
    return url.rsplit("/", 1)[0] + f"/{name}"


def measure_durable(_, benches):
    """Runs of five steps without effect: transitions against commits of the same database."""
    for at_once in (1, 32):
        runs = max(at_once * 4, 20)
        with tempfile.TemporaryDirectory() as folder:
            rounds = [durable(benches, f"sqlite:{folder}/{number}.db?mode=rwc", "rate", runs, at_once) for number in range(ROUNDS)]
        ratio = statistics.median(one["transitions"] / one["commits"] for one in rounds)
        middle = {key: statistics.median(one[key] for one in rounds) for key in ("transitions", "commits")}
        print(
            f"runs on SQLite, {at_once} at a time: {middle['transitions']:,.0f} transitions/s "
            f"against {middle['commits']:,.0f} bare commits/s, ratio {ratio:.2f}",
            flush=True,
        )
        if "TEST_DATABASE_URL" in os.environ:
            compare(
                f"runs on PostgreSQL, {at_once} at a time, against pgbench with as many clients",
                lambda: (durable(benches, fresh_database(), "rate", runs, at_once)["transitions"], 0),
                lambda: (pgbench(at_once), 0),
            )


def durable(benches, url, *arguments, core=None):
    pinned = ["taskset", "-c", core] if core else []
    command = [*pinned, benches["durable"], url, *(str(argument) for argument in arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure_waiting(_, benches):
    """What 10,000 runs add that wait for a signal or a time, before the first and once all of them wait."""
    with tempfile.TemporaryDirectory() as folder:
        databases = {"SQLite": f"sqlite:{folder}/waiting.db?mode=rwc"}
        if "TEST_DATABASE_URL" in os.environ:
            databases["PostgreSQL"] = fresh_database()
        for name, url in databases.items():
            told = durable(benches, url, "waiting", 10_000, SECONDS * 2)
            print(
                f"10,000 waiting runs on {name}: {told['added'] / 1e6:.1f} MB more; of {SECONDS * 2} s the processors "
                f"take {told['after'] * 1000:.0f} ms, {told['before'] * 1000:.0f} ms without them",
                flush=True,
            )


def measure_restate(binary, benches):
    """Three effects, a refusal and three compensations, each journaled; one core for each engine."""
    tools = rivals("@restatedev/restate-server@1.7.12", "@restatedev/restate-sdk@1.17.2")
    script = shutil.copy(ROOT / "benches/restate.mjs", tools)
    with tempfile.TemporaryDirectory() as folder, Instance(binary, environment=ONE_WORKER) as instance:
        instance.add_user(EMAIL, "owner")
        instance.start()
        service, ingress, admin, node = (free_port() for _ in range(4))
        server = tools / "node_modules/@restatedev/restate-server-linux-x64/bin/restate-server"
        command = ["taskset", "-c", SERVER_CORE, server, "--base-dir", folder, "--listen-mode", "tcp", "--bind-port", node]
        environment = {
            "RESTATE_INGRESS__BIND_ADDRESS": f"127.0.0.1:{ingress}",
            "RESTATE_ADMIN__BIND_ADDRESS": f"127.0.0.1:{admin}",
            "DO_NOT_TRACK": "1",
        }
        with running(["node", script, service], service) as steps, running(command, admin, environment) as rival:
            pin(steps, CLIENT_CORE)
            register(f"http://127.0.0.1:{admin}/deployments", f"http://127.0.0.1:{service}")
            idle = resident(rival)
            databases = (f"sqlite:{folder}/{number}.db?mode=rwc" for number in range(ROUNDS))
            mine = []
            compare(
                "sagas with three compensations, 64 at a time, against restate-server",
                lambda: (mine.append(durable(benches, next(databases), "saga", 64 * 30, 64, core=SERVER_CORE)) or mine[-1]["sagas"], 0),
                lambda: wrk(f"http://127.0.0.1:{ingress}/Saga/run", body={}, headers={"Content-Type": "application/json"}, connections=64),
            )
            own = max(one["resident"] for one in mine)
            print(f"memory behind the sagas: {own / 1e6:.0f} MB against {resident(rival) / 1e6:.0f} MB")
            print(f"memory of the idle servers: {resident(instance.process) / 1e6:.0f} MB against {idle / 1e6:.0f} MB", flush=True)


def register(url, service):
    """Tells restate where its service is, once it listens."""
    asked = urllib.request.Request(url, json.dumps({"uri": service}).encode(), {"Content-Type": "application/json"})
    for _ in range(100):
        try:
            return urllib.request.urlopen(asked, timeout=30).read()
        except OSError:
            time.sleep(0.2)
    raise AssertionError("restate does not know its service")


def pgbench(clients):
    """Transactions of one insert a second."""
    url = fresh_database()
    subprocess.run(["psql", "-q", url, "-c", "CREATE TABLE bare (content text)"], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("INSERT INTO bare VALUES ('a change of a run');\n")
        script.flush()
        command = ["pgbench", "-n", "-f", script.name, "-c", str(clients), "-T", str(SECONDS), url]
        # As ours on the way inside the machine.
        environment = os.environ | {"PGSSLMODE": "disable"}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(re.search(r"tps = ([\d.]+)", done.stdout).group(1))


def measure_sql(binary, _):
    """A GROUP BY over 100,000 records, against the same rows in a file that Python's sqlite3 reads."""
    sql = "SELECT Status, COUNT(*), SUM(Hours) FROM Tasks GROUP BY Status ORDER BY Status"
    with tempfile.TemporaryDirectory() as folder, served(binary, hundred_thousand) as (instance, key, base):
        file, rows = f"{folder}/same.db", hours_by_number(100_000)
        with sqlite3.connect(file) as known:
            known.execute("CREATE TABLE Tasks (id TEXT PRIMARY KEY, Status TEXT, Hours REAL) WITHOUT ROWID")
            known.executemany("INSERT INTO Tasks VALUES (?, ?, ?)", rows)
        instance.request("GET", table_path(base, "Tasks") + "?pageSize=1", key=key)

        def ours():
            began = time.perf_counter()
            status, _, body = instance.request("POST", f"/api/airtable/bases/{base}/query", {"sql": sql}, key=key)
            assert status == 200, body
            return (time.perf_counter() - began) * 1000, body["rows"]

        def theirs():
            began = time.perf_counter()
            with sqlite3.connect(file) as opened:
                found = opened.execute(sql).fetchall()
            return (time.perf_counter() - began) * 1000, [list(row) for row in found]

        cold, first = ours()
        warm = [(ours(), theirs()) for _ in range(5 * ROUNDS)]
        assert all(mine[1] == first == other[1] for mine, other in warm), "both count the same"
        mine, other = (statistics.median(pair[side][0] for pair in warm) for side in (0, 1))
        print(
            f"SQL over 100,000 records: {cold:.0f} ms the first time, then {mine:.1f} ms against {other:.1f} ms of a file, "
            f"{other / mine:.2f} of its speed",
            flush=True,
        )


def hours_by_number(count):
    return [(f"recSql{number:011}", ("Todo", "Doing")[number % 3 % 2], number % 97 / 2) for number in range(count)]


def hundred_thousand(instance):
    base = instance.import_base(ROOT / "tests/clients/base.json")
    document = instance.cli("base", "export", base)
    table = document["tables"][0]
    rows = [
        {"id": record, "createdTime": "2024-03-05T07:08:09.000Z", "fields": {"Name": record, "Status": status, "Hours": hours}}
        for record, status, hours in hours_by_number(100_000)
    ]
    document["id"], document["records"] = "appSql00000000001", {table["id"]: rows}
    path = Path(instance.data_dir) / "sql.json"
    path.write_text(json.dumps(document))
    return instance.import_base(path)


def filter_formula(number):
    """The filter with another constant for each number below 10,000; all amounts are larger."""
    return f"AND({{Status}}='Open', {{Amount}}>{100 - number / 100}, FIND('a', LOWER({{Name}})))"


FILTER_SQL = {
    "SQLite JSON": "SELECT id, cells FROM tasks WHERE cells ->> 'Status' = 'Open' AND cells ->> 'Amount' > 100 AND instr(lower(cells ->> 'Name'), 'a') > 0 LIMIT 100",
    "PostgreSQL jsonb": "SELECT id, cells FROM tasks WHERE cells ->> 'Status' = 'Open' AND (cells ->> 'Amount')::float8 > 100 AND strpos(lower(cells ->> 'Name'), 'a') > 0 LIMIT 100",
}


def filtered_rows():
    """100,000 records of which fewer than a page pass the filter, so that all are looked at; most fail only at its last part."""
    for number in range(100_000):
        name = f"Banana {number}" if number % 1111 == 0 else f"Melon {number}"
        yield f"recFil{number:011}", {"Name": name, "Status": ("Open", "Closed")[number % 4 == 3], "Amount": 101 + number % 900}


def filter_base(instance):
    field = lambda number, name, kind, options=None: {"id": f"fldFil{number:011}", "name": name, "type": kind, "options": options}
    choices = {"choices": [{"id": "selFil00000000001", "name": "Open"}, {"id": "selFil00000000002", "name": "Closed"}]}
    fields = [field(1, "Name", "singleLineText"), field(2, "Status", "singleSelect", choices), field(3, "Amount", "number", {"precision": 0})]
    view = {"id": "viwFil00000000001", "name": "Grid view", "type": "grid"}
    table = {"id": "tblFil00000000001", "name": "Tasks", "primaryFieldId": fields[0]["id"], "fields": fields, "views": [view]}
    rows = [{"id": record, "createdTime": "2024-03-05T07:08:09.000Z", "fields": cells} for record, cells in filtered_rows()]
    path = Path(instance.data_dir) / "filter.json"
    path.write_text(json.dumps({"id": "appFil00000000001", "name": "Filter", "tables": [table], "records": {table["id"]: rows}}))
    return instance.import_base(path)


def measure_filter(binary, _):
    """A filter over 100,000 records over HTTP, against the same records as JSON in SQLite and PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder, served(binary, filter_base) as (instance, key, base):
        numbers = itertools.count()

        def ours():
            query = urllib.parse.urlencode({"filterByFormula": filter_formula(next(numbers))})
            path = f"{table_path(base, 'Tasks')}?{query}"
            began = time.perf_counter()
            status, _, body = instance.request("GET", path, key=key)
            assert status == 200, body
            return (time.perf_counter() - began) * 1000, len(body["records"])

        file = f"{folder}/same.db"
        with sqlite3.connect(file) as known:
            known.execute("CREATE TABLE tasks (id TEXT PRIMARY KEY, cells TEXT) WITHOUT ROWID")
            known.executemany("INSERT INTO tasks VALUES (?, ?)", [(record, json.dumps(cells)) for record, cells in filtered_rows()])

        def sqlite():
            began = time.perf_counter()
            with sqlite3.connect(file) as opened:
                found = opened.execute(FILTER_SQL["SQLite JSON"]).fetchall()
            return (time.perf_counter() - began) * 1000, len(found)

        rivals = {"SQLite JSON": sqlite}
        if "TEST_DATABASE_URL" in os.environ:
            rivals["PostgreSQL jsonb"] = postgres_filter(folder)
        ours()
        for name, theirs in rivals.items():
            pairs = [(ours(), theirs()) for _ in range(5 * ROUNDS)]
            counts = {count for pair in pairs for _, count in pair}
            assert len(counts) == 1 and counts != {0}, "both find the same"
            mine, other = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
            print(f"a filter over 100,000 records: {mine:.1f} ms over HTTP against {other:.1f} ms of {name}, {mine / other:.2f} of its time", flush=True)


def postgres_filter(folder):
    """The query as psql times it, without a connection of its own each time."""
    url, file = fresh_database(), Path(folder) / "rows.tsv"
    os.chmod(folder, 0o755)
    file.write_text("".join(f"{record}\t{json.dumps(cells)}\n" for record, cells in filtered_rows()))
    make = f"CREATE TABLE tasks (id text PRIMARY KEY, cells jsonb); \\copy tasks FROM '{file}'"
    for command in make.split("; "):
        subprocess.run(["psql", "-q", url, "-c", command], check=True)
    subprocess.run(["psql", "-q", url, "-c", "VACUUM ANALYZE tasks"], check=True)

    def theirs():
        script = "SET max_parallel_workers_per_gather = 0;\n\\timing on\n" + f"{FILTER_SQL['PostgreSQL jsonb']};\n" * 2
        done = subprocess.run(["psql", "-XqAt", url], input=script, check=True, capture_output=True, text=True)
        times = [float(found) for found in re.findall(r"Time: ([\d.]+) ms", done.stdout)]
        return times[-1], done.stdout.count("recFil") // 2

    return theirs


NOCODB = {"dependencies": {"nocodb": "0.301.3"}, "overrides": {"xlsx": "0.18.5"}}


def nocodb():
    """The folder with NocoDB: all of it from npm, also the one package it wants from elsewhere, and its SQLite compiled here."""
    tools = TOOLS / "nocodb"
    sqlite = tools / "node_modules/sqlite3"
    if not (sqlite / "build/Release/node_sqlite3.node").is_file():
        tools.mkdir(parents=True, exist_ok=True)
        (tools / "package.json").write_text(json.dumps(NOCODB))
        subprocess.run(["npm", "install", "--silent", "--ignore-scripts"], cwd=tools, check=True)
        prefix = Path(shutil.which("node")).resolve().parent.parent
        # Without headers beside node they are downloaded.
        headers = {"npm_config_nodedir": str(prefix)} if (prefix / "include/node").is_dir() else {}
        subprocess.run(["npm", "run", "--silent", "rebuild"], cwd=sqlite, env=os.environ | headers, check=True, stdout=subprocess.DEVNULL)
    return tools


def nocodb_table(url):
    """Fills a table with the filtered rows; the address of its records, and what opens it."""

    def asked(path, body, **headers):
        known = {"Content-Type": "application/json"} | headers
        with urllib.request.urlopen(urllib.request.Request(url + path, json.dumps(body).encode(), known), timeout=60) as answer:
            return json.load(answer)

    owner = {"xc-auth": asked("/api/v1/auth/user/signup", {"email": EMAIL, "password": PASSWORD})["token"]}
    base = asked("/api/v2/meta/bases", {"title": "Filter"}, **owner)["id"]
    field = lambda name, kind, **options: {"title": name, "column_name": name, "uidt": kind} | options
    choices = {"options": [{"title": "Open"}, {"title": "Closed"}]}
    columns = [field("Name", "SingleLineText", pv=True), field("Status", "SingleSelect", colOptions=choices), field("Amount", "Number")]
    table = {"title": "Tasks", "table_name": "Tasks", "columns": columns}
    records = f"/api/v2/tables/{asked(f'/api/v2/meta/bases/{base}/tables', table, **owner)['id']}/records"
    key = {"xc-token": asked("/api/v1/tokens", {"description": "Filter"}, **owner)["token"]}
    rows = [cells for _, cells in filtered_rows()]
    for begin in range(0, len(rows), 100):
        asked(records, rows[begin : begin + 100], **key)
    return url + records, key


def measure_nocodb(binary, _):
    """The first page of a filter over 100,000 records, against NocoDB with the same rows; its page comes with their number."""
    tools, port, runs = nocodb(), free_port(), itertools.count()
    command = ["node", shutil.copy(ROOT / "benches/nocodb.mjs", tools), port]
    with tempfile.TemporaryDirectory() as folder, served(binary, filter_base) as (instance, key, base):
        environment = {"NC_TOOL_DIR": folder, "NC_DISABLE_TELE": "true", "NODE_ENV": "production"}
        with running(command, port, environment):
            records, token = nocodb_table(f"http://127.0.0.1:{port}")
            # A page is full after 133 records, or only after nearly all of them.
            for least in (100, 998):
                formula = {"filterByFormula": f"AND({{Status}}='Open', {{Amount}}>{least}.NUMBER)"}
                where = {"where": f"(Status,eq,Open)~and(Amount,gt,{least}.NUMBER)", "limit": 100}
                mine = f"{table_path(base, 'Tasks')}?{urllib.parse.urlencode(formula)}"
                theirs = f"{records}?{urllib.parse.urlencode(where)}"
                found = names_of_all(instance, key, mine.replace("NUMBER", "1"))
                with urllib.request.urlopen(urllib.request.Request(theirs.replace("NUMBER", "1"), headers=token), timeout=60) as answer:
                    page = json.load(answer)
                assert page["pageInfo"]["totalRows"] == len(found), "both find the same"
                assert [row["Name"] for row in page["list"]] == found[:100] and len(found) > 100, "both begin with the same page"
                for title, first in (("one constant", lambda: None), ("another constant each time", lambda: 10**9 + next(runs) * 10**6)):

                    def rate(url, headers):
                        number = first()
                        return wrk(url if number else url.replace("NUMBER", "1"), headers, first=number)

                    compare(
                        f"first page of {len(found):,} of 100,000 records that pass a filter, {title}, against NocoDB",
                        lambda: rate(instance.url + mine, {"Authorization": f"Bearer {key}"}),
                        lambda: rate(theirs, token),
                    )


def names_of_all(instance, key, path):
    """The names on all pages, in order."""
    names, offset = [], ""
    while offset is not None:
        status, _, body = instance.request("GET", path + offset, key=key)
        assert status == 200, body
        names += [record["fields"]["Name"] for record in body["records"]]
        offset = f"&offset={urllib.parse.quote(body['offset'], safe='')}" if "offset" in body else None
    return names


def measure_computed(binary, _):
    """An edit that reaches 1,000 rollups, against one of the same record that reaches none."""
    with served(binary) as (instance, key, base):

        def asked(method, path, body):
            status, _, answer = instance.request(method, path, body, key=key)
            assert status == 200, answer
            return answer

        tables = f"/v0/meta/bases/{base}/tables"
        number = {"name": "Amount", "type": "number", "options": {"precision": 0}}
        one = asked("POST", tables, {"name": "One", "fields": [{"name": "Name", "type": "singleLineText"}, number]})
        link = {"name": "One", "type": "multipleRecordLinks", "options": {"linkedTableId": one["id"]}}
        many = asked("POST", tables, {"name": "Many", "fields": [{"name": "Name", "type": "singleLineText"}, link]})
        rollup = {"recordLinkFieldId": many["fields"][1]["id"], "fieldIdInLinkedTable": one["fields"][1]["id"], "formula": "SUM(values) + 1"}
        asked("POST", f"{tables}/{many['id']}/fields", {"name": "Sum", "type": "rollup", "options": rollup})
        record = asked("POST", table_path(base, "One"), {"fields": {"Name": "one", "Amount": 0}})["id"]
        for _ in range(100):
            asked("POST", table_path(base, "Many"), {"records": [{"fields": {"Name": "many", "One": [record]}}] * 10})
        times = {"Amount": [], "Name": []}
        for count in range(60 * ROUNDS):
            for field, known in times.items():
                began = time.perf_counter()
                asked("PATCH", f"{table_path(base, 'One')}/{record}", {"fields": {field: count + 1 if field == "Amount" else f"one {count}"}})
                known.append((time.perf_counter() - began) * 1000)
        page = asked("GET", f"{table_path(base, 'Many')}?pageSize=1", None)
        assert page["records"][0]["fields"]["Sum"] == 60 * ROUNDS + 1, page
        reaching, plain = statistics.median(times["Amount"]), statistics.median(times["Name"])
        print(f"an edit that reaches 1,000 rollups: {reaching:.2f} ms, one that reaches none {plain:.2f} ms", flush=True)


def measure_find(binary, _):
    """A record of 100,000 by an equality: the first time, when the index is made, and each time another one."""
    with served(binary, filter_base) as (instance, key, base):

        def asked(formula):
            began = time.perf_counter()
            query = urllib.parse.urlencode({"filterByFormula": formula})
            status, _, body = instance.request("GET", f"{table_path(base, 'Tasks')}?{query}", key=key)
            assert status == 200 and len(body["records"]) == 1, body
            return (time.perf_counter() - began) * 1000

        asked("RECORD_ID()='recFil00000000007'")
        first = asked("{Name}='Melon 1'")
        by_name = [asked(f"{{Name}}='Melon {1 + number * 977}'") for number in range(1, 20 * ROUNDS)]
        by_id = [asked(f"RECORD_ID()='recFil{number * 977:011}'") for number in range(20 * ROUNDS)]
        print(
            f"one of 100,000 records by an equality: {first:.1f} ms the first time, then "
            f"{statistics.median(by_name):.2f} ms, by RECORD_ID() {statistics.median(by_id):.2f} ms",
            flush=True,
        )


def measure_reads(binary, _):
    """Pages of a table, with and without a writer that changes 100 of its records a second."""
    with served(binary, filter_base) as (instance, key, base):
        path, headers = table_path(base, "Tasks"), {"Authorization": f"Bearer {key}"}
        page = lambda: wrk(f"{instance.url}{path}?pageSize=100", headers, connections=READERS)
        page()
        pairs = []
        for _ in range(ROUNDS):
            quiet = page()
            with writing(instance, key, path) as written:
                pairs.append((page(), quiet))
            assert abs(sum(written) / SECONDS - 100) < 15, f"{sum(written)} records were written in {SECONDS} s"
        rates, times = ([statistics.median(pair[side][part] for pair in pairs) for side in (0, 1)] for part in (0, 1))
        ratio = statistics.median(mine[1] / other[1] for mine, other in pairs)
        print(
            f"pages of 100, {READERS} at a time, beside a writer of 100 records/s: p99 {times[0]:.2f} ms against {times[1]:.2f} ms "
            f"without it, ratio {ratio:.2f}; {rates[0]:,.0f}/s against {rates[1]:,.0f}/s",
            flush=True,
        )


READERS = 4


@contextmanager
def writing(instance, key, path):
    """Ten records in each of ten requests a second, for as long as a measurement takes."""
    written, stop = [], threading.Event()

    def write():
        began = time.monotonic()
        while not stop.wait(max(0, began + len(written) / 10 - time.monotonic())):
            records = [
                {"id": f"recFil{(len(written) * 10 + number) * 7:011}", "fields": {"Amount": len(written)}} for number in range(10)
            ]
            status, _, body = instance.request("PATCH", path, {"records": records}, key=key)
            assert status == 200, body
            written.append(10)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield written
    finally:
        stop.set()
        writer.join()


MEASUREMENTS = {
    "changes": measure_changes,
    "http": measure_http,
    "mcp": measure_mcp,
    "create": measure_create,
    "start": measure_start,
    "load": measure_load,
    "durable": measure_durable,
    "waiting": measure_waiting,
    "restate": measure_restate,
    "sql": measure_sql,
    "filter": measure_filter,
    "nocodb": measure_nocodb,
    "computed": measure_computed,
    "find": measure_find,
    "import": measure_import,
    "reads": measure_reads,
}


def main():
    wanted = sys.argv[1:] or list(MEASUREMENTS)
    binary, benches = build()
    print(f"{os.cpu_count()} cores, {SECONDS} s a measurement, median of {ROUNDS}", flush=True)
    for name in wanted:
        MEASUREMENTS[name](binary, benches)


if __name__ == "__main__":
    main()

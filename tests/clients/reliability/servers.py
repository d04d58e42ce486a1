"""PostgreSQL, Redis and a receiver of effects that belong to one test alone, so that it may break them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from instance import free_port


def postgres_program(name):
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return str(found[-1]) if found else shutil.which(name)


class Postgres:
    """A cluster of its own."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pyairtable-postgres-"))
        self.as_owner = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            self.as_owner = ["runuser", "-u", "postgres", "--"]
        self.data, self.port = self.folder / "data", free_port()
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "--no-sync")
        self.start()

    def _run(self, program, *arguments):
        command = [*self.as_owner, postgres_program(program), *map(str, arguments)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", text=True)
        assert done.returncode == 0, f"{program}: {done.stderr}"

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self, mode="immediate"):
        self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    @property
    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def _processes(self):
        leader = int((self.data / "postmaster.pid").read_text().split()[0])
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(leader)], capture_output=True, text=True).stdout
        return [leader, *map(int, listed.split())]

    def hang(self):
        """Sockets stay open, nobody answers; the leader first, so that no process comes afterwards."""
        for number in self._processes():
            signal_if_there(number, signal.SIGSTOP)

    def resume(self):
        for number in reversed(self._processes()):
            signal_if_there(number, signal.SIGCONT)

    def value(self, statement):
        command = ["psql", "-X", "-At", self.url, "-c", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if (self.data / "postmaster.pid").exists():
            self.resume()
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def signal_if_there(number, which):
    try:
        os.kill(number, which)
    except ProcessLookupError:
        pass


class Redis:
    """A server of its own."""

    def __init__(self):
        self.folder, self.port, self.process = tempfile.mkdtemp(prefix="pyairtable-redis-"), free_port(), None
        self.start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def start(self):
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", self.folder]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if self.ask("ping") == "PONG":
                return
            time.sleep(0.02)
        raise AssertionError("Redis did not start")

    def ask(self, *words):
        command = ["redis-cli", "-h", "127.0.0.1", "-p", str(self.port), *words]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()

    def stop(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Ledger:
    """Receives the requests of sagas and counts effects: `/keyed` does one thing once for each key, `/blind` each time."""

    def __init__(self):
        self.lock, self.open = threading.Lock(), threading.Event()
        self.keys, self.effects, self.blind, self.undone = set(), Counter(), Counter(), Counter()
        self.open.set()
        ledger = self

        class Receiver(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                ledger.receive(self.path, self.headers.get("Idempotency-Key"), body.get("name"))
                try:
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"{}")
                except OSError:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_):
                """A server that was killed ends its connections in the middle."""

        self.server = Quiet(("127.0.0.1", 0), Receiver)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def receive(self, path, key, name):
        with self.lock:
            if path == "/blind":
                self.blind[name] += 1
            elif path == "/undo":
                self.undone[name] += 1
            elif key not in self.keys:
                self.keys.add(key)
                self.effects[name] += 1
        # Closed, it has done what was asked and only does not say so.
        if path == "/keyed":
            self.open.wait(20)

    def total(self):
        with self.lock:
            return sum(self.effects.values()) + sum(self.blind.values()) + sum(self.undone.values())

    def close(self):
        self.open.set()
        self.server.shutdown()
        self.server.server_close()

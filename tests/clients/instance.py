"""Starts and drives a real binary for the client tests; needs nothing but the standard library."""

import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

READY_SECONDS = 30
PASSWORD = "correct horse battery staple"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Instance:
    """One data directory, and a server on it while started."""

    def __init__(self, binary, data_dir=None, environment=None):
        self.binary = str(Path(binary).resolve())
        self.folder = None if data_dir else tempfile.TemporaryDirectory(prefix="pyairtable-clients-")
        self.data_dir = str(data_dir or self.folder.name)
        self.port = free_port()
        self.log_path = Path(self.data_dir) / f"server-{self.port}.log"
        # What the developer has set must not reach the instance under test.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
        self.environment = kept | (environment or {})
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def cli(self, *arguments, stdin=None):
        """Runs a subcommand and answers its JSON."""
        command = [self.binary, *arguments, "--data-dir", self.data_dir, "--json"]
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, env=self.environment, cwd=self.data_dir, timeout=120
        )
        assert done.returncode == 0, f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr}{done.stdout}"
        return json.loads(done.stdout)

    def start(self):
        """Starts the server and returns the seconds until it was ready."""
        began = time.monotonic()
        command = [self.binary, "serve", "--listen", f"127.0.0.1:{self.port}", "--data-dir", self.data_dir]
        with self.log_path.open("a") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment, cwd=self.data_dir
            )
        while time.monotonic() - began < READY_SECONDS:
            assert self.process.poll() is None, f"the server ended:\n{self.log_path.read_text()}"
            if self._is_ready():
                return time.monotonic() - began
            time.sleep(0.005)
        raise AssertionError(f"not ready after {READY_SECONDS} s:\n{self.log_path.read_text()}")

    def _is_ready(self):
        try:
            return self.request("GET", "/health/ready", timeout=2)[0] == 200
        except OSError:
            return False

    def request(self, method, path, body=None, key=None, headers=None, timeout=30):
        """One request on a connection of its own: status, headers, decoded body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            all_headers = {"Content-Type": "application/json"} | (headers or {})
            if key:
                all_headers["Authorization"] = f"Bearer {key}"
            connection.request(method, path, None if body is None else json.dumps(body), all_headers)
            answer = connection.getresponse()
            text = answer.read()
            is_json = "json" in (answer.getheader("Content-Type") or "")
            return answer.status, dict(answer.getheaders()), json.loads(text) if is_json and text else text
        finally:
            connection.close()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self):
        """Stops the server as an operator would; it must leave by itself and cleanly."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.process = None
        assert code == 0, f"the server ended with {code}:\n{self.log_path.read_text()}"

    def add_user(self, email, role):
        return self.cli("admin", "create-user", "--email", email, "--password-stdin", "--role", role, stdin=PASSWORD)

    def add_key(self, email, name="tests"):
        return self.cli("admin", "create-api-key", "--user", email, "--name", name)["key"]

    def import_base(self, path):
        return self.cli("base", "import", str(path))["base_id"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            if self.process is not None:
                self.kill()
            if self.folder is not None:
                self.folder.cleanup()


def table_path(base, table):
    return f"/v0/{base}/{urllib.parse.quote(table, safe='')}"


def wait_for(condition, seconds=30):
    """Looks again and again until something holds."""
    over = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < over, f"not within {seconds} s"
        time.sleep(0.01)

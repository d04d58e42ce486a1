"""Starts a stand-in for Airtable and reads its ledger."""

import json
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from instance import Instance


NO_LIMITS = {"limits": {"enabled": False}}


class StandIn(Instance):
    """The binary as a stand-in; it has a token unless it is to let everybody in."""

    def __init__(self, binary, plan, token="patTest.stand-in", base=None):
        self.folder_of_plan = tempfile.TemporaryDirectory(prefix="pyairtable-plan-")
        super().__init__(binary)
        self.plan_path = Path(self.folder_of_plan.name) / "faults.toml"
        self.plan_path.write_text(plan)
        self.token = token
        self.document = base
        self.base = None

    def start(self):
        command = [self.binary, "base", "serve", "--emulate-airtable", "--json", "--data-dir", f"{self.data_dir}/base"]
        command += ["--listen", f"127.0.0.1:{self.port}", "--faults", str(self.plan_path), "--allow-private", "127.0.0.0/8"]
        command += ["--token", self.token] if self.token else ["--no-token"]
        command += ["--import", str(self.document)] if self.document else []
        log = self.log_path.open("a")
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=self.environment, text=True
        )
        line = self.process.stdout.readline()
        assert line, f"the stand-in did not start:\n{self.log_path.read_text()}"
        said = json.loads(line)
        assert said["url"] == self.url and said["token"] == self.token, said
        self.base = said["base_ids"][0]

    def workspace(self):
        """The workspace of its bases, which Airtable's API does not tell."""
        (file,) = Path(self.data_dir).rglob("*.db")
        with sqlite3.connect(file) as database:
            return database.execute("SELECT workspace_id FROM airtable_bases").fetchone()[0]

    def plan(self, plan):
        """Begins another plan."""
        status, _, answer = self.request("PUT", "/_standin/faults", plan, key=self.token)
        assert status == 200, answer

    def ledger(self):
        """Every accepted effect."""
        effects = []
        while True:
            path = f"/_standin/ledger?after={len(effects)}"
            status, _, page = self.request("GET", path, key=self.token)
            assert status == 200, page
            effects += page["effects"]
            if len(effects) >= page["last"]:
                return effects

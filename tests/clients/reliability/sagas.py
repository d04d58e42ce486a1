"""Sagas whose effects are counted: what every reliability test starts, and how it finds out what became of them."""

import time
import urllib.parse
from collections import Counter
from pathlib import Path

EMAIL = "owner@example.com"
BASE = Path(__file__).resolve().parent.parent / "base.json"
ENDED = {"completed", "compensated", "resolved"}
# This machine may be called, which is where the ledger is.
ENVIRONMENT = {"PYAIRTABLE__OUTBOUND__ALLOW_PRIVATE": "127.0.0.0/8"}


class Sagas:
    """One base, the definitions over it, and the runs started with what must become of each."""

    def __init__(self, instance, ledger):
        self.ledger, self.runs, self.unclear, self.decided = ledger, {}, 0, 0
        instance.add_user(EMAIL, "owner")
        self.key = instance.add_key(EMAIL)
        self.base = instance.import_base(BASE)
        self.table = "tblTest0000000001"

    def define(self, instance):
        """`mixed` has all classes of effects; `bad` is the same and fails at its fourth of five steps."""
        spaces = self.get(instance, "/api/workspaces")
        self.workspace = spaces["items"][0]["id"]
        undo = {"action": {"http": {"url": f"{self.ledger.url}/undo", "deduplicates": True}}, "arguments": {"name": "${input.name}"}}

        def http(step, path, **more):
            action = {"http": {"url": f"{self.ledger.url}{path}", **more}}
            return {"id": step, "kind": "C", "action": action, "arguments": {"name": "${input.name}"}, "compensation": undo}

        order = self.tool("order", "create_record", fields={"Name": "${input.name} order"})
        mark = self.tool("mark", "update_record", record_id="${steps.order.result.id}", fields={"Notes": "marked"})
        charge, notify = http("charge", "/keyed", deduplicates=True), http("notify", "/blind")
        never = self.tool("never", "update_record", record_id="rec00000000000000", fields={"Notes": "never"})
        receipt = self.tool("receipt", "create_record", kind="R", fields={"Name": "${input.name} receipt"})
        pause = {"id": "pause", "kind": "N", "action": {"wait": {"seconds": 3}}}
        long = {"id": "pause", "kind": "N", "action": {"wait": {"seconds": 3600}}}
        self.save(instance, "mixed", [order, mark, charge, notify, receipt])
        self.save(instance, "bad", [order, mark, charge, never, receipt])
        self.save(instance, "waiting", [order, mark, pause, charge, receipt])
        self.save(instance, "resting", [order, mark, long, charge, receipt])

    def tool(self, step, tool, kind="C", **arguments):
        arguments = {"base_id": self.base, "table_id": self.table, **arguments}
        return {"id": step, "kind": kind, "action": {"tool": tool}, "arguments": arguments}

    def save(self, instance, name, steps, **more):
        body = {"workspace_id": self.workspace, "steps": steps, **more}
        status, _, saved = instance.request("PUT", f"/api/saga/definitions/{name}", body, key=self.key)
        assert status == 200, saved

    def get(self, instance, path):
        status, _, found = instance.request("GET", path, key=self.key)
        assert status == 200, (path, status, found)
        return found

    def start(self, instance, name, definition):
        """Asks once; `None` when nobody knows whether it was started. The key keeps it from being two."""
        body = {"definition": definition, "input": {"name": name}}
        headers = {"Idempotency-Key": name}
        try:
            status, answered, run = instance.request("POST", "/api/saga/start", body, self.key, headers, timeout=10)
        except OSError:
            return None
        if status == 503:
            assert "Retry-After" in answered or "retry-after" in answered, answered
            return None
        assert status in (200, 202), (status, run)
        self.runs[run["saga_id"]] = (name, definition)
        return run["saga_id"]

    def start_surely(self, instance, name, definition, seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            run = self.start(instance, name, definition)
            if run:
                return run
            time.sleep(0.1)
        raise AssertionError(f"{name} could not be started within {seconds} s")

    def view(self, instance, run):
        return self.get(instance, f"/api/saga/runs/{run}")

    def decide(self, instance, view):
        """A step that was killed eight times asks a person, honestly; a person lets it go on."""
        code = (view["error"] or {}).get("code")
        assert code in ("exhausted", "timeout", "crash_loop"), view
        body = {"action": "retry_step", "step": view["current_step"], "reason": "it was killed each time"}
        status, _, answer = instance.request("POST", f"/api/saga/runs/{view['saga_id']}/resolve", body, self.key)
        assert status == 200, (answer, view)
        self.decided += 1

    def wait(self, instance, seconds, runs=None, decides=False):
        """Waits until the runs have ended and says how long that took."""
        began, left = time.monotonic(), set(self.runs if runs is None else runs)
        last = {}
        while left:
            assert time.monotonic() - began < seconds, f"{len(left)} runs did not end within {seconds} s: {list(last.values())[:3]}"
            for run in list(left):
                last[run] = self.view(instance, run)
                if last[run]["status"] == "needs_attention":
                    assert decides, last[run]
                    self.decide(instance, last[run])
                if last[run]["status"] in ENDED:
                    left.discard(run)
                    del last[run]
            time.sleep(0.05)
        return time.monotonic() - began

    def names(self, instance):
        """The records of sagas by name, with what is in their notes."""
        found, offset = [], ""
        while True:
            path = f"/v0/{self.base}/{self.table}?pageSize=100&offset={urllib.parse.quote(offset)}"
            page = self.get(instance, path)
            found += [(one["fields"].get("Name", ""), one["fields"].get("Notes")) for one in page["records"]]
            if "offset" not in page:
                return [(name, notes) for name, notes in found if name.startswith("saga ")]
            offset = page["offset"]

    def check(self, instance):
        """Compares what the runs say with what is there: nothing lost, nothing doubled, nothing left over."""
        names = self.names(instance)
        counts, notes = Counter(name for name, _ in names), dict(names)
        wrong, ended = [], Counter()
        for run, (name, definition) in self.runs.items():
            status = self.view(instance, run)["status"]
            ended[status] += 1
            wrong += self.faults(instance, run, name, definition, status, counts, notes)
        known = {f"{name} {part}" for name, _ in self.runs.values() for part in ("order", "receipt")}
        wrong += [f"{name} belongs to no run" for name in counts if name not in known]
        assert not wrong, f"{len(wrong)} faults, such as {wrong[:5]}"
        return dict(ended)

    def faults(self, instance, run, name, definition, status, counts, notes):
        order, receipt, ledger = counts[f"{name} order"], counts[f"{name} receipt"], self.ledger
        charged, told, undone = ledger.effects[name], ledger.blind[name], ledger.undone[name]
        if max(order, receipt, charged, told) > 1:
            yield f"{name} is doubled: {order} orders, {receipt} receipts, {charged} charges, {told} messages"
        if status == "completed":
            wanted = {"mixed": (1, 1, 1, 1, 0), "waiting": (1, 1, 1, 0, 0), "resting": (1, 1, 1, 0, 0)}.get(definition)
            if (order, receipt, charged, told, undone) != wanted or notes.get(f"{name} order") != "marked":
                yield f"{name} is lost: {(order, receipt, charged, told, undone)} {notes.get(f'{name} order')}"
        elif status == "compensated":
            if order or receipt or (charged and not undone):
                yield f"{name} was not taken back: {(order, receipt, charged, told, undone)}"
            if definition != "bad" and not self.may_have_been_sent(instance, run):
                yield f"{name} was taken back without need"
        else:
            yield f"{name} is {status}"

    def may_have_been_sent(self, instance, run):
        """The one honest reason to give up: a message whose answer was lost is not sent again."""
        steps = self.get(instance, f"/api/saga/runs/{run}/steps")
        failed = [step["error"]["code"] for step in steps["items"] if step["status"] == "failed"]
        self.unclear += 1
        return failed == ["may_have_been_sent"]


def table_faults(log):
    """What no log of a server may hold, whatever was broken under it."""
    text = Path(log).read_text()
    return [line for line in text.splitlines() if "panicked at" in line]

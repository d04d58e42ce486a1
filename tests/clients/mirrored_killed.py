"""An instance is killed after Airtable did what it was asked and before it recorded that: nothing is doubled, all can be undone."""

from concurrent.futures import ThreadPoolExecutor, wait

from instance import table_path, wait_for
from mirrored import SOON, connected
from mirrored_base import CUSTOMERS, LINES, ORDERS, document, record
from proxied import UNLIMITED, UNPACED, expect
from stand_in import NO_LIMITS

FEW = {CUSTOMERS: 5, ORDERS: 20, LINES: 30}
# A write is settled when its sender was not heard of for 20 s.
SETTLED = 60
UNANSWERED = NO_LIMITS | {"faults": [
    {"kind": "latency", "ms": 600_000, "when": "after", "probability": 1, "methods": ["PATCH", "DELETE"]},
    {"kind": "latency", "ms": 600_000, "when": "after", "probability": 1, "methods": ["POST"], "path": f"/v0/*/{LINES}"},
    {"kind": "latency", "ms": 600_000, "when": "after", "probability": 1, "methods": ["POST"], "path": f"/v0/*/{ORDERS}"},
]}


def run(binary):
    with connected(binary, UNLIMITED, document(FEW), UNPACED | SOON) as (airtable, instance, copy):
        copy.begin()
        copy.whole()
        lines = table_path(copy.base, LINES)
        before = texts(copy, lines)
        accepted = len(airtable.ledger())
        writes = [
            ("POST", lines, {"fields": {"Text": "neu"}}),
            ("PATCH", f"{lines}/{record(LINES, 1)}", {"fields": {"Text": "anders"}}),
            ("DELETE", f"{lines}/{record(LINES, 2)}", None),
        ]
        define(instance, copy)
        airtable.plan(UNANSWERED)
        with ThreadPoolExecutor(len(writes)) as pool:
            sent = [pool.submit(copy.here, *write, timeout=60) for write in writes]
            run = start(instance, copy)
            wait_for(lambda: len(airtable.ledger()) >= accepted + len(writes) + 1, SETTLED)
            instance.kill()
            wait(sent)
        assert all(one.exception() for one in sent), "somebody was answered, which shows nothing"
        airtable.plan(NO_LIMITS)
        instance.start()
        wait_for(lambda: ended(instance, copy, run), SETTLED)
        wait_for(lambda: len(sets(instance, copy)) == len(writes) + 1, SETTLED)
        made = [one for effect in airtable.ledger()[accepted:] for one in effect["created"]]
        assert len(made) == 2, f"{made} were made instead of two records"
        copy.followed()
        assert not copy.differences()
        for one in sets(instance, copy):
            undone = expect(instance.request("POST", f"/api/saga/changes/{one['id']}/undo", {}, key=copy.session))
            assert undone["totals"]["restored"] == 1 and not undone["totals"]["conflict"], undone
        after = texts(copy, lines)
        assert after == before, f"{after} instead of {before}"
        assert not copy.compared()
        print(f"killed: {len(writes)} writes and a saga that Airtable had done and nobody recorded: none doubled, all undone", flush=True)


def texts(copy, lines):
    page = expect(copy.there("GET", lines))
    return sorted(one["fields"].get("Text", "") for one in page["records"])


def define(instance, copy):
    spaces = expect(instance.request("GET", "/api/workspaces", key=copy.session))
    arguments = {"base_id": copy.base, "table_id": ORDERS, "fields": {"Name": "nur einmal"}}
    make = {"id": "make", "kind": "C", "action": {"tool": "create_record"}, "arguments": arguments}
    body = {"workspace_id": spaces["items"][0]["id"], "steps": [make]}
    expect(instance.request("PUT", "/api/saga/definitions/once", body, key=copy.session))


def start(instance, copy):
    answer = instance.request("POST", "/api/saga/start", {"definition": "once", "input": {}}, key=copy.session)
    assert answer[0] in (200, 202), answer
    return answer[2]["saga_id"]


def ended(instance, copy, run):
    found = expect(instance.request("GET", f"/api/saga/runs/{run}", key=copy.session))
    assert found["status"] in ("pending", "running", "completed"), found
    return found["status"] == "completed"


def sets(instance, copy):
    return expect(instance.request("GET", "/api/saga/changes", key=copy.session))["items"]

"""npm's airtable-mcp-server, unchanged, through us to a stand-in: every tool, for a base that is asked for and for one that is copied.

test_airtable_server.py path/to/pyairtable
"""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from instance import wait_for
from mirrored import connected
from proxied import UNLIMITED, UNPACED, expect

TASKS, NAME, HOURS, FILES = "tblTest0000000001", "fldTest0000000001", "fldTest0000000005", "fldTest0000000020"
NODE, SERVER = HERE / "node_modules/.bin/node", HERE / "node_modules/airtable-mcp-server/dist/main.js"
TOOLS = {
    "list_bases", "list_tables", "describe_table", "list_records", "search_records", "get_record", "create_record", "update_records",
    "delete_records", "create_table", "update_table", "create_field", "update_field", "create_comment", "list_comments", "upload_attachment",
}


class Server:
    """The server as an assistant starts it; it speaks JSON-RPC, a message a line."""

    def __init__(self, url, key):
        environment = {"PATH": os.environ["PATH"], "AIRTABLE_API_KEY": key, "AIRTABLE_ADDRESS": url}
        command = [str(NODE), "--import", (HERE / "redirect.mjs").as_uri(), str(SERVER)]
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.number, self.called = 0, set()
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "tests", "version": "1"}}
        self.name = self.ask("initialize", hello)["serverInfo"]["name"]
        self.send({"method": "notifications/initialized"})

    def send(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0"} | message) + "\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            answer = json.loads(self.process.stdout.readline())
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return answer["result"]

    def answer(self, tool, **arguments):
        self.called.add(tool)
        return self.ask("tools/call", {"name": tool, "arguments": arguments})

    def call(self, tool, **arguments):
        answer = self.answer(tool, **arguments)
        assert not answer.get("isError"), f"{tool} {arguments}: {answer}"
        return answer["structuredContent"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()


def document():
    """The base of the other tests, with a field for files."""
    base = json.loads((HERE.parent / "base.json").read_text())
    base["tables"][0]["fields"].append({"id": FILES, "name": "Files", "type": "multipleAttachments", "options": {"isReversed": False}})
    return base


def reads(server, base):
    assert base in [one["id"] for one in server.call("list_bases")["bases"]]
    tables = server.call("list_tables", baseId=base)["tables"]
    assert [table["name"] for table in tables] == ["Tasks", "People / 人"], tables
    people = tables[1]["id"]
    described = server.call("describe_table", baseId=base, tableId=TASKS)["table"]
    assert {field["id"] for field in described["fields"]} >= {NAME, HOURS, FILES}, described
    assert len(server.call("list_records", baseId=base, tableId=TASKS)["records"]) == 3
    found = server.call("list_records", baseId=base, tableId=TASKS, filterByFormula="{Hours}>2", fields=["Name"])["records"]
    assert [one["fields"] for one in found] == [{"Name": "Paint"}], found
    sort = [{"field": "Name", "direction": "desc"}]
    first = server.call("list_records", baseId=base, tableId=people, sort=sort, maxRecords=1)["records"]
    assert [one["fields"]["Name"] for one in first] == ["Zoë"], first
    assert server.call("get_record", baseId=base, tableId=TASKS, recordId="recTest0000000001")["fields"]["Hours"] == 2.5
    assert [one["id"] for one in server.call("search_records", baseId=base, tableId=people, searchTerm="Zo")["records"]] == [first[0]["id"]]
    missing = server.answer("get_record", baseId=base, tableId=TASKS, recordId="rec00000000000000")
    assert missing["isError"] and "NOT_FOUND" in missing["content"][0]["text"], missing


def writes(server, base, there):
    """What is written is read through the server at once, and is at Airtable."""
    made = server.call("create_record", baseId=base, tableId=TASKS, fields={"Name": "Säge 鋸", "Hours": 4, "Status": "Neu"})
    assert made["fields"]["Status"] == "Neu", made
    assert there(f"/{TASKS}/{made['id']}")["fields"]["Name"] == "Säge 鋸"
    many = [server.call("create_record", baseId=base, tableId=TASKS, fields={"Name": f"Many {number}"})["id"] for number in range(10)]
    records = [{"id": record, "fields": {"Hours": number}} for number, record in enumerate(many)]
    changed = server.call("update_records", baseId=base, tableId=TASKS, records=records)["records"]
    assert [one["fields"]["Hours"] for one in changed] == list(range(10)), changed
    assert len(server.call("search_records", baseId=base, tableId=TASKS, searchTerm="Many")["records"]) == 10
    assert there(f"/{TASKS}/{many[9]}")["fields"]["Hours"] == 9
    server.call("delete_records", baseId=base, tableId=TASKS, recordIds=many)
    left = {one["id"] for one in server.call("list_records", baseId=base, tableId=TASKS)["records"]}
    assert made["id"] in left and not left & set(many), left
    assert {one["id"] for one in there(f"/{TASKS}")["records"]} == left


def others(server, base, there):
    """Comments, files, tables and fields."""
    record = {"baseId": base, "tableId": TASKS, "recordId": "recTest0000000001"}
    said = server.call("create_comment", **record, text="Schön")["comment"]
    assert [one["id"] for one in server.call("list_comments", **record)["comments"]] == [said["id"]]
    content = base64.b64encode(b"text").decode()
    server.call(
        "upload_attachment", baseId=base, recordId=record["recordId"], attachmentFieldIdOrName="Files", file=content,
        filename="a.txt", contentType="text/plain",
    )
    assert there(f"/{TASKS}/{record['recordId']}")["fields"]["Files"][0]["filename"] == "a.txt"
    field = server.call("create_field", baseId=base, tableId=TASKS, nested={"field": {"name": "Plan", "type": "singleLineText"}})["field"]
    server.call("update_field", baseId=base, tableId=TASKS, fieldId=field["id"], name="Plan B")
    table = server.call("create_table", baseId=base, name="Third", fields=[{"name": "Name", "type": "singleLineText"}])["table"]
    server.call("update_table", baseId=base, tableId=table["id"], name="Drittes")
    wait_for(lambda: "Drittes" in [one["name"] for one in server.call("list_tables", baseId=base)["tables"]])
    assert "Plan B" in [one["name"] for one in server.call("describe_table", baseId=base, tableId=TASKS)["table"]["fields"]]


def run(binary, is_copied):
    with connected(binary, UNLIMITED, document(), UNPACED) as (_, instance, copy):
        if is_copied:
            copy.begin()
            copy.whole()

        def there(path):
            return expect(copy.there("GET", f"/v0/{copy.base}{path}"))

        with Server(instance.url, copy.key) as server:
            assert server.name == "airtable-mcp-server"
            listed = {tool["name"] for tool in server.ask("tools/list", {})["tools"]}
            assert listed == TOOLS, listed ^ TOOLS
            went = reads_of(server, copy, is_copied)
            assert (went == 0) == is_copied, f"{went} requests went to Airtable"
            writes(server, copy.base, there)
            others(server, copy.base, there)
            assert server.called == TOOLS, TOOLS - server.called
            print(f"airtable-mcp-server, {'copied' if is_copied else 'proxied'}: {len(TOOLS)} tools called", flush=True)


def reads_of(server, copy, is_copied):
    """How many requests to Airtable come of the reads; a copy that stands still makes none of its own."""
    if is_copied:
        copy.pause(True)
    before = asked(copy)
    reads(server, copy.base)
    went = asked(copy) - before
    if is_copied:
        copy.pause(False)
    return went


def asked(copy):
    return expect(copy.there("GET", "/_standin/counts"))["requests"]["admitted"]


if __name__ == "__main__":
    for is_copied in (False, True):
        run(Path(sys.argv[1]).resolve(), is_copied)

"""One working call of every tool, in an order in which each finds what it needs."""

import functools
import json
import os
import urllib.request

BASE = "appTest0000000001"
TASKS = "tblTest0000000001"
IN_TASKS = {"base_id": BASE, "table_id": TASKS}
PAINT = "recTest0000000001"
SYNC = {
    "source_base_id": BASE,
    "source_table_id": TASKS,
    "target_base_id": BASE,
    "target_table_id": "tblTest0000000002",
    "key_field": "Name",
}


def plan():
    """Pairs of a tool and its arguments; a callable gets the structured results so far, by tool."""
    made = lambda results: [record["id"] for record in results["batch_create_records"]["results"]]
    one = lambda results: results["create_record"]["id"]
    return [
        ("list_bases", {}),
        ("describe_base", {"base_id": BASE}),
        ("list_tables", {"base_id": BASE}),
        ("get_field_info", IN_TASKS),
        ("get_records", IN_TASKS | {"max_records": 2}),
        ("get_record", IN_TASKS | {"record_id": PAINT}),
        ("search_records", IN_TASKS | {"query": "o'brien"}),
        ("query", {"base_id": BASE, "sql": "SELECT COUNT(*) FROM Tasks"}),
        ("create_comment", IN_TASKS | {"record_id": PAINT, "text": "From MCP"}),
        ("list_comments", IN_TASKS | {"record_id": PAINT}),
        ("create_record", IN_TASKS | {"fields": {"Name": "From MCP"}}),
        ("update_record", lambda results: IN_TASKS | {"record_id": one(results), "fields": {"Hours": 1.5}}),
        ("batch_create_records", IN_TASKS | {"records": [{"Name": f"Batch {n}"} for n in range(25)]}),
        (
            "batch_update_records",
            lambda results: IN_TASKS | {"records": [{"id": made(results)[0], "fields": {"Hours": 9}}]},
        ),
        (
            "upsert_records",
            IN_TASKS | {"records": [{"fields": {"Name": "Batch 1", "Hours": 2}}], "fields_to_merge_on": ["Name"]},
        ),
        ("analyze_table_data", IN_TASKS),
        ("find_duplicates", IN_TASKS | {"fields": ["Status"]}),
        ("export_table_csv", IN_TASKS),
        ("sync_tables", SYNC | {"dry_run": True}),
        (
            "sync_tables",
            lambda results: SYNC | {"dry_run": False, "plan_id": results["sync_tables"]["plan_id"]},
        ),
        ("delete_records", lambda results: IN_TASKS | {"record_ids": made(results)}),
        ("delete_record", lambda results: IN_TASKS | {"record_id": one(results)}),
        ("create_metadata_table", {"base_id": BASE}),
        ("preview_changes", {"tool": "delete_record", "arguments": IN_TASKS | {"record_id": PAINT}}),
        ("list_changes", {"base_id": BASE, "origin": "tool", "limit": 1}),
        ("undo_changes", lambda results: {"change_set_id": results["list_changes"]["changes"][0]["id"]}),
    ]


def post(path, body, token=None):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(os.environ["PYAIRTABLE_URL"] + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@functools.cache
def session():
    """Signs in once as the person whose key the client has."""
    login = {"email": os.environ["PYAIRTABLE_EMAIL"], "password": os.environ["PYAIRTABLE_PASSWORD"]}
    return post("/api/auth/login", login)["access_token"]


def approve(asked):
    """Says yes as that person."""
    approval = post(f"/api/saga/approvals/{asked['approval_id']}/approve", {}, session())
    assert approval["state"] == "approved", approval


async def call_all(list_tools, call_tool):
    """Calls every listed tool; `call_tool(name, arguments)` answers (structured, text, is_error)."""
    listed = {tool["name"]: tool for tool in await list_tools()}
    planned = {name for name, _ in plan()}
    assert sorted(listed) == sorted(planned), f"listed and planned tools differ: {set(listed) ^ set(planned)}"
    for name, tool in listed.items():
        assert tool["inputSchema"]["type"] == "object", name
        assert tool["outputSchema"]["type"] == "object", name
        assert tool["title"] and tool["description"] and tool["annotations"] is not None, name
    results = {}
    for name, arguments in plan():
        wanted = arguments(results) if callable(arguments) else arguments
        structured, text, is_error = await call_tool(name, wanted)
        if is_error and json.loads(text).get("code") == "approval_required":
            approve(json.loads(text))
            structured, text, is_error = await call_tool(name, wanted)
        assert not is_error, f"{name}: {text}"
        assert structured is not None and json.loads(text) == structured, f"{name}: text and structure differ"
        results[name] = structured
    await refuses(call_tool)
    return len(results)


async def refuses(call_tool):
    """Failed work comes back flagged, with a next step."""
    structured, text, is_error = await call_tool("get_record", IN_TASKS | {"record_id": "recDoesNotExist01"})
    assert is_error, f"an unknown record was found: {text}"
    assert "next" in (structured or json.loads(text)), f"no next step in {text}"
    _, text, is_error = await call_tool("get_records", {"base_id": BASE})
    assert is_error and "table_id" in text, text

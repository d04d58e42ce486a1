"""The real Python client against our endpoint: plain asserts, in the order that a person would work."""

import datetime
import os
import uuid

import requests
from pyairtable import Api
from pyairtable.formulas import match

URL = os.environ["PYAIRTABLE_URL"]
KEY = os.environ["PYAIRTABLE_KEY"]
BASE = os.environ["PYAIRTABLE_BASE"]
PEOPLE = "People / 人"
MANY = 1234
HIDDEN = "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"

api = Api(KEY, endpoint_url=URL)
tasks = api.table(BASE, "Tasks")
people = api.table(BASE, PEOPLE)


def names(records):
    return [record["fields"].get("Name") for record in records]


def refused(status, kind, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except requests.HTTPError as error:
        assert error.response.status_code == status, f"{error.response.status_code}: {error}"
        body = error.response.json()["error"]
        found = body if isinstance(body, str) else body["type"]
        assert found == kind, f"{found} instead of {kind}"
        return
    raise AssertionError(f"{kind} was not raised")


def reads():
    assert names(tasks.all())[:2] == ["Paint", "Nail"]
    first = tasks.first()
    assert first["id"] == "recTest0000000001" and first["createdTime"] == "2024-03-05T07:08:09.000Z"
    assert tasks.get("recTest0000000001")["fields"]["Tags"] == ["home"]
    assert "Urgent" not in first["fields"], "an empty cell is absent"
    assert tasks.get("recTest0000000002")["fields"]["Urgent"] is True
    assert names(tasks.all(sort=["Name"])) == ["Nail", "O'Brien \"quoted\"", "Paint"]
    assert names(tasks.all(sort=["-Hours", "-Name"]))[0] == "Paint"
    assert tasks.all(fields=["Hours"])[0]["fields"] == {"Hours": 2.5}
    by_id = tasks.all(fields=["Hours"], use_field_ids=True)[0]["fields"]
    assert by_id == {"fldTest0000000005": 2.5}
    assert len(tasks.all(view="Grid view")) == 3
    assert len(tasks.all(max_records=2)) == 2
    assert [len(page) for page in tasks.iterate(page_size=2)] == [2, 1]
    assert tasks.first(cell_format="string", time_zone="UTC", user_locale="en")["fields"]["Hours"] == "2.5"
    assert people.get("recTest0000000011")["fields"]["Tasks"] == ["recTest0000000001"]


def filters():
    assert names(tasks.all(formula=match({"Name": "Paint"}))) == ["Paint"]
    assert names(tasks.all(formula=match({"Name": "O'Brien \"quoted\""}))) == ["O'Brien \"quoted\""]
    assert names(tasks.all(formula=match({"Hours": (">", 2), "Name": "Paint"}))) == ["Paint"]
    assert names(tasks.all(formula="{Urgent}=TRUE()")) == ["Nail"]
    many = [f"RECORD_ID()='rec{number:014}'" for number in range(800)]
    long = f"OR({','.join(many)},RECORD_ID()='recTest0000000001')"
    assert len(long) > 16_000 and names(tasks.all(formula=long)) == ["Paint"]


def writes():
    made = tasks.create({"Name": "Saw", "Hours": 1, "Due": "2024-05-06"})
    assert made["fields"]["Due"] == "2024-05-06" and len(made["id"]) == 17
    datetime.datetime.fromisoformat(made["createdTime"].replace("Z", "+00:00"))
    changed = tasks.update(made["id"], {"Hours": 4, "Owner": ["recTest0000000012"]})
    assert changed["fields"]["Name"] == "Saw" and changed["fields"]["Hours"] == 4
    assert made["id"] in people.get("recTest0000000012")["fields"]["Tasks"], "links are kept on both sides"
    replaced = tasks.update(made["id"], {"Name": "Saw again"}, replace=True)
    assert set(replaced["fields"]) - {"Made"} == {"Name"}
    assert "Tasks" not in people.get("recTest0000000012")["fields"]
    typed = tasks.create({"Name": 7, "Hours": "3.5", "Status": "Waiting", "Owner": "Zoë"}, typecast=True)
    assert typed["fields"]["Status"] == "Waiting" and typed["fields"]["Hours"] == 3.5
    assert typed["fields"]["Owner"] == ["recTest0000000012"]
    assert tasks.delete(typed["id"]) == {"id": typed["id"], "deleted": True}
    refused(403, HIDDEN, tasks.get, typed["id"])
    cleared = tasks.update(made["id"], {"Name": None})
    assert "Name" not in cleared["fields"]
    assert tasks.batch_delete([made["id"]]) == [{"id": made["id"], "deleted": True}]


def upserts():
    first = tasks.batch_upsert([{"fields": {"Name": "Glue", "Hours": 1}}, {"fields": {"Name": "Nail", "Hours": 9}}], ["Name"])
    assert len(first["createdRecords"]) == 1 and first["updatedRecords"] == ["recTest0000000002"]
    second = tasks.batch_upsert([{"fields": {"Name": "Glue", "Hours": 2}}], ["Name"])
    assert second["updatedRecords"] == first["createdRecords"] and second["createdRecords"] == []
    assert second["records"][0]["fields"]["Hours"] == 2
    by_id = tasks.batch_upsert([{"id": second["updatedRecords"][0], "fields": {"Name": "Glue", "Hours": 3}}], ["Name"])
    assert by_id["updatedRecords"] == first["createdRecords"]
    tasks.batch_delete(first["createdRecords"])


def batches():
    before = len(tasks.all())
    made = tasks.batch_create([{"Name": f"Bulk {n:04}", "Hours": n} for n in range(MANY)])
    assert len(made) == MANY and names(made)[-1] == f"Bulk {MANY - 1:04}"
    assert len({record["id"] for record in made}) == MANY
    pages = [len(page) for page in tasks.iterate()]
    assert sum(pages) == before + MANY and set(pages[:-1]) == {100}
    changed = tasks.batch_update([{"id": record["id"], "fields": {"Urgent": True}} for record in made])
    assert all(record["fields"]["Urgent"] is True for record in changed) and len(changed) == MANY
    listed = {record["id"]: record["fields"] for record in tasks.all()}
    assert all(listed[record["id"]]["Hours"] == number for number, record in enumerate(made))
    deleted = tasks.batch_delete([record["id"] for record in made])
    assert len(deleted) == MANY and all(answer["deleted"] for answer in deleted)
    assert len(tasks.all()) == before


def schemas():
    base = api.base(BASE)
    schema = base.schema()
    assert [table.name for table in schema.tables] == ["Tasks", PEOPLE]
    fields = {field.name: field for field in schema.table("Tasks").fields}
    assert fields["Status"].options.choices[0].name == "Todo"
    assert fields["Owner"].options.linked_table_id == "tblTest0000000002"
    assert BASE in [listed.id for listed in api.bases()]
    assert api.whoami()["id"].startswith("usr")
    table = base.create_table(
        f"Made {uuid.uuid4().hex[:8]}",
        fields=[{"name": "Title", "type": "singleLineText"}, {"name": "Price", "type": "currency", "options": {"precision": 2, "symbol": "€"}}],
    )
    made = table.create({"Title": "Board", "Price": 12.5})
    assert table.get(made["id"])["fields"] == {"Title": "Board", "Price": 12.5}
    field = table.create_field("Colour", "singleSelect", options={"choices": [{"name": "red"}, {"name": "blue"}]})
    assert [choice.name for choice in field.options.choices] == ["red", "blue"]
    field.name = "Paint"
    field.save()
    assert "Paint" in [found.name for found in table.schema(force=True).fields]


def comments():
    # In a base at Airtable, comments are those of the connection's account.
    me = {"id": os.environ.get("PYAIRTABLE_ACCOUNT") or api.whoami()["id"]}
    record = tasks.create({"Name": "Discussed"})["id"]
    first = tasks.add_comment(record, f"Look, @[{me['id']}]")
    assert first.author.id == me["id"] and first.mentioned[me["id"]].type == "user"
    assert first.last_updated_time is None and first.created_time.tzinfo is not None
    by_address = tasks.add_comment(record, f"@[{first.author.email}] saw it", parent_comment_id=first.id)
    assert by_address.text == f"@[{me['id']}] saw it" and by_address.parent_comment_id == first.id
    assert [comment.id for comment in tasks.comments(record)] == [by_address.id, first.id]
    first.text = "Never mind"
    first.save()
    assert first.last_updated_time is not None and first.mentioned == {}
    counts = {found["id"]: found["commentCount"] for found in tasks.all(count_comments=True)}
    assert counts[record] == 2 and counts["recTest0000000001"] == 0
    assert "commentCount" not in tasks.first()
    first.delete()
    assert [comment.text for comment in tasks.comments(record)] == [by_address.text]
    for number in range(100):
        tasks.add_comment(record, f"Number {number}")
    listed = [comment.text for comment in tasks.comments(record)]
    assert len(listed) == 101 and listed[0] == "Number 99" and listed[-1] == by_address.text
    refused(422, "INVALID_REQUEST_UNKNOWN", tasks.add_comment, record, "")
    tasks.delete(record)
    refused(403, HIDDEN, tasks.comments, record)


def errors():
    refused(422, "INVALID_VALUE_FOR_COLUMN", tasks.create, {"Hours": "many"})
    refused(422, "UNKNOWN_FIELD_NAME", tasks.create, {"No such field": 1})
    refused(422, "INVALID_MULTIPLE_CHOICE_OPTIONS", tasks.create, {"Status": "Nowhere"})
    refused(403, HIDDEN, tasks.get, "recDoesNotExist01")
    refused(403, HIDDEN, api.table(BASE, "No such table").all)
    refused(403, HIDDEN, api.table("appDoesNotExist01", "Tasks").all)
    refused(422, "VIEW_NAME_NOT_FOUND", tasks.all, view="No such view")
    refused(401, "AUTHENTICATION_REQUIRED", Api("wrong", endpoint_url=URL).table(BASE, "Tasks").all)
    too_many = [{"fields": {"Name": "x"}}] * 11
    answer = requests.post(f"{URL}/v0/{BASE}/Tasks", json={"records": too_many}, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 422 and "error" in answer.json(), answer.text
    refused(422, "INVALID_FILTER_BY_FORMULA", tasks.all, formula="{Nope}=1")
    refused(422, "INVALID_FILTER_BY_FORMULA", tasks.all, formula="{Name}=")


for step in (reads, filters, writes, upserts, batches, schemas, comments, errors):
    step()
    print(f"pyairtable {step.__name__}: ok", flush=True)

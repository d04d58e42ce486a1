"""Fields at Airtable become others: renamed, of another type, and gone; the copy follows, and mends what nobody told it of."""

import json
import sqlite3
from pathlib import Path

from instance import table_path
from mirrored import SOON, connected
from mirrored_base import CUSTOMERS, LINES, ORDERS, document, name, record
from proxied import UNLIMITED, UNPACED, expect
from stand_in import NO_LIMITS

FEW = {CUSTOMERS: 5, ORDERS: 20, LINES: 60}
RENAMED, RATING, DURATION, CODE = 314, 309, 308, 313


def run(binary):
    with connected(binary, UNLIMITED, document(FEW), UNPACED | SOON) as (airtable, _, copy):
        copy.begin()
        copy.whole()
        expect(copy.there("PATCH", f"/v0/meta/bases/{copy.base}/tables/{LINES}/fields/{name(RENAMED)}", {"name": "Wörtlich – 文"}))
        copy.followed()
        assert not copy.differences(), "a field with a new name"
        airtable.stop()
        # No call of Airtable's API makes a field another type; its own pages do, and the webhook may be gone by then.
        (file,) = Path(airtable.data_dir).rglob("*.db")
        with sqlite3.connect(file) as database:
            touched = retype(database)
        airtable.start()
        airtable.plan(NO_LIMITS)
        drift = copy.compared()
        assert not copy.differences(), "fields of another type"
        assert touched <= drift, f"{drift} records were mended, {touched} differed"
        assert not copy.compared(), "it is mended for good"
        line = f"{table_path(copy.base, LINES)}/{record(LINES, 1)}"
        written = expect(copy.here("PATCH", line, {"fields": {"Dauer": "eine Stunde", "Wörtlich – 文": "項"}}))["fields"]
        assert (written["Dauer"], written["Wörtlich – 文"]) == ("eine Stunde", "項"), written
        assert not copy.differences()
        print(f"retyped: a field renamed, two of another type, one gone; {drift} records mended, none differs", flush=True)


def retype(database):
    """Makes a rating a number and a duration a text, and lets a field go; answers how many records show it."""
    where = "FROM airtable_tables WHERE id = ?"
    definition = json.loads(database.execute(f"SELECT definition {where}", [LINES]).fetchone()[0])
    fields = {field["id"]: field for field in definition["fields"]}
    fields[name(RATING)] |= {"type": "number", "options": {"precision": 0}}
    fields[name(DURATION)]["type"] = "singleLineText"
    fields[name(DURATION)].pop("options")
    definition["fields"].remove(fields[name(CODE)])
    database.execute("UPDATE airtable_tables SET definition = ? WHERE id = ?", [json.dumps(definition), LINES])
    touched = 0
    for identity, cells in database.execute("SELECT id, cells FROM airtable_records WHERE table_id = ?", [LINES]).fetchall():
        cells = json.loads(cells)
        cells.pop(name(CODE), None)
        if name(DURATION) in cells:
            cells[name(DURATION)] = f"{cells[name(DURATION)]} s"
        touched += name(DURATION) in cells or name(RATING) in cells
        database.execute("UPDATE airtable_records SET cells = ? WHERE id = ?", [json.dumps(cells), identity])
    assert touched, "nothing is touched, which shows nothing"
    return touched

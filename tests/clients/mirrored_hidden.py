"""A base of which a field is hidden: what is in it is in no answer, no log and no file of ours."""

import json
import urllib.parse
from pathlib import Path

from instance import table_path
from mirrored import SOON, connected
from mirrored_base import CUSTOMERS, LINES, ORDERS, document, field, lookup, name, record
from proxied import UNLIMITED, UNPACED, expect

FEW = {CUSTOMERS: 5, ORDERS: 20, LINES: 150}
SECRET, COMPUTED, ABROAD = 331, 332, 231
# Before the copy is made, and by changes that come after it.
CANARIES = ("kanarienvogel-eins", "kanarienvogel-zwei")
HIDDEN = {"hidden": {"fields": [name(SECRET)]}}
FORMULAS = ["{Geheim}='x'", f"{{{name(SECRET)}}}='x'", "FIND('kan',{Geheim})", "{Aus Geheim}", f"{{{name(COMPUTED)}}}"]


def secretive():
    """The base with a field to be hidden, one that is computed from it, and one that looks it up from elsewhere."""
    base = document(FEW)
    base["tables"][2]["fields"] += [field(SECRET, "Geheim", "singleLineText"), field(COMPUTED, "Aus Geheim", "formula", formula="{Geheim} & '!'")]
    base["tables"][1]["fields"].append(lookup(ABROAD, "Geheimes", 203, SECRET))
    for number, line in enumerate(base["records"][LINES]):
        line["fields"]["Geheim"] = f"{CANARIES[0]} {number}"
    return base


def run(binary):
    """Once with a copy, and once with Airtable asked each time."""
    run_copied(binary)
    run_asked(binary)


def run_asked(binary):
    with connected(binary, UNLIMITED, secretive(), UNPACED) as (_, instance, copy):
        lines = table_path(copy.base, LINES)
        copy.begin(**HIDDEN, mode="proxy")
        heard = Heard(copy)
        change_there(copy, lines)
        write_here(heard, lines)
        read_records(heard, lines)
        refuse(heard, lines)
        heard.expect_silence()
        search(instance)
        print(f"hidden, not copied: {len(heard.answers)} answers, the log and all files of ours hold nothing of it", flush=True)


def run_copied(binary):
    with connected(binary, UNLIMITED, secretive(), UNPACED | SOON) as (airtable, instance, copy):
        lines = table_path(copy.base, LINES)
        shown = expect(copy.there("GET", lines))["records"][0]["fields"]
        assert shown["Geheim"] in shown["Aus Geheim"], "Airtable itself does not show it, which shows nothing"
        copy.begin(**HIDDEN)
        copy.whole()
        heard = Heard(copy)
        change_there(copy, lines)
        copy.followed()
        write_here(heard, lines)
        copy.followed()
        read_all(heard, lines)
        refuse(heard, lines)
        heard.expect_silence()
        search(instance)
        instance.stop()
        search(instance)
        print(f"hidden: {len(heard.answers)} answers, the log and all files of ours hold nothing of it", flush=True)


class Heard:
    """Asks for things and keeps the answers."""

    def __init__(self, copy):
        self.copy, self.answers = copy, []

    def ask(self, wanted, method, path, body=None):
        key = self.copy.session if path.startswith("/api") else self.copy.key
        status, headers, answer = self.copy.instance.request(method, path, body, key)
        assert status in wanted, f"{method} {path}: {status}: {answer}"
        text = answer.decode() if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False)
        self.answers.append((method, path, f"{headers} {text}"))
        return answer

    def expect_silence(self):
        for method, path, text in self.answers:
            for canary in CANARIES:
                assert canary not in text, f"{method} {path} tells it: {text[:500]}"


def change_there(copy, lines):
    """At Airtable the hidden field changes, comes and goes."""
    expect(copy.there("PATCH", f"{lines}/{record(LINES, 1)}", {"fields": {"Geheim": CANARIES[1]}}))
    expect(copy.there("POST", lines, {"fields": {"Name": "neu", "Geheim": CANARIES[1], "Auftrag": [record(ORDERS, 1)]}}))
    expect(copy.there("DELETE", f"{lines}/{record(LINES, 5)}"))


def write_here(heard, lines):
    """Airtable's answers to writes hold what is hidden; ours do not."""
    heard.ask([200], "PATCH", f"{lines}/{record(LINES, 1)}", {"fields": {"Stück": 5}})
    heard.ask([200], "PATCH", lines, {"records": [{"id": record(LINES, 2), "fields": {"Stück": 5}}]})
    upsert = {"performUpsert": {"fieldsToMergeOn": ["Name"]}, "records": [{"fields": {"Name": "項 7", "Stück": 3}}]}
    heard.ask([200], "PATCH", lines, upsert)
    heard.ask([200], "POST", lines, {"fields": {"Name": "von hier"}})
    heard.ask([200], "DELETE", f"{lines}/{record(LINES, 9)}")


def read_records(heard, lines):
    base, secret = heard.copy.base, record(LINES, 1)
    paths = [lines, f"{lines}?pageSize=100", f"{lines}/{secret}", f"{lines}?cellFormat=string&timeZone=utc&userLocale=de", table_path(base, ORDERS)]
    paths += [f"/v0/meta/bases/{base}/tables", f"/v0/meta/bases/{base}/tables?include[]=visibleFieldIds"]
    for path in paths:
        heard.ask([200], "GET", path)
    heard.ask([200], "POST", f"{lines}/listRecords", {"pageSize": 100})


def read_all(heard, lines):
    read_records(heard, lines)
    api = f"/api/airtable/bases/{heard.copy.base}"
    paths = [f"{api}{rest}" for rest in ("", "/analysis", "/changes", "/export", "/query/tables", f"/tables/{LINES}/rows")]
    paths += [f"{api}/tables/{LINES}/records/{record(LINES, number)}/changes" for number in (1, 5, 9)]
    for path in paths:
        heard.ask([200], "GET", path)
    for table in ("Posten – 項", "Aufträge"):
        heard.ask([200], "POST", f"{api}/query", {"sql": f'SELECT * FROM "{table}"'})


def refuse(heard, lines):
    """Whoever names it is told that it is not there, so that nothing can be found out by asking for it."""
    for formula in FORMULAS:
        heard.ask([422], "GET", f"{lines}?filterByFormula={urllib.parse.quote(formula)}")
        heard.ask([422], "POST", f"{lines}/listRecords", {"filterByFormula": formula})
    for query in ("sort[0][field]=Geheim", "fields[]=Geheim", f"fields[]={name(SECRET)}"):
        heard.ask([422], "GET", f"{lines}?{query}")
    heard.ask([422], "POST", f"/api/airtable/bases/{heard.copy.base}/query", {"sql": 'SELECT "Geheim" FROM "Posten – 項"'})
    one = f"{lines}/{record(LINES, 1)}"
    heard.ask([422], "PATCH", one, {"fields": {"Geheim": "x"}})
    heard.ask([422], "PUT", one, {"fields": {"Name": "x"}})
    merged = {"performUpsert": {"fieldsToMergeOn": ["Geheim"]}, "records": [{"fields": {"Geheim": f"{CANARIES[0][:5]}", "Stück": 3}}]}
    heard.ask([422], "PATCH", lines, merged)
    spy = {"name": "Spion", "type": "formula", "options": {"formula": "{Geheim}"}}
    heard.ask([403, 422], "POST", f"/v0/meta/bases/{heard.copy.base}/tables/{LINES}/fields", spy)
    for path in (f"{one}/comments", f"{lines}?view=Grid%20view", f"/v0/bases/{heard.copy.base}/webhooks"):
        heard.ask([403, 422], "GET", path)


def search(instance):
    """Looks for it in the log and in everything else that the instance wrote."""
    files = [file for file in Path(instance.data_dir).rglob("*") if file.is_file()]
    assert instance.log_path in files and any(file.suffix == ".db" for file in files), files
    for file in files:
        content = file.read_bytes()
        for canary in CANARIES:
            assert canary.encode() not in content, f"{canary} lies readable in {file.name}"

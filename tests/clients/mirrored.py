"""A base of a stand-in that is copied into an instance of ours, and what both sides show of it."""

import json
import tempfile
import time
import urllib.parse
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from instance import Instance
from proxied import EMAIL, UNLIMITED, connect, expect, reaching, sign_in
from stand_in import StandIn

SOON = {"PYAIRTABLE__AIRTABLE__MIRROR_INTERVAL": "1"}


@contextmanager
def connected(binary, plan, document, more=None):
    """The stand-in with a base, our instance, and what steers a copy of it that is not begun yet."""
    with written(document) as file, StandIn(binary, plan, base=file) as airtable:
        airtable.start()
        # It goes on with what it has when it is started again.
        airtable.document = None
        with Instance(binary, environment=reaching(airtable) | (more or {})) as instance:
            yield airtable, instance, joined(instance, airtable)


@contextmanager
def told(binary, document):
    """The same with an instance that Airtable can tell of changes."""
    # The script that changes things there stands in no queue with us.
    with written(document) as file, StandIn(binary, UNLIMITED, base=file) as airtable:
        airtable.start()
        with Instance(binary, environment=reaching(airtable)) as instance:
            instance.environment["PYAIRTABLE__SERVER__PUBLIC_URL"] = instance.url
            yield airtable, instance, joined(instance, airtable)


@contextmanager
def written(document):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(document, file)
        file.flush()
        yield Path(file.name)


def joined(instance, airtable):
    instance.add_user(EMAIL, "owner")
    key = instance.add_key(EMAIL)
    instance.start()
    connect(instance, airtable)
    return Copy(instance, airtable, key)


class Copy:
    """The copy of a base: how it stands, and what is on both sides."""

    def __init__(self, instance, airtable, key):
        self.instance, self.airtable, self.key, self.base = instance, airtable, key, airtable.base
        self.sign_in()
        connections = expect(instance.request("GET", "/api/airtable/connections", key=self.session))
        self.offer_path = f"/api/airtable/connections/{connections['items'][0]['id']}/bases/{self.base}"

    def sign_in(self):
        self.session = sign_in(self.instance)

    def begin(self, **more):
        """Lets the base be copied."""
        return expect(self.instance.request("PUT", self.offer_path, {"access": "write", "mode": "mirror"} | more, key=self.session))

    def status(self):
        return expect(self.instance.request("GET", f"/api/airtable/mirrors/{self.base}", key=self.session))

    def pause(self, is_paused):
        """Lets the copy stand still, or go on."""
        expect(self.instance.request("PATCH", f"/api/airtable/mirrors/{self.base}", {"is_paused": is_paused}, key=self.session))

    def until(self, holds, seconds, what):
        """The first status of which this holds."""
        over = time.monotonic() + seconds
        while True:
            status = self.status()
            if holds(status):
                return status
            assert time.monotonic() < over, f"{what}: not within {seconds} s: {status}"
            time.sleep(0.05)

    def whole(self, seconds=60):
        """Waits until everything was copied once, and changes since then are followed."""
        return self.until(lambda status: status["is_complete"] and status["followed_at"], seconds, "the first copy")

    def followed(self, seconds=60):
        """Waits until all that was at Airtable before now is here: of two rounds that end from now on, the second began from now on."""
        for _ in range(2):
            now = time.time()
            self.until(lambda status: moment(status["followed_at"]) > now, seconds, "what changed")

    def compared(self, seconds=60):
        """Lets everything be compared, and answers how many records differed."""
        drift = 0
        # The first one may have begun before now.
        for _ in range(2):
            last = self.status()["compared_at"]
            status, _, body = self.instance.request("POST", f"/api/airtable/mirrors/{self.base}/compare", key=self.session)
            assert status == 202, body
            drift += self.until(lambda status: status["compared_at"] != last, seconds, "the comparison")["drift"]
        return drift

    def history(self):
        """The pages of the copy's changes, newest first."""
        path, cursor = f"/api/airtable/bases/{self.base}/changes?limit=100", ""
        while cursor is not None:
            page = expect(self.instance.request("GET", f"{path}{cursor}", key=self.session))
            yield page["items"]
            cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"

    def here(self, method, path, body=None, **more):
        return self.instance.request(method, path, body, key=self.key, **more)

    def through(self, other):
        """The same by way of another instance."""
        return lambda method, path, body=None, **more: other.request(method, path, body, key=self.key, **more)

    def there(self, method, path, body=None, **more):
        return self.airtable.request(method, path, body, key=self.airtable.token, **more)

    def differences(self, loose=(), ask=None):
        """What is not the same on both sides, as table, record, field, here and there; fields of loose names are left out."""
        sides = (ask or self.here, self.there)
        definitions = [expect(ask("GET", f"/v0/meta/bases/{self.base}/tables"))["tables"] for ask in sides]
        assert definitions[0] == definitions[1], f"{definitions[0]} instead of {definitions[1]}"
        found = []
        for table in definitions[0]:
            here, there = (records(ask, self.base, table["id"]) for ask in sides)
            for record in sorted(here.keys() | there.keys()):
                found += [(table["name"], record, *rest) for rest in unlike(here.get(record), there.get(record)) if rest[0] not in loose]
        return found

    def refused(self):
        """How many requests Airtable's limit refused."""
        return expect(self.there("GET", "/_standin/counts"))["requests"]["refused"]


def unlike(here, there):
    if here is None or there is None:
        return [(None, here, there)]
    names = ["createdTime"] if here["createdTime"] != there["createdTime"] else []
    fields = sorted(here["fields"].keys() | there["fields"].keys())
    names += [name for name in fields if here["fields"].get(name) != there["fields"].get(name)]
    return [(name, here["fields"].get(name), there["fields"].get(name)) for name in names]


def records(ask, base, table):
    """All records of a table by id."""
    found, offset = {}, ""
    while offset is not None:
        page = expect(ask("GET", f"/v0/{base}/{table}?pageSize=100&offset={urllib.parse.quote(offset)}"))
        for record in page["records"]:
            assert record["id"] not in found, f"{record['id']} is listed twice"
            found[record["id"]] = record
        offset = page.get("offset")
    return found


def moment(text):
    return datetime.fromisoformat(text).timestamp() if text else 0.0

"""The real Python client's webhooks against a binary that pings a receiver here: plain asserts, in the order of a day's work."""

import http.server
import queue
import sys
import threading
from pathlib import Path

from pyairtable import Api
from pyairtable.exceptions import MissingRecordError
from pyairtable.models import WebhookNotification

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))
from instance import Instance

EMAIL = "owner@example.com"
HOURS = "fldTest0000000005"
NAME = "fldTest0000000001"
OWNER = "fldTest0000000008"
TASKS = "tblTest0000000001"
PING_SECONDS = 20

pings = queue.Queue()


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(204)
        self.end_headers()
        pings.put((body, self.headers["X-Airtable-Content-MAC"]))

    def log_message(self, *_):
        pass


def next_ping(secret):
    body, header = pings.get(timeout=PING_SECONDS)
    notification = WebhookNotification.from_request(body, header, secret)
    try:
        WebhookNotification.from_request(body + " ", header, secret)
    except ValueError:
        return notification
    raise AssertionError("a changed body was taken for genuine")


def no_more_pings():
    while not pings.empty():
        pings.get()


def works(base, url):
    tasks = base.table("Tasks")
    spec = {
        "options": {
            "filters": {"dataTypes": ["tableData"], "recordChangeScope": TASKS},
            "includes": {"includePreviousCellValues": True, "includeCellValuesInFieldIds": [NAME]},
        }
    }
    made = base.add_webhook(url, spec)
    assert made.id.startswith("ach") and made.expiration_time is not None
    webhook = base.webhook(made.id)
    assert webhook.notification_url == url and webhook.is_hook_enabled
    assert webhook.cursor_for_next_payload == 1 and list(webhook.payloads()) == []
    # What was read can be given again.
    again = base.add_webhook(url, webhook.specification)
    base.webhook(again.id).delete()

    record = tasks.create({"Name": "Saw", "Hours": 1, "Owner": ["recTest0000000012"]})
    notification = next_ping(made.mac_secret_base64)
    assert notification.base.id == base.id and notification.webhook.id == made.id
    tasks.update(record["id"], {"Hours": 2})
    tasks.delete(record["id"])
    payloads = list(webhook.payloads())
    assert [payload.cursor for payload in payloads] == [1, 2, 3]
    assert all(payload.payload_format == "v0" and not payload.error for payload in payloads)
    assert payloads[0].action_metadata.source == "publicApi"
    assert payloads[0].action_metadata.source_metadata["user"]["email"] == EMAIL
    created = payloads[0].changed_tables_by_id[TASKS].created_records_by_id[record["id"]]
    assert created.cell_values_by_field_id[HOURS] == 1
    assert created.cell_values_by_field_id[OWNER] == [{"id": "recTest0000000012", "name": "Zoë"}]
    changed = payloads[1].changed_tables_by_id[TASKS].changed_records_by_id[record["id"]]
    assert changed.current.cell_values_by_field_id == {HOURS: 2}
    assert changed.previous.cell_values_by_field_id == {HOURS: 1}
    assert changed.unchanged.cell_values_by_field_id == {NAME: "Saw"}
    assert payloads[2].changed_tables_by_id[TASKS].destroyed_record_ids == [record["id"]]
    assert [payload.cursor for payload in webhook.payloads(cursor=2, limit=1)] == [2]
    assert base.webhook(made.id).last_notification_result.success
    return made


def pages(base, webhook):
    tasks = base.table("Tasks")
    records = [tasks.create({"Hours": number})["id"] for number in range(120)]
    told = [payload.changed_tables_by_id[TASKS].created_records_by_id for payload in webhook.payloads(cursor=4)]
    assert [list(created) for created in told] == [[record] for record in records], "three pages, in order"


def switches(base, made):
    webhook = base.webhook(made.id)
    webhook.disable_notifications()
    assert not base.webhook(made.id).are_notifications_enabled
    no_more_pings()
    base.table("Tasks").create({"Name": "Unheard"})
    webhook.enable_notifications()
    assert base.webhook(made.id).are_notifications_enabled
    base.table("Tasks").create({"Name": "Heard"})
    next_ping(made.mac_secret_base64)
    webhook.extend_expiration()
    webhook.delete()
    try:
        base.webhook(made.id)
    except MissingRecordError:
        return
    raise AssertionError("the deleted webhook is still there")


def main(binary):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/hook"
    with Instance(binary, environment={"PYAIRTABLE__OUTBOUND__ALLOW_PRIVATE": "127.0.0.0/8"}) as instance:
        instance.add_user(EMAIL, "owner")
        key = instance.add_key(EMAIL)
        base = instance.import_base(HERE / "base.json")
        instance.start()
        base = Api(key, endpoint_url=instance.url).base(base)
        made = works(base, url)
        pages(base, base.webhook(made.id))
        switches(base, made)
    print("webhooks: ok", flush=True)


main(Path(sys.argv[1]))

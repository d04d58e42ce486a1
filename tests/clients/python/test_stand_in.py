"""The real Python client against the stand-in for Airtable: its limit, and what a script sees of lost answers."""

import sys
from pathlib import Path

import requests
from pyairtable import Api

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from stand_in import StandIn

LOST = """
[limits]
enabled = false
[[faults]]
kind = "reset"
when = "after"
methods = ["POST"]
nth = 2
[[faults]]
kind = "malformed_json"
methods = ["POST"]
nth = 3
[[faults]]
kind = "status"
status = 503
methods = ["GET"]
path = "/v0/*/Tasks"
nth = 1
"""


def raised(kind, call, *arguments):
    try:
        call(*arguments)
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__} was raised")


def lost_answers(binary):
    with StandIn(binary, LOST, base=Path(__file__).resolve().parent.parent / "base.json") as stand_in:
        stand_in.start()
        tasks = Api(stand_in.token, endpoint_url=stand_in.url, retry_strategy=None).table(stand_in.base, "Tasks")
        first = tasks.create({"Name": "one"})
        raised(requests.ConnectionError, tasks.create, {"Name": "two"})
        raised(ValueError, tasks.create, {"Name": "three"})
        assert raised(requests.HTTPError, tasks.all).response.status_code == 503
        names = {record["fields"]["Name"] for record in tasks.all()}
        assert names >= {"one", "two", "three"}, f"what was accepted is not there: {names}"
        ledger = stand_in.ledger()
        assert [effect["fault"] for effect in ledger] == [None, "reset", "malformed_json"], ledger
        assert ledger[0]["created"] == [first["id"]]
        retrying = Api(stand_in.token, endpoint_url=stand_in.url).table(stand_in.base, "Tasks")
        made = retrying.batch_create([{"Name": f"bulk {number}"} for number in range(25)])
        assert [len(effect["created"]) for effect in stand_in.ledger()[3:]] == [10, 10, 5] and len(made) == 25
        retrying.batch_delete([record["id"] for record in made])
        assert sum(len(effect["deleted"]) for effect in stand_in.ledger()) == 25


def limit(binary):
    with StandIn(binary, "") as stand_in:
        stand_in.start()
        api = Api(stand_in.token, endpoint_url=stand_in.url, retry_strategy=None)
        schema = api.base(stand_in.base).schema()
        table = api.table(stand_in.base, schema.tables[0].name)

        def hurry():
            for _ in range(200):
                table.first()

        error = raised(requests.HTTPError, hurry)
        assert error.response.status_code == 429 and error.response.json()["error"]["type"] == "RATE_LIMIT_REACHED"
        assert raised(requests.HTTPError, table.first).response.status_code == 429, "it stays shut"
        assert api.whoami()["id"].startswith("usr"), "only the base is shut"


if __name__ == "__main__":
    lost_answers(sys.argv[1])
    limit(sys.argv[1])

"""One run of schemathesis each for an owner, a viewer and nobody, every one on a fresh instance."""

import json
import os
import subprocess
import sys
from pathlib import Path

from instance import PASSWORD, Instance
from proxied import UNLIMITED, reaching
from stand_in import StandIn

HERE = Path(__file__).resolve().parent
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth"
OWNER, VIEWER = "owner@example.com", "viewer@example.com"
CALLERS = {"owner": OWNER, "viewer": VIEWER, "anonymous": None}
RECORDS = 400
# Generated requests come faster than any person's.
NO_LIMITS = {"PYAIRTABLE__LIMITS__ANONYMOUS_PER_MINUTE": "0"}


def document():
    """The test base with records enough to survive the deletes of a run."""
    base = json.loads((HERE / "base.json").read_text())
    row = {"createdTime": "2024-03-05T07:08:09.000Z", "fields": {"Name": "Generated", "Hours": 1}}
    base["records"]["tblTest0000000001"] += [row | {"id": f"recBulk{number:010}"} for number in range(RECORDS)]
    return base


def config(workspace):
    """Most ids are real, so that requests get past the doors; the others are generated."""
    ids = {
        "base": ["appTest0000000001"],
        "table": ["tblTest0000000001", "tblTest0000000002", "Tasks"],
        "table_id": ["tblTest0000000001", "tblTest0000000002"],
        "record": [f"recBulk{number:010}" for number in range(RECORDS)],
        "field": [f"fldTest{number:010}" for number in range(1, 14)],
        "field_name": ["Name", "Hours", "Status", "Due", "Owner", "fldTest0000000004"],
        "view": ["viwTest0000000001", "viwTest0000000002"],
        "workspace": [workspace],
        "page": ["1", "2", "100"],
    }
    bound = {
        "path.base_id": "base",
        "path.table": "table",
        "path.table_id": "table_id",
        "path.record_id": "record",
        "path.field_id": "field",
        "path.view_id": "view",
        "path.workspace_id": "workspace",
        "query.workspace_id": "workspace",
        "query.records[]": "record",
        "query.fields[]": "field_name",
        "query.sort[0][field]": "field_name",
        "query.pageSize": "page",
    }
    lines = [f"[dictionaries.{name}]\nvalues = {json.dumps(values)}" for name, values in ids.items()]
    lines += ["[parameters]"]
    lines += [f'"{key}" = {{ dictionary = "{name}", probability = 0.8 }}' for key, name in bound.items()]
    # These would take away what all other requests stand on.
    for method, path, key in (
        ("DELETE", "/api/airtable/bases/{base_id}", "path.base_id"),
        ("DELETE", "/v0/meta/bases/{base_id}/views/{view_id}", "path.view_id"),
    ):
        lines += [f'[[operations]]\ninclude-name = "{method} {path}"\nparameters = {{ "{key}" = "appDoesNotExist01" }}']
    return "\n".join(lines) + "\n"


def login(instance, email):
    status, _, body = instance.request("POST", "/api/auth/login", {"email": email, "password": PASSWORD})
    assert status == 200, body
    return body["access_token"]


def run(instance, schemathesis, workspace, email, seconds):
    # One worker: CPython 3.11 fails at random where two threads parse source at once, as Hypothesis does.
    options = ["--url", instance.url, "--checks", CHECKS, "--max-time", str(seconds), "--workers", "1", "--warnings", "off"]
    options += ["--seed", os.environ.get("SCHEMATHESIS_SEED", "1"), "--continue-on-failure", "--request-timeout", "30"]
    # These end the caller's own session, after which the rest would only see 401.
    options += ["--exclude-path-regex", "/auth/(logout|password|reauthenticate|sessions/|setup)"]
    if email:
        options += ["--header", f"Authorization: Bearer {login(instance, email)}"]
    settings = Path(instance.data_dir) / "schemathesis.toml"
    settings.write_text(config(workspace))
    command = [schemathesis, "--config-file", settings, "run", f"{instance.url}/api/openapi.json", *options]
    done = subprocess.run([str(part) for part in command], cwd=instance.data_dir, stdin=subprocess.DEVNULL)
    return done.returncode == 0


def main(binary, schemathesis, seconds):
    # Whoever connects an account is answered by a stand-in: no test calls Airtable.
    with StandIn(binary, UNLIMITED, token=None) as airtable:
        airtable.start()
        run_all(binary, schemathesis, seconds, NO_LIMITS | reaching(airtable))


def run_all(binary, schemathesis, seconds, environment):
    failed = []
    for caller, email in CALLERS.items():
        print(f"== schemathesis as {caller} for {seconds} s", flush=True)
        with Instance(binary, environment=environment) as instance:
            workspace = instance.add_user(OWNER, "owner")["workspace_id"]
            instance.add_user(VIEWER, "viewer")
            base = Path(instance.data_dir) / "base.json"
            base.write_text(json.dumps(document()))
            instance.import_base(base)
            instance.start()
            if not run(instance, schemathesis, workspace, email, seconds):
                failed.append(caller)
                print(instance.log_path.read_text()[-2000:])
    if failed:
        sys.exit(f"schemathesis found faults as {', '.join(failed)}")


main(sys.argv[1], Path(sys.argv[2]).absolute(), int(sys.argv[3]))

"""One run of schemathesis each for an owner, a viewer and nobody, every one on a fresh instance."""

import os
import subprocess
import sys
from pathlib import Path

from instance import Instance

HERE = Path(__file__).resolve().parent
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth"
OWNER, VIEWER = "owner@example.com", "viewer@example.com"
CALLERS = {"owner": OWNER, "viewer": VIEWER, "anonymous": None}


def run(instance, schemathesis, email, seconds):
    options = ["--url", instance.url, "--checks", CHECKS, "--max-time", str(seconds), "--workers", "2"]
    options += ["--seed", os.environ.get("SCHEMATHESIS_SEED", "1"), "--continue-on-failure", "--request-timeout", "30"]
    # These end the caller's own session or key, after which the rest would only see 401.
    options += ["--exclude-path-regex", "/auth/(logout|password|setup|keys/)"]
    if email:
        options += ["--header", f"Authorization: Bearer {instance.add_key(email, 'schemathesis')}"]
    command = [schemathesis, "run", f"{instance.url}/api/openapi.json", *options]
    return subprocess.run(command, cwd=instance.data_dir, stdin=subprocess.DEVNULL).returncode == 0


def main(binary, schemathesis, seconds):
    failed = []
    for caller, email in CALLERS.items():
        print(f"== schemathesis as {caller} for {seconds} s", flush=True)
        # Generated requests come faster than any person's.
        environment = {"PYAIRTABLE__LIMITS__ANONYMOUS_PER_MINUTE": "0"}
        with Instance(binary, environment=environment) as instance:
            instance.add_user(OWNER, "owner")
            instance.add_user(VIEWER, "viewer")
            instance.import_base(HERE / "base.json")
            instance.start()
            if not run(instance, schemathesis, email, seconds):
                failed.append(caller)
                print(instance.log_path.read_text()[-2000:])
    if failed:
        sys.exit(f"schemathesis found faults as {', '.join(failed)}")


main(sys.argv[1], str(Path(sys.argv[2]).absolute()), int(sys.argv[3]))

#!/usr/bin/env bash
# Generated requests against our own OpenAPI document, as owner, viewer and anonymous:
#   tests/clients/schemathesis.sh path/to/pyairtable [seconds for each]
set -euo pipefail

cd "$(dirname "$0")"
binary=$(realpath "${1:?path of the binary}")
seconds=${2:-${SCHEMATHESIS_SECONDS:-300}}
tools=${PYAIRTABLE_CLIENT_TOOLS:-${CARGO_TARGET_DIR:-/var/tmp/pyairtable-target}/client-tools}

folder=$tools/schemathesis
if ! cmp -s requirements-schemathesis.txt "$folder/requirements.txt"; then
    rm -rf "$folder"
    mkdir -p "$tools"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check -r requirements-schemathesis.txt
    cp requirements-schemathesis.txt "$folder/requirements.txt"
fi
exec python3 run_schemathesis.py "$binary" "$folder/bin/schemathesis" "$seconds"

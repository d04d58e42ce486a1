#!/usr/bin/env bash
# Runs the real clients against a binary: tests/clients/run.sh path/to/pyairtable [test name…]
set -euo pipefail

cd "$(dirname "$0")"
binary=$(realpath "${1:?path of the binary}")
shift
# Beside the build by default, so that a second run finds the clients installed.
tools=${PYAIRTABLE_CLIENT_TOOLS:-${CARGO_TARGET_DIR:-/var/tmp/pyairtable-target}/client-tools}

python_tools() {
    local folder=$tools/$1 requirements=$2
    if ! cmp -s "$requirements" "$folder/requirements.txt"; then
        rm -rf "$folder"
        python3 -m venv "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
        cp "$requirements" "$folder/requirements.txt"
    fi
}

node_tools() {
    if ! cmp -s "$1/package-lock.json" "$1/node_modules/.installed"; then
        (cd "$1" && npm ci --silent --no-audit --no-fund)
        cp "$1/package-lock.json" "$1/node_modules/.installed"
    fi
}

mkdir -p "$tools"
python_tools pyairtable python/requirements.txt
python_tools mcp-new mcp/requirements-new.txt
python_tools mcp-old mcp/requirements-old.txt
node_tools node
node_tools mcp
exec python3 run_all.py "$binary" "$tools" "$@"

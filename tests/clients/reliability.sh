#!/usr/bin/env bash
# Breaks things on purpose around a binary built with the feature fault-points: tests/clients/reliability.sh BIN [name…]
# RELIABILITY=full asks for the full numbers of docs/reliability.md instead of a short form.
set -euo pipefail

binary=$(realpath "${1:?path of the binary}")
shift
cd "$(dirname "$0")/reliability"
all=(kill compensation fenced postgres_stop postgres_hang redis clock io_error restore computed webhooks mirror_absence bulk_write upstream)
failed=()
for name in "${@:-${all[@]}}"; do
    echo "== reliability: $name"
    began=$SECONDS
    if python3 "test_$name.py" "$binary"; then
        echo "== reliability: $name: ok after $((SECONDS - began)) s"
    else
        echo "== reliability: $name: FAILED after $((SECONDS - began)) s"
        failed+=("$name")
    fi
done
if ((${#failed[@]})); then
    echo "reliability tests failed: ${failed[*]}"
    exit 1
fi

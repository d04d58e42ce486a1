"""The official inspector on the command line: strict tool schemas and every tool, in both eras."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from calls import call_all

HERE = Path(__file__).resolve().parent
NODE = HERE / "node_modules/.bin/node"
INSPECTOR = HERE / "node_modules/.bin/inspector"
KEY = os.environ["PYAIRTABLE_KEY"]
HTTP = [os.environ["PYAIRTABLE_URL"] + "/mcp", "--transport", "http", "--header", f"Authorization: Bearer {KEY}"]
STDIO = [os.environ["PYAIRTABLE_BIN"], "mcp", "--data-dir", os.environ["PYAIRTABLE_DATA_DIR"]]


def inspect(target, era, *extra):
    options = ["--format", "json", "--protocol-era", era, *extra]
    if target is STDIO:
        options += ["-e", f"PYAIRTABLE_API_KEY={KEY}"]
        command = [NODE, INSPECTOR, "--cli", *options, "--", *target]
    else:
        command = [NODE, INSPECTOR, "--cli", *target, *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    is_answer = done.stdout.strip().startswith("{")
    # A tool's own failure also ends the inspector with an error code, but with the answer printed.
    if not is_answer or (done.returncode != 0 and "tools/call" not in extra):
        sys.exit(f"inspector {era} {' '.join(extra)} ended with {done.returncode}:\n{done.stderr}{done.stdout}")
    answer = json.loads(done.stdout)
    return answer.get("result", answer)


def walk(era):
    async def list_tools():
        return inspect(HTTP, era, "--method", "tools/list", "--strict")["tools"]

    async def call_tool(name, arguments):
        call = ["--method", "tools/call", "--tool-name", name, "--tool-args-json", json.dumps(arguments)]
        answer = inspect(HTTP, era, *call)
        return answer.get("structuredContent"), answer["content"][0]["text"], answer.get("isError", False)

    return asyncio.run(call_all(list_tools, call_tool))


for era in ("legacy", "modern"):
    print(f"inspector {era} over http: {walk(era)} tools called, schemas strict: ok", flush=True)
    listed = inspect(STDIO, era, "--method", "tools/list", "--strict")["tools"]
    print(f"inspector {era} over stdio: {len(listed)} tools listed, schemas strict: ok", flush=True)

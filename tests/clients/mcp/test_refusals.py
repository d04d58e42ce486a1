"""What the MCP endpoint must refuse: hostile origins and hosts, and callers without a key."""

import os
import sys
from http.client import HTTPConnection
from json import dumps
from urllib.parse import urlsplit

URL = urlsplit(os.environ["PYAIRTABLE_URL"])
KEY = os.environ["PYAIRTABLE_KEY"]
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


def status(extra, key=KEY):
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"} | extra
    if key:
        headers["Authorization"] = f"Bearer {key}"
    connection = HTTPConnection(URL.hostname, URL.port, timeout=10)
    connection.request("POST", "/mcp", dumps(INITIALIZE), headers)
    found = connection.getresponse().status
    connection.close()
    return found


expected = {
    "own host": (200, status({})),
    "own origin": (200, status({"Origin": f"http://{URL.netloc}"})),
    "hostile origin": (403, status({"Origin": "https://evil.example"})),
    "null origin": (403, status({"Origin": "null"})),
    "hostile host": (403, status({"Host": "evil.example"})),
    "no key": (401, status({}, key=None)),
    "wrong key": (401, status({}, key="wrong")),
}
wrong = {name: pair for name, pair in expected.items() if pair[0] != pair[1]}
if wrong:
    sys.exit(f"wanted, got: {wrong}")
print(f"mcp refusals: {len(expected)} cases: ok")

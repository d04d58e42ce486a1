"""An instance of ours that is connected to a stand-in for Airtable, on the same machine."""

from contextlib import contextmanager

from instance import PASSWORD, Instance
from stand_in import StandIn

EMAIL = "owner@example.com"
UNLIMITED = "[limits]\nenabled = false\n"
# Where limits are off, our own pace shall not be the narrow place.
UNPACED = {"PYAIRTABLE__AIRTABLE__REQUESTS_PER_BASE": "1000", "PYAIRTABLE__AIRTABLE__REQUESTS_PER_ACCOUNT": "1000"}

# A tenth of all answers about tasks lost or refused, half of them after the effect.
LOSSES = """
[[faults]]
kind = "status"
status = 502
probability = 0.05
path = "/v0/app*/Tasks*"

[[faults]]
kind = "reset"
when = "after"
probability = 0.05
path = "/v0/app*/Tasks*"
"""


@contextmanager
def proxied(binary, plan, base, more=None):
    """The stand-in, our instance, and a key of ours; the stand-in's base is offered for writing."""
    with StandIn(binary, plan, base=base) as airtable:
        airtable.start()
        with Instance(binary, environment=reaching(airtable) | (more or {})) as instance:
            instance.add_user(EMAIL, "owner")
            key = instance.add_key(EMAIL)
            instance.start()
            connect(instance, airtable)
            yield airtable, instance, key


def reaching(airtable):
    """Settings with which an instance may call a stand-in on this machine."""
    return {
        "PYAIRTABLE__AIRTABLE__API_URL": airtable.url,
        "PYAIRTABLE__AIRTABLE__CONTENT_URL": airtable.url,
        "PYAIRTABLE__OUTBOUND__ALLOW_PRIVATE": "127.0.0.0/8",
        "PYAIRTABLE__OUTBOUND__ALLOW_HTTP": "127.0.0.1",
        "PYAIRTABLE__OUTBOUND__PORTS": f"443,{airtable.port}",
    }


def connect(instance, airtable):
    """Adds the connection, as the owner, and offers the base."""
    session = sign_in(instance)
    workspace = expect(instance.request("GET", "/api/workspaces", key=session))["items"][0]["id"]
    body = {"workspace_id": workspace, "name": "Stand-in", "token": airtable.token}
    expect(instance.request("POST", "/api/airtable/connections", body, key=session))
    offer(instance, airtable.base)


def offer(instance, base):
    """Offers one more base of the connection."""
    session = sign_in(instance)
    connection = expect(instance.request("GET", "/api/airtable/connections", key=session))["items"][0]["id"]
    path = f"/api/airtable/connections/{connection}/bases/{base}"
    expect(instance.request("PUT", path, {"access": "write"}, key=session))


def sign_in(instance):
    body = {"email": EMAIL, "password": PASSWORD}
    return expect(instance.request("POST", "/api/auth/login", body))["access_token"]


def expect(answer):
    """The body of an answer that says it was done."""
    status, _, body = answer
    assert status in (200, 201), body
    return body

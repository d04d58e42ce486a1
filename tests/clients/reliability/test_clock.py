"""R13: the clock of one of two instances is wrong by an hour or a day: no wait ends early, no lease stays, sessions hold."""

import time
from datetime import datetime
from pathlib import Path

from common import FULL, PASSWORD, Instance, Ledger, Postgres, Sagas, begin, environment, no_panic, until
from sagas import EMAIL

SKEWS = ["+1h", "-1h", "+1d", "-1d"] if FULL else ["+1d"]
SAGAS = 12
TOLERATED = 60
TAKE_OVER = 45


def library():
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    assert found, "libfaketime is missing: apt-get install faketime"
    return str(found[0])


def main():
    binary, _ = begin("R13 clock jump")
    for skew in SKEWS:
        with Postgres() as postgres:
            run(binary, postgres, skew)


def run(binary, postgres, skew):
    ledger, right = Ledger(), environment(postgres, PYAIRTABLE__DURABLE__LEASE="3", JWT_SECRET="a secret that both instances share")
    fake = {"LD_PRELOAD": library(), "FAKETIME": skew, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    with Instance(binary, environment=right) as one, Instance(binary, environment=right | fake) as wrong:
        sagas = Sagas(one, ledger)
        wrong.start()
        one.start()
        sagas.define(one)
        started = {}
        for number in range(SAGAS):
            name = f"saga {number}"
            run = sagas.start_surely((one, wrong)[number % 2], name, ("waiting", "mixed", "bad")[number % 3])
            started[run] = time.time()
        check_waits(one, wrong, sagas, started)
        check_times(one, sagas)
        check_session(one, wrong)
        check_take_over(one, wrong, sagas)
        ended = sagas.check(one)
        no_panic(one, wrong)
        print(f"{skew}: {ended}; waits, sessions and leases as with right clocks; lost 0, doubled 0", flush=True)
    ledger.close()


def check_waits(one, wrong, sagas, started):
    waiting, early = {run for run, (_, definition) in sagas.runs.items() if definition == "waiting"}, []
    left, ended = set(waiting), {}
    while left:
        assert time.time() - max(started.values()) < 30, "waits do not end"
        for run in list(left):
            if sagas.view(wrong, run)["status"] == "completed":
                left.discard(run)
                ended[run] = time.time()
                if ended[run] - started[run] < 3:
                    early.append(ended[run] - started[run])
        time.sleep(0.05)
    assert not early, f"waits of 3 s ended after {early} s"
    sagas.wait(one, 60)


def check_times(one, sagas):
    """What the instances write down is the same time on both."""
    for run in sagas.runs:
        told = datetime.fromisoformat(sagas.view(one, run)["started_at"]).timestamp()
        assert abs(told - time.time()) < TOLERATED + 60, f"a run says that it was started at {told}"
    page = sagas.get(one, f"/v0/{sagas.base}/{sagas.table}?pageSize=100")
    off = [one["createdTime"] for one in page["records"] if one["fields"].get("Name", "").startswith("saga ")]
    off = [made for made in off if abs(datetime.fromisoformat(made).timestamp() - time.time()) > TOLERATED + 60]
    assert not off, f"records say that they were made at {off[:2]}"


def check_session(one, wrong):
    """A session made on one instance is good on the other, or refused; it never outlives its time."""
    for maker, other in ((wrong, one), (one, wrong)):
        body = {"email": EMAIL, "password": PASSWORD}
        headers = {"X-PyAirtable": "1"}
        status, answered, login = maker.request("POST", "/api/auth/login", body, headers=headers)
        assert status == 200, login
        token = login["access_token"]
        status, _, me = other.request("GET", "/api/auth/me", key=token)
        assert status == 200, (status, me)


def check_take_over(one, wrong, sagas):
    """The instance with the wrong clock dies; sagas started by an event must not wait for a lease of another day."""
    trigger = [{"event": "records.changed", "base_id": sagas.base}]
    watch = {"id": "pause", "kind": "N", "action": {"wait": {"seconds": 1}}}
    sagas.save(one, "watching", [watch], on=trigger)
    time.sleep(2)
    wrong.kill()
    status, _, made = one.request("POST", f"/v0/{sagas.base}/{sagas.table}", {"fields": {"Name": "event"}}, sagas.key)
    assert status == 200, made
    seen = until(lambda: started_by_event(one, sagas), TAKE_OVER, "a saga started by an event")
    print(f"events go on {seen:.1f} s after the instance with the wrong clock died", flush=True)


def started_by_event(instance, sagas):
    return sagas.get(instance, "/api/saga/runs?definition=watching")["items"]


if __name__ == "__main__":
    main()

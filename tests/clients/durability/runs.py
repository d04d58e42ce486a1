"""Saga runs as their API shows them."""

import time

ENDED = {"completed", "compensated"}


def wait_for_all(instance, key, runs, seconds=300):
    """Waits until each run has ended as it is expected to: `runs` has a name and a state for each."""
    deadline = time.monotonic() + seconds
    left = set(runs)
    while left and time.monotonic() < deadline:
        for run in list(left):
            status, _, found = instance.request("GET", f"/api/saga/runs/{run}", key=key)
            assert status == 200, f"an acknowledged saga is lost: {found}"
            if found["status"] in ENDED:
                assert found["status"] == runs[run][1], found
                left.discard(run)
            assert found["status"] != "needs_attention", found
        time.sleep(0.05)
    assert not left, f"{len(left)} sagas do not end"

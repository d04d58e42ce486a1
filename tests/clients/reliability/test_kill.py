"""R1: kill -9 in sagas with all classes of effects, at every named point on SQLite, and at random on both databases."""

import http.client
import os
import time

from common import FULL, Instance, Ledger, Postgres, Sagas, begin, environment, no_panic, timed
from sagas import ENDED

POINTS = [
    "after_claim", "after_load", "before_intent", "after_intent", "after_effect", "after_result",
    "transition_in_transaction", "transition_before_commit", "transition_after_commit",
]
# Once more for a run whose answer was lost before, so that what became of it is being looked up.
AFTER_A_LOSS = ["after_effect", "after_result"]
VISITS = 3 if FULL else 1
KILLS = 200 if FULL else 15
SETTLED = 60
VARIABLE = "PYAIRTABLE_FAULT"
# One of the databases alone.
ONLY = os.environ.get("RELIABILITY_DATABASE")


def main():
    binary, chance = begin("R1 kill -9 in a saga")
    if ONLY in (None, "sqlite"):
        run(binary, chance, None)
    if ONLY in (None, "postgres"):
        with Postgres() as postgres:
            run(binary, chance, postgres)


def run(binary, chance, postgres):
    ledger = Ledger()
    with Instance(binary, environment=environment(postgres)) as instance:
        sagas = Sagas(instance, ledger)
        instance.start()
        sagas.define(instance)
        instance.kill()
        # On PostgreSQL each would wait for the lease of a step in flight, which is 35 s.
        if not postgres:
            points(instance, sagas)
        instance.environment = environment(postgres)
        random_kills(instance, sagas, chance, 5 if postgres else 3)
        ended = sagas.check(instance)
        no_panic(instance)
        where = "PostgreSQL" if postgres else "SQLite"
        print(f"{where}: {len(sagas.runs)} sagas {ended}, {sagas.unclear} with an unclear message; lost 0, doubled 0", flush=True)
    ledger.close()


def points(instance, sagas):
    hit = 0
    visits = [(point, False) for point in POINTS] + [(point, True) for point in AFTER_A_LOSS]
    for point, is_after_loss in visits:
        for visit in range(1, VISITS + 1):
            what = f"{point} after a loss" if is_after_loss else point
            names = [(f"saga {what} {visit} {definition}", definition) for definition in ("mixed", "bad")]
            if is_after_loss:
                die(instance, sagas, f"after_intent:{visit}", names)
                hit += die(instance, sagas, f"{point}:{visit}", [])
            else:
                hit += die(instance, sagas, f"{point}:{visit}", names)
            instance.start()
            for name, definition in names:
                sagas.start_surely(instance, name, definition)
            sagas.wait(instance, SETTLED)
            instance.kill()
    assert hit >= len(visits), f"only {hit} points were passed; was the binary built with fault-points?"
    print(f"{hit} kills at {len(POINTS)} named points", flush=True)


def die(instance, sagas, fault, names):
    """Starts the server with a point at which it ends; false when it did not come by."""
    instance.environment[VARIABLE] = fault
    try:
        instance.start()
        for name, definition in names:
            sagas.start(instance, name, definition)
        began = time.monotonic()
        while instance.process.poll() is None and time.monotonic() - began < 8 and not over(instance, sagas, len(names) or 2):
            time.sleep(0.05)
    except AssertionError:
        # It may end before it is ready.
        if instance.process.poll() is None:
            raise
    finally:
        del instance.environment[VARIABLE]
    came_by = instance.process.poll() is not None
    if came_by:
        instance.process = None
    else:
        instance.kill()
    return came_by


def over(instance, sagas, newest):
    """Whether the newest runs have ended, so that nothing will come by any more."""
    try:
        runs = list(sagas.runs)[-newest:]
        return all(sagas.view(instance, run)["status"] in ENDED for run in runs)
    except (OSError, http.client.HTTPException):
        return False


def random_kills(instance, sagas, chance, ready_within):
    slowest = 0.0
    for number in range(KILLS):
        took = timed(instance.start)
        slowest = max(slowest, took)
        for saga in range(2):
            sagas.start_surely(instance, f"saga {number}.{saga}", chance.choice(["mixed", "mixed", "bad"]))
        time.sleep(chance.uniform(0.001, 0.4))
        instance.kill()
    instance.start()
    settled = sagas.wait(instance, SETTLED, decides=True)
    assert slowest <= ready_within, f"a start took {slowest:.2f} s, {ready_within} s are allowed"
    print(f"{KILLS} random kills: slowest start {slowest:.2f} s, all ended {settled:.1f} s after the last, {sagas.decided} asked a person", flush=True)


if __name__ == "__main__":
    main()

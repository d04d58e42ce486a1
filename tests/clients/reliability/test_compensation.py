"""R4: a saga that fails at its fourth of five steps, killed at every point of its way back: all is as at the start."""

from common import FULL, Instance, Ledger, Sagas, begin, environment, no_panic
from test_kill import die

# The way there passes them too, so that the later visits of each are on the way back.
POINTS = ["after_intent", "after_effect", "after_result", "transition_before_commit", "transition_after_commit"]
MOST = 40


def main():
    binary, _ = begin("R4 kill -9 during compensation")
    ledger = Ledger()
    with Instance(binary, environment=environment()) as instance:
        sagas = Sagas(instance, ledger)
        instance.start()
        sagas.define(instance)
        before = sagas.names(instance)
        instance.kill()
        kills = sum(kill_at_every(instance, sagas, point) for point in POINTS)
        instance.start()
        ended = sagas.check(instance)
        assert set(ended) == {"compensated"}, ended
        assert sagas.names(instance) == before, "what was written is not taken back"
        no_panic(instance)
        print(f"{kills} kills, {len(sagas.runs)} sagas, all compensated, records and ledger as at the start")
    ledger.close()


def kill_at_every(instance, sagas, point):
    """One visit further each time, until the point is not passed any more."""
    stride = 1 if FULL else 3 if point.startswith("after") else 13
    kills = 0
    for visit in range(1, MOST, stride):
        name = f"saga {point} {visit}"
        came_by = die(instance, sagas, f"{point}:{visit}", [(name, "bad")])
        instance.start()
        sagas.start_surely(instance, name, "bad")
        sagas.wait(instance, 60)
        instance.kill()
        if not came_by:
            return kills
        kills += 1
    return kills


if __name__ == "__main__":
    main()

"""R6: PostgreSQL stops at once under load and comes back: refusals in words, nothing lost, no restart needed."""

import time

from common import FULL, stay_alive, survive, until

AWAY = 20 if FULL else 4
ROUNDS = 3 if FULL else 1


def stop(instance, postgres):
    broken = time.monotonic()
    postgres.stop("immediate")
    until(lambda: not instance._is_ready(), 2, "not ready without its database")
    stay_alive(instance, AWAY)
    postgres.start()
    healed = time.monotonic()
    ready = until(instance._is_ready, 3, "ready after PostgreSQL came back")
    return broken, healed, ready, 2.0


if __name__ == "__main__":
    survive("R6 PostgreSQL hard stop", ROUNDS, stop)

"""R7: PostgreSQL keeps its sockets open and answers nothing: requests end, liveness stays, recovery is at once."""

import time

from common import FULL, stay_alive, survive, until

HANGS = 30 if FULL else 6
ROUNDS = 3 if FULL else 1


def hang(instance, postgres):
    broken = time.monotonic()
    postgres.hang()
    stay_alive(instance, HANGS)
    assert not instance._is_ready(), "it says that it is ready while its database answers nothing"
    healed = time.monotonic()
    postgres.resume()
    ready = until(instance._is_ready, 3, "ready after PostgreSQL went on")
    return broken, healed, ready, 5.0


if __name__ == "__main__":
    survive("R7 PostgreSQL hang", ROUNDS, hang)

"""R8: Redis stops, hangs and forgets everything while two instances share it: sagas and limits go on."""

import threading
import time

from common import FULL, Instance, Ledger, Postgres, Redis, Sagas, begin, environment, no_panic

SAGAS = 60 if FULL else 15
LIMIT = 30
LASTS = 20 if FULL else 4


def main():
    binary, _ = begin("R8 Redis lost")
    with Postgres() as postgres, Redis() as redis:
        ledger = Ledger()
        both = environment(postgres, redis, PYAIRTABLE__LIMITS__ANONYMOUS_PER_MINUTE=str(LIMIT), PYAIRTABLE__DURABLE__LEASE="3")
        with Instance(binary, environment=both) as one, Instance(binary, environment=both) as other:
            one.start()
            other.start()
            sagas = Sagas(one, ledger)
            sagas.define(one)
            for name, lose, find in (
                ("stop", redis.stop, redis.start),
                ("hang", redis.hang, redis.resume),
                ("wipe", lambda: redis.ask("flushall"), lambda: redis.ask("flushall")),
            ):
                broken(name, (lose, find), (one, other), sagas, redis)
            ended = sagas.check(other)
            no_panic(one, other)
            print(f"sagas: {ended}; lost 0, doubled 0")
        ledger.close()


def broken(name, change, instances, sagas, redis):
    lose, find = change
    numbers = iter(range(SAGAS))
    lock = threading.Lock()

    def start_some(instance):
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            sagas.start_surely(instance, f"saga {name} {number}", "waiting" if number % 5 == 0 else "mixed" if number % 2 else "bad")
            time.sleep(LASTS / SAGAS)

    starters = [threading.Thread(target=start_some, args=(instance,)) for instance in instances]
    for starter in starters:
        starter.start()
    time.sleep(0.3)
    lose()
    for starter in starters:
        starter.join()
    passed = 0
    for instance in instances:
        status, _, health = instance.request("GET", "/health/ready", timeout=5)
        assert status == 200, health
        passed += count_passed(instance)
    assert 0 < passed <= len(instances) * LIMIT, f"{passed} requests passed a limit of {LIMIT} on {len(instances)} instances"
    status, _, health = instances[0].request("GET", "/health", timeout=5)
    assert status == 200, health
    wanted = "ok" if name == "wipe" else "degraded"
    assert health["status"] == wanted, health
    find()
    settled = sagas.wait(instances[1], 60)
    print(f"{name}: {passed} of {len(instances)} × {LIMIT} passed the limit, health {wanted}, all ended {settled:.1f} s later", flush=True)


def count_passed(instance):
    answers = [instance.request("GET", "/api/health", timeout=10)[0] for _ in range(2 * LIMIT)]
    assert set(answers) <= {200, 429}, set(answers)
    return answers.count(200)


if __name__ == "__main__":
    main()

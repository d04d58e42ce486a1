"""Computed fields over links: writers in all tables, kill -9 at random; every value is what a fresh computation gives."""

import time

from common import FULL, Instance, Postgres, begin, environment, no_panic, timed
from shop import Shop

KILLS = 40 if FULL else 3
WRITERS = 3


def main():
    binary, chance = begin("computed fields under kill -9")
    with Instance(binary, environment=environment()) as instance:
        run(chance, "SQLite", instance)
    with Postgres() as postgres:
        with Instance(binary, environment=environment(postgres)) as instance:
            run(chance, "PostgreSQL", instance)
        postgres.value('CREATE DATABASE "both"')
        both = environment(postgres, DATABASE_URL=postgres.url.removesuffix("postgres") + "both")
        with Instance(binary, environment=both) as one, Instance(binary, environment=both) as other:
            run(chance, "two instances on PostgreSQL", one, other)


def run(chance, where, *instances):
    """Kills one of them in the middle of writes, again and again; before that it looks at values that were kept through writes."""
    slowest, warm, cold = 0.0, 0, 0
    for instance in instances:
        instance.start()
    shop = Shop(instances[0], chance.random())
    for number in range(KILLS):
        warm += write(shop, chance, instances, 0.4)
        victim = chance.choice(instances)
        write(shop, chance, instances, chance.uniform(0.01, 0.5), victim)
        slowest = max(slowest, timed(victim.start))
        cold += shop.check(*instances)
    no_panic(*instances)
    print(
        f"{where}: {KILLS} kills, {shop.acknowledged} changes acknowledged, {warm} values compared as they were kept and {cold} after "
        f"a start; wrong 0, lost 0, doubled 0; slowest start {slowest:.2f} s",
        flush=True,
    )


def write(shop, chance, instances, seconds, victim=None):
    """Writers on all instances for so long; then one is killed among them, or all stop and what is shown is checked."""
    writers = [shop.writer(instance) for instance in instances for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    time.sleep(seconds)
    if victim:
        victim.kill()
    for writer in writers:
        writer.stop()
    return 0 if victim else shop.check(*instances)


if __name__ == "__main__":
    main()

"""Databases of their own in a PostgreSQL, so that tests leave nothing behind in the one they were given."""

import os
import subprocess
import urllib.parse
import uuid
from contextlib import contextmanager


@contextmanager
def own_database(url):
    """The URL of a new one, which is gone afterwards."""
    name = f"pyairtable_clients_{uuid.uuid4().hex[:12]}"
    subprocess.run(["psql", "-q", url, "-c", f'CREATE DATABASE "{name}"'], check=True)
    try:
        yield urllib.parse.urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        subprocess.run(["psql", "-q", url, "-c", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'], check=True)


def sharing(url):
    """Settings with which several instances work on one database, and on one Redis where there is one."""
    redis = os.environ.get("TEST_REDIS_URL")
    return {"DATABASE_URL": url, "PYAIRTABLE__SECURITY__KEY": "5e" * 32} | ({"REDIS_URL": redis} if redis else {})

"""The places of whoever sweeps a PostgreSQL store, or changes its tables: advisory locks, which fall with the session.

They want a connection of their own to the server: PgBouncer's transaction mode does not do here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

_KEY = {"key": 0x6475_6261_6E01}
_MIGRATING = {"key": 0x6475_6261_6E04}
#: Seconds until the tables are asked for again: whoever waited inside a statement would keep an index from being made.
_ASKED_AGAIN = 0.2
#: A machine that is gone, not only its process, is noticed within half a minute, and its lock falls.
_NOTICED = ("tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3")


@contextmanager
def held(engine: Engine) -> Iterator[None]:
    """Wait until nobody else has it, then hold it."""
    with _session(engine) as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), _KEY)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), _KEY)


@contextmanager
def held_if_free(engine: Engine) -> Iterator[bool]:
    """Hold it when nobody else does; whether it is held, without waiting."""
    with _session(engine) as connection:
        found = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), _KEY).scalar())
        try:
            yield found
        finally:
            if found:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), _KEY)


@contextmanager
def migrating(engine: Engine) -> Iterator[None]:
    """Hold the place of whoever changes the tables, outside any transaction: an index made online waits for those."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        while not guard.execute(text("SELECT pg_try_advisory_lock(:key)"), _MIGRATING).scalar():
            time.sleep(_ASKED_AGAIN)
        try:
            yield
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:key)"), _MIGRATING)


@contextmanager
def _session(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in _NOTICED:
            connection.execute(text(f"SET {setting}"))
        yield connection

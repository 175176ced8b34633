"""A store as a province has it: programmes of 5,000 submissions in every state, with requests, messages and attempts.

Filled by the drivers' own bulk ways from one set of rows, so that a million stand there within minutes; histories
are as long as in life and not chained, since no list reads their hashes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from sqlalchemy import text

from bench import spread_rows
from bench.fates import UNITS
from bench.spread_rows import EACH, Row, Spread
from documents import rosters
from workflow import library, posts
from workflow.acts import Act
from workflow.launch import launch
from workflow.links import LinkMaker
from workflow.store import Store
from workflow.tables import Meta

Table = tuple[str, Sequence[str], Callable[[], Iterator[Row]]]


@dataclass(frozen=True)
class Filled:
    """What stands in the store: the key of one programme in its middle, a unit and a leader in it."""

    programme: str
    unit: str
    leader: str
    submission: int


def fill(opened: Store, url: str, submissions: int, *, now: datetime, links: LinkMaker) -> Filled:
    """Launch Ordos for real, then add whole programmes until there are about ``submissions``."""
    launched = datetime(now.year - 1, 12, 31, 8, 30, tzinfo=UTC)
    with opened.write() as session:
        posts.import_roster(session, rosters.read(spread_rows.ROSTER))
        pinned = library.load(spread_rows.DEFINITION)
        launch(Act(session, launched, links), pinned, now.year)
        # The first anchor of so many histories is another matter than lists.
        session.merge(Meta(key="anchored", value=(now + timedelta(days=1)).date().isoformat()))
        first = {
            name: int(session.execute(text(f"SELECT coalesce(max(id), 0) FROM {name}")).scalar_one())
            for name in spread_rows.NUMBERED
        }
    programmes = max(submissions // EACH, 1)
    made = Spread(programmes, first, now, pinned.version, pinned.text, postgresql=opened.dialect == "postgresql")
    if opened.dialect == "postgresql":
        _copy(url, made)
    else:
        _insert(url, made)
    middle = programmes // 2
    return Filled(
        made.key(middle), made.unit(middle, UNITS // 2), made.leader(middle, 0), made.submission(middle, 0, 0)
    )


def _insert(url: str, made: Spread) -> None:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        for name, columns, rows in made.tables():
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", rows())
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _copy(url: str, made: Spread) -> None:
    with psycopg.connect(url) as connection:
        for name, columns, rows in made.tables():
            with connection.cursor().copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows():
                    copy.write_row(row)
        for name in spread_rows.NUMBERED:
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")

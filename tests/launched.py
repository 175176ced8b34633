"""Launched worlds, copied from one that is built once per kind of database and worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.patterns import Patterns
from tests.workflow import chained
from tests.workflow.chained import Chain
from tests.workflow.world import World


def ordos(url: str) -> None:
    """Ordos 2022 launched at 2021-12-31 08:30."""
    World.launched(url).close()


def followed(url: str) -> None:
    """The programme of follow-ups launched at 2022-03-01 09:00."""
    chained.launched(url).close()


@pytest.fixture
def sqlite_launched_url(patterns: Patterns) -> Iterator[str]:
    """Ordos 2022 launched at 2021-12-31 08:30, on SQLite."""
    with patterns.copy("sqlite", ordos) as url:
        yield url


@pytest.fixture
def other_sqlite_launched_url(patterns: Patterns) -> Iterator[str]:
    """A second copy, to compare with."""
    with patterns.copy("sqlite", ordos) as url:
        yield url


@pytest.fixture
def postgresql_launched_url(patterns: Patterns) -> Iterator[str]:
    """The same on PostgreSQL."""
    with patterns.copy("postgresql", ordos) as url:
        yield url


@pytest.fixture
def launched_url(patterns: Patterns, database_kind: str) -> Iterator[str]:
    """Ordos 2022 launched at 2021-12-31 08:30, on each kind of database in turn."""
    with patterns.copy(database_kind, ordos) as url:
        yield url


@pytest.fixture
def other_launched_url(patterns: Patterns, database_kind: str) -> Iterator[str]:
    """A second copy of the same, on the same kind of database."""
    with patterns.copy(database_kind, ordos) as url:
        yield url


@pytest.fixture
def world(launched_url: str) -> Iterator[World]:
    """The same, opened to act in."""
    with closing(World.opened(launched_url)) as opened:
        yield opened


@pytest.fixture
def sqlite_world(sqlite_launched_url: str) -> Iterator[World]:
    """The same on SQLite alone, where the database does not matter."""
    with closing(World.opened(sqlite_launched_url)) as opened:
        yield opened


@pytest.fixture
def chained_url(patterns: Patterns, database_kind: str) -> Iterator[str]:
    """The programme of follow-ups, on each kind of database in turn."""
    with patterns.copy(database_kind, followed) as url:
        yield url


@pytest.fixture
def chain(chained_url: str) -> Iterator[Chain]:
    """The programme of follow-ups to let things happen in, on each kind of database in turn."""
    with closing(World.opened(chained_url, chained.KEY)) as opened:
        yield Chain(opened)


@pytest.fixture
def sqlite_chain(patterns: Patterns) -> Iterator[Chain]:
    """The same on SQLite alone, where the database does not matter."""
    with patterns.copy("sqlite", followed) as url, closing(World.opened(url, chained.KEY)) as opened:
        yield Chain(opened)

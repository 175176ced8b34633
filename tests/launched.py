"""Launched worlds, copied from one that is built once per kind of database and worker."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from tests.databases import Server
from tests.workflow import chained
from tests.workflow.chained import Chain
from tests.workflow.world import World

LAUNCHED = "duban_launched"
CHAINED = "duban_chained"
NUMBERS = count(1)


@pytest.fixture(scope="session")
def launched_file(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with Ordos 2022 launched at 2021-12-31 08:30, the pattern of each test's own."""
    path = tmp_path_factory.mktemp("launched") / "duban.db"
    shutil.copyfile(template_file, path)
    with closing(World.launched(f"sqlite:///{path}")):
        return path


@pytest.fixture(scope="session")
def launched_database(postgresql_server: Server, template_url: str) -> str:
    """The name of a PostgreSQL database with the same in it."""
    with closing(World.launched(postgresql_server.create(LAUNCHED, template=name_of(template_url)))):
        return LAUNCHED


@pytest.fixture
def sqlite_launched_url(launched_file: Path, tmp_path: Path) -> str:
    """A copy of the launched SQLite file."""
    return f"sqlite:///{shutil.copyfile(launched_file, tmp_path / 'launched.db')}"


@pytest.fixture
def other_sqlite_launched_url(launched_file: Path, tmp_path: Path) -> str:
    """A second copy, to compare with."""
    return f"sqlite:///{shutil.copyfile(launched_file, tmp_path / 'other.db')}"


def name_of(url: str) -> str:
    """The name of the database at a URL."""
    return url.partition("@/")[2].partition("?")[0]


def copied(server: Server, database: str) -> Iterator[str]:
    """A copy of a database, dropped at the end."""
    name = f"launched_{next(NUMBERS)}"
    yield server.create(name, template=database)
    server.drop(name)


@pytest.fixture
def postgresql_launched_url(postgresql_server: Server, launched_database: str) -> Iterator[str]:
    """A copy of the launched PostgreSQL database."""
    yield from copied(postgresql_server, launched_database)


@pytest.fixture
def other_postgresql_launched_url(postgresql_server: Server, launched_database: str) -> Iterator[str]:
    """A second copy, to compare with."""
    yield from copied(postgresql_server, launched_database)


@pytest.fixture
def launched_url(request: pytest.FixtureRequest, database_kind: str) -> str:
    """Ordos 2022 launched at 2021-12-31 08:30, on each kind of database in turn."""
    return str(request.getfixturevalue(f"{database_kind}_launched_url"))


@pytest.fixture
def other_launched_url(request: pytest.FixtureRequest, database_kind: str) -> str:
    """A second copy of the same, on the same kind of database."""
    return str(request.getfixturevalue(f"other_{database_kind}_launched_url"))


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


@pytest.fixture(scope="session")
def chained_file(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the programme of follow-ups launched at 2022-03-01 09:00."""
    path = tmp_path_factory.mktemp("chained") / "duban.db"
    shutil.copyfile(template_file, path)
    with closing(chained.launched(f"sqlite:///{path}")):
        return path


@pytest.fixture(scope="session")
def chained_database(postgresql_server: Server, template_url: str) -> str:
    """The name of a PostgreSQL database with the same in it."""
    with closing(chained.launched(postgresql_server.create(CHAINED, template=name_of(template_url)))):
        return CHAINED


@pytest.fixture
def sqlite_chained_url(chained_file: Path, tmp_path: Path) -> str:
    """A copy of the SQLite file of follow-ups."""
    return f"sqlite:///{shutil.copyfile(chained_file, tmp_path / 'chained.db')}"


@pytest.fixture
def postgresql_chained_url(postgresql_server: Server, chained_database: str) -> Iterator[str]:
    """A copy of the PostgreSQL database of follow-ups."""
    yield from copied(postgresql_server, chained_database)


@pytest.fixture
def chain(request: pytest.FixtureRequest, database_kind: str) -> Iterator[Chain]:
    """The programme of follow-ups to let things happen in, on each kind of database in turn."""
    url = str(request.getfixturevalue(f"{database_kind}_chained_url"))
    with closing(World.opened(url, chained.KEY)) as opened:
        yield Chain(opened)


@pytest.fixture
def sqlite_chain(sqlite_chained_url: str) -> Iterator[Chain]:
    """The same on SQLite alone, where the database does not matter."""
    with closing(World.opened(sqlite_chained_url, chained.KEY)) as opened:
        yield Chain(opened)

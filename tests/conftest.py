"""What every test may ask for: a fresh database of each kind, Chromium, and no network but loopback."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from tests import databases, network
from tests.patterns import Patterns

#: Launched worlds for every folder; tests of the pure modules never load what they need.
pytest_plugins = ["tests.launched"]

NUMBERS = count(1)


@pytest.fixture(scope="session", autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    with network.only_loopback():
        yield


@pytest.fixture(scope="session")
def migrate() -> Callable[[str], None]:
    """Brings the database at a URL to today's tables and lets go of it."""

    def run(url: str) -> None:
        # Imported here: the tests of the pure modules load no tables.
        from workflow.store import Store

        with closing(Store.open(url)) as store:
            store.migrate()

    return run


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[databases.Server]:
    """One server for this worker, started when the first test asks."""
    programs = databases.binaries()
    assert programs is not None, "such tests are left out of the collection"
    with databases.running_server(programs, folder=databases.in_memory()) as server:
        yield server


@pytest.fixture(scope="session")
def template_database(postgresql_server: databases.Server, migrate: Callable[[str], None]) -> str:
    """The name of a migrated PostgreSQL database, which each test's own is copied from."""
    migrate(postgresql_server.create("duban_template"))
    return "duban_template"


@pytest.fixture(scope="session")
def template_file(tmp_path_factory: pytest.TempPathFactory, migrate: Callable[[str], None]) -> Path:
    """A migrated SQLite file, likewise."""
    path = tmp_path_factory.mktemp("template") / "duban.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def blank_postgresql_url(postgresql_server: databases.Server) -> Iterator[str]:
    """PostgreSQL without a single table."""
    name = f"blank_{next(NUMBERS)}"
    yield postgresql_server.create(name)
    postgresql_server.drop(name)


@pytest.fixture
def postgresql_url(postgresql_server: databases.Server, template_database: str) -> Iterator[str]:
    """PostgreSQL with today's tables and no row."""
    name = f"fresh_{next(NUMBERS)}"
    yield postgresql_server.create(name, template=template_database)
    postgresql_server.drop(name)


@pytest.fixture
def blank_sqlite_url(tmp_path: Path) -> str:
    """SQLite without a single table; the file is made by who opens it."""
    return f"sqlite:///{tmp_path / 'duban.db'}"


@pytest.fixture
def sqlite_url(blank_sqlite_url: str, template_file: Path) -> str:
    """SQLite with today's tables and no row."""
    shutil.copyfile(template_file, blank_sqlite_url.removeprefix("sqlite:///"))
    return blank_sqlite_url


@pytest.fixture(scope="session")
def patterns(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Patterns:
    """Stores that are built once and copied for each test."""
    return Patterns(request, tmp_path_factory.mktemp("patterns"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Asking for it, or for a URL built on it, runs the test once on each database."""
    return str(request.param)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str) -> str:
    """A fresh database with today's tables and no row, of each kind in turn."""
    return str(request.getfixturevalue(f"{database_kind}_url"))


@pytest.fixture
def blank_database_url(request: pytest.FixtureRequest, database_kind: str) -> str:
    """A fresh database without a single table, of each kind in turn: for the migrations themselves."""
    return str(request.getfixturevalue(f"blank_{database_kind}_url"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium, for Playwright's `executable_path`."""
    path = _chromium()
    assert path is not None, "such tests are left out of the collection"
    return path


def pytest_configure() -> None:
    """The files of the tests lie in memory where there is room; an address of one's own goes first."""
    memory = databases.in_memory()
    if memory is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this machine cannot run; the summary says so."""
    missing = _missing()
    left_out = [item for item in items if not missing.isdisjoint(_needs(item))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line, which the continuous integration takes for a failure."""
    if missing := _missing():
        terminalreporter.write_line(f"could not run: the tests that need {' and '.join(sorted(missing))}")


def _needs(item: pytest.Item) -> Iterator[str]:
    fixtures = getattr(item, "fixturenames", ())
    variant = getattr(item, "callspec", None)
    if "chromium" in fixtures:
        yield "Chromium"
    if "postgresql_server" in fixtures or (variant and variant.params.get("database_kind") == "postgresql"):
        yield "PostgreSQL"


def _missing() -> set[str]:
    there = {"Chromium": _chromium(), "PostgreSQL": databases.binaries()}
    return {name for name, path in there.items() if path is None}


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)

"""Fixtures of the web tests: a launched world behind the application."""

from contextlib import closing

import pytest

from tests.databases import Server
from tests.web.browsing import Office
from tests.web.client import House
from tests.workflow.conftest import (  # noqa: F401 – fixtures are found by their names here
    launched_file,
    launched_url,
    postgresql_launched_url,
    sqlite_launched_url,
    sqlite_world,
    world,
)
from tests.workflow.world import World

LAUNCHED = "duban_launched_for_web"


@pytest.fixture(scope="session")
def launched_database(postgresql_server: Server, template_url: str) -> str:
    """As in the workflow's tests, under a name of its own: each folder keeps its own pattern."""
    template = template_url.partition("@/")[2].partition("?")[0]
    with closing(World.launched(postgresql_server.create(LAUNCHED, template=template))):
        return LAUNCHED


@pytest.fixture
def house(world: World) -> House:  # noqa: F811
    """The service in rehearsal, on each kind of database in turn."""
    return House(world)


@pytest.fixture
def sqlite_house(sqlite_world: World) -> House:  # noqa: F811
    """The same on SQLite alone, where the database does not matter."""
    return House(sqlite_world)


@pytest.fixture
def office(world: World) -> Office:  # noqa: F811
    """The service with its pages, in rehearsal, on each kind of database in turn."""
    return Office(world)


@pytest.fixture
def sqlite_office(sqlite_world: World) -> Office:  # noqa: F811
    """The same on SQLite alone, where the database does not matter."""
    return Office(sqlite_world)

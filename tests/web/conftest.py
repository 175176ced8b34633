"""Fixtures of the web tests: a launched world behind the application."""

import pytest

from tests.web.browsing import Office
from tests.web.client import House
from tests.workflow.world import World


@pytest.fixture
def house(world: World) -> House:
    """The service in rehearsal, on each kind of database in turn."""
    return House(world)


@pytest.fixture
def sqlite_house(sqlite_world: World) -> House:
    """The same on SQLite alone, where the database does not matter."""
    return House(sqlite_world)


@pytest.fixture
def office(world: World) -> Office:
    """The service with its pages, in rehearsal, on each kind of database in turn."""
    return Office(world)


@pytest.fixture
def sqlite_office(sqlite_world: World) -> Office:
    """The same on SQLite alone, where the database does not matter."""
    return Office(sqlite_world)

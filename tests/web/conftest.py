"""Fixtures of the web tests: a launched world behind the application."""

import pytest

from tests.web.client import House
from tests.workflow.conftest import (  # noqa: F401 – fixtures are found by their names here
    launched_database,
    launched_file,
    launched_url,
    postgresql_launched_url,
    sqlite_launched_url,
    sqlite_world,
    world,
)
from tests.workflow.world import World


@pytest.fixture
def house(world: World) -> House:  # noqa: F811
    """The service in rehearsal, on each kind of database in turn."""
    return House(world)


@pytest.fixture
def sqlite_house(sqlite_world: World) -> House:  # noqa: F811
    """The same on SQLite alone, where the database does not matter."""
    return House(sqlite_world)

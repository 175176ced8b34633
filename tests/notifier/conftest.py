"""The launched worlds of the workflow's tests, and a post office over one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from tests.databases import Server
from tests.notifier.post_office import PostOffice
from tests.workflow.conftest import (
    launched_file,
    launched_url,
    postgresql_launched_url,
    sqlite_launched_url,
    sqlite_world,
    world,
)
from tests.workflow.world import World

__all__ = [
    "launched_file",
    "launched_url",
    "postgresql_launched_url",
    "sqlite_launched_url",
    "sqlite_world",
    "world",
]

LAUNCHED = "duban_launched_to_notify"


@pytest.fixture(scope="session")
def launched_database(postgresql_server: Server, template_url: str) -> str:
    """As in the workflow's tests, under a name of its own: each folder keeps its own pattern."""
    template = template_url.partition("@/")[2].partition("?")[0]
    with closing(World.launched(postgresql_server.create(LAUNCHED, template=template))):
        return LAUNCHED


@pytest.fixture
def opened() -> Iterator[Callable[..., PostOffice]]:
    """Opens post offices and closes them after the test."""
    with ExitStack() as stack:

        def open_(world: World, **given: Any) -> PostOffice:
            return stack.enter_context(PostOffice.opened(world, **given))

        yield open_


@pytest.fixture
def office(world: World, opened: Callable[..., PostOffice]) -> PostOffice:
    """A live one that sends by mail alone."""
    return opened(world)

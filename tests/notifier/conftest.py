"""A post office over a launched world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.notifier.post_office import PostOffice
from tests.workflow.world import World


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

"""What counts as a jump of the machine's clock. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workflow.jumps import Jump, Reading, between, read_clocks

NOON = datetime(2022, 1, 5, 4, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def later(wall: timedelta, steady: timedelta) -> Jump | None:
    """What is made of the two clocks' steps between two readings."""
    begun = timedelta(days=3)
    return between(Reading(NOON, begun), Reading(NOON + wall, begun + steady))


@pytest.mark.parametrize(
    ("wall", "steady"),
    [
        (5 * SECOND, 5 * SECOND),
        (5 * MINUTE, timedelta(0)),
        (5 * MINUTE + 5 * SECOND, 5 * SECOND),
        (-5 * MINUTE, timedelta(0)),
        # A sweep that took long, a machine that slept: both clocks went on.
        (9 * HOUR, 9 * HOUR),
        (9 * HOUR + 4 * MINUTE, 9 * HOUR),
    ],
)
def test_time_that_really_went_by_is_no_jump(wall: timedelta, steady: timedelta) -> None:
    assert later(wall, steady) is None


@pytest.mark.parametrize(
    ("wall", "steady", "ahead"),
    [
        (5 * MINUTE + SECOND, timedelta(0), 5 * MINUTE + SECOND),
        (2 * HOUR, 5 * SECOND, 2 * HOUR - 5 * SECOND),
        (timedelta(days=365), 5 * SECOND, timedelta(days=365) - 5 * SECOND),
        (-2 * HOUR, 5 * SECOND, -2 * HOUR - 5 * SECOND),
        # A clock that stood still while half an hour went by has been set back by as much.
        (timedelta(0), 30 * MINUTE, -30 * MINUTE),
    ],
)
def test_what_nobody_lived_through_is_a_jump(wall: timedelta, steady: timedelta, ahead: timedelta) -> None:
    jump = later(wall, steady)
    assert jump is not None and jump.ahead == ahead


def test_a_jump_is_kept_as_it_was() -> None:
    jump = Jump(NOON, NOON + HOUR, 5 * SECOND)
    assert Jump.read(jump.written()) == jump


def test_the_machines_own_clocks_do_not_jump() -> None:
    first, second = read_clocks(), read_clocks()
    assert between(first, second) is None and second.steady >= first.steady

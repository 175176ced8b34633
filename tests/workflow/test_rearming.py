"""A late submission given back to its unit is chased again: its ladder does not fall silent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.workflow.world import World, local
from workflow import submissions
from workflow.acts import Act
from workflow.tables import Submission

MORNING = local("2022-01-04 10:00")
MONDAY = local("2022-01-10 10:00")
LADDER_AGAIN = [("escalation", local("2022-01-11 09:00")), ("escalation", local("2022-01-13 09:00"))]


def told(world: World, unit: str) -> list[tuple[str, object]]:
    """Kind and instant of what was said of a unit's overdue after the return."""
    letters = [one for one in world.letters() if unit in one.units and one.ready > MONDAY and one.kind != "notice"]
    return sorted({(one.kind, one.ready) for one in letters}, key=lambda one: str(one[1]))


def test_a_return_after_the_last_rung_counts_the_ladder_from_that_day(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    world.advance(MONDAY)
    [request] = world.open_requests("KJJ")
    world.decide(request, "return", now=MONDAY)
    world.advance(local("2022-01-20 10:00"))
    assert told(world, "KJJ") == LADDER_AGAIN
    assert told(world, "JYTYJ") == [], "a unit that was never asked to sign anything new hears nothing twice"
    row = world.submission("KJJ")
    assert (row.standing, row.light, row.due_date.isoformat()) == ("overdue-draft", "red", "2022-01-04")


@pytest.mark.parametrize(
    "give_back",
    [
        lambda act, number: submissions.return_filing(act, number, comment="数值有误"),
        lambda act, number: submissions.reopen(act, number, comment="补充材料"),
    ],
)
def test_so_does_a_late_filing_that_the_office_gives_back(
    world: World, give_back: Callable[[Act, int], Submission]
) -> None:
    world.hand_in("KJJ", now=MORNING)
    world.advance(MONDAY)
    world.sign("KJJ", now=MONDAY)
    with world.act(MONDAY) as act:
        give_back(act, world.id_of("KJJ"))
    world.advance(local("2022-01-20 10:00"))
    assert told(world, "KJJ") == LADDER_AGAIN


def test_a_return_while_rungs_are_ahead_keeps_its_deadline(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    world.advance(local("2022-01-05 10:00"))
    before = world.submission("KJJ").deadline_id
    [request] = world.open_requests("KJJ")
    world.decide(request, "return", now=local("2022-01-05 10:00"))
    assert world.submission("KJJ").deadline_id == before

"""Leaders' load: who has how much waiting beside how fast they sign."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.statements import noted
from tests.workflow.world import LAUNCH, World, local
from workflow import approvers
from workflow.approvers import Pace, TurnAround

LEADER = "fsz-jiaoyu"


def paces(world: World, text: str) -> dict[str, Pace]:
    with world.look(local(text)) as act:
        return {one.person: one for one in approvers.paces(act)}


@pytest.mark.parametrize(
    ("counts", "middle"), [({5: 1}, 5), ({1: 1, 9: 1}, 1), ({0: 3, 10: 1}, 0), ({3: 1, 4: 2, 100: 2}, 4)], ids=str
)
def test_half_of_the_values_are_not_above_the_median(counts: dict[int, int], middle: int) -> None:
    assert approvers.median(counts) == middle
    with pytest.raises(ValueError, match="nothing"):
        approvers.median({})


def test_load_and_pace_of_a_leader_stand_together(world: World) -> None:
    for hours, unit in ((3, "JYTYJ"), (49, "WJW")):
        world.hand_in(unit, now=LAUNCH)
        world.sign(unit, now=LAUNCH + timedelta(hours=hours))
    idle = paces(world, "2022-01-04 09:00")[LEADER]
    assert (idle.load, idle.place, idle.turn_around) == (None, 0, TurnAround(2, 3))
    world.file("JYTYJ", "research-trip", now=local("2022-01-04 09:30"))
    world.hand_in("JYTYJ", "work-plan", now=local("2022-01-04 10:00"))
    world.hand_in("FGW", now=local("2022-01-04 10:00"))
    found = paces(world, "2022-01-05 09:00")
    busy = found[LEADER]
    assert busy.load is not None and (busy.load.waiting, busy.turn_around) == (1, TurnAround(2, 3))
    assert [one.place for one in found.values()] == [1, 2]


def test_what_was_decided_long_ago_tells_nothing_of_the_pace(sqlite_world: World) -> None:
    sqlite_world.hand_in("JYTYJ", now=LAUNCH)
    sqlite_world.sign("JYTYJ", now=LAUNCH + timedelta(hours=2, minutes=59))
    assert paces(sqlite_world, "2022-03-30 09:00")[LEADER].turn_around == TurnAround(1, 2)
    assert paces(sqlite_world, "2022-04-02 09:00") == {}


def test_loads_cost_the_same_few_queries_for_many_as_for_few(sqlite_world: World) -> None:
    sqlite_world.hand_in("JYTYJ", now=LAUNCH)
    paces(sqlite_world, "2022-01-01 09:00")
    with noted() as few:
        paces(sqlite_world, "2022-01-01 09:00")
    for unit in ("WJW", "FGW", "KJJ"):
        sqlite_world.hand_in(unit, now=LAUNCH)
    with noted() as many:
        paces(sqlite_world, "2022-01-01 09:00")
    assert len(many) == len(few) <= 6

"""Sign-offs of several steps, and of several approvers in one step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.workflow.small import small, small_roster
from tests.workflow.world import World, local
from workflow import links, posts
from workflow.refusals import LinkUnknown, NoApprover
from workflow.roster import Roster
from workflow.signing import Choice
from workflow.tables import SignOff

MARCH = local("2022-03-01 10:00")


@contextmanager
def small_world(url: str, sign_off: str, *, units: int = 1, leaders: int = 3) -> Iterator[World]:
    pinned = small(sign_off=sign_off)
    with closing(World.launched(url, now=MARCH, pinned=pinned, roster=small_roster(units=units, leaders=leaders))) as w:
        yield w


def token_of(world: World, request: SignOff) -> str:
    with world.act(MARCH) as act:
        return world.links.token(world.links.for_sign_off(act.session, request, MARCH))


#: How many of three must agree, who decides in turn, and where that leads.
STEPS = [
    ("all", ["approve", "approve"], "pending"),
    ("all", ["approve", "approve", "approve"], "filed"),
    ("all", ["approve", "return"], "draft"),
    ("any", ["approve"], "filed"),
    ("any", ["return"], "draft"),
    ("2", ["approve"], "pending"),
    ("2", ["approve", "approve"], "filed"),
    ("5", ["approve", "approve", "approve"], "filed"),
]  # fmt: skip


@pytest.mark.parametrize(("need", "choices", "state"), STEPS)
def test_a_step_is_done_when_enough_agree(sqlite_url: str, need: str, choices: list[Choice], state: str) -> None:
    with small_world(sqlite_url, f"[{{by: supervising-leader, need: {need}}}]") as world:
        world.hand_in("U1", "report", now=MARCH)
        requests = world.open_requests("U1", "report")
        assert len(requests) == 3
        for request, choice in zip(requests, choices, strict=False):
            world.decide(request, choice, now=MARCH)
        assert world.submission("U1", "report").state == state
        still_asked = len(world.open_requests("U1", "report"))
        assert still_asked == (3 - len(choices) if state == "pending" else 0)


def test_whoever_is_no_longer_needed_is_told_that_the_link_is_dead(sqlite_url: str) -> None:
    with small_world(sqlite_url, "[{by: supervising-leader, need: any}]") as world:
        world.hand_in("U1", "report", now=MARCH)
        first, second, _ = world.open_requests("U1", "report")
        world.decide(first, "approve", now=MARCH)
        with world.refusing(LinkUnknown):
            world.decide(second, "approve", now=MARCH)


def test_a_return_by_one_kills_the_links_of_the_others(database_url: str) -> None:
    with small_world(database_url, "[{by: supervising-leader, need: all}]") as world:
        world.hand_in("U1", "report", now=MARCH)
        first, second, third = world.open_requests("U1", "report")
        token = token_of(world, third)
        world.decide(second, "approve", now=MARCH)
        world.decide(first, "return", now=MARCH)
        with world.look() as act, pytest.raises(LinkUnknown):
            links.resolve(act.session, token, MARCH)
        with world.refusing(LinkUnknown):
            world.decide(third, "approve", now=MARCH)


def test_steps_run_one_after_the_other(database_url: str) -> None:
    with small_world(database_url, "[{by: supervising-leader, need: any}, {by: mayor}]") as world:
        world.hand_in("U1", "report", now=MARCH)
        world.decide(world.open_requests("U1", "report")[0], "approve", now=local("2022-03-02 15:00"))
        row = world.submission("U1", "report")
        assert (row.standing, row.step, row.chases, row.chase_at) == ("pending", 1, 0, local("2022-03-03 09:00"))
        [request] = world.open_requests("U1", "report")
        assert (request.person, request.step, request.round) == ("mayor", 1, 1)
        world.decide(request, "return", now=local("2022-03-02 16:00"))
        world.hand_in("U1", "report", now=local("2022-03-02 17:00"))
        assert {(one.step, one.round) for one in world.open_requests("U1", "report")} == {(0, 2)}
        for _ in range(2):
            world.decide(world.open_requests("U1", "report")[0], "approve", now=local("2022-03-03 08:00"))
        assert world.submission("U1", "report").state == "filed"


def test_a_step_nobody_can_sign_is_refused_to_the_one_before(sqlite_url: str) -> None:
    with small_world(sqlite_url, "[{by: supervising-leader, need: any}, {by: mayor}]") as world:
        world.hand_in("U1", "report", now=MARCH)
        with world.act(MARCH) as act:
            roster = posts.export(act.session)
            held = tuple(one for one in roster.posts if one.person != "mayor")
            posts.import_roster(act.session, Roster(roster.units, roster.people, held, roster.supervision))
        with world.refusing(NoApprover) as refused:
            world.decide(world.open_requests("U1", "report")[0], "approve", now=MARCH)
        assert "市长" in refused.value.text

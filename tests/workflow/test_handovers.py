"""What waits goes over to whoever takes up a post, a unit or a single request, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflow.standing_in import (
    NEW,
    day,
    decide_by,
    grant,
    has_link,
    moved,
    opens,
    people,
    succeeded,
    token_of,
    without,
)
from tests.workflow.test_steps import small_world
from tests.workflow.world import World, local
from workflow import handovers, posts
from workflow.acts import SYSTEM, Actor
from workflow.refusals import (
    LinkUnknown,
)
from workflow.roster import PostRow, Roster

MORNING = local("2022-01-04 10:00")
MARCH = local("2022-03-01 10:00")
LEADER, TITLE = "fsz-gongye", "副市长（分管工业和信息化）"
OTHER, OTHERS_TITLE = "fsz-changwu", "常务副市长"
UNIT_ACTOR = Actor("科技局", "unit", "KJJ")


def test_whoever_takes_up_the_post_is_asked_and_the_old_link_dies(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [old] = world.open_requests("KJJ")
    token, version = token_of(world, old, LEADER), world.submission("KJJ").version
    [move] = moved(world, succeeded(LEADER), now=MORNING)
    assert (move.unit, move.from_.name, [one.name for one in move.to]) == ("市科学技术局", TITLE, ["新任副市长"])
    [new] = world.open_requests("KJJ")
    assert (new.person, new.post_title, new.content_hash, new.round) == ("new", TITLE, old.content_hash, old.round)
    assert not opens(world, token, MORNING)
    assert opens(world, token_of(world, new, "new"), MORNING)
    assert world.submission("KJJ").version == version + 1
    [*_, entry] = world.history("KJJ")
    assert (entry.event, entry.source, entry.dest) == ("reassign", "pending", "pending")
    assert (entry.facts["from"], entry.facts["to"]) == (TITLE, [f"{TITLE} 新任副市长"])
    with world.refusing(LinkUnknown):
        decide_by(world, token, "approve", now=MORNING)
    decide_by(world, token_of(world, new, "new"), "approve", now=MORNING)
    assert world.submission("KJJ").state == "filed"
    assert world.broken_chains() == []


def test_the_new_holder_is_asked_and_the_former_told_once(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [old] = world.open_requests("KJJ")
    moved(world, succeeded(LEADER), now=MORNING)
    assert [one.units for one in world.letters("request", person="new")] == [("KJJ",)]
    reasons = [item.reason for one in world.letters("notice", person=LEADER) for item in one.items]
    assert reasons == [f"handed-over:{old.id}"]
    with world.act(MORNING) as act:
        assert handovers.settle(act) == ()
    world.sweep(MORNING)
    assert len(world.letters("notice", person=LEADER)) == 1


def test_the_sweep_hands_over_on_the_day_a_row_of_the_roster_begins(world: World) -> None:
    world.file("KJJ", "research-trip", now=MORNING)
    world.hand_in("KJJ", "work-plan", now=MORNING)
    moves = moved(world, succeeded(LEADER, since=day("01-20")), now=MORNING)
    assert (moves, people(world.open_requests("KJJ", "work-plan"))) == ((), [LEADER])
    with world.look(MORNING) as act:
        [foreseen] = handovers.preview(act, since=day("01-20"))
        assert handovers.preview(act) == ()
    assert foreseen.to[0].name == "新任副市长"
    world.advance(local("2022-01-19 23:59"))
    assert people(world.open_requests("KJJ", "work-plan")) == [LEADER]
    world.advance(local("2022-01-25 10:00"))
    [request] = world.open_requests("KJJ", "work-plan")
    assert (request.person, request.asked_at) == ("new", local("2022-01-20 00:00")), "the rehearsal clock stops there"
    [entry] = [one for one in world.history("KJJ", "work-plan") if one.event == "reassign"]
    assert entry.actor == SYSTEM.name
    chased = {one.person for one in world.letters("reminder") if one.ready >= local("2022-01-20")}
    assert "new" in chased and LEADER not in chased


def test_what_was_missed_while_the_service_was_down_goes_over_before_anybody_is_chased(world: World) -> None:
    world.file("KJJ", "research-trip", now=MORNING)
    world.hand_in("KJJ", "work-plan", now=MORNING)
    world.sweep(MORNING)
    moved(world, succeeded(LEADER, since=day("01-05")), now=MORNING)
    world.sweep(local("2022-01-05 09:30"))
    assert people(world.open_requests("KJJ", "work-plan")) == ["new"]
    assert [one for one in world.letters("reminder", person=LEADER) if one.ready >= local("2022-01-05")] == []


def test_where_nobody_holds_the_post_the_request_stays(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [old] = world.open_requests("KJJ")
    token = token_of(world, old, LEADER)
    [move] = moved(world, without(LEADER), now=MORNING)
    assert (move.sign_off_id, move.to, move.why) == (old.id, (), "任职人变动")
    assert opens(world, token, MORNING)
    before = world.dump()
    with world.act(MORNING) as act:
        assert [one.to for one in handovers.settle(act)] == [()]
    assert world.dump() == before
    with world.act(MORNING) as act:
        roster = posts.export(act.session)
        posts.import_roster(act.session, replace(roster, people=(*roster.people, NEW), posts=(
            *roster.posts, PostRow(TITLE, None, "new"))))  # fmt: skip
    world.sweep(MORNING)
    assert people(world.open_requests("KJJ")) == ["new"], "the next sweep sees that the roster has changed"


def test_a_preview_of_a_roster_changes_nothing(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    before = world.dump()
    with world.act(MORNING) as act:
        after = succeeded(LEADER)(posts.export(act.session))
        lost = replace(after, units=tuple(one for one in after.units if one.code != "JYTYJ"))
        found = handovers.preview(act, roster=lost)
    assert [one.to[0].name for one in found] == ["新任副市长"]
    assert world.dump() == before


def test_one_of_two_approvers_who_changes_hands_over_alone(database_url: str) -> None:
    with small_world(database_url, "[{by: supervising-leader, need: all}]", leaders=2) as world:
        world.hand_in("U1", "report", now=MARCH)
        _, second = world.open_requests("U1", "report")
        kept = token_of(world, second, "leader-2")
        moved(world, succeeded("leader-1"), now=MARCH)
        assert sorted(people(world.open_requests("U1", "report"))) == ["leader-2", "new"]
        assert opens(world, kept, MARCH)
        decide_by(world, kept, "approve", now=MARCH)
        assert world.submission("U1", "report").state == "pending"
        [new] = world.open_requests("U1", "report")
        decide_by(world, token_of(world, new, "new"), "approve", now=MARCH)
        assert world.submission("U1", "report").state == "filed"


#: Need, who has approved before, whom the first leader's post goes to, who is open then, who must yet approve.
QUORUMS = [
    ("all", [], "leader-2", ["leader-2", "leader-3"], ["leader-2", "leader-3"]),
    ("all", ["leader-2"], "leader-2", ["leader-3"], ["leader-3"]),
    ("all", ["leader-2", "leader-3"], "leader-2", ["leader-2"], ["leader-2"]),
    ("2", ["leader-2"], "leader-2", ["leader-3"], ["leader-3"]),
    ("2", ["leader-2"], "new", ["leader-3", "new"], ["new"]),
    ("any", [], "leader-2", ["leader-2", "leader-3"], ["leader-3"]),
]


@pytest.mark.parametrize(("need", "approved", "to", "open_", "yet"), QUORUMS)
def test_a_step_of_several_goes_on_with_who_is_left(
    sqlite_url: str, need: str, approved: list[str], to: str, open_: list[str], yet: list[str]
) -> None:
    with small_world(sqlite_url, f"[{{by: supervising-leader, need: {need}}}]") as world:
        world.hand_in("U1", "report", now=MARCH)
        for person in approved:
            [request] = [one for one in world.open_requests("U1", "report") if one.person == person]
            decide_by(world, token_of(world, request, person), "approve", now=MARCH)
        moved(world, succeeded("leader-1", to), now=MARCH)
        assert sorted(people(world.open_requests("U1", "report"))) == open_
        for person in yet:
            assert world.submission("U1", "report").state == "pending"
            [request] = [one for one in world.open_requests("U1", "report") if one.person == person]
            decide_by(world, token_of(world, request, person), "approve", now=MARCH)
        assert world.submission("U1", "report").state == "filed", "never by a handover alone"
        assert world.open_requests("U1", "report") == []
        assert world.broken_chains() == []


def test_who_has_decided_stays_on_record_when_they_leave(sqlite_url: str) -> None:
    with small_world(sqlite_url, "[{by: supervising-leader, need: all}]", leaders=2) as world:
        world.hand_in("U1", "report", now=MARCH)
        first, _ = world.open_requests("U1", "report")
        token = token_of(world, first, "leader-1")
        decide_by(world, token, "approve", now=MARCH)
        assert moved(world, succeeded("leader-1"), now=MARCH) == ()
        assert opens(world, token, MARCH), "the receipt"
        [left] = world.open_requests("U1", "report")
        decide_by(world, token_of(world, left, "leader-2"), "approve", now=MARCH)
        assert world.submission("U1", "report").state == "filed"


def test_two_who_take_up_one_post_are_both_asked(sqlite_world: World) -> None:
    world = sqlite_world
    world.hand_in("KJJ", now=MORNING)

    def change(roster: Roster) -> Roster:
        kept = tuple(one for one in roster.posts if one.person != LEADER)
        both = (NEW, replace(NEW, key="newer", name="又一副市长"))
        held = tuple(PostRow(TITLE, None, one.key) for one in both)
        return Roster(roster.units, (*roster.people, *both), (*kept, *held), roster.supervision)

    [move] = moved(world, change, now=MORNING)
    assert [one.name for one in move.to] == ["新任副市长", "又一副市长"]
    assert people(world.open_requests("KJJ")) == ["new", "newer"]


def test_the_new_holders_own_delegate_is_asked_too(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    grant(world, LEADER, "ldxz-mishuzhang", "01-04", "01-10", now=MORNING)
    grant(world, OTHER, "fsz-jiaoyu", "01-04", "01-10", now=MORNING)
    [old] = world.open_requests("KJJ")
    lost = token_of(world, old, "ldxz-mishuzhang")
    with world.act(MORNING) as act:
        handovers.supervise(act, {"KJJ": OTHERS_TITLE}, since=day("01-04"), comment="分工调整")
    [new] = world.open_requests("KJJ")
    assert not opens(world, lost, MORNING)
    assert (new.person, has_link(world, new, "fsz-jiaoyu")) == (OTHER, True)
    assert not has_link(world, new, "ldxz-mishuzhang")

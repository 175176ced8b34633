"""领导分工调整 and 改派: what waits goes to whom the office puts in charge, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflow.standing_in import (
    day,
    decide_by,
    moved,
    opens,
    people,
    token_of,
    without,
)
from tests.workflow.world import OFFICE, World, local
from workflow import handovers, posts
from workflow.acts import SYSTEM, Actor
from workflow.refusals import (
    AlreadyDecided,
    CommentMissing,
    Forbidden,
    NotFound,
    ReassignRefused,
    Refusal,
    SupervisionRefused,
)
from workflow.tables import SignOff

MORNING = local("2022-01-04 10:00")
LEADER, TITLE = "fsz-gongye", "副市长（分管工业和信息化）"
OTHER, OTHERS_TITLE = "fsz-changwu", "常务副市长"
UNIT_ACTOR = Actor("科技局", "unit", "KJJ")


def test_units_put_under_another_leader_move_in_one_act(world: World) -> None:
    for unit in ("KJJ", "GXJ", "JYTYJ"):
        world.hand_in(unit, now=MORNING)
    before = world.dump()
    with world.look(MORNING) as act:
        foreseen = handovers.preview(act, supervision={"KJJ": OTHERS_TITLE, "GXJ": OTHERS_TITLE}, since=day("01-04"))
    assert world.dump() == before
    with world.act(MORNING) as act:
        done = handovers.supervise(
            act, {"KJJ": OTHERS_TITLE, "GXJ": OTHERS_TITLE}, since=day("01-04"), comment="政府办〔2022〕1号"
        )  # fmt: skip
    assert done == foreseen
    assert [(one.unit, one.to[0].post, one.why) for one in done] == [
        ("市科学技术局", OTHERS_TITLE, "领导分工调整"), ("市工业和信息化局", OTHERS_TITLE, "领导分工调整"),
    ]  # fmt: skip
    assert [people(world.open_requests(unit)) for unit in ("KJJ", "GXJ", "JYTYJ")] == [[OTHER], [OTHER], ["fsz-jiaoyu"]]
    [*_, entry] = world.history("KJJ")
    assert (entry.actor, entry.comment) == (OFFICE.name, "政府办〔2022〕1号")
    [letter] = world.letters("request", person=OTHER)
    assert letter.units == ("KJJ", "GXJ")
    with world.store.read() as session:
        rows = [one for one in posts.export(session).supervision if one.unit == "KJJ"]
    assert [(one.post, one.until, one.since) for one in rows] == [
        (TITLE, day("01-03"), date(2021, 12, 1)), (OTHERS_TITLE, None, day("01-04")),
    ]  # fmt: skip


def test_a_division_of_work_from_a_later_day_moves_on_that_day_with_its_reason(world: World) -> None:
    world.file("KJJ", "research-trip", now=MORNING)
    world.hand_in("KJJ", "work-plan", now=MORNING)
    with world.act(MORNING) as act:
        [foreseen] = handovers.supervise(act, {"KJJ": OTHERS_TITLE}, since=day("01-10"), comment="常务会议纪要")
    assert (foreseen.to[0].post, people(world.open_requests("KJJ", "work-plan"))) == (OTHERS_TITLE, [LEADER])
    world.advance(local("2022-01-10 00:00"))
    assert people(world.open_requests("KJJ", "work-plan")) == [OTHER]
    [entry] = [one for one in world.history("KJJ", "work-plan") if one.event == "reassign"]
    assert (entry.actor, entry.comment) == (SYSTEM.name, "常务会议纪要")


def test_the_same_division_of_work_twice_changes_nothing_more(sqlite_world: World) -> None:
    world = sqlite_world
    with world.act(MORNING) as act:
        handovers.supervise(act, {"KJJ": OTHERS_TITLE}, since=day("01-10"), comment="甲")
        handovers.supervise(act, {"KJJ": "秘书长"}, since=day("01-08"), comment="乙")
    with world.store.read() as session:
        once = posts.export(session).supervision
    assert [(one.post, one.since, one.until) for one in once if one.unit == "KJJ"] == [
        (TITLE, date(2021, 12, 1), day("01-07")), ("秘书长", day("01-08"), None),
    ]  # fmt: skip


WRONG: list[tuple[dict[str, str], str, str, type[Refusal]]] = [
    ({}, "01-05", "甲", SupervisionRefused),
    ({"NOWHERE": OTHERS_TITLE}, "01-05", "甲", SupervisionRefused),
    ({"KJJ": "无人担任的职务"}, "01-05", "甲", SupervisionRefused),
    ({"KJJ": "联络员"}, "01-05", "甲", SupervisionRefused),
    ({"KJJ": "领导小组办公室"}, "01-05", "甲", SupervisionRefused),
    ({"KJJ": OTHERS_TITLE}, "01-03", "甲", SupervisionRefused),
    ({"KJJ": OTHERS_TITLE}, "01-05", " ", CommentMissing),
]


@pytest.mark.parametrize(("changes", "since", "comment", "kind"), WRONG)
def test_a_division_of_work_that_leaves_nobody_is_refused(
    sqlite_world: World, changes: dict[str, str], since: str, comment: str, kind: type[Refusal]
) -> None:
    with sqlite_world.refusing(kind), sqlite_world.act(MORNING) as act:
        handovers.supervise(act, changes, since=day(since), comment=comment)


def test_the_office_gives_one_request_to_another(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [old] = world.open_requests("KJJ")
    token = token_of(world, old, LEADER)
    with world.act(MORNING) as act:
        new = handovers.reassign(act, old.id or 0, to=OTHER, comment="原分管领导出国")
    assert (new.person, new.post_title, new.assigned_by) == (OTHER, OTHERS_TITLE, OFFICE.name)
    assert not opens(world, token, MORNING)
    [*_, entry] = world.history("KJJ")
    assert (entry.event, entry.comment, entry.facts["why"]) == ("reassign", "原分管领导出国", "办公室改派")
    world.sweep(local("2022-01-05 00:00"))
    assert people(world.open_requests("KJJ")) == [OTHER], "the sweep leaves it where the office put it"
    moved(world, without(OTHER), now=local("2022-01-05 10:00"))
    assert people(world.open_requests("KJJ")) == [LEADER], "who holds nothing any more signs nothing any more"
    assert world.broken_chains() == []


def test_a_request_comes_back_to_whom_it_was_taken_from(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    for to in (OTHER, LEADER, OTHER):
        [request] = world.open_requests("KJJ")
        with world.act(MORNING) as act:
            handovers.reassign(act, request.id or 0, to=to, comment="改派")
    [request] = world.open_requests("KJJ")
    assert request.person == OTHER
    asked = [item.reason for one in world.letters("request", person=OTHER) for item in one.items]
    assert len(asked) == len(set(asked)) == 2


def test_a_new_approver_has_time_before_being_chased(world: World) -> None:
    world.file("KJJ", "research-trip", now=MORNING)
    world.hand_in("KJJ", "work-plan", now=MORNING)
    world.advance(local("2022-01-20 10:00"))
    assert world.submission("KJJ", "work-plan").chase_at is None
    [request] = world.open_requests("KJJ", "work-plan")
    with world.act(local("2022-01-20 10:00")) as act:
        handovers.reassign(act, request.id or 0, to=OTHER, comment="改派")
    row = world.submission("KJJ", "work-plan")
    assert (row.chases, row.chase_at) == (0, local("2022-01-21 09:00"))


def reassigned(
    world: World, request: SignOff, *, to: str = OTHER, comment: str = "改派", actor: Actor = OFFICE
) -> None:
    with world.act(MORNING, actor) as act:
        handovers.reassign(act, request.id or 0, to=to, comment=comment)


def test_a_reassignment_that_cannot_be_is_refused(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    with world.refusing(CommentMissing):
        reassigned(world, request, comment=" ")
    with world.refusing(ReassignRefused) as refused:
        reassigned(world, request, to="nobody")
    assert refused.value.facts["field"] == "to"
    with world.refusing(ReassignRefused):
        reassigned(world, request, to=LEADER)
    with world.refusing(Forbidden):
        reassigned(world, request, actor=UNIT_ACTOR)
    with world.refusing(NotFound):
        reassigned(world, SignOff(**{**request.model_dump(), "id": 999}))
    decide_by(world, token_of(world, request, LEADER), "approve", now=MORNING)
    with world.refusing(AlreadyDecided):
        reassigned(world, request)


def test_what_was_reassigned_once_is_not_reassigned_by_its_old_number(sqlite_world: World) -> None:
    world = sqlite_world
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    reassigned(world, request)
    with world.refusing(ReassignRefused):
        reassigned(world, request, to="fsz-jiaoyu")


def test_a_request_reassigned_after_the_deadline_is_overdue_first(sqlite_world: World) -> None:
    world = sqlite_world
    world.hand_in("KJJ", now=MORNING)
    [request] = world.open_requests("KJJ")
    with world.act(local("2022-01-05 00:00")) as act:
        handovers.reassign(act, request.id or 0, to=OTHER, comment="改派")
    assert [one.event for one in world.history("KJJ")][-2:] == ["lapse", "reassign"]
    assert world.submission("KJJ").standing == "overdue-pending"

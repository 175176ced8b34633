"""我的报送: what a unit has to do, what waits elsewhere, what is ahead and what is done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.statements import noted
from tests.workflow.world import LAUNCH, OFFICE, World, local
from workflow import posts, submissions, workbench
from workflow.acts import Actor
from workflow.refusals import Forbidden, NotFound, QueryRefused
from workflow.tables import ExtensionRequest
from workflow.workbench import Workbench

UNIT, FOREIGN = "JYTYJ", "KJJ"
LIAISON = Actor("市教育体育局联络员", "unit", UNIT)
TARGET = "报送建标学习对象"


def bench(world: World, text: str, actor: Actor = LIAISON, unit: str = UNIT) -> Workbench:
    with world.look(local(text), actor) as act:
        return workbench.of_unit(act, unit)


def test_what_is_owed_counts_calendar_and_working_days(sqlite_world: World) -> None:
    first, trip, plan = bench(sqlite_world, "2021-12-31 09:00").todo.items
    assert (first.obligation_title, first.days_left, first.working_days_left) == (TARGET, 4, 1)
    assert first.started is False and first.may_extend and not first.given_back
    assert (trip.due_date, plan.due_date) == (date(2022, 2, 10), date(2022, 2, 15))
    # The plan needs the list and the journey first.
    assert [one.title for one in plan.missing] and {one.submission_id for one in plan.missing} <= {
        first.submission_id, trip.submission_id,
    }  # fmt: skip


def test_a_submission_moves_from_the_unit_to_its_leader_and_into_what_is_done(world: World) -> None:
    world.hand_in(UNIT, now=LAUNCH)
    found = bench(world, "2022-01-01 09:00")
    (waiting,) = found.sent.items
    assert (found.todo.total, found.sent.total) == (2, 1)
    assert [one.post for one in waiting.desks] == ["副市长（分管教育和卫生健康）"]
    assert (waiting.since, waiting.chases) == (LAUNCH, 0) and waiting.chase_at is not None
    world.sign(UNIT, now=local("2022-01-02 09:00"))
    found = bench(world, "2022-01-03 09:00")
    assert (found.sent.total, found.on_time, found.filed_late) == (0, 1, 0)
    assert [(one.obligation_title, one.was_late) for one in found.filed] == [(TARGET, False)]


def test_what_comes_back_says_who_gave_it_back_and_why(sqlite_world: World) -> None:
    sqlite_world.hand_in(UNIT, now=LAUNCH)
    sqlite_world.sign(UNIT, now=local("2022-01-02 09:00"), choice="return")
    first = bench(sqlite_world, "2022-01-03 09:00").todo.items[0]
    assert first.given_back is not None and first.started
    assert (first.given_back.event, first.given_back.comment) == ("return", "请补充")
    assert "副市长" in first.given_back.by and first.given_back.at == local("2022-01-02 09:00")
    sqlite_world.hand_in(UNIT, now=local("2022-01-03 10:00"), said="乙")
    with sqlite_world.act(local("2022-01-03 11:00"), LIAISON) as act:
        submissions.withdraw(act, sqlite_world.id_of(UNIT))
    assert bench(sqlite_world, "2022-01-03 12:00").todo.items[0].given_back is None


def test_an_overdue_thing_is_counted_and_a_late_one_is_marked(sqlite_world: World) -> None:
    sqlite_world.advance(local("2022-01-07 09:00"))
    found = bench(sqlite_world, "2022-01-07 09:00")
    late = found.todo.items[0]
    assert (found.overdue, late.state, late.late.days, late.late.working_days) == (1, "overdue", 3, 3)
    sqlite_world.file(UNIT, now=local("2022-01-07 10:00"))
    found = bench(sqlite_world, "2022-01-08 09:00")
    assert (found.overdue, found.on_time, found.filed_late) == (0, 0, 1)
    assert (found.filed[0].was_late, found.filed[0].late.days) == (True, 3)


def test_what_was_filed_before_new_year_counts_in_the_cycle_it_is_for(sqlite_world: World) -> None:
    sqlite_world.file(UNIT, now=local("2021-12-31 10:00"))
    for day in ("2021-12-31 12:00", "2022-01-01 09:00", "2022-12-31 09:00", "2023-01-01 09:00"):
        found = bench(sqlite_world, day)  # In 2023 the cycle has passed, and the unit still owes of it.
        assert (found.on_time, found.filed_late, len(found.filed)) == (1, 0, 1), day
    with sqlite_world.act(local("2023-01-01 09:00")) as act:
        for one in bench(sqlite_world, "2023-01-01 09:00").todo.items:
            submissions.exempt(act, one.submission_id, comment="方案已结束")
    found = bench(sqlite_world, "2023-01-01 10:00")
    assert (found.on_time, found.filed, found.todo.total) == (0, (), 0)


def test_more_time_that_was_asked_for_is_shown_until_it_is_answered(sqlite_world: World) -> None:
    number = sqlite_world.id_of(UNIT)
    asked = ExtensionRequest(
        submission_id=number, until=date(2022, 1, 10), asked_at=LAUNCH, asked_by="联络员", reason="对象待确认"
    )
    with sqlite_world.act(LAUNCH) as act:
        act.session.add(asked)
    assert bench(sqlite_world, "2022-01-01 09:00").todo.items[0].extension_asked == date(2022, 1, 10)


def test_a_unit_reads_its_own_heads_number_and_the_office_every_leaders(sqlite_world: World) -> None:
    sqlite_world.hand_in(UNIT, now=LAUNCH)
    assert [one.mobile for one in bench(sqlite_world, "2022-01-01 09:00").sent.items[0].desks] == [""]
    seen = bench(sqlite_world, "2022-01-01 09:00", OFFICE).sent.items[0].desks
    with sqlite_world.look() as act:
        known = posts.directory(act.session).person("fsz-jiaoyu")
    assert [one.mobile for one in seen] == [known.mobile or ""]


def test_a_unit_looks_at_no_other_and_nobody_at_one_that_is_not(sqlite_world: World) -> None:
    for actor, unit in ((LIAISON, FOREIGN), (OFFICE, "没有")):
        with pytest.raises(NotFound):
            bench(sqlite_world, "2022-01-01 09:00", actor, unit)
    with pytest.raises(Forbidden):
        bench(sqlite_world, "2022-01-01 09:00", Actor("审签人", "approver"))


def test_long_lists_come_in_pages_by_date(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbench, "PAGE", 2)
    with sqlite_world.look(LAUNCH, LIAISON) as act:
        first = workbench.of_unit(act, UNIT)
        second = workbench.of_unit(act, UNIT, todo=first.todo.next)
        assert (len(first.todo.items), len(second.todo.items), second.todo.next) == (2, 1, None)
        assert first.todo.total == second.todo.total == 3
        with pytest.raises(QueryRefused):
            workbench.of_unit(act, UNIT, sent=first.todo.next)


def test_what_opens_later_is_named_before_it_does(sqlite_world: World) -> None:
    (later,) = bench(sqlite_world, "2021-12-31 09:00").ahead
    assert (later.obligation_title, later.occurrence) == ("《对标创建工作方案》落实情况", "2022Q1")
    assert (later.due_date, UNIT in later.units) == (date(2022, 3, 31), True)
    assert bench(sqlite_world, "2021-12-01 09:00").ahead == ()


def test_a_desk_costs_the_same_few_queries_for_many_as_for_few(sqlite_world: World) -> None:
    bench(sqlite_world, "2022-01-01 09:00")
    sqlite_world.hand_in(UNIT, now=LAUNCH)
    with noted() as few:
        bench(sqlite_world, "2022-01-01 09:00")
    sqlite_world.hand_in(UNIT, "research-trip", now=LAUNCH + timedelta(hours=1))
    sqlite_world.hand_in(FOREIGN, now=LAUNCH)
    with noted() as many:
        bench(sqlite_world, "2022-01-01 09:00")
    assert len(many) == len(few) <= 15

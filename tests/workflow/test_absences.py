"""外出: who is away, which days nobody covers, and how much is held by whom."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.workflow.standing_in import day, grant, withdraw
from tests.workflow.world import OFFICE, World, local
from workflow import absences, approvers, queues
from workflow.absences import Uncovered
from workflow.acts import Actor
from workflow.refusals import AbsenceRefused, Forbidden, NotFound
from workflow.tables import Absence

MORNING = local("2022-01-04 10:00")
LEADER, TITLE = "fsz-gongye", "副市长（分管工业和信息化）"
DELEGATE, OTHER = "ldxz-mishuzhang", "fsz-changwu"
UNIT_ACTOR = Actor("科技局", "unit", "KJJ")


def away(world: World, person: str, since: str, until: str, *, now: datetime = MORNING) -> Absence:
    with world.act(now) as act:
        return absences.note(act, person=person, since=day(since), until=day(until), comment="出国考察")


def bare(world: World, *, now: datetime = MORNING, days: int = 14) -> tuple[Uncovered, ...]:
    with world.look(now) as act:
        return absences.uncovered(act, days=days)


def spans(found: tuple[Uncovered, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (one.person, [(f"{first:%m-%d}", f"{last:%m-%d}") for first, last in one.spans]) for one in found
    ]  # fmt: skip


def test_a_leader_away_without_a_delegate_is_shown_before_the_date(world: World) -> None:
    world.file("KJJ", "research-trip", now=MORNING)
    world.hand_in("KJJ", "work-plan", now=MORNING)
    away(world, LEADER, "02-07", "02-16")
    assert bare(world, now=local("2022-01-24 10:00")) == (), "two weeks ahead is soon enough"
    [found] = bare(world, now=local("2022-01-25 10:00"))
    assert (found.name, found.posts[0], found.waiting) == (TITLE, TITLE, 1)
    assert spans((found,)) == [(LEADER, [("02-07", "02-16")])]
    assert found.due == 6, "the plans of six units; their trips fall due too, but nobody signs these"


def test_the_days_a_delegate_covers_are_left_out(world: World) -> None:
    away(world, LEADER, "01-05", "01-12")
    row = grant(world, LEADER, DELEGATE, "01-07", "01-08", now=MORNING)
    grant(world, LEADER, OTHER, "01-10", "01-20", now=MORNING)
    assert spans(bare(world)) == [(LEADER, [("01-05", "01-06"), ("01-09", "01-09")])]
    withdraw(world, row, now=MORNING)
    assert spans(bare(world)) == [(LEADER, [("01-05", "01-09")])]
    assert spans(bare(world, now=local("2022-01-08 09:00"))) == [(LEADER, [("01-08", "01-09")])]
    assert bare(world, now=local("2022-01-10 09:00")) == ()


def test_a_delegate_who_is_away_too_covers_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    away(world, LEADER, "01-05", "01-08")
    grant(world, LEADER, DELEGATE, "01-05", "01-08", now=MORNING)
    assert bare(world) == ()
    both = away(world, DELEGATE, "01-07", "01-09")
    found = spans(bare(world))
    assert found == [(LEADER, [("01-07", "01-08")]), (DELEGATE, [("01-07", "01-09")])]
    with world.act(MORNING) as act:
        absences.withdraw(act, both.id or 0)
    assert bare(world) == ()


def test_a_liaison_away_needs_no_delegate(sqlite_world: World) -> None:
    away(sqlite_world, "kjj-liaison", "01-05", "01-08")
    assert bare(sqlite_world) == ()


def test_the_list_keeps_what_is_over(sqlite_world: World) -> None:
    world = sqlite_world
    first = away(world, LEADER, "01-04", "01-05")
    away(world, LEADER, "01-06", "01-08")
    with world.act(MORNING) as act:
        absences.withdraw(act, first.id or 0)
    away(world, LEADER, "01-04", "01-05")
    with world.look(local("2022-01-06 09:00")) as act:
        lines = absences.listed(act)
    assert [(one.over, one.withdrawn_at is not None) for one in lines] == [(True, False), (False, False), (True, True)]
    assert (lines[0].person.post, lines[0].created_by) == (TITLE, OFFICE.name)


WRONG = [
    ("nobody", "01-05", "01-06", "person"),
    (LEADER, "01-03", "01-06", "since"),
    (LEADER, "01-06", "01-05", "until"),
    (LEADER, "01-08", "12-31", "since"),
    (OTHER, "01-08", "12-31", ""),
]


@pytest.mark.parametrize(("person", "since", "until", "field"), WRONG)
def test_an_absence_that_makes_no_sense_is_refused(
    sqlite_world: World, person: str, since: str, until: str, field: str
) -> None:
    away(sqlite_world, LEADER, "01-07", "01-10")
    if not field:
        assert away(sqlite_world, person, since, until).id
        return
    with sqlite_world.refusing(AbsenceRefused) as refused:
        away(sqlite_world, person, since, until)
    assert refused.value.facts["field"] == field


def test_only_the_office_notes_absences(sqlite_world: World) -> None:
    world = sqlite_world
    row = away(world, LEADER, "01-05", "01-07")
    with world.refusing(Forbidden), world.act(MORNING, UNIT_ACTOR) as act:
        absences.note(act, person=OTHER, since=day("01-05"), until=day("01-06"), comment="")
    with world.refusing(Forbidden), world.act(MORNING, UNIT_ACTOR) as act:
        absences.withdraw(act, row.id or 0)
    with world.refusing(NotFound), world.act(MORNING) as act:
        absences.withdraw(act, 999)
    with world.refusing(AbsenceRefused), world.act(local("2022-01-08 09:00")) as act:
        absences.withdraw(act, row.id or 0)


def test_the_load_tells_who_holds_how_much_since_when(world: World) -> None:
    world.hand_in("KJJ", now=MORNING)
    world.hand_in("GXJ", now=local("2022-01-04 11:00"))
    world.hand_in("JYTYJ", now=local("2022-01-04 09:00"))
    away(world, LEADER, "01-04", "01-06")
    grant(world, LEADER, DELEGATE, "01-04", "01-05", now=MORNING)
    world.sweep(local("2022-01-05 00:00"))
    with world.look(local("2022-01-05 08:00")) as act:
        first, second = approvers.load(act)
        held = queues.waiting(act, [LEADER])
    assert (first.person, first.post, first.waiting, first.overdue) == (LEADER, TITLE, 2, 2)
    assert (first.oldest, first.delegates, first.absent_until) == (MORNING, ("秘书长",), day("01-06"))
    assert (second.person, second.waiting, second.delegates, second.absent_until) == ("fsz-jiaoyu", 1, (), None)
    assert [(one.unit.name, one.days_late) for one in held] == [("市科学技术局", 1), ("市工业和信息化局", 1)]


def test_whoever_holds_nothing_has_no_load(sqlite_world: World) -> None:
    sqlite_world.file("KJJ", now=MORNING)
    with sqlite_world.look(MORNING) as act:
        assert (approvers.load(act), queues.waiting(act)) == ((), [])

"""A changed definition on a running programme: dates move for whoever still owes, and for nobody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest
from sqlmodel import col, select

from tests.launched import ordos
from tests.patterns import Patterns
from tests.workflow.amended import advance, amend, heard, ordos_reworded, planned, rows, rungs_of, schedules_of
from tests.workflow.world import World, local
from workflow import audit, submissions
from workflow.amendments import Amendment
from workflow.tables import Message

EARLY, TOLD, LATE = local("2022-02-09 10:00"), local("2022-02-14 10:00"), local("2022-02-16 10:00")
OLD, NEW = date(2022, 2, 15), date(2022, 2, 20)
FILED, EXEMPT, EXTENDED, PENDING = 30, "JYTYJ", "KJJ", "FGW"
MOVED = ("work-plan", "due: 02-15", "due: 02-20")


def units_of(world: World) -> list[str]:
    """The units, the ones with a part of their own in these tests last."""
    special = [EXEMPT, EXTENDED, PENDING]
    return [unit for unit in rows(world, "work-plan") if unit not in special] + special


def prepare(url: str) -> None:
    """Half the units have filed both, one waits for its leader, one has more time, one is exempt."""
    with closing(World.opened(url)) as world:
        for unit in units_of(world)[:FILED]:
            world.file(unit, "research-trip", now=EARLY)
            world.file(unit, "work-plan", now=EARLY)
        world.hand_in(PENDING, "research-trip", now=EARLY)
        world.hand_in(PENDING, "work-plan", now=EARLY)
        with world.act(EARLY) as act:
            submissions.extend(act, world.id_of(EXTENDED, "work-plan"), until=date(2022, 3, 1), comment="外出考察")
            submissions.exempt(act, world.id_of(EXEMPT, "work-plan"), comment="机构撤并")


@pytest.fixture
def half(patterns: Patterns, database_kind: str) -> Iterator[World]:
    """A copy of what was prepared, on each kind of database in turn."""
    with patterns.copy(database_kind, prepare, onto=ordos) as url, closing(World.opened(url)) as world:
        yield world


def still_open(world: World) -> list[str]:
    """The units that have done nothing."""
    return units_of(world)[FILED:-3]


def moved(world: World, now: object = TOLD) -> Amendment:
    return amend(world, ordos_reworded(*MOVED), now=now, comment="会议推迟")  # type: ignore[arg-type]


def test_exactly_the_open_submissions_get_the_new_date(half: World) -> None:
    open_ = still_open(half)
    advance(half, TOLD)
    before = rows(half, "work-plan")
    found = planned(half, ordos_reworded(*MOVED), now=TOLD)
    assert found.wrong == ()
    assert moved(half) == found
    [one] = found.moved
    assert (one.before, one.after, one.occurrence, one.earlier) == (OLD, NEW, "2022", False)
    assert (one.following, one.filed, one.exempt, one.extended, one.back) == (len(open_) + 1, FILED, 1, 1, 0)
    after = rows(half, "work-plan")
    follow = {*open_, PENDING}
    assert {unit for unit, row in after.items() if row.due_date == NEW} == follow
    assert {unit: row for unit, row in after.items() if unit not in follow} == {
        unit: row for unit, row in before.items() if unit not in follow
    }
    assert {(after[unit].due_at, after[unit].state) for unit in open_} == {(local("2022-02-21 00:00"), "draft")}
    assert after[PENDING].state == "pending"
    assert after[PENDING].chase_at == before[PENDING].chase_at


def test_every_moved_submission_keeps_the_amendment_in_its_chain(half: World) -> None:
    open_ = still_open(half)
    advance(half, TOLD)
    moved(half)
    last = half.history(open_[0], "work-plan")[-1]
    assert (last.event, last.source, last.dest) == ("amend", "draft", "draft")
    assert last.comment == "截止日期由2022年2月15日调整为2022年2月20日：会议推迟"
    facts = {"from": "2022-02-15", "until": "2022-02-20", "version": ordos_reworded(*MOVED).version, "schedule": [1, 3]}
    assert last.facts == facts
    assert [one.event for one in half.history(units_of(half)[0], "work-plan")][-1] == "approve"
    assert half.broken_chains() == []
    with half.store.read() as session:
        assert list(audit.verify(session)) == []


def test_whoever_was_asked_gets_one_notice_and_nobody_else(half: World) -> None:
    open_ = still_open(half)
    advance(half, TOLD)
    asked = {person for one in ("reminder", "request", "chase") for person, _ in heard(half, one)}
    found = moved(half)
    told = heard(half, "amended")
    ids = {row.id for row in rows(half, "work-plan").values() if row.due_date == NEW}
    assert {number for _, number in told} == ids
    assert {person for person, _ in told} <= asked
    assert len(told) == len(set(told))
    letters = [one for one in half.letters("notice") if any(s.reason.startswith("amended") for s in one.items)]
    assert len(letters) == len({one.person for one in letters}) == len({p for p, _ in told}) == found.told
    assert {f"{unit.lower()}-liaison" for unit in open_} <= {person for person, _ in told}
    advance(half, local("2022-02-14 10:01"))
    with half.store.read() as session:
        to_liaison = select(Message).where(Message.person == f"{open_[0].lower()}-liaison", Message.status == "sent")
        letter = session.exec(to_liaison.order_by(col(Message.id).desc())).first()
    assert letter is not None
    assert letter.subject == "【演练】【督办】截止日期调整为2022年2月20日：报送《对标创建工作方案》"
    assert "截止日期由2022年2月15日调整为2022年2月20日：会议推迟" in letter.body


def test_no_rung_fires_twice_and_the_new_ladder_goes_on(half: World) -> None:
    open_ = still_open(half)
    advance(half, TOLD)
    moved(half)
    old, new = schedules_of(half, "work-plan")
    # The extension has taken the second schedule.
    assert (old.schedule_version, new.schedule_version, new.due_date) == (1, 3, NEW)
    assert new.version == ordos_reworded(*MOVED).version != old.version
    # Counted from Sunday 20 February, three working days before is the 16th.
    assert [ahead for _, ahead in rungs_of(half, new.id or 0)] == [True] * 5
    advance(half, local("2022-02-25 10:00"))
    number, liaison = half.id_of(open_[0], "work-plan"), f"{open_[0].lower()}-liaison"
    told = Counter((one.kind, one.ready.date()) for one in half.letters(person=liaison) if spoken(one, open_[0]))
    assert told == {
        ("reminder", date(2022, 2, 10)): 1, ("reminder", date(2022, 2, 14)): 1, ("notice", date(2022, 2, 14)): 1,
        ("reminder", date(2022, 2, 16)): 1, ("reminder", date(2022, 2, 18)): 1, ("lapse", date(2022, 2, 21)): 1,
    }  # fmt: skip
    assert half.submission(open_[0], "work-plan").state == "overdue"
    assert half.submission(EXTENDED, "work-plan").state == "draft"
    assert number in {submission for _, submission in heard(half, "overdue")}


def spoken(letter: object, unit: str) -> bool:
    items = letter.items  # type: ignore[attr-defined]
    return any(item.obligation == "work-plan" and item.unit == unit and item.dropped is None for item in items)


def test_reminders_of_the_old_date_that_nobody_has_got_are_taken_back(half: World) -> None:
    open_ = still_open(half)
    half.advance(TOLD)  # nothing is sent on the way
    found = moved(half)
    liaison = f"{open_[0].lower()}-liaison"
    of_plan = [one for one in half.letters("reminder", person=liaison) if one.items[0].obligation == "work-plan"]
    assert {one.status for one in of_plan} == {"cancelled"}
    assert {item.dropped for one in of_plan for item in one.items} == {"截止日期已调整"}
    assert found.cancelled >= len(of_plan) > 0
    assert heard(half, "amended") == [] and found.told == 0
    assert {one.status for one in half.letters("request")} == {"queued"}


def test_an_overdue_is_taken_back_with_the_reason(half: World) -> None:
    open_ = still_open(half)
    advance(half, LATE)
    assert half.submission(open_[0], "work-plan").standing == "overdue-draft"
    assert half.submission(PENDING, "work-plan").standing == "overdue-pending"
    [one] = moved(half, LATE).moved
    assert one.back == one.following == len(open_) + 1
    row = half.submission(open_[0], "work-plan")
    assert (row.standing, row.state, row.light) == ("draft", "draft", "green")
    assert half.submission(PENDING, "work-plan").standing == "pending"
    last = half.history(open_[0], "work-plan")[-1]
    assert (last.source, last.dest) == ("overdue-draft", "draft")
    assert last.comment.startswith("截止日期由2022年2月15日调整为2022年2月20日，逾期予以收回")
    advance(half, local("2022-02-21 09:00"))
    assert half.submission(open_[0], "work-plan").standing == "overdue-draft"
    assert half.broken_chains() == []


@pytest.mark.parametrize("until", [date(2022, 2, 18), date(2022, 2, 20)])
def test_an_extension_up_to_the_new_date_is_overtaken_by_it(sqlite_world: World, until: date) -> None:
    with sqlite_world.act(EARLY) as act:
        submissions.extend(act, sqlite_world.id_of(EXTENDED, "work-plan"), until=until, comment="外出考察")
    moved(sqlite_world)
    row = sqlite_world.submission(EXTENDED, "work-plan")
    assert row.due_date == NEW
    assert (row.extended_from is None) == (until < NEW)

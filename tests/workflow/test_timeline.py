"""日程: which day a thing stands on, what kind of day it is, and what the clock set off already."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.statements import noted
from tests.workflow.world import LAUNCH, OFFICE, World, local
from workflow import submissions, timeline, upcoming
from workflow.timeline import Day, Timeline
from workflow.windows import Scope

UNIT = "JYTYJ"


def ahead(world: World, text: str, *, until: str, since: str = "", scope: Scope | None = None) -> Timeline:
    with world.look(local(text), OFFICE) as act:
        first = date.fromisoformat(since or text[:10])
        return timeline.ahead(act, since=first, until=date.fromisoformat(until), scope=scope or Scope())


def on(found: Timeline, text: str) -> Day:
    return next(one for one in found.days if one.day == date.fromisoformat(text))


def said(day: Day) -> list[tuple[str, str, int]]:
    return [(one.kind, one.title, one.count) for one in day.happenings]


def test_a_deadline_stands_on_its_last_day_and_what_follows_on_the_next(sqlite_world: World) -> None:
    found = ahead(sqlite_world, "2021-12-31 08:30", until="2022-01-14")
    assert said(on(found, "2022-01-04"))[-1] == ("deadline", "报送建标学习对象", 61)
    after = on(found, "2022-01-05").happenings
    assert {one.says for one in after} == {"overdue", "escalation"} and all(one.to for one in after)
    assert len(found.days) == 15 and found.rest is None and found.provisional == ()


def test_the_days_ahead_are_those_of_the_look_ahead(world: World) -> None:
    world.hand_in(UNIT, now=LAUNCH)
    with world.look(local("2022-01-01 09:00"), OFFICE) as act:
        plain = upcoming.ahead(act, until=local("2022-02-20"))
        found = timeline.ahead(act, since=date(2022, 1, 1), until=date(2022, 2, 19))
    shown = [one for day in found.days for one in day.happenings if one.kind != "later"]
    assert sorted((one.at, one.kind, one.count) for one in shown) == sorted((p.at, p.kind, p.count) for p in plain)


def test_holidays_and_days_worked_in_exchange_are_told_apart(sqlite_world: World) -> None:
    found = ahead(sqlite_world, "2021-12-31 08:30", since="2022-01-28", until="2022-02-07")
    days = {one.day.isoformat(): (one.working, one.name, one.made_up) for one in found.days}
    assert days["2022-01-29"] == (True, "", True)
    assert days["2022-02-01"] == (False, "春节", False)
    assert days["2022-02-07"] == (True, "", False)
    later = ahead(sqlite_world, "2021-12-31 08:30", since="2099-01-01", until="2099-01-05")
    assert later.provisional == (2099,)


def test_one_unit_has_its_own_dates_and_what_it_is_told(sqlite_world: World) -> None:
    with sqlite_world.act(LAUNCH) as act:
        submissions.extend(act, sqlite_world.id_of(UNIT), until=date(2022, 1, 10), comment="对象待确认")
    sqlite_world.file(UNIT, "research-trip", now=LAUNCH)
    found = ahead(sqlite_world, "2022-01-01 08:30", until="2022-02-15", scope=Scope(unit=UNIT))
    dates = {one.day.isoformat() for one in found.days for thing in one.happenings if thing.kind == "deadline"}
    assert dates == {"2022-01-10", "2022-02-15"}
    assert all(thing.count == 1 for one in found.days for thing in one.happenings if thing.kind != "later")
    with sqlite_world.look(LAUNCH) as act:
        programme = sqlite_world.submission(UNIT).programme_id
        narrowed = timeline.ahead(
            act, since=date(2021, 12, 31), until=date(2022, 2, 20), scope=Scope(programme, "work-plan")
        )
    assert {thing.obligation for one in narrowed.days for thing in one.happenings} == {"work-plan"}


def test_units_with_dates_of_their_own_on_one_day_are_one_line(sqlite_world: World) -> None:
    with sqlite_world.act(LAUNCH) as act:
        for unit in (UNIT, "KJJ"):
            submissions.extend(act, sqlite_world.id_of(unit), until=date(2022, 1, 10), comment="对象待确认")
    found = on(ahead(sqlite_world, "2022-01-01 08:30", until="2022-01-12"), "2022-01-10")
    (due,) = (one for one in found.happenings if one.kind == "deadline")
    assert due.count == 2 and due.unit.endswith("等2家")


def test_what_opens_later_says_when_and_for_how_many(sqlite_world: World) -> None:
    found = on(ahead(sqlite_world, "2022-01-01 08:30", until="2022-03-31"), "2022-03-31")
    later = next(one for one in found.happenings if one.occurrence == "2022Q1" and one.count == 61)
    assert (later.kind, later.opens_on) == ("later", date(2022, 3, 11))


def test_what_was_set_off_is_told_with_its_messages(world: World) -> None:
    world.advance(local("2022-01-06 10:00"))
    found = ahead(world, "2022-01-06 10:00", until="2022-01-12").fired
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    lapsed = next(one for one in found if one.at == local("2022-01-05 00:00"))
    assert lapsed.said == ("报送建标学习对象：截止时逾期通知",)
    assert (lapsed.messages, lapsed.sent) == (len(world.letters("lapse")), 0)
    own = ahead(world, "2022-01-06 10:00", until="2022-01-12", scope=Scope(unit=UNIT)).fired
    assert 0 < next(one for one in own if one.at == lapsed.at).messages < lapsed.messages
    assert ahead(world, "2022-01-06 10:00", since="2022-01-07", until="2022-01-12").fired == ()
    assert ahead(world, "2022-01-20 10:00", until="2022-01-22").fired == ()


def test_what_is_too_much_goes_on_on_a_day_of_its_own(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "MOST", 3)
    first = ahead(sqlite_world, "2021-12-31 08:30", until="2022-02-20")
    assert first.rest is not None and first.days[-1].day == first.rest - timedelta(days=1)
    second = ahead(sqlite_world, "2021-12-31 08:30", since=first.rest.isoformat(), until="2022-02-20")
    assert second.days[0].happenings and sum(len(one.happenings) for one in first.days) <= 3


def test_many_days_cost_as_many_queries_as_few(sqlite_world: World) -> None:
    sqlite_world.hand_in(UNIT, now=LAUNCH)
    ahead(sqlite_world, "2022-01-01 09:00", until="2022-04-01")
    with noted() as few:
        ahead(sqlite_world, "2022-01-01 09:00", until="2022-04-01")
    sqlite_world.hand_in("KJJ", now=LAUNCH)
    with noted() as many:
        ahead(sqlite_world, "2022-01-01 09:00", until="2022-04-01")
    assert len(many) == len(few) <= 14

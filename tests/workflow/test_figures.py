"""Figures are counted in sets; here they are counted again one by one."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median

import pytest
from sqlmodel import col, select

from tests.statements import noted
from tests.workflow import quarter
from tests.workflow.world import OFFICE, World, local
from workflow import catalogue, corrections, deadlines, figures, outcomes, paper_filings, periods, turnaround
from workflow.acts import Actor
from workflow.calendars import china
from workflow.figures import Figures
from workflow.moments import SHANGHAI
from workflow.outcomes import Outcome, Part
from workflow.refusals import Forbidden, NotFound, QueryRefused
from workflow.tables import History, SignOff, Submission

NOW = local("2022-04-08 09:00")


def figures_of(world: World, period: str = "", *, now: datetime = NOW) -> Figures:
    with world.look(now, OFFICE) as act:
        return figures.of(act, world.key, period)


def one_by_one(world: World, at: datetime, first: str, last: str) -> Counter[str]:
    """The outcomes of what was due between two days, each submission replayed by hand."""
    found: Counter[str] = Counter()
    with world.store.read() as session:
        for row in session.exec(select(Submission)):
            due = row.extended_from or row.due_date
            if not first <= due.isoformat() <= last:
                continue
            past = select(History).where(History.submission_id == row.id, History.at <= at).order_by(col(History.seq))
            entries = list(session.exec(past))
            extended = any(one.event == "extend" for one in entries)
            end = deadlines.due_at(row.due_date if extended else due)
            moves = [one for one in entries if one.source != one.dest]
            match moves[-1].dest if moves else "":
                case "":
                    continue
                case "filed":
                    when = moves[-1].at
                    name = "in-time" if when < deadlines.due_at(due) else "in-extension" if when < end else "late"
                case "exempt":
                    name = "exempt"
                case _:
                    name = "overdue" if at >= end else "open"
            found[name] += 1
    return found


def test_outcomes_are_those_of_each_submission_then_and_now(world: World) -> None:
    quarter.played(world)
    for at in ("2022-01-04 12:00", "2022-01-08", "2022-04-01", "2022-04-08 09:00"):
        with world.look(NOW) as act:
            listed, period = catalogue.by_key(act, world.key), periods.parse("2022Q1")
            counted = Counter[str]()
            units = Counter[str]()
            for part in outcomes.counted(act, listed, period, local(at)):
                counted[part.outcome] += part.count
            for part in outcomes.counted(act, listed, period, local(at), by_unit=True):
                units[part.outcome] += part.count
        assert counted == units == one_by_one(world, local(at), "2022-01-01", "2022-03-31"), at
    found = figures_of(world)
    assert found.total.of("in-extension") == 1 and found.extended
    year = one_by_one(world, NOW, "2022-01-01", "2022-12-31")
    assert {name: found.total.of(name) + found.office.of(name) for name in outcomes.OUTCOMES} == {
        name: year[name] for name in outcomes.OUTCOMES
    }
    assert found.office.total and sum(one.total for one in found.by_category.values()) == found.total.total
    turned(world, found)
    lit(world, found)


def turned(world: World, found: Figures) -> None:
    """The times of sign-offs are those of each request."""
    clock = turnaround.WorkingTime(china())
    with world.store.read() as session:
        asked = [one for one in session.exec(select(SignOff)) if one.decision and one.decided_at]
    hours = sorted(round(clock.hours(one.asked_at, one.decided_at), 2) for one in asked if one.decided_at)
    total = found.turns.total
    assert total is not None and total.count == len(hours) > 5
    assert (total.median, total.ninetieth) == (round(median(hours), 2), hours[-(-len(hours) * 9 // 10) - 1])
    assert sum(one.count for one in found.turns.by_post.values()) == len(hours)
    assert set(found.turns.by_month) == {"2022-01"}


def lit(world: World, found: Figures) -> None:
    """The lights at the end of a week are those that each history had come to by then."""
    with world.store.read() as session:
        entries = list(session.exec(select(History).order_by(col(History.submission_id), col(History.seq))))
        now = Counter(one.light for one in session.exec(select(Submission)))
    for week in (found.lights[1], found.lights[7]):
        lights: dict[int, str] = {}
        for one in entries:
            if one.at <= datetime.combine(week.day + timedelta(days=1), time(0, 0), SHANGHAI):
                change = one.facts if one.event == "light" else one.facts.get("light", {})
                lights[one.submission_id] = change.get("to", lights.get(one.submission_id, "green"))
        counts = Counter(lights.values())
        assert (week.green, week.yellow, week.red) == (counts["green"], counts["yellow"], counts["red"]), week
    last = found.lights[-1]
    assert (last.day, last.green, last.yellow, last.red) == (NOW.date(), now["green"], now["yellow"], now["red"])


def test_a_rate_leaves_out_what_is_exempt_and_what_is_not_due() -> None:
    kinds: dict[Outcome, int] = {"in-time": 6, "in-extension": 2, "late": 1, "overdue": 1, "exempt": 5, "open": 9}
    tally = figures.tally(Part("a", "", "", None, kind, 0, count) for kind, count in kinds.items())
    assert (tally.due, tally.total, tally.rate, tally.extended_rate) == (10, 24, 0.6, 0.8)
    assert figures.tally([]).rate is None


def test_lateness_falls_into_steps_without_gaps() -> None:
    parts = [Part("a", "", "", None, "late", days, 1) for days in (0, 1, 3, 4, 60, 61, 999)]
    steps = figures.steps([*parts, Part("a", "", "", None, "overdue", 7, 2), Part("a", "", "", None, "open", 0, 9)])
    assert [(one.since, one.until, one.late, one.overdue) for one in steps] == [
        (0, 0, 1, 0), (1, 3, 2, 0), (4, 7, 1, 2), (8, 15, 0, 0), (16, 30, 0, 0), (31, 60, 1, 0), (61, None, 2, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2022-01-05 09:00", "2022-01-05 17:00", 8),
        ("2022-01-05 08:00", "2022-01-05 23:00", 8),
        ("2022-01-05 16:00", "2022-01-06 10:30", 2.5),
        ("2022-01-29 16:00", "2022-02-07 09:30", 9.5),
        ("2022-01-03 11:00", "2022-01-04 09:15", 0.25),
    ],
)
def test_working_time_stands_still_at_night_and_on_holidays(since: str, until: str, hours: float) -> None:
    # The Spring Festival of 2022 had January 29 and 30 as make-up days; January 3 was New Year's.
    assert turnaround.WorkingTime(china()).hours(local(since), local(until)) == hours


def test_the_median_lies_in_the_middle_and_nine_in_ten_took_no_longer_than_was_measured() -> None:
    assert turnaround.turn({1.0: 1}) == turnaround.Turn(1, 1.0, 1.0)
    assert turnaround.turn({1.0: 1, 6.0: 1}) == turnaround.Turn(2, 3.5, 6.0)
    assert turnaround.turn({1.0: 5, 2.0: 4, 9.0: 1}) == turnaround.Turn(10, 1.5, 2.0)
    assert turnaround.turn({1.0: 1, 2.0: 1, 9.0: 1}).median == 2.0


def test_figures_cost_the_same_few_queries_whatever_there_is(sqlite_world: World) -> None:
    figures_of(sqlite_world, now=local("2021-12-31 09:00"))  # the roster and the calendar are read once
    with noted() as little:
        figures_of(sqlite_world, now=local("2021-12-31 09:00"))
    sqlite_world.advance(local("2022-01-10 09:00"))
    with noted() as much:
        figures_of(sqlite_world, now=local("2022-01-10 09:00"))
    assert len(much) == len(little) <= 14


def test_figures_are_for_those_who_read_everything(sqlite_world: World) -> None:
    with sqlite_world.look(NOW, Actor("联络员", "unit", "KJJ")) as act, pytest.raises(Forbidden):
        figures.of(act, sqlite_world.key)
    with sqlite_world.look(NOW, OFFICE) as act:
        with pytest.raises(NotFound):
            figures.of(act, "no-such-programme")
        with pytest.raises(QueryRefused):
            figures.of(act, sqlite_world.key, "2022Q9")


def test_a_month_is_drawn_day_by_day_up_to_today(sqlite_world: World) -> None:
    sqlite_world.advance(local("2022-01-06 09:00"))
    found = figures_of(sqlite_world, "2022-01", now=local("2022-01-06 09:00"))
    days = [one.day for one in found.lights]
    assert days[0].isoformat() == "2022-01-01" and days[-1].isoformat() == "2022-01-06"
    assert all(after - before == timedelta(days=1) for before, after in pairwise(days))
    # What was due on the 4th turns at its 24 o'clock, which is the end of that day.
    assert [one.yellow for one in found.lights[2:4]] == [0, 61] and found.lights[4].red == 61
    assert found.lights[-1].green == found.lights[0].green - 61


def test_a_paper_came_on_the_day_it_was_received_even_if_it_is_given_back_later(sqlite_world: World) -> None:
    sqlite_world.advance(local("2022-01-06 10:00"))
    number = sqlite_world.id_of("KJJ")
    with sqlite_world.act(local("2022-01-06 10:00"), OFFICE) as act:
        paper_filings.enter(act, number, received=date(2022, 1, 4), signed_by="副市长", comment="原件已存档")
    with sqlite_world.act(local("2022-04-01 09:00"), OFFICE) as act:
        corrections.return_filing(act, number, comment="请补充附件")
    with sqlite_world.look(local("2022-04-01 10:00")) as act:
        listed, period = catalogue.by_key(act, sqlite_world.key), periods.parse("2022-01")
        found = outcomes.counted(act, listed, period, local("2022-04-01"), by_unit=True)
    assert {part.outcome for part in found if part.unit == "KJJ" and part.obligation == "target-choice"} == {"in-time"}

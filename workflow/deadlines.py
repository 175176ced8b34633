"""Due instants and rung instants of an obligation: pure arithmetic on dates, nothing stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflow.calendars import Calendar
from workflow.definition import Definition, Due, Rung
from workflow.moments import SHANGHAI, DayOffset

#: When a rung without a time of its own fires.
MORNING = time(9, 0)


@dataclass(frozen=True)
class Occurrence:
    """One due instance of an obligation; ``due_at`` is the first instant that is late."""

    obligation: str
    key: str
    due_date: date
    due_at: datetime


def due_at(day: date, *, until: time | None = None, zone: ZoneInfo = SHANGHAI) -> datetime:
    """The first late instant of a due day.

    “X日前” includes day X to its end: without a cut-off that is 00:00 of the next day, with one it is the
    cut-off itself.
    """
    if until is None:
        return datetime.combine(day + timedelta(days=1), time(0, 0), zone)
    return datetime.combine(day, until, zone)


def occurrences(definition: Definition, cycle: int) -> tuple[Occurrence, ...]:
    """Every occurrence of a cycle, by due date; raises ValueError when the cycle lacks a day."""
    found = [
        Occurrence(name, str(cycle), day, due_at(day, until=obligation.due.until))
        for name, obligation in definition.obligations.items()
        for day in (resolve(obligation.due, cycle),)
    ]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.obligation)))


def resolve(due: Due, cycle: int) -> date:
    """The due day in a cycle; raises ValueError when that year lacks it."""
    return due.on.resolve(cycle)


def rung_at(rung: Rung, *, day: date, late_from: datetime, calendar: Calendar) -> datetime:
    """When a rung of a due day fires; a rung ``at: due`` fires at the first late instant."""
    offset = rung.at
    if offset is None or offset.is_due:
        return late_from
    return datetime.combine(moved(day, offset, calendar), offset.at or MORNING, SHANGHAI)


def chases(rungs: Sequence[Rung], *, since: datetime, calendar: Calendar) -> tuple[tuple[datetime, int], ...]:
    """When an approver asked at ``since`` is chased, and by which rung of the ladder, in order of time."""
    asked = since.astimezone(SHANGHAI).date()
    found: list[tuple[datetime, int]] = []
    for position, rung in enumerate(rungs):
        if rung.pending_for is None:
            continue
        day = moved(asked, rung.pending_for, calendar)
        for _ in range(rung.at_most):
            found.append((datetime.combine(day, rung.pending_for.at or MORNING, SHANGHAI), position))
            day = moved(day, rung.every, calendar) if rung.every else day
    return tuple(sorted(found))


def moved(day: date, offset: DayOffset, calendar: Calendar) -> date:
    """``day`` moved by calendar or working days."""
    if offset.unit == "wd":
        return calendar.shift(day, offset.count)
    return day + timedelta(days=offset.count)


def days_late(day: date, now: datetime) -> int:
    """Calendar days since a due day in Asia/Shanghai, 0 on the day itself and before."""
    return max(0, (now.astimezone(SHANGHAI).date() - day).days)


def working_days_late(day: date, now: datetime, calendar: Calendar) -> int:
    """Working days after a due day up to and including today in Asia/Shanghai."""
    return calendar.working_days(day, now.astimezone(SHANGHAI).date())


def years_touched(definition: Definition, cycle: int, calendar: Calendar) -> tuple[int, ...]:
    """The years whose calendars the dates of a cycle and their rungs lean on."""
    years = set()
    for one in occurrences(definition, cycle):
        rungs = (rung for rung in definition.ladder_of(one.obligation) if not rung.is_chase)
        fired = (rung_at(rung, day=one.due_date, late_from=one.due_at, calendar=calendar) for rung in rungs)
        years |= {one.due_date.year, *(at.astimezone(SHANGHAI).year for at in fired)}
    return tuple(sorted(years))

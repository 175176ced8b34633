"""Due instants and rung instants of an obligation: pure arithmetic on dates, nothing stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflow import recurrences
from workflow.calendars import Calendar
from workflow.definition import Definition, Due, Rung
from workflow.moments import SHANGHAI, DayOffset

#: When a rung without a time of its own fires.
MORNING = time(9, 0)
#: What an offset may count from beside an obligation.
PUBLICATION = "published"


@dataclass(frozen=True)
class Occurrence:
    """One due instance of an obligation; ``due_at`` is the first instant that is late.

    ``heading`` tells it from the others where each has its own thing, ``number`` counts them from 0, and
    ``opens_at`` is when its submissions come to be, None for at launch.
    """

    obligation: str
    key: str
    due_date: date
    due_at: datetime
    heading: str = ""
    number: int = 0
    opens_at: datetime | None = None


@dataclass(frozen=True)
class _Day:
    """A due day before its cut-off and its opening are worked out."""

    key: str
    day: date
    heading: str = ""
    until: time | None = None


def due_at(day: date, *, until: time | None = None, zone: ZoneInfo = SHANGHAI) -> datetime:
    """The first late instant of a due day.

    “X日前” includes day X to its end: without a cut-off that is 00:00 of the next day, with one it is the
    cut-off itself.
    """
    if until is None:
        return datetime.combine(day + timedelta(days=1), time(0, 0), zone)
    return datetime.combine(day, until, zone)


def occurrences(definition: Definition, cycle: int, calendar: Calendar) -> tuple[Occurrence, ...]:
    """Every occurrence that the calendar knows of a cycle, by due date.

    What events or the office open is not among them. Raises ValueError when the cycle lacks a day.
    """
    found = [
        one
        for name, obligation in definition.obligations.items()
        if obligation.due.from_calendar
        for one in occurrences_of(definition, name, cycle, calendar)
    ]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.obligation)))


def occurrences_of(definition: Definition, name: str, cycle: int, calendar: Calendar) -> tuple[Occurrence, ...]:
    """The occurrences of one obligation in a cycle, in order; raises ValueError when the cycle lacks a day."""
    obligation = definition.obligations[name]
    days = sorted(_days(definition, name, cycle, calendar, frozenset()), key=lambda one: one.day)
    return tuple(
        Occurrence(
            name, one.key, one.day, due_at(one.day, until=one.until or obligation.due.until), one.heading, number,
            opening(obligation.opens, one.day, calendar),
        )
        for number, one in enumerate(days)
    )  # fmt: skip


def opening(opens: DayOffset | None, day: date, calendar: Calendar) -> datetime | None:
    """When the submissions of a due day come to be; None for at launch."""
    if opens is None:
        return None
    return datetime.combine(moved(day, opens, calendar), opens.at or MORNING, SHANGHAI)


def opened_due(due: Due, opened_on: date, calendar: Calendar) -> date | None:
    """The due day of a duty opened on a day, None where it is taken from a field or set by hand."""
    if due.opened is None:
        return None
    return on_working_day(moved(opened_on, due.opened, calendar), due, calendar)


def _days(
    definition: Definition, name: str, cycle: int, calendar: Calendar, behind: frozenset[str]
) -> tuple[_Day, ...]:
    """The due days of an obligation; ``behind`` are those whose offsets lead here, so that a loop ends."""
    due = definition.obligations[name].due
    found = tuple(_plain_days(definition, name, cycle, calendar, behind))
    return tuple(replace(one, day=on_working_day(one.day, due, calendar)) for one in found)


def _plain_days(
    definition: Definition, name: str, cycle: int, calendar: Calendar, behind: frozenset[str]
) -> Iterator[_Day]:
    due = definition.obligations[name].due
    if due.on is not None:
        yield _Day(str(cycle), due.on.resolve(cycle))
    elif due.dates:
        yield from _listed(due, cycle)
    elif due.every is not None:
        yield from _recurring(due, cycle)
    elif due.within is not None:
        stage = definition.stages[due.within]
        if stage.until is None:
            raise ValueError(f"阶段“{stage.title}”没有结束时间，不能作截止时间")
        yield _Day(str(cycle), stage.until.span(cycle)[1])
    elif due.after is not None and due.by is not None:
        for one in _bases(definition, name, cycle, calendar, behind):
            yield replace(one, day=moved(one.day, due.by, calendar))


def _listed(due: Due, cycle: int) -> Iterator[_Day]:
    days = [one.on.resolve(cycle) for one in due.dates]
    months = [(day.year, day.month) for day in days]
    for one, day in zip(due.dates, days, strict=True):
        month = day.strftime("%Y-%m") if months.count((day.year, day.month)) == 1 else day.isoformat()
        yield _Day(one.key or month, day, one.title or "", one.until)


def _recurring(due: Due, cycle: int) -> Iterator[_Day]:
    since = due.since.resolve(cycle) if due.since else date(cycle, 1, 1)
    until = due.to.resolve(cycle) if due.to else date(cycle, 12, 31)
    previous = due.period == "previous"
    for one in recurrences.days(due.rule, since=since, until=until, missing_day=due.missing_day):
        yield _Day(recurrences.period_of(one.counts_as, due.rule, previous=previous), one.day)


def _bases(
    definition: Definition, name: str, cycle: int, calendar: Calendar, behind: frozenset[str]
) -> tuple[_Day, ...]:
    """The days that an offset counts from: the publication, or the days of another obligation."""
    after = definition.obligations[name].due.after
    if after == PUBLICATION:
        if definition.published is None:
            raise ValueError("按印发时间推算截止日期，须写明 published")
        return (_Day(str(cycle), definition.published.resolve(cycle).date()),)
    if after is None or after not in definition.obligations or not definition.obligations[after].due.from_calendar:
        raise ValueError(f"“{after}”没有可供推算的日期")
    if after in behind or after == name:
        raise ValueError(f"“{after}”的日期又要由本事项推算")
    return _days(definition, after, cycle, calendar, behind | {name})


def on_working_day(day: date, due: Due, calendar: Calendar) -> date:
    """A due day moved off a holiday as its duty says; most stay, since “X日前” includes day X whatever it is."""
    if due.on_holiday == "stay" or calendar.is_working(day):
        return day
    return calendar.shift(day, 1 if due.on_holiday == "after" else -1)


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
    for one in occurrences(definition, cycle, calendar):
        rungs = (rung for rung in definition.ladder_of(one.obligation) if not rung.is_chase)
        fired = (rung_at(rung, day=one.due_date, late_from=one.due_at, calendar=calendar) for rung in rungs)
        years |= {one.due_date.year, *(at.astimezone(SHANGHAI).year for at in fired)}
    return tuple(sorted(years))

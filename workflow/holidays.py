"""放假安排: which years are announced, and what another notice moves before it is taken in.

Days are Asia/Shanghai. A notice moves reminders that have not gone out; deadlines were fixed at the launch and stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import select

from workflow import catalogue, deadlines, desks, posts, schedules
from workflow.acts import Act
from workflow.calendars import Calendar, DayRule, unnamed_festivals
from workflow.delegations import require_office
from workflow.schedules import Moved
from workflow.tables import CalendarDay


@dataclass(frozen=True)
class Year:
    """One year: announced or not, taken in here or known beforehand, and the titles of programmes that count in it."""

    year: int
    provisional: bool
    imported: bool
    off: int
    worked: int
    programmes: tuple[str, ...]


@dataclass(frozen=True)
class OtherDay:
    """A day that a notice settles otherwise than the calendar so far."""

    day: date
    working: bool
    name: str


@dataclass(frozen=True)
class MovedLine:
    """A reminder that goes out at another instant; ``now_due`` ones go out at once."""

    title: str
    what: str
    before: datetime
    after: datetime
    now_due: bool


@dataclass(frozen=True)
class Fixed:
    """A date that a launch today would put elsewhere; what runs keeps it."""

    programme: str
    title: str
    occurrence: str
    stays: date
    would_be: date


@dataclass(frozen=True)
class Outlook:
    """What taking a notice in does; ``unnamed`` are festivals that it does not speak of."""

    year: int
    provisional: bool
    days: tuple[OtherDay, ...]
    moved: tuple[MovedLine, ...]
    fixed: tuple[Fixed, ...]
    unnamed: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The same for the same outlook and for no other; nothing secret."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def years(act: Act, *, around: int = 2) -> tuple[Year, ...]:
    """The years from the one before this on, and those that running programmes count in."""
    calendar = act.calendar()
    used: dict[int, list[str]] = {}
    for listed in catalogue.every(act):
        try:
            touched = deadlines.years_touched(listed.texts.current, listed.cycle, calendar)
        except ValueError:
            touched = (listed.cycle,)
        for year in touched:
            used.setdefault(year, []).append(f"{listed.title} {listed.cycle}")
    here = set(act.session.exec(select(CalendarDay.year).distinct()))
    shown = {*range(act.today.year - 1, act.today.year + around + 1), *used, *here}
    return tuple(_year(calendar, one, one in here, tuple(used.get(one, ()))) for one in sorted(shown))


def foresee(act: Act, year: int, rules: Sequence[DayRule]) -> Outlook:
    """What taking a notice in would do; tried out and taken back, so the act must be one that may write.

    Raises Forbidden.
    """
    require_office(act, "装入放假安排")
    trial = act.session.begin_nested()
    try:
        return _taken_in(act, year, rules)
    finally:
        trial.rollback()
        act.session.info.pop("calendar", None)


def take_in(act: Act, year: int, rules: Sequence[DayRule]) -> Outlook:
    """Take a notice in and put every reminder that has not gone out where it now belongs; raises Forbidden."""
    require_office(act, "装入放假安排")
    return _taken_in(act, year, rules)


def _taken_in(act: Act, year: int, rules: Sequence[DayRule]) -> Outlook:
    before = act.calendar()
    posts.import_calendar(act.session, year, rules)
    after, moved = act.calendar(), schedules.replan(act)
    programmes = catalogue.by_id(act, {one.programme_id for one in moved})
    return Outlook(
        year, before.provisional(year), tuple(_other_days(before, after, year)),
        tuple(_line(act, one, programmes[one.programme_id].obligation(one.obligation).title) for one in moved),
        tuple(_fixed(act, before, after)), unnamed_festivals(rules),
    )  # fmt: skip


def _year(calendar: Calendar, year: int, imported: bool, programmes: tuple[str, ...]) -> Year:
    rules = calendar.rules(year)
    worked = sum(rule.working for rule in rules)
    return Year(year, calendar.provisional(year), imported, len(rules) - worked, worked, programmes)


def _other_days(before: Calendar, after: Calendar, year: int) -> Iterator[OtherDay]:
    for number in range(-31, 366):
        day = date(year, 1, 1) + timedelta(days=number)
        if before.is_working(day) != after.is_working(day):
            yield OtherDay(day, after.is_working(day), after.name_of(day) or "")


def _line(act: Act, one: Moved, title: str) -> MovedLine:
    which = f"（报送件{one.submission_id}）" if one.submission_id else f"（{one.count}件）" if one.count else ""
    what = desks.rung_title(one.label) + which
    return MovedLine(title, what, one.before, one.after, one.after <= act.now)


def _fixed(act: Act, before: Calendar, after: Calendar) -> Iterator[Fixed]:
    """Dates counted in working days that have been fixed by the calendar so far."""
    for listed in catalogue.every(act):
        definition = listed.texts.current
        try:
            old = {(one.obligation, one.key): one for one in deadlines.occurrences(definition, listed.cycle, before)}
            new = deadlines.occurrences(definition, listed.cycle, after)
        except ValueError:
            continue
        for one in new:
            was = old.get((one.obligation, one.key))
            if was is not None and was.due_date != one.due_date and was.due_at > act.now:
                title = definition.obligations[one.obligation].title
                yield Fixed(f"{listed.title} {listed.cycle}", title, one.key, was.due_date, one.due_date)


def days_of(calendar: Calendar, year: int) -> tuple[tuple[date, bool, str], ...]:
    """The days of a year that are no usual ones: day, whether it is worked, its name."""
    found = []
    for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        day = date(year, 1, 1) + timedelta(days=number)
        rule, holiday = calendar.rule_of(day), calendar.name_of(day)
        if holiday is not None:
            found.append((day, False, holiday))
        elif rule is not None:
            found.append((day, True, f"{rule.name}调休"))
    return tuple(found)

"""The days of the timeline as months and drawn to scale. Figures and coordinates only, the template draws."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Sequence
from datetime import date

from web.contexts.agenda import DayKind, Month, MonthCell, Strip, StripDay
from workflow.timeline import Day

WIDTH, HEIGHT, BASE, TOP = 1000, 96, 72, 14
#: A column that stands for anything at all is so high at least.
LEAST = 3


def kind_of(one: Day) -> DayKind:
    """What kind of day it is; a named holiday goes before a plain weekend."""
    if one.working:
        return "made-up" if one.made_up else "working"
    return "holiday" if one.name else "weekend"


def months(days: Sequence[Day], today: date, list_href: str) -> tuple[Month, ...]:
    """Every month that any of the days is in, by weeks from Monday."""
    known = {one.day: one for one in days}
    firsts = sorted({one.day.replace(day=1) for one in days})
    return tuple(
        Month(first, tuple(tuple(_cell(day, first, known, today, list_href) for day in week) for week in _weeks(first)))
        for first in firsts
    )


def _weeks(first: date) -> list[list[date]]:
    return Calendar().monthdatescalendar(first.year, first.month)


def _cell(day: date, first: date, known: dict[date, Day], today: date, list_href: str) -> MonthCell | None:
    if day.month != first.month:
        return None
    one = known.get(day)
    if one is None:
        return MonthCell(day, "weekend" if day.weekday() >= 5 else "working", "", day == today, shown=False)
    escalated = sum(1 for thing in one.happenings if thing.says in ("escalation", "overdue"))
    said = sum(1 for thing in one.happenings if thing.kind in ("rung", "chase")) - escalated
    return MonthCell(
        day, kind_of(one), one.name, day == today, shown=True,
        href=f"{list_href}#day-{day.isoformat()}" if one.happenings else "",
        due=sum(1 for thing in one.happenings if thing.kind in ("deadline", "later")), said=said, escalated=escalated,
    )  # fmt: skip


def strip(days: Sequence[Day]) -> Strip:
    """A column for each day, as high as what falls due on it is open; days off are shaded."""
    open_ = [sum(one.count for one in day.happenings if one.kind in ("deadline", "later")) for day in days]
    most, width = max(open_, default=0), WIDTH / len(days)
    return Strip(
        width=WIDTH,
        base=BASE,
        height=HEIGHT,
        days=tuple(
            StripDay(
                x=round(place * width, 1),
                width=round(width, 1),
                height=_high(count, most),
                off=not day.working,
                escalated=any(one.says in ("escalation", "overdue") for one in day.happenings),
                label=_label(day.day, first=place == 0, dense=len(days) > 50),
            )
            for place, (day, count) in enumerate(zip(days, open_, strict=True))
        ),
        most=most,
    )


def _high(count: int, most: int) -> float:
    return round(max((BASE - TOP) * count / most, LEAST), 1) if count else 0.0


def _label(day: date, *, first: bool, dense: bool) -> str:
    """Mondays are named; of many weeks only every other one."""
    named = day.weekday() == 0 and (not dense or day.isocalendar().week % 2 == 0)
    return f"{day.month}/{day.day}" if named and not first else ""

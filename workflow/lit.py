"""How many submissions stood in which light at the end of each day or week, replayed from their histories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, case, func, or_, select

from workflow.acts import Act
from workflow.moments import SHANGHAI
from workflow.periods import Period
from workflow.tables import History, Submission

_s = Submission.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]
_DAILY = 31
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Lit:
    """How many submissions stood in each light at the end of ``day``, or now where it has not ended.

    The end is 24 o'clock, with what lapses at that instant.
    """

    day: date
    green: int
    yellow: int
    red: int


@dataclass(frozen=True)
class _Change:
    at: datetime
    before: str
    after: str
    count: int


def over(act: Act, programme_id: int, period: Period) -> tuple[Lit, ...]:
    """Every submission that had been opened, by day for up to a month, else by the week that ends on Sunday."""
    changes = sorted(_changes(act, programme_id, period), key=lambda one: one.at)
    standing = {"green": 0, "yellow": 0, "red": 0}
    found, place = [], 0
    for day in _days(period, act.today):
        while place < len(changes) and _day(changes[place].at) <= day:
            one = changes[place]
            standing[one.after] += one.count
            if one.before:
                standing[one.before] -= one.count
            place += 1
        found.append(Lit(day, **standing))
    return tuple(found)


def _day(instant: datetime) -> date:
    """The day that an instant belongs to: midnight is the end of the day before."""
    return (instant - _MICROSECOND).astimezone(SHANGHAI).date()


def _days(period: Period, today: date) -> Iterator[date]:
    last = min(period.last, today)
    if (period.last - period.first).days < _DAILY:
        step, day = 1, period.first
    else:
        step, day = 7, period.first + timedelta(days=6 - period.first.weekday())
    while day < last:
        yield day
        day += timedelta(days=step)
    if period.first <= last:
        yield last


def _changes(act: Act, programme_id: int, period: Period) -> Iterator[_Change]:
    """What was opened, green at first, and every change since: those of one instant and kind are one row."""
    own, riding = _h.c.facts["to"].as_string(), _h.c.facts["light", "to"].as_string()
    was, rode = _h.c.facts["from"].as_string(), _h.c.facts["light", "from"].as_string()
    of_light = _h.c.event == "light"
    before = case((_h.c.seq == 1, ""), (of_light, was), else_=rode).label("before")
    after = case((_h.c.seq == 1, "green"), (of_light, own), else_=riding).label("after")
    tells = or_(_h.c.seq == 1, of_light, and_(_h.c.event == "lapse", riding.is_not(None)))
    query = (
        select(_h.c.at, before, after, func.count().label("number"))
        .join(_s, _s.c.id == _h.c.submission_id)
        .where(_s.c.programme_id == programme_id, _h.c.at <= min(act.now, period.ends), tells)
        .group_by(_h.c.at, "before", "after")
    )
    for row in act.session.execute(query):
        yield _Change(row.at, row.before, row.after, row.number)

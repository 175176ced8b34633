"""日程: the days ahead with what falls due and what the clock sets off, and what it set off in the last days.

What is ahead comes from the same look ahead as ``duban next``; the same few queries however long the days are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import Row, case, distinct, func, select

from workflow import catalogue, desks, schedules, unopened, upcoming
from workflow.acts import Act
from workflow.calendars import Calendar
from workflow.moments import SHANGHAI
from workflow.tables import Deadline, Message, MessageItem, RungRow, Submission
from workflow.unopened import Unopened
from workflow.upcoming import Upcoming
from workflow.windows import ALL, Scope

Kind = Literal["deadline", "rung", "chase", "message", "later"]

#: So much is shown at once; the rest begins on a day of its own.
MOST = 400
#: How far back what was set off is told, and how much of it at most.
BACK = timedelta(days=7)
MOST_PAST = 200

_r = RungRow.__table__  # type: ignore[attr-defined]
_d = Deadline.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]
_m = Message.__table__  # type: ignore[attr-defined]
_i = MessageItem.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Happening:
    """One thing at an instant: a deadline, a rung, a chase, messages, or a deadline that has not opened yet.

    ``count`` is how many submissions are open, ``says`` what a rung says, ``opens_on`` when it opens.
    """

    at: datetime
    kind: Kind
    programme: str
    obligation: str
    occurrence: str
    title: str
    label: str
    says: str
    unit: str
    to: tuple[str, ...]
    count: int
    opens_on: date | None = None


@dataclass(frozen=True)
class Day:
    """One day in Asia/Shanghai; ``name`` is its holiday's, ``made_up`` that a Saturday or Sunday is worked."""

    day: date
    working: bool
    name: str
    made_up: bool
    happenings: tuple[Happening, ...]


@dataclass(frozen=True)
class Fired:
    """What one sweep set off at an instant, and how many messages came of it, how many of them have gone."""

    at: datetime
    said: tuple[str, ...]
    messages: int
    sent: int


@dataclass(frozen=True)
class Timeline:
    """Days from the first to the last; ``rest`` is the day on which what is too much goes on."""

    days: tuple[Day, ...]
    rest: date | None
    provisional: tuple[int, ...]
    fired: tuple[Fired, ...]


def ahead(act: Act, *, since: date, until: date, scope: Scope = ALL) -> Timeline:
    """Every day from one to another, both included; what is due but not done yet stands on the first of today."""
    end = datetime.combine(until + timedelta(days=1), time(), SHANGHAI)
    found = [_happening(one) for one in upcoming.ahead(act, until=end, scope=scope)]
    found += [_later(one) for one in unopened.ahead(act, due_until=end, scope=scope)]
    by_day: dict[date, list[Happening]] = {}
    for one in sorted(_together(found), key=lambda one: (one.at, one.kind, one.title)):
        by_day.setdefault(max(_day_of(one), act.today), []).append(one)
    last = _last(by_day, since, until)
    calendar = act.calendar()
    days = [since + timedelta(days=number) for number in range((last - since).days + 1)]
    return Timeline(
        days=tuple(_day(day, calendar, by_day.get(day, ())) for day in days),
        rest=last + timedelta(days=1) if last < until else None,
        provisional=tuple(year for year in range(since.year, last.year + 1) if calendar.provisional(year)),
        fired=fired(act, scope) if since <= act.today else (),
    )


def fired(act: Act, scope: Scope = ALL) -> tuple[Fired, ...]:
    """What the clock set off in the last days, the newest first, with the messages that came of it."""
    rows = _fired_rows(act, scope)
    programmes = catalogue.by_id(act, {row.programme_id for row in rows})
    by_batch: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_batch.setdefault(row.batch, []).append(row)
    counts = _letters(act, list(by_batch), scope)
    return tuple(
        Fired(
            some[0].fires_at, tuple(dict.fromkeys(_said(programmes, row) for row in some)), *counts.get(batch, (0, 0))
        )
        for batch, some in by_batch.items()
    )


def _happening(one: Upcoming) -> Happening:
    return Happening(
        one.at, one.kind, one.programme, one.obligation, one.occurrence, one.title, one.label or one.what, one.says,
        one.unit, one.to, one.count,
    )  # fmt: skip


def _together(found: Iterable[Happening]) -> list[Happening]:
    """The same for several units with dates of their own is one thing that happens."""
    groups: dict[Happening, list[Happening]] = {}
    for one in found:
        groups.setdefault(replace(one, unit="", count=0), []).append(one)
    return [_sum(some) for some in groups.values()]


def _sum(some: Sequence[Happening]) -> Happening:
    units = [one.unit for one in some if one.unit]
    named = f"{units[0]}等{len(units)}家" if len(units) > 1 else "".join(units)
    return replace(some[0], unit=named if len(units) == len(some) else "", count=sum(one.count for one in some))


def _later(one: Unopened) -> Happening:
    title = f"{one.obligation_title}：{one.heading}" if one.heading else one.obligation_title
    return Happening(
        one.due_at, "later", one.programme, one.obligation, one.occurrence, title, "截止", "", "", (), len(one.units),
        one.opens_at.astimezone(SHANGHAI).date(),
    )  # fmt: skip


def _day_of(one: Happening) -> date:
    """A deadline stands on its last day, not on the first moment after it."""
    at = one.at - timedelta(microseconds=1) if one.kind in ("deadline", "later") else one.at
    return at.astimezone(SHANGHAI).date()


def _last(by_day: Mapping[date, Sequence[Happening]], since: date, until: date) -> date:
    """The last day that is shown: whole days only, one at least."""
    shown = 0
    for day in sorted(day for day in by_day if since <= day <= until):
        if shown and shown + len(by_day[day]) > MOST:
            return day - timedelta(days=1)
        shown += len(by_day[day])
    return until


def _day(day: date, calendar: Calendar, happenings: Iterable[Happening]) -> Day:
    working = calendar.is_working(day)
    made_up = working and day.weekday() >= 5
    return Day(day, working, calendar.name_of(day) or "", made_up, tuple(happenings))


def _fired_rows(act: Act, scope: Scope) -> Sequence[Row[Any]]:
    wanted = [
        _r.c.fired_at.is_not(None), _r.c.fires_at > act.now - BACK, _r.c.fires_at <= act.now,
        _r.c.batch != schedules.BEFORE_ITS_TIME, *scope.dates(_d),
    ]  # fmt: skip
    if scope.unit:
        wanted.append(select(_s.c.id).where(_s.c.deadline_id == _d.c.id, _s.c.unit == scope.unit).exists())
    columns = (_r.c.fires_at, _r.c.position, _r.c.batch, _d.c.programme_id, _d.c.obligation, _d.c.version)
    query = select(*columns).join(_d, _d.c.id == _r.c.deadline_id).where(*wanted)
    return act.session.execute(query.order_by(_r.c.fires_at.desc(), _r.c.id.desc()).limit(MOST_PAST)).all()


def _said(programmes: Mapping[int, catalogue.Listed], row: Row[Any]) -> str:
    listed = programmes[row.programme_id]
    rung = listed.ladder(row.obligation, row.version)[row.position]
    return f"{listed.obligation(row.obligation).title}：{desks.rung_title(str(rung.at))}{upcoming.SAYS[rung.say]}"


def _letters(act: Act, batches: Sequence[str], scope: Scope) -> dict[str, tuple[int, int]]:
    """By sweep, how many messages came of it, and how many have gone; where narrowed, those that speak of the scope."""
    if not batches:
        return {}
    gone = case((_m.c.status == "sent", _m.c.id))
    query = select(_m.c.batch, func.count(distinct(_m.c.id)), func.count(distinct(gone)))
    if scope.of_some:
        query = query.join(_i, _i.c.message_id == _m.c.id).join(_s, _s.c.id == _i.c.submission_id)
        query = query.where(*scope.submissions(_s))
    elif scope.programme_id is not None:
        query = query.where(_m.c.programme_id == scope.programme_id)
    counted = query.where(_m.c.batch.in_(batches), _m.c.status != "cancelled").group_by(_m.c.batch)
    return {batch: (letters, sent) for batch, letters, sent in act.session.execute(counted)}

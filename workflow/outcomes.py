"""How what was due in a period came out, as it stood at an instant: counted in sets, for figures and bulletins.

A submission belongs to the period of its *first* due date: an extension moves the work, not the reckoning. What
counts is the instant at which it reached the office – the last sign-off, or the submission where nobody signs. Rows
nothing has happened to since that instant are counted by SQL; those moved later, those with an extension and those
with one that was taken back later are read off their histories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select

from workflow import deadlines
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.lifecycle import StandingDef
from workflow.moments import SHANGHAI
from workflow.periods import Period
from workflow.tables import History, Submission, Unit

_s = Submission.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]

#: ``in-extension``: after the first date, within the extended one. ``open``: not due yet, extensions counted.
Outcome = Literal["in-time", "in-extension", "late", "overdue", "open", "exempt"]
OUTCOMES: tuple[Outcome, ...] = ("in-time", "in-extension", "late", "overdue", "open", "exempt")

_FIRST_DUE = func.coalesce(_s.c.extended_from, _s.c.due_date)
_STREAMED = 5000
_MICROSECOND = timedelta(microseconds=1)
_NOON = time(12)


@dataclass(frozen=True)
class Part:
    """So many submissions that came out alike; ``due`` is the first due date, ``days`` how late they are or were.

    By unit there is neither a category nor a date nor a number of days, otherwise no unit. ``own`` parts off the units
    that were named as the office's own; by unit they tell themselves apart.
    """

    obligation: str
    unit: str
    category: str
    due: date | None
    outcome: Outcome
    days: int
    count: int
    own: bool = False


@dataclass(frozen=True)
class Case:
    """One submission that did not simply come in time; ``until`` is the extended date, ``arrived`` when it came."""

    submission_id: int
    obligation: str
    occurrence: str
    heading: str
    unit: str
    subject: str
    due: date
    until: date | None
    outcome: Outcome
    arrived: datetime | None
    days: int


def counted(
    act: Act, listed: Listed, period: Period, at: datetime, *, by_unit: bool = False, own: Collection[str] = ()
) -> tuple[Part, ...]:
    """Everything due in a period as it stood at ``at``, by category and day, or by unit."""
    categories = {row.code: row.category for row in act.session.execute(select(_u.c.code, _u.c.category))}
    told: Counter[Part] = Counter()
    for one in _told(act, listed, period, at):
        if by_unit:
            told[Part(one.obligation, one.unit, "", None, one.outcome, 0, 1)] += 1
        else:
            category, mine = categories.get(one.unit, ""), one.unit in own
            told[Part(one.obligation, "", category, one.due, one.outcome, one.days, 1, mine)] += 1
    folded = (replace(part, count=count) for part, count in told.items())
    return (*_plain(act, listed, period, at, by_unit=by_unit, own=own), *folded)


def cases(
    act: Act, listed: Listed, period: Period, at: datetime, *, most: int, only: Collection[str]
) -> tuple[Case, ...]:
    """What of these obligations came late, within an extension, or not at all, by date; not more than ``most``."""
    wanted = (_settled(act, at), or_(_s.c.state == "overdue", _s.c.late), _s.c.obligation.in_([*only]))
    query = select(*_COLUMNS).where(*_due_in(listed, period), *wanted).order_by(_s.c.due_at, _s.c.id).limit(most)
    found = [one for row in act.session.execute(query) if (one := _case(row, at)).outcome in ("late", "overdue")]
    told = (one for one in _told(act, listed, period, at) if one.obligation in only)
    found += [one for one in told if one.outcome in ("in-extension", "late", "overdue")]
    return tuple(sorted(found, key=lambda one: (one.due, one.obligation, one.submission_id))[:most])


_COLUMNS = tuple(
    _s.c[name]
    for name in (
        "id", "obligation", "occurrence", "heading", "unit", "subject", "due_date", "due_at", "extended_from", "state",
        "waiting_on", "late", "filed_at", "pending_since",
    )
)  # fmt: skip


def _due_in(listed: Listed, period: Period) -> tuple[ColumnElement[bool], ...]:
    return _s.c.programme_id == listed.id, _FIRST_DUE.between(period.first, period.last)


def _moved_since(at: datetime) -> ColumnElement[bool]:
    since = _h.alias("since")
    # An extension that is taken back may move nothing, yet it stood until then.
    moves = or_(since.c.source != since.c.dest, since.c.event == "undo")
    return select(since.c.seq).where(since.c.submission_id == _s.c.id, since.c.at > at, moves).exists()


def _settled(act: Act, at: datetime) -> ColumnElement[bool]:
    """Rows that tell by themselves how they stood at an instant."""
    unextended = _s.c.extended_from.is_(None)
    return unextended if at >= act.now else and_(unextended, ~_moved_since(at))


def _plain(
    act: Act, listed: Listed, period: Period, at: datetime, *, by_unit: bool, own: Collection[str]
) -> Iterator[Part]:
    came = case((~_s.c.late, None), (_s.c.state == "filed", _s.c.filed_at), else_=_s.c.pending_since)
    place = (_s.c.unit,) if by_unit else (_u.c.category, _s.c.due_date)
    columns = (*place, _s.c.obligation, _s.c.state, _s.c.waiting_on, _s.c.late)
    # Grouped by its name: written twice, its parameters would make two expressions of it.
    instant = () if by_unit else (came.label("came"), _s.c.unit.in_([*own]).label("mine"))
    query = (
        select(*columns, *instant, func.count().label("number"))
        .join(_u, _u.c.code == _s.c.unit)
        .where(*_due_in(listed, period), _settled(act, at))
        .group_by(*columns, *(one.name for one in instant))
    )
    for row in act.session.execute(query):
        outcome = _outcome(row)
        if by_unit:
            yield Part(row.obligation, row.unit, "", None, outcome, 0, row.number)
        else:
            days = _days(outcome, row.due_date, row.came, at)
            yield Part(row.obligation, "", row.category, row.due_date, outcome, days, row.number, bool(row.mine))


def _outcome(row: Row[Any]) -> Outcome:
    """What a row without an extension says; what waits for the office to accept it has come."""
    if row.state == "filed" or (row.state == "pending" and row.waiting_on == "office"):
        return "late" if row.late else "in-time"
    if row.state == "exempt":
        return "exempt"
    return "overdue" if row.state == "overdue" else "open"


def _days(outcome: Outcome, due: date, came: datetime | None, at: datetime) -> int:
    if outcome == "overdue":
        # 24 o'clock is the end of a day, not a part of the next: what was due on that day is 0 days late.
        return deadlines.days_late(due, at - _MICROSECOND)
    return deadlines.days_late(due, came) if outcome == "late" and came is not None else 0


def _case(row: Row[Any], at: datetime) -> Case:
    outcome = _outcome(row)
    arrived = (row.filed_at if row.state == "filed" else row.pending_since) if outcome == "late" else None
    days = _days(outcome, row.due_date, arrived, at)
    return Case(
        row.id, row.obligation, row.occurrence, row.heading, row.unit, row.subject, row.due_date, None, outcome,
        arrived, days,
    )  # fmt: skip


def _told(act: Act, listed: Listed, period: Period, at: datetime) -> Iterator[Case]:
    """Those that were extended or have moved since, one by one from their histories."""
    query = (
        select(*_COLUMNS, _h.c.at, _h.c.source, _h.c.dest, _h.c.event, _h.c.facts)
        .join(_h, _h.c.submission_id == _s.c.id)
        .where(*_due_in(listed, period), ~_settled(act, at), _h.c.at <= at)
        .where(or_(_h.c.source != _h.c.dest, _h.c.event.in_(("extend", "undo"))))
        .order_by(_s.c.id, _h.c.seq)
    )
    rows = act.session.execute(query.execution_options(yield_per=_STREAMED))
    for _, entries in groupby(rows, key=attrgetter("id")):
        yield _retold(act, listed, list(entries), at)


def _retold(act: Act, listed: Listed, entries: Sequence[Row[Any]], at: datetime) -> Case:
    first = entries[0]
    lifecycle = act.lifecycle(listed.id, first.obligation)
    cut_off = listed.obligation(first.obligation).due.until
    due = first.extended_from or first.due_date
    due_at = deadlines.due_at(due, until=cut_off) if first.extended_from else first.due_at
    until = _granted(entries)
    end = deadlines.due_at(until, until=cut_off) if until else due_at
    arrived, standing = None, lifecycle.standing(lifecycle.initial)
    for entry in entries:
        if entry.event == "lapse" and (entry.source != standing.name or (until and entry.at < end)):
            # Dated back to the deadline when an extension or an exemption was taken back, which stood until then.
            continue
        was, standing = standing, lifecycle.standing(entry.dest)
        arrived = (arrived if _came(was) else _arrival(entry, end)) if _came(standing) else None
    outcome = _judged(standing, arrived, due_at=due_at, end=end, at=at)
    return Case(
        first.id, first.obligation, first.occurrence, first.heading, first.unit, first.subject, due, until, outcome,
        arrived, _days(outcome, until or due, arrived, at),
    )  # fmt: skip


def _arrival(entry: Row[Any], end: datetime) -> datetime:
    """When a move reached the office: a paper that was entered later came on the day it was received."""
    if entry.event != "paper":
        return entry.at  # type: ignore[no-any-return]
    came = datetime.combine(date.fromisoformat(entry.facts["received"]), _NOON, SHANGHAI)
    return came if entry.facts["late"] else min(came, end - _MICROSECOND)


def _granted(entries: Sequence[Row[Any]]) -> date | None:
    """The date of the last extension that has not been taken back."""
    dates: list[date] = []
    for entry in entries:
        if entry.event == "extend":
            dates.append(date.fromisoformat(entry.facts["until"]))
        elif entry.event == "undo" and entry.facts.get("undone") == "extend":
            dates.pop()
    return dates[-1] if dates else None


def _came(standing: StandingDef) -> bool:
    return standing.state == "filed" or (standing.state == "pending" and standing.waiting_on == "office")


def _judged(
    standing: StandingDef, arrived: datetime | None, *, due_at: datetime, end: datetime, at: datetime
) -> Outcome:
    if arrived is not None:
        return "in-time" if arrived < due_at else "in-extension" if arrived < end else "late"
    if standing.state == "exempt":
        return "exempt"
    return "overdue" if standing.state == "overdue" or at >= end else "open"

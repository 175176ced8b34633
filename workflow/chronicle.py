"""The histories of all programmes together, newest first: who did what, when, about which unit; keyset pages.

A span of days bounds every search, so that a rare name costs no walk through the whole record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, literal, or_, select, tuple_

from workflow import catalogue, cursors, papers
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.moments import SHANGHAI
from workflow.refusals import Forbidden, QueryRefused
from workflow.sight import READERS
from workflow.tables import History, Programme, Submission, Unit

_h = History.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]
_p = Programme.__table__  # type: ignore[attr-defined]

#: Days looked back where nobody says otherwise, and how many lines a file holds.
DAYS, LARGEST_FILE = 31, 100_000
_ORDER = "chronicle"
_NEWEST = (_h.c.noticed_at.desc(), _h.c.submission_id.desc(), _h.c.seq.desc())


@dataclass(frozen=True)
class Wanted:
    """What a search asks for: days in Asia/Shanghai, both included; empty means all."""

    since: date
    until: date
    who: str = ""
    what: str = ""
    unit: str = ""
    programme: str = ""
    submission: int | None = None


@dataclass(frozen=True)
class Line:
    """One entry: when it took effect and was noticed, what it was and about whom."""

    submission: int
    seq: int
    at: datetime
    noticed_at: datetime
    event: str
    title: str
    actor: str
    comment: str
    programme: str
    unit: str
    obligation: str
    occurrence: str
    hash: str


@dataclass(frozen=True)
class Lines:
    """A page of entries and the cursor of the next."""

    items: tuple[Line, ...]
    next: str


def span(act: Act, since: str, until: str) -> tuple[date, date]:
    """The days that were asked for, the last month where nothing was; raises QueryRefused."""
    try:
        last = date.fromisoformat(until) if until else act.today
        first = date.fromisoformat(since) if since else last - timedelta(days=DAYS - 1)
    except (ValueError, OverflowError):
        raise QueryRefused(reason="日期须写作 2022-01-04") from None
    if first > last:
        raise QueryRefused(reason="起始日期晚于截止日期")
    return first, last


def search(act: Act, wanted: Wanted, *, cursor: str = "", limit: int = 50) -> Lines:
    """A page of what a search finds; raises Forbidden, QueryRefused."""
    query = _query(act, wanted).limit(cursors.page_size(limit) + 1)
    if cursor:
        at, submission, seq = cursors.read(cursor, _ORDER, datetime, int, int)
        here = tuple_(literal(at, _h.c.noticed_at.type), submission, seq)
        query = query.where(tuple_(_h.c.noticed_at, _h.c.submission_id, _h.c.seq) < here)
    rows = act.session.execute(query).all()
    last = rows[limit - 1] if len(rows) > limit else None
    more = cursors.written(_ORDER, last.noticed_at, last.submission_id, last.seq) if last is not None else ""
    return Lines(tuple(_lines(act, rows[:limit])), more)


def everything(act: Act, wanted: Wanted) -> Iterator[Line]:
    """All that a search finds, as far as one file holds it; raises Forbidden, QueryRefused."""
    rows = act.session.execute(_query(act, wanted).limit(LARGEST_FILE), execution_options={"yield_per": 2000})
    for part in rows.partitions():
        yield from _lines(act, part)


def _query(act: Act, wanted: Wanted) -> Any:
    if act.actor.role not in READERS:
        raise Forbidden(move="查阅历史记录")
    columns = (_s.c.programme_id, _s.c.obligation, _s.c.occurrence, _s.c.heading, _u.c.name.label("unit_name"))
    joined = _h.join(_s, _s.c.id == _h.c.submission_id).join(_u, _u.c.code == _s.c.unit)
    query = select(*(_h.c[name] for name in _SHOWN), *columns).select_from(joined).order_by(*_NEWEST)
    return query.where(*_conditions(act, wanted))


_SHOWN = ("submission_id", "seq", "at", "noticed_at", "event", "actor", "comment", "hash")


def _conditions(act: Act, wanted: Wanted) -> list[ColumnElement[bool]]:
    first, after = _midnight(wanted.since), _midnight(wanted.until + timedelta(days=1))
    found: list[ColumnElement[bool]] = [_h.c.noticed_at >= first, _h.c.noticed_at < after]
    if wanted.who:
        found.append(_h.c.actor.icontains(wanted.who, autoescape=True))
    if wanted.what:
        found.append(_h.c.event == wanted.what)
    if wanted.submission is not None:
        found.append(_h.c.submission_id == wanted.submission)
    if wanted.unit:
        found.append(or_(_u.c.name.icontains(wanted.unit, autoescape=True), _u.c.code == wanted.unit))
    if wanted.programme:
        found.append(_s.c.programme_id.in_(_programmes(act, wanted.programme)))
    return found


def _programmes(act: Act, key: str) -> list[int]:
    query = select(_p.c.id).where(_p.c.key == key)
    return list(act.session.execute(query).scalars())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), SHANGHAI)


def _lines(act: Act, rows: Sequence[Row[Any]]) -> Iterator[Line]:
    listed = catalogue.by_id(act, sorted({row.programme_id for row in rows}))
    for row in rows:
        yield _line(row, listed[row.programme_id])


def _line(row: Row[Any], programme: Listed) -> Line:
    title = programme.obligation(row.obligation).title + (f"：{row.heading}" if row.heading else "")
    return Line(
        row.submission_id, row.seq, row.at, row.noticed_at, row.event, papers.EVENTS.get(row.event, row.event),
        row.actor, row.comment, programme.definition.title, row.unit_name, title, row.occurrence, row.hash,
    )  # fmt: skip

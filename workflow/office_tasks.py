"""What waits for the office itself: submissions to accept, and duties of its own, by date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, text

from workflow import catalogue, sight
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.definition import OFFICE_BODY
from workflow.tables import Submission, Unit

_s = Submission.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]

#: A duty of the office's own is told this long before its date, in days.
AHEAD = 14
#: So many are told; the rest is counted.
MOST = 6

# Written out, so that a partial index on them serves.
_TO_ACCEPT = text("submission.waiting_on = 'office'")


@dataclass(frozen=True)
class Waiting:
    """One submission on the office's desk; ``unit`` is whose, or whom a duty of its own is about, else empty."""

    submission_id: int
    programme: str
    obligation_title: str
    heading: str
    occurrence: str
    unit: str
    state: str
    light: str
    due_date: date
    due_at: datetime


@dataclass(frozen=True)
class Queue:
    """The first of what waits, by date: what to accept, and duties of its own; how many there are of each."""

    accept: tuple[Waiting, ...] = ()
    to_accept: int = 0
    own: tuple[Waiting, ...] = ()
    owed: int = 0


def of(act: Act, programmes: Iterable[Listed]) -> Queue:
    """What waits for the office now, and what it owes within two weeks; nothing for a unit's own people."""
    known = {one.id: one for one in programmes}
    if sight.own_unit(act) is not None or not known:
        return Queue()
    audiences = catalogue.audiences(act, known.values())
    codes = {code for audience in audiences.values() for code in audience.owners_named(OFFICE_BODY)}
    soon = _s.c.due_at < act.now + timedelta(days=AHEAD)
    owed = (_s.c.unit.in_(codes), _s.c.waiting_on == "unit", _s.c.state.in_(("draft", "pending", "overdue")), soon)
    accept, to_accept = _first(act, known, [_TO_ACCEPT])
    own, many = _first(act, known, owed)
    return Queue(accept, to_accept, own, many)


def _first(act: Act, known: dict[int, Listed], wanted: Sequence[Any]) -> tuple[tuple[Waiting, ...], int]:
    conditions: list[ColumnElement[bool]] = [_s.c.programme_id.in_(known), *wanted]
    about = _u.c.code == func.coalesce(func.nullif(_s.c.subject, ""), _s.c.unit)
    query = select(_s, _u.c.name, func.count().over().label("many")).select_from(_s.join(_u, about))
    rows = act.session.execute(query.where(*conditions).order_by(_s.c.due_at, _s.c.id).limit(MOST)).all()
    return tuple(_waiting(known[row.programme_id], row) for row in rows), rows[0].many if rows else 0


def _waiting(listed: Listed, row: Row[Any]) -> Waiting:
    return Waiting(
        row.id, listed.key, listed.obligation(row.obligation).title, row.heading, row.occurrence,
        row.name if row.subject or row.waiting_on == "office" else "",
        row.state, row.light, row.due_date, row.due_at,
    )  # fmt: skip

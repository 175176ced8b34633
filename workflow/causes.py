"""What caused a submission and what it opened: the chain of follow-ups, upwards and downwards.

A reader meets only what is in sight; the chain ends where something is not, so that nothing behind it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from workflow import catalogue, desks, posts, sight
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.desks import UnitName
from workflow.tables import History, Submission, Unit

_s = Submission.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]

#: Follow-ups of one submission that are told one by one.
MOST = 200
#: Links of a chain that an explanation follows.
DEEPEST = 12


@dataclass(frozen=True)
class Relative:
    """A submission of the same chain; ``because`` is the event in Chinese that opened it, at ``opened_at``.

    ``depth`` counts the links from the one that was asked about. A submission that nothing caused has no ``because``.
    """

    id: int
    obligation: str
    obligation_title: str
    heading: str
    unit: UnitName
    subject: UnitName | None
    state: str
    standing: str
    light: str
    due_date: date
    event: str
    because: str
    opened_at: datetime
    depth: int


def of(act: Act, row: Submission) -> Relative | None:
    """What caused a submission; None where nothing did, or nothing that is in sight."""
    found = _relatives(act, _rows(act, _s.c.id == row.cause_id), 1) if row.cause_id is not None else []
    return found[0] if found else None


def behind(act: Act, row: Submission) -> tuple[Relative, ...]:
    """What caused a submission, and what caused that: the nearest first, each with what opened it in turn."""
    found: list[Relative] = []
    wanted, depth = row.cause_id, 1
    while wanted is not None and depth <= DEEPEST:
        rows = _rows(act, _s.c.id == wanted)
        found += _relatives(act, rows, depth)
        wanted, depth = (rows[0].cause_id if rows else None), depth + 1
    return tuple(found)


def opened_by(act: Act, submission_id: int) -> tuple[Relative, ...]:
    """What the events of a submission opened, oldest first."""
    return tuple(_relatives(act, _rows(act, _s.c.cause_id == submission_id), 1))


def ahead(act: Act, submission_id: int) -> tuple[Relative, ...]:
    """What a submission opened, and what that opened: each link followed by its own."""
    below: dict[int, list[Relative]] = {}
    level, depth = [submission_id], 1
    while level and depth <= DEEPEST:
        rows = _rows(act, _s.c.cause_id.in_(level))
        for row, one in zip(rows, _relatives(act, rows, depth), strict=True):
            below.setdefault(row.cause_id, []).append(one)
        level, depth = [row.id for row in rows], depth + 1
    return tuple(_in_order(below, submission_id))


def _rows(act: Act, which: Any) -> Sequence[Row[Any]]:
    query = (
        select(_s, _u.c.name, _u.c.category, _h.c.facts, _h.c.at)
        .select_from(_s.join(_u, _u.c.code == _s.c.unit).join(_h, (_h.c.submission_id == _s.c.id) & (_h.c.seq == 1)))
        .where(which, *sight.limits(act))
        .order_by(_s.c.id)
        .limit(MOST)
    )
    return act.session.execute(query).all()


def _relatives(act: Act, rows: Sequence[Row[Any]], depth: int) -> list[Relative]:
    programmes = catalogue.by_id(act, {row.programme_id for row in rows})
    return [_relative(act, row, programmes[row.programme_id], depth) for row in rows]


def _relative(act: Act, row: Row[Any], listed: Listed, depth: int) -> Relative:
    return Relative(
        id=row.id,
        obligation=row.obligation,
        obligation_title=listed.obligation(row.obligation).title,
        heading=row.heading,
        unit=UnitName(row.unit, row.name, row.category),
        subject=desks.unit_name(posts.directory(act.session), row.subject),
        state=row.state,
        standing=act.lifecycle(row.programme_id, row.obligation).standing(row.standing).title,
        light=row.light,
        due_date=row.due_date,
        event=str(row.facts.get("event", "")),
        because=str(row.facts.get("because", "")),
        opened_at=row.at,
        depth=depth,
    )


def _in_order(below: Mapping[int, Sequence[Relative]], of: int) -> Iterable[Relative]:
    for one in below.get(of, ()):
        yield one
        yield from _in_order(below, one.id)

"""What has not opened yet: occurrences that are laid out, and whoever will owe them whatever happens.

Who is drawn by lot or takes turns is known only when the occurrence opens, so nobody is named for those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from workflow import catalogue, owing
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.tables import Deadline
from workflow.windows import ALL, Scope

_d = Deadline.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Unopened:
    """One occurrence ahead; ``units`` are the codes of those who will owe it, empty where that is not known yet."""

    programme: str
    programme_title: str
    obligation: str
    obligation_title: str
    heading: str
    occurrence: str
    opens_at: datetime
    due_date: date
    due_at: datetime
    units: tuple[str, ...]


def ahead(
    act: Act, *, opening_until: datetime | None = None, due_until: datetime | None = None, scope: Scope = ALL
) -> tuple[Unopened, ...]:
    """What opens, or falls due, up to an instant, by date; a unit's ``scope`` leaves what it will certainly owe."""
    wanted = [_d.c.opened_at.is_(None), _d.c.opens_at.is_not(None), *scope.dates(_d)]
    if opening_until is not None:
        wanted.append(_d.c.opens_at <= opening_until)
    if due_until is not None:
        wanted.append(_d.c.due_at <= due_until)
    rows = act.session.execute(select(_d).where(*wanted).order_by(_d.c.due_at, _d.c.id)).all()
    programmes = catalogue.by_id(act, {row.programme_id for row in rows})
    owed = _owed(act, rows, programmes)
    found = (_unopened(row, programmes[row.programme_id], owed[row.programme_id, row.obligation]) for row in rows)
    return tuple(one for one in found if not scope.unit or scope.unit in one.units)


def _owed(act: Act, rows: Sequence[Row[Any]], programmes: dict[int, Listed]) -> dict[tuple[int, str], tuple[str, ...]]:
    """By programme and obligation; worked out once for all the occurrences of one."""
    audiences = catalogue.audiences(act, programmes.values())
    found: dict[tuple[int, str], tuple[str, ...]] = {}
    for key in {(row.programme_id, row.obligation) for row in rows}:
        owed = owing.fixed(audiences[key[0]], programmes[key[0]].obligation(key[1]))
        found[key] = tuple(dict.fromkeys(one.unit for one in owed))
    return found


def _unopened(row: Row[Any], listed: Listed, units: tuple[str, ...]) -> Unopened:
    return Unopened(
        programme=listed.key,
        programme_title=listed.title,
        obligation=row.obligation,
        obligation_title=listed.obligation(row.obligation).title,
        heading=row.heading,
        occurrence=row.occurrence,
        opens_at=row.opens_at,
        due_date=row.due_date,
        due_at=row.due_at,
        units=units,
    )

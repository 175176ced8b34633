"""What an actor may see: a unit's own people their unit's submissions, everybody else of the house everything."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import col

from workflow.acts import Act
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotFound
from workflow.tables import Holding, Submission, Unit

_submission = Submission.__table__  # type: ignore[attr-defined]
_unit = Unit.__table__  # type: ignore[attr-defined]

#: Roles that read everything.
READERS = OFFICE | {"inspector"}


def own_unit(act: Act) -> str | None:
    """The one unit the actor is confined to, None for those who see all; raises Forbidden for other roles."""
    if act.actor.role in READERS:
        return None
    if act.actor.role == "unit" and act.actor.unit is not None:
        return act.actor.unit
    raise Forbidden(move="查看")


def limits(act: Act) -> list[ColumnElement[bool]]:
    """The conditions on ``submission`` that keep foreign units out of a query."""
    unit = own_unit(act)
    return [] if unit is None else [_submission.c.unit == unit]


def check(act: Act, row: Submission) -> None:
    """Raises NotFound for another unit's submission, so that nothing leaks."""
    unit = own_unit(act)
    if unit is not None and row.unit != unit:
        raise NotFound


def staff(unit: str) -> Select[str]:
    """The people who hold or held a post of a unit."""
    return select(col(Holding.person)).where(col(Holding.unit) == unit)


def unit_like(text: str) -> ColumnElement[bool]:
    """Units by their code or a part of their name, for queries that join ``unit``."""
    return or_(_unit.c.code == text, _unit.c.name.contains(text, autoescape=True))

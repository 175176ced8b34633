"""What an actor may see: everybody of the house everything, a unit's own people what concerns their unit.

That is what the unit owes, what it works on with others, and what is openly about it once it is filed. An
obligation whose visibility is ``hidden`` shows nothing of itself to the unit it is about: no submission, no date,
no title (the Huludao plan, 三（四）2: inspections that nobody announces).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import col

from workflow.acts import Act
from workflow.definition import Definition
from workflow.permissions import COOPERATING, OFFICE, SUBJECT, reads
from workflow.refusals import Forbidden, NotFound
from workflow.tables import Holding, Involved, Submission, Unit

_involved = Involved.__table__  # type: ignore[attr-defined]
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
    """The conditions on ``submission`` that keep out of a query what does not concern the actor's unit."""
    unit = own_unit(act)
    if unit is None:
        return []
    works_on = _submission.c.id.in_(_parts(unit, COOPERATING))
    is_about_it = (_submission.c.state == "filed") & _submission.c.id.in_(_parts(unit, SUBJECT))
    return [or_(_submission.c.unit == unit, works_on, is_about_it)]


def check(act: Act, row: Submission) -> None:
    """Raises NotFound for a submission that does not concern the actor's unit, so that nothing leaks."""
    unit = own_unit(act)
    if unit is not None and row.unit != unit and not reads(act, row):
        raise NotFound


@dataclass(frozen=True)
class Secrets:
    """The hidden obligations of a programme, and those of their occurrences that the reader has a part in."""

    hidden: frozenset[str] = frozenset()
    known: frozenset[tuple[str, str]] = frozenset()

    def keep(self, obligation: str, occurrence: str | None = None) -> bool:
        """Whether the reader may not even know of an obligation, or of one occurrence of it."""
        if obligation not in self.hidden:
            return False
        return not any(name == obligation and occurrence in (None, one) for name, one in self.known)


def secrets(act: Act, programme_id: int, definition: Definition) -> Secrets:
    """What of a programme is kept from the actor; nothing from people who see everything."""
    hidden = frozenset(name for name, one in definition.obligations.items() if one.visibility == "hidden")
    if not hidden or own_unit(act) is None:
        return Secrets()
    wanted = (_submission.c.programme_id == programme_id, _submission.c.obligation.in_(hidden), *limits(act))
    known = select(_submission.c.obligation, _submission.c.occurrence).where(*wanted).distinct()
    return Secrets(hidden, frozenset((row.obligation, row.occurrence) for row in act.session.execute(known)))


def _parts(unit: str, part: str) -> Select[int]:
    return select(_involved.c.submission_id).where(_involved.c.unit == unit, _involved.c.part == part)


def staff(unit: str) -> Select[str]:
    """The people who hold or held a post of a unit."""
    return select(col(Holding.person)).where(col(Holding.unit) == unit)


def unit_like(text: str) -> ColumnElement[bool]:
    """Units by their code or a part of their name, for queries that join ``unit``."""
    return or_(_unit.c.code == text, _unit.c.name.contains(text, autoescape=True))

"""What caused a submission and what it opened, for its page."""

from __future__ import annotations

from typing import cast

from web.contexts.frame import Light, State
from web.contexts.submission import Relation
from workflow.causes import Relative
from workflow.dossier import Dossier


def cause(found: Dossier) -> Relation | None:
    """What opened it, by which event."""
    return _relation(found.cause, found.because) if found.cause else None


def follow_ups(found: Dossier) -> tuple[Relation, ...]:
    """What its events opened, each by which."""
    return tuple(_relation(one, one.because) for one in found.follow_ups)


def titled(obligation: str, heading: str) -> str:
    """An obligation with what tells this submission from others of it."""
    return f"{obligation}：{heading}" if heading else obligation


def _relation(one: Relative, because: str) -> Relation:
    return Relation(
        href=f"/submissions/{one.id}",
        title=titled(one.obligation_title, one.heading),
        unit=one.unit.name,
        about=one.subject.name if one.subject else "",
        because=because,
        state=cast("State", one.state),
        light=cast("Light", one.light),
        due_date=one.due_date,
    )

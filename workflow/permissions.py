"""Which roles may make which move; a unit's own people touch only their unit's submissions."""

from __future__ import annotations

from workflow.acts import Act
from workflow.lifecycle import MOVES
from workflow.refusals import Forbidden, NotFound
from workflow.tables import Submission

OFFICE = frozenset({"office", "admin", "system"})

#: Moves that somebody besides the office may make.
_ALSO = {
    "edit": {"unit"},
    "submit": {"unit"},
    "withdraw": {"unit"},
    "approve": {"approver"},
    "return": {"approver"},
}


def may(role: str, move: str) -> bool:
    """Whether a role may make a move at all."""
    return role in OFFICE or role in _ALSO.get(move, ())


def check(act: Act, row: Submission, move: str) -> None:
    """Raises NotFound for another unit's submission (so that nothing leaks), Forbidden for the wrong role."""
    if act.actor.role == "unit" and act.actor.unit != row.unit:
        raise NotFound
    if not may(act.actor.role, move):
        raise Forbidden(move=MOVES.get(move, move))

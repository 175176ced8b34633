"""Which roles may make which move; a unit's own people touch only their unit's submissions.

A unit reads more than it touches: what it works on with others, and what is openly about it once that is filed.
"""

from __future__ import annotations

from sqlalchemy import select

from workflow.acts import Act
from workflow.lifecycle import MOVES
from workflow.refusals import Forbidden, NotFound
from workflow.tables import Involved, Submission

_involved = Involved.__table__  # type: ignore[attr-defined]

#: How a unit may be involved in another's submission.
COOPERATING = "cooperating"
SUBJECT = "subject"

OFFICE = frozenset({"office", "admin", "system"})

#: Moves that somebody besides the office may make.
_ALSO = {
    "edit": {"unit"},
    "submit": {"unit"},
    "withdraw": {"unit"},
    "approve": {"approver"},
    "return": {"approver"},
    "finding": {"inspector"},
    "extension-asked": {"unit"},
}
#: Moves of an inspector on what an event has opened: giving a rectification back, closing it.
_ON_FOLLOW_UPS = frozenset({"accept", "return"})
_TITLES = {
    **MOVES,
    "finding": "记录检查发现",
    "reassign": "改派审签人",
    "extension-asked": "申请延期",
    "paper": "补录纸质件",
}


def may(role: str, move: str, *, follow_up: bool = False) -> bool:
    """Whether a role may make a move at all; inspectors close what a follow-up was opened for."""
    if role == "inspector" and follow_up and move in _ON_FOLLOW_UPS:
        return True
    return role in OFFICE or role in _ALSO.get(move, ())


def check(act: Act, row: Submission, move: str) -> None:
    """Raises NotFound for another unit's submission (so that nothing leaks), Forbidden for the wrong role.

    A unit that only reads a submission is told that it may not touch it.
    """
    foreign = act.actor.role == "unit" and act.actor.unit != row.unit
    if foreign and not reads(act, row):
        raise NotFound
    if foreign or not may(act.actor.role, move, follow_up=row.cause_id is not None):
        raise Forbidden(move=_TITLES.get(move, move))


def reads(act: Act, row: Submission) -> bool:
    """Whether the actor's unit reads another's submission: it works on it, or it is openly about it and filed."""
    query = select(_involved.c.part).where(_involved.c.submission_id == row.id, _involved.c.unit == act.actor.unit)
    parts = set(act.session.execute(query).scalars())
    return COOPERATING in parts or (SUBJECT in parts and row.state == "filed")

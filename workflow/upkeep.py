"""What a sweep tends besides deadlines, rungs and chases: each chore in a transaction of its own, when it is due.

A chore that fails delays no other; the next sweep tries it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session

from workflow import acknowledgements, anchors, delegations, handovers, logins
from workflow.acts import Act
from workflow.links import LinkMaker
from workflow.store import Store

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Chore:
    """``due`` is asked at every sweep, so it is one cheap read; ``tend`` returns how much it did.

    ``following`` is the next instant after one at which the chore will be due, None when nothing is foreseen.
    """

    name: str
    due: Callable[[Session, datetime], bool]
    tend: Callable[[Act], int]
    following: Callable[[Session, datetime], datetime | None] = lambda _session, _after: None


CHORES: tuple[Chore, ...] = (
    # First, and at whatever sweep comes first: no clock needs to stop for it.
    Chore("anchor", anchors.due, anchors.tend),
    Chore("handovers", handovers.due, handovers.tend, handovers.following),
    Chore("delegations", delegations.due, delegations.tend, delegations.following),
    Chore("logins", logins.due, logins.tend),
    Chore("acknowledgements", acknowledgements.due, acknowledgements.pass_on, acknowledgements.following),
)


def tend(store: Store, now: datetime, links: LinkMaker) -> tuple[int, int]:
    """Do what is due at ``now``; returns how much was done, and how many chores failed."""
    with store.read() as session:
        due = [chore for chore in CHORES if chore.due(session, now)]
    done = failed = 0
    for chore in due:
        try:
            with store.write() as session:
                done += chore.tend(Act(session, now, links))
        except Exception:
            log.exception("chore set aside", chore=chore.name)
            failed += 1
    return done, failed


def next_instant(session: Session, *, after: datetime) -> datetime | None:
    """The next instant at which a chore is foreseen to be due."""
    found = (chore.following(session, after) for chore in CHORES)
    return min((instant for instant in found if instant is not None), default=None)

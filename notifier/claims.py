"""Who sends which message: a batch is one process's alone until its lease ends.

Leases are about real processes and run on the machine's clock; when a message is ready is told by the store's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from workflow import holding
from workflow.store import Store
from workflow.tables import Message

BATCH = 50
#: Longer than the slowest attempt on the slowest channel, so that nobody else takes what is being sent.
LEASE = timedelta(minutes=5)

_message = Message.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Claim:
    """Messages that are this process's alone until ``lease``, which tells this claim from any other."""

    ids: tuple[int, ...]
    lease: datetime


def claim(store: Store, now: datetime, wall: datetime) -> Claim | None:
    """Take a batch that is ready at ``now``; None when there is none, or a restored store is still held."""
    waiting = (_message.c.status == "queued") & (_message.c.not_before <= now)
    forsaken = (_message.c.status == "sending") & (_message.c.claimed_until <= wall)
    ready = select(_message.c.id).where(or_(waiting, forsaken)).order_by(_message.c.not_before, _message.c.id)
    with store.read() as session:
        if session.execute(ready.limit(1)).first() is None or holding.is_held(session):
            return None
    lease = wall + LEASE
    with store.write() as session:
        ids = tuple(row.id for row in session.execute(ready.limit(BATCH).with_for_update(skip_locked=True)))
        taken = update(_message).where(_message.c.id.in_(ids))
        session.execute(taken.values(status="sending", claimed_until=lease, attempts=_message.c.attempts + 1))
    return Claim(ids, lease) if ids else None


def still_held(held: Claim, ids: Sequence[int] | None = None) -> tuple[ColumnElement[bool], ...]:
    """Where-clauses for those of a claim, or of ``ids`` in it, that nobody has claimed since."""
    wanted = _message.c.id.in_(held.ids if ids is None else ids)
    return wanted, _message.c.status == "sending", _message.c.claimed_until == held.lease


def give_back(store: Store, held: Claim, ids: Sequence[int]) -> None:
    """Free messages that were not tried after all."""
    with store.write() as session:
        freed = update(_message).where(*still_held(held, ids))
        session.execute(freed.values(status="queued", claimed_until=None, attempts=_message.c.attempts - 1))


def take_back_all(store: Store) -> None:
    """Free whatever anybody has claimed; only for a store whose one service has died."""
    with store.write() as session:
        claimed = update(_message).where(_message.c.status == "sending")
        session.execute(claimed.values(status="queued", claimed_until=None))

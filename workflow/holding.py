"""A held outbox: after a restore nothing is sent until a person says so.

A restored store knows nothing of what was sent after its backup was made, so its messages could be repeats.
They wait with the status ``held``, and the mark on the store says that new ones shall wait too.
"""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlmodel import Session

from workflow.tables import Message, Meta

_message = Message.__table__  # type: ignore[attr-defined]

_KEY, _HELD = "outbox", "held"
_UNSENT = ("queued", "gathering", "sending")

#: What a restore does before anybody else sees the store, in the SQL of both databases.
HOLD = (
    "UPDATE message SET status = 'held', claimed_until = NULL "
    f"WHERE status IN ({', '.join(repr(status) for status in _UNSENT)})",
    f"DELETE FROM meta WHERE key = '{_KEY}'",
    f"INSERT INTO meta (key, value) VALUES ('{_KEY}', '{_HELD}')",
)


def is_held(session: Session) -> bool:
    """Whether the store waits for a person before anything is sent."""
    row = session.get(Meta, _KEY)
    return row is not None and row.value == _HELD


def held(session: Session) -> dict[str, int]:
    """How many messages are held, by kind."""
    query = select(_message.c.kind, func.count().label("letters")).where(_message.c.status == _HELD)
    rows = session.execute(query.group_by(_message.c.kind).order_by(_message.c.kind))
    return {row.kind: row.letters for row in rows}


def release(session: Session) -> int:
    """Let everything held go out and lift the mark; returns how many messages were held."""
    freed = session.execute(update(_message).where(_message.c.status == _HELD).values(status="queued"))
    row = session.get(Meta, _KEY)
    if row is not None:
        session.delete(row)
    return int(freed.rowcount)  # type: ignore[attr-defined]

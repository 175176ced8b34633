"""A held outbox: nothing is sent until a person says so.

A restored store knows nothing of what was sent after its backup was made, so its messages could be repeats. A
clock that jumped ahead makes things due that are not. In both cases what waits gets the status ``held``, and a
mark on the store, one for each cause, says that new messages shall wait too. The sweep goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import func, select, text, update
from sqlmodel import Session, col

from workflow.jumps import Jump
from workflow.moments import SHANGHAI
from workflow.tables import Message, Meta

Cause = Literal["restore", "clock-jump"]

_message = Message.__table__  # type: ignore[attr-defined]

_HELD = "held"
# Written out, so that the index of what is not sent serves.
_IS_HELD = text("message.status <> 'sent' AND message.status = 'held'")
_KEYS: Mapping[Cause, str] = {"restore": "outbox", "clock-jump": "outbox-clock-jump"}
CAUSES: tuple[Cause, ...] = tuple(_KEYS)
_UNSENT = ("queued", "gathering", "sending")

#: What a restore does before anybody else sees the store, in the SQL of both databases.
HOLD = (
    "UPDATE message SET status = 'held', claimed_until = NULL "
    f"WHERE status IN ({', '.join(repr(status) for status in _UNSENT)})",
    f"DELETE FROM meta WHERE key = '{_KEYS['restore']}'",
    f"INSERT INTO meta (key, value) VALUES ('{_KEYS['restore']}', '{_HELD}')",
)


@dataclass(frozen=True)
class Hold:
    """One cause why the outbox is held; ``jump`` is what the clock did."""

    cause: Cause
    jump: Jump | None = None

    @property
    def text(self) -> str:
        """The cause in Chinese, as the beginning of a sentence."""
        if self.jump is None:
            return "恢复备份或迁移后暂不发出"
        before, after = (at.astimezone(SHANGHAI) for at in (self.jump.before, self.jump.after))
        moved = f"由{before:%Y-%m-%d %H:%M}跳到{after:%Y-%m-%d %H:%M}"
        return f"本机时钟向前跳了{_span(self.jump.ahead)}（{moved}），消息暂不发出"


def holds(session: Session) -> tuple[Hold, ...]:
    """Every cause for which the store waits for a person, none when it sends."""
    found = session.execute(select(col(Meta.key), col(Meta.value)).where(col(Meta.key).in_(_KEYS.values())))
    values = {row.key: row.value for row in found}
    known = ((cause, values[key]) for cause, key in _KEYS.items() if key in values)
    return tuple(Hold(cause, Jump.read(value) if cause == "clock-jump" else None) for cause, value in known)


def is_held(session: Session) -> bool:
    """Whether the store waits for a person before anything is sent."""
    return bool(holds(session))


def held(session: Session) -> dict[str, int]:
    """How many messages are held, by kind."""
    query = select(_message.c.kind, func.count().label("letters")).where(_IS_HELD)
    rows = session.execute(query.group_by(_message.c.kind).order_by(_message.c.kind))
    return {row.kind: row.letters for row in rows}


def hold_for_jump(session: Session, jump: Jump) -> int:
    """Hold whatever waits because the clock jumped ahead; returns how many messages that were.

    Of several jumps the first is kept: before it the clock was right. Batches that are still being written are
    left to the sweep, and wait by the mark.
    """
    if session.get(Meta, _KEYS["clock-jump"]) is None:
        session.add(Meta(key=_KEYS["clock-jump"], value=jump.written()))
    kept = session.execute(update(_message).where(_message.c.status == "queued").values(status=_HELD))
    return int(kept.rowcount)  # type: ignore[attr-defined]


def release(session: Session) -> int:
    """Let everything held go out and lift every mark; returns how many messages were held."""
    freed = session.execute(update(_message).where(_message.c.status == _HELD).values(status="queued"))
    for key in _KEYS.values():
        row = session.get(Meta, key)
        if row is not None:
            session.delete(row)
    return int(freed.rowcount)  # type: ignore[attr-defined]


def _span(length: timedelta) -> str:
    minutes = max(round(length.total_seconds() / 60), 1)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = ((days, "天"), (hours, "小时"), (rest, "分钟"))
    return "".join(f"{number}{unit}" for number, unit in parts if number)

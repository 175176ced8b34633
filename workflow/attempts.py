"""The attempts of messages, as people read them: when, by which channel, what the other side said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, select
from sqlmodel import Session

from workflow.desks import shown_instant
from workflow.tables import Attempt, Message

Outcome = Literal["delivered", "put-off", "refused", "under-way", "unknown"]

_attempt = Attempt.__table__  # type: ignore[attr-defined]
_message = Message.__table__  # type: ignore[attr-defined]

_PART = 500

#: An outcome in the words of a page.
OUTCOMES: Mapping[Outcome, str] = {
    "delivered": "已送达",
    "put-off": "未成，稍后再试",
    "refused": "被拒绝",
    "under-way": "正在投递",
    "unknown": "结果不明：投递时服务中断，可能已送达",
}
CHANNELS = {"mail": "邮件", "wecom": "企业微信", "outbox": "演练投递箱", "": "无渠道"}


@dataclass(frozen=True)
class Try:
    """One attempt; ``at`` is on the store's clock, ``begun_at`` and ``ended_at`` on the machine's.

    ``unknown`` says that the process ended before it could note the answer: the message may have arrived.
    What was ``copied`` went to the office's group and proves nothing about the recipient.
    """

    channel: str
    at: datetime
    begun_at: datetime
    ended_at: datetime | None
    outcome: Outcome
    answer: str
    copied: bool

    @property
    def way(self) -> str:
        """The channel in Chinese."""
        if self.copied:
            return f"抄送工作群{self.channel.rpartition('-')[2]}"
        return CHANNELS.get(self.channel, self.channel)

    @property
    def text(self) -> str:
        """The attempt in one line, its time on the store's clock."""
        said = f"：{' '.join(self.answer.split())}" if self.answer else ""
        return f"{shown_instant(self.at)} {self.way} {OUTCOMES[self.outcome]}{said}"


def of_messages(session: Session, ids: Sequence[int], *, copies: bool = True) -> dict[int, tuple[Try, ...]]:
    """The attempts of these messages, the first one first; without ``copies`` none to the office's group."""
    found: dict[int, list[Try]] = {}
    columns = (
        _attempt.c.message_id, _attempt.c.channel, _attempt.c.person, _attempt.c.begun_at, _attempt.c.ended_at,
        _attempt.c.at, _attempt.c.outcome, _attempt.c.answer, _message.c.status, _message.c.claimed_until,
    )  # fmt: skip
    for start in range(0, len(ids), _PART):
        query = select(*columns).join(_message, _message.c.id == _attempt.c.message_id)
        part = query.where(_attempt.c.message_id.in_(ids[start : start + _PART])).order_by(_attempt.c.id)
        rows: Sequence[Row[Any]] = session.execute(part).all()
        rows = [row for row in rows if copies or row.person]
        last = {row.message_id: place for place, row in enumerate(rows) if row.person}
        for place, row in enumerate(rows):
            under_way = row.status == "sending" and place == last.get(row.message_id)
            outcome: Outcome = row.outcome or ("under-way" if under_way else "unknown")
            found.setdefault(row.message_id, []).append(
                Try(row.channel, row.at, row.begun_at, row.ended_at, outcome, row.answer, copied=not row.person)
            )
    return {message: tuple(tries) for message, tries in found.items()}

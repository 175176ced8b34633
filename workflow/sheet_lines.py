"""The lines of a 审签单: every decision as it was asked for and made, and what happened round it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from workflow.acts import Act
from workflow.asking import named, number_of
from workflow.tables import DrawnSignature, History, SignOff

_sign_off = SignOff.__table__  # type: ignore[attr-defined]
_drawn = DrawnSignature.__table__  # type: ignore[attr-defined]
_history = History.__table__  # type: ignore[attr-defined]

#: What of a history belongs on a sheet. Filling in, urging and lights do not; what an inspector found must not.
EVENTS: Mapping[str, str] = {
    "submit": "提交审签",
    "withdraw": "撤回",
    "approve": "审签同意",
    "return": "退回",
    "reassign": "改派审签人",
    "dispute": "声明非本人操作",
    "accept": "受理",
    "lapse": "到期未报送，转为逾期",
    "extend": "延期",
    "exempt": "免报",
    "reopen": "重新打开",
}
CHANNELS = {"link": "审签链接", "office": "领导小组办公室代录（书面意见）"}
CONFIRMED = {"code:mail": "动态验证码（邮件）", "code:wecom": "动态验证码（企业微信）", "wecom": "企业微信身份核验"}


@dataclass(frozen=True)
class SheetStep:
    """One request of one round, both counted from 1; without ``decision`` it still waits. ``id`` is the request's.

    ``by`` is the delegate who decided, ``channel`` and ``confirmed`` are in Chinese, ``drawn`` is a PNG.
    """

    id: int
    round: int
    step: int
    post: str
    holder: str
    by: str
    decision: str
    decided_at: datetime | None
    comment: str
    typed_name: str
    channel: str
    confirmed: str
    content_version: int
    content_hash: str
    disputed_at: datetime | None
    dispute: str
    drawn: bytes = b""

    @property
    def number(self) -> str:
        """The number of the decision in the record, empty while it waits."""
        return number_of(self.id) if self.decision else ""


@dataclass(frozen=True)
class SheetEvent:
    """One line of what happened; ``seq`` is its place in the history."""

    seq: int
    at: datetime
    what: str
    who: str
    comment: str


def steps(act: Act, submission_id: int) -> tuple[SheetStep, ...]:
    """Every request that was decided or still waits, as it was asked."""
    lives = _sign_off.c.decision.is_not(None) | _sign_off.c.closed_at.is_(None)
    query = (
        select(_sign_off, _drawn.c.png)
        .outerjoin(_drawn, _drawn.c.sign_off_id == _sign_off.c.id)
        .where(_sign_off.c.submission_id == submission_id, lives)
        .order_by(_sign_off.c.round, _sign_off.c.step, _sign_off.c.id)
    )
    return tuple(_step(one) for one in act.session.execute(query))


def _step(one: Row[Any]) -> SheetStep:
    delegate = named(one.decided_by_title, one.decided_by_name).strip() if one.delegation_id is not None else ""
    holder = one.holder if one.holder != one.post_title else ""
    return SheetStep(
        one.id, one.round, one.step + 1, one.post_title, holder, delegate,
        one.decision or "", one.decided_at, one.comment, one.typed_name, CHANNELS.get(one.channel, one.channel),
        CONFIRMED.get(one.confirmed, one.confirmed), one.content_version, one.content_hash, one.disputed_at,
        one.dispute, bytes(one.png or b""),
    )  # fmt: skip


def events(act: Act, submission_id: int) -> tuple[SheetEvent, ...]:
    """What of a history a sheet tells, oldest first."""
    wanted = (_history.c.submission_id == submission_id, _history.c.event.in_([*EVENTS]))
    query = select(_history).where(*wanted).order_by(_history.c.seq)
    return tuple(
        SheetEvent(one.seq, one.at, EVENTS[one.event], one.actor, one.comment) for one in act.session.execute(query)
    )


def decided_by(act: Act, submission_id: int, head: str) -> frozenset[int]:
    """The requests that were decided by the entry of this hash, whatever the clock said; none for an unknown one."""
    reached = select(_history.c.seq).where(_history.c.submission_id == submission_id, _history.c.hash == head)
    wanted = (_history.c.submission_id == submission_id, _history.c.event.in_(("approve", "return")))
    query = select(_history.c.facts).where(*wanted, _history.c.seq <= reached.scalar_subquery())
    return frozenset(facts["sign_off"] for facts in act.session.execute(query).scalars() if "sign_off" in facts)

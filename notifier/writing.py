"""The letters of a claim, written from the state of this moment; what need not or cannot be sent is settled here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import bindparam, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from notifier import claims, letters, reading
from notifier.claims import Claim
from notifier.marks import MOST_ATTEMPTS, Ready, after, backoff, before, kept
from notifier.reading import Looked, Reading
from notifier.ways import NONE, OUTBOX, Ways, address_of
from workflow import acknowledgements, mailbag
from workflow.acts import Act
from workflow.links import LinkMaker
from workflow.store import Store
from workflow.tables import Attempt, Link, Message, MessageItem

log = structlog.get_logger(__name__)

NO_WAY = "没有可用的渠道：该人员没有登记邮箱或企业微信账号，或渠道未配置"
IN_THE_OUTBOX = "已投入演练投递箱"

_message = Message.__table__  # type: ignore[attr-defined]
_item = MessageItem.__table__  # type: ignore[attr-defined]
_attempt = Attempt.__table__  # type: ignore[attr-defined]

_SAID = ("status", "channel", "attempts", "not_before", "claimed_until", "sent_at", "subject", "body", "answer")
_WRITTEN = (
    update(_message)
    .where(_message.c.id == bindparam("number"))
    .values({name: bindparam(f"now_{name}") for name in _SAID})
)
_TRIED = (
    update(_attempt)
    .where(_attempt.c.id == bindparam("attempt"))
    .values(channel=bindparam("by"), ended_at=bindparam("ended"), outcome=bindparam("said"), answer=bindparam("told"))
)


@dataclass
class _Settled:
    """What a batch leaves in the store besides its letters."""

    dropped: dict[str, list[int]] = field(default_factory=dict)
    tried: list[dict[str, Any]] = field(default_factory=list)
    untried: list[int] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Desk:
    """Where letters are written; ``ways`` is how they go on from here."""

    store: Store
    links: LinkMaker
    ways: Ways
    base_url: str
    rehearsal: bool

    def write(self, claim: Claim, now: datetime) -> list[Ready]:
        """Write the letters of a claim; those settled unsent are left out."""
        with self.store.write() as session:
            act = Act(session, now, self.links)
            claimed = select(Message).where(*claims.still_held(claim))
            batch = session.exec(claimed.order_by(_message.c.not_before, _message.c.id)).all()
            looked, settled = _looked(act, batch), _Settled()
            for message in batch:
                # Written to the store by one statement for all, not by the session as it goes along.
                session.expunge(message)
            found = [self._settled_or_ready(act, message, looked, claim, settled) for message in batch]
            _record(act, batch, settled)
        return [ready for ready in found if ready is not None]

    def _settled_or_ready(
        self, act: Act, message: Message, looked: Looked | None, claim: Claim, settled: _Settled
    ) -> Ready | None:
        """A letter to send, or None for a message settled without; one that cannot be written delays no other."""
        try:
            return self._write(act, message, looked, claim, settled)
        except SQLAlchemyError:
            raise
        except Exception as fault:
            log.exception("letter not written", message=message.id)
            message.not_before = act.now + backoff(message.attempts)
            status = "failed" if message.attempts >= MOST_ATTEMPTS else "queued"
            _settle(message, status, f"未能写成，系统内部错误（{type(fault).__name__}），请联系管理员")
            settled.tried.append(_tried(claim, message, "put-off", message.answer))
            return None

    def _write(
        self, act: Act, message: Message, looked: Looked | None, claim: Claim, settled: _Settled
    ) -> Ready | None:
        read = reading.read(act, message, base_url=self.base_url, rehearsal=self.rehearsal, looked=looked)
        for number, why in read.untrue.items():
            settled.dropped.setdefault(why, []).append(number)
        if read.facts is None:
            why = "；".join(dict.fromkeys(read.untrue.values())) or "无内容"
            _settle(message, "cancelled", after(kept(message.answer, mailbag.EARLIER), why))
            message.attempts -= 1
            settled.untried.append(_started(claim, message).attempt)
            return None
        letter = letters.write(read.facts)
        message.subject, message.body = letter.subject, letter.text
        channel = _started(claim, message).channel
        if channel == NONE:
            _settle(message, "failed", after(message.answer, NO_WAY))
            settled.tried.append(_tried(claim, message, "refused", NO_WAY))
            return None
        so_far = before(message, channel)
        message.channel = channel
        if channel == OUTBOX:
            message.sent_at = act.now
            _settle(message, "sent", after(so_far, IN_THE_OUTBOX))
            settled.tried.append(_tried(claim, message, "delivered", IN_THE_OUTBOX))
            settled.arrived.append(message.id or 0)
            return None
        return self._ready(act, message, letter, read, claim, so_far)

    def _ready(
        self, act: Act, message: Message, letter: letters.Letter, read: Reading, claim: Claim, so_far: str
    ) -> Ready:
        started = _started(claim, message)
        return Ready(
            message_id=message.id or 0, reference=message.reference, address=address_of(act.session, message.person),
            letter=letter, urls={link.id or 0: self._url(link) for link in read.links},
            codes={one.id or 0: self.links.code(one.salt) for one in read.codes}, channel=started.channel,
            attempts=message.attempts, attempt=started.attempt, not_before=message.not_before, thread=read.thread,
            claim=claim, before=so_far, to_office=read.to_office, pinned=message.kind in claims.PINNED,
        )  # fmt: skip

    def _url(self, link: Link) -> str:
        """The address of a link, built from BASE_URL alone."""
        return f"{self.base_url}/s/{self.links.token(link)}" + ("/all" if link.purpose == "desk" else "")


def _looked(act: Act, batch: Sequence[Message]) -> Looked | None:
    """The look-ups of a batch; None when one message spoils them for all, so that each is looked up alone."""
    try:
        return reading.look(act, batch)
    except SQLAlchemyError:
        raise
    except Exception:
        log.exception("batch not readable", messages=[message.id for message in batch])
        return None


def _record(act: Act, batch: Sequence[Message], settled: _Settled) -> None:
    """Write down what became of a batch: words first, as whoever withdraws some does it."""
    for why, ids in settled.dropped.items():
        act.session.execute(update(_item).where(_item.c.id.in_(ids)).values(dropped=why))
    if batch:
        act.session.execute(_WRITTEN, [_values(message) for message in batch])
    if settled.tried:
        act.session.execute(_TRIED, settled.tried)
    claims.forget(act.session, settled.untried)
    if settled.arrived:
        acknowledgements.sent(act.session, settled.arrived, act.now)


def _values(message: Message) -> dict[str, Any]:
    return {"number": message.id, **{f"now_{name}": getattr(message, name) for name in _SAID}}


def _settle(message: Message, status: str, answer: str) -> None:
    message.status, message.answer, message.claimed_until = status, answer, None


def _started(claim: Claim, message: Message) -> claims.Started:
    return claim.started[message.id or 0]


def _tried(claim: Claim, message: Message, outcome: str, answer: str) -> dict[str, Any]:
    """An attempt that ended here, without any other side."""
    started = _started(claim, message)
    return {
        "attempt": started.attempt, "by": started.channel if outcome != "put-off" else NONE,
        "ended": claim.wall, "said": outcome, "told": answer,
    }  # fmt: skip

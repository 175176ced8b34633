"""What became of what was sent, written down: the attempt's answer, and how its message stands after it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam, update
from sqlmodel import Session

from notifier import claims
from notifier.channels import Address, Receipt
from notifier.claims import Claim
from notifier.letters import Letter
from notifier.ways import CHANNEL_TITLES, Ways
from workflow import acknowledgements, mailbag
from workflow.store import Store
from workflow.tables import Attempt, Message

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 8

_message = Message.__table__  # type: ignore[attr-defined]
_attempt = Attempt.__table__  # type: ignore[attr-defined]

_END_OF_ATTEMPT = (
    update(_attempt)
    .where(_attempt.c.id == bindparam("attempt"))
    .values(
        begun_at=bindparam("begun"), ended_at=bindparam("ended"), outcome=bindparam("said"), answer=bindparam("told")
    )
)


@dataclass(frozen=True)
class Ready:
    """A written letter with its way out; ``urls`` are the addresses its placeholders stand for, ``codes`` its codes.

    ``before`` is what another channel answered before this one was tried; ``pinned`` says that no other may be.
    """

    message_id: int
    reference: str
    address: Address
    letter: Letter
    urls: Mapping[int, str]
    codes: Mapping[int, str]
    channel: str
    attempts: int
    attempt: int
    not_before: datetime
    thread: str
    claim: Claim
    before: str
    to_office: bool
    pinned: bool


@dataclass(frozen=True)
class Sent:
    """One attempt that was made, on the machine's clock."""

    ready: Ready
    receipt: Receipt
    begun: datetime
    ended: datetime

    @property
    def answer(self) -> str:
        """The provider's answer, with its own number for the message where that is not our reference."""
        given = self.receipt.message_id
        return " ".join(f"{self.receipt.answer} {'' if self.ready.reference in given else given}".split())[:2000]


@dataclass(frozen=True)
class Marks:
    """Writes down what became of each message the moment its answer is there.

    That survives this process at once and is on disk with the next transaction that waits for it, at the latest at
    the end of the batch; so a process that dies may send again the one message it was just sending.
    """

    store: Store
    ways: Ways
    now: datetime

    def write(self, sent: Sent) -> None:
        """Complete the attempt, and settle the message unless somebody has claimed it since."""
        ready, standing = sent.ready, _standing(sent, self.ways, self.now)
        with self.store.write(flushed=False) as session:
            session.execute(_END_OF_ATTEMPT, _end(sent))
            mine = claims.still_held(ready.claim, [ready.message_id])
            marked = session.execute(update(_message).where(*mine).values(**standing))
            still_mine = bool(marked.rowcount)  # type: ignore[attr-defined]
            if still_mine:
                _after_sending(session, sent, self.now)
        _log(sent, str(standing["status"]), still_mine=still_mine)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling from 30 s to an hour, with a fifth of jitter."""
    seconds = min(30 * 2 ** (attempts - 1), 3600)
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))


def after(before: str, answer: str) -> str:
    """An answer below those that came before it."""
    return f"{before}\n{answer}" if before else answer


def outcome(receipt: Receipt) -> str:
    """A receipt in a word."""
    return "delivered" if receipt.delivered else "refused" if receipt.permanent else "put-off"


def _standing(sent: Sent, ways: Ways, now: datetime) -> dict[str, Any]:
    """How a message stands after an attempt."""
    ready, receipt = sent.ready, sent.receipt
    values: dict[str, Any] = {
        "status": "sent", "channel": ready.channel, "attempts": ready.attempts, "not_before": ready.not_before,
        "sent_at": None, "answer": after(ready.before, sent.answer), "claimed_until": None,
    }  # fmt: skip
    if receipt.delivered:
        return values | {"sent_at": now}
    if not receipt.permanent and ready.attempts < MOST_ATTEMPTS:
        wait = max(backoff(ready.attempts), timedelta(seconds=receipt.rest_seconds))
        return values | {"status": "queued", "not_before": now + wait}
    other = None if ready.pinned else ways.after(ready.address, ready.channel)
    if other is None:
        return values | {"status": "failed"}
    # The next attempt keeps this line: the office sees which address is wrong even when the other one works.
    said = after(ready.before, f"{CHANNEL_TITLES[ready.channel]}：{sent.answer}")
    return values | {"status": "queued", "channel": other, "attempts": 0, "answer": said}


def _end(sent: Sent) -> dict[str, Any]:
    return {
        "attempt": sent.ready.attempt, "begun": sent.begun, "ended": sent.ended, "said": outcome(sent.receipt),
        "told": sent.answer,
    }  # fmt: skip


def _after_sending(session: Session, sent: Sent, now: datetime) -> None:
    """What follows from an answer for other rows."""
    if sent.receipt.delivered:
        acknowledgements.sent(session, [sent.ready.message_id], now)
    if sent.receipt.rest_seconds:
        rests = sent.ended + timedelta(seconds=sent.receipt.rest_seconds)
        claims.leave_alone(session, sent.ready.channel, rests)


def _log(sent: Sent, status: str, *, still_mine: bool) -> None:
    ready = sent.ready
    if not sent.receipt.delivered:
        log.warning("message not delivered", message=ready.message_id, channel=ready.channel, status=status)
    elif not still_mine:
        log.warning("message sent after its claim had ended", message=ready.message_id)


def before(message: Message, channel: str) -> str:
    """What other channels answered before this one, and what was tried before it was sent again by hand."""
    others = tuple(f"{title}：" for name, title in CHANNEL_TITLES.items() if name != channel)
    return kept(message.answer, mailbag.EARLIER, *others)


def kept(answer: str, *beginnings: str) -> str:
    """The lines of an answer that begin so."""
    return "\n".join(line for line in answer.splitlines() if line.startswith(beginnings))

"""What became of what was sent, written down: the attempt's answer, and how its message stands after it.

Answers that come quickly after one another are written together. So a process that dies may send again what it had
sent within the last twentieth of a second, with the same reference; behind a slower server that is one message.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam, select, update
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
#: So many answers are written together at most, and none waits longer than this for others.
TOGETHER, AT_MOST_SECONDS = 16, 0.05

_message = Message.__table__  # type: ignore[attr-defined]
_attempt = Attempt.__table__  # type: ignore[attr-defined]

_END_OF_ATTEMPT = (
    update(_attempt)
    .where(_attempt.c.id == bindparam("attempt"))
    .values(
        begun_at=bindparam("begun"), ended_at=bindparam("ended"), outcome=bindparam("said"), answer=bindparam("told")
    )
)
_STANDING = (
    update(_message)
    .where(_message.c.id == bindparam("number"))
    .values(
        status=bindparam("now_status"), channel=bindparam("now_channel"), attempts=bindparam("now_attempts"),
        not_before=bindparam("now_not_before"), sent_at=bindparam("now_sent_at"), answer=bindparam("now_answer"),
        claimed_until=None,
    )
)  # fmt: skip


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


@dataclass
class Marks:
    """Answers on their way into the store; ``add`` writes them down by and by, ``write`` what is left."""

    store: Store
    ways: Ways
    now: datetime
    _sent: list[Sent] = field(default_factory=list)
    _since: float = 0.0

    def add(self, sent: Sent) -> None:
        """Take an answer; what has waited long enough is written."""
        if not self._sent:
            self._since = time.monotonic() - (sent.ended - sent.begun).total_seconds()
        self._sent.append(sent)
        if len(self._sent) >= TOGETHER or time.monotonic() - self._since >= AT_MOST_SECONDS:
            self.write()

    def write(self) -> None:
        """Write down what is left, in one transaction."""
        if not self._sent:
            return
        several, self._sent = self._sent, []
        with self.store.write() as session:
            standing = {one.ready.message_id: _standing(one, self.ways, self.now) for one in several}
            kept = _still_mine(session, several)
            session.execute(_END_OF_ATTEMPT, [_end(one) for one in several])
            if kept:
                session.execute(_STANDING, [values for number, values in standing.items() if number in kept])
            _after_sending(session, [one for one in several if one.ready.message_id in kept], self.now)
        for one in several:
            _log(one, str(standing[one.ready.message_id]["now_status"]), still_mine=one.ready.message_id in kept)


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
        "number": ready.message_id, "now_status": "sent", "now_channel": ready.channel,
        "now_attempts": ready.attempts, "now_not_before": ready.not_before, "now_sent_at": None,
        "now_answer": after(ready.before, sent.answer),
    }  # fmt: skip
    if receipt.delivered:
        return values | {"now_sent_at": now}
    if not receipt.permanent and ready.attempts < MOST_ATTEMPTS:
        wait = max(backoff(ready.attempts), timedelta(seconds=receipt.rest_seconds))
        return values | {"now_status": "queued", "now_not_before": now + wait}
    other = None if ready.pinned else ways.after(ready.address, ready.channel)
    if other is None:
        return values | {"now_status": "failed"}
    # The next attempt keeps this line: the office sees which address is wrong even when the other one works.
    said = after(ready.before, f"{CHANNEL_TITLES[ready.channel]}：{sent.answer}")
    return values | {"now_status": "queued", "now_channel": other, "now_attempts": 0, "now_answer": said}


def _end(sent: Sent) -> dict[str, Any]:
    return {
        "attempt": sent.ready.attempt, "begun": sent.begun, "ended": sent.ended, "said": outcome(sent.receipt),
        "told": sent.answer,
    }  # fmt: skip


def _still_mine(session: Session, several: Sequence[Sent]) -> set[int]:
    """Those that nobody has claimed since."""
    found: set[int] = set()
    for claim in {id(one.ready.claim): one.ready.claim for one in several}.values():
        ids = [one.ready.message_id for one in several if one.ready.claim is claim]
        mine = select(_message.c.id).where(*claims.still_held(claim, ids)).with_for_update()
        found.update(session.execute(mine).scalars())
    return found


def _after_sending(session: Session, several: Sequence[Sent], now: datetime) -> None:
    """What follows from an answer for other rows."""
    if arrived := [one.ready.message_id for one in several if one.receipt.delivered]:
        acknowledgements.sent(session, arrived, now)
    rest = {one.ready.channel: one for one in several if one.receipt.rest_seconds}
    for channel, one in sorted(rest.items()):
        claims.leave_alone(session, channel, one.ended + timedelta(seconds=one.receipt.rest_seconds))


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

"""Messages on their way: claimed with a lease, written from the state of the moment, sent, then marked.

A crash between sending and marking may repeat a message, with the same reference; nothing else repeats.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from notifier import claims, letters, reading
from notifier.channels import Address, Channels, Parcel, Receipt
from notifier.claims import Claim
from notifier.letters import Letter
from notifier.reading import Looked
from notifier.wording import one_line
from workflow import channel_notes, digests, mailbag
from workflow.acts import Act
from workflow.hours import USUAL, Hours
from workflow.links import LinkMaker
from workflow.posts import directory
from workflow.store import Store
from workflow.tables import Link, Message, MessageItem

log = structlog.get_logger(__name__)

#: A letter that has waited this long behind a slow server is written anew; a live call ends, the sweep comes next.
TURN = timedelta(seconds=5)
MOST_ATTEMPTS = 8
OUTBOX = "outbox"
CHANNEL_TITLES = {"mail": "邮件", "wecom": "企业微信"}
NO_WAY = "没有可用的渠道：该人员没有登记邮箱或企业微信账号，或渠道未配置"

#: What a batch was answered: by channel, and by whether the message was delivered.
Told = dict[tuple[str, bool], str]

_message = Message.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Ready:
    """A written letter with its way out; ``urls`` are the addresses its placeholders stand for.

    ``before`` is what another channel answered before this one was tried.
    """

    message_id: int
    reference: str
    address: Address
    letter: Letter
    urls: dict[int, str]
    channel: str
    attempts: int
    thread: str
    claim: Claim
    before: str
    to_office: bool


@dataclass(frozen=True)
class Mailroom:
    """Delivers a store's messages through its channels; in a rehearsal without channels, to the outbox page.

    ``wall`` is the machine's clock, which leases end by; ``turn`` is how long a batch goes on in real time;
    ``hours`` tell when what can wait is sent.
    """

    store: Store
    channels: Channels
    links: LinkMaker
    base_url: str
    rehearsal: bool = False
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    turn: timedelta = TURN
    hours: Hours = USUAL

    def deliver(self, now: datetime) -> int:
        """Send what is ready at ``now``; returns how many messages were dealt with, 0 when none is left.

        A rehearsal's call sends everything; a live one stops after its turn and leaves the rest to the next.
        """
        digests.settle(self.store, now, self.links, self.hours)
        dealt, began = 0, time.monotonic()
        copied: set[str] = set()
        told: Told = {}
        while claim := claims.claim(self.store, now, self.wall()):
            batch = self._prepare(claim, now)
            tried, delivered = self._send_all(batch, now, told)
            dealt += len(claim.ids) - len(batch) + tried
            self._copy_to_group(delivered, copied, told)
            self._note(told, now)
            if not self.rehearsal and time.monotonic() - began >= self.turn.total_seconds():
                break
        return dealt

    def take_back_claims(self) -> None:
        """Free what a service that died had claimed; only for the one service of a store."""
        claims.take_back_all(self.store)

    def url(self, link: Link) -> str:
        """The address of a link, built from BASE_URL alone."""
        return f"{self.base_url}/s/{self.links.token(link)}" + ("/all" if link.purpose == "desk" else "")

    def _prepare(self, claim: Claim, now: datetime) -> list[Ready]:
        """Write the letters of a claim from the state of this moment; those settled unsent are left out."""
        with self.store.write() as session:
            act = Act(session, now, self.links)
            claimed = select(Message).where(*claims.still_held(claim))
            batch = session.exec(claimed.order_by(_message.c.not_before, _message.c.id)).all()
            looked = _looked(act, batch)
            found = [self._settled_or_ready(act, message, looked, claim) for message in batch]
        return [ready for ready in found if ready is not None]

    def _settled_or_ready(self, act: Act, message: Message, looked: Looked | None, claim: Claim) -> Ready | None:
        """A letter to send, or None for a message settled without; one that cannot be written delays no other."""
        try:
            return self._write(act, message, looked, claim)
        except SQLAlchemyError:
            raise
        except Exception as fault:
            log.exception("letter not written", message=message.id)
            message.not_before = act.now + backoff(message.attempts)
            status = "failed" if message.attempts >= MOST_ATTEMPTS else "queued"
            _settle(message, status, f"未能写成，系统内部错误（{type(fault).__name__}），请联系管理员")
            return None

    def _write(self, act: Act, message: Message, looked: Looked | None, claim: Claim) -> Ready | None:
        read = reading.read(act, message, base_url=self.base_url, rehearsal=self.rehearsal, looked=looked)
        _drop(act.session, read.untrue)
        if read.facts is None:
            why = "；".join(dict.fromkeys(read.untrue.values())) or "无内容"
            _settle(message, "cancelled", _after(_kept(message.answer, mailbag.EARLIER), why))
            return None
        letter = letters.write(read.facts)
        message.subject, message.body = letter.subject, letter.text
        address = _address(act, message.person)
        channel = self._channel(message, address)
        if channel is None:
            _settle(message, "failed", _after(message.answer, NO_WAY))
            return None
        before = _before(message, channel)
        message.channel = channel
        if channel == OUTBOX:
            message.sent_at = act.now
            _settle(message, "sent", _after(before, "已投入演练投递箱"))
            return None
        assert message.id is not None
        return Ready(
            message.id, message.reference, address, letter, {link.id or 0: self.url(link) for link in read.links},
            channel, message.attempts, read.thread, claim, before, read.to_office,
        )  # fmt: skip

    def _channel(self, message: Message, address: Address) -> str | None:
        open_ = self.channels.for_address(address)
        if message.channel in open_:
            return message.channel
        if not open_ and self.rehearsal and not self.channels.names:
            return OUTBOX
        return open_[0] if open_ else None

    def _send_all(self, batch: Sequence[Ready], now: datetime, told: Told) -> tuple[int, list[Ready]]:
        """Send a batch while its letters are fresh, give back the rest; how many were tried, and who got theirs."""
        written = time.monotonic()
        delivered: list[Ready] = []
        for place, ready in enumerate(batch):
            stale = time.monotonic() - written >= self.turn.total_seconds() or self.wall() >= ready.claim.lease
            if place and stale:
                claims.give_back(self.store, ready.claim, [one.message_id for one in batch[place:]])
                return place, delivered
            receipt = self._send(ready)
            self._mark(ready, receipt, now)
            told[ready.channel, receipt.delivered] = _answer(ready, receipt)
            if receipt.delivered:
                delivered.append(ready)
        return len(batch), delivered

    def _copy_to_group(self, batch: Sequence[Ready], copied: set[str], told: Told) -> None:
        """What the people on duty were sent, once for the office's group; a convenience, not proof of delivery."""
        for letter in (ready.letter for ready in batch if ready.to_office and ready.letter.subject not in copied):
            copied.add(letter.subject)
            receipts = self.channels.tell_office(letter.subject, letters.without_links(letter.text))
            for place, receipt in enumerate(receipts, start=1):
                told[channel_notes.office_name(place), receipt.delivered] = receipt.answer
                if not receipt.delivered:
                    log.warning("office group not told", answer=receipt.answer)

    def _note(self, told: Told, now: datetime) -> None:
        """Note how the channels did in a batch; the proof of each message is its own row."""
        if told:
            with self.store.write() as session:
                channel_notes.write(session, told, now)
            told.clear()

    def _send(self, ready: Ready) -> Receipt:
        letter = ready.letter.with_links(ready.urls)
        parcel = Parcel(
            to=ready.address, subject=letter.subject, text=letter.text, html=letter.html,
            reference=ready.reference, thread=ready.thread, link=letter.link or None,
            link_label=letter.link_label, card=letter.card, brief=letter.brief, calendar=letter.calendar,
        )  # fmt: skip
        try:
            return self.channels.send(ready.channel, parcel)
        except Exception as fault:
            # A channel tells faults of the outside in its receipt; this is one of our own, and delays no other.
            log.exception("channel failed", message=ready.message_id, channel=ready.channel)
            return Receipt.put_off(f"系统内部错误（{type(fault).__name__}）")

    def _mark(self, ready: Ready, receipt: Receipt, now: datetime) -> None:
        values: dict[str, object] = {"answer": _after(ready.before, _answer(ready, receipt)), "claimed_until": None}
        if receipt.delivered:
            values |= {"status": "sent", "sent_at": now}
        elif receipt.permanent or ready.attempts >= MOST_ATTEMPTS:
            values |= self._other_way(ready, receipt)
        else:
            values |= {"status": "queued", "not_before": now + backoff(ready.attempts)}
        with self.store.write() as session:
            still = claims.still_held(ready.claim, [ready.message_id])
            marked = session.execute(update(_message).where(*still).values(**values))
        if not receipt.delivered:
            log.warning(
                "message not delivered", message=ready.message_id, channel=ready.channel, status=values["status"]
            )
        elif marked.rowcount != 1:  # type: ignore[attr-defined]
            log.warning("message sent after its claim had ended", message=ready.message_id)

    def _other_way(self, ready: Ready, receipt: Receipt) -> dict[str, object]:
        """The next channel that reaches the person, or the office's list of undelivered alerts."""
        ways = self.channels.for_address(ready.address)
        left = ways[ways.index(ready.channel) + 1 :] if ready.channel in ways else ()
        if left:
            # The next attempt keeps this line: the office sees which address is wrong even when the other one works.
            answer = f"{CHANNEL_TITLES[ready.channel]}：{_answer(ready, receipt)}"
            return {"status": "queued", "channel": left[0], "attempts": 0, "answer": _after(ready.before, answer)}
        return {"status": "failed"}


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling from 30 s to an hour, with a fifth of jitter."""
    seconds = min(30 * 2 ** (attempts - 1), 3600)
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))


def _looked(act: Act, batch: Sequence[Message]) -> Looked | None:
    """The look-ups of a batch; None when one message spoils them for all, so that each is looked up alone."""
    try:
        return reading.look(act, batch)
    except SQLAlchemyError:
        raise
    except Exception:
        log.exception("batch not readable", messages=[message.id for message in batch])
        return None


def _drop(session: Session, untrue: Mapping[int, str]) -> None:
    for why in set(untrue.values()):
        ids = [item for item, said in untrue.items() if said == why]
        session.execute(update(MessageItem).where(col(MessageItem.id).in_(ids)).values(dropped=why))


def _settle(message: Message, status: str, answer: str) -> None:
    message.status, message.answer, message.claimed_until = status, answer, None


def _before(message: Message, channel: str) -> str:
    """What other channels answered before this one, and what was tried before it was sent again by hand."""
    others = tuple(f"{title}：" for name, title in CHANNEL_TITLES.items() if name != channel)
    return _kept(message.answer, mailbag.EARLIER, *others)


def _kept(answer: str, *beginnings: str) -> str:
    return "\n".join(line for line in answer.splitlines() if line.startswith(beginnings))


def _answer(ready: Ready, receipt: Receipt) -> str:
    """The provider's answer, with its own number for the message where that is not our reference."""
    number = receipt.message_id if ready.reference not in receipt.message_id else ""
    return " ".join(f"{receipt.answer} {number}".split())[:2000]


def _after(before: str, answer: str) -> str:
    return f"{before}\n{answer}" if before else answer


def _address(act: Act, person: str) -> Address:
    found = directory(act.session).person(person)
    return Address(one_line(found.name), found.email, found.wecom_id)

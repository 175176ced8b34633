"""Messages on their way: claimed with a lease, written from the state of the moment, sent, then marked.

A crash between sending and marking may repeat a message, with the same reference; nothing else repeats.
Leases are about real processes and run on the machine's clock, everything else on the store's.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import or_, select, update
from sqlmodel import col
from sqlmodel import select as pick

from notifier import letters, reading
from notifier.channels import Address, Channels, Parcel, Receipt
from notifier.letters import Letter
from workflow.acts import Act
from workflow.links import LinkMaker
from workflow.posts import directory
from workflow.store import Store
from workflow.tables import Link, Message, MessageItem

log = structlog.get_logger(__name__)

BATCH = 50
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 8
OUTBOX = "outbox"

_message = Message.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Ready:
    """A written letter with its way out; ``urls`` are the addresses its placeholders stand for."""

    message_id: int
    reference: str
    address: Address
    letter: Letter
    urls: dict[int, str]
    channel: str
    attempts: int
    thread: str


@dataclass(frozen=True)
class Mailroom:
    """Delivers a store's messages through its channels; in a rehearsal without channels, to the outbox page."""

    store: Store
    channels: Channels
    links: LinkMaker
    base_url: str
    rehearsal: bool = False
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)

    def deliver(self, now: datetime) -> int:
        """Send everything that is ready at ``now``; returns how many messages were dealt with."""
        dealt = 0
        while claimed := self._claim(now):
            for ready in self._prepare(claimed, now):
                self._mark(ready, self._send(ready), now)
            dealt += len(claimed)
        return dealt

    def take_back_claims(self) -> None:
        """Free what a service that died had claimed; only for the one service of a store."""
        with self.store.write() as session:
            session.execute(
                update(_message).where(_message.c.status == "sending").values(status="queued", claimed_until=None)
            )

    def url(self, link: Link) -> str:
        """The address of a link, built from BASE_URL alone."""
        return f"{self.base_url}/s/{self.links.token(link)}" + ("/all" if link.purpose == "desk" else "")

    def _claim(self, now: datetime) -> list[int]:
        wall = self.wall()
        ready = (
            select(_message.c.id)
            .where(
                or_(
                    (_message.c.status == "queued") & (_message.c.not_before <= now),
                    (_message.c.status == "sending") & (_message.c.claimed_until <= wall),
                )
            )
            .order_by(_message.c.not_before, _message.c.id)
            .limit(BATCH)
        )
        with self.store.read() as session:
            if session.execute(ready.limit(1)).first() is None:
                return []
        with self.store.write() as session:
            ids = [row.id for row in session.execute(ready.with_for_update(skip_locked=True))]
            claimed = update(_message).where(_message.c.id.in_(ids))
            session.execute(
                claimed.values(status="sending", claimed_until=wall + LEASE, attempts=_message.c.attempts + 1)
            )
        return ids

    def _prepare(self, ids: list[int], now: datetime) -> list[Ready]:
        with self.store.write() as session:
            act = Act(session, now, self.links)
            found = [self._write(act, row) for row in session.exec(pick(Message).where(col(Message.id).in_(ids)))]
        return [ready for ready in found if ready is not None]

    def _write(self, act: Act, message: Message) -> Ready | None:
        read = reading.read(act, message, base_url=self.base_url, rehearsal=self.rehearsal)
        for item_id, why in read.untrue.items():
            act.session.execute(update(MessageItem).where(col(MessageItem.id) == item_id).values(dropped=why))
        if read.facts is None:
            message.status, message.answer = "cancelled", "；".join(dict.fromkeys(read.untrue.values())) or "无内容"
            return None
        letter = letters.write(read.facts)
        message.subject, message.body = letter.subject, letter.text
        address = _address(act, message.person)
        channel = self._channel(message, address)
        if channel == OUTBOX:
            message.status, message.channel, message.sent_at = "sent", OUTBOX, act.now
            message.answer, message.claimed_until = "已投入演练投递箱", None
            return None
        if channel is None:
            message.status, message.claimed_until = "undeliverable", None
            message.answer = message.answer or "没有可用的渠道：该人员没有登记邮箱或企业微信账号，或渠道未配置"
            return None
        message.channel = channel
        act.session.flush()
        programme = act.programme(message.programme_id)
        ids = letters.links_in(letter.text + letter.html + letter.link)
        links = act.session.exec(pick(Link).where(col(Link.id).in_(ids))) if ids else ()
        urls = {link.id or 0: self.url(link) for link in links}
        assert message.id is not None
        return Ready(message.id, message.reference, address, letter, urls, channel, message.attempts, programme.key)

    def _channel(self, message: Message, address: Address) -> str | None:
        open_ = self.channels.for_address(address)
        if message.channel in open_:
            return message.channel
        if not open_ and self.rehearsal and not self.channels.names:
            return OUTBOX
        return open_[0] if open_ else None

    def _send(self, ready: Ready) -> Receipt:
        letter = ready.letter.with_links(ready.urls)
        parcel = Parcel(
            to=ready.address, subject=letter.subject, text=letter.text, html=letter.html,
            reference=ready.reference, thread=ready.thread, link=letter.link or None,
            link_label=letter.link_label, card=letter.card,
        )  # fmt: skip
        return self.channels.send(ready.channel, parcel)

    def _mark(self, ready: Ready, receipt: Receipt, now: datetime) -> None:
        values: dict[str, object] = {"answer": receipt.answer[:2000], "claimed_until": None}
        if receipt.delivered:
            values |= {"status": "sent", "sent_at": now}
        elif receipt.permanent or ready.attempts >= MOST_ATTEMPTS:
            values |= self._other_way(ready)
        else:
            values |= {"status": "queued", "not_before": now + backoff(ready.attempts)}
        with self.store.write() as session:
            session.execute(update(_message).where(_message.c.id == ready.message_id).values(**values))
        if not receipt.delivered:
            log.warning(
                "message not delivered", message=ready.message_id, channel=ready.channel, status=values["status"]
            )

    def _other_way(self, ready: Ready) -> dict[str, object]:
        """The next channel that reaches the person, or the office's list of undelivered alerts."""
        ways = self.channels.for_address(ready.address)
        left = ways[ways.index(ready.channel) + 1 :] if ready.channel in ways else ()
        if left:
            return {"status": "queued", "channel": left[0], "attempts": 0}
        return {"status": "undeliverable"}


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling from 30 s to an hour, with a fifth of jitter."""
    seconds = min(30 * 2 ** (attempts - 1), 3600)
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))


def _address(act: Act, person: str) -> Address:
    found = directory(act.session).person(person)
    return Address(found.name, found.email, found.wecom_id)

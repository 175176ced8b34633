"""Messages on their way: claimed with a lease, written from the state of the moment, sent, then marked.

A crash between sending and marking may repeat a message, with the same reference; nothing else repeats. Any number
of processes may deliver the messages of one PostgreSQL: see ``notifier.claims``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlmodel import Session

from notifier import claims
from notifier.channels import Channels, Parcel, Receipt
from notifier.claims import Claim
from notifier.copies import Copies
from notifier.marks import Marks, Ready, Sent
from notifier.ways import Ways
from notifier.writing import Desk
from workflow import channel_notes, digests
from workflow.hours import USUAL, Hours
from workflow.links import LinkMaker
from workflow.store import Store

log = structlog.get_logger(__name__)

#: A letter that has waited this long behind a slow server is written anew; a live call ends, the sweep comes next.
TURN = timedelta(seconds=5)

#: What a batch was answered: by channel, and by whether the message was delivered.
Told = dict[tuple[str, bool], str]


@dataclass(frozen=True)
class Mailroom:
    """Delivers a store's messages through its channels; in a rehearsal without channels, to the outbox page.

    ``wall`` is the machine's clock, which leases and limits go by; ``turn`` is how long a batch goes on in real time;
    ``hours`` tell when what can wait is sent; once ``stopping``, the message in hand is finished and no other begun.
    """

    store: Store
    channels: Channels
    links: LinkMaker
    base_url: str
    rehearsal: bool = False
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    turn: timedelta = TURN
    hours: Hours = USUAL
    stopping: Callable[[], bool] = lambda: False

    @property
    def ways(self) -> Ways:
        """Which channel a message goes by."""
        return Ways(self.channels, self.rehearsal)

    @property
    def desk(self) -> Desk:
        """Where its letters are written."""
        return Desk(self.store, self.links, self.ways, self.base_url, self.rehearsal)

    def deliver(self, now: datetime) -> int:
        """Send what is ready at ``now``; returns how many messages were dealt with, 0 when none is left.

        A rehearsal's call sends everything; a live one stops after its turn and leaves the rest to the next.
        """
        self.settle(now)
        dealt, began = 0, time.monotonic()
        copies, told = Copies(self.store, self.channels, now, self.wall), Told()
        while claim := claims.claim(self.store, now, self.wall(), self.ways):
            dealt += self._through(claim, now, copies, told)
            if not self.rehearsal and time.monotonic() - began >= self.turn.total_seconds():
                break
        return dealt

    def settle(self, now: datetime, *, also: Callable[[Session], object] = digests.nothing) -> bool:
        """Join and put off what is ready before any of it is claimed; as ``digests.settle``."""
        return digests.settle(self.store, now, self.links, self.hours, also=also)

    def deliver_batch(
        self, now: datetime, *, settled: datetime, note: Callable[[Session, Claim], object] = claims.unwritten
    ) -> int:
        """One worker's batch out of what was settled at an instant; returns how many messages were dealt with.

        ``note`` writes down whose the claim is, in its own transaction.
        """
        if self.stopping():
            return 0
        claim = claims.claim(self.store, now, self.wall(), self.ways, until=settled, note=note)
        if claim is None:
            return 0
        return self._through(claim, now, Copies(self.store, self.channels, now, self.wall), Told())

    def _through(self, claim: Claim, now: datetime, copies: Copies, told: Told) -> int:
        """Write, send and mark what was claimed; returns how many messages were dealt with."""
        batch = self.desk.write(claim, now)
        tried, delivered = self._send_all(batch, now, told)
        told |= copies.tell(delivered)
        self._note(told, now)
        return len(claim.ids) - len(batch) + tried

    def take_back_claims(self) -> None:
        """Free what a service that died had claimed; only for the one service of a store."""
        claims.take_back_all(self.store)

    def _send_all(self, batch: Sequence[Ready], now: datetime, told: Told) -> tuple[int, list[Ready]]:
        """Send a batch while its letters are fresh, give back the rest; how many were tried, and who got theirs."""
        written = time.monotonic()
        delivered: list[Ready] = []
        resting: set[str] = set()
        left: list[Ready] = []
        marks = Marks(self.store, self.ways, now)
        for place, ready in enumerate(batch):
            stale = time.monotonic() - written >= self.turn.total_seconds() or self.wall() >= ready.claim.lease
            if (place and stale) or self.stopping():
                left += batch[place:]
                break
            if ready.channel in resting:
                left.append(ready)
                continue
            sent = self._send(ready)
            marks.write(sent)
            told[ready.channel, sent.receipt.delivered] = sent.answer
            if sent.receipt.delivered:
                delivered.append(ready)
            if sent.receipt.rest_seconds:
                resting.add(ready.channel)
        if left:
            claims.give_back(self.store, left[0].claim, [one.message_id for one in left])
        return len(batch) - len(left), delivered

    def _send(self, ready: Ready) -> Sent:
        begun = self.wall()
        receipt = self._carried(ready)
        return Sent(ready, receipt, begun, max(begun, self.wall()))

    def _carried(self, ready: Ready) -> Receipt:
        letter = ready.letter.with_links(ready.urls, ready.codes)
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

    def _note(self, told: Told, now: datetime) -> None:
        """Note how the channels did in a batch; the proof of each message is its own row."""
        if told:
            with self.store.write() as session:
                # Two workers that note the same channel come one after the other.
                claims.hold_lanes(session)
                channel_notes.write(session, told, now)
            told.clear()

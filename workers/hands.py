"""What a worker does: one sweep, one batch of messages, the taking back of what a dead worker has left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlmodel import Session

from notifier import claims
from notifier.claims import Claim
from notifier.deliveries import Mailroom
from workers import dispatch
from workflow import pulse, sweep
from workflow.anchor_files import AnchorFile
from workflow.clock_watch import ClockWatch
from workflow.engine import Engine
from workflow.pulse import Pulse
from workflow.sweep import Swept

log = structlog.get_logger(__name__)

#: A sweep that takes long says so often that nobody takes it for dead.
TOLD_EVERY_SECONDS = 10


@dataclass(frozen=True)
class Hands:
    """One worker's hands; ``wall`` is the machine's clock."""

    engine: Engine
    mailroom: Mailroom
    anchors: AnchorFile
    clocks: ClockWatch
    wall: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def sweep(self) -> Swept | None:
        """Sweep, settle and put deliveries on the queue; None where another worker is at it."""
        wall, begun = self._wall(), time.monotonic()
        with self.engine.store.read() as session:
            now = self.engine.now(session) if self.engine.rehearsal else wall
        swept = sweep.run_if_free(
            self.engine.store, now, self.engine.links,
            then=lambda swept: self._after(swept, now, begun), step=_Progress(self).step,
        )  # fmt: skip
        if swept and (swept.lapsed or swept.rungs or swept.chased):
            log.info("swept", lapsed=swept.lapsed, rungs=swept.rungs, chased=swept.chased, failed=swept.failed)
        return swept

    def deliver(self, job: int) -> int:
        """Send one batch of what is settled; returns how many messages were dealt with."""
        with self.engine.store.read() as session:
            settled, now = dispatch.settled(session), self.engine.now(session)
        if settled is None:
            return 0

        def note(session: Session, claim: Claim) -> None:
            dispatch.note_claim(session, job, claim.lease)

        return self.mailroom.deliver_batch(now, settled=settled, note=note)

    def take_back(self, lease: str) -> int:
        """End the claim of a worker that is dead; returns how many messages it still held."""
        with self.engine.store.write() as session:
            return claims.take_back(session, datetime.fromisoformat(lease), self.wall())

    def look_at_clocks(self) -> None:
        """Hold the outbox when this machine's clock has jumped ahead."""
        if not self.engine.rehearsal:
            self.clocks.look()

    def last_pulse(self) -> Pulse | None:
        """The latest sweep of any worker."""
        with self.engine.store.read() as session:
            return pulse.last(session)

    def _wall(self) -> datetime:
        return self.wall() if self.engine.rehearsal else self.clocks.look().wall

    def _after(self, swept: Swept, now: datetime, begun: float) -> None:
        """What follows a sweep while no other worker sweeps: anchors leave, messages are settled and dispatched."""
        seconds = time.monotonic() - begun
        self.anchors.delivering(self.engine.store, self._dispatch)(now)
        self.beat(seconds, swept.failed)

    def beat(self, seconds: float, failed: int) -> None:
        """Tell that a sweep goes on or went through."""
        with self.engine.store.write() as session:
            pulse.beat(session, Pulse(self.wall(), seconds, failed))

    def _dispatch(self, now: datetime) -> None:
        def also(session: Session) -> None:
            dispatch.deliveries(session, now, self.wall())

        if not self.mailroom.settle(now, also=also):
            # Nothing new; but what was put off, or left by a worker that died, may be ready again.
            with self.engine.store.write() as session:
                also(session)


class _Progress:
    """Lets a long sweep be heard while it gets on: chunk by chunk, now and then."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._begun = self._told = time.monotonic()

    def step(self) -> None:
        """One more chunk is through."""
        now = time.monotonic()
        if now - self._told >= TOLD_EVERY_SECONDS:
            self._told = now
            self._hands.beat(now - self._begun, 0)

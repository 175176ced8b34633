"""One engine for every door: the store, its clock, how links are made, and how messages get out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from workflow import clock, sweep
from workflow.acts import SYSTEM, Act, Actor
from workflow.hours import USUAL, Hours
from workflow.links import LinkMaker
from workflow.pace import Pace
from workflow.patience import Patience
from workflow.refusals import NotRehearsing
from workflow.store import Store

#: Sends what is ready at an instant; how, is the notifier's business.
Deliver = Callable[[datetime], object]


def keep_queued(_now: datetime) -> None:
    """The delivery of a process that only writes: its messages wait for the service."""


@dataclass(frozen=True)
class Engine:
    """What pages, API, commands and the scheduler all act through."""

    store: Store
    links: LinkMaker
    rehearsal: bool = False
    deliver: Deliver = keep_queued
    hours: Hours = USUAL
    pace: Pace = field(default_factory=Pace, compare=False)
    patience: Patience | None = None

    def now(self, session: Session) -> datetime:
        """The instant of this store's clock, virtual in a rehearsal."""
        return clock.now(session, rehearsal=self.rehearsal)

    @contextmanager
    def acting(self, actor: Actor = SYSTEM) -> Iterator[Act]:
        """One writing transaction; committed when the block ends, nothing is written when it raises."""
        with self.store.write() as session:
            self._hurry(session)
            yield Act(session, self.now(session), self.links, actor, self.hours)

    @contextmanager
    def looking(self, actor: Actor = SYSTEM) -> Iterator[Act]:
        """One reading transaction; what is written in it is not kept."""
        with self.store.read() as session:
            self._hurry(session)
            yield Act(session, self.now(session), self.links, actor, self.hours)

    def _hurry(self, session: Session) -> None:
        if self.patience is not None:
            self.patience.ask(session)

    def tick(self, wall: datetime | None = None) -> sweep.Swept:
        """What the scheduler does: sweep, then send what is ready.

        ``wall`` is what the scheduler has just read off the machine's clock; a rehearsal has its own.
        """
        with self.store.read() as session:
            now = wall if wall is not None and not self.rehearsal else self.now(session)
        begun = time.monotonic()
        swept = sweep.run(self.store, now, self.links)
        self.pace.seconds, self.pace.failed = time.monotonic() - begun, swept.failed
        self.deliver(now)
        return swept

    def advance(self, target: datetime) -> datetime:
        """Move the rehearsal clock, doing everything due on the way; raises NotRehearsing, ClockBackwards."""
        if not self.rehearsal:
            raise NotRehearsing
        return clock.advance(self.store, target, self.links, deliver=self.deliver)

"""The pulse of the workers: when one of them last swept, told in the store to processes that do not sweep themselves.

It goes by the machine's clock, also in a rehearsal. A pulse of the future is as bad as one of the past: after a clock
was set back it says nothing about now.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from workflow.pace import Pace
from workflow.store import Store
from workflow.tables import Meta

_KEY = "pulse"
#: While the last pulse is younger than this, whoever may sweep as well leaves it to the workers.
YOUNG = timedelta(seconds=60)
#: A listener asks the store no more often than this.
_ASKS_EVERY = timedelta(seconds=2)


@dataclass(frozen=True)
class Pulse:
    """One sweep of a worker: when it went through, how many seconds it took, how many rows it set aside."""

    at: datetime
    seconds: float
    failed: int


def beat(session: Session, pulse: Pulse) -> None:
    """Tell that a sweep went through."""
    value = json.dumps([pulse.at.isoformat(), pulse.seconds, pulse.failed])
    session.merge(Meta(key=_KEY, value=value))


def last(session: Session) -> Pulse | None:
    """The latest sweep of any worker, None where no worker has ever swept."""
    row = session.get(Meta, _KEY)
    if row is None:
        return None
    at, seconds, failed = json.loads(row.value)
    return Pulse(datetime.fromisoformat(at), seconds, failed)


def age(pulse: Pulse, wall: datetime) -> float:
    """Seconds between a pulse and an instant of the machine's clock, whichever comes first."""
    return abs((wall - pulse.at).total_seconds())


class Listener:
    """How old the workers' last sweep is, as this process sees it; takes its figures over into ``pace``."""

    def __init__(self, store: Store, pace: Pace, *, wall: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._pace, self._wall = store, pace, wall
        self._asked = self._answered = self._begun = time.monotonic()
        self._age: float | None = None
        self._known = False
        self._one_at_a_time = threading.Lock()

    def seconds_since(self) -> float:
        """Seconds since the last sweep; since this process began where no worker has ever swept."""
        with self._one_at_a_time:
            now = time.monotonic()
            if not self._known or now - self._asked >= _ASKS_EVERY.total_seconds():
                self._ask(now)
            # While the store does not answer, the age goes on from the last answer.
            return now - self._begun if self._age is None else self._age + now - self._answered

    def others_at_work(self) -> bool:
        """Whether workers sweep this store now."""
        self.seconds_since()
        return self._age is not None and self.seconds_since() <= YOUNG.total_seconds()

    def _ask(self, now: float) -> None:
        self._asked = now
        try:
            with self._store.read() as session:
                found = last(session)
        except SQLAlchemyError:
            return
        self._known, self._answered = True, now
        if found is not None:
            self._age = age(found, self._wall())
            self._pace.seconds, self._pace.failed = found.seconds, found.failed

"""Whoever lets the machine's clock decide what is due looks at it here first: after a jump ahead nothing is sent."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from workflow import holding, jumps
from workflow.jumps import Reading
from workflow.store import Store

log = structlog.get_logger(__name__)


class ClockWatch:
    """Compares each reading of the clocks with the one before it; safe to ask from several threads.

    The first reading has nothing to compare with, so a process that was down goes on.
    """

    def __init__(self, store: Store, *, read_clocks: Callable[[], Reading] = jumps.read_clocks) -> None:
        self._store, self._read_clocks = store, read_clocks
        self._before: Reading | None = None
        self._one_at_a_time = threading.Lock()

    def look(self) -> Reading:
        """Both clocks, now; holds the outbox when the wall clock jumped ahead since the last look."""
        with self._one_at_a_time:
            clocks = self._read_clocks()
            jump = jumps.between(self._before, clocks) if self._before else None
            if jump is not None:
                said = {"before": jump.before.isoformat(), "after": jump.after.isoformat()}
                if jump.ahead > jumps.MOST:
                    with self._store.write() as session:
                        held = holding.hold_for_jump(session, jump)
                    log.error("clock jumped ahead, outbox held", messages=held, **said)
                else:
                    log.warning("clock set back", **said)
            # Only now: a jump that could not be noted is found again by the next look.
            self._before = clocks
            return clocks

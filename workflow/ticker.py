"""The ticker: APScheduler wakes the sweep every few seconds and exactly at the next due instant.

Nothing is remembered in the scheduler; due times live in the tables. Its jobs run on the wall clock and stop
when that clock is set back, so a watchdog on the monotonic clock wakes the sweep when no tick came for a while.
Each tick compares the two clocks with those of the tick before: when the wall clock jumped ahead, the outbox is
held before anything is swept. While workers sweep the same store, a tick leaves the work to them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from workflow import jumps, sweep
from workflow.clock_watch import ClockWatch
from workflow.engine import Engine
from workflow.jumps import Reading

log = structlog.get_logger(__name__)

EVERY_SECONDS = 5
#: A tick later than this is the watchdog's business.
PATIENCE_SECONDS = 10


def nobody() -> bool:
    """Nobody else sweeps this store."""
    return False


class Ticker:
    """Ticks an engine until stopped; ``last_tick`` is on the monotonic clock, ``read_clocks`` reads both.

    ``others_at_work`` tells whether workers sweep the store at present.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        read_clocks: Callable[[], Reading] = jumps.read_clocks,
        others_at_work: Callable[[], bool] = nobody,
    ) -> None:
        self._engine = engine
        self._read_clocks = read_clocks
        self._watch_clocks = ClockWatch(engine.store, read_clocks=read_clocks)
        self._others_at_work = others_at_work
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._stopping = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._watchdog = threading.Thread(target=self._watch, name="duban-watchdog", daemon=True)
        self.last_tick = time.monotonic()

    def start(self) -> None:
        """Begin ticking at once."""
        self._scheduler.add_job(self.tick, IntervalTrigger(seconds=EVERY_SECONDS), id="interval")
        self._scheduler.start()
        self._watchdog.start()

    def stop(self) -> None:
        """Finish the tick under way, then stop."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)
        self._watchdog.join(timeout=PATIENCE_SECONDS)

    def seconds_since(self) -> float:
        """Seconds since the last tick that went through."""
        return time.monotonic() - self.last_tick

    def tick(self) -> None:
        """One sweep and one delivery; a fault is logged and the next tick tries again."""
        if not self._one_at_a_time.acquire(blocking=False):
            return
        try:
            # A rehearsal has a clock of its own.
            clocks = self._read_clocks() if self._engine.rehearsal else self._watch_clocks.look()
            if self._others_at_work():
                self.last_tick = time.monotonic()
                return
            swept = self._engine.tick(clocks.wall)
            self.last_tick = time.monotonic()
            if swept.lapsed or swept.rungs or swept.chased:
                log.info("swept", lapsed=swept.lapsed, rungs=swept.rungs, chased=swept.chased, failed=swept.failed)
            self._wake_at_next()
        except Exception:
            log.exception("tick failed")
        finally:
            self._one_at_a_time.release()

    def _wake_at_next(self) -> None:
        if self._engine.rehearsal or self._stopping.is_set():
            return
        with self._engine.store.read() as session:
            upcoming = sweep.next_instant(session, after=self._engine.now(session))
        if upcoming is not None:
            self._scheduler.add_job(self.tick, DateTrigger(upcoming), id="next", replace_existing=True)

    def _watch(self) -> None:
        while not self._stopping.wait(PATIENCE_SECONDS / 2):
            if self.seconds_since() > PATIENCE_SECONDS:
                self.tick()

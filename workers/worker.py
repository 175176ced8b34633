"""One worker process: procrastinate's loop, its periodic sweep, its deliveries, and the taking over from the dead.

The queue deduplicates a sweep over all workers; should it put none on – its own clock stands still when the
machine's is set back – a watchdog on the monotonic clock does.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ProcrastinateException
from procrastinate.jobs import Status
from psycopg import Error as DatabaseError

from workers import queue_schema
from workers.dispatch import DELIVER, QUEUE
from workers.hands import Hands
from workers.refused import WorkerCutOff
from workflow.errands import DEAD_AFTER, SCHEMA

log = structlog.get_logger(__name__)

#: How long written letters may wait to be sent; no sweep waits behind them here.
_TURN = timedelta(seconds=30)
#: Jobs that one process has in hand at once: a sweep, a delivery, a taking over.
CONCURRENCY = 3
SWEEP, TAKE_OVER = "sweep", "take-over"
#: With seconds, the sixth field.
_EVERY_5_SECONDS, _EVERY_10_SECONDS = "* * * * * */5", "* * * * * */10"
_SIGN_OF_LIFE_SECONDS = 5
_WATCH_SECONDS = 2
#: Seconds without a sweep after which the watchdog asks for one.
_PATIENCE_SECONDS = 15
#: What is still in hand so long after a stop was asked for is left to be taken over.
_GRACE_SECONDS = 60


class Worker:
    """Works until it is told to stop; ``url`` leads to PostgreSQL directly."""

    def __init__(self, url: str, hands: Hands, *, concurrency: int = CONCURRENCY) -> None:
        self._stopping = threading.Event()
        room = replace(hands.mailroom, stopping=self._stopping.is_set, turn=_TURN)
        self._hands = replace(hands, mailroom=room)
        self._url, self._concurrency = url, concurrency
        named = {"options": f"-c search_path={SCHEMA}", "application_name": "duban worker"}
        self._app = App(connector=PsycopgConnector(conninfo=url, kwargs=named, min_size=1, max_size=4))
        self._add_tasks()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; raises StoreUnusable, WorkerCutOff."""
        queue_schema.settle(self._url)
        try:
            asyncio.run(self._work())
        except (ProcrastinateException, DatabaseError) as fault:
            log.exception("worker cut off")
            raise WorkerCutOff(reason=f"与数据库的连接中断（{type(fault).__name__}）") from None

    async def _work(self) -> None:
        async with self._app.open_async():
            working = asyncio.create_task(
                self._app.run_worker_async(
                    queues=[QUEUE], concurrency=self._concurrency, install_signal_handlers=False,
                    update_heartbeat_interval=_SIGN_OF_LIFE_SECONDS, stalled_worker_timeout=DEAD_AFTER,
                    fetch_job_polling_interval=_WATCH_SECONDS, delete_jobs="always",
                    shutdown_graceful_timeout=_GRACE_SECONDS,
                )
            )  # fmt: skip
            watching = asyncio.create_task(self._watch())
            for told in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(told, self._stop, working)
            try:
                with suppress(asyncio.CancelledError):
                    await working
            finally:
                watching.cancel()

    def _stop(self, working: asyncio.Task[None]) -> None:
        """Finish what is in hand, begin nothing new."""
        log.info("worker stopping")
        self._stopping.set()
        working.cancel()

    def _add_tasks(self) -> None:
        app, hands = self._app, self._hands

        @app.periodic(cron=_EVERY_5_SECONDS, periodic_id=SWEEP)
        @app.task(name=SWEEP, queue=QUEUE, queueing_lock=SWEEP, priority=20)
        def sweep(timestamp: int) -> None:
            hands.sweep()

        @app.periodic(cron=_EVERY_10_SECONDS, periodic_id=TAKE_OVER)
        @app.task(name=TAKE_OVER, queue=QUEUE, queueing_lock=TAKE_OVER, priority=30)
        async def take_over(timestamp: int) -> None:
            await self._take_over()

        @app.task(name=DELIVER, queue=QUEUE, pass_context=True)
        def deliver(context: JobContext, lease: str = "") -> None:
            assert context.job.id is not None
            hands.deliver(context.job.id)

    async def _take_over(self) -> None:
        """Clear away the jobs of dead workers; what their claims held is ready for anybody at the next sweep."""
        jobs = self._app.job_manager
        for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
            lease = job.task_kwargs.get("lease")
            held = await asyncio.to_thread(self._hands.take_back, str(lease)) if lease else 0
            log.warning("taken over from a dead worker", task=job.task_name, messages=held)
            # Not put on again: a sweep comes by itself, and puts on the deliveries that are needed.
            await jobs.finish_job(job, Status.FAILED, delete_job=True)
        await jobs.prune_stalled_workers(DEAD_AFTER)

    async def _watch(self) -> None:
        """Look at the machine's clock, and at whether sweeps go on."""
        seen, since = self._hands.last_pulse(), time.monotonic()
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                await asyncio.to_thread(self._hands.look_at_clocks)
                found = await asyncio.to_thread(self._hands.last_pulse)
                if found != seen:
                    seen, since = found, time.monotonic()
                elif time.monotonic() - since > _PATIENCE_SECONDS:
                    since = time.monotonic()
                    with suppress(AlreadyEnqueued):
                        await self._app.tasks[SWEEP].configure().defer_async(timestamp=0)
            except Exception:
                log.exception("watch failed")

"""Deliveries put on the queue: as many as what is ready needs, in the transaction that made it ready.

What is to be sent stands in our own messages; a delivery on the queue says only that somebody shall take the next
batch of them. One that gets lost loses nothing, and one too many finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from procrastinate import SyncPsycopgConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from sqlalchemy import func, select, text
from sqlmodel import Session

from notifier import claims
from workflow import holding
from workflow.errands import SCHEMA
from workflow.tables import Meta

QUEUE = "duban"
DELIVER = "deliver"
#: The next sweep puts more on the queue.
MOST = 200

_SETTLED = "settled"
_WAITING = text(f"SELECT count(*) FROM {SCHEMA}.procrastinate_jobs WHERE status = 'todo' AND task_name = '{DELIVER}'")
_CLAIMED = text(
    f"UPDATE {SCHEMA}.procrastinate_jobs SET args = jsonb_build_object('lease', CAST(:lease AS text)) WHERE id = :job"
)
_jobs = JobManager(SyncPsycopgConnector())


def deliveries(session: Session, now: datetime, wall: datetime) -> int:
    """Put the deliveries on the queue that what is ready at ``now`` needs; returns how many.

    They are there when the caller's transaction commits, and not at all when it does not.
    """
    if holding.is_held(session):
        return 0
    ready = sum(_count(session, query) for query in claims.ready(now, wall))
    if not ready:
        return 0
    session.merge(Meta(key=_SETTLED, value=now.isoformat()))
    wanted = min(-(-ready // claims.BATCH), MOST) - int(session.execute(_WAITING).scalar_one())
    if wanted <= 0:
        return 0
    with _queue_first(session) as driver:
        job = Job(queue=QUEUE, task_name=DELIVER, lock=None, queueing_lock=None)
        _jobs.batch_defer_jobs([job] * wanted, connection=driver)
    return wanted


def settled(session: Session) -> datetime | None:
    """Up to which instant what is ready may be sent as it stands; None before the first."""
    row = session.get(Meta, _SETTLED)
    return datetime.fromisoformat(row.value) if row else None


def note_claim(session: Session, job: int, lease: datetime) -> None:
    """Write down which claim a delivery holds, for whoever takes over when its worker dies."""
    session.execute(_CLAIMED, {"job": job, "lease": lease.isoformat()})


def _count(session: Session, query: Any) -> int:
    enough = query.order_by(None).limit(MOST * claims.BATCH).subquery()
    return int(session.execute(select(func.count()).select_from(enough)).scalar_one())


@contextmanager
def _queue_first(session: Session) -> Iterator[Any]:
    """The driver's connection of a session's transaction, on which the queue's names are known."""
    before = session.execute(text("SELECT current_setting('search_path')")).scalar_one()
    setting = text("SELECT set_config('search_path', :path, true)")
    session.execute(setting, {"path": SCHEMA})
    yield session.connection().connection.driver_connection
    session.execute(setting, {"path": before})

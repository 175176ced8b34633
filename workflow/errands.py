"""The workers' queue on PostgreSQL, looked at from outside: who works, what waits to be done, and since when.

The queue lies in a schema of its own and says only that somebody shall look; what there is to do stands in our own
tables. So no backup keeps it and no move asks for it. Nothing here knows the library that runs it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

#: The PostgreSQL schema of the queue.
SCHEMA = "duban_queue"
#: Seconds after which a worker that gives no sign of life counts as dead.
DEAD_AFTER = 25

_THERE = text(f"SELECT to_regclass('{SCHEMA}.procrastinate_jobs') IS NOT NULL")
_WORKERS = text(
    f"SELECT count(*) FROM {SCHEMA}.procrastinate_workers"
    f" WHERE last_heartbeat > now() - make_interval(secs => {DEAD_AFTER})"
)
_JOBS = text(
    "SELECT CASE status WHEN 'todo' THEN 'waiting' ELSE 'running' END AS standing, count(*) AS number"
    f" FROM {SCHEMA}.procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY 1"
)
_OLDEST = text(
    "SELECT coalesce(extract(epoch FROM now() - min(e.at)), 0)"
    f" FROM {SCHEMA}.procrastinate_jobs j JOIN {SCHEMA}.procrastinate_events e ON e.job_id = j.id"
    " WHERE j.status = 'todo' AND e.type = 'deferred'"
)


@dataclass(frozen=True)
class Errands:
    """How many workers live, how many errands wait and run, and for how many seconds the first has waited."""

    workers: int = 0
    waiting: int = 0
    running: int = 0
    oldest: float = 0.0


def look(session: Session) -> Errands:
    """The queue as it is now; all zero on a store that no worker has ever worked on."""
    if session.get_bind().dialect.name != "postgresql" or not session.execute(_THERE).scalar():
        return Errands()
    jobs = {str(row.standing): int(row.number) for row in session.execute(_JOBS)}
    return Errands(
        workers=int(session.execute(_WORKERS).scalar_one()),
        waiting=jobs.get("waiting", 0),
        running=jobs.get("running", 0),
        oldest=float(session.execute(_OLDEST).scalar_one()),
    )

"""What the clock does: lapse what is late, fire due rungs, chase approvers – in sets, chunk by chunk.

Nothing is remembered between sweeps but rows, so a sweep that is killed is finished by the next: a rung keeps
its batch and how far it got, and its messages stay unsendable until the whole batch is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select, update
from sqlmodel import Session

from workflow import ledger, notices, rungs
from workflow.acts import Act
from workflow.ledger import CHUNK
from workflow.lifecycle import FILING
from workflow.links import LinkMaker
from workflow.notices import Envelope
from workflow.store import Store
from workflow.tables import Deadline, Message, Meta, RungRow, Submission

log = structlog.get_logger(__name__)

_deadline = Deadline.__table__  # type: ignore[attr-defined]
_rung = RungRow.__table__  # type: ignore[attr-defined]
_message = Message.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Swept:
    """What one sweep did; ``failed`` counts rows set aside, which the next sweep tries again."""

    lapsed: int = 0
    rungs: int = 0
    chased: int = 0
    released: int = 0
    failed: int = 0


def run(store: Store, now: datetime, links: LinkMaker) -> Swept:
    """Do everything due at ``now``; each chunk is a transaction of its own.

    Lapses come first and are dated at their deadline; escalations missed while the service was down still go,
    reminders of what has lapsed meanwhile do not, and several missed reminders reach a person as one.
    """
    with store.sweeping():
        failed: list[str] = []
        lapsed = _lapse_due(store, now, failed)
        fired = _fire_due(store, now, links, failed)
        chased = _chase_due(store, now, links)
        released = _release_done(store)
        _note_sweep(store, now)
        return Swept(lapsed, fired, chased, released, len(failed))


def next_instant(session: Session, *, after: datetime) -> datetime | None:
    """The next instant at which anything is due: a deadline, a rung, a chase, a message's time."""
    submission = Submission.__table__  # type: ignore[attr-defined]
    asked = (
        (_deadline.c.due_at, _deadline.c.lapsed_at.is_(None)),
        (_rung.c.fires_at, _rung.c.fired_at.is_(None)),
        (submission.c.chase_at, submission.c.chase_at.is_not(None)),
        (_message.c.not_before, _message.c.status == "queued"),
    )
    queries = (select(func.min(instant)).where(open_, instant > after) for instant, open_ in asked)
    found = [instant for query in queries if (instant := session.execute(query).scalar()) is not None]
    return min(found, default=None)


def _lapse_due(store: Store, now: datetime, failed: list[str]) -> int:
    with store.read() as session:
        due = select(_deadline.c.id, _deadline.c.due_at).where(
            _deadline.c.lapsed_at.is_(None), _deadline.c.due_at <= now
        )
        found = session.execute(due.order_by(_deadline.c.due_at, _deadline.c.id)).all()
    total = 0
    for deadline_id, due_at in found:
        try:
            total += _lapse_deadline(store, deadline_id, due_at, now)
        except Exception:
            log.exception("deadline set aside", deadline=deadline_id)
            failed.append(f"deadline {deadline_id}")
    return total


def _lapse_deadline(store: Store, deadline_id: int, due_at: datetime, now: datetime) -> int:
    total = 0
    while True:
        with store.write() as session:
            moved = ledger.lapse_chunk(session, FILING, deadline_id, due_at=due_at, now=now)
            total += moved
            if moved < CHUNK:
                session.execute(update(_deadline).where(_deadline.c.id == deadline_id).values(lapsed_at=now))
                return total


def _fire_due(store: Store, now: datetime, links: LinkMaker, failed: list[str]) -> int:
    due = (_rung.c.fired_at.is_(None), _rung.c.fires_at <= now)
    with store.read() as session:
        ids = [row.id for row in session.execute(select(_rung.c.id).where(*due).order_by(_rung.c.fires_at, _rung.c.id))]
    if not ids:
        return 0
    with store.write() as session:
        taken = update(_rung).where(*due, _rung.c.batch.is_(None))
        session.execute(taken.values(batch=f"sweep:{now.isoformat()}"))
    fired = 0
    for rung_id in ids:
        try:
            while not _fire_part(store, rung_id, now, links):
                pass
            fired += 1
        except Exception:
            log.exception("rung set aside", rung=rung_id)
            failed.append(f"rung {rung_id}")
    return fired


def _fire_part(store: Store, rung_id: int, now: datetime, links: LinkMaker) -> bool:
    """Fire a rung for its next chunk of submissions; whether it is done."""
    with store.write() as session:
        row = session.get(RungRow, rung_id)
        assert row is not None and row.batch is not None
        act = Act(session, now, links)
        fired = rungs.firing(act, row)
        kind, states = rungs.SPEAKS_OF[fired.rung.say]
        envelope = Envelope(kind, fired.deadline.programme_id, row.batch, now, row.batch)
        reached = rungs.fire_chunk(act, fired, envelope, after=row.reached, states=states)
        if reached is None:
            row.fired_at = now
            return True
        row.reached = reached
        return False


def _chase_due(store: Store, now: datetime, links: LinkMaker) -> int:
    total = 0
    with store.read() as session:
        waiting = select(func.count()).where(Submission.__table__.c.chase_at <= now)  # type: ignore[attr-defined]
        if not session.execute(waiting).scalar():
            return 0
    while True:
        with store.write() as session:
            chased = rungs.chase(Act(session, now, links), f"sweep:{now.isoformat()}")
            total += chased
            if chased < CHUNK:
                return total


def _release_done(store: Store) -> int:
    unfired = select(_rung.c.batch).where(_rung.c.fired_at.is_(None), _rung.c.batch.is_not(None))
    done = select(_message.c.batch).distinct().where(_message.c.status == "gathering", _message.c.batch.not_in(unfired))
    with store.read() as session:
        batches = [row.batch for row in session.execute(done)]
    if not batches:
        return 0
    with store.write() as session:
        return sum(notices.release(session, batch) for batch in batches)


def _note_sweep(store: Store, now: datetime) -> None:
    with store.write() as session:
        session.merge(Meta(key="last-sweep", value=now.isoformat()))

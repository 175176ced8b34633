"""What the clock does: lapse what is late, fire due rungs, chase approvers – in sets, chunk by chunk.

Nothing is remembered between sweeps but rows, so a sweep that is killed is finished by the next: a rung keeps
its batch and how far it got, and its messages stay unsendable until the whole batch is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import func, select, text, update
from sqlmodel import Session

from workflow import events, ledger, lights, notices, openings, past_rungs, rungs, schedules, sweep_place, upkeep
from workflow.acts import Act
from workflow.lifecycle import FILING
from workflow.links import LinkMaker
from workflow.notices import Envelope
from workflow.refusals import DefinitionRefused
from workflow.store import Store
from workflow.tables import Deadline, Message, Meta, RungRow, Submission

log = structlog.get_logger(__name__)

_SWEPT = "last-sweep"

_deadline = Deadline.__table__  # type: ignore[attr-defined]
_rung = RungRow.__table__  # type: ignore[attr-defined]
_message = Message.__table__  # type: ignore[attr-defined]

# Written out, so that the index of what is not sent yet serves.
_GATHERING = text("message.status <> 'sent' AND message.status = 'gathering'")


@dataclass(frozen=True)
class Swept:
    """What one sweep did; ``failed`` counts rows and chores set aside, which the next sweep tries again."""

    opened: int = 0
    lapsed: int = 0
    rungs: int = 0
    chased: int = 0
    released: int = 0
    tended: int = 0
    failed: int = 0


def unheard() -> None:
    """Nobody hears how far a sweep has got."""


@dataclass
class _Aside:
    """The ids of what failed in this sweep; ``step`` hears of every chunk that is through."""

    step: Callable[[], object] = unheard
    deadlines: list[int] = field(default_factory=list)
    rungs: list[int] = field(default_factory=list)
    chases: list[int] = field(default_factory=list)


def run(store: Store, now: datetime, links: LinkMaker) -> Swept:
    """Do everything due at ``now``; each chunk is a transaction of its own.

    Lapses come first and are dated at their deadline; escalations missed while the service was down still go,
    reminders of what has lapsed meanwhile do not, and several missed reminders reach a person as one.
    """
    with store.sweeping():
        return _all_due(store, now, links, _Aside())


def run_if_free(
    store: Store, now: datetime, links: LinkMaker, *, then: Callable[[Swept], object], step: Callable[[], object]
) -> Swept | None:
    """As ``run``, for one of several workers; None, and nothing done, while another one sweeps.

    ``step`` is called after each chunk, ``then`` at the end, before the place is given up.
    """
    with sweep_place.held_if_free(store.writer) as free:
        if not free:
            return None
        swept = _all_due(store, now, links, _Aside(step=step))
        then(swept)
        return swept


def _all_due(store: Store, now: datetime, links: LinkMaker, aside: _Aside) -> Swept:
    opened = _open_due(store, now, links, aside)
    lapsed = _lapse_due(store, now, links, aside)
    # Before anybody is told or chased: who has taken over a post hears of it, not who has left it.
    tended, untended = upkeep.tend(store, now, links)
    fired = _fire_due(store, now, links, aside)
    chased = _chase_due(store, now, links, aside)
    released = _release_done(store, aside)
    _note_sweep(store, now)
    failed = len(aside.deadlines) + len(aside.rungs) + len(aside.chases) + untended
    return Swept(opened, lapsed, fired, chased, released, tended, failed)


def next_instant(session: Session, *, after: datetime) -> datetime | None:
    """The next instant at which anything is due: a deadline, a rung, a chase, a chore, a message's time."""
    submission = Submission.__table__  # type: ignore[attr-defined]
    asked = (
        (_deadline.c.opens_at, _deadline.c.opened_at.is_(None)),
        (_deadline.c.due_at, _deadline.c.lapsed_at.is_(None)),
        (_rung.c.fires_at, _rung.c.fired_at.is_(None)),
        (submission.c.chase_at, submission.c.chase_at.is_not(None)),
        (_message.c.not_before, _message.c.status == "queued"),
    )
    queries = (select(func.min(instant)).where(open_, instant > after) for instant, open_ in asked)
    found = [session.execute(query).scalar() for query in queries]
    found.append(upkeep.next_instant(session, after=after))
    return min((instant for instant in found if instant is not None), default=None)


def _open_due(store: Store, now: datetime, links: LinkMaker, aside: _Aside) -> int:
    """Open the occurrences whose time has come, each in a transaction of its own."""
    due = select(_deadline.c.id).where(_deadline.c.opened_at.is_(None), _deadline.c.opens_at <= now)
    with store.read() as session:
        ids = [row.id for row in session.execute(due.order_by(_deadline.c.opens_at, _deadline.c.id))]
    total = 0
    for deadline_id in ids:
        try:
            total += _open_one(store, deadline_id, now, links)
        except Exception:
            log.exception("occurrence set aside", deadline=deadline_id)
            aside.deadlines.append(deadline_id)
    return total


def _open_one(store: Store, deadline_id: int, now: datetime, links: LinkMaker) -> int:
    with store.write() as session:
        held = select(Deadline).where(Deadline.id == deadline_id).with_for_update()  # type: ignore[arg-type]
        deadline = session.execute(held).scalar_one()
        if deadline.opened_at is not None:
            return 0
        act = Act(session, now, links)
        rows = openings.open_deadline(act, deadline)
        if openings.unforeseen(act.definition(deadline.programme_id).obligations[deadline.obligation]):
            openings.announce(act, deadline.programme_id, rows)
            schedules.silence_past(act, deadline)
        elif now < deadline.due_at:
            # Opened too late for that, its reminders are void and its escalations go by themselves.
            past_rungs.collapse(act, [deadline_id], f"opened:{deadline_id}")
        return len(rows)


def _lapse_due(store: Store, now: datetime, links: LinkMaker, aside: _Aside) -> int:
    with store.read() as session:
        due = select(_deadline.c.id).where(_deadline.c.lapsed_at.is_(None), _deadline.c.due_at <= now)
        ids = [row.id for row in session.execute(due.order_by(_deadline.c.due_at, _deadline.c.id))]
    total = 0
    for deadline_id in ids:
        try:
            total += _lapse_deadline(store, deadline_id, now, links, aside.step)
        except Exception:
            log.exception("deadline set aside", deadline=deadline_id)
            aside.deadlines.append(deadline_id)
    return total


def _lapse_deadline(store: Store, deadline_id: int, now: datetime, links: LinkMaker, step: Callable[[], object]) -> int:
    total = 0
    while True:
        step()
        with store.write() as session:
            # Held, so that nobody gives a filing back to its unit unseen; see schedules.has_lapsed.
            held = select(Deadline).where(Deadline.id == deadline_id).with_for_update()  # type: ignore[arg-type]
            deadline = session.execute(held).scalar_one()
            moved = _lapse_part(Act(session, now, links), deadline)
            total += moved
            # Not “fewer than a chunk”: a row taken away meanwhile would leave the rest behind.
            if moved == 0:
                deadline.lapsed_at = now
                return total


def _lapse_part(act: Act, deadline: Deadline) -> int:
    """Lapse the next chunk of a deadline's submissions, with what that opens."""
    try:
        machine = act.lifecycle(deadline.programme_id, deadline.obligation)
        rules = lights.rules_of(act.definition(deadline.programme_id), deadline.obligation)
    except DefinitionRefused:
        return _lapse_unread(act, deadline)
    found = ledger.lapse_chunk(act.session, machine, deadline.id or 0, due_at=deadline.due_at, now=act.now, rules=rules)
    if found.ids:
        events.lapsed(act, deadline.programme_id, found)
    return len(found.ids)


def _lapse_unread(act: Act, deadline: Deadline) -> int:
    """Lapse what stands as the built-in lifecycle has it, where nobody can read the definition any more.

    What stands otherwise is lapsed when the text is mended; raises DefinitionRefused while such are left.
    """
    found = ledger.lapse_chunk(act.session, FILING, deadline.id or 0, due_at=deadline.due_at, now=act.now)
    if not found.ids and ledger.unlapsed(act.session, deadline.id or 0):
        act.definition(deadline.programme_id)
    return len(found.ids)


def _fire_due(store: Store, now: datetime, links: LinkMaker, aside: _Aside) -> int:
    # A deadline that could not be lapsed keeps its rungs back: they would find nobody overdue, and be spent.
    unlapsed = select(_deadline.c.id).where(_deadline.c.lapsed_at.is_(None), _deadline.c.due_at <= now)
    due = (_rung.c.fired_at.is_(None), _rung.c.fires_at <= now, _rung.c.deadline_id.not_in(unlapsed))
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
                aside.step()
            fired += 1
        except Exception:
            log.exception("rung set aside", rung=rung_id)
            aside.rungs.append(rung_id)
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


def _chase_due(store: Store, now: datetime, links: LinkMaker, aside: _Aside) -> int:
    submission = Submission.__table__  # type: ignore[attr-defined]
    due = select(submission.c.id, submission.c.programme_id).where(submission.c.chase_at <= now)
    by_programme: dict[int, list[int]] = {}
    with store.read() as session:
        # Sorted here: asked for in this order, SQLite goes through the table instead of the few that are due.
        for row in sorted(session.execute(due), key=lambda one: one.id):
            by_programme.setdefault(row.programme_id, []).append(row.id)
    size = ledger.CHUNK
    parts = (ids[start : start + size] for ids in by_programme.values() for start in range(0, len(ids), size))
    return sum(_chase_part(store, part, now, links, aside) for part in parts)


def _chase_part(store: Store, ids: Sequence[int], now: datetime, links: LinkMaker, aside: _Aside) -> int:
    """Chase for these submissions of one programme; what fails is halved until it stands alone."""
    try:
        aside.step()
        with store.write() as session:
            return rungs.chase(Act(session, now, links), ids, f"sweep:{now.isoformat()}")
    except Exception as fault:
        if len(ids) == 1 or isinstance(fault, DefinitionRefused):
            log.exception("chase set aside", submissions=len(ids), first=ids[0])
            aside.chases.extend(ids)
            return 0
    half = len(ids) // 2
    return sum(_chase_part(store, part, now, links, aside) for part in (ids[:half], ids[half:]))


def _release_done(store: Store, aside: _Aside) -> int:
    # What was set aside holds nobody else's messages back; its own follow when it goes through.
    held_back = (_rung.c.fired_at.is_(None), _rung.c.batch.is_not(None), _rung.c.id.not_in(aside.rungs))
    unfired = select(_rung.c.batch).where(*held_back)
    done = select(_message.c.batch).distinct().where(_GATHERING, _message.c.batch.not_in(unfired))
    with store.read() as session:
        batches = [row.batch for row in session.execute(done)]
    if not batches:
        return 0
    with store.write() as session:
        return sum(notices.release(session, batch) for batch in batches)


def last(session: Session) -> datetime | None:
    """The latest instant that was ever swept at; later than now where the machine's clock was set back."""
    row = session.get(Meta, _SWEPT)
    return datetime.fromisoformat(row.value) if row else None


def _note_sweep(store: Store, now: datetime) -> None:
    with store.write() as session:
        session.merge(Meta(key=_SWEPT, value=max(now, last(session) or now).isoformat()))

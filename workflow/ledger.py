"""Every write to a submission's state: compare-and-set on its version, and one history entry with it.

History is append-only and hash-chained per submission: an entry's hash covers the entry and the hash before it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import Session, col

from workflow import bulk, entries, lights
from workflow.acts import SYSTEM
from workflow.definition import Light, LightRule
from workflow.entries import Entry as Entry
from workflow.entries import Saying
from workflow.entries import chained as chained
from workflow.entries import hashed as hashed
from workflow.lifecycle import Decision, Lifecycle, StandingDef
from workflow.refusals import ChangedMeanwhile, NotFound
from workflow.tables import History, Submission

#: Submissions moved in one transaction of a sweep.
CHUNK = 5000

_history = History.__table__  # type: ignore[attr-defined]
_submission = Submission.__table__  # type: ignore[attr-defined]


def load(session: Session, submission_id: int) -> Submission:
    """The submission as it is now; raises NotFound."""
    row = session.get(Submission, submission_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def record(session: Session, row: Submission, decision: Decision, entry: Entry, **changes: Any) -> None:
    """Move one submission and write its history; raises ChangedMeanwhile when its version is no longer ours."""
    assert row.id is not None
    seq = row.history_seq + 1
    written = Saying(entry, decision.source, decision.dest).row(row.head, row.id, seq)
    values = {
        "standing": decision.dest,
        "state": decision.state,
        "waiting_on": decision.waiting_on,
        "version": row.version + 1,
        "history_seq": seq,
        "head": written[-1],
        **changes,
    }
    statement = update(_submission).where(_submission.c.id == row.id, _submission.c.version == row.version)
    done = session.execute(statement.values(**values))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ChangedMeanwhile
    entries.write(session, [written])
    session.refresh(row)


def open_history(session: Session, rows: Sequence[Submission], firsts: Sequence[Entry]) -> None:
    """Write the first history entry of new submissions, one each."""
    written = []
    for row, entry in zip(rows, firsts, strict=True):
        assert row.id is not None
        row.history_seq = 1
        written.append(Saying(entry, "", row.standing).row("", row.id, 1))
        row.head = written[-1][-1]
    session.flush()
    entries.write(session, written)


@dataclass(frozen=True)
class Lapsed:
    """What a lapse did: which submissions it moved, and which of them it turned to which light."""

    ids: tuple[int, ...] = ()
    lit: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def lapse_chunk(
    session: Session,
    lifecycle: Lifecycle,
    deadline_id: int,
    *,
    due_at: datetime,
    now: datetime,
    rules: Sequence[LightRule] = lights.DEFAULTS,
) -> Lapsed:
    """Lapse up to CHUNK open submissions of one deadline as a set.

    The timed moves are read off the lifecycle once, so the set path is the machine's own table.
    The lapse is dated at the deadline, not at the sweep; the change of light rides in its entry.
    """
    mine = _submission.c.deadline_id == deadline_id
    return _lapse(session, lifecycle, mine, due_at=due_at, now=now, rules=rules)


def unlapsed(session: Session, deadline_id: int) -> bool:
    """Whether submissions of a deadline still wait for their unit or its approvers as if it had not passed."""
    waits = (_submission.c.state.in_(("draft", "pending")), _submission.c.waiting_on.in_(("unit", "approver")))
    found = select(_submission.c.id).where(_submission.c.deadline_id == deadline_id, *waits).limit(1)
    return session.execute(found).first() is not None


def lapse_one(
    session: Session,
    lifecycle: Lifecycle,
    row: Submission,
    *,
    now: datetime,
    rules: Sequence[LightRule] = lights.DEFAULTS,
) -> Lapsed:
    """Lapse one submission whose deadline has passed before anybody acts on it."""
    if now < row.due_at or row.standing not in lifecycle.timed_moves("lapse"):
        return Lapsed()
    as_loaded = (_submission.c.id == row.id) & (_submission.c.version == row.version)
    lapsed = _lapse(session, lifecycle, as_loaded, due_at=row.due_at, now=now, rules=rules)
    session.refresh(row)
    return lapsed


def relight(
    session: Session,
    ids: Sequence[int],
    light: Light,
    entry: Entry,
    *,
    over: Sequence[str],
    states: Sequence[str] | None = None,
) -> tuple[int, ...]:
    """Turn these submissions to a light, each with a history entry; returns which of them it changed.

    Only lights in ``over`` are changed, and with ``states`` only submissions that still stand so: who has filed
    since they were read keeps the light of the filing. ``entry.facts`` say why.
    """
    which = [_submission.c.light.in_([*over])]
    if states is not None:
        which.append(_submission.c.state.in_([*states]))

    def turned(row: Held) -> Step:
        return Step(replace(entry, facts={"from": row.light, "to": light, **entry.facts}), light=light)

    return tuple(row.id for part in _parts(session, ids, which) for row, _ in _stepped(session, part, turned))


def note(session: Session, ids: Sequence[int], entry: Entry) -> None:
    """Write into each of these histories an entry that moves nothing; ``ids`` are distinct."""
    for part in _parts(session, ids, ()):
        _stepped(session, part, lambda _: Step(entry))


def _lapse(
    session: Session,
    lifecycle: Lifecycle,
    which: ColumnElement[bool],
    *,
    due_at: datetime,
    now: datetime,
    rules: Sequence[LightRule],
) -> Lapsed:
    moves = {source: lifecycle.standing(dest) for source, dest in lifecycle.timed_moves("lapse").items()}
    rows = _held(session, which, _submission.c.standing.in_([*moves]))
    times = _lapses_before(session, rows) if lights.counts(rules, "overdue") else {}

    def lapsed(row: Held) -> Step:
        turned = lights.turned(rules, "overdue", before=row.light, times=times.get(row.id, 0) + 1)
        facts = {"light": {"from": row.light, "to": turned, "because": "overdue"}} if turned else {}
        return Step(Entry("lapse", due_at, now, SYSTEM.name, facts=facts), moves[row.standing], turned)

    lit = dict[str, list[int]]()
    moved = _stepped(session, rows, lapsed, also=(lambda row: times.get(row.id, 0)) if times else _nothing)
    for row, step in moved:
        if step.light:
            lit.setdefault(step.light, []).append(row.id)
    return Lapsed(tuple(row.id for row, _ in moved), {light: tuple(ids) for light, ids in lit.items()})


class Held(NamedTuple):
    """A submission as far as a step of many asks it, held until the transaction ends."""

    id: int
    history_seq: int
    head: str
    standing: str
    state: str
    waiting_on: str
    light: str


_HELD = tuple(_submission.c[name] for name in Held._fields)


def _held(session: Session, *which: ColumnElement[bool]) -> list[Held]:
    """Up to CHUNK of these submissions; locked in one order by everybody, so that two never wait for each other."""
    query = select(*_HELD).where(*which).order_by(_submission.c.id).limit(CHUNK).with_for_update()
    return [Held._make(values) for values in session.execute(query).all()]


def _parts(session: Session, ids: Sequence[int], which: Sequence[ColumnElement[bool]]) -> Iterator[list[Held]]:
    for start in range(0, len(ids), CHUNK):
        yield _held(session, bulk.among(session, _submission.c.id, ids[start : start + CHUNK]), *which)


@dataclass(frozen=True)
class Step:
    """What befalls one of many: an entry, and the standing and the light it leads to where they change."""

    entry: Entry
    to: StandingDef | None = None
    light: Light | None = None


def _nothing(_: Held) -> None:
    """Submissions differ by their standing and their light alone."""


def _stepped(
    session: Session,
    rows: Iterable[Held],
    step_of: Callable[[Held], Step],
    *,
    also: Callable[[Held], Hashable] = _nothing,
) -> list[tuple[Held, Step]]:
    """Take a step with each of these: its state, its number in history, its entry.

    ``step_of`` is asked once for all that stand alike, ``also`` tells what else makes two differ.
    """
    known = dict[Hashable, tuple[Step, Saying]]()
    moved, written, stepped = [], [], []
    for row in rows:
        alike = (row.standing, row.light, also(row))
        if alike not in known:
            step = step_of(row)
            known[alike] = step, Saying(step.entry, row.standing, step.to.name if step.to else row.standing)
        step, saying = known[alike]
        written.append(saying.row(row.head, row.id, row.history_seq + 1))
        to = (step.to.name, step.to.state, step.to.waiting_on) if step.to else (row.standing, row.state, row.waiting_on)
        stepped.append((row.id, *to, step.light or row.light, written[-1][-1]))
        moved.append((row, step))
    entries.write(session, written)
    bulk.update(session, _submission, _STEPPED, stepped, counting=("version", "history_seq"))
    return moved


_STEPPED = ("id", "standing", "state", "waiting_on", "light", "head")


def _lapses_before(session: Session, rows: Sequence[Held]) -> dict[int, int]:
    these = bulk.among(session, _history.c.submission_id, [row.id for row in rows])
    counted = select(_history.c.submission_id, func.count().label("times")).where(these, _history.c.event == "lapse")
    return {row.submission_id: row.times for row in session.execute(counted.group_by(_history.c.submission_id))}


def history_of(session: Session, submission_id: int) -> list[History]:
    """A submission's history, oldest first."""
    found = select(History).where(col(History.submission_id) == submission_id).order_by(col(History.seq))
    return list(session.execute(found).scalars())

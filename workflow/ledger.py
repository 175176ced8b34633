"""Every write to a submission's state: compare-and-set on its version, and one history entry with it.

History is append-only and hash-chained per submission: an entry's hash covers the entry and the hash before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, insert, literal, select, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Session, col

from workflow import lights
from workflow.acts import SYSTEM
from workflow.definition import Light, LightRule
from workflow.lifecycle import Decision, Lifecycle
from workflow.refusals import ChangedMeanwhile, NotFound
from workflow.stamps import canonical, stamp
from workflow.tables import History, Submission

#: Submissions moved in one transaction of a sweep.
CHUNK = 5000

_history = History.__table__  # type: ignore[attr-defined]
_submission = Submission.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Entry:
    """One line of history: ``at`` is when it takes effect, ``noticed_at`` when the system came to it."""

    event: str
    at: datetime
    noticed_at: datetime
    actor: str
    comment: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


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
    head = chained(row.head, row.id, seq, entry, decision.source, decision.dest)
    values = {
        "standing": decision.dest,
        "state": decision.state,
        "waiting_on": decision.waiting_on,
        "version": row.version + 1,
        "history_seq": seq,
        "head": head,
        **changes,
    }
    statement = update(_submission).where(_submission.c.id == row.id, _submission.c.version == row.version)
    done = session.execute(statement.values(**values))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ChangedMeanwhile
    session.execute(insert(_history), [_history_row(row.id, seq, entry, decision.source, decision.dest, head)])
    session.refresh(row)


def open_history(session: Session, rows: Sequence[Submission], entries: Sequence[Entry]) -> None:
    """Write the first history entry of new submissions, one each."""
    written = []
    for row, entry in zip(rows, entries, strict=True):
        assert row.id is not None
        row.history_seq = 1
        row.head = chained("", row.id, 1, entry, "", row.standing)
        written.append(_history_row(row.id, 1, entry, "", row.standing, row.head))
    session.flush()
    session.execute(insert(_history), written)


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

    The timed moves of the lifecycle are compiled into one UPDATE, so the set path is the machine's own table.
    The lapse is dated at the deadline, not at the sweep; the change of light rides in its entry.
    """
    moves = lifecycle.timed_moves("lapse")
    due = (
        select(_submission.c.id)
        .where(_submission.c.deadline_id == deadline_id, _submission.c.standing.in_(list(moves)))
        .order_by(_submission.c.id)
        .limit(CHUNK)
    )
    # Asked again outside: a submission that was given another date meanwhile is no longer this deadline's.
    mine = _submission.c.id.in_(due.scalar_subquery()) & (_submission.c.deadline_id == deadline_id)
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
    found: list[int] = []
    for start in range(0, len(ids), 500):
        which = [_submission.c.id.in_(ids[start : start + 500]), _submission.c.light.in_([*over])]
        if states is not None:
            which.append(_submission.c.state.in_([*states]))
        found += _enter(
            session, which, lambda row: replace(entry, facts={"from": row.light, "to": light, **entry.facts})
        )
    return tuple(found)


def note(session: Session, ids: Sequence[int], entry: Entry) -> None:
    """Write into each of these histories an entry that moves nothing; ``ids`` are distinct and in order."""
    for start in range(0, len(ids), 500):
        which = _submission.c.id.in_(ids[start : start + 500])
        # Locked in one order by everybody, so that two of them never wait for each other.
        session.execute(select(_submission.c.id).where(which).order_by(_submission.c.id).with_for_update())
        _enter(session, [which], lambda _: entry)


def _enter(session: Session, which: Sequence[ColumnElement[bool]], entry_of: Callable[[Row[Any]], Entry]) -> list[int]:
    """Write an entry that moves nothing into each of these histories; which submissions those were."""
    counted = {"version": _submission.c.version + 1, "history_seq": _submission.c.history_seq + 1}
    columns = (_submission.c[name] for name in ("id", "history_seq", "head", "standing", "light"))
    written = []
    for row in session.execute(update(_submission).where(*which).values(**counted).returning(*columns)):
        entry = entry_of(row)
        head = chained(row.head, row.id, row.history_seq, entry, row.standing, row.standing)
        written.append(_history_row(row.id, row.history_seq, entry, row.standing, row.standing, head))
    _append(session, written)
    return [row["submission_id"] for row in written]


def _lapse(
    session: Session,
    lifecycle: Lifecycle,
    which: ColumnElement[bool],
    *,
    due_at: datetime,
    now: datetime,
    rules: Sequence[LightRule],
) -> Lapsed:
    written, lit = [], dict[str, list[int]]()
    for moves in _one_to_one(lifecycle.timed_moves("lapse")):
        back = {dest: source for source, dest in moves.items()}
        moved = session.execute(_lapsing(lifecycle, moves, which)).all()
        before = _lapses_before(session, [row.id for row in moved]) if lights.counts(rules, "overdue") else {}
        for row in moved:
            turned = lights.turned(rules, "overdue", before=row.light, times=before.get(row.id, 0) + 1)
            facts = {"light": {"from": row.light, "to": turned, "because": "overdue"}} if turned else {}
            entry, source = Entry("lapse", due_at, now, SYSTEM.name, facts=facts), back[row.standing]
            head = chained(row.head, row.id, row.history_seq, entry, source, row.standing)
            written.append(_history_row(row.id, row.history_seq, entry, source, row.standing, head))
            if turned:
                lit.setdefault(turned, []).append(row.id)
    _append(session, written)
    return Lapsed(tuple(row["submission_id"] for row in written), {light: tuple(ids) for light, ids in lit.items()})


def _one_to_one(moves: Mapping[str, str]) -> list[dict[str, str]]:
    """The moves in parts in which a destination tells where a submission came from; mostly all in one."""
    parts: list[dict[str, str]] = []
    for source, dest in moves.items():
        free = next((part for part in parts if dest not in part.values()), None)
        if free is None:
            parts.append({source: dest})
        else:
            free[source] = dest
    return parts


def _lapsing(lifecycle: Lifecycle, moves: Mapping[str, str], which: ColumnElement[bool]) -> ReturningUpdate[Any]:
    """One UPDATE for the timed moves of a lifecycle; the light stays, so that it is returned as it was."""
    standing = _submission.c.standing
    dests = [(source, lifecycle.standing(dest)) for source, dest in moves.items()]
    statement = update(_submission).where(which, standing.in_([*moves]))
    return statement.values(
        standing=case(*((standing == source, literal(dest.name)) for source, dest in dests)),
        state=case(*((standing == source, literal(dest.state)) for source, dest in dests)),
        waiting_on=case(*((standing == source, literal(dest.waiting_on)) for source, dest in dests)),
        version=_submission.c.version + 1,
        history_seq=_submission.c.history_seq + 1,
    ).returning(*(_submission.c[name] for name in ("id", "history_seq", "head", "standing", "light")))


def _lapses_before(session: Session, ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(ids), 500):
        part = (_history.c.submission_id.in_(ids[start : start + 500]), _history.c.event == "lapse")
        counted = select(_history.c.submission_id, func.count().label("times")).where(*part)
        found |= {row.submission_id: row.times for row in session.execute(counted.group_by(_history.c.submission_id))}
    return found


def _append(session: Session, written: Sequence[Mapping[str, Any]]) -> None:
    """Write entries of submissions whose number is taken already; their heads and lights are then the entries' own."""
    if not written:
        return
    session.execute(insert(_history), written)
    ids = [row["submission_id"] for row in written]
    riding, own = _history.c.facts["light", "to"].as_string(), _history.c.facts["to"].as_string()
    session.execute(
        update(_submission)
        .where(
            _submission.c.id.between(min(ids), max(ids)),
            _submission.c.id == _history.c.submission_id,
            _submission.c.history_seq == _history.c.seq,
            _submission.c.head != _history.c.hash,
        )
        .values(
            head=_history.c.hash,
            light=func.coalesce(case((_history.c.event == "light", own), else_=riding), _submission.c.light),
        )
    )


def chained(before: str, submission_id: int, seq: int, entry: Entry, source: str, dest: str) -> str:
    """The hash of an entry: SHA-256 over the hash before it and the entry in canonical JSON."""
    content = (
        submission_id, seq, stamp(entry.at), stamp(entry.noticed_at), entry.event, source, dest,
        entry.actor, entry.comment, dict(entry.facts),
    )  # fmt: skip
    return hashed(before, content)


def hashed(before: str, content: Sequence[Any]) -> str:
    """The hash of an entry that is laid out as ``chained`` does, its instants written already."""
    return hashlib.sha256(f"{before}\n{canonical(content)}".encode()).hexdigest()


def _history_row(submission_id: int, seq: int, entry: Entry, source: str, dest: str, digest: str) -> dict[str, Any]:
    return {
        "submission_id": submission_id, "seq": seq, "at": entry.at, "noticed_at": entry.noticed_at,
        "event": entry.event, "source": source, "dest": dest, "actor": entry.actor, "comment": entry.comment,
        "facts": dict(entry.facts), "hash": digest,
    }  # fmt: skip


def history_of(session: Session, submission_id: int) -> list[History]:
    """A submission's history, oldest first."""
    found = select(History).where(col(History.submission_id) == submission_id).order_by(col(History.seq))
    return list(session.execute(found).scalars())

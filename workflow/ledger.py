"""Every write to a submission's state: compare-and-set on its version, and one history entry with it.

History is append-only and hash-chained per submission: an entry's hash covers the entry and the hash before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import case, insert, literal, select, update
from sqlmodel import Session, col

from workflow.lifecycle import Decision, Lifecycle
from workflow.refusals import ChangedMeanwhile, NotFound
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


def open_history(session: Session, rows: Sequence[Submission], entry: Entry) -> None:
    """Write the first history entry of new submissions."""
    entries = []
    for row in rows:
        assert row.id is not None
        row.history_seq = 1
        row.head = chained("", row.id, 1, entry, "", row.standing)
        entries.append(_history_row(row.id, 1, entry, "", row.standing, row.head))
    session.flush()
    session.execute(insert(_history), entries)


def lapse_chunk(session: Session, lifecycle: Lifecycle, deadline_id: int, *, due_at: datetime, now: datetime) -> int:
    """Lapse up to CHUNK open submissions of one deadline as a set; returns how many.

    The timed moves of the lifecycle are compiled into one UPDATE, so the set path is the machine's own table.
    The lapse is dated at the deadline, not at the sweep.
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
    return _lapse(session, lifecycle, mine, due_at=due_at, now=now)


def lapse_one(session: Session, lifecycle: Lifecycle, row: Submission, *, now: datetime) -> bool:
    """Lapse one submission whose deadline has passed before anybody acts on it; whether it did."""
    if now < row.due_at or row.standing not in lifecycle.timed_moves("lapse"):
        return False
    as_loaded = (_submission.c.id == row.id) & (_submission.c.version == row.version)
    lapsed = _lapse(session, lifecycle, as_loaded, due_at=row.due_at, now=now)
    session.refresh(row)
    return lapsed > 0


def _lapse(session: Session, lifecycle: Lifecycle, which: Any, *, due_at: datetime, now: datetime) -> int:
    moves = lifecycle.timed_moves("lapse")
    back = {dest: source for source, dest in moves.items()}
    statement = (
        update(_submission)
        .where(which, _submission.c.standing.in_(list(moves)))
        .values(
            standing=case(*((_submission.c.standing == s, literal(d)) for s, d in moves.items())),
            state=case(
                *((_submission.c.standing == s, literal(lifecycle.standing(d).state)) for s, d in moves.items())
            ),
            waiting_on=case(
                *((_submission.c.standing == s, literal(lifecycle.standing(d).waiting_on)) for s, d in moves.items())
            ),
            light=case((_submission.c.light == "red", literal("red")), else_=literal("yellow")),
            version=_submission.c.version + 1,
            history_seq=_submission.c.history_seq + 1,
        )
        .returning(_submission.c.id, _submission.c.history_seq, _submission.c.head, _submission.c.standing)
    )
    entry = Entry("lapse", due_at, now, "督办系统")
    rows = [
        _history_row(
            row.id, row.history_seq, entry, back[row.standing], row.standing,
            chained(row.head, row.id, row.history_seq, entry, back[row.standing], row.standing),
        )
        for row in session.execute(statement)
    ]  # fmt: skip
    if rows:
        session.execute(insert(_history), rows)
        _take_heads(session, [row["submission_id"] for row in rows])
    return len(rows)


def _take_heads(session: Session, ids: Sequence[int]) -> None:
    session.execute(
        update(_submission)
        .where(
            _submission.c.id.between(min(ids), max(ids)),
            _submission.c.id == _history.c.submission_id,
            _submission.c.history_seq == _history.c.seq,
            _submission.c.head != _history.c.hash,
        )
        .values(head=_history.c.hash)
    )


def chained(before: str, submission_id: int, seq: int, entry: Entry, source: str, dest: str) -> str:
    """The hash of an entry: SHA-256 over the hash before it and the entry in canonical JSON."""
    content = [
        submission_id, seq, _stamp(entry.at), _stamp(entry.noticed_at), entry.event, source, dest,
        entry.actor, entry.comment, dict(entry.facts),
    ]  # fmt: skip
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{written}".encode()).hexdigest()


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


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

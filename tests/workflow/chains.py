"""The hash chain of every submission, reckoned again from its entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from workflow import ledger
from workflow.ledger import Entry
from workflow.tables import History, Submission


def broken_chains(session: Session) -> list[str]:
    """Every history entry whose hash, state or number does not follow from the one before."""
    chains: dict[int, list[History]] = {}
    for one in session.exec(select(History).order_by(col(History.submission_id), col(History.seq))):
        chains.setdefault(one.submission_id, []).append(one)
    rows = session.exec(select(Submission).order_by(col(Submission.id)))
    return [fault for row in rows for fault in _breaks(row, chains.get(row.id or 0, []))]


def _breaks(row: Submission, history: Sequence[History]) -> Iterator[str]:
    head, standing = "", ""
    for number, one in enumerate(history, start=1):
        entry = Entry(one.event, one.at, one.noticed_at, one.actor, one.comment, one.facts)
        head = ledger.chained(head, row.id or 0, number, entry, one.source, one.dest)
        if (one.seq, one.source, one.hash) != (number, standing, head):
            yield f"{row.unit} {row.obligation} {one.seq}"
        standing = one.dest
    if (row.head, row.standing, row.history_seq) != (head, standing, len(history)):
        yield f"{row.unit} {row.obligation} head"

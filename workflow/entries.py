"""One line of history: how it is hashed onto the line before it, and how it is stored.

An entry's hash covers the entry and the hash before it, so that a history is a chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from workflow import bulk
from workflow.stamps import canonical, stamp
from workflow.tables import History

_history = History.__table__  # type: ignore[attr-defined]

_COLUMNS = (
    "submission_id", "seq", "at", "noticed_at", "event", "source", "dest", "actor", "comment", "facts", "hash",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One line of history: ``at`` is when it takes effect, ``noticed_at`` when the system came to it."""

    event: str
    at: datetime
    noticed_at: datetime
    actor: str
    comment: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Saying:
    """What the entries of many submissions have in common: the entry itself, from where, to where."""

    def __init__(self, entry: Entry, source: str, dest: str) -> None:
        common = (entry.event, source, dest, entry.actor, entry.comment, dict(entry.facts))
        # The bracket that opens it goes before the number of the submission.
        self._canonical = canonical((stamp(entry.at), stamp(entry.noticed_at), *common))[1:]
        self._stored = (entry.at, entry.noticed_at, *common)

    def hash(self, before: str, submission_id: int, seq: int) -> str:
        """SHA-256 over the hash before it and the entry in canonical JSON."""
        return hashlib.sha256(f"{before}\n[{submission_id},{seq},{self._canonical}".encode()).hexdigest()

    def row(self, before: str, submission_id: int, seq: int) -> bulk.Row:
        """The entry of one submission as ``write`` takes it."""
        return (submission_id, seq, *self._stored, self.hash(before, submission_id, seq))


def chained(before: str, submission_id: int, seq: int, entry: Entry, source: str, dest: str) -> str:
    """The hash of one entry."""
    return Saying(entry, source, dest).hash(before, submission_id, seq)


def hashed(before: str, content: Sequence[Any]) -> str:
    """The hash of an entry that is laid out as ``chained`` does, its instants written already."""
    return hashlib.sha256(f"{before}\n{canonical(content)}".encode()).hexdigest()


def write(session: Session, rows: Sequence[bulk.Row]) -> None:
    """Append lines to history."""
    bulk.insert(session, _history, _COLUMNS, rows)

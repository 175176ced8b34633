"""The versions of a submission's content: who saved each, what became of it, and any two of them compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflow import comparisons, ledger, papers, sight
from workflow.acts import Act
from workflow.comparisons import Change
from workflow.definition import FormField
from workflow.papers import HistoryLine
from workflow.refusals import NotFound
from workflow.tables import Content, Submission

_content = Content.__table__  # type: ignore[attr-defined]

#: The moves that say what became of a version.
_TELLING = frozenset({"submit", "withdraw", "approve", "return", "accept", "reopen"})


@dataclass(frozen=True)
class Fate:
    """What was done with a version while it was the newest, in Chinese."""

    at: datetime
    what: str
    who: str
    comment: str


@dataclass(frozen=True)
class ContentVersion:
    """One saved content; ``hash`` is what a signature on it names."""

    number: int
    saved_at: datetime
    saved_by: str
    hash: str
    fates: tuple[Fate, ...]


@dataclass(frozen=True)
class Comparison:
    """Two versions of one submission; ``same`` are the labels of the filled-in fields that say the same in both."""

    before: ContentVersion
    after: ContentVersion
    changes: tuple[Change, ...]
    same: tuple[str, ...]


def of(act: Act, submission_id: int) -> tuple[ContentVersion, ...]:
    """Every version, the oldest first, none before the first is saved; raises NotFound, also for another unit's."""
    return _versions(act, _row(act, submission_id))


def compared(act: Act, submission_id: int, before: int, after: int) -> Comparison:
    """What differs between two versions; raises NotFound, also for a version that was never saved."""
    row = _row(act, submission_id)
    by_number = {one.number: one for one in _versions(act, row)}
    if before not in by_number or after not in by_number:
        raise NotFound
    form = act.definition(row.programme_id).obligations[row.obligation].form
    old, new = _fields(act, submission_id, before), _fields(act, submission_id, after)
    changes = comparisons.changes(form, old, new)
    return Comparison(by_number[before], by_number[after], changes, tuple(_same(form, changes, new)))


def usual(versions: Iterable[ContentVersion]) -> tuple[int, int] | None:
    """The two that people want to see first: what was last sent back, and the newest; None where there is one only."""
    known = list(versions)
    if len(known) < 2:
        return None
    back = papers.EVENTS["return"]
    returned = [one.number for one in known[:-1] if any(fate.what == back for fate in one.fates)]
    return (returned[-1] if returned else known[-2].number), known[-1].number


def _row(act: Act, submission_id: int) -> Submission:
    row = ledger.load(act.session, submission_id)
    sight.check(act, row)
    return row


def _versions(act: Act, row: Submission) -> tuple[ContentVersion, ...]:
    columns = (_content.c.version, _content.c.saved_at, _content.c.saved_by, _content.c.hash)
    saved = select(*columns).where(_content.c.submission_id == row.id).order_by(_content.c.version)
    fates = _fates(papers.history_lines(act, row))
    return tuple(
        ContentVersion(one.version, one.saved_at, one.saved_by, one.hash, tuple(fates.get(one.version, ())))
        for one in act.session.execute(saved)
    )


def _fates(history: Iterable[HistoryLine]) -> Mapping[int, list[Fate]]:
    """The moves that followed each version before the next was saved."""
    found: dict[int, list[Fate]] = {}
    version = 0
    for line in history:
        kept = line.facts.get("version")
        if line.event == "edit" and isinstance(kept, int):
            version = kept
        elif line.event in _TELLING and version:
            found.setdefault(version, []).append(Fate(line.at, papers.EVENTS[line.event], line.actor, line.comment))
    return found


def _fields(act: Act, submission_id: int, version: int) -> Mapping[str, Any]:
    query = select(_content.c.fields).where(_content.c.submission_id == submission_id, _content.c.version == version)
    fields: Mapping[str, Any] = act.session.execute(query).scalar_one()
    return fields


def _same(form: Mapping[str, FormField], changes: Iterable[Change], values: Mapping[str, Any]) -> Iterable[str]:
    differ = {one.name for one in changes}
    return (
        field.label for name, field in form.items() if name not in differ and values.get(name) not in (None, "", [])
    )

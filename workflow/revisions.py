"""What a unit changed after its content was last sent back, and what it was told then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from workflow import comparisons, papers
from workflow.acts import Act
from workflow.comparisons import Change
from workflow.tables import Content, History, SignOff, Submission

#: The moves that send content back to its unit with a reason.
_SENT_BACK = ("return", "reopen")


@dataclass(frozen=True)
class Revision:
    """The last time the content was sent back: when, by whom, by which move in Chinese, why; and what changed since."""

    at: datetime
    who: str
    what: str
    comment: str
    changes: tuple[Change, ...]


def since_sent_back(act: Act, request: SignOff) -> Revision | None:
    """What differs between the content a request is about and the one last sent back; None where none ever was."""
    entries = _entries(act, request.submission_id)
    back = next((one for one in reversed(entries) if one.event in _SENT_BACK), None)
    if back is None:
        return None
    kept = [one.facts.get("version") for one in entries if one.event == "edit" and one.seq < back.seq]
    before = _fields(act, request.submission_id, kept[-1] if kept else None)
    after = _fields(act, request.submission_id, request.content_version)
    row = act.session.get_one(Submission, request.submission_id)
    form = act.definition(row.programme_id).obligations[row.obligation].form
    what = papers.EVENTS.get(back.event, back.event)
    return Revision(back.at, back.actor, what, back.comment, comparisons.changes(form, before, after))


def _entries(act: Act, submission_id: int) -> list[History]:
    told = select(History).where(History.submission_id == submission_id, col(History.event).in_((*_SENT_BACK, "edit")))
    return list(act.session.exec(told.order_by(col(History.seq))))


def _fields(act: Act, submission_id: int, version: object) -> dict[str, object]:
    found = act.session.get(Content, (submission_id, version)) if isinstance(version, int) else None
    return dict(found.fields) if found else {}

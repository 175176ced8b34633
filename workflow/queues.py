"""Requests as the office sees them: what waits with whom since when, and what was decided but is disputed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from workflow import asking, catalogue, desks
from workflow.acts import Act
from workflow.desks import UnitName
from workflow.tables import SignOff, Submission


@dataclass(frozen=True)
class Waiting:
    """One request without a decision; ``person`` is asked, ``days_late`` counts calendar days.

    ``heading`` tells the submission from others of its obligation, ``step`` counts from 1.
    """

    sign_off_id: int
    submission_id: int
    person: str
    post: str
    holder: str
    step: int
    asked_at: datetime
    programme: str
    unit: UnitName
    obligation_title: str
    occurrence: str
    heading: str
    due_date: date
    days_late: int


def waiting(act: Act, people: Collection[str] | None = None, *, only: Collection[int] | None = None) -> list[Waiting]:
    """What waits with these people, the longest waiting first; None is everybody. ``only`` names requests."""
    open_ = select(SignOff, Submission).join(Submission, col(Submission.id) == col(SignOff.submission_id))
    wanted = [col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None)]
    if people is not None:
        wanted.append(col(SignOff.person).in_(people))
    if only is not None:
        wanted.append(col(SignOff.id).in_(only))
    rows = act.session.execute(open_.where(*wanted).order_by(col(SignOff.asked_at), col(SignOff.id))).all()
    listed = catalogue.by_id(act, {row.programme_id for _, row in rows})
    return [_waiting(act, request, row, listed[row.programme_id]) for request, row in rows]


def _waiting(act: Act, request: SignOff, row: Submission, listed: catalogue.Listed) -> Waiting:
    unit = act.audience(row.programme_id).directory.unit(row.unit)
    return Waiting(
        sign_off_id=request.id or 0,
        submission_id=request.submission_id,
        person=request.person,
        post=request.post_title,
        holder=request.holder,
        step=request.step + 1,
        asked_at=request.asked_at,
        programme=listed.key,
        unit=UnitName(unit.code, unit.name, unit.category),
        obligation_title=listed.obligation(row.obligation).title,
        occurrence=row.occurrence,
        heading=row.heading,
        due_date=row.due_date,
        days_late=desks.lateness(row, act.now, act.calendar()).days,
    )


@dataclass(frozen=True)
class Disputed:
    """A decision that stands though it is said to be nobody's own act; ``by`` is who decided, as history names them."""

    submission_id: int
    unit: str
    obligation_title: str
    by: str
    decision: str
    disputed_at: datetime


def disputed(act: Act) -> list[Disputed]:
    """The disputed decisions that still count, the newest first: what was given back or handed in anew is settled."""
    joined = select(SignOff, Submission).join(Submission, col(Submission.id) == col(SignOff.submission_id))
    standing = (col(SignOff.decision) == "return") | (col(Submission.waiting_on) != "unit")
    wanted = (
        col(SignOff.disputed_at).is_not(None), col(SignOff.round) == col(Submission.round),
        col(Submission.state) != "exempt", standing,
    )  # fmt: skip
    rows = act.session.execute(joined.where(*wanted).order_by(col(SignOff.disputed_at).desc())).all()
    listed = catalogue.by_id(act, {row.programme_id for _, row in rows})
    return [
        Disputed(
            submission_id=request.submission_id,
            unit=act.audience(row.programme_id).directory.unit(row.unit).name,
            obligation_title=listed[row.programme_id].obligation(row.obligation).title,
            by=asking.named(request.decided_by_title or request.post_title, request.decided_by_name or request.holder),
            decision=str(request.decision),
            disputed_at=request.disputed_at or act.now,
        )
        for request, row in rows
    ]

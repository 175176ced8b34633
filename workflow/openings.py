"""How submissions come to be: an occurrence opens for everyone who owes it, at launch, in time, or by an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert
from sqlmodel import col, select

from workflow import ledger, notices, owing, rungs, schedules
from workflow.acts import Act
from workflow.audience import Concern
from workflow.definition import Obligation
from workflow.ledger import Entry
from workflow.notices import Envelope, Topic
from workflow.owing import Owing
from workflow.tables import Deadline, Involved, RungRow, Submission

#: Why somebody is told of a submission that has just come to be.
OPENED = "opened"


@dataclass(frozen=True)
class Cause:
    """What opened a follow-up: the submission behind it, and the event in Chinese."""

    submission_id: int
    event: str


def open_deadline(act: Act, deadline: Deadline, *, event: str = "open") -> list[Submission]:
    """Open an occurrence for everyone who owes it now; returns the new submissions.

    Units that the definition has drawn are drawn here, and history keeps who they were.
    """
    owed = owed_by(act, deadline)
    rows = open_for(act, deadline, owed, event=event)
    deadline.opened_at = act.now
    act.session.flush()
    return rows


def owed_by(act: Act, deadline: Deadline) -> tuple[Owing, ...]:
    """Who owes an occurrence on this day."""
    audience = act.audience(deadline.programme_id)
    obligation = audience.definition.obligations[deadline.obligation]
    lot = act.links.lot(f"{deadline.programme_id}:{deadline.obligation}:{deadline.occurrence}")
    return owing.owing(audience, obligation, number=deadline.number, lot=lot)


def open_for(
    act: Act, deadline: Deadline, owed: Sequence[Owing], *, event: str, cause: Cause | None = None, comment: str = ""
) -> list[Submission]:
    """Open submissions of a deadline for these; with a cause its event is their first history entry."""
    assert deadline.id is not None
    lifecycle = act.lifecycle(deadline.programme_id, deadline.obligation)
    first = lifecycle.standing(lifecycle.initial)
    rows = [
        Submission(
            programme_id=deadline.programme_id, obligation=deadline.obligation, occurrence=deadline.occurrence,
            unit=one.unit, subject=one.subject, owner_post=one.post, heading=deadline.heading,
            cause_id=cause.submission_id if cause else None, deadline_id=deadline.id, due_date=deadline.due_date,
            due_at=deadline.due_at, standing=first.name, state=first.state, waiting_on=first.waiting_on,
        )
        for one in owed
    ]  # fmt: skip
    act.session.add_all(rows)
    act.session.flush()
    facts: dict[str, object] = {"cause": cause.submission_id, "because": cause.event} if cause else {}
    ledger.open_history(act.session, rows, Entry(event, act.now, act.now, act.actor.name, comment, facts))
    _involve(act, rows)
    return rows


def announce(act: Act, deadline: Deadline, rows: Sequence[Submission]) -> None:
    """Tell those who owe submissions that have just come to be, at once and each person once."""
    audience = act.audience(deadline.programme_id)
    topics = [
        Topic(one, row.id or 0, OPENED, OPENED, deadline.schedule_version)
        for row in rows
        for one in audience.owners(concern(row))
    ]
    notices.tell(act, Envelope("notice", deadline.programme_id, f"opened:{deadline.id}", act.now), topics)


def collapse_past(act: Act, deadlines: Sequence[int], occasion: str) -> None:
    """Rungs already past when an occurrence opens become one notice per person, queued at once."""
    past = (
        select(RungRow)
        .where(col(RungRow.deadline_id).in_(deadlines), RungRow.fires_at <= act.now, col(RungRow.fired_at).is_(None))
        .order_by(col(RungRow.fires_at), col(RungRow.id))
    )
    for row in list(act.session.exec(past)):
        fired = rungs.firing(act, row)
        envelope = Envelope("notice", fired.deadline.programme_id, occasion, act.now)
        after: int | None = 0
        while after is not None:
            after = rungs.fire_chunk(act, fired, envelope, after=after, states=("draft",))
        row.batch, row.fired_at = schedules.BEFORE_ITS_TIME, act.now
    act.session.flush()


def concern(row: Submission) -> Concern:
    """What an audience needs to know of a submission."""
    return Concern(row.unit, row.obligation, row.subject, row.owner_post)


def _involve(act: Act, rows: Sequence[Submission]) -> None:
    """Let the units that work with the owner, and the unit it is openly about, read it."""
    found = []
    for row in rows:
        audience = act.audience(row.programme_id)
        obligation: Obligation = audience.definition.obligations[row.obligation]
        parts = dict.fromkeys(audience.cooperating(concern(row)), "cooperating")
        if row.subject and obligation.visibility == "open":
            parts.setdefault(row.subject, "subject")
        found += [{"submission_id": row.id, "unit": unit, "part": part} for unit, part in parts.items()]
    if found:
        act.session.execute(insert(Involved.__table__), found)  # type: ignore[attr-defined]

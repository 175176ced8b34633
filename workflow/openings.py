"""How submissions come to be: an occurrence opens for everyone who owes it, at launch, in time, or by an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select

from workflow import inheritance, ledger, notices, owing, permissions, schedules
from workflow.acts import Act
from workflow.audience import Concern
from workflow.deadlines import Occurrence
from workflow.definition import Definition, Obligation
from workflow.ledger import Entry
from workflow.notices import Envelope, Topic
from workflow.owing import Owing
from workflow.tables import Deadline, Involved, Submission

_deadline = Deadline.__table__  # type: ignore[attr-defined]
_submission = Submission.__table__  # type: ignore[attr-defined]

#: Why somebody is told of a submission that has just come to be.
OPENED = "opened"


@dataclass(frozen=True)
class Cause:
    """What opened a follow-up: the submission behind it, the event (with the kind of a finding), and it in Chinese."""

    submission_id: int
    event: str
    because: str

    @property
    def facts(self) -> dict[str, Any]:
        """What history keeps of it."""
        return {"cause": self.submission_id, "event": self.event, "because": self.because}


@dataclass(frozen=True)
class Arising:
    """One submission about to come to be; ``heading`` is the deadline's where it has none of its own."""

    owing: Owing
    heading: str = ""
    cause: Cause | None = None


def open_deadline(act: Act, deadline: Deadline, *, event: str = "open") -> list[Submission]:
    """Open an occurrence for everyone who owes it now; returns the new submissions.

    Units that the definition has drawn are drawn here, and history keeps from which groups.
    """
    obligation = act.definition(deadline.programme_id).obligations[deadline.obligation]
    owed = [Arising(one) for one in owed_by(act, deadline)]
    rows = open_for(act, deadline, owed, event=event, facts=drawn(obligation))
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
    act: Act,
    deadline: Deadline,
    arising: Sequence[Arising],
    *,
    event: str,
    comment: str = "",
    facts: Mapping[str, Any] | None = None,
) -> list[Submission]:
    """Open submissions of a deadline, each with its first history entry, in a handful of statements."""
    assert deadline.id is not None
    if not arising:
        return []
    lifecycle = act.lifecycle(deadline.programme_id, deadline.obligation)
    first = lifecycle.standing(lifecycle.initial)
    new = [
        Submission(
            programme_id=deadline.programme_id, obligation=deadline.obligation, occurrence=deadline.occurrence,
            unit=one.owing.unit, subject=one.owing.subject, owner_post=one.owing.post,
            heading=one.heading or deadline.heading, cause_id=one.cause.submission_id if one.cause else None,
            deadline_id=deadline.id, due_date=deadline.due_date, due_at=deadline.due_at,
            standing=first.name, state=first.state, waiting_on=first.waiting_on,
        )
        for one in arising
    ]  # fmt: skip
    rows = _inserted(act, deadline, new)
    entries = [
        Entry(
            event,
            act.now,
            act.now,
            act.actor.name,
            comment,
            {**(facts or {}), **(one.cause.facts if one.cause else {})},
        )
        for one in arising
    ]
    ledger.open_history(act.session, rows, entries)
    involve(act, deadline, rows)
    inheritance.put_in(act, rows)
    return rows


def _inserted(act: Act, deadline: Deadline, new: Sequence[Submission]) -> list[Submission]:
    """The new rows with their numbers; inserted as a set, for SQLite would take mapped rows one by one."""
    act.session.execute(insert(_submission), [one.model_dump(exclude={"id"}) for one in new])
    untold = select(Submission).where(_submission.c.deadline_id == deadline.id, _submission.c.history_seq == 0)
    made = {(row.unit, row.subject): row for row in act.session.execute(untold).scalars()}
    return [made[one.unit, one.subject] for one in new]


def announce(act: Act, programme_id: int, rows: Iterable[Submission]) -> None:
    """Tell those who owe submissions that have just come to be, at once.

    All that one act, or one sweep, opens in a programme reaches a person in one message.
    """
    audience = act.audience(programme_id)
    topics = [Topic(one, row.id or 0, OPENED, OPENED) for row in rows for one in audience.owners(concern(row))]
    notices.tell(act, Envelope("notice", programme_id, f"{OPENED}:{act.now.isoformat()}", act.now), topics)


def lay_out(act: Act, programme_id: int, occurrence: Occurrence) -> Deadline:
    """The deadline of what opens now, with its ladder; the notice stands for the rungs that are past already."""
    deadline = schedules.lay_out(act, programme_id, occurrence)
    schedules.silence_past(act, deadline)
    deadline.opened_at = act.now
    return deadline


def drawn(obligation: Obligation) -> dict[str, Any]:
    """What history keeps where units are drawn: from which groups."""
    groups = [one.source for one in obligation.owed_by.draw]
    return {"drawn_from": groups} if groups else {}


def unforeseen(obligation: Obligation) -> bool:
    """Whether nobody knows beforehand who owes it: units are drawn, or take turns."""
    return bool(obligation.owed_by.draw or obligation.owed_by.rota)


def times_opened(act: Act, programme_id: int, obligation: str) -> int:
    """How often a duty has been laid out: whose turn it is where units take turns."""
    query = select(func.count()).where(
        _deadline.c.programme_id == programme_id,
        _deadline.c.obligation == obligation,
        _deadline.c.submission_id.is_(None),
    )
    found: int = act.session.execute(query).scalar_one()
    return found


def concern(row: Submission) -> Concern:
    """What an audience needs to know of a submission."""
    return Concern(row.unit, row.obligation, row.subject, row.owner_post)


def involve(act: Act, deadline: Deadline, rows: Sequence[Submission]) -> None:
    """Let the units that work with the owner, and the unit it is openly about, read it."""
    audience = act.audience(deadline.programme_id)
    openly = _is_open(audience.definition, deadline.obligation)
    found = []
    for row in rows:
        parts = dict.fromkeys(audience.cooperating(concern(row)), permissions.COOPERATING)
        if openly and row.subject not in ("", row.unit):
            parts.setdefault(row.subject, permissions.SUBJECT)
        found += [{"submission_id": row.id, "unit": unit, "part": part} for unit, part in parts.items()]
    if found:
        act.session.execute(insert(Involved.__table__), found)  # type: ignore[attr-defined]


def _is_open(definition: Definition, obligation: str) -> bool:
    return definition.obligations[obligation].visibility == "open"

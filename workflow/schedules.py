"""Deadlines and rungs as rows: laid out at launch, laid out anew for a unit whose date is moved."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import select

from workflow import deadlines
from workflow.acts import Act
from workflow.deadlines import Occurrence
from workflow.tables import Deadline, RungRow, Submission

#: The batch of rungs that were past before their deadline existed; they are never fired.
BEFORE_ITS_TIME = "past"


def lay_out(act: Act, programme_id: int, occurrence: Occurrence) -> Deadline:
    """The deadline of an occurrence with a row for each rung of its ladder."""
    deadline = Deadline(
        programme_id=programme_id, obligation=occurrence.obligation, occurrence=occurrence.key,
        due_date=occurrence.due_date, due_at=occurrence.due_at,
    )  # fmt: skip
    _add_with_rungs(act, deadline)
    return deadline


def own_deadline(act: Act, row: Submission, *, until: date, due_at: datetime) -> Deadline:
    """A deadline of one submission alone, in a new schedule version; rungs already past stay silent."""
    before = act.session.get(Deadline, row.deadline_id)
    assert before is not None
    deadline = Deadline(
        programme_id=row.programme_id, obligation=row.obligation, occurrence=row.occurrence,
        due_date=until, due_at=due_at, submission_id=row.id, schedule_version=before.schedule_version + 1,
    )  # fmt: skip
    _add_with_rungs(act, deadline)
    for rung in act.session.exec(select(RungRow).where(RungRow.deadline_id == deadline.id)):
        if rung.fires_at <= act.now:
            rung.batch, rung.fired_at = BEFORE_ITS_TIME, act.now
    act.session.flush()
    return deadline


def _add_with_rungs(act: Act, deadline: Deadline) -> None:
    act.session.add(deadline)
    act.session.flush()
    assert deadline.id is not None
    ladder = act.definition(deadline.programme_id).ladder_of(deadline.obligation)
    calendar = act.calendar()
    for position, rung in enumerate(ladder):
        if not rung.is_chase:
            at = deadlines.rung_at(rung, day=deadline.due_date, late_from=deadline.due_at, calendar=calendar)
            act.session.add(RungRow(deadline_id=deadline.id, position=position, fires_at=at))
    act.session.flush()

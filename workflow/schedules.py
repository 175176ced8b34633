"""Deadlines and rungs as rows: laid out at launch, laid out anew for a unit whose date is moved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, update
from sqlalchemy import select as pick
from sqlmodel import col, select

from workflow import deadlines
from workflow.acts import Act
from workflow.deadlines import Occurrence
from workflow.moments import SHANGHAI
from workflow.tables import Deadline, RungRow, Submission

_s = Submission.__table__  # type: ignore[attr-defined]
_d = Deadline.__table__  # type: ignore[attr-defined]

#: The batch of rungs that were past before their deadline existed; they are never fired.
BEFORE_ITS_TIME = "past"


@dataclass(frozen=True)
class Moved:
    """An alert that another calendar puts at another instant.

    ``label`` is the rung as lists know it; ``submission_id`` is set where it is one unit's own, and ``count`` is
    how many submissions' approvers a moved chase is about (0 for a rung).
    """

    programme_id: int
    obligation: str
    occurrence: str
    label: str
    before: datetime
    after: datetime
    submission_id: int | None = None
    count: int = 0


def lay_out(act: Act, programme_id: int, occurrence: Occurrence) -> Deadline:
    """The deadline of an occurrence with a row for each rung of its ladder."""
    deadline = Deadline(
        programme_id=programme_id, obligation=occurrence.obligation, occurrence=occurrence.key,
        due_date=occurrence.due_date, due_at=occurrence.due_at, heading=occurrence.heading,
        number=occurrence.number, opens_at=occurrence.opens_at,
    )  # fmt: skip
    _add_with_rungs(act, deadline)
    return deadline


def shared(act: Act, programme_id: int) -> Sequence[Row[Any]]:
    """The deadline of each occurrence that everybody without one of their own has, by date.

    Where an amendment has laid an occurrence out anew it is the newest schedule; what stays on an older one has
    been filed.
    """
    newer = _d.alias()
    replaced = pick(newer.c.id).where(
        newer.c.programme_id == _d.c.programme_id,
        newer.c.obligation == _d.c.obligation,
        newer.c.occurrence == _d.c.occurrence,
        newer.c.submission_id.is_(None),
        newer.c.schedule_version > _d.c.schedule_version,
    )
    of_all = (_d.c.programme_id == programme_id, _d.c.submission_id.is_(None), ~replaced.exists())
    return act.session.execute(pick(_d).where(*of_all).order_by(_d.c.due_at, _d.c.id)).all()


def newest(act: Act, programme_id: int, obligation: str, occurrence: str) -> Deadline:
    """The deadline that everybody without one of their own has for an occurrence that was laid out."""
    query = select(Deadline).where(
        Deadline.programme_id == programme_id,
        Deadline.obligation == obligation,
        Deadline.occurrence == occurrence,
        col(Deadline.submission_id).is_(None),
    )
    return act.session.exec(query.order_by(col(Deadline.schedule_version).desc()).limit(1)).one()


def had_by(act: Act, row: Submission, amended: Collection[int]) -> list[Deadline]:
    """The deadlines a submission has had, its own and those of everybody, oldest first.

    ``amended`` are the schedules that amendments moved it between, as its history names them.
    """
    query = select(Deadline).where(
        Deadline.programme_id == row.programme_id,
        Deadline.obligation == row.obligation,
        Deadline.occurrence == row.occurrence,
        col(Deadline.submission_id).is_(None) | (col(Deadline.submission_id) == row.id),
    )
    found = list(act.session.exec(query.order_by(col(Deadline.schedule_version), col(Deadline.id))))
    own = [one.schedule_version for one in found if one.submission_id is not None]
    # A schedule of its own follows the one it had before.
    had = {*amended, *([min(own) - 1] if own else [])}
    return [
        one
        for one in found
        if one.submission_id is not None or one.id == row.deadline_id or one.schedule_version in had
    ]


def lay_out_anew(act: Act, before: Deadline, occurrence: Occurrence, *, schedule_version: int) -> Deadline:
    """An occurrence that is open already in a new schedule; rungs already past stay silent.

    On the same instant as before it has lapsed when that has.
    """
    deadline = Deadline(
        programme_id=before.programme_id, obligation=occurrence.obligation, occurrence=occurrence.key,
        due_date=occurrence.due_date, due_at=occurrence.due_at, schedule_version=schedule_version,
        lapsed_at=before.lapsed_at if occurrence.due_at == before.due_at else None, number=occurrence.number,
        heading=occurrence.heading, opens_at=occurrence.opens_at, opened_at=before.opened_at or act.now,
    )  # fmt: skip
    _add_with_rungs(act, deadline)
    silence_past(act, deadline)
    return deadline


def own_deadline(act: Act, row: Submission, *, until: date, due_at: datetime) -> Deadline:
    """A deadline of one submission alone, in a new schedule version; rungs already past stay silent."""
    before = act.session.get(Deadline, row.deadline_id)
    assert before is not None
    # One that was taken back keeps its number: what was told under it is not told again.
    had = act.session.exec(select(func.max(Deadline.schedule_version)).where(Deadline.submission_id == row.id)).one()
    deadline = Deadline(
        programme_id=row.programme_id, obligation=row.obligation, occurrence=row.occurrence,
        due_date=until, due_at=due_at, submission_id=row.id,
        schedule_version=max(before.schedule_version, had or 0) + 1,
        number=before.number, heading=before.heading, opened_at=act.now,
    )  # fmt: skip
    _add_with_rungs(act, deadline)
    silence_past(act, deadline)
    return deadline


def silence_past(act: Act, deadline: Deadline) -> None:
    """Let the rungs of a deadline that are past already never fire."""
    for rung in act.session.exec(select(RungRow).where(RungRow.deadline_id == deadline.id)):
        if rung.fires_at <= act.now:
            rung.batch, rung.fired_at = BEFORE_ITS_TIME, act.now
    act.session.flush()


def rearmed(act: Act, row: Submission, state: str) -> dict[str, int | None]:
    """What changes on an overdue submission that its unit has again, so that its ladder does not fall silent.

    When every rung has fired, those after the due date are laid out anew in a schedule version of its own,
    counted from today. Before the deadline, or while rungs are ahead, nothing changes.
    """
    ahead = select(RungRow.id).where(RungRow.deadline_id == row.deadline_id, col(RungRow.fired_at).is_(None))
    if state != "overdue" or act.session.exec(ahead.limit(1)).first() is not None:
        return {}
    before = act.session.get(Deadline, row.deadline_id)
    assert before is not None
    deadline = Deadline(
        programme_id=row.programme_id, obligation=row.obligation, occurrence=row.occurrence, due_date=row.due_date,
        due_at=row.due_at, submission_id=row.id, schedule_version=before.schedule_version + 1,
        rearmed_on=act.today, lapsed_at=act.now, number=before.number, heading=before.heading, opened_at=act.now,
    )  # fmt: skip
    _add_with_rungs(act, deadline)
    return {"deadline_id": deadline.id}


def has_lapsed(act: Act, row: Submission) -> bool:
    """Whether the sweep has been through this submission's deadline; holds off one that is about to come."""
    held = select(Deadline.lapsed_at).where(Deadline.id == row.deadline_id).with_for_update(read=True)
    return act.session.exec(held).one() is not None


def replan(act: Act) -> tuple[Moved, ...]:
    """Put every rung that has not fired, and every chase ahead, where the calendar of today puts it.

    For a calendar that has just been imported, in the same transaction. What has fired stays fired; what would
    now have fired already is due at once.
    """
    moved = (*_replan_rungs(act), *_replan_chases(act))
    return tuple(sorted(moved, key=lambda one: (one.after, one.programme_id, one.obligation, one.label)))


def _replan_rungs(act: Act) -> list[Moved]:
    calendar = act.calendar()
    unfired = (
        select(RungRow, Deadline)
        .join(Deadline, col(Deadline.id) == col(RungRow.deadline_id))
        .where(col(RungRow.fired_at).is_(None), col(RungRow.batch).is_(None))
        .order_by(col(RungRow.id))
    )
    found = []
    for row, deadline in act.session.exec(unfired.with_for_update(of=RungRow)).all():
        rung = act.ladder(deadline)[row.position]
        at = deadlines.rung_at(rung, day=_counted_from(deadline), late_from=deadline.due_at, calendar=calendar)
        if at == row.fires_at:
            continue
        found.append(
            Moved(
                deadline.programme_id, deadline.obligation, deadline.occurrence, str(rung.at), row.fires_at, at,
                submission_id=deadline.submission_id,
            )
        )  # fmt: skip
        row.fires_at = at
    act.session.flush()
    return found


def _replan_chases(act: Act) -> list[Moved]:
    """Chases are counted from the day the approver was asked, so all asked on one day move together."""
    chased = pick(
        _s.c.id, _s.c.programme_id, _s.c.obligation, _s.c.occurrence, _s.c.pending_since, _s.c.chases, _s.c.chase_at
    ).where(_s.c.chase_at.is_not(None))
    planned: dict[tuple[int, str, date, int], tuple[datetime, str] | None] = {}
    groups: dict[Moved, list[int]] = {}
    for row in act.session.execute(chased.order_by(_s.c.id)):
        key = (row.programme_id, row.obligation, row.pending_since.astimezone(SHANGHAI).date(), row.chases)
        if key not in planned:
            planned[key] = _chase(act, row)
        now_planned = planned[key]
        if now_planned is not None and now_planned[0] != row.chase_at:
            at, label = now_planned
            moved = Moved(row.programme_id, row.obligation, row.occurrence, label, row.chase_at, at)
            groups.setdefault(moved, []).append(row.id)
    for moved, ids in groups.items():
        for start in range(0, len(ids), 500):
            which = (_s.c.id.in_(ids[start : start + 500]), _s.c.chase_at == moved.before)
            act.session.execute(update(_s).where(*which).values(chase_at=moved.after))
    return [replace(moved, count=len(ids)) for moved, ids in groups.items()]


def _chase(act: Act, row: Row[Any]) -> tuple[datetime, str] | None:
    """When the next chase of a submission comes by the calendar of today, and its label."""
    ladder = act.definition(row.programme_id).ladder_of(row.obligation)
    plan = deadlines.chases(ladder, since=row.pending_since, calendar=act.calendar())
    if row.chases >= len(plan):
        return None
    at, position = plan[row.chases]
    return at, f"pending_for {ladder[position].pending_for}"


def _add_with_rungs(act: Act, deadline: Deadline) -> None:
    deadline.version = act.programme(deadline.programme_id).version
    act.session.add(deadline)
    act.session.flush()
    assert deadline.id is not None
    ladder = act.ladder(deadline)
    calendar = act.calendar()
    for position, rung in enumerate(ladder):
        if rung.at is not None and (deadline.rearmed_on is None or rung.at.count > 0):
            at = deadlines.rung_at(rung, day=_counted_from(deadline), late_from=deadline.due_at, calendar=calendar)
            act.session.add(RungRow(deadline_id=deadline.id, position=position, fires_at=at))
    act.session.flush()


def _counted_from(deadline: Deadline) -> date:
    return deadline.rearmed_on or deadline.due_date

"""The dates an actor has to mind: one entry per deadline, with who still owes something on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, func, select

from workflow import catalogue, sight
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.moments import SHANGHAI
from workflow.tables import Deadline, Submission

_s = Submission.__table__  # type: ignore[attr-defined]
_d = Deadline.__table__  # type: ignore[attr-defined]

#: A calendar is for people: what is long past is left out.
_BACK_DAYS = 400


@dataclass(frozen=True)
class Entry:
    """One deadline; ``submission`` is the only one on it, None where several units share it.

    ``uid`` stays the same for one unit's submission when its date is moved.
    """

    uid: str
    programme: str
    programme_title: str
    obligation: str
    obligation_title: str
    duty: str
    occurrence: str
    due_date: date
    due_at: datetime
    units: int
    open_units: int
    submission: int | None

    @property
    def cut_off(self) -> str:
        """The last moment in time on the due date, as people write it."""
        at = self.due_at.astimezone(SHANGHAI)
        return "24:00" if at.date() > self.due_date else at.strftime("%H:%M")


def entries(act: Act) -> tuple[Entry, ...]:
    """Every deadline in sight by date; a unit's own people see what concerns their unit."""
    dates = (_d.c.id, _d.c.programme_id, _d.c.obligation, _d.c.occurrence, _d.c.due_date, _d.c.due_at)
    kept = (*dates, _d.c.submission_id, _d.c.schedule_version)
    still_open = func.sum(case((_s.c.state.in_(("filed", "exempt")), 0), else_=1))
    query = (
        select(*kept, func.count().label("units"), still_open.label("open"), func.min(_s.c.id).label("first"))
        .select_from(_d.join(_s, _s.c.deadline_id == _d.c.id))
        .where(_d.c.due_date >= act.today - timedelta(days=_BACK_DAYS), *sight.limits(act))
        .group_by(*kept)
        .order_by(_d.c.due_at, _d.c.id)
    )
    confined = sight.own_unit(act) is not None
    found = act.session.execute(query).all()
    rows = found if confined else _as_amended(found)
    programmes = catalogue.by_id(act, {row.programme_id for row in rows})
    return tuple(_entry(row, programmes[row.programme_id], alone=confined and row.units == 1) for row in rows)


def _as_amended(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Without the dates that an amendment moved: what still stands on them has been filed."""
    of_all = [row for row in rows if row.submission_id is None]
    newest = {_place(row): row.id for row in sorted(of_all, key=lambda one: one.schedule_version)}
    return [row for row in rows if row.submission_id is not None or newest[_place(row)] == row.id]


def _place(row: Row[Any]) -> tuple[object, ...]:
    return row.programme_id, row.obligation, row.occurrence


def _entry(row: Row[Any], listed: Listed, *, alone: bool) -> Entry:
    """``alone`` when the reader knows of one submission on each deadline only."""
    submission = row.first if alone or row.submission_id is not None else None
    name = f"{row.obligation}-{row.occurrence}" if submission is None else f"submission-{submission}"
    obligation = listed.obligation(row.obligation)
    return Entry(
        uid=f"{name}.{listed.key}@duban",
        programme=listed.key,
        programme_title=listed.title,
        obligation=row.obligation,
        obligation_title=obligation.title,
        duty=obligation.duty,
        occurrence=row.occurrence,
        due_date=row.due_date,
        due_at=row.due_at,
        units=row.units,
        open_units=row.open,
        submission=submission,
    )

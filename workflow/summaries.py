"""Submissions as lists show them, by keyset; a unit's own people find their own unit's only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, get_args

from sqlalchemy import ColumnElement, Row, func, select

from workflow import catalogue, cursors, desks, lifecycle, sight
from workflow.acts import Act
from workflow.audience import Audience
from workflow.catalogue import Listed
from workflow.desks import Desk, Lateness, UnitName
from workflow.refusals import QueryRefused
from workflow.tables import Submission, Unit

_s = Submission.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]

STATES: tuple[str, ...] = get_args(lifecycle.State)
WAITING_ON: tuple[str, ...] = get_args(lifecycle.WaitingOn)
_ORDER = "id"


class SubmissionRow(desks.Placed, desks.Dated, Protocol):
    """What a summary is made of; a table row and a Core row both have it."""

    @property
    def obligation(self) -> str: ...
    @property
    def occurrence(self) -> str: ...
    @property
    def standing(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def light(self) -> str: ...
    @property
    def content_version(self) -> int: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def extended_from(self) -> date | None: ...
    @property
    def last_alert_at(self) -> datetime | None: ...
    @property
    def last_rung(self) -> str | None: ...
    @property
    def heading(self) -> str: ...
    @property
    def subject(self) -> str: ...


@dataclass(frozen=True)
class Extension:
    """A due date that was moved: ``first_due`` is where it stood before any extension.

    Who granted it, when and why is known where the history was read.
    """

    first_due: date
    until: date
    granted_at: datetime | None = None
    granted_by: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Summary:
    """One submission; ``due_at`` is the first late instant, ``standing`` the state in Chinese with its place.

    ``heading`` tells it from others of its obligation, ``subject`` is the unit it is about where another owes it,
    ``owner_post`` the title of the post that owes it personally.
    """

    id: int
    programme: str
    programme_title: str
    obligation: str
    obligation_title: str
    occurrence: str
    unit: UnitName
    state: str
    standing: str
    waiting_on: str
    stuck_with: tuple[Desk, ...]
    due_date: date
    due_at: datetime
    filed_at: datetime | None
    late: bool
    days_late: int
    working_days_late: int
    light: str
    content_version: int
    content_hash: str
    extension: Extension | None
    last_alert_at: datetime | None
    rung: str | None
    heading: str = ""
    subject: UnitName | None = None
    owner_post: str = ""

    @property
    def rung_title(self) -> str:
        """The last rung in Chinese."""
        return desks.rung_title(self.rung)


@dataclass(frozen=True)
class SummaryPage:
    """One page of a list; ``total`` covers the whole list as filtered, ``next`` is None on the last page."""

    items: tuple[Summary, ...]
    total: int
    next: str | None


def submissions(
    act: Act,
    *,
    programme: str | None = None,
    unit: str | None = None,
    obligation: str | None = None,
    state: str | None = None,
    waiting_on: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> SummaryPage:
    """One page in the order of launching, which is by date within a programme; raises QueryRefused.

    ``unit`` is a code or a part of a name.
    """
    wanted = _conditions(act, programme, unit, obligation, state, waiting_on)
    size = cursors.page_size(limit)
    after = [] if cursor is None else [_s.c.id > cursors.read(cursor, _ORDER, int)[0]]
    joined = _s.join(_u, _u.c.code == _s.c.unit)
    rows = act.session.execute(
        select(_s, _u.c.name, _u.c.category)
        .select_from(joined)
        .where(*wanted, *after)
        .order_by(_s.c.id)
        .limit(size + 1)
    ).all()
    # Every submission has its unit: the count needs no more than an index.
    total = act.session.execute(select(func.count()).select_from(_s).where(*wanted)).scalar_one()
    names = {row.unit: UnitName(row.unit, row.name, row.category) for row in rows}
    return SummaryPage(
        items=_summaries(act, rows[:size], names),
        total=total,
        next=cursors.written(_ORDER, rows[size - 1].id) if len(rows) > size else None,
    )


def of_row(
    row: SubmissionRow,
    *,
    unit: UnitName,
    listed: Listed,
    audience: Audience,
    late: Lateness,
    stuck: tuple[Desk, ...],
) -> Summary:
    """The summary of one submission."""
    return Summary(
        id=row.id or 0,
        programme=listed.key,
        programme_title=listed.title,
        obligation=row.obligation,
        obligation_title=listed.obligation(row.obligation).title,
        occurrence=row.occurrence,
        unit=unit,
        state=row.state,
        standing=lifecycle.of(listed.definition, row.obligation).standing(row.standing).title,
        waiting_on=row.waiting_on,
        stuck_with=stuck,
        due_date=row.due_date,
        due_at=row.due_at,
        filed_at=row.filed_at,
        late=row.late,
        days_late=late.days,
        working_days_late=late.working_days,
        light=row.light,
        content_version=row.content_version,
        content_hash=row.content_hash,
        extension=Extension(row.extended_from, row.due_date) if row.extended_from is not None else None,
        last_alert_at=row.last_alert_at,
        rung=row.last_rung,
        heading=row.heading,
        subject=desks.unit_name(audience.directory, row.subject),
        owner_post=audience.definition.post_title(row.owner_post) if row.owner_post else "",
    )


def _summaries(act: Act, rows: Sequence[Row[Any]], names: Mapping[str, UnitName]) -> tuple[Summary, ...]:
    if not rows:
        return ()
    listed = catalogue.by_id(act, {row.programme_id for row in rows})
    audiences = catalogue.audiences(act, listed.values())
    stuck = desks.stuck_with(act, rows, audiences)
    calendar = act.calendar()
    return tuple(
        of_row(
            row,
            unit=names[row.unit],
            listed=listed[row.programme_id],
            audience=audiences[row.programme_id],
            late=desks.lateness(row, act.now, calendar),
            stuck=stuck.get(row.id, ()),
        )
        for row in rows
    )


def _conditions(
    act: Act,
    programme: str | None,
    unit: str | None,
    obligation: str | None,
    state: str | None,
    waiting_on: str | None,
) -> list[ColumnElement[bool]]:
    found = sight.limits(act)
    if programme is not None:
        found.append(_s.c.programme_id == catalogue.id_of(act, programme))
    if unit is not None:
        found.append(_s.c.unit.in_(select(_u.c.code).where(sight.unit_like(unit))))
    for column, value, allowed in ((_s.c.state, state, STATES), (_s.c.waiting_on, waiting_on, WAITING_ON)):
        if value is not None:
            if value not in allowed:
                raise QueryRefused(reason=f"{column.name} 只能是：{'、'.join(allowed)}")
            found.append(column == value)
    if obligation is not None:
        found.append(_s.c.obligation == obligation)
    return found

"""The overdue list: who is late, since when, at whose desk.

A page costs the same few queries whatever the store holds: the counts, the rows by keyset, their programmes,
their undecided approvers. The state stands in the SQL as written, so that the partial index on overdue rows
serves; a bound parameter would keep it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from sqlalchemy import ColumnElement, Row, Select, func, literal, select, text, tuple_

from workflow import catalogue, cursors, desks, posts, sight
from workflow.acts import Act
from workflow.calendars import Calendar
from workflow.desks import Desk, UnitName
from workflow.lifecycle import WaitingOn
from workflow.refusals import QueryRefused
from workflow.tables import Submission, Unit

_s = Submission.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]

_OVERDUE = text("submission.state = 'overdue'")
_FROM = _s.join(_u, _u.c.code == _s.c.unit)
_MOST_DAYS = 36_500

_FIRST = func.min(_s.c.programme_id)
#: Counts by obligation and category in the order of the dates, and of the roster; one programme has the titles.
_COUNTED = (
    select(_s.c.obligation, _u.c.category, func.count().label("number"), _FIRST.label("programme_id"))
    .select_from(_FROM)
    .where(_OVERDUE)
    .group_by(_s.c.obligation, _u.c.category)
    .order_by(_FIRST, func.min(_s.c.due_at), func.min(_u.c.row))
)


@dataclass(frozen=True)
class Filters:
    """Which rows are wanted; ``unit`` is a code or a part of a name, ``min_days`` counts calendar days."""

    programme: str | None = None
    obligation: str | None = None
    category: str | None = None
    unit: str | None = None
    waiting_on: str | None = None
    min_days: int | None = None


ALL = Filters()


@dataclass(frozen=True)
class Item:
    """One late submission; ``due_at`` is the first late instant, ``rung`` the last one that fired.

    ``heading`` tells it from others of its obligation, ``subject`` is the unit it is about where another owes it.
    """

    submission_id: int
    programme: str
    programme_title: str
    obligation: str
    obligation_title: str
    occurrence: str
    unit: UnitName
    due_date: date
    due_at: datetime
    days_late: int
    working_days_late: int
    waiting_on: str
    stuck_with: tuple[Desk, ...]
    last_alert_at: datetime | None
    rung: str | None
    light: str
    heading: str = ""
    subject: UnitName | None = None

    @property
    def rung_title(self) -> str:
        """The last rung in Chinese."""
        return desks.rung_title(self.rung)


@dataclass(frozen=True)
class OverduePage:
    """One page; ``total`` and the counts cover the whole list as filtered, ``next`` is None on the last page."""

    items: tuple[Item, ...]
    total: int
    next: str | None
    by_category: Mapping[str, int]
    by_obligation: Mapping[str, int]
    obligation_titles: Mapping[str, str]
    as_of: datetime


@dataclass(frozen=True)
class Order:
    """A way to sort the list: columns that together tell every row apart."""

    name: str
    columns: tuple[ColumnElement[Any], ...]
    kinds: tuple[type[cursors.Key], ...]
    descending: bool = False

    def applied(self, query: Select[Any]) -> Select[Any]:
        """The query in this order."""
        return query.order_by(*(column.desc() if self.descending else column.asc() for column in self.columns))

    def behind(self, cursor: str) -> ColumnElement[bool]:
        """Rows behind a cursor; raises QueryRefused."""
        keys = cursors.read(cursor, self.name, *self.kinds)
        here = tuple_(*(literal(key, column.type) for key, column in zip(keys, self.columns, strict=True)))
        place = tuple_(*self.columns)
        return place < here if self.descending else place > here

    def cursor(self, row: Row[Any]) -> str:
        """The cursor of a row."""
        return cursors.written(self.name, *(row._mapping[str(column.key)] for column in self.columns))


_BY_DATE = (_s.c.due_at, _s.c.id)
#: Units come in the roster's order, which is the one official lists keep.
_BY_UNIT = (_u.c.row, _u.c.code, *_BY_DATE)
#: Whom nobody has told anything yet was last told before everybody else.
_ALERTED = func.coalesce(_s.c.last_alert_at, literal(datetime(1970, 1, 2, tzinfo=UTC), _s.c.last_alert_at.type))
_BY_ALERT = (_ALERTED.label("alerted"), _s.c.id)
ORDERS = {
    "-days_late": Order("-days_late", _BY_DATE, (datetime, int)),
    "days_late": Order("days_late", _BY_DATE, (datetime, int), descending=True),
    "due": Order("due", _BY_DATE, (datetime, int)),
    "-due": Order("-due", _BY_DATE, (datetime, int), descending=True),
    "unit": Order("unit", _BY_UNIT, (int, str, datetime, int)),
    "-unit": Order("-unit", _BY_UNIT, (int, str, datetime, int), descending=True),
    "alert": Order("alert", _BY_ALERT, (datetime, int)),
    "-alert": Order("-alert", _BY_ALERT, (datetime, int), descending=True),
}


def listing(
    act: Act,
    *,
    programme: str | None = None,
    obligation: str | None = None,
    category: str | None = None,
    unit: str | None = None,
    waiting_on: str | None = None,
    min_days: int | None = None,
    sort: str = "-days_late",
    limit: int = 50,
    cursor: str | None = None,
) -> OverduePage:
    """One page of what is overdue now; raises QueryRefused for filters, orders and cursors that mean nothing."""
    wanted = _conditions(act, Filters(programme, obligation, category, unit, waiting_on, min_days))
    order, size = _order(sort), cursors.page_size(limit)
    rows = _rows(act, order, wanted if cursor is None else [*wanted, order.behind(cursor)], limit=size + 1)
    counted = act.session.execute(_COUNTED.where(*wanted)).all()
    programmes = catalogue.by_id(act, {row.programme_id for row in (*rows, *counted)})
    return OverduePage(
        items=_items(act, rows[:size], programmes),
        total=sum(row.number for row in counted),
        next=order.cursor(rows[size - 1]) if len(rows) > size else None,
        by_category=_counts((row.category, row.number) for row in counted),
        by_obligation=_counts((row.obligation, row.number) for row in counted),
        obligation_titles={
            row.obligation: programmes[row.programme_id].obligation(row.obligation).title for row in counted
        },
        as_of=act.now,
    )


def everything(act: Act, filters: Filters = ALL, *, sort: str = "-days_late") -> tuple[Item, ...]:
    """The whole list as filtered, for exports; raises QueryRefused."""
    rows = _rows(act, _order(sort), _conditions(act, filters))
    return _items(act, rows, catalogue.by_id(act, {row.programme_id for row in rows}))


def matching(act: Act, filters: Filters, columns: Iterable[ColumnElement[Any]]) -> Select[Any]:
    """These columns of every submission that the filters leave, unordered; raises QueryRefused."""
    return select(*columns).select_from(_FROM).where(_OVERDUE, *_conditions(act, filters))


def _conditions(act: Act, filters: Filters) -> list[ColumnElement[bool]]:
    found = sight.limits(act)
    if filters.programme is not None:
        found.append(_s.c.programme_id == catalogue.id_of(act, filters.programme))
    if filters.obligation is not None:
        found.append(_s.c.obligation == filters.obligation)
    if filters.category is not None:
        found.append(_u.c.category == filters.category)
    if filters.unit is not None:
        found.append(_s.c.unit.in_(select(_u.c.code).where(sight.unit_like(filters.unit))))
    if filters.waiting_on is not None:
        if filters.waiting_on not in get_args(WaitingOn):
            raise QueryRefused(reason=f"卡在（waiting_on）只能是：{'、'.join(get_args(WaitingOn))}")
        found.append(_s.c.waiting_on == filters.waiting_on)
    if filters.min_days is not None:
        if not 0 <= filters.min_days <= _MOST_DAYS:
            raise QueryRefused(reason=f"逾期天数（min_days）须在0到{_MOST_DAYS}之间")
        found.append(_s.c.due_date <= act.today - timedelta(days=filters.min_days))
    return found


def _order(sort: str) -> Order:
    if sort not in ORDERS:
        raise QueryRefused(reason=f"排序（sort）只能是：{'、'.join(ORDERS)}")
    return ORDERS[sort]


def _rows(
    act: Act, order: Order, wanted: Sequence[ColumnElement[bool]], *, limit: int | None = None
) -> Sequence[Row[Any]]:
    query = select(
        _s.c.id, _s.c.programme_id, _s.c.obligation, _s.c.occurrence, _s.c.unit, _s.c.due_date, _s.c.due_at,
        _s.c.state, _s.c.waiting_on, _s.c.late, _s.c.filed_at, _s.c.pending_since,
        _s.c.last_alert_at, _s.c.last_rung, _s.c.light, _u.c.code, _u.c.name, _u.c.category, _u.c.row, _s.c.owner_post,
        _s.c.heading, _s.c.subject, _ALERTED.label("alerted"),
    )  # fmt: skip
    return act.session.execute(order.applied(query.select_from(_FROM).where(_OVERDUE, *wanted)).limit(limit)).all()


def _items(act: Act, rows: Sequence[Row[Any]], programmes: Mapping[int, catalogue.Listed]) -> tuple[Item, ...]:
    if not rows:
        return ()
    calendar = act.calendar()
    stuck = desks.stuck_with(act, rows, catalogue.audiences(act, programmes.values()))
    if sight.own_unit(act) is not None:
        # Numbers are for whoever has to call: a unit's people are given none of their leaders'.
        stuck = {number: tuple(Desk(one.post, one.name) for one in some) for number, some in stuck.items()}
    return tuple(_item(act, row, programmes[row.programme_id], calendar, stuck.get(row.id, ())) for row in rows)


def _item(act: Act, row: Row[Any], programme: catalogue.Listed, calendar: Calendar, stuck: tuple[Desk, ...]) -> Item:
    late = desks.lateness(row, act.now, calendar)
    return Item(
        submission_id=row.id,
        programme=programme.key,
        programme_title=programme.title,
        obligation=row.obligation,
        obligation_title=programme.obligation(row.obligation).title,
        occurrence=row.occurrence,
        unit=UnitName(row.code, row.name, row.category),
        due_date=row.due_date,
        due_at=row.due_at,
        days_late=late.days,
        working_days_late=late.working_days,
        waiting_on=row.waiting_on,
        stuck_with=stuck,
        last_alert_at=row.last_alert_at,
        rung=row.last_rung,
        light=row.light,
        heading=row.heading,
        subject=desks.unit_name(posts.directory(act.session), row.subject),
    )


def _counts(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, count in pairs:
        found[name] = found.get(name, 0) + count
    return found

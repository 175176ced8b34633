"""What a 督办单 may name: what a unit owes in a programme, since when, at whose desk; and which units owe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, case, func, or_, select, text

from workflow import catalogue, desks
from workflow.acts import Act
from workflow.audience import Audience
from workflow.catalogue import Listed
from workflow.definition import OFFICE_BODY
from workflow.desks import UnitName
from workflow.tables import Submission, Unit

_s = Submission.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]
_OVERDUE = text("submission.state = 'overdue'")

Colour = Literal["blue", "yellow", "red"]
#: 提醒, 警示, 督办: from the mildest.
COLOURS: Mapping[str, str] = {"blue": "蓝色提醒单", "yellow": "黄色警示单", "red": "红色督办单"}
#: So many days ahead something may be named on a blue paper.
AHEAD = timedelta(days=10)
#: So many units are listed to choose from, those that owe the longest first.
MOST_UNITS = 100
_WEIGHTS = {"green": 0, "yellow": 1, "red": 2}


@dataclass(frozen=True)
class Item:
    """One thing a unit owes; ``first_due`` is set where it was extended, ``days`` are 0 while it is not overdue."""

    submission_id: int
    title: str
    occurrence: str
    due: date
    first_due: date | None
    overdue: bool
    days: int
    working_days: int
    waiting_on: str
    desk: str
    light: str


@dataclass(frozen=True)
class Owing:
    """A unit with what is overdue of it: how many, since when, and the colour its worst light asks for."""

    unit: UnitName
    count: int
    since: date
    colour: Colour


@dataclass(frozen=True)
class Filters:
    """Which units: of a category, with this obligation overdue, for so many days at least."""

    category: str = ""
    obligation: str = ""
    min_days: int = 0


def colour_of(lights: Iterable[str]) -> Colour:
    """The paper that the worst of these lights asks for."""
    worst = max((_WEIGHTS.get(light, 0) for light in lights), default=0)
    colours: tuple[Colour, ...] = ("blue", "yellow", "red")
    return colours[worst]


def own_units(audience: Audience) -> frozenset[str]:
    """The office and the bodies of a definition: nobody sends papers to themselves."""
    bodies = {unit.code for unit in audience.directory.units() if unit.body}
    return frozenset(bodies | {*audience.owners_named(OFFICE_BODY)})


def owing(act: Act, listed: Listed, filters: Filters, *, own: Collection[str]) -> tuple[tuple[Owing, ...], int]:
    """The units with something overdue, who owes the longest first, and how many there are."""
    wanted = [_OVERDUE, _s.c.programme_id == listed.id, _s.c.unit.not_in([*own])]
    wanted += [_u.c.category == filters.category] if filters.category else []
    wanted += [_s.c.obligation == filters.obligation] if filters.obligation else []
    wanted += [_s.c.due_date <= act.today - timedelta(days=filters.min_days)] if filters.min_days else []
    weight = func.max(case((_s.c.light == "red", 2), (_s.c.light == "yellow", 1), else_=0))
    grouped = (
        select(
            _u.c.code, _u.c.name, _u.c.category, func.count().label("number"), func.min(_s.c.due_date).label("since")
        )
        .add_columns(weight.label("weight"), func.count().over().label("units"))
        .select_from(_s.join(_u, _u.c.code == _s.c.unit))
        .where(*wanted)
        .group_by(_u.c.code, _u.c.name, _u.c.category, _u.c.row)
        .order_by(func.min(_s.c.due_date), _u.c.row)
        .limit(MOST_UNITS)
    )
    rows = act.session.execute(grouped).all()
    colours: tuple[Colour, ...] = ("blue", "yellow", "red")
    found = tuple(
        Owing(UnitName(row.code, row.name, row.category), row.number, row.since, colours[row.weight]) for row in rows
    )
    return found, rows[0].units if rows else 0


def items(
    act: Act, listed: Listed, units: Sequence[str], *, obligation: str = "", ahead: bool = False
) -> dict[str, tuple[Item, ...]]:
    """What each of these units owes, by date: what is overdue, with ``ahead`` also what is due soon."""
    wanted: ColumnElement[bool] = _s.c.state == "overdue"
    if ahead:
        soon = (_s.c.due_date >= act.today) & (_s.c.due_date <= act.today + AHEAD)
        wanted = or_(wanted, _s.c.state.in_(("draft", "pending")) & soon)
    query = select(_s).where(_s.c.programme_id == listed.id, _s.c.unit.in_([*units]), wanted)
    if obligation:
        query = query.where(_s.c.obligation == obligation)
    rows = act.session.execute(query.order_by(_s.c.due_at, _s.c.id)).all()
    audiences = catalogue.audiences(act, [listed])
    stuck, directory = desks.stuck_with(act, rows, audiences), audiences[listed.id].directory
    found: dict[str, tuple[Item, ...]] = {}
    for row in rows:
        one = _item(act, listed, row, stuck.get(row.id, ()), name=directory.unit(row.unit).name)
        found[row.unit] = (*found.get(row.unit, ()), one)
    return found


def _item(act: Act, listed: Listed, row: Row[Any], stuck: tuple[desks.Desk, ...], *, name: str) -> Item:
    late = desks.lateness(row, act.now, act.calendar())
    title = listed.obligation(row.obligation).title + (f"：{row.heading}" if row.heading else "")
    return Item(
        submission_id=row.id,
        title=title,
        occurrence="" if row.occurrence == str(listed.cycle) else row.occurrence,
        due=row.due_date,
        first_due=row.extended_from,
        overdue=row.state == "overdue",
        days=late.days,
        working_days=late.working_days,
        waiting_on=row.waiting_on,
        desk="、".join(dict.fromkeys(one.post.removeprefix(name) or one.post for one in stuck)),
        light=row.light,
    )

"""Every programme at a glance: how many submissions stand where, and which deadline is next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select

from workflow import catalogue, deadlines, sight
from workflow.acts import Act
from workflow.calendars import Calendar
from workflow.catalogue import Listed
from workflow.definition import OFFICE_BODY
from workflow.tables import Submission, Unit

_s = Submission.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]

#: So many of a programme's deadlines are told.
NEXT = 3


@dataclass(frozen=True)
class Counts:
    """How many submissions stand where; ``filed_late`` is a part of ``filed``."""

    draft: int = 0
    pending: int = 0
    filed: int = 0
    overdue: int = 0
    exempt: int = 0
    filed_late: int = 0

    @property
    def total(self) -> int:
        """All five states together."""
        return self.draft + self.pending + self.filed + self.overdue + self.exempt


@dataclass(frozen=True)
class Lights:
    """How many submissions show which light; ``none`` are those without one."""

    green: int = 0
    yellow: int = 0
    red: int = 0
    none: int = 0


@dataclass(frozen=True)
class NextDeadline:
    """The nearest deadline that still has open submissions; ``due_at`` is the first late instant."""

    obligation: str
    obligation_title: str
    occurrence: str
    due_date: date
    due_at: datetime
    open_count: int


@dataclass(frozen=True)
class Overview:
    """One programme in the list; ``starts`` and ``ends`` span its stages, None where they are open.

    ``deadlines`` are the nearest few, ``for_office`` counts what waits for the office itself.
    """

    key: str
    title: str
    cycle: int
    document: str
    version: str
    launched_at: datetime
    starts: date | None
    ends: date | None
    units: int
    counts: Counts
    next_deadline: NextDeadline | None
    provisional_years: tuple[int, ...]
    lights: Lights = Lights()
    deadlines: tuple[NextDeadline, ...] = ()
    for_office: int = 0


def counted(parts: Iterable[tuple[str, bool, int]]) -> Counts:
    """Counts of (state, filed late, how many)."""
    found: dict[str, int] = {}
    for state, late, count in parts:
        found[state] = found.get(state, 0) + count
        if late and state == "filed":
            found["filed_late"] = found.get("filed_late", 0) + count
    return Counts(**found)


def programmes(act: Act) -> tuple[Overview, ...]:
    """Every programme in sight, the newest launch first. A unit's own people have only their own counted."""
    return of(act, catalogue.every(act))


def programme(act: Act, key: str) -> Overview:
    """One programme at a glance; raises NotFound."""
    return of(act, [catalogue.by_key(act, key)])[0]


def of(act: Act, found: Sequence[Listed]) -> tuple[Overview, ...]:
    """These programmes at a glance, in their order."""
    by_id = {one.id: one for one in found}
    tallies, units, upcoming = _tallies(act, by_id), _units(act, by_id), _upcoming(act, by_id)
    calendar = act.calendar()
    return tuple(
        _overview(one, calendar, tallies.get(one.id, _Tally()), units.get(one.id, 0), upcoming.get(one.id, ()))
        for one in found
    )


def _overview(
    listed: Listed, calendar: Calendar, tally: _Tally, units: int, upcoming: tuple[NextDeadline, ...]
) -> Overview:
    stages = listed.definition.stages.values()
    ends = [stage.until.span(listed.cycle)[1] for stage in stages if stage.until is not None]
    years = deadlines.years_touched(listed.definition, listed.cycle, calendar)
    return Overview(
        key=listed.key,
        title=listed.title,
        cycle=listed.cycle,
        document=listed.definition.source.document,
        version=listed.version,
        launched_at=listed.launched_at,
        starts=min((stage.since.span(listed.cycle)[0] for stage in stages), default=None),
        ends=max(ends) if ends and len(ends) == len(stages) else None,
        units=units,
        counts=tally.counts,
        next_deadline=upcoming[0] if upcoming else None,
        provisional_years=tuple(year for year in years if calendar.provisional(year)),
        lights=tally.lights,
        deadlines=upcoming,
        for_office=tally.for_office,
    )


@dataclass(frozen=True)
class _Tally:
    counts: Counts = Counts()
    lights: Lights = Lights()
    for_office: int = 0


def _tallies(act: Act, programmes: Mapping[int, Listed]) -> dict[int, _Tally]:
    by = (_s.c.programme_id, _s.c.state, _s.c.late, _s.c.light, _s.c.waiting_on)
    query = select(*by, func.count().label("many")).where(_s.c.programme_id.in_(programmes), *sight.limits(act))
    parts: dict[int, list[Row[Any]]] = {}
    for row in act.session.execute(query.group_by(*by)):
        parts.setdefault(row.programme_id, []).append(row)
    return {programme_id: _tally(rows) for programme_id, rows in parts.items()}


def _tally(rows: Sequence[Row[Any]]) -> _Tally:
    lights = dict.fromkeys(("green", "yellow", "red", "none"), 0)
    for row in rows:
        lights[row.light] = lights.get(row.light, 0) + row.many
    waiting = sum(row.many for row in rows if row.waiting_on == "office")
    return _Tally(counted((row.state, row.late, row.many) for row in rows), Lights(**lights), waiting)


def _units(act: Act, programmes: Mapping[int, Listed]) -> dict[int, int]:
    """Member units; the office and the bodies that owe something themselves are none."""
    owing = select(_s.c.programme_id, _s.c.unit).where(_s.c.programme_id.in_(programmes), *sight.limits(act))
    pairs = owing.distinct().subquery()
    query = (
        select(pairs.c.programme_id, func.count().label("units"))
        .join(_u, _u.c.code == pairs.c.unit)
        .where(_u.c.body == "", ~_office(programmes, pairs.c.programme_id))
        .group_by(pairs.c.programme_id)
    )
    return {row.programme_id: row.units for row in act.session.execute(query)}


def _office(programmes: Mapping[int, Listed], of_programme: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a unit of the roster is the office itself, by its name, brackets after it left out."""
    ids: dict[str, list[int]] = {}
    for number, one in programmes.items():
        body = one.definition.body(OFFICE_BODY)
        ids.setdefault(body.title if body else OFFICE_BODY, []).append(number)
    called = (
        and_(of_programme.in_(some), or_(_u.c.name == title, _u.c.name.startswith(f"{title}（", autoescape=True)))
        for title, some in ids.items()
    )
    return or_(false(), *called)


def _upcoming(act: Act, programmes: Mapping[int, Listed]) -> dict[int, tuple[NextDeadline, ...]]:
    dates = (_s.c.programme_id, _s.c.obligation, _s.c.occurrence, _s.c.due_date, _s.c.due_at)
    query = (
        select(*dates, func.count().label("open"))
        .where(
            _s.c.programme_id.in_(programmes),
            _s.c.state.in_(("draft", "pending")),
            _s.c.due_at > act.now,
            *sight.limits(act),
        )
        .group_by(*dates)
        .order_by(_s.c.due_at, _s.c.obligation)
    )
    found: dict[int, list[NextDeadline]] = {}
    for row in act.session.execute(query):
        some = found.setdefault(row.programme_id, [])
        last = some[-1] if some else None
        if last and (last.obligation, last.due_at) == (row.obligation, row.due_at):
            # What events open has an occurrence for each; people read the date.
            some[-1] = replace(last, open_count=last.open_count + row.open)
        elif len(some) < NEXT:
            title = programmes[row.programme_id].obligation(row.obligation).title
            some.append(
                NextDeadline(row.obligation, title, row.occurrence, row.due_date, row.due_at, row.open)
            )  # fmt: skip
    return {programme_id: tuple(some) for programme_id, some in found.items()}

"""Every programme at a glance: how many submissions stand where, and which deadline is next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from workflow import catalogue, deadlines, sight
from workflow.acts import Act
from workflow.calendars import Calendar
from workflow.catalogue import Listed
from workflow.tables import Submission

_s = Submission.__table__  # type: ignore[attr-defined]


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
    """One programme in the list; ``starts`` and ``ends`` span its stages, None where they are open."""

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
    return _overviews(act, catalogue.every(act))


def programme(act: Act, key: str) -> Overview:
    """One programme at a glance; raises NotFound."""
    return _overviews(act, [catalogue.by_key(act, key)])[0]


def _overviews(act: Act, found: list[Listed]) -> tuple[Overview, ...]:
    by_id = {one.id: one for one in found}
    counts, units, upcoming = _counts(act, by_id), _units(act, by_id), _upcoming(act, by_id)
    calendar = act.calendar()
    return tuple(
        _overview(one, calendar, counts.get(one.id, Counts()), units.get(one.id, 0), upcoming.get(one.id))
        for one in found
    )


def _overview(
    listed: Listed, calendar: Calendar, counts: Counts, units: int, upcoming: NextDeadline | None
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
        counts=counts,
        next_deadline=upcoming,
        provisional_years=tuple(year for year in years if calendar.provisional(year)),
    )


def _counts(act: Act, programmes: Mapping[int, Listed]) -> dict[int, Counts]:
    query = (
        select(_s.c.programme_id, _s.c.state, _s.c.late, func.count())
        .where(_s.c.programme_id.in_(programmes), *sight.limits(act))
        .group_by(_s.c.programme_id, _s.c.state, _s.c.late)
    )
    parts: dict[int, list[tuple[str, bool, int]]] = {}
    for programme_id, state, late, count in act.session.execute(query):
        parts.setdefault(programme_id, []).append((state, late, count))
    return {programme_id: counted(some) for programme_id, some in parts.items()}


def _units(act: Act, programmes: Mapping[int, Listed]) -> dict[int, int]:
    query = (
        select(_s.c.programme_id, func.count(_s.c.unit.distinct()).label("units"))
        .where(_s.c.programme_id.in_(programmes), *sight.limits(act))
        .group_by(_s.c.programme_id)
    )
    return {row.programme_id: row.units for row in act.session.execute(query)}


def _upcoming(act: Act, programmes: Mapping[int, Listed]) -> dict[int, NextDeadline]:
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
        .order_by(_s.c.due_at.desc(), _s.c.obligation.desc())
    )
    # The last one written for a programme is the nearest.
    return {
        row.programme_id: NextDeadline(
            row.obligation, programmes[row.programme_id].obligation(row.obligation).title, row.occurrence,
            row.due_date, row.due_at, row.open,
        )
        for row in act.session.execute(query)
    }  # fmt: skip

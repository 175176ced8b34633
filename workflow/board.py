"""The board: one programme as units × obligations. The list of programmes is handed on from here."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from workflow import catalogue, desks, lifecycle, schedules, sight
from workflow.acts import Act
from workflow.audience import Audience
from workflow.calendars import Calendar
from workflow.catalogue import Listed
from workflow.desks import Desk, UnitName
from workflow.lifecycle import Lifecycle
from workflow.overview import Counts, NextDeadline, Overview, counted, programmes
from workflow.roster import Directory
from workflow.tables import Submission

__all__ = [
    "Board",
    "Cell",
    "Column",
    "Counts",
    "Filters",
    "Line",
    "NextDeadline",
    "Overview",
    "board",
    "programmes",
]

_s = Submission.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Column:
    """One occurrence of an obligation, with the date it is due on for whoever has no extension.

    ``heading`` is the thing due on it, where each date has its own.
    """

    obligation: str
    title: str
    occurrence: str
    heading: str
    stage: str
    due_date: date
    due_at: datetime
    counts: Counts


@dataclass(frozen=True)
class Cell:
    """One submission; ``standing`` is the state in Chinese with its place, ``extended_from`` the first date."""

    submission_id: int
    obligation: str
    occurrence: str
    state: str
    standing: str
    light: str
    waiting_on: str
    due_date: date
    due_at: datetime
    filed_at: datetime | None
    late: bool
    days_late: int
    working_days_late: int
    extended_from: date | None
    stuck_with: tuple[Desk, ...]


@dataclass(frozen=True)
class Line:
    """One unit; a cell is None where the unit does not owe that column.

    What a body owes about several units has a line for each of them, its ``subject``.
    """

    unit: UnitName
    cells: tuple[Cell | None, ...]
    subject: UnitName | None = None

    @property
    def name(self) -> str:
        """The unit as the board heads its line."""
        return self.unit.name + (f"（{self.subject.name}）" if self.subject else "")


@dataclass(frozen=True)
class Board:
    """Units × obligations; ``lines`` are as filtered, everything else covers the whole programme in sight."""

    key: str
    title: str
    cycle: int
    as_of: datetime
    counts: Counts
    columns: tuple[Column, ...]
    categories: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Filters:
    """Which units are wanted: of a category, by code or part of the name, with a submission that stands so."""

    category: str | None = None
    unit: str | None = None
    obligation: str | None = None
    state: str | None = None
    light: str | None = None
    waiting_on: str | None = None


ALL = Filters()

#: An occurrence of an obligation, and the submission of a unit about another that stands there.
Place = tuple[str, str]
Cells = dict[tuple[str, str, str, str], Cell]
Lines = Iterator[Line]


def board(act: Act, programme: str, filters: Filters = ALL) -> Board:
    """The board of a programme; raises NotFound. A unit's own people see what concerns their unit."""
    listed = catalogue.by_key(act, programme)
    columns = heads(act, listed)
    rows = act.session.execute(
        select(_s).where(_s.c.programme_id == listed.id, *sight.limits(act)).order_by(_s.c.due_at, _s.c.id)
    ).all()
    audience = catalogue.audiences(act, [listed])[listed.id]
    known = audience.directory
    chosen = _chosen(known, rows, filters)
    found = cells(act, [row for of_unit in chosen.values() for row in of_unit], audience)
    if sight.own_unit(act) is not None:
        # What others are asked to put right is none of a unit's business, not even that they are asked.
        mine = {(row.obligation, row.occurrence) for row in rows}
        columns = [head for head in columns if (head.obligation, head.occurrence) in mine]
    return Board(
        key=listed.key,
        title=listed.title,
        cycle=listed.cycle,
        as_of=act.now,
        counts=_counted(rows),
        columns=tuple(replace(head, counts=_counted(_of(rows, head))) for head in columns),
        categories=tuple(dict.fromkeys(unit.category for unit in _units(known, {row.unit for row in rows}))),
        lines=tuple(lines(known, chosen, found, [(head.obligation, head.occurrence) for head in columns])),
    )


def lines(known: Directory, chosen: Mapping[str, Sequence[Row[Any]]], found: Cells, places: Sequence[Place]) -> Lines:
    """A line for each unit, and one for each other unit that it owes something about."""
    turn = {row.code: number for number, row in enumerate(known.units())}
    for unit in _units(known, chosen):
        for subject in sorted({row.subject for row in chosen[unit.code]}, key=lambda code: turn.get(code, -1)):
            of_line = tuple(found.get((unit.code, subject, *place)) for place in places)
            yield Line(unit, of_line, desks.unit_name(known, subject))


def heads(act: Act, listed: Listed) -> list[Column]:
    """The columns; what is kept from the reader has none."""
    secrets = sight.secrets(act, listed.id, listed.definition)
    return [
        _head(row, listed)
        for row in schedules.shared(act, listed.id)
        if row.opened_at is not None and not secrets.keep(row.obligation, row.occurrence)
    ]


def _head(row: Row[Any], listed: Listed) -> Column:
    obligation = listed.obligation(row.obligation)
    stage = listed.definition.stages[obligation.stage].title if obligation.stage else ""
    return Column(
        row.obligation, obligation.title, row.occurrence, row.heading, stage, row.due_date, row.due_at, Counts()
    )  # fmt: skip


def _chosen(known: Directory, rows: Sequence[Row[Any]], filters: Filters) -> dict[str, list[Row[Any]]]:
    """The rows of the wanted units, by unit."""
    by_unit: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_unit.setdefault(row.unit, []).append(row)
    named = {code: known.unit(code) for code in by_unit}
    return {
        code: of_unit
        for code, of_unit in by_unit.items()
        if filters.category in (None, named[code].category)
        and (filters.unit is None or filters.unit == code or filters.unit in named[code].name)
        and any(_wanted(row, filters) for row in of_unit)
    }


def _wanted(row: Row[Any], filters: Filters) -> bool:
    return (
        filters.obligation in (None, row.obligation)
        and filters.state in (None, row.state)
        and filters.light in (None, row.light)
        and filters.waiting_on in (None, row.waiting_on)
    )


def _units(known: Directory, chosen: Container[str]) -> list[UnitName]:
    return [UnitName(row.code, row.name, row.category) for row in known.units() if row.code in chosen]


def cells(act: Act, rows: Sequence[Row[Any]], audience: Audience) -> Cells:
    """The cells of some submissions, by unit, subject and place; who each is stuck with in one query."""
    calendar = act.calendar()
    stuck = desks.stuck_with(act, rows, {row.programme_id: audience for row in rows})
    machines = {name: lifecycle.of(audience.definition, name) for name in {row.obligation for row in rows}}
    return {
        (row.unit, row.subject, row.obligation, row.occurrence): _cell(
            act, row, machines[row.obligation], calendar, stuck.get(row.id, ())
        )
        for row in rows
    }


def _cell(act: Act, row: Row[Any], machine: Lifecycle, calendar: Calendar, stuck: tuple[Desk, ...]) -> Cell:
    late = desks.lateness(row, act.now, calendar)
    return Cell(
        submission_id=row.id,
        obligation=row.obligation,
        occurrence=row.occurrence,
        state=row.state,
        standing=machine.standing(row.standing).title,
        light=row.light,
        waiting_on=row.waiting_on,
        due_date=row.due_date,
        due_at=row.due_at,
        filed_at=row.filed_at,
        late=row.late,
        days_late=late.days,
        working_days_late=late.working_days,
        extended_from=row.extended_from,
        stuck_with=stuck,
    )


def _of(rows: Iterable[Row[Any]], head: Column) -> list[Row[Any]]:
    return [row for row in rows if (row.obligation, row.occurrence) == (head.obligation, head.occurrence)]


def _counted(rows: Iterable[Row[Any]]) -> Counts:
    return counted((row.state, row.late, 1) for row in rows)

"""The lines of a turned board: a task, with the submissions that the units owe for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, or_

from workflow import board, desks
from workflow.acts import Act
from workflow.board import Cell, Column, Filters
from workflow.board_groups import Group, Outline, by_obligation, matching, rows_of, titled, total
from workflow.desks import UnitName
from workflow.overview import Counts
from workflow.tables import Submission

#: A task with more submissions than these tells how many stand where instead of each.
MOST_CELLS = 12

_s = Submission.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class TaskCell:
    """One submission of a task, and whose it is."""

    unit: UnitName
    subject: UnitName | None
    occurrence: str
    cell: Cell


@dataclass(frozen=True)
class TaskLine:
    """One obligation: its occurrences, how many submissions stand where, and each of them where they are few.

    ``number`` is that of a ledger's task, ``clause`` its place in the document.
    """

    obligation: str
    number: str
    title: str
    clause: str
    columns: tuple[Column, ...]
    counts: Counts
    cells: tuple[TaskCell, ...]


def lines(act: Act, found: Outline, groups: Sequence[Group]) -> dict[str, tuple[TaskLine, ...]]:
    """The lines of some groups of obligations, by the key of the group."""
    by_name = by_obligation(found.columns)
    shown = {name for group in groups for name in group.members if total(by_name[name]).total <= MOST_CELLS}
    rows = rows_of(act, found, _s.c.obligation.in_(shown), *_shown(found, shown))
    cells = board.cells(act, rows, found.audience)
    of: dict[str, list[TaskCell]] = {}
    for row in rows:
        of.setdefault(row.obligation, []).append(_task_cell(found, row, cells))
    return {
        group.key: tuple(_task_line(found, name, by_name[name], of.get(name, ())) for name in group.members)
        for group in groups
    }


def _shown(found: Outline, names: set[str]) -> list[ColumnElement[bool]]:
    """Of a filtered turned board only what matches, or all of a task that was named."""
    wanted = matching(found.filters)
    named = titled(found, found.filters.unit) & names
    if not wanted or not named:
        return wanted
    rest = matching(replace(found.filters, unit=None))
    of_name: ColumnElement[bool] = _s.c.obligation.in_(named)
    whole = matching(Filters(unit=found.filters.unit))
    return [*rest, or_(of_name, *whole)]


def _task_cell(found: Outline, row: Row[Any], cells: board.Cells) -> TaskCell:
    known = found.audience.directory
    unit = known.unit(row.unit)
    cell = cells[row.unit, row.subject, row.obligation, row.occurrence]
    return TaskCell(
        UnitName(unit.code, unit.name, unit.category), desks.unit_name(known, row.subject), row.occurrence, cell
    )


def _task_line(found: Outline, name: str, columns: Sequence[Column], cells: Sequence[TaskCell]) -> TaskLine:
    number = next((task.no for task in found.listed.definition.tasks if task.key == name), "")
    one = found.listed.obligation(name)
    return TaskLine(name, number, one.title, one.clause or "", tuple(columns), total(columns), tuple(cells))

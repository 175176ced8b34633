"""Tables in a form: rows read into what is stored, checked when handed in, and told by row and column.

Rows are counted from 1, as people see them; a fault's place is ``<row>.<column>``, ``<row>``, or empty for the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workflow.definition import Column, FormField
from workflow.forms import scalars
from workflow.forms.scalars import Units, blank

MAX_ROWS = 500
#: Characters of one cell, and of all cells together.
MAX_CELL = 2000
MAX_SIZE = 200_000
#: More faults than these are not read by anybody.
MAX_FAULTS = 100

Row = dict[str, Any]


def read(field: FormField, given: object, *, units: Units) -> tuple[list[Row], dict[str, str]]:
    """The rows as they are stored, empty ones dropped, and the faults by place."""
    if not isinstance(given, (list, tuple)):
        return [], {"": "须是各行的列表"}
    numbered = [(number, row) for number, row in enumerate(given, start=1) if not _empty(row)]
    if len(numbered) > MAX_ROWS:
        return [], {"": f"最多{MAX_ROWS}行，现有{len(numbered)}行"}
    rows: list[Row] = []
    faults: dict[str, str] = {}
    for number, row in numbered:
        kept, wrong = _row(field, number, row, units)
        rows.append(kept)
        faults |= wrong
        if len(faults) >= MAX_FAULTS:
            break
    size = sum(len(str(value)) for row in rows for value in row.values())
    if not faults and size > MAX_SIZE:
        faults[""] = f"表格合计最多{MAX_SIZE // 10_000}万字，现有{size}字"
    return rows, faults


def missing(field: FormField, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What stands in the way of handing in: too few or too many rows, empty cells of required columns."""
    faults: dict[str, str] = {}
    if field.at_least is not None and len(rows) < field.at_least:
        faults[""] = f"至少填{field.at_least}行，现有{len(rows)}行"
    if field.at_most is not None and len(rows) > field.at_most:
        faults[""] = f"最多填{field.at_most}行，现有{len(rows)}行"
    for number, row in enumerate(rows, start=1):
        for name, column in field.columns.items():
            if column.required and blank(row.get(name)) and len(faults) < MAX_FAULTS:
                faults[f"{number}.{name}"] = f"第{number}行“{column.label}”必填"
    return faults


def cell_shown(column: Column, value: Any) -> str:
    """A stored cell as people read it, empty where nothing was written."""
    if blank(value):
        return ""
    return scalars.day_shown(value) if column.type == "date" else str(value)


def shown(field: FormField, rows: Sequence[Mapping[str, Any]]) -> str:
    """A stored table in words, one line a row."""
    return "\n".join(f"{number}. {_row_shown(field, row)}" for number, row in enumerate(rows, start=1))


def _row_shown(field: FormField, row: Mapping[str, Any]) -> str:
    cells = ((column.label, cell_shown(column, row.get(name))) for name, column in field.columns.items())
    return "；".join(f"{label}：{text}" for label, text in cells if text)


def _row(field: FormField, number: int, row: object, units: Units) -> tuple[Row, dict[str, str]]:
    if not isinstance(row, Mapping):
        return {}, {str(number): f"第{number}行须写成“列: 值”的形式"}
    kept: Row = {}
    faults: dict[str, str] = {}
    if not set(row) <= set(field.columns):
        faults[str(number)] = f"第{number}行有表格中没有的列"
    for name, column in field.columns.items():
        value = row.get(name)
        if blank(value):
            continue
        try:
            kept[name] = _cell(column, value, units)
        except ValueError as fault:
            faults[f"{number}.{name}"] = f"第{number}行“{column.label}”{fault}"
    return kept, faults


def _cell(column: Column, value: object, units: Units) -> str | int:
    match column.type:
        case "integer":
            return scalars.integer(value)
        case "decimal":
            return scalars.decimal(value)
        case "date":
            return scalars.day(value)
        case "choice":
            return scalars.choice(value, column.options)
        case "unit":
            return scalars.unit(value, units)
    return scalars.text(value, longest=MAX_CELL, one_line=False)


def _empty(row: object) -> bool:
    return row is None or (isinstance(row, Mapping) and all(blank(value) for value in row.values()))

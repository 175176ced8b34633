"""Tables of a form in a browser: cells read from what was sent, rows laid out for reading and for filling in.

The cell of field x, row 3, column y is sent as ``field-x.3.y``; no name has a dot of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from web.contexts.frame import Choice
from web.contexts.submission import Cell, FieldKind, Table, TableRow
from workflow.definition import Column, FormField
from workflow.forms.tabular import MAX_ROWS, cell_shown

#: A row as a browser sends it, by column.
TypedRow = dict[str, str]

#: Empty rows under the filled ones, and how many more the button brings.
BLANK_ROWS, MORE_ROWS = 3, 5

_CELL = re.compile(r"\.(\d{1,5})\.(.+)", re.ASCII)


def read(form: FormData, key: str) -> list[TypedRow]:
    """The rows that were sent for the field of this key, in their order; rows with nothing in them are dropped."""
    rows: dict[int, TypedRow] = {}
    for name in form:
        found = _CELL.fullmatch(name.removeprefix(key)) if name.startswith(f"{key}.") else None
        value = form.get(name)
        if found is not None and isinstance(value, str):
            rows.setdefault(int(found[1]), {})[found[2]] = value.replace("\r\n", "\n")
    numbered = (rows[number] for number in sorted(rows))
    return [row for row in numbered if any(value.strip() for value in row.values())]


def is_cell(key: str, tables: Sequence[str]) -> bool:
    """Whether a sent name is a cell of one of the fields of these keys."""
    return any(key.startswith(f"{table}.") and _CELL.fullmatch(key.removeprefix(table)) for table in tables)


def as_typed(field: FormField, value: Any) -> list[TypedRow]:
    """A stored table as a browser would send it."""
    rows = value if isinstance(value, list) else []
    stored = (row for row in rows if isinstance(row, Mapping))
    return [{name: "" if row.get(name) is None else str(row[name]) for name in field.columns} for row in stored]


def kind_of(kind: FieldKind, typed: str) -> FieldKind:
    """How to ask for a value: a date that is none stays to be seen, which a browser's date box would not do."""
    try:
        return kind if kind != "date" or not typed or date.fromisoformat(typed).isoformat() == typed else "text"
    except ValueError:
        return "text"


def to_read(field: FormField, value: Any) -> Table:
    """A stored table in words."""
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    return Table(
        heads=_cells(field, {}, "", {}),
        rows=tuple(TableRow(number, tuple(_read_cells(field, row))) for number, row in enumerate(rows, start=1)),
    )


def to_fill_in(
    name: str, field: FormField, rows: Sequence[TypedRow], *, faults: Mapping[str, str], more: bool
) -> Table:
    """The rows with what was typed, and empty ones after them; ``faults`` are by ``<name>.<row>.<column>``."""
    most = min(MAX_ROWS if field.at_most is None else field.at_most, MAX_ROWS)
    wanted = max(len(rows) + (MORE_ROWS if more else BLANK_ROWS), field.at_least or 0)
    shown = max(len(rows), min(wanted, most))
    numbered = enumerate((*rows, *[{}] * (shown - len(rows))), start=1)
    return Table(
        heads=_cells(field, {}, "", {}),
        rows=tuple(
            TableRow(
                number,
                _cells(field, row, f"{name}.{number}", faults),
                faults.get(f"{name}.{number}", "").removeprefix(f"第{number}行"),
            )
            for number, row in numbered
        ),
        most=most,
    )


def _cells(field: FormField, row: Mapping[str, str], place: str, faults: Mapping[str, str]) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            name=f"field-{place}.{name}" if place else name,
            label=column.label,
            kind=kind_of(column.type, row.get(name, "")),
            value=row.get(name, ""),
            options=tuple(_options(column, row.get(name, ""))),
            required=column.required,
            error=faults.get(f"{place}.{name}", "").partition(f"“{column.label}”")[2],
        )
        for name, column in field.columns.items()
    )


def _options(column: Column, chosen: str) -> Iterator[Choice]:
    """What may be chosen, and what was typed although it may not, so that it is not lost unseen."""
    for option in column.options:
        yield Choice(option, option, option == chosen)
    if column.options and chosen.strip() and chosen not in column.options:
        yield Choice(chosen, chosen, chosen=True)


def _read_cells(field: FormField, row: Mapping[str, Any]) -> Iterator[Cell]:
    for name, column in field.columns.items():
        yield Cell(name, column.label, column.type, _shown(column, row.get(name)))


def _shown(column: Column, value: Any) -> str:
    """A cell in words; one that an earlier definition stored as something else stays as it is."""
    try:
        return cell_shown(column, value)
    except ValueError:
        return str(value)

"""Reads an Excel workbook in a process of its own: workbook on stdin, its cells as JSON on stdout.

A file of two kilobytes with cells in opposite corners makes the parser ask for 500 GB and abort, which no
``except`` can catch. So the parser runs apart, under limits of memory and processor time, and never in the
service. Run as a script by ``documents.sheets`` with the names of the wanted sheets, all of them when it is given
none; imports nothing of ours.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TypedDict

import python_calamine

_MEMORY = 256 * 1024 * 1024
_SECONDS = 20
#: Cells plus characters handed back; a roster of 10,000 units stays below a tenth of it.
_MOST = 10_000_000

_MOST_BLOCKS = 100_000
_MOST_SHEETS = 200

#: Exit statuses beside 0; any other means that a limit or a crash ended the process.
ENCRYPTED, UNREADABLE, TOO_LARGE = 3, 4, 5


class Sheet(TypedDict):
    """One sheet: its rows of texts, and its merged cells."""

    rows: list[list[str]]
    merged: list[list[int]]


Value = int | float | str | bool | time | date | datetime | timedelta


def text(value: Value) -> str:
    """A cell as a person would write it: whole numbers without a point, days as 2022-01-04."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def grid(rows: Iterable[list[Value]]) -> list[list[str]]:
    """Every row as texts without the empty cells at its end; empty rows stay, so that row numbers hold."""
    found: list[list[str]] = []
    weight = 0
    for row in rows:
        cells = [text(value) for value in row]
        while cells and not cells[-1].strip():
            cells.pop()
        weight += 1 + len(cells) + sum(map(len, cells))
        if weight > _MOST:
            raise MemoryError
        found.append(cells)
    return found


def blocks(sheet: python_calamine.CalamineSheet) -> list[list[int]]:
    """The merged cells of a sheet as first row, first column, last row, last column, counted from 0."""
    found = sheet.merged_cell_ranges or []
    if len(found) > _MOST_BLOCKS:
        raise MemoryError
    return [[*first, *last] for first, last in found]


def read(content: bytes, wanted: set[str]) -> dict[str, Sheet]:
    """The wanted sheets, or all, by their names in the workbook, compared without case and outer spaces."""
    found: dict[str, Sheet] = {}
    with python_calamine.load_workbook(io.BytesIO(content)) as book:
        for name in book.sheet_names[:_MOST_SHEETS]:
            if not wanted or name.strip().lower() in wanted:
                sheet = book.get_sheet_by_name(name)
                found[name] = {"rows": grid(sheet.to_python(skip_empty_area=False)), "merged": blocks(sheet)}
    return found


def main() -> int:
    """Limits this process, reads, writes; gives the exit status. A crash leaves some other status."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        tables = read(sys.stdin.buffer.read(), {name.strip().lower() for name in sys.argv[1:]})
    except python_calamine.PasswordError:
        return ENCRYPTED
    except (python_calamine.CalamineError, OSError, ValueError):
        return UNREADABLE
    except MemoryError:
        return TOO_LARGE
    sys.stdout.buffer.write(json.dumps(tables).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())

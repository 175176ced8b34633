"""A ledger of tasks as an Excel workbook, laid out as offices keep it: one row a task, equal cells merged.

A run of rows with the same 类别 is one merged cell; so is a run with the same 牵头单位 where the rows ask for it.
Everything is text, also the days, because offices write 6月底前.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

TITLES = ("序号", "类别", "任务", "牵头单位", "责任单位", "责任领导", "完成时限", "目标值", "依据")
WIDTHS = (8, 16, 46, 30, 46, 30, 16, 40, 12)
PART, LEAD = 1, 3

#: Same rows, same bytes: Excel's own zero year instead of the hour of writing.
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 – a document property without a zone


class Row(NamedTuple):
    """One task as the sheet shows it; ``together`` are cooperating units, ``target`` figures like ≥300个.

    ``clause`` is the place in the plan.
    """

    no: str
    part: str
    title: str
    lead: str
    together: str
    leader: str
    due: str
    target: str
    clause: str


def write(rows: Sequence[Row], target: Path, *, title: str) -> None:
    """The rows below a title and a header; equal neighbours of 类别 merged, of 牵头单位 within one 类别 too."""
    with xlsxwriter.Workbook(str(target), {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        book.set_properties({"title": title, "created": _CREATED})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter", "num_format": "@"})
        bold = book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#DDE7F3"})
        page = book.add_worksheet("台账")
        for place, width in enumerate(WIDTHS):
            page.set_column(place, place, width)
        page.merge_range(0, 0, 0, len(TITLES) - 1, title, bold)
        for place, name in enumerate(TITLES):
            page.write_string(1, place, name, bold)
        page.freeze_panes(2, 0)
        _fill(page, rows, cell)


def _fill(page: Worksheet, rows: Sequence[Row], cell: Format) -> None:
    for number, row in enumerate(rows, start=2):
        for place, text in enumerate(row):
            if place not in (PART, LEAD):
                page.write_string(number, place, text, cell)
    for place in (PART, LEAD):
        for first, last, text in runs(rows, place):
            if first == last:
                page.write_string(first + 2, place, text, cell)
            else:
                page.merge_range(first + 2, place, last + 2, place, text, cell)


def runs(rows: Sequence[Row], place: int) -> Iterator[tuple[int, int, str]]:
    """First and last index of each run of equal cells in a column, within one 类别."""
    first = 0
    for (_, text), run in groupby(rows, key=lambda row: (row.part, str(row[place]))):
        length = len(list(run))
        yield first, first + length - 1, text
        first += length

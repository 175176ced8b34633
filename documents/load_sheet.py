"""The load of those who sign as an Excel workbook; every text is text, whatever it begins with."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter

from workflow.approvers import Pace
from workflow.desks import shown_instant

Cell = str | int

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_HEADER_ROW = 2
_TITLE = "审签负荷"


@dataclass(frozen=True)
class Column:
    """One column: its header, its width in characters, what stands in it."""

    title: str
    width: int
    of: Callable[[Pace], Cell]


COLUMNS = (
    Column("职务", 36, lambda one: one.post),
    Column("姓名", 24, lambda one: one.name),
    Column("待签件数", 10, lambda one: one.load.waiting if one.load else 0),
    Column("其中逾期", 10, lambda one: one.load.overdue if one.load else 0),
    Column("最早送审时间", 18, lambda one: shown_instant(one.load.oldest) if one.load else ""),
    Column("代签人", 24, lambda one: "、".join(one.load.delegates) if one.load else ""),
    Column("外出至", 12, lambda one: one.load.absent_until.isoformat() if one.load and one.load.absent_until else ""),
    Column("近90天审签件数", 15, lambda one: one.turn_around.decided if one.turn_around else 0),
    Column("审签用时中位数（小时）", 20, lambda one: one.turn_around.median_hours if one.turn_around else ""),
)


def write_xlsx(paces: Sequence[Pace], as_of: datetime) -> bytes:
    """The list as an .xlsx workbook: title and time on top, then a frozen header with filters."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": _TITLE, "created": as_of.replace(tzinfo=None)})
        page = book.add_worksheet(_TITLE)
        page.write_string(0, 0, _TITLE, book.add_format({"bold": True, "font_size": 16}))
        waiting = sum(one.load.waiting for one in paces if one.load)
        page.write_string(1, 0, f"截至{shown_instant(as_of)}，共{len(paces)}人，{waiting}件待签")
        frame = {"border": 1, "valign": "vcenter"}
        header = book.add_format({**frame, "bold": True, "bg_color": "#DDE7F3", "text_wrap": True})
        plain = book.add_format(frame)
        for place, column in enumerate(COLUMNS):
            page.set_column(place, place, column.width)
            page.write_string(_HEADER_ROW, place, column.title, header)
            for number, one in enumerate(paces, start=_HEADER_ROW + 1):
                cell = column.of(one)
                write = page.write_string if isinstance(cell, str) else page.write_number
                write(number, place, cell, plain)
        page.freeze_panes(_HEADER_ROW + 1, 0)
        page.autofilter(_HEADER_ROW, 0, _HEADER_ROW + max(len(paces), 1), len(COLUMNS) - 1)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(_HEADER_ROW)
    return out.getvalue()

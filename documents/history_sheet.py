"""The history of all programmes as an Excel workbook and as CSV, for whoever keeps or checks it elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime

import xlsxwriter

from documents.sheets import shielded
from workflow.chronicle import Line
from workflow.desks import shown_instant

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int
#: Header, width in characters, what stands in it.
COLUMNS: tuple[tuple[str, int, Callable[[Line], Cell]], ...] = (
    ("报送件编号", 10, lambda one: one.submission),
    ("序号", 6, lambda one: one.seq),
    ("生效时间", 17, lambda one: shown_instant(one.at)),
    ("记入时间", 17, lambda one: shown_instant(one.noticed_at)),
    ("事项", 14, lambda one: one.title),
    ("办理人", 36, lambda one: one.actor),
    ("单位", 28, lambda one: one.unit),
    ("方案", 30, lambda one: one.programme),
    ("报送事项", 34, lambda one: one.obligation),
    ("期次", 10, lambda one: one.occurrence),
    ("说明", 50, lambda one: one.comment),
    ("校验值", 66, lambda one: one.hash),
)
_OPTIONS = {
    "in_memory": True, "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False,
}  # fmt: skip
_LONGEST = 32_767


def write_xlsx(lines: Iterable[Line], as_of: datetime) -> bytes:
    """The entries as an .xlsx workbook with a frozen header and filters."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": "历史记录", "created": as_of.replace(tzinfo=None)})
        page, last = book.add_worksheet("历史记录"), 0
        header = book.add_format({"bold": True, "bg_color": "#DDE7F3", "border": 1})
        for place, (title, width, _) in enumerate(COLUMNS):
            page.set_column(place, place, width)
            page.write_string(0, place, title, header)
        for last, line in enumerate(lines, start=1):
            for place, (_, _, of) in enumerate(COLUMNS):
                cell = of(line)
                page.write(last, place, cell[:_LONGEST] if isinstance(cell, str) else cell)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, max(last, 1), len(COLUMNS) - 1)
    return out.getvalue()


def write_csv(lines: Iterable[Line]) -> bytes:
    """The entries as CSV in UTF-8 with a byte order mark, so that Excel reads the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([title for title, _, _ in COLUMNS])
    for line in lines:
        cells = (of(line) for _, _, of in COLUMNS)
        writer.writerow([shielded(cell) if isinstance(cell, str) else str(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")

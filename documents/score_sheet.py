"""The scores of a programme as an Excel workbook: one sheet for each occurrence of a rated obligation."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from documents.ledger_sheets import STATES
from workflow.desks import shown_instant
from workflow.score_lists import Scored, ScoreList, Table

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_HEADER_ROW = 2
#: Signs that the name of a sheet must not have, and how long it may be.
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST = 31


def write_xlsx(found: ScoreList, as_of: datetime) -> bytes:
    """Every table on a sheet of its own: ratings as numbers, totals and places beside them."""
    out = io.BytesIO()
    title = f"{found.listed.title}{found.listed.cycle}年度评分"
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": title, "created": as_of.replace(tzinfo=None)})
        head = book.add_format({"border": 1, "bold": True, "bg_color": "#DDE7F3", "text_wrap": True, "align": "center"})
        frame, big = (
            book.add_format({"border": 1, "valign": "vcenter"}),
            book.add_format({"bold": True, "font_size": 16}),
        )
        used: set[str] = set()
        for table in found.tables:
            page = book.add_worksheet(_name(table, used))
            page.write_string(0, 0, f"{title}：{table.title}", big)
            page.write_string(1, 0, f"{table.occurrence}，截至{shown_instant(as_of)}")
            _fill(page, table, head, frame)
        if not found.tables:
            book.add_worksheet("评分").write_string(0, 0, f"{title}：还没有评分", big)
    return out.getvalue()


def _fill(page: Worksheet, table: Table, head: Format, frame: Format) -> None:
    titles = ["名次", "单位", "类别", "权重组", *table.criteria, "总分", "状态", "报送件编号"]
    widths = [8, 32, 20, 18, *[12] * len(table.criteria), 10, 10, 12]
    for place, (title, width) in enumerate(zip(titles, widths, strict=True)):
        page.set_column(place, place, width)
        page.write_string(_HEADER_ROW, place, title, head)
    for number, one in enumerate(table.lines, start=_HEADER_ROW + 1):
        for place, cell in enumerate(_cells(one)):
            if isinstance(cell, str):
                page.write_string(number, place, cell, frame)
            elif cell is None:
                page.write_blank(number, place, None, frame)
            else:
                page.write_number(number, place, cell, frame)
    page.freeze_panes(_HEADER_ROW + 1, 2)
    page.autofilter(_HEADER_ROW, 0, _HEADER_ROW + max(len(table.lines), 1), len(titles) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEADER_ROW)


def _cells(one: Scored) -> Sequence[str | float | None]:
    total = one.score.total
    return [
        one.place, one.unit.name, one.unit.category, one.score.group, *(rating.points for rating in one.score.ratings),
        None if total is None else float(total), STATES.get(one.state, one.state), one.submission_id,
    ]  # fmt: skip


def _name(table: Table, used: set[str]) -> str:
    """A name that Excel takes, and no other sheet has."""
    plain = _FORBIDDEN.sub("", f"{table.title}{table.occurrence}") or "评分"
    name, number = plain[:_LONGEST], 1
    while name.lower() in used:
        number += 1
        name = f"{plain[: _LONGEST - len(str(number)) - 1]}-{number}"
    used.add(name.lower())
    return name

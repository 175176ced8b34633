"""The board as an Excel workbook: units × obligations, each cell in words as well as in its colour."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from documents.overdue_sheet import LIGHTS, WAITING_ON
from workflow.board import Board, Cell, Column, Line
from workflow.desks import shown_instant

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_A3 = 8
_TITLE_ROWS = 3
_HEADER_ROW = 3
#: Unit code, unit and category stand before the obligations.
_FIXED = (("单位编码", 12), ("单位", 30), ("类别", 18))
_WIDTH = 17
#: In points, of one line in a row.
_LINE_HEIGHT = 15
#: Fills that stay apart in a black-and-white copy; the words say the same.
_FILLS: Mapping[str, str] = {"green": "#E3F2E7", "yellow": "#FFE9A8", "red": "#F4B6B0"}
_SAID: Mapping[str, str] = {"green": "●绿", "yellow": "◐黄", "red": "✕红"}
_LEGEND = "●绿 正常；◐黄 逾期或迟报；✕红 升级督办；空格 不承担该事项"


def write_xlsx(found: Board) -> bytes:
    """The board with frozen heads, for A3 landscape; every text is text, whatever it begins with."""
    out = io.BytesIO()
    title = f"{found.title}{found.cycle}年度看板"
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": title, "created": found.as_of.replace(tzinfo=None)})
        page = book.add_worksheet("看板")
        page.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 16}))
        page.write_string(1, 0, f"截至{shown_instant(found.as_of)}，{_counted(found)}")
        page.write_string(2, 0, _LEGEND)
        places = _places(found)
        _head(page, book, [found.columns[place] for place in places])
        _fill(page, book, found.lines, places)
        _lay_out(page, len(_FIXED) + len(places), len(found.lines))
    return out.getvalue()


def _places(found: Board) -> list[int]:
    """The columns that one of the lines has."""
    return [place for place in range(len(found.columns)) if any(line.cells[place] for line in found.lines)]


def _counted(found: Board) -> str:
    one = found.counts
    return (
        f"已报送{one.filed}件（其中迟报{one.filed_late}件），待审签{one.pending}件，草稿{one.draft}件，"
        f"逾期{one.overdue}件，免报{one.exempt}件，共{one.total}件"
    )


def _head(page: Worksheet, book: Workbook, columns: Iterable[Column]) -> None:
    head = book.add_format(
        {"border": 1, "bold": True, "bg_color": "#DDE7F3", "text_wrap": True, "valign": "vcenter", "align": "center"}
    )
    for place, (title, width) in enumerate(_FIXED):
        page.set_column(place, place, width)
        page.write_string(_HEADER_ROW, place, title, head)
    for place, one in enumerate(columns, start=len(_FIXED)):
        page.set_column(place, place, _WIDTH)
        page.write_string(_HEADER_ROW, place, _heading(one), head)
    page.set_row(_HEADER_ROW, 64)


def _heading(one: Column) -> str:
    due = f"{one.due_date:%Y-%m-%d}前"
    return "\n".join(part for part in (one.title, one.heading or one.occurrence, due) if part)


def _fill(page: Worksheet, book: Workbook, lines: Iterable[Line], places: list[int]) -> None:
    frame = {"border": 1, "valign": "vcenter", "text_wrap": True}
    plain = book.add_format(frame)
    formats = {light: book.add_format({**frame, "bg_color": fill}) for light, fill in _FILLS.items()}
    for number, line in enumerate(lines, start=_HEADER_ROW + 1):
        for place, text in enumerate((line.unit.code, line.name, line.unit.category)):
            page.write_string(number, place, text, plain)
        cells = [line.cells[at] for at in places]
        for place, cell in enumerate(cells, start=len(_FIXED)):
            _cell(page, number, place, cell, formats, plain)
        page.set_row(number, _LINE_HEIGHT * max(_lines(said(cell)) for cell in cells if cell is not None))


def _lines(text: str) -> int:
    """How many lines a text takes in a cell: not every program makes a row as high as what is in it."""
    return sum(-(-sum(1 if sign.isascii() else 2 for sign in line) // _WIDTH) or 1 for line in text.split("\n"))


def _cell(
    page: Worksheet, row: int, place: int, cell: Cell | None, formats: Mapping[str, Format], plain: Format
) -> None:
    if cell is None:
        page.write_blank(row, place, None, plain)
    else:
        page.write_string(row, place, said(cell), formats.get(cell.light, plain))


def said(cell: Cell) -> str:
    """A cell in words: light and state, how late, on whose desk it lies, the day it was put off to."""
    late = f"{cell.days_late}天" if cell.days_late else ""
    state = cell.standing if cell.state != "filed" else f"{cell.standing}{'（迟' + late + '）' if late else ''}"
    first = " ".join(part for part in (_SAID.get(cell.light, LIGHTS.get(cell.light, "")), state) if part)
    lines = [first + (f" {late}" if late and cell.state == "overdue" else "")]
    if cell.waiting_on != "none" and cell.state != "draft":
        desk = "；".join(dict.fromkeys(one.post for one in cell.stuck_with)) or WAITING_ON[cell.waiting_on]
        lines.append(f"卡在：{desk}")
    if cell.extended_from:
        lines.append(f"延至{cell.due_date:%Y-%m-%d}")
    return "\n".join(lines)


def _lay_out(page: Worksheet, columns: int, lines: int) -> None:
    page.freeze_panes(_HEADER_ROW + 1, 2)
    page.autofilter(_HEADER_ROW, 0, _HEADER_ROW + max(lines, 1), columns - 1)
    page.set_landscape()
    page.set_paper(_A3)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEADER_ROW)
    page.set_footer("&C第 &P 页，共 &N 页")

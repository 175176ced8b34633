"""The four sheets of a roster as rows of cells, and as an Excel workbook that helps to fill them in."""

from __future__ import annotations

import io
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from workflow.roster import COLUMN_TITLES, GROUP_TITLES, POST_TITLES, SHEET_TITLES, Roster, Sheet

Cell = str | date | None

_WIDTHS: dict[Sheet, tuple[int, ...]] = {
    "units": (14, 40, 24, 44, 16),
    "people": (24, 40, 34, 24, 18),
    "posts": (34, 14, 24, 14, 14),
    "supervision": (34, 14, 14, 14),
}

#: Same roster, same bytes: Excel's own zero year instead of the hour of writing.
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 – a document property without a zone
#: How far down the drop-down lists and date checks reach.
_LAST_ROW = 5000

_TEXT_ONLY = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def rows_of(sheet: Sheet, roster: Roster) -> list[list[Cell]]:
    """One sheet's cells without its header, in the order of COLUMN_TITLES; built-in names in Chinese."""
    match sheet:
        case "units":
            return [[u.code, u.name, u.category, _groups(u.groups), u.parent] for u in roster.units]
        case "people":
            return [[p.key, p.name, p.email, p.wecom_id, p.mobile] for p in roster.people]
        case "posts":
            return [[POST_TITLES.get(p.post, p.post), p.unit, p.person, p.since, p.until] for p in roster.posts]
        case "supervision":
            return [[s.post, s.unit, s.since, s.until] for s in roster.supervision]


def workbook(roster: Roster) -> bytes:
    """The roster as an .xlsx workbook; every text is written as text, whatever it begins with."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _TEXT_ONLY) as book:
        book.set_properties({"title": "花名册", "created": _CREATED})
        header = book.add_format(
            {"bold": True, "bg_color": "#DDE7F3", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet, title in SHEET_TITLES.items():
            page = book.add_worksheet(title)
            _lay_out(page, sheet, header=header, text=text, day=day)
            _fill(page, rows_of(sheet, roster), day=day)
            _guide(page, sheet)
    return out.getvalue()


def _groups(groups: tuple[str, ...]) -> str:
    return "；".join(GROUP_TITLES.get(group, group) for group in groups)


def _lay_out(page: Worksheet, sheet: Sheet, *, header: Format, text: Format, day: Format) -> None:
    """Header, widths, and columns formatted so that 0101 typed into them stays 0101."""
    for place, (column, title) in enumerate(COLUMN_TITLES[sheet].items()):
        page.set_column(place, place, _WIDTHS[sheet][place], day if column in ("from", "to") else text)
        page.write_string(0, place, title, header)
    page.set_row(0, 24)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, _LAST_ROW, len(COLUMN_TITLES[sheet]) - 1)


def _fill(page: Worksheet, rows: list[list[Cell]], *, day: Format) -> None:
    for number, cells in enumerate(rows, start=1):
        for place, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(number, place, cell, day)
            elif cell and page.write_string(number, place, cell):
                raise ValueError(f"row {number + 1}, column {place + 1}: longer than a cell can be")


def _guide(page: Worksheet, sheet: Sheet) -> None:
    """Drop-down lists and hints; they advise, the import decides."""
    for place, column in enumerate(COLUMN_TITLES[sheet]):
        rule = _rule(sheet, column)
        if rule:
            page.data_validation(1, place, _LAST_ROW, place, {"ignore_blank": True, **rule})


def _rule(sheet: Sheet, column: str) -> dict[str, object] | None:
    listed = {"validate": "list", "error_type": "warning"}
    units, people = SHEET_TITLES["units"], SHEET_TITLES["people"]
    match sheet, column:
        case _, "from" | "to":
            hint = "填日期，例如 2021-12-01；留空表示不限"
            limits = {"validate": "date", "criteria": ">=", "value": date(1949, 10, 1)}
            return {**limits, "input_message": hint, "error_message": "请填写日期，例如 2021-12-01"}
        case "units", "groups":
            hint = "一个单位可在多个分组，用分号隔开；领导小组成员单位须写明“领导小组成员单位”"
            return {"validate": "any", "input_message": hint}
        case "posts", "post":
            hint = "联络员、主要负责同志须填单位编码；领导职务写全称，单位编码留空"
            source = list(POST_TITLES.values())
            return {**listed, "source": source, "show_error": False, "input_message": hint}
        case _, "unit code" | "parent code":
            text = "“单位”表中没有这个编码"
            return {**listed, "source": f"='{units}'!$A$2:$A${_LAST_ROW + 1}", "error_message": text}
        case _, "person key":
            text = "“人员”表中没有这个编号"
            return {**listed, "source": f"='{people}'!$A$2:$A${_LAST_ROW + 1}", "error_message": text}
    return None

"""The overdue list as an Excel workbook and as CSV; every text is text, whatever it begins with."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from documents.sheets import shielded
from workflow.desks import shown_instant
from workflow.overdue import Item

Cell = str | int | date

WAITING_ON = {"unit": "单位", "approver": "审签人", "office": "领导小组办公室", "none": "无"}
LIGHTS = {"green": "绿", "yellow": "黄", "red": "红"}

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
#: A cell of Excel holds no more characters than this.
_LONGEST = 32_767
_HEADER_ROW = 2


@dataclass(frozen=True)
class Column:
    """One column: its header, its width in characters, what stands in it."""

    title: str
    width: int
    of: Callable[[Item], Cell]


COLUMNS = (
    Column("方案", 22, lambda item: item.programme_title),
    Column("报送事项", 30, lambda item: item.obligation_title),
    Column("期次", 10, lambda item: item.occurrence),
    Column("具体内容", 30, lambda item: item.heading),
    Column("单位编码", 12, lambda item: item.unit.code),
    Column("单位", 32, lambda item: item.unit.name),
    Column("类别", 20, lambda item: item.unit.category),
    Column("涉及单位", 24, lambda item: item.subject.name if item.subject else ""),
    Column("截止日期", 12, lambda item: item.due_date),
    Column("逾期天数", 10, lambda item: item.days_late),
    Column("逾期工作日", 12, lambda item: item.working_days_late),
    Column("亮灯", 8, lambda item: LIGHTS.get(item.light, item.light)),
    Column("卡在", 14, lambda item: WAITING_ON.get(item.waiting_on, item.waiting_on)),
    Column("卡在职务", 36, lambda item: "；".join(desk.post for desk in item.stuck_with)),
    Column("卡在姓名", 36, lambda item: "；".join(desk.name for desk in item.stuck_with)),
    Column("联系电话", 18, lambda item: "；".join(desk.mobile for desk in item.stuck_with if desk.mobile)),
    Column("最近提醒时间", 18, lambda item: shown_instant(item.last_alert_at) if item.last_alert_at else ""),
    Column("最近督办梯次", 20, lambda item: item.rung_title),
    Column("报送件编号", 12, lambda item: item.submission_id),
)


def write_xlsx(items: Sequence[Item], as_of: datetime) -> bytes:
    """The list as an .xlsx workbook: title and time on top, then a frozen header with filters."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": "逾期清单", "created": as_of.replace(tzinfo=None)})
        page = book.add_worksheet("逾期清单")
        page.write_string(0, 0, "逾期清单", book.add_format({"bold": True, "font_size": 16}))
        page.write_string(1, 0, f"截至{shown_instant(as_of)}，共{len(items)}件")
        frame = {"border": 1, "valign": "vcenter"}
        _head(page, book.add_format({**frame, "bold": True, "bg_color": "#DDE7F3", "text_wrap": True}))
        _fill(page, items, book.add_format(frame), book.add_format({**frame, "num_format": "yyyy-mm-dd"}))
        page.freeze_panes(_HEADER_ROW + 1, 0)
        page.autofilter(_HEADER_ROW, 0, _HEADER_ROW + max(len(items), 1), len(COLUMNS) - 1)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(_HEADER_ROW)
    return out.getvalue()


def write_csv(items: Iterable[Item]) -> bytes:
    """The list as CSV in UTF-8 with a byte order mark, so that Excel reads the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.title for column in COLUMNS])
    for item in items:
        writer.writerow([_plain(column.of(item)) for column in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    """A number or a date never begins a formula; a text might."""
    return shielded(cell) if isinstance(cell, str) else str(cell)


def _head(page: Worksheet, header: Format) -> None:
    page.set_row(_HEADER_ROW, 24)
    for place, column in enumerate(COLUMNS):
        page.set_column(place, place, column.width)
        page.write_string(_HEADER_ROW, place, column.title, header)


def _fill(page: Worksheet, items: Sequence[Item], plain: Format, day: Format) -> None:
    for number, item in enumerate(items, start=_HEADER_ROW + 1):
        for place, column in enumerate(COLUMNS):
            cell = column.of(item)
            if isinstance(cell, str):
                page.write_string(number, place, cell[:_LONGEST], plain)
            elif isinstance(cell, date):
                page.write_datetime(number, place, cell, day)
            else:
                page.write_number(number, place, cell, plain)

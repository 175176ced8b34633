"""A ledger as an Excel workbook and as CSV, with how each task stands beside it where that is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from documents.overdue_sheet import LIGHTS
from documents.sheets import shielded
from workflow.tasks.sheet_rows import TITLES, Column, TaskRow
from workflow.tasks.standing import Standing
from workflow.tasks.words import LIMITS_SAID, figures_said

_WIDTHS: Mapping[Column, int] = {
    "no": 8, "part": 16, "title": 44, "lead": 30, "together": 40, "leader": 28, "due": 16, "target": 36,
    "clause": 12, "remark": 24,
}  # fmt: skip
#: Same tasks, same bytes: Excel's own zero year instead of the hour of writing.
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 – a document property without a zone
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
#: How far down the hints reach.
_LAST_ROW = 5000
STATES = {"draft": "未报送", "pending": "待审签", "filed": "已报送", "overdue": "逾期", "exempt": "免报"}
_BESIDE = ("状态", "完成值", "亮灯")
_HINTS: Mapping[Column, str] = {
    "due": f"可写：{LIMITS_SAID}",
    "target": "如：签约项目≥300个；产业项目占比≥80%",
    "lead": "写花名册中的单位全称，几个单位用顿号隔开",
    "together": "写花名册中的单位全称，用顿号隔开",
}


def workbook(tasks: Sequence[TaskRow], beside: Mapping[str, Standing] | None = None) -> bytes:
    """The tasks as an .xlsx workbook; every text is written as text, whatever it begins with."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": "任务台账", "created": _CREATED})
        frame = {"border": 1, "text_wrap": True, "valign": "vcenter", "num_format": "@"}
        head = book.add_format({**frame, "bold": True, "bg_color": "#DDE7F3", "align": "center"})
        text, page = book.add_format(frame), book.add_worksheet("台账")
        titles = _titles(beside)
        for place, title in enumerate(titles):
            page.set_column(place, place, [*_WIDTHS.values(), 20, 30, 8][place])
            page.write_string(0, place, title, head)
        for number, task in enumerate(tasks, start=1):
            for place, cell in enumerate(_cells(task, beside)):
                if page.write_string(number, place, cell, text):
                    raise ValueError(f"row {number + 1}, column {place + 1}: longer than a cell can be")
        _lay_out(page, len(titles))
    return out.getvalue()


def csv_text(tasks: Sequence[TaskRow], beside: Mapping[str, Standing] | None = None) -> bytes:
    """The tasks as CSV in UTF-8 with a byte order mark; what looks like a formula is shielded."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_titles(beside))
    for task in tasks:
        writer.writerow([shielded(cell) for cell in _cells(task, beside)])
    return out.getvalue().encode("utf-8-sig")


def _titles(beside: Mapping[str, Standing] | None) -> list[str]:
    return [*TITLES.values(), *(_BESIDE if beside is not None else ())]


def _cells(task: TaskRow, beside: Mapping[str, Standing] | None) -> list[str]:
    limit = str(task.limit) if task.limit is not None else ""
    cells = [
        task.no, task.part, task.title, "、".join(task.leads), "、".join(task.together), task.leader, limit,
        figures_said(task.figures), task.clause, task.remark,
    ]  # fmt: skip
    if beside is not None:
        cells += _standing(beside.get(task.no))
    return cells


def _standing(standing: Standing | None) -> list[str]:
    """State, figures and light; who they are of is said where there is more than one."""
    if standing is None:
        return ["", "", ""]
    total = sum(count for _, count in standing.states)
    states = (f"{STATES[state]}{f'{count}件' if total > 1 else ''}" for state, count in standing.states)
    units, labels = {one.unit for one in standing.reported}, {one.label for one in standing.reported}
    values = [
        f"{f'{one.unit}：' if len(units) > 1 else ''}{one.label if len(labels) > 1 else ''}{one.value}"
        for one in standing.reported
    ]
    return ["，".join(states), "；".join(values), LIGHTS.get(standing.light, standing.light)]


def _lay_out(page: Worksheet, columns: int) -> None:
    page.set_row(0, 24)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, _LAST_ROW, columns - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for place, column in enumerate(TITLES):
        if column in _HINTS:
            page.data_validation(1, place, _LAST_ROW, place, {"validate": "any", "input_message": _HINTS[column]})

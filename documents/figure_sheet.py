"""The figures of a programme as tables: one each, with what its numbers mean, for the page and as an Excel workbook."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from workflow.desks import shown_instant
from workflow.figures import Figures, Step, Tally
from workflow.turnaround import Turn

Kind = Literal["text", "count", "share", "hours"]
Cell = str | int | float | None

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_RATE = "按时率按最初截止日计算：最后一道审签（不需审签的为提交）不晚于最初截止日的件数，除以已到期的件数"
_EXTENDED = "“含延期”把批准延期后按期报送的也算按时"
_LEFT_OUT = "免报的、未到期的不计，办公室和有关工作机构自身的不计"


@dataclass(frozen=True)
class Column:
    """A column: its heading, and what its cells are."""

    title: str
    kind: Kind = "count"


@dataclass(frozen=True)
class Table:
    """One figure's numbers; the first column names the rows."""

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(figures: Figures) -> tuple[Table, ...]:
    """Every table, in the order of the page."""
    return (
        _rates("month", "各月按时率", f"月份为应报月份。{_RATE}；{_LEFT_OUT}", "月份", figures.by_month, figures),
        _rates("category", "各类单位按时率", f"{_RATE}；{_LEFT_OUT}", "单位类别", figures.by_category, figures),
        _lateness(figures),
        _turns("post", "各审签人用时", "职务", figures.turns.by_post),
        _turns("turn-month", "各月审签用时", "决定月份", figures.turns.by_month),
        _lights(figures),
    )


def shown(cell: Cell, kind: Kind) -> str:
    """A cell as people read it."""
    if cell is None:
        return "–"
    match kind:
        case "share":
            return f"{float(cell) * 100:.1f}%"
        case "hours":
            return f"{float(cell):.1f}"
    return str(cell)


def step_title(step: Step) -> str:
    """A step of lateness in Chinese."""
    if step.until is None:
        return f"{step.since}天以上"
    if step.until == 0:
        return "不足1天"
    return f"{step.since}至{step.until}天"


def _rates(name: str, title: str, meaning: str, head: str, tallies: Mapping[str, Tally], figures: Figures) -> Table:
    extended = figures.extended
    columns = [Column(head, "text"), Column("已到期"), Column("按时")]
    columns += [Column("延期内报送")] if extended else []
    columns += [Column("逾期后报送"), Column("尚未报送"), Column("按时率", "share")]
    columns += [Column("按时率（含延期）", "share")] if extended else []
    columns += [Column("免报"), Column("未到期")]
    rows = [(key or "未分类", *_rate_cells(one, extended)) for key, one in tallies.items()]
    if len(rows) > 1:
        rows.append(("合计", *_rate_cells(figures.total, extended)))
    return Table(name, title, meaning + (f"。{_EXTENDED}" if extended else "") + "。", tuple(columns), tuple(rows))


def _rate_cells(one: Tally, extended: bool) -> tuple[Cell, ...]:
    within: tuple[Cell, ...] = (one.of("in-extension"),) if extended else ()
    second: tuple[Cell, ...] = (one.extended_rate,) if extended else ()
    return (
        one.due, one.of("in-time"), *within, one.of("late"), one.of("overdue"), one.rate, *second, one.of("exempt"),
        one.of("open"),
    )  # fmt: skip


def _lateness(figures: Figures) -> Table:
    meaning = "逾期后报送的按报送日、尚未报送的按统计日，从截止日（有延期的为延期后的）起算自然日；只计各单位的。"
    rows = tuple((step_title(one), one.late, one.overdue, one.late + one.overdue) for one in figures.lateness)
    shows = rows if any(row[3] for row in rows) else ()
    columns = (Column("逾期天数", "text"), Column("逾期后报送"), Column("尚未报送"), Column("合计"))
    return Table("lateness", "逾期时长分布", meaning, columns, shows)


def _turns(name: str, title: str, head: str, turns: Mapping[str, Turn]) -> Table:
    meaning = "从请求审签到作出决定（同意或退回）的工作时间，工作日9时至17时计，每个工作日8小时；期间内作出的决定。"
    hours = (Column("中位数（小时）", "hours"), Column("九成不超过（小时）", "hours"))
    columns = (Column(head, "text"), Column("决定件数"), *hours)
    rows = tuple((key, one.count, one.median, one.ninetieth) for key, one in turns.items())
    return Table(name, title, meaning, columns, rows)


def _lights(figures: Figures) -> Table:
    meaning = "每天（超过一个月的为每周日）24时已开启的全部报送件的亮灯，由历史记录推得，不是按今天的状态倒推。"
    columns = (Column("日期", "text"), Column("绿灯"), Column("黄灯"), Column("红灯"))
    rows = tuple((one.day.isoformat(), one.green, one.yellow, one.red) for one in figures.lights)
    return Table("lights", "亮灯变化", meaning, columns, rows if any(sum(row[1:]) for row in rows) else ())


def write_xlsx(figures: Figures) -> bytes:
    """A workbook with a sheet for each table: numbers as numbers, what they mean above them."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": "统计", "created": figures.as_of.replace(tzinfo=None)})
        frame = {"border": 1, "valign": "vcenter"}
        formats = {
            "text": book.add_format(frame),
            "count": book.add_format({**frame, "num_format": "0"}),
            "share": book.add_format({**frame, "num_format": "0.0%"}),
            "hours": book.add_format({**frame, "num_format": "0.0"}),
        }
        bold = book.add_format({"bold": True, "font_size": 16})
        head = book.add_format({**frame, "bold": True, "bg_color": "#DDE7F3", "text_wrap": True})
        for table in tables(figures):
            page = book.add_worksheet(table.title)
            page.write_string(0, 0, f"{figures.title}（{figures.cycle}年度）{table.title}", bold)
            page.write_string(1, 0, f"{figures.period.title}，截至{shown_instant(figures.as_of)}。{table.meaning}")
            _fill(page, table, head, formats)
    return out.getvalue()


def _fill(page: Worksheet, table: Table, head: Format, formats: Mapping[str, Format]) -> None:
    for place, column in enumerate(table.columns):
        page.set_column(place, place, 34 if place == 0 else 16)
        page.write_string(2, place, column.title, head)
    for number, row in enumerate(table.rows, start=3):
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            if isinstance(cell, str):
                page.write_string(number, place, cell, formats["text"])
            elif cell is None:
                page.write_blank(number, place, None, formats["text"])
            else:
                page.write_number(number, place, cell, formats[column.kind])
    page.freeze_panes(3, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)

"""Ledgers of tasks (台账) from and to Excel workbooks and CSV: one row a task.

Columns go by the names offices give them, in any order, below a title or not. A merged cell counts for all its
rows; an empty cell is empty. Reading collects every fault before it refuses; what is written reads back the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from documents import ledger_sheets
from documents.cells import Sheet
from documents.sheets import Table, WorkbookRefused, contents, csv_rows, workbook_sheets
from workflow.tasks.sheet_rows import TITLES, Column, LedgerFault, LedgerRefused, TaskRow, check, fault
from workflow.tasks.standing import Standing
from workflow.tasks.words import Figure, TimeLimit, parse_figures, parse_limit

#: Other names that columns go by, beside those of TITLES; 责任单位 leads where there is no 牵头单位.
_ALSO: Mapping[Column, str] = {
    "no": "编号 任务编号 任务序号 项目序号 no number",
    "part": "任务类别 任务分类 所属类别 类型 分类 板块 part group",
    "title": "任务名称 工作任务 重点任务 任务内容 具体任务 主要任务 目标任务 工作内容 工作事项 事项 task title",
    "lead": "牵头部门 牵头责任单位 主责单位 主办单位 牵头 lead",
    "together": "配合单位 责任部门 协办单位 参加单位 配合部门 责任单位及配合单位 with cooperating",
    "leader": "牵头领导 分管领导 市级领导 市领导 包抓领导 包保领导 责任市领导 leader",
    "due": "时限 完成时间 完成日期 完成期限 办结时限 时间节点 截止日期 截止时间 时间要求 due",
    "target": "目标 目标任务值 指标 量化指标 量化目标 年度目标 目标要求 target targets",
    "clause": "文件依据 条款 任务来源 来源 clause",
    "remark": "说明 备注说明 remark",
}
_REQUIRED: tuple[Column, ...] = ("no", "title", "lead", "due")
#: A title above the header is common; the header is looked for this far down.
_HEADER_WITHIN = 10
#: A row with so many known columns is a header.
_HEADER_COLUMNS = 3
#: A cell merged over so many known columns is a heading between the rows, not part of one.
_HEADING_COLUMNS = 3
_LOOSE = re.compile(r"[\s_\-*＊]+|[（(][^（()）]*[）)]$")
_STRAY = " \t\r\n\v\f\xa0\u3000\u200b\ufeff"
_BROKEN = re.compile(r"\s*[\r\n]+\s*")
#: Between names, but not inside brackets.
_BETWEEN = re.compile(r"[；;、,，\r\n](?![^（(]*[）)])")


@dataclass(frozen=True)
class Line:
    """One filled row: its texts by column, and where its faults go."""

    row: int
    cells: Mapping[Column, str]
    faults: list[LedgerFault]

    def text(self, column: Column) -> str:
        """A cell without the spaces around it and the line breaks inside."""
        return _BROKEN.sub("", self.cells.get(column, "").strip(_STRAY))

    def names(self, column: Column) -> tuple[str, ...]:
        """The names in a cell, each once."""
        parts = (part.strip(_STRAY) for part in _BETWEEN.split(self.cells.get(column, "")))
        return tuple(dict.fromkeys(part for part in parts if part))

    def limit(self) -> TimeLimit | None:
        """The time limit, None when it is a fault."""
        try:
            return parse_limit(self.cells.get("due", "").strip(_STRAY))
        except ValueError as wrong:
            self.faults.append(fault(self.row, "due", "limit-refused", str(wrong)))
            return None

    def figures(self) -> tuple[Figure, ...]:
        """The figures, none when they are a fault."""
        try:
            return parse_figures(self.cells.get("target", "").strip(_STRAY))
        except ValueError as wrong:
            self.faults.append(fault(self.row, "target", "target-refused", str(wrong)))
            return ()


def read(path: Path) -> tuple[TaskRow, ...]:
    """The tasks in an .xlsx workbook or a .csv file, whatever the sheet is called.

    Raises LedgerRefused with every fault found; names are looked up by ``workflow.tasks.sheet_rows.check``.
    """
    try:
        content = contents(path)
    except WorkbookRefused as refused:
        raise LedgerRefused([LedgerFault(0, "", refused.kind, refused.text)]) from None
    return read_content(content, name=path.name)


def read_content(content: bytes, *, name: str) -> tuple[TaskRow, ...]:
    """The tasks in the bytes of a file, told by its name what it is; raises LedgerRefused as ``read`` does."""
    try:
        sheet = _csv(content, name) if name.lower().endswith(".csv") else _workbook(content, name)
    except WorkbookRefused as refused:
        raise LedgerRefused([LedgerFault(0, "", refused.kind, refused.text)]) from None
    faults: list[LedgerFault] = []
    lines = list(_lines(sheet, faults))
    if not lines and not faults:
        faults.append(LedgerFault(0, "", "empty", "台账中没有任务"))
    tasks = tuple(_task(line) for line in lines)
    order = {title: place for place, title in enumerate(TITLES.values())}
    faults += check(tasks)
    if faults:
        raise LedgerRefused(sorted(faults, key=lambda one: (one.row, order.get(one.column, -1))))
    return tasks


def write(tasks: Sequence[TaskRow], path: Path, *, beside: Mapping[str, Standing] | None = None) -> None:
    """The tasks as an .xlsx workbook or a .csv file; ``beside`` adds how each stands, by its number.

    Raises LedgerRefused for any other suffix.
    """
    match path.suffix.lower():
        case ".xlsx":
            path.write_bytes(ledger_sheets.workbook(tasks, beside))
        case ".csv":
            path.write_bytes(ledger_sheets.csv_text(tasks, beside))
        case _:
            text = f"“{path.name}”的格式不支持，请用 .xlsx 或 .csv"
            raise LedgerRefused([LedgerFault(0, "", "unknown-format", text)])


def _csv(content: bytes, name: str) -> Sheet:
    return {"rows": csv_rows(content, name=name), "merged": []}


def _workbook(content: bytes, name: str) -> Sheet:
    """The one sheet that looks like a ledger; raises LedgerRefused."""
    sheets = workbook_sheets(content, name=name)
    found = [name for name, sheet in sheets.items() if _header_row(sheet["rows"]) is not None]
    if len(found) == 1:
        return sheets[found[0]]
    if found:
        text = f"“{'”和“'.join(found)}”都像是台账，只留一张"
        raise LedgerRefused([LedgerFault(0, "", "several-sheets", text)])
    raise LedgerRefused([LedgerFault(0, "", "no-header", _no_header())])


def _no_header() -> str:
    return f"找不到表头，前{_HEADER_WITHIN}行中须有一行写明：{'、'.join(TITLES[one] for one in _REQUIRED)}"


def _header_row(table: Table) -> int | None:
    """The index of the row that names the most columns; None when none names enough."""
    head = [len({_column(cell) for cell in row} - {None}) for row in table[:_HEADER_WITHIN]]
    most = max(head, default=0)
    return head.index(most) if most >= _HEADER_COLUMNS else None


def _column(written: str) -> Column | None:
    """The column a header cell names, None for one that no ledger knows."""
    loose = _LOOSE.sub("", _LOOSE.sub("", written.strip(_STRAY))).lower()
    for column, title in TITLES.items():
        if loose == title or loose in _ALSO[column].split():
            return column
    return None


def _lines(sheet: Sheet, faults: list[LedgerFault]) -> Iterator[Line]:
    """The filled rows below the header; nothing when the header lacks a column."""
    table = sheet["rows"]
    place = _header_row(table)
    if place is None:
        faults.append(LedgerFault(0, "", "no-header", _no_header()))
        return
    header = _leading([_column(cell) for cell in table[place]], table[place])
    wrong = list(_header_faults(header, place + 1))
    faults += wrong
    if wrong:
        return
    merged, headings = _merged(sheet, header)
    for index, cells in enumerate(table[place + 1 :], start=place + 1):
        own = any(cell.strip(_STRAY) for column, cell in zip(header, cells, strict=False) if column)
        if index in headings:
            text = f"整行合并的小标题“{_BROKEN.sub('', ''.join(cells).strip(_STRAY))[:40]}”请删去，类别写在“类别”列"
            faults.append(LedgerFault(index + 1, "", "heading-row", text))
        elif own:
            yield Line(index + 1, _by_column(header, cells, merged.get(index, {})), faults)


def _leading(header: list[Column | None], written: Sequence[str]) -> list[Column | None]:
    """The header with 责任单位 as the lead where nothing else leads."""
    if "lead" in header:
        return header
    called = [_LOOSE.sub("", cell.strip(_STRAY)) for cell in written]
    leads = [place for place, name in enumerate(called) if name in ("责任单位", "责任部门")]
    return [("lead" if place == leads[0] else one) for place, one in enumerate(header)] if leads else header


def _header_faults(header: Sequence[Column | None], row: int) -> Iterator[LedgerFault]:
    for column, title in TITLES.items():
        if column in _REQUIRED and column not in header:
            yield fault(row, column, "missing-column", f"缺少“{title}”列")
        elif header.count(column) > 1 and column != "together":
            yield fault(row, column, "duplicate-column", f"“{title}”列出现了不止一次")


def _merged(sheet: Sheet, header: Sequence[Column | None]) -> tuple[dict[int, dict[int, str]], set[int]]:
    """What merged cells say in the rows below their first, and the rows that are one merged heading."""
    table, said, headings = sheet["rows"], dict[int, dict[int, str]](), set[int]()
    for top, left, bottom, right in sheet["merged"]:
        if top >= len(table) or left >= len(table[top]):
            continue
        if len({*header[left : right + 1]} - {None}) >= _HEADING_COLUMNS:
            headings.add(top)
        if left < len(header) and header[left] is not None:
            for row in range(top + 1, min(bottom, len(table) - 1) + 1):
                said.setdefault(row, {})[left] = table[top][left]
    return said, headings


def _by_column(header: Sequence[Column | None], cells: Sequence[str], merged: Mapping[int, str]) -> dict[Column, str]:
    """The cells of a row by column; 责任单位 and 配合单位 together are one."""
    found: dict[Column, str] = {}
    for place, column in enumerate(header):
        if column is not None:
            cell = merged.get(place, cells[place] if place < len(cells) else "")
            found[column] = f"{found[column]}\n{cell}" if column in found else cell
    return found


def _task(line: Line) -> TaskRow:
    return TaskRow(
        no=line.text("no"), title=line.text("title"), leads=line.names("lead"), limit=line.limit(),
        part=line.text("part"), together=line.names("together"), leader=line.text("leader"),
        figures=line.figures(), clause=line.text("clause"), remark=line.text("remark"), row=line.row,
    )  # fmt: skip

"""Rosters from and to Excel workbooks and folders of CSV: one layout for import and export.

Sheets and columns go by their Chinese names or the contract's English ones, in any order. Reading collects
every fault before it refuses; what is written reads back as the same roster.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from documents.roster_sheets import rows_of, workbook
from documents.sheets import Table, WorkbookRefused, contents, csv_table, shielded, workbook_tables
from workflow.calendars import day_written
from workflow.roster import (
    COLUMN_TITLES,
    SHEET_TITLES,
    PersonRow,
    PostRow,
    Roster,
    RosterFault,
    RosterRefused,
    Sheet,
    SupervisionRow,
    UnitRow,
    check,
    group_key,
    post_key,
)

#: Other names that columns go by, beside the Chinese titles and the contract's English names.
_ALSO: Mapping[str, str] = {
    "编码": "code",
    "名称": "name",
    "单位类别": "category",
    "所属分组": "groups",
    "上级编码": "parent code",
    "上级单位": "parent code",
    "parent": "parent code",
    "编号": "key",
    "人员姓名": "name",
    "邮箱": "email",
    "电子邮件": "email",
    "企业微信": "wecom id",
    "企业微信id": "wecom id",
    "wecom": "wecom id",
    "手机": "mobile",
    "手机号": "mobile",
    "职务": "post",
    "岗位": "post",
    "单位": "unit code",
    "unit": "unit code",
    "人员": "person key",
    "person": "person key",
    "开始日期": "from",
    "自": "from",
    "结束日期": "to",
    "至": "to",
}
#: A title above the header is common; the header is looked for this far down.
_HEADER_WITHIN = 10
_SEPARATORS = re.compile("[；;、,，]")
_LOOSE = re.compile(r"[\s_\-*＊]+")
_STRAY = " \t\r\n\v\f\xa0\u3000\u200b\ufeff"
_SERIAL = re.compile(r"\d{5}")
_BY_SPAN = frozenset({"two-heads", "vacant-post", "bad-span"})


@dataclass(frozen=True)
class Line:
    """One filled row of a sheet: its texts by column, and where its faults go."""

    sheet: Sheet
    row: int
    cells: Mapping[str, str]
    faults: list[RosterFault]

    def text(self, column: str) -> str:
        """A cell without the spaces around it."""
        return self.cells.get(column, "").strip(_STRAY)

    def optional(self, column: str) -> str | None:
        """A cell, None when it is empty."""
        return self.text(column) or None

    def day(self, column: str) -> date | None:
        """A date, None when the cell is empty or, as a fault, cannot be read."""
        written = self.text(column)
        if not written:
            return None
        try:
            if _SERIAL.fullmatch(written):
                raise ValueError(f"“{written}”是日期的序号，请把单元格格式改为日期")
            return day_written(written)
        except ValueError as fault:
            self.faults.append(_fault(self.sheet, self.row, column, "unreadable-date", str(fault)))
            return None


def read(path: Path) -> Roster:
    """The roster in an .xlsx workbook, or in a folder of units.csv, people.csv, posts.csv, supervision.csv.

    Raises RosterRefused with every fault found. A roster that reads well may still contradict itself:
    ``workflow.roster.check`` says how.
    """
    faults: list[RosterFault] = []
    return _read(_folder(path, faults) if path.is_dir() else _workbook(path, faults), faults)


def read_workbook(data: bytes, *, name: str) -> Roster:
    """The roster in the bytes of an .xlsx workbook, as ``read`` does; ``name`` is what faults of the file say."""
    faults: list[RosterFault] = []
    return _read(_sheets(data, name, faults), faults)


def _read(tables: Mapping[Sheet, Table], faults: list[RosterFault]) -> Roster:
    lines = {sheet: list(_lines(sheet, table, faults)) for sheet, table in tables.items()}
    incomplete = bool(faults)
    roster = _roster(lines)
    if faults:
        raise RosterRefused(faults if incomplete else _in_order([*faults, *_beside(roster)]))
    return roster


def write(roster: Roster, path: Path) -> None:
    """The roster as an .xlsx workbook, or as a folder of CSV files when the path has no suffix.

    Raises RosterRefused for any other suffix.
    """
    if path.is_dir() or not path.suffix:
        path.mkdir(parents=True, exist_ok=True)
        for sheet in SHEET_TITLES:
            (path / f"{sheet}.csv").write_bytes(_csv(sheet, roster))
    elif path.suffix.lower() == ".xlsx":
        path.write_bytes(workbook(roster))
    else:
        text = f"“{path.name}”的格式不支持，请用 .xlsx 或不带后缀的文件夹名"
        raise RosterRefused([RosterFault("", 0, "", "unknown-format", text)])


def _workbook(path: Path, faults: list[RosterFault]) -> dict[Sheet, Table]:
    try:
        data = contents(path)
    except WorkbookRefused as refused:
        raise RosterRefused([RosterFault("", 0, "", refused.kind, refused.text)]) from None
    return _sheets(data, path.name, faults)


def _sheets(data: bytes, name: str, faults: list[RosterFault]) -> dict[Sheet, Table]:
    names = [name for sheet, title in SHEET_TITLES.items() for name in (title, sheet)]
    try:
        found = workbook_tables(data, names, name=name)
    except WorkbookRefused as refused:
        raise RosterRefused([RosterFault("", 0, "", refused.kind, refused.text)]) from None
    return _by_sheet(found, faults)


def _folder(path: Path, faults: list[RosterFault]) -> dict[Sheet, Table]:
    names = {name for sheet, title in SHEET_TITLES.items() for name in (title, sheet)}
    found: dict[str, Table | None] = {}
    for file in sorted(path.iterdir()):
        if file.suffix.lower() == ".csv" and file.stem.strip().lower() in names:
            try:
                found[file.stem] = csv_table(file)
            except WorkbookRefused as refused:
                faults.append(RosterFault("", 0, "", refused.kind, refused.text))
                found[file.stem] = None
    return _by_sheet(found, faults)


def _by_sheet(found: Mapping[str, Table | None], faults: list[RosterFault]) -> dict[Sheet, Table]:
    """The tables under the sheets they are; one missing or there twice is a fault, an unread one is not."""
    tables: dict[Sheet, Table] = {}
    for sheet, title in SHEET_TITLES.items():
        names = [name for name in found if name.strip().lower() in (sheet, title)]
        if not names:
            faults.append(RosterFault(title, 0, "", "missing-sheet", f"缺少“{title}”表"))
        elif len(names) > 1:
            text = f"“{'”和“'.join(names)}”是同一张表，只留一张"
            faults.append(RosterFault(title, 0, "", "duplicate-sheet", text))
        elif (table := found[names[0]]) is not None:
            tables[sheet] = table
    return tables


def _lines(sheet: Sheet, table: Table, faults: list[RosterFault]) -> Iterator[Line]:
    """The filled rows below the header; nothing when the header lacks a column."""
    head = table[:_HEADER_WITHIN] or [[]]
    headers = [[_column(sheet, cell) for cell in row] for row in head]
    place = max(range(len(headers)), key=lambda number: len(set(headers[number]) - {None}))
    header = headers[place]
    wrong = list(_header_faults(sheet, header, place + 1))
    faults += wrong
    if wrong:
        return
    for row, cells in enumerate(table[place + 1 :], start=place + 2):
        named = {column: cell for column, cell in zip(header, cells, strict=False) if column is not None}
        if any(cell.strip(_STRAY) for cell in named.values()):
            yield Line(sheet, row, named, faults)


def _column(sheet: Sheet, written: str) -> str | None:
    """The column a header cell names, None for one that no roster knows."""
    loose = _LOOSE.sub("", written).strip(_STRAY).lower()
    for column, title in COLUMN_TITLES[sheet].items():
        if loose in (title, _LOOSE.sub("", column)):
            return column
    also = _ALSO.get(loose)
    return also if also in COLUMN_TITLES[sheet] else None


def _header_faults(sheet: Sheet, header: Sequence[str | None], row: int) -> Iterator[RosterFault]:
    for column, title in COLUMN_TITLES[sheet].items():
        if column not in header:
            yield _fault(sheet, row, column, "missing-column", f"缺少“{title}”列（{column}）")
        elif header.count(column) > 1:
            yield _fault(sheet, row, column, "duplicate-column", f"“{title}”列出现了不止一次")


def _roster(lines: Mapping[Sheet, Sequence[Line]]) -> Roster:
    return Roster(
        units=tuple(_unit(line) for line in lines.get("units", ())),
        people=tuple(_person(line) for line in lines.get("people", ())),
        posts=tuple(_post(line) for line in lines.get("posts", ())),
        supervision=tuple(_supervision(line) for line in lines.get("supervision", ())),
    )


def _unit(line: Line) -> UnitRow:
    written = (group.strip(_STRAY) for group in _SEPARATORS.split(line.text("groups")))
    groups = tuple(dict.fromkeys(group_key(group) for group in written if group))
    code, name, category = line.text("code"), line.text("name"), line.text("category")
    return UnitRow(code, name, category, groups, line.optional("parent code"), line.row)


def _person(line: Line) -> PersonRow:
    email, wecom_id, mobile = line.optional("email"), line.optional("wecom id"), line.optional("mobile")
    return PersonRow(line.text("key"), line.text("name"), email, wecom_id, mobile, line.row)


def _post(line: Line) -> PostRow:
    post, unit, person = post_key(line.text("post")), line.optional("unit code"), line.text("person key")
    return PostRow(post, unit, person, line.day("from"), line.day("to"), line.row)


def _supervision(line: Line) -> SupervisionRow:
    post, unit = line.text("post"), line.text("unit code")
    return SupervisionRow(post, unit, line.day("from"), line.day("to"), line.row)


def _beside(roster: Roster) -> Iterator[RosterFault]:
    """What else is wrong with a roster whose unreadable dates were left open."""
    return (fault for fault in check(roster) if fault.code not in _BY_SPAN)


def _in_order(faults: Sequence[RosterFault]) -> list[RosterFault]:
    order = {title: place for place, title in enumerate(SHEET_TITLES.values())}
    return sorted(faults, key=lambda fault: (order[fault.sheet], fault.row))


def _fault(sheet: Sheet, row: int, column: str, code: str, text: str) -> RosterFault:
    return RosterFault(SHEET_TITLES[sheet], row, COLUMN_TITLES[sheet][column], code, text)


def _csv(sheet: Sheet, roster: Roster) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMN_TITLES[sheet].values())
    for cells in rows_of(sheet, roster):
        writer.writerow([shielded(str(cell)) if cell is not None else "" for cell in cells])
    return out.getvalue().encode("utf-8-sig")

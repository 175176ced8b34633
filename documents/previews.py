"""Attachments to be read on a page: a workbook as tables, a Word document as text, pictures and PDF as they are.

What a file is, is told by its first bytes and its name together. Everything hostile is refused before it is parsed
(size, what it unpacks to as declared and as counted, macros, passwords), and parsing happens in a process of its
own; one at a time, so that many readers cannot fill the machine. Only what fits a page is handed on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from documents import paragraphs, sheets
from documents.cells import Sheet
from documents.paragraphs import Block, Paper
from documents.sheets import Family, WorkbookRefused
from workflow.refusals import Refusal

Kind = Literal["workbook", "csv", "document", "picture", "pdf", "none"]

#: What of a table a page shows; the whole is in the file.
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 20, 500, 40, 20_000
#: Signs of one cell, and blocks of a document, on a page.
LONGEST_CELL, MOST_BLOCKS = 1_000, 3_000
LARGEST = sheets.LARGEST_FILE

DOCUMENT = Family("word/document.xml", "not-docx", ())

_READER = Path(paragraphs.__file__)
_SECONDS = 60
_ONE_AT_A_TIME = threading.Lock()
_ZIP, _PDF_WITHIN = b"PK\x03\x04", 1024
_KINDS: dict[str, Kind] = {
    ".xlsx": "workbook", ".et": "workbook", ".csv": "csv", ".docx": "document", ".wps": "document",
    ".png": "picture", ".jpg": "picture", ".jpeg": "picture", ".pdf": "pdf",
}  # fmt: skip
_PICTURES = {b"\x89PNG\r\n\x1a\n": ("image/png", (".png",)), b"\xff\xd8\xff": ("image/jpeg", (".jpg", ".jpeg"))}
_WHY = {
    "large": "文件较大",
    "too-large": "文件较大或内容异常",
    "encrypted": "文件已加密",
    "macros": "文件含有宏",
    "embedded-object": "文件含有嵌入对象",
    "unknown-encoding": "文字编码无法识别",
}
#: Kinds that say nothing against opening the file with a program of one's own.
_HARMLESS = frozenset({"large", "encrypted", "unknown-encoding"})


class NotShown(Refusal):
    """{why}，不能在线查看，{advice}。"""

    code = "not-shown"

    def __init__(self, *, why: str, unsafe: bool = False) -> None:
        self.unsafe = unsafe
        super().__init__(why=why, advice="请勿打开" if unsafe else "请下载后打开")


@dataclass(frozen=True)
class GridCell:
    """One cell with how many columns and rows it spans."""

    text: str
    wide: int = 1
    high: int = 1


@dataclass(frozen=True)
class GridRow:
    """One row by its number in the file."""

    number: int
    cells: tuple[GridCell, ...]


@dataclass(frozen=True)
class Grid:
    """One sheet with the rows that have anything in them; ``cut`` tells in Chinese what is left out."""

    name: str
    rows: tuple[GridRow, ...]
    cut: str = ""


@dataclass(frozen=True)
class Text:
    """A document's blocks, what the original has beside them, and what is left out."""

    blocks: tuple[Block, ...]
    missing: tuple[str, ...]
    cut: str = ""


def kind_by_name(name: str) -> Kind:
    """How a file of this name might be read on a page."""
    return _KINDS.get(Path(name.lower()).suffix, "none")


def kind_of(name: str, data: bytes) -> Kind:
    """How a file can be read on a page; ``none`` where its first bytes are not what its name says."""
    kind = kind_by_name(name)
    if kind in ("workbook", "document"):
        return kind if data.startswith(_ZIP) else "none"
    if kind in ("picture", "pdf"):
        return kind if media_type(name, data) else "none"
    return "none" if b"\x00" in data else kind


def media_type(name: str, data: bytes) -> str:
    """What a browser is told of a picture or a PDF that it may show itself, empty for anything else."""
    for start, (kind, endings) in _PICTURES.items():
        if data.startswith(start) and name.lower().endswith(endings):
            return kind
    return "application/pdf" if name.lower().endswith(".pdf") and b"%PDF-" in data[:_PDF_WITHIN] else ""


def tables(name: str, data: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook or of a CSV file that have anything in them; raises NotShown."""
    _check_size(data)
    try:
        with _ONE_AT_A_TIME:
            if kind_of(name, data) == "csv":
                found: dict[str, Sheet] = {"": {"rows": sheets.csv_rows(data, name=name), "merged": []}}
            else:
                found = sheets.workbook_sheets(data, name=name)
    except WorkbookRefused as refused:
        raise _not_shown(refused.kind) from None
    filled = [(title, sheet) for title, sheet in found.items() if any(sheet["rows"])]
    left = MOST_CELLS
    grids: list[Grid] = []
    for title, sheet in filled[:MOST_SHEETS]:
        grid = _grid(title, sheet, room=left)
        grids.append(grid)
        left -= sum(len(row.cells) for row in grid.rows)
    return tuple(grids)


def text(name: str, data: bytes) -> Text:
    """The headings, paragraphs and tables of a Word document; raises NotShown."""
    _check_size(data)
    with _ONE_AT_A_TIME:
        if fault := sheets.hostile(data, DOCUMENT):
            raise _not_shown(fault)
        paper = _read(data)
    cut = paper["cut"] or len(paper["blocks"]) > MOST_BLOCKS
    return Text(
        tuple(_small(block) for block in paper["blocks"][:MOST_BLOCKS]),
        tuple(paper["missing"]),
        "文件很长，这里只显示前一部分" if cut else "",
    )


def _check_size(data: bytes) -> None:
    if len(data) > LARGEST:
        raise _not_shown("large")


def _not_shown(kind: str) -> NotShown:
    return NotShown(why=_WHY.get(kind, "文件已损坏或不是所称的格式"), unsafe=kind not in _HARMLESS)


def _read(data: bytes) -> Paper:
    command = [sys.executable, "-P", str(_READER)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise _not_shown("too-large") from None
    if done.returncode != 0:
        raise _not_shown("unreadable" if done.returncode == paragraphs.UNREADABLE else "too-large")
    paper: Paper = json.loads(done.stdout)
    return paper


def _small(block: Block) -> Block:
    rows = [[_cell(cell) for cell in row[:MOST_COLUMNS]] for row in block["rows"][:MOST_ROWS]]
    return {"level": block["level"], "text": block["text"], "rows": rows}


def _cell(said: str) -> str:
    return said if len(said) <= LONGEST_CELL else said[:LONGEST_CELL] + "…"


def _grid(title: str, sheet: Sheet, *, room: int) -> Grid:
    rows = sheet["rows"]
    widest = max(map(len, rows), default=0)
    columns = min(widest, MOST_COLUMNS)
    most = min(MOST_ROWS, max(room, 0) // max(columns, 1))
    kept = rows[:most]
    spans, hidden = _spans(sheet["merged"], height=len(kept), width=columns)
    reached = {row for row, _ in hidden}
    laid_out = tuple(
        GridRow(number + 1, _row(row, number, columns, spans, hidden))
        for number, row in enumerate(kept)
        if any(row) or number in reached
    )
    return Grid(title, laid_out, _cut(len(rows) - most, widest - columns, len(rows), widest))


Place = tuple[int, int]


def _spans(merged: Sequence[Sequence[int]], *, height: int, width: int) -> tuple[dict[Place, Place], set[Place]]:
    """Height and width of the merged cells by their first cell, and the cells they cover, as far as they are shown.

    A hostile file merges everything with everything: what overlaps is not merged, and looking ends somewhere.
    """
    spans: dict[Place, Place] = {}
    hidden: set[Place] = set()
    looked_at = 0
    for top, left, bottom, right in merged:
        if top >= height or left >= width or looked_at > 10 * MOST_CELLS:
            continue
        high, wide = min(bottom, height - 1) - top + 1, min(right, width - 1) - left + 1
        covered = {(top + down, left + along) for down in range(high) for along in range(wide)}
        looked_at += len(covered)
        if hidden.isdisjoint(covered) and spans.keys().isdisjoint(covered):
            spans[top, left] = (high, wide)
            hidden |= covered - {(top, left)}
    return spans, hidden


def _row(
    row: Sequence[str], number: int, columns: int, spans: dict[Place, Place], hidden: set[Place]
) -> tuple[GridCell, ...]:
    cells = []
    for column in range(columns):
        if (number, column) in hidden:
            continue
        high, wide = spans.get((number, column), (1, 1))
        cells.append(GridCell(_cell(row[column] if column < len(row) else ""), wide, high))
    return tuple(cells)


def _cut(rows: int, columns: int, all_rows: int, all_columns: int) -> str:
    said = []
    if rows > 0:
        said.append(f"共{all_rows}行，后面{rows}行没有显示")
    if columns > 0:
        said.append(f"共{all_columns}列，右边{columns}列没有显示")
    return "；".join(said)

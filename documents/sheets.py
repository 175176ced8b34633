"""Tables out of Excel workbooks and CSV files, with everything hostile or unreadable refused first.

A table is its rows of texts; row 1 of the sheet is the first one. Workbooks are looked at as what they are,
never by their name: size before reading, then the size of what is packed inside, as declared and as unpacked,
macros, embedded objects, passwords. The cells themselves are read in a process of its own, see ``documents.cells``.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from documents import cells
from workflow.refusals import Refusal

Table = list[list[str]]

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 2_000
MOST_ROWS = 50_000


@dataclass(frozen=True)
class Family:
    """A family of office files: its main part, what a stranger is told, and the parts it must not have."""

    main: str
    stranger: str
    refused: tuple[str, ...]


WORKBOOK = Family("xl/workbook.xml", "not-xlsx", ("xl/embeddings/", "xl/activex/"))

_READER = Path(cells.__file__)
_SECONDS = 60
_STATUSES = {cells.ENCRYPTED: "encrypted", cells.UNREADABLE: "unreadable"}
_CHUNK = 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ENCODINGS = ("utf-8-sig", "gb18030")

#: What a spreadsheet program could take for a formula, in ASCII and full-width forms.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")

_REASONS = {
    "no-such-file": "找不到文件",
    "too-large": f"文件过大或内容异常（文件不得超过{LARGEST_FILE // 2**20}MB）",
    "not-docx": "不是 Word 文档（.docx）",
    "not-xlsx": "不是 Excel 工作簿（.xlsx），请在 Excel 中另存为 .xlsx 后再试",
    "encrypted": "文件已加密，请取消打开密码后再试",
    "macros": "文件含有宏，请另存为不含宏的 .xlsx 后再试",
    "embedded-object": "文件含有嵌入对象，请删除后再试",
    "unreadable": "文件已损坏，无法读取",
    "unknown-encoding": "文字编码无法识别，请另存为 UTF-8 编码的 CSV",
    "not-csv": "不是有效的 CSV 文件",
}


class WorkbookRefused(Refusal):
    """{name}：{reason}"""

    code = "workbook-refused"

    def __init__(self, name: str, kind: str) -> None:
        self.kind = kind
        super().__init__(name=name, kind=kind, reason=_REASONS[kind])


def contents(path: Path) -> bytes:
    """A file's bytes; raises WorkbookRefused before reading one that is missing or too large."""
    if not path.is_file():
        raise WorkbookRefused(path.name, "no-such-file")
    with path.open("rb") as file:
        found = file.read(LARGEST_FILE + 1)
    if len(found) > LARGEST_FILE:
        raise WorkbookRefused(path.name, "too-large")
    return found


def workbook_tables(content: bytes, wanted: Sequence[str], *, name: str) -> dict[str, Table]:
    """The wanted sheets that an .xlsx workbook has, by their names in it; raises WorkbookRefused."""
    return {title: sheet["rows"] for title, sheet in _sheets(content, wanted, name=name).items()}


def workbook_sheets(content: bytes, *, name: str) -> dict[str, cells.Sheet]:
    """Every sheet of an .xlsx workbook with its merged cells; raises WorkbookRefused."""
    return _sheets(content, (), name=name)


def _sheets(content: bytes, wanted: Sequence[str], *, name: str) -> dict[str, cells.Sheet]:
    fault = hostile(content, WORKBOOK)
    if fault:
        raise WorkbookRefused(name, fault)
    sheets = _cells(content, wanted, name=name)
    if any(len(sheet["rows"]) > MOST_ROWS for sheet in sheets.values()):
        raise WorkbookRefused(name, "too-large")
    return sheets


def csv_table(path: Path) -> Table:
    """The rows of one CSV file in UTF-8 or GB18030; raises WorkbookRefused."""
    return csv_rows(contents(path), name=path.name)


def csv_rows(content: bytes, *, name: str) -> Table:
    """The rows of a CSV file's bytes in UTF-8 or GB18030; raises WorkbookRefused."""
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise WorkbookRefused(name, "unknown-encoding")
    try:
        rows = [[unshielded(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    except csv.Error:
        raise WorkbookRefused(name, "not-csv") from None
    if len(rows) > MOST_ROWS:
        raise WorkbookRefused(name, "too-large")
    return rows


def shielded(text: str) -> str:
    """A text as a CSV cell that no spreadsheet program runs: what looks like a formula gets an apostrophe."""
    return "'" + text if _FORMULA.match(text) else text


def unshielded(text: str) -> str:
    """The text that ``shielded`` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _cells(content: bytes, wanted: Sequence[str], *, name: str) -> dict[str, cells.Sheet]:
    """What the reading process hands back; raises WorkbookRefused when it cannot, or its limits ended it."""
    command = [sys.executable, "-P", str(_READER), *wanted]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise WorkbookRefused(name, "too-large") from None
    if done.returncode != 0:
        raise WorkbookRefused(name, _STATUSES.get(done.returncode, "too-large"))
    sheets: dict[str, cells.Sheet] = json.loads(done.stdout)
    return sheets


def hostile(content: bytes, family: Family) -> str | None:
    """Why an office file must not be parsed at all, as a kind of WorkbookRefused; None when it may be."""
    if len(content) > LARGEST_FILE:
        return "too-large"
    if content.startswith(_OLE):
        return "encrypted" if _ENCRYPTED_STREAM in content else family.stranger
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _hostile_package(package, family)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        return "unreadable" if content.startswith(b"PK") else family.stranger


def _hostile_package(package: zipfile.ZipFile, family: Family) -> str | None:
    parts = package.infolist()
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 0x1 for part in parts):
        return "encrypted"
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        return "too-large"
    if family.main not in names or "[content_types].xml" not in names:
        return family.stranger
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        return "macros"
    if any(name.startswith(family.refused) for name in names):
        return "embedded-object"
    return _unpacked(package, parts, family)


def _unpacked(package: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo], family: Family) -> str | None:
    """Unpacks every part once, keeps nothing, and looks at how it begins.

    zipfile stops at a part's declared size and then fails its checksum, so a part that lies about its size
    raises BadZipFile here.
    """
    for part in parts:
        with package.open(part) as stream:
            chunk = stream.read(_CHUNK)
            if family.refused and chunk.startswith(_OLE):
                return "embedded-object"
            if part.filename.lower() == "[content_types].xml" and b"macroEnabled" in chunk:
                return "macros"
            while stream.read(_CHUNK):
                pass
    return None

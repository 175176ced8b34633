"""Hostile and broken workbooks: refused with a reason in Chinese, and the service keeps its memory."""

from __future__ import annotations

import io
import resource
import struct
import zipfile
from pathlib import Path

import pytest

from documents import rosters
from documents.roster_sheets import workbook
from documents.sheets import LARGEST_FILE, WorkbookRefused, workbook_tables
from workflow.roster import Roster, RosterRefused, UnitRow

SOUND = workbook(Roster(units=(UnitRow("A", "甲局", ""),)))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</sst>'


def changed(parts: dict[str, str | bytes], *, without: str = "") -> bytes:
    """The sound workbook with some of its parts replaced, added or taken out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SOUND)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts and name != without:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def padded(size: int) -> bytes:
    """A workbook whose first sheet unpacks to this many spaces; made without holding them."""
    out = io.BytesIO(changed({}, without="xl/worksheets/sheet1.xml"))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(size // 2**20):
            part.write(b" " * 2**20)
    return out.getvalue()


def kind(content: bytes) -> str:
    with pytest.raises(WorkbookRefused) as refused:
        workbook_tables(content, ["单位"], name="名册.xlsx")
    assert refused.value.text.startswith("名册.xlsx：")
    return refused.value.kind


def rows(count: int, cell: str) -> str:
    return SHEET.format(f"<row>{cell * 10}</row>" * count)


def test_sound_workbook_is_read() -> None:
    assert workbook_tables(SOUND, ["单位"], name="x")["单位"][1] == ["A", "甲局"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not-xlsx"),
        (b"code,name\n", "not-xlsx"),
        (OLE + b"\0" * 5000, "not-xlsx"),
        (OLE + b"\0" * 5000 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (SOUND[: len(SOUND) // 2], "unreadable"),
        (b"PK\x03\x04" + b"\0" * 100, "unreadable"),
        (changed({}, without="xl/workbook.xml"), "not-xlsx"),
        (changed({"xl/workbook.xml": "<workbook"}), "unreadable"),
        (changed({"xl/vbaProject.bin": b"x"}), "macros"),
        (changed({"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
        (changed({"[Content_Types].xml": "<Types>application/vnd.ms-excel.sheet.macroEnabled</Types>"}), "macros"),
        (changed({"xl/embeddings/a.docx": b"x"}), "embedded-object"),
        (changed({"xl/media/image1.png": OLE}), "embedded-object"),
        (b"\0" * (LARGEST_FILE + 1), "too-large"),
    ],
)
def test_bad_file_is_refused_for_what_it_is(content: bytes, why: str) -> None:
    assert kind(content) == why


def test_password_on_a_part_is_an_encrypted_file() -> None:
    central = SOUND.index(b"PK\x01\x02")
    flags = struct.unpack_from("<H", SOUND, central + 8)[0] | 1
    assert kind(SOUND[: central + 8] + struct.pack("<H", flags) + SOUND[central + 10 :]) == "encrypted"


def test_declared_size_is_refused_before_unpacking() -> None:
    assert kind(padded(201 * 2**20)) == "too-large"


def test_part_that_lies_about_its_size_is_refused() -> None:
    packed = padded(50 * 2**20)
    assert kind(packed.replace(struct.pack("<L", 50 * 2**20), struct.pack("<L", 1000))) == "unreadable"


@pytest.mark.parametrize(
    "parts",
    [
        {
            "xl/worksheets/sheet1.xml": SHEET.format(
                '<row><c r="A1"/></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
            )
        },
        {
            "xl/worksheets/sheet1.xml": rows(30_000, '<c t="s"><v>0</v></c>'),
            "xl/sharedStrings.xml": STRINGS.format(f"<si><t>{'字' * 30_000}</t></si>"),
        },
        {"xl/worksheets/sheet1.xml": rows(400_000, "<c><v>1</v></c>")},
        {"xl/worksheets/sheet1.xml": rows(60_000, "<c><v>1</v></c>")},
    ],
    ids=["opposite corners", "one text everywhere", "four million cells", "too many rows"],
)
def test_swelling_workbook_is_refused_and_takes_no_memory_from_the_service(parts: dict[str, str | bytes]) -> None:
    content = changed(parts)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(content) < LARGEST_FILE and kind(content) == "too-large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024


def test_roster_refuses_a_hostile_workbook_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "r.xlsx").write_bytes(changed({"xl/vbaProject.bin": b"x"}))
    with pytest.raises(RosterRefused, match=r"花名册有1处错误，没有读入：r\.xlsx：文件含有宏"):
        rosters.read(tmp_path / "r.xlsx")

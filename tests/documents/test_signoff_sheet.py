"""The 审签单 as a Word file: everything on it, Chinese fonts on every run, the same bytes each time."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime

from docx import Document
from docx.oxml.ns import qn

from documents import signoff_sheet
from workflow.papers import AttachmentLine
from workflow.sheet_lines import SheetEvent, SheetStep
from workflow.sheets import SheetFacts, Stamp

AT = datetime(2022, 1, 5, 3, 20, tzinfo=UTC)
HASH = "9f2c41d07be35a6891c0de4f7a2b3c58d6e1f09a4b7c2d83e5f6a1b0c9d8e7f6"
STAMP = Stamp("SQD-2022-000123", AT, "督办专员")
STEP = SheetStep(
    id=7, round=1, step=1, post="副市长（分管教育）", holder="", by="", decision="return", decided_at=AT,
    comment="请补充依据\n另行报送", typed_name="副市长", channel="审签链接", confirmed="", content_version=1,
    content_hash=HASH, disputed_at=None, dispute="",
)  # fmt: skip
APPROVED = replace(
    STEP, id=8, round=2, decision="approve", comment="", by="市政府副秘书长", confirmed="动态验证码（邮件）"
)
PLAN = AttachmentLine(1, "plan", "方案.docx", "application/pdf", 48213, HASH, AT, "联络员")
FACTS = SheetFacts(
    submission_id=12, programme="对标先进提升创建工作", unit="市教育体育局", about="", obligation="报送建标学习对象",
    occurrence="2022", due_date=date(2022, 1, 4), first_due=None, standing="已报送", submitted_at=AT, filed_at=AT,
    late=True, days_late=1, cycle=2022, round=2,
    steps=(STEP, APPROVED), events=(SheetEvent(3, AT, "提交审签", "市教育体育局联络员", ""),), attachments=(PLAN,),
    head=HASH, seq=9,
)  # fmt: skip


def a_picture(width: int, height: int) -> bytes:
    """A white PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\xff" * width) * height
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def made(facts: SheetFacts = FACTS, stamp: Stamp = STAMP) -> bytes:
    return signoff_sheet.write(facts, stamp, verify_at="https://duban.example.cn/verify")


def words(file: bytes) -> str:
    paper = Document(io.BytesIO(file))
    cells = (cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


def test_everything_of_the_record_stands_on_the_sheet() -> None:
    said = words(made())
    for part in (
        "编号：SQD-2022-000123", "对标先进提升创建工作（2022年度）", "市教育体育局", "报送建标学习对象", "2022年1月4日",
        "2022年1月5日 11:20:00，逾期1天", "第1轮\n第1步", "退回", "“请补充依据\n另行报送”", "第2轮\n第1步", "同意",
        "代签：市政府副秘书长\n（授权代签）", "二次确认：动态验证码（邮件）", "方式：审签链接", "署名：副市长",
        "9f2c41d0 7be35a68", "方案.docx（48213字节）", "历史第1至9条", "https://duban.example.cn/verify",
        "可靠电子签名", "出具：2022年1月5日 11:20:00，督办专员",
    ):  # fmt: skip
        assert part in said, part


def test_the_same_sheet_has_the_same_bytes() -> None:
    first, second = made(), made()
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert made(stamp=replace(STAMP, number="SQD-2022-000124")) != first


def test_every_run_names_its_chinese_font() -> None:
    with zipfile.ZipFile(io.BytesIO(made())) as parts:
        assert "方正小标宋简体".encode() in parts.read("word/fontTable.xml")
    body = Document(io.BytesIO(made())).element.body
    texts = [run for run in body.iter(qn("w:r")) if run.findall(qn("w:t"))]
    fonts = {run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}").get(qn("w:eastAsia")) for run in texts}
    assert fonts == {"方正小标宋简体", "黑体", "仿宋_GB2312"}


def test_the_paper_is_a4() -> None:
    [section] = Document(io.BytesIO(made())).sections
    assert section.page_width is not None and section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_a_drawn_signature_is_a_picture_within_its_cell() -> None:
    for width, height in ((600, 200), (60, 900), (3000, 20)):
        signed = replace(FACTS, steps=(replace(STEP, drawn=a_picture(width, height)),))
        [shape] = Document(io.BytesIO(made(signed))).inline_shapes
        assert shape.width.mm <= 40.01 and shape.height.mm <= 16.01


def test_a_picture_nobody_can_read_is_said_so() -> None:
    assert "手写签名无法显示" in words(made(replace(FACTS, steps=(replace(STEP, drawn=b"\x89PNG broken"),))))


def test_hostile_text_is_text() -> None:
    hostile = "<w:t>&lt;\x0b\ud83d{{x}}\u202e𠮷"
    said = words(made(replace(FACTS, unit=hostile, steps=(replace(STEP, comment=hostile),))))
    assert "<w:t>&lt;" in said and "{{x}}" in said and "𠮷" in said


def test_what_waits_and_what_was_disputed_is_said() -> None:
    waiting = replace(STEP, decision="", decided_at=None, comment="", typed_name="", channel="")
    disputed = replace(STEP, disputed_at=AT, dispute="手机不在身边")
    said = words(made(replace(FACTS, filed_at=None, late=False, standing="逾期（待审签）", steps=(disputed, waiting))))
    assert "待审签" in said and "未报送（逾期（待审签））" in said
    assert "2022年1月5日 11:20:00声明：非本人操作（手机不在身边）" in said

"""Files of the kinds a form accepts: by name and by first bytes, stored or refused."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import closing

import pytest

from tests.documents.test_previews import document, repacked, workbook
from tests.workflow.asking import NOW, launched, number
from workflow import attachments
from workflow.definition import FileKind
from workflow.forms import filekinds
from workflow.refusals import AttachmentRefused

PDF, ZIP, OLE = b"%PDF-1.7 plan", b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"
WORD, EXCEL = document(lambda made: None), workbook(lambda book: book.add_worksheet())


def packed(*names: str, data: bytes = b"x", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name in names:
            made.writestr(name, data)
    return out.getvalue()


def locked(content: bytes) -> bytes:
    """The same archive with the flag of a password on every part (APPNOTE.TXT, 4.4.4)."""
    return re.sub(rb"(PK\x01\x02.{4}).", lambda found: found[1] + b"\1", content, flags=re.DOTALL)


def ole_with(name: str) -> bytes:
    """A compound file that has something of this name."""
    return OLE + name.encode("utf-16-le")


@pytest.mark.parametrize(
    ("accepted", "name", "data"),
    [
        (["pdf"], "方案.pdf", PDF),
        (["pdf"], "方案.PDF", b"\xef\xbb\xbf\n" + PDF),
        (["docx", "pdf"], "方案.docx", WORD),
        (["doc"], "方案.doc", OLE),
        (["wps"], "方案.wps", OLE),
        (["wps"], "方案.wps", WORD),
        (["xlsx"], "表.xlsx", EXCEL),
        (["ofd"], "函.ofd", packed("OFD.xml", "Doc_0/Document.xml")),
        (["zip"], "材料.zip", packed("一/函.pdf", "二.docx")),
        (["jpg"], "照片.jpeg", b"\xff\xd8\xff\xe0"),
        (["png"], "照片.png", b"\x89PNG\r\n\x1a\n"),
        ([], "表.csv", "单位,数".encode("gb18030")),
        ([], "方案.docx", WORD),
        ([], "方案.pdf", PDF),
    ],
)
def test_a_file_of_an_accepted_kind_is_taken(accepted: list[FileKind], name: str, data: bytes) -> None:
    filekinds.check(accepted, name=name, data=data)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("方案.doc", OLE, "只接受Word（.docx）、PDF（.pdf）文件"),
        ("方案", PDF, "只接受"),
        ("方案.pdf.exe", PDF, "只接受"),
        ("方案.docx", PDF, "文件名是 .docx，内容却不是Word文件"),
        ("方案.docx", OLE, "文件名是 .docx"),
        ("方案.pdf", ZIP, "文件名是 .pdf，内容却不是PDF文件"),
        ("方案.pdf", b"x" * 2000 + PDF, "文件名是 .pdf"),
        ("方案.pdf", b"", "文件名是 .pdf"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_is_wanted(name: str, data: bytes, said: str) -> None:
    with pytest.raises(AttachmentRefused, match=said):
        filekinds.check(["docx", "pdf"], name=name, data=data)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("程序.exe", b"MZ", "不接受这种文件"),
        ("页.html", b"<script>", "不接受这种文件"),
        ("表.csv", b"a,\0", "不是文字"),
        ("方案.pdf", b"MZ\x90\0" + PDF, "可执行程序"),
        ("材料.zip", packed("a/setup.EXE"), "可执行程序"),
        ("材料.zip", packed("../方案.pdf"), "路径不正常"),
        ("材料.zip", locked(packed("函.pdf")), "已加密"),
        ("材料.zip", packed("函.pdf", method=zipfile.ZIP_LZMA), "已损坏"),
        ("材料.zip", packed(*map(str, range(51)), data=bytes(4 * 2**20)), "解压后过大"),
        ("材料.zip", packed("函.pdf", data=b"\1" * 100, method=0).replace(b"\1\1\1", b"\1\2\1"), "已损坏"),
        ("方案.docx", ZIP, "已损坏"),
        ("方案.docx", packed("word/document.xml"), "内容却不是Word文件"),
        ("方案.docx", EXCEL, "内容却不是Word文件"),
        ("方案.docx", repacked(WORD, {"word/vbaProject.bin": OLE}), "含有宏"),
        ("方案.docx", repacked(WORD, {"[Content_Types].xml": b"x.macroEnabled.main+xml"}), "含有宏"),
        ("方案.docx", repacked(WORD, {"word/embeddings/oleObject1.bin": OLE}), "嵌入对象"),
        ("方案.docx", repacked(WORD, {"word/media/image1.png": OLE}), "嵌入对象"),
        ("方案.docx", repacked(WORD, {"word/activeX/activeX1.xml": b"x"}), "嵌入对象"),
        ("方案.docx", ole_with("EncryptedPackage"), "已加密"),
        ("方案.doc", ole_with("_VBA_PROJECT"), "含有宏"),
        ("方案.xls", ole_with("\x01Ole10Native"), "嵌入对象"),
        ("函.ofd", packed("word/document.xml"), "内容却不是OFD文件"),
    ],
)
def test_a_dangerous_file_is_refused_by_what_is_in_it(name: str, data: bytes, said: str) -> None:
    with pytest.raises(AttachmentRefused, match=said):
        filekinds.check([], name=name, data=data)


def test_a_refused_file_leaves_no_trace_in_the_store(sqlite_url: str) -> None:
    with closing(launched(sqlite_url)) as world:
        one = number(world)
        with world.refusing(AttachmentRefused), world.act(NOW) as act:
            attachments.attach(act, one, field="plan", name="方案.pdf", media_type="application/pdf", data=ZIP)
        with world.act(NOW) as act:
            attachments.attach(act, one, field="plan", name="方案.pdf", media_type="application/pdf", data=PDF)

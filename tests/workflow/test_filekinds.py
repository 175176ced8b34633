"""Files of the kinds a form accepts: by name and by first bytes, stored or refused."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.workflow.asking import NOW, launched, number
from workflow import attachments
from workflow.definition import FileKind
from workflow.forms import filekinds
from workflow.refusals import AttachmentRefused

PDF, ZIP, OLE = b"%PDF-1.7 plan", b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"


@pytest.mark.parametrize(
    ("accepted", "name", "data"),
    [
        (["pdf"], "方案.pdf", PDF),
        (["pdf"], "方案.PDF", b"\xef\xbb\xbf\n" + PDF),
        (["docx", "pdf"], "方案.docx", ZIP),
        (["doc"], "方案.doc", OLE),
        (["wps"], "方案.wps", OLE),
        (["wps"], "方案.wps", ZIP),
        (["jpg"], "照片.jpeg", b"\xff\xd8\xff\xe0"),
        (["png"], "照片.png", b"\x89PNG\r\n\x1a\n"),
        ([], "程序.exe", b"MZ"),
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


def test_a_refused_file_leaves_no_trace_in_the_store(sqlite_url: str) -> None:
    with closing(launched(sqlite_url)) as world:
        one = number(world)
        with world.refusing(AttachmentRefused), world.act(NOW) as act:
            attachments.attach(act, one, field="plan", name="方案.pdf", media_type="application/pdf", data=ZIP)
        with world.act(NOW) as act:
            attachments.attach(act, one, field="plan", name="方案.pdf", media_type="application/pdf", data=PDF)

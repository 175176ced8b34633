"""Attachments behind a sign-off link: on a page, by the browser itself, or saved; nothing runs in any of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlmodel import select

from tests.documents.test_previews import document, repacked, workbook
from tests.web.browsing import Office, Visitor
from tests.workflow.asking import NOW, TEXT, number, roster, save
from tests.workflow.drawn import png
from tests.workflow.standing_in import token_of
from tests.workflow.world import World
from workflow import attachments, library, submissions
from workflow.forms import filekinds
from workflow.tables import SignOff

PLAN = "plan: {label: 工作方案, type: file, accepts: [docx, pdf]}"
HOSTILE = "<script>alert(1)</script>"
FILES = {
    "台账.xlsx": workbook(lambda book: book.add_worksheet("台账").write_row(0, 0, ["项目", HOSTILE])),
    "方案.docx": document(lambda made: (made.add_heading("方案", 1), made.add_paragraph(HOSTILE))),
    "宏.docx": repacked(document(lambda made: None), {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "扫描.png": png(),
    "函.pdf": b"%PDF-1.7 ...",
    "假.pdf": b"<html><script>alert(1)</script>",
    "页.html": HOSTILE.encode(),
    "函.ofd": b"PK\x03\x04",
    "表.csv": "单位,数\n市能源局,3\n".encode("gb18030"),
}


@pytest.fixture
def office(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A unit has handed in files of many kinds, some of them from before uploads were looked into."""
    monkeypatch.setattr(filekinds, "check", lambda accepted, *, name, data: None)
    text = TEXT.replace(PLAN, "plan: {label: 工作方案, type: file}").replace("required: true", "required: false")
    pinned = library.parse(text.encode(), name="asking.yaml")
    with closing(World.launched(sqlite_url, now=NOW, pinned=pinned, roster=roster())) as world:
        number_ = save(world, number(world)).id or 0
        with world.act(NOW) as act:
            for name, data in FILES.items():
                attachments.attach(act, number_, field="plan", name=name, media_type="text/html", data=data)
            submissions.submit(act, number_)
        yield Office(world)


@pytest.fixture
def leader(office: Office) -> Visitor:
    """A leader at the item."""
    with office.world.store.read() as session:
        request = session.exec(select(SignOff)).one()
    visitor = office.visitor()
    visitor.open(f"/s/{token_of(office.world, request, request.person)}")
    return visitor


def address(leader: Visitor, name: str) -> str:
    """Where a file is saved from."""
    return f"{leader.page.path}/files/{list(FILES).index(name) + 1}"


def test_the_page_tells_what_opens_and_what_is_saved(leader: Visitor) -> None:
    links = [href for href, _ in leader.page.read.links if "/files/" in href]
    here = leader.page.path
    assert [href for href in links if href.endswith(("/view", "/show"))] == [
        f"{here}/files/1/view", f"{here}/files/2/view", f"{here}/files/3/view", f"{here}/files/4/view",
        f"{here}/files/5/show", f"{here}/files/6/show", f"{here}/files/9/view",
    ]  # fmt: skip
    assert leader.page.text.count("这种文件请勿打开") == 1
    assert {href for href in links if href.rpartition("/")[2].isdecimal()} == {address(leader, name) for name in FILES}


def test_a_workbook_and_a_csv_file_are_tables(leader: Visitor) -> None:
    page = leader.client.get(address(leader, "台账.xlsx") + "/view").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<script" not in page
    assert "市能源局" in leader.client.get(address(leader, "表.csv") + "/view").text


def test_a_document_is_a_page_to_read(leader: Visitor) -> None:
    page = leader.client.get(address(leader, "方案.docx") + "/view").text
    assert "<h2>方案</h2>" in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<script" not in page


@pytest.mark.parametrize(
    ("name", "why", "unsafe"),
    [
        ("宏.docx", "文件含有宏", True),
        ("页.html", "这种文件", True),
        ("函.ofd", "这种文件", False),
        ("假.pdf", "文件内容与其名称不符", True),
    ],
)
def test_what_cannot_be_shown_says_why_and_what_to_do(leader: Visitor, name: str, why: str, unsafe: bool) -> None:
    answer = leader.client.get(address(leader, name) + "/view")
    advice = "请勿打开" if unsafe else "请下载后打开"
    assert (answer.status_code, f"{why}，不能在线查看，{advice}。" in answer.text) == (200, True)
    assert ("下载" in answer.text, "核实，由报送单位" in answer.text) == (not unsafe, unsafe)
    saved = leader.client.get(address(leader, name))
    assert saved.content == FILES[name]
    assert saved.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize(("name", "kind"), [("扫描.png", "image/png"), ("函.pdf", "application/pdf")])
def test_pictures_and_pdf_are_shown_by_the_browser_under_a_strict_policy(leader: Visitor, name: str, kind: str) -> None:
    answer = leader.client.get(address(leader, name) + "/show")
    assert (answer.content, answer.headers["content-type"]) == (FILES[name], kind)
    assert answer.headers["content-disposition"].startswith("inline;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "script-src" not in policy


@pytest.mark.parametrize("name", ["页.html", "假.pdf", "台账.xlsx", "方案.docx", "表.csv"])
def test_nothing_else_is_ever_shown_inside_our_origin(leader: Visitor, name: str) -> None:
    answer = leader.client.get(address(leader, name) + "/show")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "application/octet-stream"


def test_reading_files_changes_nothing(office: Office, leader: Visitor) -> None:
    before = office.world.dump()
    for name in FILES:
        for end in ("", "/view", "/show"):
            assert leader.client.get(address(leader, name) + end).status_code == 200
            assert leader.client.head(address(leader, name) + end).status_code == 200
    assert office.world.dump() == before


@pytest.mark.parametrize("end", ["", "/view", "/show"])
def test_a_file_of_something_else_is_a_dead_link(leader: Visitor, end: str) -> None:
    answer = leader.client.get(f"{leader.page.path}/files/99{end}")
    dead = leader.client.get("/s/" + "A" * 43)
    assert (answer.status_code, answer.content) == (404, dead.content)

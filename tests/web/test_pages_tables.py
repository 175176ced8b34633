"""The form that asks everything, in a browser without scripts, and what the API makes of hostile content."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from tests.web.browsing import Office, Page, Visitor
from tests.web.client import API
from tests.workflow.asking import CONTENT, NOW, ROW, launched, number
from tests.workflow.world import LINKS
from workflow import ledger, submissions
from workflow.tables import Link

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"
PLAIN = {f"field-{name}": str(value) for name, value in CONTENT.items() if name != "projects"}
CELLS = {f"field-projects.1.{name}": str(value) for name, value in ROW.items()}


@pytest.fixture
def asked(database_url: str) -> Iterator[Office]:
    """The service over the monthly programme, on each kind of database."""
    with closing(launched(database_url)) as world:
        yield Office(world)


@pytest.fixture
def sqlite_asked(sqlite_url: str) -> Iterator[Office]:
    """The same on SQLite alone."""
    with closing(launched(sqlite_url)) as world:
        yield Office(world)


def at_the_form(office: Office, unit: str = "U1") -> Visitor:
    """A unit's own people at the form of January."""
    visitor = office.liaison(unit)
    visitor.open(f"/submissions/{number(office.world, unit)}")
    return visitor


def cell(page: Page, row: int, column: str) -> str:
    form, _ = page.form("保存草稿")
    return form.fields[f"field-projects.{row}.{column}"][0]


def rows_of(page: Page) -> int:
    form, _ = page.form("保存草稿")
    return sum(name.startswith("field-projects.") and name.endswith(".title") for name in form.fields)


def put(office: Office, fields: object) -> Any:
    path = f"{API}/submissions/{number(office.world)}/content"
    body = json.dumps({"fields": fields})
    return office.unit("U1").put(path, content=body, headers={"Content-Type": "application/json"})


def test_a_table_is_filled_in_and_handed_in_without_scripts(asked: Office) -> None:
    visitor = at_the_form(asked)
    assert rows_of(visitor.page) == 3
    page = visitor.press(
        "保存并提交审签", {**PLAIN, **CELLS, "field-projects.3.title": "乙", "field-projects.3.due": ""}
    )
    assert page.status == 422
    assert "重点项目 ：第2行“完成时限”必填" in page.text
    assert (cell(page, 2, "title"), cell(page, 1, "unit")) == ("乙", "单位U1")
    page = visitor.press("保存并提交审签", {"field-projects.2.due": "2022-05-01"})
    assert "已提交审签" in page.text
    assert "供热管网" in page.text and "2022年6月30日" in page.text
    with asked.world.look(NOW) as act:
        row = ledger.load(act.session, number(asked.world))
        kept = submissions.content_of(act, row)
    assert kept["projects"] == [ROW, {"title": "乙", "due": "2022-05-01"}]


def test_more_rows_come_with_everything_typed_kept(asked: Office) -> None:
    visitor = at_the_form(asked)
    page = visitor.press("增加几行")
    assert rows_of(page) == 5
    assert asked.world.store and "草稿已保存" not in page.text
    page = visitor.press("增加几行", {"field-votes": "30", "field-projects.4.title": "甲"})
    assert "草稿已保存" in page.text
    assert (rows_of(page), cell(page, 1, "title")) == (6, "甲")
    form, _ = page.form("保存草稿")
    assert form.fields["field-votes"] == ["30"]


def test_no_more_rows_come_than_the_table_may_have(sqlite_asked: Office) -> None:
    visitor = at_the_form(sqlite_asked)
    put(sqlite_asked, {"projects": [{"title": str(row)} for row in range(39)]})
    visitor.open(visitor.page.path)
    page = visitor.press("增加几行")
    assert rows_of(page) == 40


def test_more_rows_of_a_form_with_a_fault_keep_the_fault_and_the_rows(sqlite_asked: Office) -> None:
    visitor = at_the_form(sqlite_asked)
    page = visitor.press("增加几行", {"field-projects.2.money": "一百"})
    assert page.status == 422
    assert (rows_of(page), cell(page, 1, "money")) == (6, "一百")
    assert "重点项目 ：第1行“投资”须是数字" in page.text


def test_clearing_a_row_removes_it(sqlite_asked: Office) -> None:
    visitor = at_the_form(sqlite_asked)
    put(sqlite_asked, {"projects": [{"title": "甲"}, {"title": "乙"}, {"title": "丙"}]})
    visitor.open(visitor.page.path)
    page = visitor.press("保存草稿", {"field-projects.2.title": " "})
    assert [cell(page, row, "title") for row in (1, 2, 3)] == ["甲", "丙", ""]


def test_what_cannot_be_kept_is_told_in_its_cell_and_stays_typed(sqlite_asked: Office) -> None:
    visitor = at_the_form(sqlite_asked)
    wrong = {"field-projects.1.due": "二月底", "field-projects.1.unit": HOSTILE, "field-projects.1.stage": "快了"}
    page = visitor.press("保存草稿", wrong)
    assert page.status == 422
    assert [cell(page, 1, name) for name in ("due", "unit", "stage")] == ["二月底", HOSTILE, "快了"]
    assert "有 3 处需要改正" in page.text
    assert '<span class="error" id="field-projects.1.due-error">须是日期' in page.response.text
    assert "<script>alert" not in page.response.text and "<img src=x" not in page.response.text


def test_hostile_cells_are_text_on_every_page(asked: Office) -> None:
    visitor = at_the_form(asked)
    visitor.press("保存并提交审签", {**PLAIN, **CELLS, "field-projects.1.title": HOSTILE})
    pages = [visitor.page.response.text, leader(asked).get(link_of(asked)).text]
    assert all("&lt;script&gt;alert(1)" in page for page in pages)
    assert not [page for page in pages if "<script>alert" in page or "<img src=x" in page]


def leader(office: Office) -> TestClient:
    return office.anybody()


def link_of(office: Office) -> str:
    """The newest sign-off link."""
    with office.world.act(NOW) as act:
        link = act.session.exec(select(Link).where(Link.purpose == "item")).all()[-1]
        return f"/s/{LINKS.token(link)}"


def test_the_leader_reads_table_targets_and_score(asked: Office) -> None:
    visitor = at_the_form(asked)
    visitor.press("保存并提交审签", {**PLAIN, **CELLS})
    for page in (visitor.page, Page(leader(asked).get(link_of(asked)))):
        assert 'data-label="完成时限"' in page.response.text
        assert "全年累计不低于300个" in page.text and "累计未达标" in page.text
        assert "原文数字残缺" in page.text and "无法对照" in page.text
        assert "总分" in page.text and ">88<" in page.response.text


def test_a_column_called_id_opens_no_file_of_another(sqlite_asked: Office) -> None:
    theirs = sqlite_asked.unit("U2").post(
        f"{API}/submissions/{number(sqlite_asked.world, 'U2')}/attachments",
        files={"file": ("方案.pdf", b"%PDF-1.7", "application/pdf")},
    )
    stolen = theirs.json()["id"]
    visitor = at_the_form(sqlite_asked)
    visitor.press("保存并提交审签", {**PLAIN, **CELLS, "field-projects.1.id": str(stolen)})
    assert visitor.page.status == 200
    assert leader(sqlite_asked).get(f"{link_of(sqlite_asked)}/files/{stolen}").status_code == 404
    answer = sqlite_asked.unit("U1").get(f"{API}/submissions/{number(sqlite_asked.world)}").json()
    assert answer["attachments"] == []


def test_the_target_and_what_was_filed_stand_beside_the_figure(sqlite_asked: Office) -> None:
    visitor = at_the_form(sqlite_asked)
    visitor.press("保存并提交审签", {**PLAIN, **CELLS})
    leaders, path = leader(sqlite_asked), link_of(sqlite_asked)
    signing = Visitor(leaders)
    signing.open(path)
    signing.press("确认提交", decision="approve", name="主要负责同志")
    page = visitor.open(f"/submissions/{number(sqlite_asked.world, 'U1', '2022-02')}")
    assert "目标：全年累计不低于300个" in page.text
    assert "另有各期已报送 120个" in page.text


def test_units_are_offered_and_their_codes_understood(sqlite_asked: Office) -> None:
    visitor = at_the_form(sqlite_asked)
    assert '<datalist id="units"><option value="单位U1"><option value="单位U2">' in visitor.page.response.text
    page = visitor.press("保存草稿", {"field-partner": "U3", "field-projects.1.unit": "u9"})
    assert "花名册中没有单位“u9”" in page.text
    page = visitor.press("保存草稿", {"field-projects.1.unit": "U2"})
    form, _ = page.form("保存草稿")
    assert (form.fields["field-partner"], cell(page, 1, "unit")) == (["单位U3"], "单位U2")


def test_a_file_of_another_kind_is_refused_beside_its_field(sqlite_asked: Office) -> None:
    visitor = at_the_form(sqlite_asked)
    assert 'accept=".docx,.pdf"' in visitor.page.response.text
    page = visitor.press("上传", files={"field-plan": [("程序.exe", b"MZ", "")]})
    assert page.status == 422 and "只接受Word（.docx）、PDF（.pdf）文件" in page.text
    page = visitor.press("上传", files={"field-plan": [("方案.pdf", b"MZ", "application/pdf")]})
    assert page.status == 422 and "内容却不是PDF文件" in page.text


def test_the_editors_script_is_on_the_form_and_nowhere_else(sqlite_asked: Office) -> None:
    visitor = at_the_form(sqlite_asked)
    policy = visitor.page.response.headers["content-security-policy"]
    assert policy.endswith("; script-src 'self'; connect-src 'self'") and "unsafe" not in policy
    assert "table.js" in visitor.page.response.text and visitor.client.get("/static/table.js").status_code == 200
    for page in (visitor.open("/"), sqlite_asked.person().open(f"/submissions/{number(sqlite_asked.world)}")):
        assert "table.js" not in page.response.text


def test_the_api_gives_rows_targets_and_score(asked: Office) -> None:
    assert put(asked, CONTENT).status_code == 200
    found = asked.unit("U1").get(f"{API}/submissions/{number(asked.world)}").json()
    assert found["content"]["projects"] == [ROW]
    first = {one["name"]: one for one in found["targets"]}
    assert (first["signed"]["value"], first["signed"]["so_far"], first["signed"]["met"]) == ("120", "120", False)
    assert (first["invested"]["damaged"], first["invested"]["met"]) == (True, None)
    assert (found["score"]["total"], found["score"]["ratings"][0]["weight"]) == ("88", 60)
    asked_for = {one["name"]: one for one in found["form"]}
    assert asked_for["projects"]["columns"]["due"] == {
        "label": "完成时限", "type": "date", "required": True, "options": [],
    }  # fmt: skip
    assert asked_for["plan"]["accepts"] == ["docx", "pdf"]


HOSTILE_CONTENT = [
    {"projects": [{"title": "甲\x00"}]},
    {"projects": [{"title": "\ud800"}]},
    {"projects": [{"\ud800": "甲", "\x00": 1}]},
    {"\ud800": "甲"},
    {"projects.1.title": "甲"},
    {"projects": [ROW] * 10_000},
    {"projects": [[[[ROW]]]]},
    {"projects": {"0": ROW}},
    {"projects": [{"title": {"甲": "乙"}}]},
    {"projects": [{"unit": True}, {"unit": None}]},
    {"projects": [{"id": 1e400}]},
    {"projects": [{"id": 10**400}]},
    {"partner": "\ud800"},
    {"partner": ["单位U1"]},
    {"votes": 10**400},
    {"plan": [{"id": 1, "sha256": "x"}], "projects": "甲"},
]


@pytest.mark.parametrize("fields", HOSTILE_CONTENT, ids=range(len(HOSTILE_CONTENT)))
def test_hostile_content_is_refused_in_chinese(sqlite_asked: Office, fields: object) -> None:
    answer = put(sqlite_asked, fields)
    assert 400 <= answer.status_code < 500
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.json()["detail"])
    with sqlite_asked.world.look(NOW) as act:
        assert ledger.load(act.session, number(sqlite_asked.world)).content_version == 0


@pytest.mark.parametrize(
    "sent",
    [
        {"field-projects.x.title": "甲"},
        {"field-projects.1.colour": "红"},
        {"field-projects.1.title": "甲\x00"},
        {"field-projects": "甲"},
        {"field-projects.999999.title": "甲"},
        {f"field-projects.{row}.title": "甲" for row in range(501)},
        {f"field-projects.{row}.title": "甲" for row in range(10_000)},
    ],
    ids=["no-number", "no-column", "nul", "no-cell", "far-row", "501-rows", "10000-rows"],
)
def test_a_hostile_form_is_refused_and_nothing_is_kept(sqlite_asked: Office, sent: dict[str, str]) -> None:
    visitor = at_the_form(sqlite_asked)
    form, _ = visitor.page.form("保存草稿")
    token = form.fields["form_token"][0]
    answer = visitor.client.post(form.action, data={"form_token": token, "if_version": "0", **sent})
    assert 400 <= answer.status_code < 500
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.text)
    assert "<h1" in answer.text
    with sqlite_asked.world.look(NOW) as act:
        assert ledger.load(act.session, number(sqlite_asked.world)).content_version == 0

"""Figures, 通报 and 督办单 at the office's desk and through the API."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from python_calamine import load_workbook

from tests.web.browsing import Office, Visitor
from tests.web.client import API, PROGRAMME
from tests.workflow.world import OFFICE, local
from web.pages.figures import counted
from workflow import figures

HERE = f"/programmes/{PROGRAMME}"
NOW = "2022-01-06 10:00"


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    """Two days after the first date: two units filed in time, everybody else is late."""
    for unit in ("FGW", "GXJ"):
        sqlite_office.world.file(unit, now=local("2022-01-03 10:00"))
    sqlite_office.advance(NOW)
    return sqlite_office


def words(content: bytes) -> str:
    paper = Document(io.BytesIO(content))
    cells = (cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


def test_the_figures_page_draws_says_and_exports(office: Office) -> None:
    clerk = office.person()
    page = clerk.open(f"{HERE}/figures?period=2022Q1")
    assert page.status == 200 and "2022年第一季度，截至 2022年1月6日 10:00" in page.text
    assert "按时率 3.3%" in page.text and "1月3.3%" in page.text
    assert page.response.text.count('role="img"') == 6
    assert "只计各单位应报的，与通报口径相同" in page.text
    for meaning in ("按时率按最初截止日计算", "从请求审签到作出决定", "由历史记录推得"):
        assert meaning in page.text
    book = load_workbook(io.BytesIO(clerk.client.get(page.link("导出 Excel")).content))
    assert book.sheet_names[:3] == ["各月按时率", "各类单位按时率", "逾期时长分布"]
    rows = book.get_sheet_by_name("各月按时率").to_python()
    assert rows[3][:5] == ["2022-01", 61.0, 2.0, 0.0, 59.0] and rows[3][5] == pytest.approx(2 / 61)
    wrong = clerk.open(f"{HERE}/figures?period=2022Q7")
    assert wrong.status == 422 and "请写成 2022Q1" in wrong.text and "按时率 3.3%" in wrong.text


def test_what_the_office_owes_itself_is_told_beside_the_figures(office: Office) -> None:
    with office.world.look(local(NOW), OFFICE) as act:
        found = figures.of(act, PROGRAMME, "2022Q1")
    said = counted(replace(found, office=figures.Tally({"in-time": 1, "overdue": 3, "open": 1}), hidden=2))
    assert "自身应完成5件不计入，其中已到期4件，按时1件，按时率25.0%。" in said and "不公开的事项2项，通报不含" in said


def test_the_api_gives_the_same_figures(office: Office) -> None:
    answer = office.office().get(f"{API}{HERE}/figures?period=2022-01").json()
    assert (answer["period"], answer["total"]["due"], answer["total"]["in_time"]) == ("2022-01", 61, 2)
    assert answer["by_month"] == {"2022-01": answer["total"]} and answer["office"]["due"] == 0
    assert answer["sign_off"]["count"] == 2 and answer["lights"][-1]["red"] == 59
    assert office.office().get(f"{API}{HERE}/figures?period=x").json()["code"] == "query-refused"


def test_the_offices_words_go_into_the_bulletin(office: Office) -> None:
    clerk = office.person()
    page = clerk.open(f"{HERE}/bulletin?period=2022Q1")
    assert "各单位应报送183件，已到期61件，其中按时报送2件，按时率3.3%" in page.text and "尚未结束" in page.text
    assert "按时率只计各单位应报的" in page.text
    page = clerk.press("保存", number="督办通报〔2022〕1号", measures="一是抓紧报送。")
    assert "已保存，可以下载通报" in page.text and page.path == f"{HERE}/bulletin?period=2022Q1"
    file = clerk.client.get(page.link("下载 Word"))
    assert "filename*=UTF-8''%E9%80%9A%E6%8A%A5" in file.headers["Content-Disposition"]
    said = words(file.content)
    assert "督办通报〔2022〕1号" in said and "、下一步要求\n一是抓紧报送。" in said and "按时率3.3%" in said
    kept = clerk.press("保存", number="号" * 61, measures="二是整改。")
    assert kept.status == 422 and "文号最多60字" in kept.text and "二是整改。" in kept.response.text
    answer = office.office().put(f"{API}{HERE}/bulletin", json={"period": "2022Q1", "opening": "现通报如下。"}).json()
    assert answer["words"]["opening"] == "现通报如下。" and answer["words"]["number"] == ""
    assert answer["total"]["in_time"] == 2 and answer["sections"][0]["title"] == "总体情况"


def test_papers_for_all_overdue_units_of_a_category_in_three_steps(office: Office) -> None:
    clerk = office.person()
    page = clerk.open(f"{HERE}/papers?category=党委部门")
    codes = re.findall(r'name="unit" value="(\w+)"', page.response.text)
    assert len(codes) == 4 and "有逾期事项的单位 4 个" in page.text
    page = clerk.press("为所选单位各出具一份", {"unit": codes}, words="请主要负责同志过问。")
    assert page.status == 200 and "已出具督〔2022〕第1号至督〔2022〕第4号，共4份" in page.text
    said = words(clerk.client.get(page.link("合为一个 Word")).content)
    assert said.count("请主要负责同志过问。") == 4 and "市委组织部：" in said
    packed = clerk.client.get(page.link("每份一个文件")).content
    assert len(zipfile.ZipFile(io.BytesIO(packed)).namelist()) == 4
    assert "发出督办单" in clerk.open(office.page_of(codes[0], "target-choice")).text


def test_a_paper_to_one_unit_is_prefilled_and_can_be_withdrawn(office: Office) -> None:
    clerk = office.person()
    page = clerk.open(f"{HERE}/papers/new?unit=KJJ")
    assert "逾期 2 天" in page.text and re.search(r'value="red" checked', page.response.text)
    assert 'value="2022-01-11"' in page.response.text
    refused = clerk.press("编号并出具", {"submission": []})
    assert refused.status == 422 and "没有选择事项" in refused.text
    clerk.open(f"{HERE}/papers/new?unit=KJJ")
    page = clerk.press("编号并出具", colour="yellow")
    assert "已出具督〔2022〕第1号" in page.text and "黄色警示单" in page.text
    page = clerk.press("撤回，编号不再使用", comment="错发")
    assert "已撤回督〔2022〕第1号" in page.text and not page.offers("撤回，")
    assert "（已撤回）" in words(clerk.client.get(page.link("下载")).content)


def test_the_api_makes_lists_and_withdraws_papers(office: Office) -> None:
    client = office.office()
    body: dict[str, Any] = {"units": ["KJJ", "GAJ"], "reply_by": "2022-01-12", "colour": "blue"}
    made = client.post(f"{API}{HERE}/papers", json=body).json()
    assert [one["number"] for one in made["items"]] == ["督〔2022〕第1号", "督〔2022〕第2号"]
    assert made["items"][0]["items"][0]["days_late"] == 2
    listed = client.get(f"{API}{HERE}/papers", params={"limit": 1}).json()
    assert (listed["total"], listed["items"][0]["number"]) == (2, "督〔2022〕第2号") and listed["next"]
    taken = client.post(f"{API}{HERE}/papers/1/withdraw", json={"comment": "错发"}).json()
    assert taken["withdrawn_at"] and taken["number"] == "督〔2022〕第1号"
    before = office.world.dump()
    refused = (
        ({"units": ["FGW"]}, "paper-refused"),
        ({"reply_by": "2022-01-01"}, "date-refused"),
        ({"colour": "green"}, "request-invalid"),
    )
    for change, code in refused:
        assert client.post(f"{API}{HERE}/papers", json={**body, **change}).json()["code"] == code
    assert client.get(f"{API}{HERE}/papers.docx?paper=99").json()["code"] == "not-found"
    assert office.world.dump() == before


@pytest.mark.parametrize("path", ["figures", "bulletin", "papers", "papers/new?unit=KJJ"])
def test_a_unit_is_shut_out_and_an_inspector_only_reads(office: Office, path: str) -> None:
    assert office.person("unit", "KJJ").open(f"{HERE}/{path}").status == 403
    inspector = office.person("inspector").open(f"{HERE}/{path}")
    assert inspector.status == (403 if path.endswith("KJJ") else 200)
    assert not inspector.offers("保存") and not inspector.offers("为所选单位")


def test_a_form_without_its_token_makes_nothing(office: Office) -> None:
    clerk: Visitor = office.person()
    before = office.world.dump()
    for path, data in (("bulletin", {"period": "2022Q1"}), ("papers", {"unit": "KJJ"}), ("papers/1/withdraw", {})):
        assert clerk.client.post(f"{HERE}/{path}", data=data).status_code == 403
    assert office.world.dump() == before

"""The unit's workbench, the timeline and leaders' load as people open them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from python_calamine import load_workbook

from tests.statements import noted
from tests.web.browsing import CONTACT, UNIT, Office, Page
from tests.web.client import PROGRAMME
from tests.workflow.world import LAUNCH, local
from web.pages import load
from workflow import submissions

NAME = "市教育体育局"
#: What a page asks of the database on a live service, however many rows there are.
STATEMENTS = {"/workbench?unit=JYTYJ": 25, "/timeline?weeks=13": 18, "/timeline?view=month": 18, "/approvals/load": 10}


def posts(page: Page) -> list[str]:
    """Who signs, in the order of the list."""
    return re.findall(r'<th scope="row" role="rowheader">([^<\n]+)', page.response.text)


def test_a_liaison_sees_what_to_do_next_and_by_when(sqlite_office: Office) -> None:
    liaison = sqlite_office.liaison()
    page = liaison.open("/workbench")
    assert (page.status, "3 件要办" in page.text, "还没有收到" in page.text) == (200, True, False)
    assert "还有4天（1个工作日） 2022年1月4日（周二） 前报" in page.text
    assert page.link("填报") == f"{sqlite_office.page_of()}?fill=1"
    assert page.link("申请延期") == f"{sqlite_office.page_of()}#extension"
    assert "《对标创建工作方案》落实情况" in page.text and "3月11日 开始" in page.text
    sqlite_office.at("2022-01-04 10:00")
    assert "今天截止" in liaison.open("/workbench").text
    sqlite_office.at("2022-01-07 10:00")
    page = liaison.open("/workbench")
    assert "已逾期3天（3个工作日）" in page.text and "1 件逾期" in page.text
    assert page.link("马上补报") == f"{sqlite_office.page_of()}?fill=1"


def test_a_liaison_sees_with_whom_it_lies_and_why_it_came_back(sqlite_office: Office) -> None:
    liaison, world = sqlite_office.liaison(), sqlite_office.world
    world.hand_in(UNIT, now=LAUNCH)
    page = liaison.open("/workbench")
    assert "卡在 副市长（分管教育和卫生健康）" in page.text and "审签由系统催促" in page.text
    assert f"急件请联系{CONTACT}。" in page.text and page.text.count("急件请联系") == 1
    world.sign(UNIT, now=local("2021-12-31 09:00"), choice="return")
    page = liaison.open("/workbench")
    assert "退回原因： 请补充" in page.text and page.link("补充后再报")
    world.hand_in(UNIT, now=local("2021-12-31 10:00"), said="乙")
    world.sign(UNIT, now=local("2022-01-01 09:00"))
    sqlite_office.at("2022-01-02 09:00")
    assert "按时 1，迟报 0" in liaison.open("/workbench").text


def test_the_office_picks_a_unit_to_look_at(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open("/workbench")
    page = clerk.press("查看", unit=NAME)
    assert NAME in page.text and page.link("查看") == sqlite_office.page_of() and "申请延期" not in page.text
    assert clerk.open("/workbench?unit=没有").status == 422
    page = clerk.open("/workbench?unit=JYTYJ&todo=x")
    assert page.status == 422 and "现在从头列出" in page.text
    assert sqlite_office.liaison("KJJ").open("/workbench?unit=JYTYJ").text.count(NAME) == 0


def test_the_days_ahead_are_listed_and_drawn_as_months(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    page = clerk.open("/timeline?weeks=13")
    assert "截止 当日 报送建标学习对象 61 件未报" in page.text
    assert "1月31日 至 2月6日 休 春节" in page.text and "1月29日 周六 班" in page.text
    month = clerk.follow("月历")
    assert "2022年2月" in month.text and "截止 1" in month.text
    assert "day-2022-01-04" in month.link("截止 1")


def test_the_timeline_is_narrowed_and_what_is_not_there_is_said(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    page = clerk.open(f"/timeline?programme={PROGRAMME}&obligation=work-plan&unit={NAME}&weeks=13")
    assert "报送《对标创建工作方案》 1 件未报" in page.text and "报送建标学习对象 61" not in page.text
    for query in ("unit=没有", "programme=none", "since=gestern", "since=2099-01-01"):
        page = clerk.open(f"/timeline?{query}")
        assert page.status == 422 and "现在列出的是全部" in page.text


def test_a_unit_sees_its_own_days_only(sqlite_office: Office) -> None:
    with sqlite_office.world.act(LAUNCH) as act:
        submissions.extend(act, sqlite_office.world.id_of("KJJ"), until=date(2022, 1, 10), comment="对象待确认")
    page = sqlite_office.liaison().open("/timeline?unit=KJJ&weeks=2")
    assert "报送建标学习对象 本单位未报" in page.text
    assert "1月10日" not in page.text and "市科学技术局" not in page.text


def test_past_alerts_are_told_with_their_messages(sqlite_office: Office) -> None:
    sqlite_office.at("2022-01-06 10:00")
    page = sqlite_office.person().open("/timeline")
    assert "最近 7 天已发" in page.text
    assert "2022年1月5日 00:00 报送建标学习对象：截止时逾期通知 122 条 122 条" in page.text


def test_the_load_is_sorted_searched_and_exported(sqlite_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    world, clerk = sqlite_office.world, sqlite_office.person()
    for unit in (UNIT, "WJW", "FGW"):
        world.hand_in(unit, now=LAUNCH + timedelta(hours=0 if unit == "FGW" else 1))
    world.hand_in("KJJ", now=LAUNCH)
    world.sign("KJJ", now=LAUNCH + timedelta(hours=30))
    sqlite_office.at("2022-01-06 10:00")
    page = clerk.open("/approvals/load")
    assert "3 件待签，其中 3 件逾期" in page.text and "共 2 人" in page.text
    opened = clerk.open(page.link("逐件查看"))
    assert opened.status == 200 and NAME in opened.text
    assert (
        posts(page)[0].startswith("副市长（分管教育")
        and posts(clerk.open("/approvals/load?sort=oldest"))[0] == "常务副市长"
    )
    page = clerk.open("/approvals/load?all=1&sort=slowest")
    assert "共 3 人" in page.text and "30 小时 1 件" in page.text
    assert "共 1 人" in clerk.open("/approvals/load?q=教育").text
    monkeypatch.setattr(load, "PAGE", 1)
    first = clerk.open("/approvals/load")
    assert "本页 1 人" in clerk.open(first.link("下一页")).text


def test_the_load_goes_into_a_workbook(sqlite_office: Office) -> None:
    sqlite_office.world.hand_in(UNIT, now=LAUNCH)
    answer = sqlite_office.person().client.get("/approvals/load.xlsx?all=1")
    assert answer.headers["Content-Disposition"].endswith("_2021-12-31.xlsx")
    with load_workbook(BytesIO(answer.content)) as book:
        rows = book.get_sheet_by_name("审签负荷").to_python(skip_empty_area=False)
    assert rows[1][0] == "截至2021-12-31 08:30，共1人，1件待签"
    assert rows[3][0] == "副市长（分管教育和卫生健康）" and rows[3][2:4] == [1, 0]


def test_the_load_is_the_offices_and_the_inspectors_to_read(sqlite_office: Office) -> None:
    liaison, inspector = sqlite_office.liaison(), sqlite_office.person("inspector")
    for path in ("/approvals/load", "/approvals/load.xlsx"):
        assert liaison.client.get(path).status_code == 403
        assert inspector.client.get(path).status_code == 200


@pytest.mark.parametrize("path", STATEMENTS)
def test_a_page_costs_the_same_few_statements(sqlite_office: Office, path: str) -> None:
    live = Office(sqlite_office.world, rehearsal=False)
    clerk = live.person()
    sqlite_office.world.hand_in(UNIT, now=LAUNCH)
    clerk.open(path)
    with noted() as few:
        clerk.open(path)
    for unit in ("WJW", "KJJ"):
        sqlite_office.world.hand_in(unit, now=LAUNCH)
    with noted() as many:
        clerk.open(path)
    assert len(many) == len(few) <= STATEMENTS[path]

"""The page of a programme: what its definition says, to whom, and in how many statements."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from documents import rosters
from tests.statements import noted
from tests.web.browsing import Office
from tests.web.client import API, PROGRAMME
from tests.workflow.amended import amend, ordos_reworded
from tests.workflow.chained import KEY, Chain
from tests.workflow.world import DEFINITION, World, local
from workflow import library, rehearsal

BOARD = f"/programmes/{PROGRAMME}"
PAGE = f"{BOARD}/definition"
LATE = "2022-01-05 09:00"
#: What the page asks of the database on a live service, however much has happened.
STATEMENTS = 14
FOLDER = DEFINITION.parent


def launched(url: str, name: str, cycle: int) -> World:
    """One of the programmes of record, launched where its rehearsal begins."""
    pinned = library.load(FOLDER / f"{name}.yaml", cycle=cycle)
    roster = rosters.read(FOLDER / "rosters" / f"{name}.xlsx")
    return World.launched(url, now=rehearsal.start_of(pinned, cycle), pinned=pinned, roster=roster, cycle=cycle)


def test_a_programme_is_read_beside_its_document(office: Office) -> None:
    office.at(LATE)
    page = office.person().open(PAGE)
    assert page.status == 200
    for said in (
        "《鄂尔多斯市对标先进提升创建工作实施方案》 成文日期 2021年12月30日",
        "建标阶段 1 项 · 2021年12月21日至2022年1月10日",
        "三（一）2 报送建标学习对象",
        "由 各成员单位 期限： 2022年1月4日前 已报送 0/61 逾期 61",
        "由市人民政府分管领导审签；市委组织部、市委宣传部、市委统一战线工作部、市委政法委员会由主要负责同志审签",
        "截止后1个工作日 09:00，向主要负责同志、市人民政府分管领导升级督办，亮红灯",
        "创标阶段 2023年1月1日起，不设终点",
        "由领导小组办公室对各成员单位逐一办理",
        "“月督查”报送后，表“发现的问题”每行一件，由“责任单位”一栏所列单位办理“督查问题整改”",
        "任一事项被检查发现问题后，由该单位办理“督查问题整改”",
        "产业转型和园区发展领域各单位",
        "今天 1月5日",
    ):
        assert said in page.text, said


def test_the_list_and_the_board_lead_to_it_and_it_leads_back(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    assert clerk.open("/").link("对标先进提升创建工作") == BOARD
    assert clerk.follow("看板").path == BOARD
    assert clerk.follow("方案内容").path == PAGE
    assert (f"/overdue?programme={PROGRAMME}", "逾期清单") in clerk.page.read.links
    assert (f"{BOARD}/figures", "统计图") in clerk.page.read.links


def test_an_occurrence_leads_to_its_column_of_the_board(sqlite_office: Office) -> None:
    sqlite_office.at("2022-03-20 09:00")
    clerk = sqlite_office.person()
    page = clerk.open(PAGE)
    address = next(href for href, _ in page.read.links if "obligation=plan-progress&occurrence=2022Q1" in href)
    narrowed = clerk.open(address)
    shown = [href for href, _ in narrowed.read.links if href.startswith("/submissions/")]
    assert (narrowed.status, len(shown)) == (200, 61)
    assert "报送建标学习对象" not in narrowed.text.partition("筛选")[2]


def test_versions_say_since_when_by_whom_and_why(sqlite_office: Office) -> None:
    moved = ordos_reworded("work-plan", "due: 02-15", "due: 02-20")
    amend(sqlite_office.world, moved, now=local("2022-01-10 10:00"), comment="会议推迟")
    text = sqlite_office.person().open(PAGE).text
    assert f"{moved.version[:8]} 自 2022年1月10日 10:00 起，由领导小组办公室值班员修订（会议推迟）" in text
    assert "以前的 1 个版本" in text and "2021年12月31日 08:30 起，由领导小组办公室值班员启动" in text
    assert "2022年2月20日前" in text


def test_a_unit_reads_what_concerns_it(sqlite_office: Office) -> None:
    text = sqlite_office.liaison().open(PAGE).text
    assert "以下只列与本单位有关的事项" in text and "台账" not in text.partition("以下只列")[0]
    assert "报送建标学习对象" in text and "已报送 0/1 " in text
    for foreign in ("领导小组季度会议", "对标先进新闻发布会", "61 家", "市委督查室"):
        assert foreign not in text


def test_a_unit_finds_no_hidden_obligation(sqlite_chain: Chain) -> None:
    house = Office(sqlite_chain.world)
    mine, whole = (visitor.open(f"/programmes/{KEY}/definition") for visitor in (house.liaison("U2"), house.person()))
    assert "四不两直督查" in whole.text and "不向所涉单位显示" in whole.text
    assert mine.status == 200 and "节点任务" in mine.text
    assert not [trace for trace in ("四不两直", "督查组", "移交处理") if trace in mine.response.text]


def test_an_unknown_programme_has_no_page(sqlite_office: Office) -> None:
    assert sqlite_office.person().open("/programmes/no-such-2022").status == 404


def test_the_page_asks_the_same_few_statements_whatever_it_holds(office: Office) -> None:
    live = Office(office.world, rehearsal=False)
    clerk = live.person()
    for instant in (LATE, "2022-02-18 10:00"):
        office.at(instant)
        clerk.open(PAGE)
        with noted() as seen:
            assert clerk.open(PAGE).status == 200
        assert len(seen) == STATEMENTS, [statement for statement, _ in seen]


@pytest.mark.parametrize(
    ("name", "cycle", "says"),
    [
        (
            "huludao-delivery",
            2021,
            (
                "任务总数", "重点攻坚 67", "合计 137", "方案印发后10个工作日内", "签约项目：不低于300个（全年累计）",
                "任一事项亮红灯后，由领导小组办公室对该单位办理“警示约谈”", "办结销号：办理中 → 待销号 → 已销号",
                "按前一事项所填“整改完成日期”",
            ),
        ),
        (
            "weifang-key-work",
            2020,
            (
                "随机抽取2个县市区、1个市属开发区、2至3个市直部门（单位）", "每月30日前（没有该日的月份为月末）",
                "原文数字残缺，以补正为准", "焦化产能“压减万吨”，缺数字", "成员7至8人", "每周五前",
            ),
        ),
        (
            "shanxi-first-class",
            2019,
            ("述职全覆盖", "每家须且只须承担", "各大会述职单位主要负责同志（每人）", "2019年3月20日17:30前", "不公开"),
        ),
    ],
)  # fmt: skip
def test_every_programme_of_record_is_told_in_words(
    template_file: Path, tmp_path: Path, name: str, cycle: int, says: tuple[str, ...]
) -> None:
    path = tmp_path / "duban.db"
    path.write_bytes(template_file.read_bytes())
    with closing(launched(f"sqlite:///{path}", name, cycle)) as world:
        page = Office(world).person().open(f"/programmes/{name}-{cycle}/definition")
    assert page.status == 200
    assert not [said for said in says if said not in page.text]


def test_the_api_gives_all_that_the_definition_holds(sqlite_chain: Chain) -> None:
    found = Office(sqlite_chain.world).office().get(f"{API}/programmes/{KEY}").json()
    assert found["findings"]["problem"] == "发现问题"
    assert [one["key"] for one in found["bodies"]] == ["office", "patrol"]
    assert found["bodies"][1]["head"] == [{"post": "市长", "name": "市长"}]
    assert (found["groups"]["member-units"], found["planned"], found["rollover"]) == ("各成员单位", None, None)
    by_id = {one["id"]: one for one in found["obligations"]}
    talk = by_id["warning-talk"]
    assert (talk["due"]["kind"], talk["due"]["opened"], talk["due_text"]) == (
        "opened", "+5wd", "由事件引出后5个工作日内",
    )  # fmt: skip
    assert talk["opened_by"] == [
        {
            "event": "light-red", "of": [], "kind": None, "condition": None, "rows": None,
            "text": "任一事项亮红灯后，由领导小组办公室对该单位办理",
        }
    ]  # fmt: skip
    assert by_id["written-report"]["opened_by"][0]["condition"] == {"field": "outcome", "answer": "需整改"}
    assert by_id["inspection"]["visibility"] == "hidden"
    assert (by_id["node"]["owner"]["named"], by_id["node"]["owner_text"]) == ("member-units", "各成员单位")
    assert by_id["node"]["lifecycle"]["name"] == "filing"
    assert by_id["node"]["lights"][0] == {"when": "overdue", "light": "yellow", "times": 1}
    assert by_id["node"]["occurrences"][0]["counts"]["total"] == 5

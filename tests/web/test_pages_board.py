"""What the board opens: groups, the glance, versions compared, scores; and who may not."""

from __future__ import annotations

import io
import re

import pytest
from python_calamine import load_workbook

from tests.statements import noted
from tests.web.browsing import UNIT, Office
from tests.web.client import API, PROGRAMME
from tests.workflow.world import local
from web.pages import record
from workflow.desks import UnitName
from workflow.mailbag import Addressee, MessageLine, Subject

BOARD = f"/programmes/{PROGRAMME}"
HANDED = local("2022-01-03 09:00")
LATE = "2022-01-05 10:00"


def returned(office: Office) -> str:
    """A submission sent back once and handed in anew; its address."""
    office.world.hand_in(UNIT, now=HANDED)
    office.world.sign(UNIT, now=local("2022-01-03 10:00"), choice="return")
    office.world.hand_in(UNIT, now=local("2022-01-03 11:00"), said="乙")
    return office.page_of()


def test_a_folded_group_opens_by_its_link_with_only_its_lines(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.board.UNFOLDED", 5)
    clerk = sqlite_office.person()
    page = clerk.open(BOARD)
    assert 'hx-select="#group-1"' in page.response.text and "市委组织部" not in page.text
    opened = clerk.follow("党委部门")
    assert "市委组织部" in opened.text and "市科学技术局" not in opened.text


def test_the_turned_board_leads_to_each_unit_of_a_task(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open(BOARD)
    assert "共 61 件，看各单位 草稿 61" in clerk.follow("改为按事项列").text
    page = clerk.follow("共 61 件，看各单位")
    assert "只列“报送建标学习对象”" in page.text and page.text.count("草稿 ") > 61


def test_a_glance_says_who_by_post_and_phone_since_when_and_when_last_told(sqlite_office: Office) -> None:
    sqlite_office.world.hand_in(UNIT, now=HANDED)
    sqlite_office.at(LATE)
    with sqlite_office.world.store.write() as session:
        session.connection().exec_driver_sql("UPDATE person SET mobile = '0477-0000009' WHERE key = 'fsz-jiaoyu'")
    address = f"{sqlite_office.page_of()}/glance"
    page = sqlite_office.person().open(address)
    for said in (
        "市教育体育局 报送建标学习对象 红 逾期 1 天 1 个工作日",
        "审签人 副市长（分管教育和卫生健康） 0477-0000009 自 2022年1月3日 09:00 起",
        "最近督办 2022年1月5日 09:00 送审1个工作日未签",
    ):
        assert said in page.text, said
    assert page.offers("催办")
    own = sqlite_office.liaison().open(address)
    assert "0477" not in own.text and not own.offers("催办")
    apart = r'（分管教育和卫生健康）</b>[^<]*\s<span class="quiet">花名册无电话</span>\s'
    assert re.search(apart, own.response.text)


@pytest.mark.parametrize("page", ["glance", "versions"])
def test_another_units_people_find_nothing(sqlite_office: Office, page: str) -> None:
    address = f"{returned(sqlite_office)}/{page}"
    assert sqlite_office.liaison().open(address).status == 200
    assert sqlite_office.liaison("KJJ").open(address).status == 404


def test_two_versions_stand_side_by_side_with_what_became_of_them(sqlite_office: Office) -> None:
    address = returned(sqlite_office)
    clerk = sqlite_office.person()
    clerk.open(address)
    page = clerk.follow("对照各版本")
    assert "退回" in page.text and "现在" in page.text
    assert "原来 建标学习对象所在地区：甲 现在 建标学习对象所在地区：乙" in page.text
    numbers = page.form("对照")[0].fields
    same = clerk.press("对照", before=numbers["after"][0])
    assert "两版内容完全相同" in same.text
    assert clerk.open(f"{address}/versions?before=99").status == 404


def test_the_api_compares_any_two_versions(sqlite_office: Office) -> None:
    returned(sqlite_office)
    client, path = sqlite_office.client(), f"{API}{sqlite_office.page_of()}/versions"
    found = client.get(path).json()
    last = found["items"][-1]["number"]
    back = next(one for one in found["items"] if any(fate["what"] == "退回" for fate in one["fates"]))
    compared = client.get(f"{path}/{last}", params={"since": back["number"]}).json()
    assert compared["before"]["hash"] == back["hash"] != compared["after"]["hash"]
    said = [piece["text"] for one in compared["changes"] for piece in (*one["before"], *one["after"])]
    assert said[:2] == ["建标学习对象所在地区：甲", "建标学习对象所在地区：乙"]
    assert client.get(f"{path}/{last}", params={"since": 99}).status_code == 404


def test_the_page_of_a_submission_tells_its_way_and_whom_each_step_told(sqlite_office: Office) -> None:
    clerk, told_at_launch = sqlite_office.person(), "方案启动，生成本件 领导小组办公室值班员 已通知 市教育体育局联络员"
    assert told_at_launch in clerk.open(sqlite_office.page_of()).text
    page = clerk.open(returned(sqlite_office))
    assert "已提交 单位 待审签 副市长（分管教育和卫生健康） 未报送 领导小组办公室" in page.text
    # Handed in before the notice went out, which was then cancelled.
    assert told_at_launch not in page.text and "已通知 副市长（分管教育和卫生健康）" in page.text


def test_who_was_told_is_named_once_and_only_who_was() -> None:
    """Two letters of one act to one person, one that was called back, one that left this submission out."""

    def letter(
        number: int, person: str, *, post: str = "联络员", status: str = "sent", dropped: str | None = None
    ) -> MessageLine:
        about = Subject(1, "x", UnitName("JYTYJ", "", ""), "", "", "", "notice", dropped)
        to = Addressee(person, person, post)
        return MessageLine(number, "notice", to, "mail", status, 1, "", "", HANDED, HANDED, HANDED, "", "", (about,))

    letters = [
        letter(5, "甲"), letter(4, "甲"), letter(3, "乙", post="主要负责同志", status="cancelled"),
        letter(2, "丙", post="副市长", dropped="已报送"), letter(1, "丁", post="秘书长", status="queued"),
    ]  # fmt: skip
    (links,) = [record.links(one.values()) for one in record.told(letters).values()]
    assert [(one.href, one.label) for one in links] == [("/messages/1", "秘书长"), ("/messages/5", "联络员")]
    both = record.links([*letters[:1], letter(6, "戊")])
    assert [one.label for one in both] == ["联络员 戊", "联络员 甲"]


def test_an_extension_keeps_the_first_date_and_says_who_gave_it(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open(sqlite_office.page_of())
    page = clerk.press("确认延期", until="2022-01-12", comment="对象待确认")
    assert "由 1月4日 延期，评价仍按原定日期" in page.text and "准予延期，对象待确认" in page.text


def test_the_board_goes_along_as_a_workbook_with_the_same_filter(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    page = clerk.open(f"{BOARD}?category=党委部门")
    answer = clerk.client.get(page.link("导出 Excel"))
    with load_workbook(io.BytesIO(answer.content)) as book:
        rows = book.get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[4:]] == ["市委组织部", "市委宣传部", "市委统一战线工作部", "市委政法委员会"]


def test_what_waits_for_the_office_is_told_to_the_office_alone(sqlite_office: Office) -> None:
    sqlite_office.at("2022-03-25 09:00")
    page = sqlite_office.person().open("/")
    assert "待办公室办理 办公室承担" in page.text
    assert "待办公室办理" not in sqlite_office.person("inspector").open("/").text
    assert sqlite_office.liaison().client.get("/", follow_redirects=False).headers["location"] == "/workbench"


def test_a_glance_costs_the_same_few_statements(sqlite_office: Office) -> None:
    live = Office(sqlite_office.world, rehearsal=False)
    clerk = live.person()
    counts = []
    for instant in ("2021-12-31 09:00", LATE):
        sqlite_office.at(instant)
        clerk.open(f"{live.page_of()}/glance")
        with noted() as seen:
            clerk.open(f"{live.page_of()}/glance")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12

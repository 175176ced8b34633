"""Overview, board, overdue list, messages, mailbox: what is shown, to whom, in how many statements."""

import csv
import io
import re

import pytest

from tests.statements import noted
from tests.web.browsing import UNIT, Office, Page
from tests.web.client import PROGRAMME
from tests.workflow.world import local

BOARD = f"/programmes/{PROGRAMME}"
IN_TIME = local("2022-01-03 09:00")
LATE = "2022-01-05 09:00"

#: What a page asks of the database on a live service, however many rows there are; one is why nothing is sent.
STATEMENTS = {
    "/": 14,
    BOARD: 10,
    f"{BOARD}?state=overdue&text=局": 11,
    "/overdue": 10,
    "/overdue?unit=教育&sort=unit": 10,
    "/overdue?waiting_on=unit&min_days=1": 9,
    "/messages": 8,
    "/messages?status=sent&recipient=联络员&submission=1": 8,
}


def tally(page: Page) -> dict[str, int]:
    """The figures of the first tally: how many submissions stand where."""
    found = re.findall(r"(已报送|待审签|草稿|逾期|免报) (\d+)", page.text)
    return {state: int(count) for state, count in found[:5]}


def units(page: Page) -> list[str]:
    """The units of a list, in its order."""
    return [said for href, said in page.read.links if href.startswith("/submissions/")]


def test_the_overview_shows_every_programme_with_its_next_deadline(office: Office) -> None:
    office.world.file(UNIT, now=IN_TIME)
    page = office.person().open("/")
    assert tally(page) == {"已报送": 1, "待审签": 0, "草稿": 182, "逾期": 0, "免报": 0}
    assert "下一个期限 1月4日（周二） 报送建标学习对象 60 件未报 2月10日（周四）" in page.text
    assert "绿 183" in page.text
    assert "对标先进提升创建工作 2022 年度" in page.text and "61 家单位" in page.text
    assert page.link("看板") == BOARD


def test_a_rehearsal_says_what_to_do_next(sqlite_office: Office) -> None:
    clerk = sqlite_office.person().open("/").text
    assert "到下一事项" in clerk and "拨钟" in clerk
    unit = sqlite_office.liaison().open("/?all=1").text
    assert "本单位事项" in unit and "拨到此时间" not in unit
    live = Office(sqlite_office.world, rehearsal=False)
    assert "演练" not in live.person(name="clerk").open("/").text


def test_the_board_shows_units_by_obligations(office: Office) -> None:
    office.world.hand_in(UNIT, now=IN_TIME)
    office.at(LATE)
    page = office.person().open(BOARD)
    assert tally(page) == {"已报送": 0, "待审签": 0, "草稿": 122, "逾期": 61, "免报": 0}
    assert "市教育体育局 红 逾期 1 天 卡在 副市长（分管教育和卫生健康） 绿 草稿 绿 草稿" in page.text
    assert "1月4日前 · 已报 0/61 · 逾期 61" in page.text
    assert len(units(page)) == 183


@pytest.mark.parametrize(
    ("query", "rows"),
    [("text=教育", 1), ("category=党委部门", 4), ("state=pending", 1), ("state=exempt", 0), ("text=没有这个", 0)],
)
def test_the_board_is_narrowed_by_its_filter(sqlite_office: Office, query: str, rows: int) -> None:
    sqlite_office.world.hand_in(UNIT, now=IN_TIME)
    page = sqlite_office.person().open(f"{BOARD}?{query}")
    assert len(units(page)) == rows * 3
    assert tally(page)["草稿"] == 182


def test_a_unit_sees_its_own_line_of_the_board(sqlite_office: Office) -> None:
    visitor = sqlite_office.liaison()
    page = visitor.open(BOARD)
    assert len(units(page)) == 3 and tally(page)["草稿"] == 3
    assert "市科学技术局" not in page.text and not page.offers("筛选")
    assert len(units(visitor.open(f"{BOARD}?text=科学"))) == 0


def test_an_unknown_programme_is_not_found(sqlite_office: Office) -> None:
    assert sqlite_office.person().open("/programmes/no-such-2022").status == 404


def test_the_overdue_list_comes_in_pages_of_fifty(office: Office) -> None:
    office.at(LATE)
    clerk = office.person()
    first = clerk.open("/overdue")
    assert "61 件" in first.text and len(units(first)) == 50
    second = clerk.follow("下一页")
    assert len(units(second)) == 11 and not set(units(first)) & set(units(second))
    assert clerk.follow("回到第一页").path == "/overdue"


def test_the_overdue_list_says_who_is_late_and_at_whose_desk(office: Office) -> None:
    office.world.hand_in(UNIT, now=IN_TIME)
    office.at(LATE)
    clerk = office.person()
    page = clerk.open("/overdue?waiting_on=approver")
    assert units(page) == ["市教育体育局"]
    assert "报送建标学习对象 2022年1月4日 红 1 天 1 个工作日 审签人 副市长（分管教育和卫生健康）" in page.text
    page = clerk.open("/overdue?category=党委部门&sort=unit")
    assert units(page) == ["市委组织部", "市委宣传部", "市委统一战线工作部", "市委政法委员会"]
    assert "单位 联络员 主要负责同志" in page.text
    assert clerk.open(page.link("党委部门")).path == "/overdue?sort=unit"


def test_a_unit_sees_only_its_own_lateness(sqlite_office: Office) -> None:
    sqlite_office.at(LATE)
    visitor = sqlite_office.liaison()
    assert units(visitor.open("/overdue")) == ["市教育体育局"]
    assert units(visitor.open("/overdue?unit=科学")) == []


@pytest.mark.parametrize("query", ["min_days=abc", "min_days=-1", "waiting_on=x", "sort=x", "programme=x", "cursor=x"])
def test_a_filter_that_means_nothing_is_explained_above_the_whole_list(sqlite_office: Office, query: str) -> None:
    sqlite_office.at(LATE)
    page = sqlite_office.person().open(f"/overdue?{query}")
    assert (page.status, len(units(page))) == (422, 50)
    assert "查询条件不可用" in page.text and "现在列出的是全部" in page.text


def test_the_list_is_taken_along_as_a_file_with_the_same_filter(office: Office) -> None:
    office.at(LATE)
    clerk = office.person()
    page = clerk.open("/overdue?category=党委部门&sort=unit")
    table = clerk.client.get(page.link("导出 CSV"))
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [row["单位"] for row in rows] == units(page)
    workbook = clerk.client.get(page.link("导出 Excel"))
    assert (workbook.status_code, workbook.content[:2]) == (200, b"PK")


def test_messages_prove_their_delivery(office: Office) -> None:
    office.at(LATE)
    clerk = office.person()
    page = clerk.open("/messages?recipient=市教育体育局联络员")
    assert "共 2 条，本页 2 条" in page.text
    page = clerk.follow("【演练】【逾期】")
    assert re.search(r"地址 [a-z.]+@example\.cn", page.text)
    assert "送出时间 2022年1月5日 00:00" in page.text and "演练投递箱，投递 1 次" in page.text
    assert page.link("市教育体育局 · 报送建标学习对象") == office.page_of()


def test_a_message_to_come_says_so(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    page = clerk.open("/messages?status=queued&recipient=市教育体育局联络员")
    assert "（通知，发送时生成）" in page.text
    assert "正文在发送时按当时的情况生成" in clerk.follow("（通知，发送时生成）").text


def test_messages_come_in_pages_of_fifty(sqlite_office: Office) -> None:
    sqlite_office.at(LATE)
    clerk = sqlite_office.person()
    assert "本页 50 条" in clerk.open("/messages?status=sent").text
    page = clerk.follow("下一页")
    assert "本页 50 条" in page.text and "status=sent" in page.path


@pytest.mark.parametrize("query", ["status=x", "submission=x", "cursor=x"])
def test_a_filter_of_messages_that_means_nothing_is_explained(sqlite_office: Office, query: str) -> None:
    page = sqlite_office.person().open(f"/messages?{query}")
    assert (page.status, "查询条件不可用" in page.text) == (422, True)


def test_the_mailbox_opens_the_leaders_link_for_the_office_only(office: Office) -> None:
    office.world.hand_in(UNIT, now=local("2021-12-31 08:30"))
    office.at("2021-12-31 09:00")
    clerk = office.person()
    clerk.open("/outbox")
    page = clerk.follow("待审签")
    assert "共 1 封，本页 1 封" in page.text
    page = clerk.follow("请您于1月4日前审签")
    link = next(href for href, _ in page.read.links if "/s/" in href)
    assert "您的意见" in office.visitor().open(link).text
    proof = clerk.follow("送达记录和有关报送件")
    assert "（链接仅限本人，已隐藏）" in proof.text and "/s/" not in proof.response.text
    inspector = office.person("inspector")
    inspector.open("/outbox?kind=sign-off")
    assert "/s/" not in inspector.follow("请您于1月4日前审签").response.text


def test_a_unit_reads_only_its_own_letters(sqlite_office: Office) -> None:
    sqlite_office.world.hand_in(UNIT, now=local("2021-12-31 08:30"))
    sqlite_office.at(LATE)
    visitor = sqlite_office.liaison()
    letters = [href for href, _ in visitor.open("/outbox").read.links if re.match(r"/outbox/\d", href)]
    assert letters
    for letter in letters:
        assert "收件人 市教育体育局" in visitor.open(letter).text
    leaders = sqlite_office.person().open("/outbox?kind=sign-off")
    foreign = next(href for href, _ in leaders.read.links if re.match(r"/outbox/\d", href))
    assert visitor.open(foreign).status == 404
    assert visitor.open(foreign.replace("outbox", "messages")).status == 404


@pytest.mark.parametrize("path", ["/outbox", "/outbox/1"])
def test_a_live_service_has_no_mailbox(sqlite_office: Office, path: str) -> None:
    live = Office(sqlite_office.world, rehearsal=False)
    assert live.person().open(path).status == 404


@pytest.mark.parametrize("path", STATEMENTS)
def test_a_list_asks_the_same_few_statements_whatever_it_holds(office: Office, path: str) -> None:
    office.world.hand_in(UNIT, now=IN_TIME)
    live = Office(office.world, rehearsal=False)
    clerk = live.person()
    for instant in (LATE, "2022-02-18 10:00"):
        office.at(instant)
        clerk.open(path)
        with noted() as seen:
            assert clerk.open(path).status == 200
        assert len(seen) == STATEMENTS[path], [statement for statement, _ in seen]

"""Amending a programme and taking a year's holidays in, by page: a preview first, then all or nothing."""

from __future__ import annotations

from tests.web.browsing import Office, Page, Visitor
from tests.workflow.world import ordos
from workflow.calendars import china, to_csv

HERE = "/programmes/ordos-benchmarking-2022/amend"
LATER = ordos().text.replace("due: 02-10", "due: 02-14", 1).encode()
EARLIER = ordos().text.replace("due: 02-10", "due: 02-09", 1).encode()
DRAFTS = ["draft", "draft_file"]


def handed_in(clerk: Visitor, text: bytes) -> Page:
    """The preview of a changed definition."""
    clerk.open(HERE)
    return clerk.press("预览变动", files={"file": [("改.yaml", text, "application/yaml")]})


def test_a_date_moves_after_a_preview_and_a_reason(office: Office) -> None:
    clerk, world = office.person(), office.world
    before = world.dump(without=DRAFTS)
    page = handed_in(clerk, LATER)
    assert "2022年2月10日 周四" in page.text and "2022年2月14日 周一" in page.text and "61 件" in page.text
    assert "请写明修订的依据" in clerk.press("修订方案").text
    assert world.dump(without=DRAFTS) == before
    page = clerk.press("修订方案", comment="会议推迟")
    assert "已修订：现行版本" in page.text and "会议推迟" in page.text
    assert str(world.submission("KJJ", "research-trip").due_date) == "2022-02-14"
    assert clerk.client.get(f"{HERE}/definition.yaml").content == LATER
    assert world.broken_chains() == []


def test_an_earlier_date_must_be_confirmed(sqlite_office: Office) -> None:
    clerk, world = sqlite_office.person(), sqlite_office.world
    handed_in(clerk, EARLIER)
    before = world.dump()
    page = clerk.press("修订方案", comment="提前")
    assert page.status == 422 and "请勾选确认" in page.text and world.dump() == before
    assert "已修订" in clerk.press("修订方案", comment="提前", confirm_earlier="yes").text


def test_an_overtaken_preview_is_shown_again(sqlite_office: Office) -> None:
    clerk, world = sqlite_office.person(), sqlite_office.world
    handed_in(clerk, LATER)
    other = sqlite_office.person(name="other")
    handed_in(other, ordos().text.replace("due: 02-10", "due: 02-11", 1).encode())
    other.press("修订方案", comment="会议推迟")
    before = world.dump()
    page = clerk.press("修订方案", comment="会议推迟")
    assert page.status == 409 and "情况有了变化" in page.text and world.dump() == before


def test_a_faulty_or_other_definition_is_not_taken(sqlite_office: Office) -> None:
    clerk, world = sqlite_office.person(), sqlite_office.world
    before = world.dump()
    page = handed_in(clerk, LATER.replace(b"due: 02-14", b"due: 02-30", 1))
    assert page.status == 422 and "日期“02-30”不存在" in page.text
    assert clerk.press("预览变动").status == 422
    assert world.dump() == before
    page = handed_in(clerk, ordos().text.encode())
    assert "没有任何变化" in page.text and not page.offers("修订方案")


def test_only_the_office_amends(sqlite_office: Office) -> None:
    assert sqlite_office.person("inspector").open(HERE).status == 403
    assert sqlite_office.liaison().open(HERE).status == 403
    assert sqlite_office.liaison("OFFICE").open(HERE).status == 404


def test_a_year_is_taken_in_after_a_preview_of_what_moves(sqlite_office: Office) -> None:
    """January 4 declared a holiday: the reminders counted back from later dates move."""
    clerk, world = sqlite_office.person(), sqlite_office.world
    notice = to_csv(china(), 2022) + "2022-02-09,休,春节\n"
    clerk.open("/calendars")
    before = world.dump(without=DRAFTS)
    page = clerk.press("预览变动", files={"file": [("2022.csv", notice.encode("gb18030"), "text/csv")]})
    assert "2022年2月9日 周三 改为放假 春节" in page.text and "移动的提醒（ 0 项）" not in page.text
    assert world.dump(without=DRAFTS) == before
    page = clerk.press("确认装入")
    assert page.path == "/calendars/2022" and "已装入2022年放假安排" in page.text
    assert world.dump()["rung"] != before["rung"]
    clerk.open("/calendars")
    before = world.dump()
    page = clerk.press("预览变动", files={"file": [("x.csv", "日期,类型,名称\nnever,休,元旦\n".encode(), "text/csv")]})
    assert page.status == 422 and "第2行" in page.text and world.dump() == before

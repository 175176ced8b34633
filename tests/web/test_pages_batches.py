"""Acts on many from the overdue list: three clicks to urge a category, looked at first, taken back after."""

import re

import pytest

from tests.web.browsing import Office, Page
from tests.workflow.world import local
from workflow import batches

LATE = "2022-01-05 09:30"


@pytest.fixture
def late(sqlite_office: Office) -> Office:
    """The first deadline has passed."""
    sqlite_office.at(LATE)
    return sqlite_office


def test_three_clicks_urge_all_overdue_units_of_a_category(late: Office) -> None:
    clerk = late.person()
    clerk.open("/overdue")
    first = clerk.follow("党委部门")
    clerk.open(first.link("催办这些"))
    done = clerk.press("确认催办")
    assert (done.status, "已催办 4 件" in done.text) == (200, True)
    letters = late.world.letters("urge")
    assert {item.unit for one in letters for item in one.items} == {"ZZB", "XCB", "TZB", "ZFW"}


def test_preview_names_what_is_left_out_and_writes_nothing(late: Office) -> None:
    clerk = late.person()
    clerk.open(f"/batches/new?act=return&id={late.world.id_of('GXJ')}")
    before = late.world.dump()
    page = clerk.open(f"/batches/new?act=urge&id={late.world.id_of('GXJ')}&id={late.world.id_of('KJJ')}")
    assert "将催办 2 件" in page.text
    page = clerk.open(f"/batches/new?act=return&id={late.world.id_of('GXJ')}")
    assert ("没有可以退回的件" in page.text, "不能退回（1 件）" in page.text) == (True, True)
    assert late.world.dump() == before


def test_choice_that_changed_meanwhile_is_shown_again(late: Office) -> None:
    clerk = late.person()
    clerk.open("/batches/new?act=exempt&all=1")
    late.world.file("GXJ", now=late.world.submission("GXJ").due_at)
    before = late.world.dump()
    page = clerk.press("确认免报", comment="机构撤销")
    assert (page.status, "刚刚有变化，没有办理" in page.text) == (409, True)
    assert late.world.dump() == before
    assert page.form("确认免报")[0].fields["comment"] == ["机构撤销"]


def test_extension_asks_for_its_reason_and_can_be_taken_back(late: Office) -> None:
    clerk = late.person()
    clerk.open(f"/batches/new?act=extend&id={late.world.id_of('GXJ')}")
    page = clerk.press("确认延期", until="2022-01-14")
    assert (page.status, "请写明延期的理由" in page.text) == (422, True)
    page = clerk.press("确认延期", until="2022-01-14", comment="统一延期")
    assert "已延期 1 件" in page.text and late.world.submission("GXJ").state == "draft"
    assert clerk.press("确认撤销").status == 422
    page = clerk.press("确认撤销", comment="所选单位有误")
    assert "撤销了 1 件" in page.text and late.world.submission("GXJ").state == "overdue"
    shown = clerk.open(late.page_of("GXJ")).text
    assert "延期至2022年1月14日" in shown and "撤销延期" in shown
    assert "已撤销 1 件" in clerk.open("/batches").text


def test_a_wrong_date_is_told_beside_it_and_everything_chosen_and_typed_stays(late: Office) -> None:
    ids = [str(late.world.id_of(unit)) for unit in ("GXJ", "KJJ")]
    clerk = late.person()
    clerk.open(f"/batches/new?act=extend&id={ids[0]}&id={ids[1]}")
    before = late.world.dump()
    for until, said in (
        ("2022-01-04", "延期须晚于原截止日期和今天"),
        ("2021-12-01", "延期须晚于原截止日期和今天"),
        ("2024-01-04", "一次延期不能超过一年"),
        ("", "请选择新的应报日期"),
    ):
        page = clerk.press("确认延期 2 件", {"id": ids}, until=until, comment="统一延期")
        assert (page.status, said in page.text) == (422, True)
        assert 'aria-describedby="batch-until-error"' in page.response.text
        fields = page.form("确认延期 2 件")[0].fields
        assert (fields["until"], fields["comment"], fields["act"]) == ([until], ["统一延期"], ["extend"])
        assert sorted(re.findall(r'name="id" value="(\d+)"', page.response.text)) == sorted(ids)
        assert late.world.dump() == before
    done = clerk.press("确认延期", {"id": ids}, until="2022-01-14")
    assert (done.status, "已延期 2 件" in done.text) == (200, True)


def test_what_is_due_far_ahead_is_offered_a_date_that_suits(late: Office) -> None:
    page = late.person().open(f"/batches/new?act=extend&id={late.world.id_of('GXJ', 'work-plan')}")
    assert page.form("确认延期 1 件")[0].fields["until"] == ["2022-02-22"]
    assert 'id="batch-until-error"' not in page.response.text


def test_large_one_goes_on_by_its_button(late: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHUNK", 30)
    clerk = late.person()
    clerk.open("/batches/new?act=urge&all=1")
    page = clerk.press("确认催办")
    assert "还有 31 件" in page.text
    clerk.press("继续")
    assert "已催办 61 件" in clerk.press("继续").text


def test_nothing_ticked_says_so(late: Office) -> None:
    page = late.person().open("/batches/new?act=urge")
    assert (page.path.partition("?")[0], "还没有勾选" in page.text) == ("/overdue", True)


@pytest.mark.parametrize("path", ["/batches", "/batches/new?act=urge&all=1"])
def test_units_and_strangers_are_kept_out(late: Office, path: str) -> None:
    assert late.liaison("KJJ").open(path).status == 403
    assert "/login" in late.visitor().open(path).path


@pytest.mark.parametrize("path", ["/batches/new?act=delete&all=1", "/batches/9"])
def test_what_there_is_not_is_not_found(late: Office, path: str) -> None:
    assert late.person().open(path).status == 404


def test_one_is_urged_where_it_stands_and_the_list_stays_filtered(late: Office) -> None:
    clerk, row = late.person(), late.world.id_of("GXJ")
    here = "/overdue?unit=%E5%B7%A5%E4%B8%9A"
    clerk.open(here)
    sent = {"id": row, "back": here, "form_token": late.form_token(clerk.client)}
    answer = clerk.client.post("/overdue/urge", data=sent)
    assert (str(answer.url).endswith(here), "已催办：" in answer.text) == (True, True)
    before = late.world.dump()
    again = clerk.client.post("/overdue/urge", data=sent)
    assert (again.status_code, "没有催办：今天已经为该事项催办过" in again.text) == (409, True)
    assert clerk.client.post("/overdue/urge", data={"id": row}).status_code == 403
    assert late.world.dump() == before


def test_unit_sees_its_own_and_no_act(late: Office) -> None:
    page = late.liaison("KJJ").open("/overdue")
    assert "1 件" in page.text and "市科学技术局" in page.text
    assert not page.offers("催办") and "/batches" not in page.response.text and "tel:" not in page.response.text


def test_heads_sort_and_say_how(late: Office) -> None:
    def sorter(page: Page) -> str:
        return next(href for href, said in page.read.links if said.startswith("单位") and "sort=" in href)

    clerk = late.person()
    page = clerk.open("/overdue")
    assert re.findall(r'aria-sort="(\w+)"', page.response.text) == ["ascending", "descending"]
    assert sorter(page).endswith("sort=unit")
    page = clerk.open(sorter(page))
    assert re.findall(r'aria-sort="(\w+)"', page.response.text) == ["ascending"]
    assert sorter(page).endswith("sort=-unit")


def test_unit_asks_and_the_office_answers_from_the_list(sqlite_office: Office) -> None:
    unit = sqlite_office.liaison("GXJ")
    unit.open(sqlite_office.page_of("GXJ"))
    assert unit.press("提出申请", until="2022-01-02", comment="出差").status == 422
    unit.press("提出申请", until="2022-01-14", comment="须报上级确认")
    assert not unit.page.offers("提出申请") and unit.page.offers("确认撤回申请")
    clerk = sqlite_office.person()
    assert "1份延期申请等候答复" in clerk.open("/").text
    page = clerk.open("/overdue")
    assert "须报上级确认" in page.text
    clerk.follow("市工业和信息化局")
    assert "申请延至2022年1月14日" in clerk.page.text
    assert clerk.press("不同意").status == 422
    page = clerk.press("同意延期", until="2022-01-10")
    assert "已同意，延期至2022年1月10日" in page.text
    assert "延期申请，等候答复" not in clerk.open("/overdue").text


def test_paper_is_entered_with_its_scan(late: Office) -> None:
    clerk = late.person()
    clerk.open(late.page_of("GXJ"))
    assert clerk.press("确认补录", received="2022-01-04").status == 422
    scan = {"scan": [("纸质件.pdf", b"%PDF-1.7 x", "application/pdf")]}
    page = clerk.press("确认补录", received="2022-01-04", signed_by="副市长", comment="断网", files=scan)
    assert "按2022年1月4日收到计，按时" in page.text
    assert clerk.client.get(page.link("扫描件：纸质件.pdf")).content == b"%PDF-1.7 x"
    assert late.liaison("KJJ").client.get(page.link("扫描件：纸质件.pdf")).status_code == 404


def test_what_came_on_paper_is_told_as_paper_until_it_goes_back(late: Office) -> None:
    late.world.hand_in("GXJ", now=local("2022-01-03 09:00"))
    clerk = late.person()
    for unit, written in (("KJJ", False), ("GXJ", True)):
        clerk.open(late.page_of(unit))
        page = clerk.press("确认补录", received="2022-01-05", signed_by="副市长", comment="断网")
        assert "纸质件 收到日期 2022年1月5日（周三） 迟报 签字人 副市长 补录人" in page.text
        assert "补录理由 断网 扫描件 没有上传" in page.text and "纸质签字 副市长" in page.text
        assert "副市长在 纸质件 上签字" in page.text and "未轮到" not in page.text
        assert "不需审签" not in page.text and "还没有填写" not in page.text
        assert ("内容以纸质件为准" in page.text) is not written and ("填报内容" in page.text) is written
    page = clerk.press("确认重新打开", comment="改正")
    assert "签字人 副市长" not in page.text and "填报内容" in page.text

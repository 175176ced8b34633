"""The acts on a submission's page: who sees them, who may not, and what a refusal leaves standing."""

from collections.abc import Mapping

import pytest

from tests.web.browsing import UNIT, Office
from tests.workflow.world import LAUNCH, local

IN_TIME = local("2022-01-03 09:00")


@pytest.mark.parametrize("way", ["", "?fill=1", "/files/1"])
def test_another_units_submission_is_not_found(sqlite_office: Office, way: str) -> None:
    stranger = sqlite_office.liaison("KJJ")
    page = stranger.open(sqlite_office.page_of() + way)
    assert (page.status, "没有找到" in page.text) == (404, True)
    assert "市教育体育局" not in page.text


@pytest.mark.parametrize(
    "act", ["content", "urge", "withdraw", "approve", "return", "extend", "exempt", "reopen", "no"]
)
def test_nothing_is_done_to_another_units_submission(sqlite_office: Office, act: str) -> None:
    stranger = sqlite_office.liaison("KJJ")
    token = sqlite_office.form_token(stranger.client)
    before = sqlite_office.world.dump()
    sent = {"form_token": token, "comment": "x", "field-learning": "x", "until": "2022-01-20"}
    assert stranger.client.post(f"{sqlite_office.page_of()}/{act}", data=sent).status_code == 404
    assert sqlite_office.world.dump() == before


def test_an_inspector_reads_everything_and_records_findings_only(sqlite_office: Office) -> None:
    inspector = sqlite_office.person("inspector")
    page = inspector.open(sqlite_office.page_of())
    assert page.status == 200
    assert [form.action for form in page.read.forms] == ["/search", "/logout", f"{sqlite_office.page_of()}/finding"]
    token = sqlite_office.form_token(inspector.client)
    before = sqlite_office.world.dump()
    for act in ("content", "urge", "exempt"):
        answer = inspector.client.post(f"{sqlite_office.page_of()}/{act}", data={"form_token": token, "comment": "x"})
        assert (answer.status_code, "没有权限" in answer.text) == (403, True)
    assert sqlite_office.world.dump() == before


def test_a_unit_does_not_see_the_offices_acts(sqlite_office: Office) -> None:
    page = sqlite_office.liaison().open(sqlite_office.page_of())
    assert not any(page.offers(one) for one in ("发出催办", "确认延期", "确认免报", "确认退回", "录入同意"))


@pytest.mark.parametrize(
    ("state", "button", "fault"),
    [
        ("draft", "确认延期", "请写明延期的理由。"),
        ("draft", "确认免报", "请写明免报的理由。"),
        ("pending", "确认退回", "请写明退回的理由。"),
        ("pending", "录入同意", "请写明审签人同意的依据"),
        ("filed", "确认退回", "请写明退回的理由。"),
        ("filed", "确认重新打开", "请写明重新打开的理由。"),
    ],
)
def test_an_act_without_its_reason_is_refused_where_it_stands(
    sqlite_office: Office, state: str, button: str, fault: str
) -> None:
    if state != "draft":
        sqlite_office.world.hand_in(UNIT, now=IN_TIME)
    if state == "filed":
        sqlite_office.world.sign(UNIT, now=IN_TIME)
    clerk = sqlite_office.person()
    clerk.open(sqlite_office.page_of())
    page = clerk.press(button)
    assert (page.status, fault in page.text) == (422, True)
    assert page.offers(button)
    assert sqlite_office.world.submission(UNIT).state == state


ACTS: Mapping[str, tuple[str, str, Mapping[str, str], str, str]] = {
    "urged": ("draft", "发出催办", {}, "已催办：", "draft"),
    "extended": ("draft", "确认延期", {"until": "2022-01-10"}, "已延期至2022年1月10日", "draft"),
    "exempted": ("draft", "确认免报", {}, "已免报", "exempt"),
    "approved on paper": ("pending", "录入同意", {}, "已录入同意：副市长（分管教育和卫生健康）", "filed"),
    "returned while pending": ("pending", "确认退回", {}, "已退回，理由已发给单位。", "draft"),
    "returned on paper": ("pending", "确认退回", {"on_paper": "yes"}, "已录入退回：副市长（分管教育", "draft"),
    "returned": ("filed", "确认退回", {}, "已退回，理由已发给单位。", "draft"),
    "reopened": ("filed", "确认重新打开", {}, "已重新打开", "draft"),
}


@pytest.mark.parametrize("name", ACTS)
def test_the_office_acts_with_a_reason(office: Office, name: str) -> None:
    state, button, given, said, then = ACTS[name]
    if state != "draft":
        office.world.hand_in(UNIT, now=IN_TIME)
    if state == "filed":
        office.world.sign(UNIT, now=IN_TIME)
    clerk = office.person()
    clerk.open(office.page_of())
    page = clerk.press(button, given, comment="领导小组会议纪要第3号")
    assert (page.status, page.path) == (200, office.page_of())
    assert said in page.text
    assert office.world.submission(UNIT).state == then
    last = office.world.history(UNIT)[-1]
    assert (last.comment, last.actor.startswith("领导小组办公室（office）")) == ("领导小组会议纪要第3号", True)


def test_an_act_keeps_what_was_typed_when_it_is_refused(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open(sqlite_office.page_of())
    page = clerk.press("确认延期", until="2022-01-02", comment="待上级确认")
    assert (page.status, "延期须晚于原截止日期和今天" in page.text) == (422, True)
    form, _ = page.form("确认延期")
    assert (form.fields["until"], form.fields["comment"]) == (["2022-01-02"], ["待上级确认"])


def test_a_second_urging_on_one_day_is_refused(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open(sqlite_office.page_of())
    clerk.press("发出催办")
    page = clerk.press("发出催办")
    assert (page.status, "今天已经为该事项催办过" in page.text) == (409, True)


def test_an_act_that_is_no_longer_open_says_so_above_the_page(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    clerk.open(sqlite_office.page_of())
    page = clerk.page
    clerk.press("确认免报", comment="机构撤销")
    clerk.page = page
    page = clerk.press("发出催办")
    assert (page.status, "当前状态为“免报”，不能催办" in page.text) == (409, True)


def test_a_decision_on_paper_about_other_content_is_refused(sqlite_office: Office) -> None:
    sqlite_office.world.hand_in(UNIT, now=IN_TIME)
    clerk, visitor = sqlite_office.person(), sqlite_office.liaison()
    clerk.open(sqlite_office.page_of())
    visitor.open(sqlite_office.page_of())
    visitor.press("确认撤回")
    visitor.press("保存并提交审签", {"field-learning": "改过的内容"})
    page = clerk.press("录入同意", comment="纸质批件")
    assert (page.status, "内容已被他人修改" in page.text) == (409, True)
    assert sqlite_office.world.submission(UNIT).state == "pending"


@pytest.mark.parametrize("act", ["content", "urge", "extend", "exempt"])
def test_a_form_without_its_token_changes_nothing(sqlite_office: Office, act: str) -> None:
    clerk = sqlite_office.person()
    before = sqlite_office.world.dump()
    for token in ("", "0" * 64, "中文"):
        sent = {"form_token": token, "comment": "x", "until": "2022-01-20", "field-learning": "x"}
        answer = clerk.client.post(f"{sqlite_office.page_of()}/{act}", data=sent)
        assert (answer.status_code, "页面已过期" in answer.text) == (403, True)
    assert sqlite_office.world.dump() == before


@pytest.mark.parametrize("comment", ["零\x00字节", "长" * 2001])
def test_a_remark_that_cannot_be_kept_is_refused(office: Office, comment: str) -> None:
    clerk = office.person()
    clerk.open(office.page_of())
    page = clerk.press("确认免报", comment=comment)
    assert (page.status, page.form("确认免报")[0].fields["comment"][0][:2]) == (422, comment[:2])
    assert office.world.submission(UNIT).state == "draft"


@pytest.mark.parametrize(
    "path",
    ["/submissions/0", "/submissions/99999", f"/submissions/{2**40}", "/submissions/abc", "/submissions", "/nowhere"],
)
def test_what_is_not_there_is_a_page_in_chinese(sqlite_office: Office, path: str) -> None:
    page = sqlite_office.person().open(path)
    assert page.status == 404
    assert "没有改动任何内容" in page.text and page.link("返回") == "/"


def test_reading_a_page_changes_nothing(office: Office) -> None:
    office.world.hand_in(UNIT, now=LAUNCH)
    clerk, visitor = office.person(), office.person("unit", UNIT, "colleague")
    office.at("2022-01-05 09:00")
    before = office.world.dump()
    paths = ["/", "/programmes/ordos-benchmarking-2022", "/overdue", "/messages", "/messages/1", "/outbox", "/outbox/1"]
    for path in (*paths, office.page_of(), f"{office.page_of()}?fill=1", "/login", "/nowhere"):
        assert clerk.open(path).status in (200, 404)
        assert visitor.open(path).status in (200, 404)
    assert office.world.dump() == before

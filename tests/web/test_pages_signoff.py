"""The sign-off link in a browser: reading changes nothing, one decision stands, a dead link tells nothing."""

import pytest

from tests.web.browsing import CONTACT, UNIT, Office, Visitor
from tests.workflow.world import LAUNCH
from web.pages.signoff import MISSES
from workflow.links import LinkMaker

HEAD = "/s/"


def link_to(office: Office, unit: str = UNIT) -> str:
    """The link of the open request of a unit's submission."""
    (request,) = office.world.open_requests(unit)
    with office.engine.looking() as act:
        return HEAD + office.world.links.standing(act.session, request.id or 0, request.person, act.now)


def asked(office: Office) -> Visitor:
    """A leader who has just opened the link."""
    office.world.hand_in(UNIT, now=LAUNCH)
    leader = office.visitor()
    leader.open(link_to(office))
    return leader


def test_a_leader_reads_and_signs_without_an_account(office: Office) -> None:
    leader = asked(office)
    assert "市教育体育局" in leader.page.text and "建标学习对象单位：甲" in leader.page.text
    page = leader.press("确认提交", decision="approve", name="副市长", comment="同意。")
    assert "已同意" in page.text and "本件已按时报送领导小组办公室。" in page.text
    assert office.world.submission(UNIT).state == "filed"


def test_a_day_after_its_decision_a_link_shows_only_the_receipt(office: Office) -> None:
    leader = asked(office)
    leader.press("确认提交", decision="approve", name="副市长")
    here = leader.page.path
    assert leader.client.get(f"{here}/all").status_code == 200
    office.at("2022-01-03 09:00")
    assert leader.client.get(f"{here}/all").status_code == 404
    assert "已同意" in leader.client.get(here).text and "/all" not in leader.client.get(here).text


def test_reading_the_link_changes_nothing(office: Office) -> None:
    leader = asked(office)
    before = office.world.dump()
    for path in (leader.page.path, f"{leader.page.path}/all"):
        for _ in range(2):
            assert leader.client.get(path).status_code == leader.client.head(path).status_code == 200
    assert office.world.dump() == before


def test_nothing_is_chosen_beforehand(sqlite_office: Office) -> None:
    leader = asked(sqlite_office)
    assert leader.page.form("确认提交")[0].fields["decision"] == []
    page = leader.press("确认提交", name="副市长")
    assert (page.status, "请选择“同意”或“退回”" in page.text) == (422, True)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"decision": "return", "name": "副市长", "comment": " "}, "退回时请写明理由。"),
        ({"decision": "approve", "name": "", "comment": "同意"}, "请填写您的姓名。"),
        ({"decision": "approve", "name": "名" * 51, "comment": "同意"}, "姓名最多50字"),
        ({"decision": "return", "name": "副市长", "comment": "长" * 2001}, "意见最多2000字"),
        ({"decision": "return", "name": "副市长", "comment": "零\x00"}, "无法保存的字符"),
    ],
)
def test_an_incomplete_decision_keeps_what_was_entered(
    sqlite_office: Office, given: dict[str, str], fault: str
) -> None:
    leader = asked(sqlite_office)
    page = leader.press("确认提交", given)
    form, _ = page.form("确认提交")
    assert (page.status, fault in page.text) == (422, True)
    assert (form.fields["decision"], form.fields["name"]) == ([given["decision"]], [given["name"]])
    assert sqlite_office.world.submission(UNIT).state == "pending"


def test_the_same_decision_again_shows_the_same_receipt(office: Office) -> None:
    leader = asked(office)
    form = leader.page
    first = leader.press("确认提交", decision="return", name="副市长", comment="请补充").text
    leader.page = form
    assert leader.press("确认提交", decision="return", name="副市长", comment="另一句").text == first


def test_the_opposite_decision_is_refused_and_the_first_stands(office: Office) -> None:
    leader = asked(office)
    form = leader.page
    leader.press("确认提交", decision="approve", name="副市长")
    leader.page = form
    page = leader.press("确认提交", decision="return", name="副市长", comment="再想想")
    assert (page.status, "本件此前已同意" in page.text) == (409, True)
    assert office.world.submission(UNIT).state == "filed"


def test_a_link_dies_with_its_content(office: Office) -> None:
    leader = asked(office)
    visitor = office.liaison()
    visitor.open(office.page_of())
    visitor.press("确认撤回")
    assert leader.press("确认提交", decision="approve", name="副市长").status == 404
    visitor.press("保存并提交审签", {"field-learning": "改过的内容"})
    assert leader.open(link_to(office)).status == 200


def test_an_old_link_leads_its_own_person_to_the_new_content_and_signs_nothing(office: Office) -> None:
    leader = asked(office)
    old, form = leader.page.path, leader.page
    visitor = office.liaison()
    visitor.open(office.page_of())
    visitor.press("确认撤回")
    visitor.press("保存并提交审签", {"field-learning": "改过的内容"})
    before = office.world.dump()
    page = leader.press("确认提交", decision="approve", name="副市长")
    assert (page.status, "您刚才的意见没有记录" in page.text, "改过的内容" in page.text) == (409, True, True)
    assert page.form("确认提交")[0].fields["decision"] == []
    opened = leader.open(old)
    assert (opened.status, "您打开的是旧链接" in opened.text, "改过的内容" in opened.text) == (200, True, True)
    assert leader.open(f"{old}/all").status == leader.open(f"{old}/files/1").status == 404
    assert office.world.dump() == before
    leader.page = page
    assert "已同意" in leader.press("确认提交", decision="approve", name="副市长").text
    leader.page = form
    assert leader.press("确认提交", decision="approve", name="副市长").status == 404


def test_two_decisions_at_once_are_none(sqlite_office: Office) -> None:
    leader = asked(sqlite_office)
    page = leader.press("确认提交", {"decision": ["approve", "return"]}, name="副市长", comment="改")
    assert (page.status, "请选择“同意”或“退回”" in page.text) == (422, True)
    assert sqlite_office.world.submission(UNIT).state == "pending"


def test_dead_links_are_one_and_the_same_page(sqlite_office: Office) -> None:
    leader = asked(sqlite_office)
    alive = leader.page.path
    unknown = leader.open(HEAD + "A" * 43).response.content
    assert CONTACT in leader.page.text and "代签的授权已结束" in leader.page.text
    sqlite_office.at("2022-03-01 09:00")
    expired = leader.open(alive)
    assert (expired.status, expired.response.content) == (404, unknown)
    other = LinkMaker(b"another key altogether, as long as it must be")
    with sqlite_office.engine.looking() as act:
        (request,) = sqlite_office.world.open_requests(UNIT)
        forged = other.standing(act.session, request.id or 0, request.person, LAUNCH)
    assert leader.open(HEAD + forged).response.content == unknown


def test_a_decision_needs_the_form_it_was_made_on(sqlite_office: Office) -> None:
    leader = asked(sqlite_office)
    sent = {"decision": "approve", "name": "副市长", "content_hash": "x", "form_token": "0" * 64}
    answer = leader.client.post(leader.page.path, data=sent)
    assert (answer.status_code, "页面已过期" in answer.text) == (403, True)
    assert sqlite_office.world.submission(UNIT).state == "pending"


def test_guessing_is_slowed_down_while_true_links_work(sqlite_office: Office) -> None:
    leader = asked(sqlite_office)
    alive = leader.page.path
    answers = [leader.client.get(f"{HEAD}{number:043d}").status_code for number in range(MISSES + 2)]
    assert answers == [404] * MISSES + [429] * 2
    assert leader.open(alive).status == 200


def test_a_leader_sees_everything_that_waits_on_one_page(sqlite_office: Office) -> None:
    leader = asked(sqlite_office)
    page = leader.open(f"{leader.page.path}/all")
    assert "待您审签 1 件" in page.text
    leader.follow("市教育体育局")
    leader.press("确认提交", decision="approve", name="副市长")
    page = leader.follow("查看我的全部审签件")
    assert "没有待审签的件" in page.text and "已签 1 件" in page.text


def test_files_open_through_the_link_only_when_they_are_what_is_signed(sqlite_office: Office) -> None:
    world = sqlite_office.world
    world.file(UNIT, "research-trip", now=LAUNCH)
    world.hand_in(UNIT, "work-plan", now=LAUNCH)
    world.fill("KJJ", "work-plan", now=LAUNCH)
    (request,) = world.open_requests(UNIT, "work-plan")
    with sqlite_office.engine.looking() as act:
        path = HEAD + world.links.standing(act.session, request.id or 0, request.person, act.now)
    leader = sqlite_office.visitor()
    page = leader.open(path)
    answer = leader.client.get(page.link("下载"))
    assert (answer.status_code, answer.content) == (200, f"%PDF-1.7 {UNIT} 甲".encode())
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert leader.client.get(f"{path}/files/2").status_code == 404


def test_the_virtual_clock_stands_above_the_leaders_page(sqlite_office: Office) -> None:
    leader = asked(sqlite_office)
    assert "虚拟时间 2021年12月31日 08:30" in leader.page.text
    sqlite_office.at("2022-01-06 09:00")
    assert "已逾期 2 天" in leader.open(link_to(sqlite_office)).text

"""The leader's list in a browser: opened one after the other, put aside, approved under one name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.leading import READ, SIGN, TOGETHER, Desk, desk
from tests.workflow import standing_in
from tests.workflow.reading import LEADER, MAYOR, NOW, request_of, states
from workflow import submissions


@pytest.fixture
def three(database_url: str) -> Iterator[Desk]:
    """Three units wait for one leader, on each kind of database in turn."""
    with desk(database_url) as office:
        yield office


@pytest.fixture
def sqlite_three(sqlite_url: str) -> Iterator[Desk]:
    """The same on SQLite alone."""
    with desk(sqlite_url) as office:
        yield office


def test_putting_an_item_aside_leads_to_the_next_and_at_last_to_the_list(three: Desk) -> None:
    leader = three.visitor()
    leader.open(three.path("U1"))
    assert leader.press(READ).path == three.path("U2")
    assert leader.press(READ).path == three.path("U3")
    page = leader.press(READ)
    assert page.path == f"{three.path('U3')}/all"
    assert page.text.count("✓ 已阅，待一并同意") == 3 and "一并同意 3 件" in page.text
    assert states(three.world) == ["pending"] * 3


def test_the_next_item_is_the_next_of_the_list_though_all_are_due_at_once(sqlite_three: Desk) -> None:
    leader = sqlite_three.visitor()
    following = [leader.open(sqlite_three.path(unit)).link("下一件：单位") for unit in ("U1", "U2", "U3")]
    assert following == [sqlite_three.path(unit) for unit in ("U2", "U3", "U1")]


def test_what_can_be_signed_together_comes_before_what_is_signed_singly(sqlite_url: str) -> None:
    steps = "[{by: supervising-leader}, {by: supervising-leader, confirm: code}]"
    with desk(sqlite_url, sign_off=steps) as office:
        leader = office.visitor()
        leader.open(office.path("U2"))
        leader.press(SIGN, decision="approve", name="甲副市长")
        assert leader.open(office.path("U1")).link("下一件：单位") == office.path("U3")
        assert leader.open(office.path("U3")).link("下一件：单位") == office.path("U1")


def test_what_was_put_aside_is_approved_under_one_name(three: Desk) -> None:
    leader = three.leader("U1", "U2")
    page = leader.press(TOGETHER, name="甲副市长", comment="同意，抓紧。")
    assert (page.status, "已同意 2 件" in page.text) == (200, True)
    assert "署名 甲副市长" in page.text and page.text.count("SQ-") == 2
    assert states(three.world) == ["filed", "filed", "pending"]
    assert "还有 1 件待您审签" in page.text


def test_an_item_can_be_left_out_of_the_lot(sqlite_three: Desk) -> None:
    leader = sqlite_three.leader("U1", "U2")
    number = f"item-{request_of(sqlite_three.world, 'U2').id}"
    assert leader.press(TOGETHER, {number: []}, name="甲副市长").status == 200
    assert states(sqlite_three.world) == ["filed", "pending", "pending"]


def test_an_item_is_taken_out_again_on_its_own_page(sqlite_three: Desk) -> None:
    leader = sqlite_three.leader("U1")
    leader.open(sqlite_three.path("U1"))
    assert "本件已阅，待一并同意" in leader.page.text
    assert leader.press("取消，不一并同意").offers(READ)
    assert not leader.open(f"{sqlite_three.path('U1')}/all").offers(TOGETHER)


def test_opening_an_item_alone_puts_nothing_aside(sqlite_three: Desk) -> None:
    leader = sqlite_three.visitor()
    before = sqlite_three.world.dump()
    for unit in ("U1", "U2", "U3"):
        leader.open(sqlite_three.path(unit))
    assert not leader.open(f"{sqlite_three.path('U1')}/all").offers(TOGETHER)
    assert sqlite_three.world.dump() == before


def test_a_missing_name_keeps_the_comment_and_approves_nothing(three: Desk) -> None:
    leader = three.leader("U1", "U2")
    before = three.world.dump()
    page = leader.press(TOGETHER, comment="同意。")
    assert (page.status, "请填写您的姓名。" in page.text) == (422, True)
    assert page.form(TOGETHER)[0].fields["comment"] == ["同意。"]
    assert three.world.dump() == before
    assert leader.press(TOGETHER, name="甲副市长").status == 200


def test_what_changed_since_it_was_read_falls_out_with_a_clear_word(three: Desk) -> None:
    leader = three.leader("U2", "U1")
    with three.engine.acting() as act:
        submissions.withdraw(act, three.world.id_of("U1", "report"))
    three.world.hand_in("U1", "report", now=NOW, said="乙")
    page = leader.press(TOGETHER, name="甲副市长")
    assert "下列 1 件没有一并同意" in page.text
    assert "单位U1 · 报送总结：已不需您审签：单位已撤回或重新提交" in page.text
    assert states(three.world) == ["pending", "filed", "pending"]
    page = leader.open(f"{three.path('U1')}/all")
    assert "您阅后内容已更新，请重新打开阅看" in page.text and not page.offers(TOGETHER)


def test_when_all_has_changed_nothing_is_approved(sqlite_three: Desk) -> None:
    leader = sqlite_three.leader("U1")
    three = sqlite_three.world
    leader.open(f"{sqlite_three.path('U2')}/all")
    three.decide(request_of(three, "U1"), "return", now=NOW)
    before = three.dump()
    page = leader.press(TOGETHER, name="甲副市长")
    assert (page.status, "没有可以一并同意的件：甲副市长已于03月08日 10:00退回。" in page.text) == (409, True)
    assert three.dump() == before


def test_the_same_form_again_shows_the_same_receipt(three: Desk) -> None:
    leader = three.leader("U1", "U2")
    form = leader.page
    first = leader.press(TOGETHER, name="甲副市长").text
    before = three.world.dump()
    leader.page = form
    assert leader.press(TOGETHER, name="甲副市长").text == first
    assert three.world.dump() == before


@pytest.mark.parametrize("where", ["", "/all", "/read"])
def test_a_form_from_elsewhere_changes_nothing(sqlite_three: Desk, where: str) -> None:
    leader = sqlite_three.leader("U1")
    request = request_of(sqlite_three.world, "U1")
    before = sqlite_three.world.dump()
    given = {"decision": "approve", "name": "甲", "read": "yes", "content_hash": request.content_hash}
    sent = {**given, f"item-{request.id}": request.content_hash, "form_token": "0" * 64}
    answer = leader.client.post(f"{sqlite_three.path('U1')}{where}", data=sent)
    assert (answer.status_code, "页面已过期" in answer.text) == (403, True)
    assert sqlite_three.world.dump() == before


def test_strange_fields_are_no_items(sqlite_three: Desk) -> None:
    leader = sqlite_three.leader("U1")
    token = leader.page.form(TOGETHER)[0].fields["form_token"][0]
    strange = {"item-": "x", "item-一": "x", "item--1": "x", f"item-{'9' * 30}": "x", "item-²": "x"}
    answer = leader.client.post(leader.page.path, data={**strange, "form_token": token, "name": "甲"})
    assert (answer.status_code, "没有选择任何一件" in answer.text) == (409, True)


def test_a_content_that_changed_while_it_was_read_is_shown_anew(sqlite_three: Desk) -> None:
    leader = sqlite_three.visitor()
    leader.open(sqlite_three.path("U1"))
    form = leader.page.form(READ)[0]
    form.fields["content_hash"] = ["x" * 64]
    page = leader.press(READ)
    assert (page.status, "内容已更新，请重新审阅" in page.text) == (409, True)


def test_an_item_with_a_second_step_is_not_offered_to_be_put_aside(sqlite_url: str) -> None:
    with desk(sqlite_url, sign_off="[{by: supervising-leader, confirm: code}]") as office:
        leader = office.visitor()
        page = leader.open(office.path("U1"))
        assert not page.offers(READ) and "提交后还须核验动态验证码" in page.text
        token = page.form(SIGN)[0].fields["form_token"][0]
        content = request_of(office.world, "U1").content_hash
        before = office.world.dump()
        answer = leader.client.post(f"{page.path}/read", data={"form_token": token, "content_hash": content})
        assert (answer.status_code, "须单独审签" in answer.text) == (422, True)
        assert office.world.dump() == before
        assert "须单独审签" in leader.open(f"{page.path}/all").text


def test_a_delegate_sees_for_whom_and_the_receipt_names_both(three: Desk) -> None:
    standing_in.grant(three.world, LEADER, MAYOR, "03-08", "03-09", now=NOW)
    delegate = three.leader("U1", "U2", person=MAYOR)
    assert "代 甲副市长 审签" in delegate.page.text
    assert "代 甲副市长（授权代签）" in delegate.open(three.path("U3", MAYOR)).text
    receipt = delegate.press(SIGN, decision="approve", name="市长")
    assert "市长 代 甲副市长（授权代签）" in receipt.text
    delegate.open(f"{three.path('U1', MAYOR)}/all")
    assert "代 甲副市长（授权代签）" in delegate.press(TOGETHER, name="市长").text
    assert {entry.actor for entry in three.world.history("U1", "report") if entry.event == "approve"} == {
        "市长（代 甲副市长）"
    }


def test_a_delegates_list_dies_with_the_delegation(sqlite_three: Desk) -> None:
    row = standing_in.grant(sqlite_three.world, LEADER, MAYOR, "03-08", "03-09", now=NOW)
    delegate = sqlite_three.leader("U1", "U2", person=MAYOR)
    standing_in.withdraw(sqlite_three.world, row, now=NOW)
    before = sqlite_three.world.dump()
    assert delegate.press(TOGETHER, name="市长").status == 404
    assert sqlite_three.world.dump() == before


def test_who_signed_before_is_told_with_the_delegate(sqlite_url: str) -> None:
    steps = "[{by: supervising-leader}, {by: mayor}]"
    with desk(sqlite_url, sign_off=steps, units=["U1"]) as office:
        standing_in.grant(office.world, LEADER, "duty", "03-08", "03-09", now=NOW)
        first = office.visitor()
        first.open(office.path("U1", "duty"))
        first.press(SIGN, decision="approve", name="值班员", comment="已核")
        page = office.visitor().open(office.path("U1", MAYOR))
        assert "已审签" in page.text and "（代 甲副市长）： 同意" in page.text and "“已核”" in page.text


def test_what_changed_since_the_return_stands_beside_the_reason(sqlite_three: Desk) -> None:
    world = sqlite_three.world
    world.decide(request_of(world, "U1"), "return", now=NOW, comment="请补充指标")
    world.hand_in("U1", "report", now=NOW, said="乙")
    page = sqlite_three.visitor().open(sqlite_three.path("U1"))
    assert "退回后改了什么" in page.text and "“请补充指标”" in page.text
    assert "原来 总结：甲 现在 总结：乙" in page.text
    assert "此前退回" not in page.text

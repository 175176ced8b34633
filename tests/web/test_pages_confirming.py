"""A decision by link with a second step: what was entered is kept, the code is asked for, WeCom tells who it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from notifier.channels import open_channels
from tests.doubles.smtp import SmtpDouble
from tests.doubles.wecom_oauth import WecomOauth
from tests.web.behind import (
    GIVEN,
    OBLIGATION,
    SUBMIT,
    UNIT,
    Behind,
    behind,
    digits,
    state_of,
    without_address,
)
from tests.web.browsing import CONTACT, Visitor
from tests.workflow.confirming import roster
from tests.workflow.world import OFFICE
from workflow import delegations
from workflow.challenges import MOST_TRIES


@pytest.fixture
def coded(database_url: str) -> Iterator[Behind]:
    """A rehearsal without channels: the code goes to the outbox page."""
    with behind(database_url, "code") as office:
        yield office


@pytest.fixture
def sqlite_coded(sqlite_url: str) -> Iterator[Behind]:
    """The same on SQLite alone."""
    with behind(sqlite_url, "code") as office:
        yield office


def at_the_code(office: Behind) -> Visitor:
    """A leader who has decided and is asked for the code."""
    leader = office.visitor()
    leader.open(office.asked())
    leader.press(SUBMIT, GIVEN)
    return leader


def test_a_decision_is_kept_until_its_code_is_entered(coded: Behind) -> None:
    leader = at_the_code(coded)
    page = leader.page
    assert (page.status, "请输入验证码" in page.text, "退回" in page.text) == (200, True, True)
    assert page.form(SUBMIT)[0].fields["comment"] == [GIVEN["comment"]]
    assert state_of(coded) == ("pending", None)
    page = leader.press(SUBMIT, code=coded.code())
    assert (page.status, "已退回" in page.text) == (200, True)
    (request,) = coded.world.requests(UNIT, OBLIGATION)
    assert (request.decision, request.comment, request.typed_name) == ("return", "请补充\n第二段 <b>", "甲副市长")
    assert request.confirmed == "code:outbox"


def test_a_wrong_code_is_told_and_writes_no_decision(coded: Behind) -> None:
    leader = at_the_code(coded)
    wrong = f"{(int(coded.code()) + 1) % 1_000_000:06d}"
    for left in range(MOST_TRIES - 1, 0, -1):
        page = leader.press(SUBMIT, code=wrong)
        assert (page.status, f"还可再试{left}次" in page.text) == (422, True)
        assert page.form(SUBMIT)[0].fields["comment"] == [GIVEN["comment"]]
    page = leader.press(SUBMIT, code=wrong)
    assert (page.status, page.offers(SUBMIT), page.offers("重新获取验证码")) == (422, False, True)
    assert state_of(coded) == ("pending", None)
    page = leader.press("重新获取验证码")
    assert (page.status, page.offers(SUBMIT)) == (200, True)
    assert "已退回" in leader.press(SUBMIT, code=coded.code()).text


def test_a_code_left_out_costs_no_try(sqlite_coded: Behind) -> None:
    leader = at_the_code(sqlite_coded)
    before = sqlite_coded.world.dump()
    page = leader.press(SUBMIT, code=" ")
    assert (page.status, "请输入六位验证码。" in page.text) == (422, True)
    assert sqlite_coded.world.dump() == before


def test_the_fourth_code_in_ten_minutes_is_not_sent(sqlite_coded: Behind) -> None:
    leader = at_the_code(sqlite_coded)
    for _ in range(2):
        assert leader.press("重新获取验证码").status == 200
    before = sqlite_coded.world.dump()
    page = leader.press("重新获取验证码")
    assert (page.status, "获取验证码过于频繁" in page.text, page.offers(SUBMIT)) == (422, True, True)
    assert sqlite_coded.world.dump() == before
    assert "已退回" in leader.press(SUBMIT, code=sqlite_coded.code()).text


def test_a_mistake_in_the_decision_is_told_before_any_code_is_sent(sqlite_coded: Behind) -> None:
    leader = sqlite_coded.visitor()
    leader.open(sqlite_coded.asked())
    before = sqlite_coded.world.dump()
    page = leader.press(SUBMIT, decision="return", name="甲副市长")
    assert (page.status, "退回时请写明理由。" in page.text) == (422, True)
    assert sqlite_coded.world.dump() == before


def test_reading_never_sends_a_code(sqlite_coded: Behind) -> None:
    leader = sqlite_coded.visitor()
    path = sqlite_coded.asked()
    before = sqlite_coded.world.dump()
    for address in (path, f"{path}/wecom", f"{path}/known", "/wecom/back", "/wecom/back?code=x&state=y"):
        assert leader.client.get(address, follow_redirects=False).status_code < 500
        assert leader.client.head(address, follow_redirects=False).status_code < 500
    assert sqlite_coded.world.dump() == before


def test_the_code_goes_out_at_once_by_the_other_channel(sqlite_url: str) -> None:
    with (
        SmtpDouble() as smtp,
        WecomOauth() as double,
        closing(open_channels(smtp.url(), double.url(), [])) as channels,
        behind(sqlite_url, "code", channels) as office,
    ):
        leader = office.visitor()
        path = office.asked()
        (card,) = double.shown
        assert (card.to, urlsplit(card.link).path) == ("leader.one", path)
        leader.open(path)
        page = leader.press(SUBMIT, GIVEN)
        assert "电子邮件" in page.text and "l***@example.cn" in page.text
        before = len(smtp.mails)
        office.engine.tick()
        (mail,) = smtp.mails[before:]
        assert mail.recipients == ("leader.1@example.cn",)
        code = digits([mail.part("plain")])
        assert code == office.code() and not any(code in one.text for one in double.shown)
        assert "已退回" in leader.press(SUBMIT, code=code).text
        (request,) = office.world.requests(UNIT, OBLIGATION)
        assert request.confirmed == "code:mail"


def test_a_leader_with_one_channel_is_told_whom_to_call(sqlite_url: str) -> None:
    with (
        WecomOauth() as double,
        closing(open_channels(None, double.url(), [])) as channels,
        behind(sqlite_url, "code", channels, given=without_address(roster())) as office,
    ):
        leader = office.visitor()
        leader.open(office.asked())
        before = office.world.dump()
        page = leader.press(SUBMIT, GIVEN)
        assert (page.status, page.offers(SUBMIT)) == (422, False)
        assert "您在本系统只有企业微信一种联系方式" in page.text and CONTACT in page.text
        assert office.world.dump() == before


def test_a_delegate_confirms_with_a_code_of_their_own(coded: Behind) -> None:
    coded.asked()
    with coded.engine.acting(OFFICE) as act:
        delegations.grant(
            act, principal="leader-1", delegate="mayor", since=act.today, until=act.today, comment="外出期间"
        )
    leader, delegate = coded.visitor(), coded.visitor()
    leader.open(coded.path("item"))
    leader.press(SUBMIT, GIVEN)
    of_the_leader = coded.code()
    delegate.open(coded.path("item", "mayor"))
    delegate.press(SUBMIT, {**GIVEN, "name": "市长"})
    assert "验证码不正确" in delegate.press(SUBMIT, code=of_the_leader).text
    assert "已退回" in delegate.press(SUBMIT, code=coded.code()).text
    (request,) = coded.world.requests(UNIT, OBLIGATION)
    assert (request.decided_by, request.confirmed) == ("mayor", "code:outbox")
    assert sorted(one.person for one in coded.world.letters("receipt")) == ["leader-1", "mayor"]

"""WeCom tells who holds the link: out, back, and everything that proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import requests

from notifier.channels import open_channels
from tests.doubles.smtp import SmtpDouble
from tests.doubles.wecom_oauth import WecomOauth
from tests.web.behind import GIVEN, OBLIGATION, SUBMIT, UNIT, Behind, behind, state_of
from tests.web.browsing import CONTACT, Page, Visitor
from tests.web.client import SECRET
from tests.workflow.confirming import roster
from tests.workflow.world import OFFICE
from web.pages import proofs
from workflow import submissions

WECOM = "用企业微信确认身份"


@contextmanager
def in_wecom(url: str, **given: object) -> Iterator[tuple[Behind, WecomOauth]]:
    """A service with a WeCom application, at whose double `leader.one` is signed in."""
    with (
        WecomOauth() as double,
        closing(open_channels(None, double.url(), [])) as channels,
        behind(url, "wecom", channels, given=roster(**given)) as office,  # type: ignore[arg-type]
    ):
        yield office, double


def through_wecom(leader: Visitor, start: str) -> httpx2.Response:
    """Tap the way to WeCom and come back by its redirects, as the client's browser does; the page at the end."""
    out = leader.client.get(start, follow_redirects=False)
    assert out.status_code == 303, out.text
    back = requests.get(out.headers["location"], allow_redirects=False, timeout=5)
    return leader.client.get(_local(back.headers["Location"]))


def _local(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_wecom_tells_who_it_is_and_the_decision_is_sent_after_all(database_url: str) -> None:
    with in_wecom(database_url) as (office, double):
        leader = office.wecom_visitor()
        leader.open(office.asked())
        page = leader.press(SUBMIT, GIVEN)
        assert (page.status, WECOM in page.text) == (200, True)
        before = office.world.dump()
        leader.page = Page(through_wecom(leader, page.link(WECOM)))
        assert office.world.dump() == before
        assert "身份已确认" in leader.page.text and "退回" in leader.page.text
        page = leader.press(SUBMIT)
        assert (page.status, "已退回" in page.text) == (200, True)
        (request,) = office.world.requests(UNIT, OBLIGATION)
        assert (request.confirmed, request.comment) == ("wecom", "请补充\n第二段 <b>")
        (asked,) = double.asked
        assert asked["scope"] == "snsapi_base" and asked["redirect_uri"].endswith("/wecom/back")
        assert asked["state"].isalnum() and len(asked["state"]) <= 128


@pytest.mark.parametrize(
    ("visitor", "said"),
    [
        ({"userid": "leader.two"}, "不是同一人"),
        ({"openid": "o-1", "external_userid": "w-1"}, "不是本单位企业微信的成员"),
    ],
)
def test_somebody_else_in_wecom_signs_nothing(sqlite_url: str, visitor: dict[str, object], said: str) -> None:
    with in_wecom(sqlite_url) as (office, double):
        double.visitor = visitor
        leader = office.wecom_visitor()
        leader.open(office.asked())
        page = leader.press(SUBMIT, GIVEN)
        answer = through_wecom(leader, page.link(WECOM))
        assert (answer.status_code, said in answer.text) == (422, True)
        leader.open(office.path("item"))
        assert WECOM in leader.press(SUBMIT, GIVEN).text
        assert state_of(office) == ("pending", None)


def test_user_ids_are_the_same_in_capitals(sqlite_url: str) -> None:
    with in_wecom(sqlite_url, wecom="Leader.One") as (office, _):
        leader = office.wecom_visitor()
        leader.open(office.asked())
        page = leader.press(SUBMIT, GIVEN)
        assert "身份已确认" in through_wecom(leader, page.link(WECOM)).text


def test_a_way_to_wecom_made_by_another_browser_proves_nothing(sqlite_url: str) -> None:
    with in_wecom(sqlite_url) as (office, double):
        path = office.asked()
        thief, leader = office.wecom_visitor(), office.wecom_visitor()
        out = thief.client.get(f"{path}/wecom", follow_redirects=False)
        back = requests.get(out.headers["location"], allow_redirects=False, timeout=5).headers["Location"]
        # The leader opens what the other one made: nothing is proven here, nor there without a code of its own.
        answer = leader.client.get(_local(back))
        assert (answer.status_code, "未能确认身份" in answer.text) == (400, True)
        assert double.calls["auth/getuserinfo"] == 0
        assert leader.client.get(f"{path}/known", follow_redirects=False).headers["location"] == path


@pytest.mark.parametrize("change", ["cut", "of another link", "made up", "empty"])
def test_a_state_that_is_not_ours_is_refused(sqlite_url: str, change: str) -> None:
    with in_wecom(sqlite_url) as (office, double):
        leader = office.wecom_visitor()
        out = leader.client.get(f"{office.asked()}/wecom", follow_redirects=False)
        state = parse_qs(urlsplit(out.headers["location"]).query)["state"][0]
        link, _, rest = state.partition("z")
        given = {
            "cut": state[:-1],
            "of another link": f"{int(link, 16) + 1:x}z{rest}",
            "made up": f"1z{'f' * 12}z{'0' * 64}",
            "empty": "",
        }[change]
        answer = leader.client.get("/wecom/back", params={"code": "x", "state": given})
        assert answer.status_code == 400
        assert double.calls["auth/getuserinfo"] == 0


def test_a_proof_is_for_one_link_and_ends(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_wecom(sqlite_url) as (office, _):
        leader = office.wecom_visitor()
        leader.open(office.asked())
        page = leader.press(SUBMIT, GIVEN)
        through_wecom(leader, page.link(WECOM))
        proof = next(cookie.value for cookie in leader.client.cookies.jar if cookie.name == proofs.PROOF)
        with office.engine.acting() as act:
            (request,) = office.world.open_requests(UNIT, OBLIGATION)
            mine = office.world.links.for_sign_off(act.session, request, act.now)
            desk = office.world.links.for_desk(act.session, "leader-1", act.now)
            means = proofs.Means(SECRET)
            assert proofs.proved(means, mine, proof or "") == "leader.one"
            assert proofs.proved(means, desk, proof or "") == ""
            monkeypatch.setattr(proofs, "SECONDS", -1)
            assert proofs.proved(means, mine, proof or "") == ""


def test_outside_wecom_the_page_says_what_to_do(sqlite_url: str) -> None:
    with in_wecom(sqlite_url) as (office, _):
        leader = office.visitor()
        leader.open(office.asked())
        page = leader.press(SUBMIT, GIVEN)
        page = leader.open(page.link(WECOM))
        assert (page.status, "请在企业微信中打开本页" in page.text) == (200, True)
        assert leader.client.get(page.link("继续确认身份"), follow_redirects=False).status_code == 303


def test_a_leader_without_a_wecom_account_is_told_whom_to_call(sqlite_url: str) -> None:
    with (
        SmtpDouble() as smtp,
        WecomOauth() as double,
        closing(open_channels(smtp.url(), double.url(), [])) as channels,
        behind(sqlite_url, "wecom", channels, given=roster(wecom=None)) as office,
    ):
        leader = office.wecom_visitor()
        path = office.asked()
        leader.open(path)
        page = leader.press(SUBMIT, GIVEN)
        assert "没有登记企业微信账号" in page.text and CONTACT in page.text
        assert leader.client.get(f"{path}/wecom", follow_redirects=False).status_code == 422


def test_a_rehearsal_without_wecom_goes_on_and_says_so(sqlite_url: str) -> None:
    with behind(sqlite_url, "wecom") as office:
        leader = office.visitor()
        leader.open(office.asked())
        page = leader.press(SUBMIT, GIVEN)
        leader.open(page.link("演练：视为企业微信已确认"))
        assert "已退回" in leader.press(SUBMIT).text
        (request,) = office.world.requests(UNIT, OBLIGATION)
        assert request.confirmed == "wecom:rehearsal"


def test_what_is_too_long_for_the_browser_may_be_entered_again(sqlite_url: str) -> None:
    with behind(sqlite_url, "wecom") as office:
        leader = office.visitor()
        leader.open(office.asked())
        words = "".join(chr(0x4E00 + number * 7) for number in range(2000))
        page = leader.press(SUBMIT, {**GIVEN, "comment": words})
        page = leader.open(page.link("演练：视为企业微信已确认"))
        assert page.form(SUBMIT)[0].fields["comment"] == [""]
        page = leader.press(SUBMIT)
        assert "退回时请写明理由。" in page.text
        assert "已退回" in leader.press(SUBMIT, comment=words).text


def test_dead_links_have_no_way_to_wecom(sqlite_url: str) -> None:
    with in_wecom(sqlite_url) as (office, _):
        leader = office.wecom_visitor()
        path = office.asked()
        out = leader.client.get(f"{path}/wecom", follow_redirects=False)
        back = requests.get(out.headers["location"], allow_redirects=False, timeout=5).headers["Location"]
        with office.engine.acting(OFFICE) as act:
            submissions.withdraw(act, office.world.id_of(UNIT, OBLIGATION))
        for address in (f"{path}/wecom", f"{path}/known", _local(back)):
            assert leader.client.get(address, follow_redirects=False).status_code == 404

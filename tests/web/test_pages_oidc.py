"""Signing in by another system, against doubles over real HTTP: an OpenID provider, and WeCom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import requests
from fastapi import FastAPI
from sqlmodel import select

from notifier.channels import open_channels
from notifier.channels.wecom_identity import WecomIdentity
from tests.doubles.oidc import CLIENT, OidcDouble
from tests.doubles.wecom_oauth import WecomOauth
from tests.web.behind import WXWORK
from tests.web.browsing import CONTACT, Office, Visitor
from tests.web.client import SECRET
from tests.workflow.world import World
from web import access, pages
from web.app import create_app
from web.oidc import Oidc
from workflow import outside_identities
from workflow.tables import AccountIdentity, Login, LoginFailure

UNIT = "KJJ"


class Elsewhere(Office):
    """The service with other systems to sign in by."""

    def __init__(self, world: World, oidc: Oidc | None = None, wecom: WecomIdentity | None = None) -> None:
        super().__init__(world)
        self.oidc, self.wecom = oidc, wecom

    @property
    def app(self) -> FastAPI:
        """The application with its pages, made once."""
        if "_app" not in self.__dict__:
            made = create_app(self.engine, secret=SECRET, base_url=self.base_url, seconds_since_sweep=lambda: 0.0)
            pages.add_to(
                made, self.engine, secret=SECRET, base_url=self.base_url, contact=CONTACT, oidc=self.oidc,
                identity=self.wecom,
            )  # fmt: skip
            self.__dict__["_app"] = made
        return self.__dict__["_app"]  # type: ignore[no-any-return]

    def link(self, provider: str, subject: str, name: str) -> None:
        with self.engine.acting() as act:
            outside_identities.link(act, provider, subject, name)


@pytest.fixture
def provider() -> Iterator[OidcDouble]:
    with OidcDouble() as double:
        yield double


@pytest.fixture
def office(sqlite_world: World, provider: OidcDouble) -> Elsewhere:
    """A unit's account, not linked yet; nobody is signed in."""
    made = Elsewhere(sqlite_world, Oidc(provider.issuer, CLIENT, provider.secret))
    made.person("unit", UNIT, "keji")
    return made


def through(visitor: Visitor, start: str) -> httpx2.Response:
    """Click the way out, and come back by the redirects of the other system."""
    out = visitor.client.get(start, follow_redirects=False)
    assert out.status_code == 303, out.text
    back = requests.get(out.headers["location"], allow_redirects=False, timeout=5).headers["Location"]
    return visitor.client.get(local(back))


def local(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def count(office: Office, table: type[Login] | type[LoginFailure] | type[AccountIdentity]) -> int:
    with office.engine.looking() as act:
        return len(act.session.exec(select(table)).all())


def test_a_linked_identity_signs_in_and_goes_on_where_it_was_asked(office: Elsewhere, provider: OidcDouble) -> None:
    office.link("oidc", str(provider.who["sub"]), "keji")
    visitor = office.visitor()
    page = visitor.open("/overdue")
    answer = through(visitor, page.link("用统一身份认证登录"))
    assert (answer.status_code, answer.url.path) == (200, "/overdue")
    assert "市科学技术局（keji）" in answer.text
    (asked,) = provider.asked
    assert asked["redirect_uri"] == f"{office.base_url}/login/oidc/back"
    assert len(asked["code_challenge"]) == 43 and asked["state"] not in (asked["nonce"], "")
    with office.engine.looking() as act:
        newest = max(act.session.exec(select(Login)), key=lambda one: one.began_at)
    assert (newest.account, newest.by) == ("keji", "oidc")


def test_an_unknown_identity_is_told_what_to_tell_the_administrator(office: Elsewhere, provider: OidcDouble) -> None:
    visitor, before = office.visitor(), office.world.dump()
    answer = through(visitor, "/login/oidc")
    assert answer.status_code == 403 and "还没有关联本系统的账号" in answer.text
    assert str(provider.who["sub"]) in answer.text
    assert access.COOKIE not in visitor.client.cookies
    assert office.world.dump() == before


SPOILED: dict[str, Callable[[OidcDouble], None]] = {
    "another nonce": lambda double: double.spoils.update(nonce="made up"),
    "no nonce": lambda double: double.spoils.update(nonce=None),
    "expired": lambda double: double.spoils.update(exp=int(time.time()) - 600),
    "another audience": lambda double: double.spoils.update(aud="another service"),
    "for several, asked by another": lambda double: double.spoils.update(aud=[CLIENT, "x"], azp="x"),
    "another issuer": lambda double: double.spoils.update(iss="https://evil.example.cn"),
    "nobody": lambda double: double.spoils.update(sub=""),
    "not signed": lambda double: setattr(double, "algorithm", "none"),
    "a shared secret": lambda double: setattr(double, "algorithm", "HS256"),
    "our secret refused": lambda double: setattr(double, "secret", "another"),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_an_answer_that_does_not_hold_signs_nobody_in(
    office: Elsewhere, provider: OidcDouble, spoil: Callable[[OidcDouble], None]
) -> None:
    office.link("oidc", str(provider.who["sub"]), "keji")
    spoil(provider)
    visitor, before = office.visitor(), office.world.dump()
    answer = through(visitor, "/login/oidc")
    assert (answer.status_code, "没有通过" in answer.text) == (403, True)
    assert access.COOKIE not in visitor.client.cookies
    assert office.world.dump() == before


def test_a_new_key_of_the_provider_is_looked_for(
    office: Elsewhere, provider: OidcDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.link("oidc", str(provider.who["sub"]), "keji")
    assert through(office.visitor(), "/login/oidc").status_code == 200
    provider.rotate()
    # Within half a minute it is not asked again, whatever keys are named to us.
    assert through(office.visitor(), "/login/oidc").status_code == 403
    monkeypatch.setattr("web.oidc.KEYS_AGAIN_SECONDS", 0.0)
    assert through(office.visitor(), "/login/oidc").status_code == 200
    assert provider.calls.count("/keys") == 2


@pytest.mark.parametrize("forge", ["state", "no state", "another browser", "twice", "wecom's"])
def test_a_way_back_that_this_browser_did_not_set_out_on_is_lost(
    office: Elsewhere, provider: OidcDouble, forge: str
) -> None:
    office.link("oidc", str(provider.who["sub"]), "keji")
    visitor, other = office.visitor(), office.visitor()
    out = visitor.client.get("/login/oidc", follow_redirects=False).headers["location"]
    back = local(requests.get(out, allow_redirects=False, timeout=5).headers["Location"])
    state = parse_qs(urlsplit(back).query)["state"][0]
    comes = other if forge == "another browser" else visitor
    if forge == "twice":
        assert visitor.client.get(back).status_code == 200
        visitor.client.cookies.delete(access.COOKIE)
    given = {"state": back.replace(state, "0" * 48), "no state": back.split("&state")[0]}.get(forge, back)
    answer = comes.client.get(given.replace("oidc/back", "wecom/back") if forge == "wecom's" else given)
    assert answer.status_code == (404 if forge == "wecom's" else 400)
    assert access.COOKIE not in comes.client.cookies
    assert provider.calls.count("/token") == (1 if forge == "twice" else 0)


def test_who_does_not_agree_over_there_is_told_so(office: Elsewhere, provider: OidcDouble) -> None:
    provider.refuses = True
    answer = through(office.visitor(), "/login/oidc")
    assert (answer.status_code, "没有确认您的身份" in answer.text) == (403, True)


def test_an_answer_of_another_issuer_is_refused_where_the_provider_names_itself(
    office: Elsewhere, provider: OidcDouble
) -> None:
    office.link("oidc", str(provider.who["sub"]), "keji")
    provider.names_itself = True
    visitor = office.visitor()
    out = visitor.client.get("/login/oidc", follow_redirects=False).headers["location"]
    back = local(requests.get(out, allow_redirects=False, timeout=5).headers["Location"])
    assert visitor.client.get(back.split("&iss")[0]).status_code == 403
    assert through(visitor, "/login/oidc").status_code == 200


def test_a_silent_provider_leaves_the_password(office: Elsewhere, provider: OidcDouble) -> None:
    provider.silent = True
    answer = office.visitor().client.get("/login/oidc")
    assert (answer.status_code, "暂时没有答复" in answer.text) == (503, True)


def test_a_provider_that_calls_itself_otherwise_is_refused(sqlite_world: World, provider: OidcDouble) -> None:
    office = Elsewhere(sqlite_world, Oidc(f"{provider.issuer}/", CLIENT, provider.secret))
    assert office.visitor().client.get("/login/oidc").status_code == 403


@pytest.mark.parametrize(
    ("claim", "given", "status"),
    [
        ("preferred_username", {}, 200),
        ("email", {}, 200),
        ("email", {"email_verified": False}, 403),
        ("preferred_username", {"preferred_username": "nobody"}, 403),
        ("preferred_username", {"preferred_username": "chief"}, 403),
        ("preferred_username", {"preferred_username": 7}, 403),
        ("missing", {}, 403),
    ],
)
def test_a_claim_links_who_it_names_and_never_an_administrator(
    sqlite_world: World, provider: OidcDouble, claim: str, given: dict[str, object], status: int
) -> None:
    office = Elsewhere(sqlite_world, Oidc(provider.issuer, CLIENT, provider.secret, claim))
    office.person("unit", UNIT, "keji")
    office.person("admin", name="chief")
    provider.who.update(given)
    assert through(office.visitor(), "/login/oidc").status_code == status
    assert count(office, AccountIdentity) == (1 if status == 200 else 0)


def test_a_disabled_account_does_not_come_in_by_another_door(office: Elsewhere, provider: OidcDouble) -> None:
    from workflow import accounts

    office.link("oidc", str(provider.who["sub"]), "keji")
    with office.engine.acting() as act:
        accounts.disable(act, "keji")
    answer = through(office.visitor(), "/login/oidc")
    assert (answer.status_code, "已停用" in answer.text) == (403, True)


def test_without_settings_there_is_no_other_door(sqlite_office: Office) -> None:
    visitor = sqlite_office.visitor()
    assert "用统一身份认证登录" not in visitor.open("/login").text
    for path in ("/login/oidc", "/login/oidc/back", "/login/wecom", "/login/wecom/back"):
        assert visitor.open(path).status == 404


@pytest.mark.parametrize("agent", [WXWORK, "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0"])
def test_wecom_signs_in_whom_the_administrator_linked(sqlite_world: World, agent: str) -> None:
    with WecomOauth() as double, closing(open_channels(None, double.url(), [])) as channels:
        office = Elsewhere(sqlite_world, wecom=channels.identity)
        office.person("unit", UNIT, "keji")
        visitor = office.visitor()
        visitor.client.headers["User-Agent"] = agent
        unlinked = through(visitor, visitor.open("/login").link("用企业微信登录"))
        assert (unlinked.status_code, "leader.one" in unlinked.text) == (403, True)
        office.link("wecom", "Leader.One", "keji")
        answer = through(visitor, "/login/wecom?return_to=/overdue")
        assert (answer.status_code, answer.url.path) == (200, "/overdue")
        assert all(asked["state"].isalnum() for asked in double.asked)


def test_an_outsider_in_wecom_is_nobody(sqlite_world: World) -> None:
    with WecomOauth() as double, closing(open_channels(None, double.url(), [])) as channels:
        office = Elsewhere(sqlite_world, wecom=channels.identity)
        double.visitor = {"openid": "o-1", "external_userid": "w-1"}
        visitor = office.visitor()
        visitor.client.headers["User-Agent"] = WXWORK
        answer = through(visitor, "/login/wecom")
        assert (answer.status_code, "不是本单位企业微信的成员" in answer.text) == (403, True)

"""Sessions and accounts in the browser: signing out ends a session, the administrator's acts, secrets shown once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.statements import noted
from tests.web.browsing import PASSWORD, UNIT, Office, Visitor
from web import access
from workflow import logins, tokens
from workflow.tables import Account

CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


def copy_of(office: Office, visitor: Visitor) -> Visitor:
    """Somebody with a copy of the cookie."""
    thief = office.visitor()
    thief.client.cookies.set(access.COOKIE, visitor.client.cookies[access.COOKIE], domain="duban.example.cn")
    return thief


def enter(office: Office, name: str) -> Visitor:
    visitor = office.visitor()
    visitor.client.headers["User-Agent"] = CHROME
    visitor.sign_in(name)
    return visitor


def test_a_copied_cookie_is_dead_once_its_owner_signs_out(office: Office) -> None:
    clerk = office.person()
    thief = copy_of(office, clerk)
    assert thief.open("/overdue").path == "/overdue"
    clerk.press("退出")
    assert thief.open("/overdue").path.startswith("/login")


def test_a_new_sign_in_ends_the_session_it_replaces(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    old = copy_of(sqlite_office, clerk)
    form = sqlite_office.visitor()
    form.open("/login")
    clerk.client.cookies.update(form.client.cookies)
    clerk.page = form.page
    assert clerk.press("登录", name="office", password=PASSWORD).path == "/"
    assert old.open("/").path == "/login"


def test_the_other_devices_are_listed_and_left(sqlite_office: Office) -> None:
    mine = sqlite_office.person()
    elsewhere, third = enter(sqlite_office, "office"), enter(sqlite_office, "office")
    page = mine.open("/sessions")
    assert page.text.count("Chrome · Windows") == 2 and page.text.count("本机") == 2
    assert mine.press("退出Chrome").path == "/sessions"
    alive = [one.open("/").path == "/" for one in (elsewhere, third)]
    assert sorted(alive) == [False, True]
    assert "已退出其他1个设备" in mine.press("退出其他设备").text
    assert [one.open("/").path for one in (elsewhere, third, mine)] == ["/login", "/login", "/"]


def test_nobody_ends_the_sessions_of_another(sqlite_office: Office) -> None:
    clerk, unit = sqlite_office.person(), sqlite_office.liaison()
    enter(sqlite_office, "office")
    (key, *_) = re.findall(r'name="session" value="(\w+)"', clerk.open("/sessions").response.text)
    unit.open("/sessions")
    token = unit.page.form("退出")[0].fields["form_token"][0]
    before = sqlite_office.world.dump()
    unit.client.post("/sessions/end", data={"session": key, "form_token": token})
    assert sqlite_office.world.dump() == before


def test_a_page_that_is_opened_renews_the_cookie_and_writes_nothing(sqlite_office: Office) -> None:
    began = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def at(minutes: int) -> None:
        wall = began + timedelta(minutes=minutes)
        sqlite_office.app.state.site = replace(sqlite_office.site, wall=lambda: wall)

    at(0)
    clerk = sqlite_office.person()
    before = sqlite_office.world.dump()
    for minutes in range(100, 720, 100):
        at(minutes)
        assert clerk.open("/overdue").path == "/overdue"
    assert sqlite_office.world.dump() == before
    at(719)
    stays = clerk.client.cookies[access.COOKIE]
    clerk.open("/overdue")
    assert clerk.client.cookies[access.COOKIE] != stays
    at(720)
    assert clerk.open("/overdue").path.startswith("/login")


def test_the_administrator_adds_an_account_whose_password_is_shown_once(office: Office) -> None:
    admin = office.person("admin")
    admin.open("/accounts")
    admin.follow("新建账号")
    page = admin.press("新建", name="jiaoyu", role="unit", unit=UNIT)
    (once,) = re.findall(r'class="secret"><code>([^<]+)<', page.response.text)
    assert page.response.headers["cache-control"] == "no-store"
    page = admin.follow("查看该账号")
    assert "未改一次性密码" in page.text and "市教育体育局" in page.text and once not in page.response.text
    unit = office.visitor()
    unit.open("/login")
    assert unit.press("登录", name="jiaoyu", password=once).path == "/password"
    page = admin.open("/accounts/new")
    refused = admin.press("新建", name="jiaoyu", role="office", unit="")
    assert (refused.status, "已存在" in refused.text) == (409, True)


def test_the_administrator_does_everything_to_an_account(office: Office) -> None:
    admin, unit = office.person("admin"), office.liaison()
    one = f"/accounts/account?name={UNIT}"
    admin.open(one)
    assert "已停用账号" in admin.press("停用账号").text
    assert unit.open("/").path == "/login"
    unit.open("/login")
    refused = unit.press("登录", name=UNIT, password=PASSWORD)
    assert (refused.status, "该账号已停用" in refused.text) == (403, True)
    assert "已启用账号" in admin.press("启用账号").text
    assert unit.sign_in(UNIT).status == 200 and unit.open("/sessions").path == "/sessions"
    page = admin.press("变更", role="unit", unit="KJJ")
    assert "市科学技术局" in page.text and unit.open("/").path == "/login"
    page = admin.press("变更", role="unit", unit="WUCI")
    assert (page.status, "没有编码为“WUCI”的单位" in page.text) == (422, True)
    admin.open(one)
    assert "已关联" in admin.press("关联", provider="wecom", subject="liu.yi").text
    assert "已取消关联" in admin.press("取消关联").text
    page = admin.press("重置密码")
    assert page.status == 200 and "一次性密码" in page.text
    assert "重置密码" in admin.open(one).text


def test_a_locked_name_is_unlocked_by_the_administrator(sqlite_office: Office) -> None:
    admin = sqlite_office.person("admin")
    sqlite_office.liaison()
    for _ in range(10):
        with sqlite_office.engine.acting() as act:
            logins.attempt(act, UNIT, place="10.0.0.9", wall=sqlite_office.site.wall())
    guesser = sqlite_office.visitor()
    guesser.open("/login")
    assert guesser.press("登录", name=UNIT, password=PASSWORD).status == 429
    assert UNIT in admin.open("/accounts?state=locked").text
    admin.follow(UNIT)
    assert "已解除" in admin.press("解除锁定").text
    assert guesser.press("登录", name=UNIT, password=PASSWORD).status == 200
    log = admin.open(f"/accounts/sign-ins?kind=failed&name={UNIT}")
    assert log.text.count("10.0.0.9") == 10
    assert "没有这个账号" not in log.text


def test_a_token_is_named_shown_once_and_revoked(sqlite_office: Office) -> None:
    admin = sqlite_office.person("admin")
    admin.open("/accounts/tokens")
    assert admin.press("发放", role="office").status == 422
    page = admin.press("发放", name="数据大屏", role="inspector", unit="")
    (token,) = re.findall(r'class="secret"><code>(duban_[^<]+)<', page.response.text)
    page = admin.open("/accounts/tokens")
    assert "数据大屏" in page.text and token not in page.response.text
    admin.press("作废接口令牌1")
    with sqlite_office.engine.looking() as act:
        assert tokens.token_actor(act.session, token) is None


def test_the_last_administrator_cannot_be_disabled(sqlite_office: Office) -> None:
    admin = sqlite_office.person("admin")
    page = admin.open("/accounts/account?name=admin")
    assert not page.offers("停用账号")
    page = admin.press("变更", role="office", unit="")
    assert (page.status, "最后一个可用的系统管理员" in page.text) == (409, True)


@pytest.mark.parametrize("role", ["office", "inspector", "unit"])
def test_accounts_are_the_administrators_alone(sqlite_office: Office, role: str) -> None:
    visitor = sqlite_office.person(role, UNIT if role == "unit" else None)
    assert "/accounts" not in [href for href, _ in visitor.page.read.links]
    for path in ("", "/new", "/account?name=office", "/tokens", "/sign-ins"):
        assert visitor.open(f"/accounts{path}").status == 403


def test_the_lists_ask_the_same_few_statements_whatever_they_hold(sqlite_office: Office) -> None:
    admin = sqlite_office.person("admin")
    counts: dict[str, list[int]] = {"/accounts": [], "/accounts/sign-ins": [], "/accounts/sign-ins?kind=acts": []}
    for round_ in range(2):
        for path, found in counts.items():
            admin.open(path)
            with noted() as seen:
                assert admin.open(path).status == 200
            found.append(len(seen))
        with sqlite_office.engine.acting() as act:
            for number in range(60):
                act.session.add(
                    Account(name=f"u{round_}-{number}", role="unit", unit=UNIT, password_hash="x", created_at=act.now)
                )
    assert all(first == second for first, second in counts.values()), counts

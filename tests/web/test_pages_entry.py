"""Signing in and out: a new session each time, no way off the site, nothing told to a guesser."""

import re

import pytest

from tests.web.browsing import PASSWORD, Office
from web import access
from web.contexts.entry import SampleAccount
from web.pages.frame import local_path
from workflow import accounts


def test_a_page_asked_for_before_signing_in_comes_after_it(office: Office) -> None:
    office.person()
    visitor = office.visitor()
    page = visitor.open("/overdue?waiting_on=approver")
    assert page.path == "/login?return_to=%2Foverdue%3Fwaiting_on%3Dapprover"
    page = visitor.press("登录", name="office", password=PASSWORD)
    assert (page.status, page.path) == (200, "/overdue?waiting_on=approver")
    assert "领导小组办公室（office）" in page.text


def test_a_one_time_password_opens_nothing_but_its_own_change(office: Office) -> None:
    with office.engine.acting() as act:
        once = accounts.ensure_admin(act)
    assert once is not None
    visitor = office.visitor()
    visitor.open("/login")
    page = visitor.press("登录", name="admin", password=once)
    assert page.path == "/password" and "一次性密码" in page.text
    assert visitor.open("/overdue").path == "/password"
    assert visitor.client.get("/api/v1/overdue").json()["code"] == "password-to-change"
    visitor.open("/password")
    page = visitor.press("修改", old=once, new="long enough", again="something else")
    assert (page.status, page.path) == (422, "/password") and "不一样" in page.text
    page = visitor.press("修改", old="a wrong one", new="long enough", again="long enough")
    assert page.status == 422 and "原密码不对" in page.text
    page = visitor.press("修改", old=once, new=once, again=once)
    assert page.status == 422 and "不能与原密码相同" in page.text
    page = visitor.press("修改", old=once, new="long enough", again="long enough")
    assert (page.status, page.path) == (200, "/") and "密码已修改" in page.text
    assert visitor.open("/overdue").path == "/overdue"


def test_a_changed_password_ends_the_sessions_that_began_with_the_old_one(office: Office) -> None:
    here, elsewhere = office.person(), office.visitor()
    elsewhere.open("/login")
    elsewhere.press("登录", name="office", password=PASSWORD)
    here.open("/password")
    here.press("修改", old=PASSWORD, new="another password", again="another password")
    assert here.open("/overdue").path == "/overdue"
    assert elsewhere.open("/overdue").path.startswith("/login")


@pytest.mark.parametrize(
    ("wanted", "gone_to"),
    [
        ("/", "/"),
        ("/overdue?a=1&b=%E4%B8%AD", "/overdue?a=1&b=%E4%B8%AD"),
        ("//evil.example.cn", "/"),
        ("/\\evil.example.cn", "/"),
        ("/a\\..\\b", "/"),
        ("https://evil.example.cn", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example.cn", "/"),
        ("/\n/evil.example.cn", "/"),
        ("\\/evil.example.cn", "/"),
        ("overdue", "/"),
        ("", "/"),
        ("/" + "a" * 3000, "/"),
    ],
)
def test_only_addresses_of_this_site_are_returned_to(wanted: str, gone_to: str) -> None:
    assert local_path(wanted) == gone_to


def test_a_sign_in_with_a_foreign_address_stays_on_the_site(sqlite_office: Office) -> None:
    sqlite_office.person()
    visitor = sqlite_office.visitor()
    visitor.open("/login?return_to=//evil.example.cn/x")
    page = visitor.press("登录", name="office", password=PASSWORD)
    assert (page.response.url.host, page.path) == ("duban.example.cn", "/")


def test_a_wrong_password_keeps_the_name_and_says_no_more_than_that(sqlite_office: Office) -> None:
    sqlite_office.person()
    visitor = sqlite_office.visitor()
    visitor.open("/login?return_to=/messages")
    known = visitor.press("登录", name="office", password="wrong password")
    assert (known.status, known.form("登录")[0].fields["name"]) == (401, ["office"])
    assert known.form("登录")[0].fields["return_to"] == ["/messages"]
    unknown = visitor.press("登录", name="nobody", password="wrong password")
    assert unknown.status == 401
    assert re.findall(r"账号或密码不正确。", known.text) == re.findall(r"账号或密码不正确。", unknown.text)
    assert access.COOKIE not in visitor.client.cookies


def test_ten_wrong_passwords_lock_the_name(sqlite_office: Office) -> None:
    sqlite_office.person()
    visitor = sqlite_office.visitor()
    visitor.open("/login")
    for _ in range(10):
        assert visitor.press("登录", name="office", password="wrong password").status == 401
    page = visitor.press("登录", name="office", password=PASSWORD)
    assert page.status == 429
    assert "登录失败次数过多" in page.text


def test_every_sign_in_is_a_new_session(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    first = clerk.client.cookies[access.COOKIE]
    victim = sqlite_office.visitor()
    victim.client.cookies.set(access.COOKIE, "planted", domain="duban.example.cn", path="/")
    victim.sign_in("office")
    (second,) = [one.value for one in victim.client.cookies.jar if one.name == access.COOKIE]
    assert second not in (first, "planted")


def test_a_form_that_signs_in_works_in_the_browser_it_was_shown_in_only(sqlite_office: Office) -> None:
    sqlite_office.person()
    mine, theirs = sqlite_office.visitor(), sqlite_office.visitor()
    mine.open("/login")
    theirs.page = mine.page
    page = theirs.press("登录", name="office", password=PASSWORD)
    assert page.status == 403
    assert "登录页面已过期" in page.text
    assert theirs.press("登录", name="office", password=PASSWORD).path == "/"


def test_signing_out_takes_the_session_away(office: Office) -> None:
    clerk = office.person()
    page = clerk.press("退出")
    assert (page.path, "已退出。" in page.text) == ("/login", True)
    assert access.COOKIE not in clerk.client.cookies
    assert clerk.open("/").path == "/login"


def test_signing_out_needs_the_form(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    assert clerk.client.post("/logout").status_code == 403
    assert clerk.open("/").path == "/"


def test_who_is_signed_in_does_not_see_the_form_again(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    assert clerk.open("/login?return_to=/messages").path == "/messages"


def test_a_changed_password_ends_the_session(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    with sqlite_office.engine.acting() as act:
        accounts.set_password(act, "office", "another password")
    assert clerk.open("/").path == "/login"


@pytest.mark.parametrize(
    ("base_url", "secure"), [("http://duban.example.cn", False), ("https://duban.example.cn", True)]
)
def test_the_cookies_are_out_of_reach_of_scripts_and_of_plain_http(
    sqlite_office: Office, base_url: str, secure: bool
) -> None:
    office = Office(sqlite_office.world, base_url=base_url)
    office.person()
    answer = office.visitor()
    answer.open("/login")
    form, _ = answer.page.form("登录")
    sent = {"name": "office", "password": PASSWORD, "form_token": form.fields["form_token"][0]}
    set_by = answer.client.post("/login", data=sent, follow_redirects=False).headers.get_list("set-cookie")
    cookie = next(one for one in set_by if one.startswith(access.COOKIE)).lower()
    assert "httponly" in cookie and "samesite=lax" in cookie
    assert ("secure" in cookie) is secure


def test_sample_accounts_are_one_click_away_in_the_demonstration_only(sqlite_office: Office) -> None:
    sqlite_office.person()
    assert "怎么试用" not in sqlite_office.visitor().open("/login").text
    demo = Office(sqlite_office.world)
    demo.demo_accounts = (SampleAccount("office", PASSWORD, "office", "", "看板"),)
    visitor = demo.visitor()
    page = visitor.open("/")
    assert "怎么试用" in page.text and "到下一事项" in page.text and "投递箱" in page.text
    assert visitor.press("以 office 登录").path == "/"


@pytest.mark.parametrize("path", ["/", "/programmes/ordos-benchmarking-2022", "/overdue", "/messages", "/outbox"])
def test_nothing_is_shown_to_who_has_not_signed_in(sqlite_office: Office, path: str) -> None:
    answer = sqlite_office.anybody().get(path, follow_redirects=False)
    assert (answer.status_code, answer.content) == (303, b"")


@pytest.mark.parametrize("path", ["/clock", "/logout", "/submissions/6/content", "/submissions/6/urge"])
def test_nothing_is_done_for_who_has_not_signed_in(sqlite_office: Office, path: str) -> None:
    before = sqlite_office.world.dump()
    answer = sqlite_office.anybody().post(path, data={"comment": "x", "step": "next"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
    assert sqlite_office.world.dump() == before

"""Tokens, sessions and form tokens: who a request comes from, and that no foreign page can make one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from itsdangerous import URLSafeSerializer
from starlette.responses import Response

from tests.web.client import API, SECRET, House
from tests.workflow.world import LAUNCH
from web import access
from workflow import accounts, tokens
from workflow.logins import SignInLocked
from workflow.spans import USUAL

UNIT = "KJJ"
SESSIONS = f"{API}/submissions?limit=1"


def with_cookie(house: House, value: str) -> TestClient:
    browser = house.anybody()
    browser.cookies.set(access.COOKIE, value)
    return browser


def urge(browser: TestClient, house: House, **headers: str) -> tuple[int, str]:
    answer = browser.post(f"{house.submission(UNIT)}/urge", headers=headers)
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer duban_", "Bearer duban_wrong", "Basic b2ZmaWNlOng=", "duban_x", "Bearer a b", "\xff"],
)
def test_wrong_credentials_are_no_credentials(sqlite_house: House, header: str) -> None:
    answer = sqlite_house.anybody().get(SESSIONS, headers={b"Authorization": header.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


def test_revoked_token_ends_at_once(house: House) -> None:
    client = house.office()
    assert client.get(SESSIONS).status_code == 200
    with house.engine.acting() as act:
        tokens.revoke_token(act, 1)
    assert client.get(SESSIONS).status_code == 401


def test_session_reads_without_and_writes_with_its_form_token(house: House) -> None:
    browser = house.signed_in()
    assert browser.get(SESSIONS).status_code == 200
    before = house.world.dump()
    assert urge(browser, house) == (403, "form-token-refused")
    assert urge(browser, house, **{access.FORM_HEADER: "0" * 64}) == (403, "form-token-refused")
    assert urge(browser, house, **{access.FORM_HEADER: ""}) == (403, "form-token-refused")
    assert house.world.dump() == before
    assert urge(browser, house, **{access.FORM_HEADER: house.form_token(browser)})[0] == 200


def test_form_token_of_one_session_does_not_fit_another(house: House) -> None:
    mine, other = house.signed_in("office"), house.signed_in("another")
    assert urge(mine, house, **{access.FORM_HEADER: house.form_token(other)}) == (403, "form-token-refused")


def test_token_counts_before_a_session_and_is_not_fallen_back_from(house: House) -> None:
    browser = house.signed_in()
    browser.headers["Authorization"] = f"Bearer {house.token('inspector')}"
    assert urge(browser, house) == (403, "forbidden")
    browser.headers["Authorization"] = "Bearer duban_wrong"
    assert browser.get(SESSIONS).status_code == 401
    browser.headers["Authorization"] = "Basic b2ZmaWNlOng="
    assert browser.get(SESSIONS).status_code == 401


def test_tampered_or_foreign_cookie_is_no_session(sqlite_house: House) -> None:
    value = sqlite_house.signed_in().cookies[access.COOKIE]
    content = access.signer(sqlite_house.site).loads(value)
    foreign = URLSafeSerializer(b"another key", salt="duban session").dumps(content)
    other_purpose = URLSafeSerializer(SECRET, salt="something else").dumps(content)
    for wrong in (value[:-2] + "AA", value.split(".")[0], "x", foreign, other_purpose, ".."):
        assert with_cookie(sqlite_house, wrong).get(SESSIONS).status_code == 401


def test_session_that_holds_something_else_is_no_session(sqlite_house: House) -> None:
    signer = access.signer(sqlite_house.site)
    number, seen = signer.loads(sqlite_house.signed_in().cookies[access.COOKIE])
    wrong: list[object] = [[], ["x"], "x", {"x": 1}, 7, None]
    wrong += [[number], [number, None], [number, 10**20], [7, seen], ["x", seen]]
    for content in wrong:
        assert with_cookie(sqlite_house, str(signer.dumps(content))).get(SESSIONS).status_code == 401


def at(house: House, wall: datetime) -> None:
    """Put the machine's clock, whatever the rehearsal's says."""
    house.app.state.site = replace(house.site, wall=lambda: wall)


def test_session_ends_after_twelve_hours_however_often_it_is_used(sqlite_house: House) -> None:
    began = datetime(2026, 3, 2, 9, tzinfo=UTC)
    at(sqlite_house, began)
    number, _ = access.signer(sqlite_house.site).loads(sqlite_house.signed_in().cookies[access.COOKIE])
    for hours, status in ((11.9, 200), (12, 401)):
        wall = began + timedelta(hours=hours)
        at(sqlite_house, wall)
        fresh = access.cookie_of(sqlite_house.site, number, wall)
        assert with_cookie(sqlite_house, fresh).get(SESSIONS).status_code == status


def test_session_ends_after_two_idle_hours_and_no_request_writes(sqlite_house: House) -> None:
    began = datetime(2026, 3, 2, 9, tzinfo=UTC)
    at(sqlite_house, began)
    value = sqlite_house.signed_in().cookies[access.COOKIE]
    before = sqlite_house.world.dump()
    for minutes, status in ((119, 200), (121, 401)):
        at(sqlite_house, began + timedelta(minutes=minutes))
        assert with_cookie(sqlite_house, value).get(SESSIONS).status_code == status
    assert sqlite_house.world.dump() == before


def test_session_ends_when_the_password_changes(house: House) -> None:
    browser = house.signed_in()
    assert browser.get(SESSIONS).status_code == 200
    with house.engine.acting() as act:
        accounts.set_password(act, "office", "another password")
    assert browser.get(SESSIONS).status_code == 401


def test_session_acts_as_its_account(house: House) -> None:
    browser = house.signed_in("keji", "unit", UNIT)
    assert browser.get(f"{API}/submissions").json()["total"] == 3
    house.world.fill(UNIT, now=LAUNCH)
    headers = {access.FORM_HEADER: house.form_token(browser)}
    found = browser.post(f"{house.submission(UNIT)}/submit", headers=headers).json()
    assert found["history"][-1]["actor"] == "市科学技术局（keji）"


def test_cookie_is_for_this_site_and_no_script() -> None:
    def flags(base_url: str) -> str:
        response = Response()
        site = type("Any", (), {"base_url": base_url, "spans": USUAL})()
        access.set_cookie(response, site, "value")
        return response.headers["Set-Cookie"]

    plain, secure = flags("http://10.0.0.1:8000"), flags("https://duban.example.cn")
    for written in (plain, secure):
        assert "HttpOnly" in written and "SameSite=lax" in written and "Path=/" in written
        assert "Max-Age=43200" in written
    assert "Secure" in secure and "Secure" not in plain


def test_ten_wrong_passwords_lock_the_account_out(sqlite_house: House) -> None:
    sqlite_house.signed_in()
    for _ in range(10):
        with pytest.raises(accounts.SignInRefused):
            access.sign_in(sqlite_house.site, "office", "wrong")
    with pytest.raises(SignInLocked):
        access.sign_in(sqlite_house.site, "office", "office says it")


def test_calendar_takes_its_token_from_the_address(house: House) -> None:
    browser, token = house.anybody(), house.token("unit", UNIT)
    found = browser.get(f"{API}/calendar.ics", params={"token": token})
    assert found.status_code == 200
    assert found.text.count("BEGIN:VEVENT") == 3
    assert browser.get(f"{API}/calendar.ics", params={"token": token + "x"}).status_code == 401
    assert browser.get(f"{API}/overdue", params={"token": token}).status_code == 401

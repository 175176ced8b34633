"""The rehearsal clock on the pages, the style sheets, and what a page says of itself to browsers."""

import pytest
from sqlalchemy import text

from tests.web.browsing import UNIT, Office, Visitor
from tests.workflow.world import local
from web import rendering
from web.pages.assets import FOREVER
from workflow.moments import SHANGHAI


def stands_at(office: Office) -> str:
    """The clock, in Shanghai."""
    with office.engine.looking() as act:
        return act.now.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def token(office: Office, visitor: Visitor) -> dict[str, str]:
    return {"form_token": office.form_token(visitor.client)}


def test_the_next_button_goes_to_the_next_thing_due_and_back_to_the_page(office: Office) -> None:
    clerk = office.person()
    page = clerk.open("/overdue?sort=unit")
    assert "到下一事项 12月31日 09:00 “报送建标学习对象”截止前1个工作日提醒" in page.text
    page = clerk.press("到下一事项")
    assert (page.status, page.path) == (200, "/overdue?sort=unit")
    assert "时钟已拨到2021年12月31日 09:00，其间发出61封信。" in page.text
    assert "到下一事项 1月5日 00:00" in page.text
    page = clerk.press("到下一事项")
    assert "61 件" in page.text and stands_at(office) == "2022-01-05 00:00"


@pytest.mark.parametrize(
    ("button", "given", "then"),
    [
        ("+1小时", {}, "2021-12-31 09:30"),
        ("到次日 09:00", {}, "2022-01-01 09:00"),
        ("拨到此时间", {"now": "2022-01-02T17:45"}, "2022-01-02 17:45"),
    ],
)
def test_the_clock_moves_as_asked(sqlite_office: Office, button: str, given: dict[str, str], then: str) -> None:
    clerk = sqlite_office.person()
    clerk.open("/")
    clerk.press(button, given)
    assert stands_at(sqlite_office) == then


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2021-12-30T09:00", "演练时钟只能向前"),
        ("2031-01-01T09:00", "一次最多推进"),
        ("9999-12-31T23:59", "请选择要拨到的日期和时间"),
        ("tomorrow", "请选择要拨到的日期和时间"),
        ("", "请选择要拨到的日期和时间"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_the_reason(sqlite_office: Office, typed: str, said: str) -> None:
    clerk = sqlite_office.person()
    clerk.open("/messages")
    page = clerk.press("拨到此时间", now=typed)
    assert (page.path, said in page.text) == ("/messages", True)
    assert stands_at(sqlite_office) == "2021-12-31 08:30"


def test_moving_the_clock_leads_to_pages_of_this_site_only(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    sent = {**token(sqlite_office, clerk), "step": "hour", "return_to": "//evil.example.cn/"}
    answer = clerk.client.post("/clock", data=sent, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(("role", "unit"), [("inspector", None), ("unit", UNIT)])
def test_only_the_office_moves_the_clock(sqlite_office: Office, role: str, unit: str | None) -> None:
    visitor = sqlite_office.person(role, unit)
    assert not visitor.open("/").offers("到下一事项")
    answer = visitor.client.post("/clock", data={**token(sqlite_office, visitor), "step": "hour"})
    assert (answer.status_code, stands_at(sqlite_office)) == (403, "2021-12-31 08:30")


def test_the_clock_needs_its_form(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    assert clerk.client.post("/clock", data={"step": "hour"}).status_code == 403
    assert stands_at(sqlite_office) == "2021-12-31 08:30"


def test_a_live_service_has_no_clock_to_move(sqlite_office: Office) -> None:
    live = Office(sqlite_office.world, rehearsal=False)
    clerk = live.person()
    assert not clerk.open("/").offers("到下一事项")
    assert clerk.client.post("/clock", data={**token(live, clerk), "step": "hour"}).status_code == 404


def test_when_nothing_is_ahead_the_page_says_so(sqlite_office: Office) -> None:
    sqlite_office.engine.advance(local("2023-12-31 09:00"))
    clerk = sqlite_office.person()
    page = clerk.open("/")
    assert "后面没有待办事项" in page.text and not page.offers("到下一事项")
    sent = {**token(sqlite_office, clerk), "step": "next"}
    assert "后面没有待办事项" in clerk.client.post("/clock", data=sent).text


@pytest.mark.parametrize("name", ["style.css", "signoff.css", "favicon.svg"])
def test_a_style_sheet_is_kept_as_long_as_its_address_holds(sqlite_office: Office, name: str) -> None:
    browser = sqlite_office.anybody()
    now = browser.get(rendering.asset(name))
    assert (now.status_code, now.headers["cache-control"]) == (200, FOREVER)
    assert now.headers["content-type"].startswith(("text/css", "image/svg+xml"))
    for other in (f"/static/{name}", f"/static/{name}?v=0123456789"):
        assert browser.get(other).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.css", "..%2frendering.py", "%2e%2e/rendering.py", ".", ""])
def test_no_other_file_is_given_out(sqlite_office: Office, name: str) -> None:
    answer = sqlite_office.anybody().get(f"/static/{name}")
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_a_page_is_neither_kept_nor_framed_nor_scripted(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    for path in ("/", "/login", "/nowhere"):
        headers = clerk.client.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"


def test_a_store_that_does_not_answer_is_said_on_a_page_that_asks_nothing_of_it(sqlite_office: Office) -> None:
    clerk = sqlite_office.person()
    with sqlite_office.world.store.write() as session:
        session.execute(text("ALTER TABLE programme RENAME TO lost"))
    page = clerk.open("/")
    assert (page.status, "没有改动任何内容" in page.text) == (503, True)
    assert not page.offers("退出")
    assert "programme" not in page.response.text

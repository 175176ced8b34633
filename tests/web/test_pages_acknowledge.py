"""签收 by the link in an alert: looking signs nothing, one click is one record, on a telephone without scripts too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize, sync_playwright
from sqlmodel import col, select

from tests.web.behind import listening, serving
from tests.web.browsing import Office, Visitor
from tests.web.client import ADDRESS
from tests.web.test_looks import STICKS_OUT
from tests.workflow.acknowledging import alerting
from workflow.tables import Message

LAPSED, OVER = "2022-03-11 00:00", "2022-03-14 00:00"
PHONE = ViewportSize(width=360, height=740)


@contextmanager
def alerted(url: str, *, base_url: str = ADDRESS) -> Iterator[Office]:
    """The deadline has passed, and the alerts have gone out."""
    with alerting(url) as world:
        office = Office(world, base_url=base_url)
        office.at(LAPSED)
        yield office


def letter_to(office: Office, person: str, kind: str = "lapse") -> Message:
    """The newest message of a kind to a person."""
    with office.world.store.read() as session:
        found = select(Message).where(Message.person == person, Message.kind == kind)
        message = session.exec(found.order_by(col(Message.id).desc())).first()
        assert message is not None
        return message


def link_in(office: Office, message: Message) -> str:
    """The path of the one link in a message, as the office sees it in a rehearsal."""
    shown = office.person(name=f"office-{message.id}").open(f"/outbox/{message.id}")
    (path,) = set(re.findall(r"/s/[A-Za-z0-9_-]{43}", shown.response.text))
    return str(path)


def opened(office: Office, person: str = "u1-liaison") -> Visitor:
    """Somebody who has just tapped the link in their alert."""
    visitor = office.visitor()
    visitor.open(link_in(office, letter_to(office, person)))
    return visitor


def test_the_letter_leads_to_a_page_that_says_what_and_by_when(database_url: str) -> None:
    with alerted(database_url) as office:
        page = opened(office).page
        assert page.status == 200
        for said in ("请签收以下通知", "单位U1", "报送总结", "已逾期", "请在 2022年3月14日 00:00 前签收"):
            assert said in page.text


def test_looking_signs_nothing(database_url: str) -> None:
    with alerted(database_url) as office:
        visitor = opened(office)
        before = office.world.dump()
        for _ in range(3):
            assert visitor.client.get(visitor.page.path).status_code == 200
            assert visitor.client.head(visitor.page.path).status_code == 200
        assert office.world.dump() == before


def test_two_clicks_give_the_same_receipt(database_url: str) -> None:
    with alerted(database_url) as office:
        visitor = opened(office)
        again = office.visitor()
        again.open(visitor.page.path)
        first = visitor.press("签收")
        assert "已签收" in first.text and "2022年3月11日 00:00" in first.text
        before = office.world.dump()
        office_text = again.press("签收").text
        assert office_text == first.text and office.world.dump() == before
        assert again.open(visitor.page.path).text == first.text


@pytest.mark.parametrize("token", ["", "of another page"])
def test_a_form_of_another_page_signs_nothing(database_url: str, token: str) -> None:
    with alerted(database_url) as office:
        visitor = opened(office)
        before = office.world.dump()
        answer = visitor.client.post(visitor.page.path, data={"form_token": token})
        assert answer.status_code == 403 and "还没有签收成功" in answer.text
        assert office.world.dump() == before


def test_a_link_to_sign_for_opens_neither_files_nor_a_desk(sqlite_url: str) -> None:
    with alerted(sqlite_url) as office:
        visitor = opened(office)
        for path in ("/all", "/files/1"):
            assert visitor.client.get(f"{visitor.page.path}{path}").status_code == 404


def test_it_stands_with_the_message_and_with_the_submission(sqlite_url: str) -> None:
    with alerted(sqlite_url) as office:
        message = letter_to(office, "u1-liaison")
        clerk = office.person()
        here = office.page_of("U1", "report")
        assert "待签收，2022-03-14 00:00前" in clerk.open(f"/messages/{message.id}").text
        opened(office).press("签收")
        assert "已签收 2022-03-11 00:00" in clerk.open(f"/messages/{message.id}").text
        page = clerk.open(here)
        assert "已签收 2022-03-11 00:00" in page.text and "签收通知" in page.text


def test_what_nobody_signs_for_reaches_the_next_post_and_the_page_says_so(database_url: str) -> None:
    with alerted(database_url) as office:
        late = link_in(office, letter_to(office, "u1-liaison"))
        office.at(OVER)
        told = letter_to(office, "u1-unit-head", "escalation")
        assert told.subject.endswith("【未签收】单位U1通知未签收，请督促：报送总结") and "{{link:" not in told.body
        assert "发给单位U1联络员 U1liaison的通知尚未签收" in told.body
        visitor = office.visitor()
        assert "已于 2022年3月14日 00:00 转告他人。现在仍可签收。" in visitor.open(late).text
        assert "此前已于 2022年3月14日 00:00 转告他人" in visitor.press("签收").text


def test_a_list_of_letters_to_sign_leaves_out_those_to_sign_for(sqlite_url: str) -> None:
    with alerted(sqlite_url) as office:
        clerk = office.person()
        assert "单位U1联络员" not in clerk.open("/outbox?kind=sign-off").text
        office.world.hand_in("U1", "report", now=office.world.submission("U1", "report").due_at)
        office.engine.advance(office.world.submission("U1", "report").due_at + timedelta(minutes=11))
        assert "甲副市长" in clerk.open("/outbox?kind=sign-off").text


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


def test_it_works_on_a_small_telephone_without_scripts(browser: Browser, sqlite_url: str) -> None:
    with listening() as (socket, address), alerted(sqlite_url, base_url=address) as office:
        path = link_in(office, letter_to(office, "u1-liaison"))
        with (
            serving(office.app, socket),
            closing(browser.new_context(viewport=PHONE, java_script_enabled=False)) as plain,
        ):
            page = plain.new_page()
            page.goto(address + path)
            assert page.get_by_role("heading", name="请签收以下通知").is_visible()
            page.get_by_role("button", name="签收").click()
            assert page.get_by_role("heading", name="已签收").is_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_and_shuts_nobody_out(browser: Browser, sqlite_url: str, width: int) -> None:
    with listening() as (socket, address), alerted(sqlite_url, base_url=address) as office:
        path = link_in(office, letter_to(office, "u1-liaison"))
        with (
            serving(office.app, socket),
            closing(browser.new_context(viewport=ViewportSize(width=width, height=740), bypass_csp=True)) as context,
        ):
            page = context.new_page()
            page.goto(address + path)
            for _ in range(2):
                assert not page.evaluate(STICKS_OUT)
                assert Axe().run(page).violations_count == 0
                if page.get_by_role("button", name="签收").count():
                    page.get_by_role("button", name="签收").click()

"""The second step on a telephone: 360 px, no scripts, and everything that a browser might fetch by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from notifier.channels import open_channels
from tests.doubles.wecom_oauth import WecomOauth
from tests.web.behind import OBLIGATION, UNIT, WXWORK, Behind, behind, listening, serving
from tests.web.test_looks import STICKS_OUT

PHONE = ViewportSize(width=360, height=740)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


def phone(browser: Browser, *, agent: str | None = None) -> BrowserContext:
    """An old telephone's browser: small, no scripts."""
    return browser.new_context(viewport=PHONE, java_script_enabled=False, user_agent=agent)


def decide(page: Page) -> None:
    """Return with a reason and a name."""
    page.get_by_label("退回").check()
    page.get_by_label("批注").fill("请补充指标。")
    page.get_by_label("署名").fill("甲副市长")
    page.get_by_role("button", name="确认提交").click()


def decision(office: Behind) -> tuple[str | None, str, str]:
    """What is on record."""
    (request,) = office.world.requests(UNIT, OBLIGATION)
    return request.decision, request.comment, request.confirmed


def test_the_whole_way_of_a_code(browser: Browser, sqlite_url: str) -> None:
    with listening() as (opened, address), behind(sqlite_url, "code", base_url=address) as office:
        path = office.asked()
        with serving(office.app, opened), closing(phone(browser)) as context:
            page = context.new_page()
            page.goto(address + path)
            decide(page)
            assert page.get_by_role("heading", name="请输入验证码").is_visible()
            before = office.world.dump(without=["challenge"])
            page.get_by_label("验证码").fill(f"{(int(office.code()) + 1) % 1_000_000:06d}")
            page.get_by_role("button", name="确认提交").click()
            assert page.get_by_role("alert").inner_text().endswith("验证码不正确，还可再试4次。")
            assert office.world.dump(without=["challenge"]) == before
            page.get_by_label("验证码").fill(office.code())
            page.get_by_role("button", name="确认提交").click()
            assert page.get_by_role("heading", name="已退回").is_visible()
    assert decision(office) == ("return", "请补充指标。", "code:outbox")


def test_the_whole_way_through_wecom(browser: Browser, sqlite_url: str) -> None:
    with (
        listening() as (opened, address),
        WecomOauth() as double,
        closing(open_channels(None, double.url(), [])) as channels,
        behind(sqlite_url, "wecom", channels, base_url=address) as office,
    ):
        double.trusted = "127.0.0.1"
        path = office.asked()
        with serving(office.app, opened), closing(phone(browser, agent=WXWORK)) as context:
            page = context.new_page()
            page.goto(address + path)
            decide(page)
            page.get_by_role("link", name="用企业微信确认身份").click()
            assert page.get_by_role("heading", name="身份已确认").is_visible()
            assert page.url.partition("#")[0] == f"{address}{path}/known"
            page.get_by_role("button", name="确认提交").click()
            assert page.get_by_role("heading", name="已退回").is_visible()
    assert decision(office) == ("return", "请补充指标。", "wecom")


@pytest.mark.parametrize("confirm", ["code", "wecom"])
def test_every_page_of_it_fits_a_telephone_and_shuts_nobody_out(
    browser: Browser, sqlite_url: str, confirm: str
) -> None:
    with listening() as (opened, address), behind(sqlite_url, confirm, base_url=address) as office:
        path = office.asked()
        context = browser.new_context(viewport=PHONE, bypass_csp=True)
        with serving(office.app, opened), closing(context):
            page = context.new_page()
            page.goto(address + path)
            decide(page)
            _looks_right(page)
            if confirm == "wecom":
                page.get_by_role("link", name="演练").last.click()
                _looks_right(page)


def _looks_right(page: Page) -> None:
    assert not page.evaluate(STICKS_OUT)
    faults = [one["id"] for one in Axe().run(page).response["violations"]]
    assert not faults

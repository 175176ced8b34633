"""The board in a real browser: who holds up one unit's plan in two clicks, and the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect, sync_playwright

from tests.web.behind import Behind, listening, serving
from tests.web.browsing import PASSWORD
from tests.workflow.world import World, local


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


def test_two_clicks_from_the_overview_say_who_holds_up_a_units_plan(browser: Browser, sqlite_world: World) -> None:
    sqlite_world.hand_in("JYTYJ", "research-trip", now=local("2022-01-03 09:00"))
    with listening() as (opened, address):
        office = Behind(sqlite_world, base_url=address)
        office.at("2022-02-16 10:00")
        office.person("office", name="clerk")
        faults: list[str] = []
        with serving(office.app, opened), closing(browser.new_context(bypass_csp=True)) as context:
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.goto(f"{address}/login")
            page.get_by_label("账号").fill("clerk")
            page.get_by_label("密码", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="登录", exact=True).click()
            page.goto(address)

            page.get_by_role("link", name="看板", exact=True).first.click()
            row = page.locator("tr", has=page.get_by_role("rowheader", name="市教育体育局"))
            row.locator("td a").nth(2).click()

            panel = page.get_by_role("dialog", name="报送件概况")
            panel.get_by_text("自 2021年12月31日 08:30 起").first.wait_for()
            said = panel.inner_text()
            assert "报送《对标创建工作方案》" in said and "市教育体育局联络员" in said and "最近督办" in said
            assert page.url == f"{address}/programmes/ordos-benchmarking-2022"
            assert not Axe().run(page).response["violations"]
            page.keyboard.press("Escape")

            page.keyboard.press("?")
            assert page.get_by_role("dialog", name="键盘操作").is_visible()
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_have_count(0)
            units = page.locator("tr[data-row] th").all_inner_texts()
            page.keyboard.press("j")
            page.keyboard.press("j")
            assert page.locator("tr[data-here] th").inner_text() == units[units.index("市教育体育局") + 2]
            page.keyboard.press("g")
            page.keyboard.press("o")
            page.wait_for_url(f"{address}/overdue")
        assert not faults

"""A second programme launched from its Excel roster in a real browser, the clicks counted."""

from __future__ import annotations

from playwright.sync_api import Page, sync_playwright

from tests.web.behind import listening, serving
from tests.web.browsing import PASSWORD, Office
from tests.web.test_looks import STICKS_OUT
from tests.workflow.world import ROOT, World

ROSTER = ROOT / "definitions" / "rosters" / "huludao-delivery.xlsx"


class Hand:
    """Counts what a person presses."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def press(self, role: str, name: str) -> None:
        self.clicks += 1
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


def test_a_second_programme_takes_five_clicks_and_a_tick_for_what_runs(chromium: str, sqlite_world: World) -> None:
    with listening() as (opened, address):
        office = Office(sqlite_world, base_url=address)
        office.person()
        with serving(office.app, opened), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 780})
            page.goto(f"{address}/login")
            page.locator("input[name=name]").fill("office")
            page.locator("input[name=password]").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.goto(f"{address}/programmes/new")
            hand = Hand(page)
            hand.press("radio", "抓落实暨争先创优专项行动")
            hand.press("button", "下一步")
            page.get_by_label("花名册（.xlsx）").set_input_files(ROSTER)
            hand.clicks += 1
            hand.press("button", "下一步")
            page.wait_for_selector("#messages-found p:not(:has(a))")
            assert not page.evaluate(STICKS_OUT)
            hand.press("checkbox", "已逐个核对")
            hand.press("button", "启动方案")
            page.wait_for_url(f"{address}/programmes/huludao-delivery-2022")
            assert hand.clicks == 6
            page.goto(f"{address}/programmes/ordos-benchmarking-2022")
            assert page.get_by_text("市教育体育局").first.is_visible()
            browser.close()

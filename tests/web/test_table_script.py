"""The table editor's script in a real browser: rows come and go, a spreadsheet's cells fill the table's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.test_looks import STICKS_OUT, Samples

PASTE = """([id, text]) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.getElementById(id).dispatchEvent(
        new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
FIRST = "field-projects.1.title"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Samples) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/submission-draft"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def form(browser: Browser, address: str, *, width: int = 1280, bypass_csp: bool = False) -> Iterator[Page]:
    """The form of the sample: two rows written, one empty, forty at most; nothing may go wrong in it."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 780}, bypass_csp=bypass_csp)
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    yield page
    context.close()
    assert not faults


def names(page: Page) -> list[str]:
    """What the first cells of the rows are sent as."""
    found: list[str] = page.eval_on_selector_all(
        ".grid tbody tr", "rows => rows.map(row => row.cells[1].firstChild.name)"
    )
    return found


def numbers(page: Page) -> list[str]:
    return page.locator(".grid tbody th").all_inner_texts()


def value(page: Page, name: str) -> str:
    return page.locator(f'[name="{name}"]').input_value()


def test_rows_come_one_by_one_up_to_the_most(browser: Browser, address: str) -> None:
    with form(browser, address) as page:
        more = page.get_by_role("button", name="增加一行")
        more.click()
        assert numbers(page) == ["1", "2", "3", "4"]
        assert names(page)[-1] == "field-projects.4.title"
        assert page.evaluate("document.activeElement.name") == "field-projects.4.title"
        assert page.locator('[name="field-projects.4.title"]').get_attribute("aria-label") == "第4行 项目"
        for _ in range(36):
            more.click()
        assert len(names(page)) == 40 and not more.is_visible()


def test_a_row_goes_and_the_others_are_counted_anew(browser: Browser, address: str) -> None:
    with form(browser, address) as page:
        page.get_by_role("button", name="删除第1行").click()
        assert (numbers(page), names(page)[0]) == (["1", "2"], "field-projects.2.title")
        assert page.locator('[name="field-projects.2.title"]').get_attribute("aria-label") == "第1行 项目"
        page.get_by_role("button", name="增加一行").click()
        assert names(page)[-1] == "field-projects.4.title"


def test_the_last_row_is_emptied_and_stays(browser: Browser, address: str) -> None:
    with form(browser, address) as page:
        for _ in range(3):
            page.get_by_role("button", name="删除第1行").click()
        assert len(names(page)) == 1
        assert value(page, names(page)[0]) == ""


def test_what_was_copied_from_a_spreadsheet_fills_the_cells(browser: Browser, address: str) -> None:
    with form(browser, address) as page:
        copied = (
            "项目\t责任单位\t完成时限\t进度\t投资（万元）\r\n"
            '"两行\n的""名称"""\t市能源局\t2022/6/3\t办结\t12,000\r\n'
            "乙\t市商务局\t六月底\t快了\t5\t多余\r\n"
            "丙\t\t2022年7月1日\t\t\r\n"
            "丁\t\t2022-07-02 00:00\t\t\r\n"
        )
        page.evaluate(PASTE, [FIRST, copied])
        assert len(names(page)) == 4
        assert value(page, FIRST) == '两行\n的"名称"'
        assert [value(page, f"field-projects.{row}.due") for row in (1, 2, 3, 4)] == [
            "2022-06-03", "六月底", "2022-07-01", "2022-07-02",
        ]  # fmt: skip
        assert (value(page, "field-projects.1.stage"), value(page, "field-projects.2.stage")) == ("办结", "快了")
        assert page.get_by_role("status").inner_text() == "已粘贴 4 行。右边多出的 1 列没有粘贴。"
        assert page.locator(".grid .cell-wrong").count() == 0


def test_what_is_pasted_stops_at_the_most_rows(browser: Browser, address: str) -> None:
    with form(browser, address) as page:
        page.evaluate(PASTE, [FIRST, "".join(f"项目{row}\t市能源局\n" for row in range(50))])
        assert len(names(page)) == 40
        assert page.get_by_role("status").inner_text() == "已粘贴 40 行。表格最多 40 行，后面 10 行没有粘贴。"


def test_a_paragraph_is_pasted_as_a_paragraph(browser: Browser, address: str) -> None:
    with form(browser, address) as page:
        page.evaluate(PASTE, [FIRST, "第一段\n第二段"])
        assert len(names(page)) == 3 and page.get_by_role("status").inner_text() == ""


def test_hostile_text_is_pasted_as_text(browser: Browser, address: str) -> None:
    with form(browser, address) as page:
        page.evaluate(PASTE, [FIRST, "<img src=x onerror=alert(1)>\t甲\t乙\t<script>alert(2)</script>\n"])
        assert value(page, FIRST) == "<img src=x onerror=alert(1)>"
        assert page.locator(".grid img, .grid script").count() == 0


def test_enter_goes_down_a_column_and_sends_nothing(browser: Browser, address: str) -> None:
    with form(browser, address) as page:
        page.focus('[name="field-projects.3.unit"]')
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.name") == "field-projects.4.unit"
        assert page.url == address


@pytest.mark.parametrize("width", [360, 1280])
def test_the_editor_shuts_nobody_out_and_stays_on_the_screen(browser: Browser, address: str, width: int) -> None:
    with form(browser, address, width=width, bypass_csp=True) as page:
        page.get_by_role("button", name="增加一行").click()
        assert not page.evaluate(STICKS_OUT)
        assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []

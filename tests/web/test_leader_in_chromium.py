"""The leader's page on a telephone: without scripts everything works, with them phrases tap in and a finger signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from sqlmodel import select

from tests.web.behind import listening, serving
from tests.web.leading import READ, SIGN, TOGETHER, Desk, desk
from tests.web.test_looks import STICKS_OUT
from tests.workflow.reading import NOW, UNITS, request_of, states
from web.rendering import STATIC_FOLDER
from workflow import drawings
from workflow.tables import DrawnSignature

PHONE = ViewportSize(width=360, height=740)
STROKE = ((40, 60), (90, 20), (140, 70), (200, 30))


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def served(url: str) -> Iterator[tuple[Desk, str]]:
    """Three units wait for one leader, at an address a browser can open."""
    with listening() as (opened, address), desk(url, base_url=address) as office, serving(office.app, opened):
        yield office, address


@contextmanager
def telephone(browser: Browser, *, scripts: bool = True, bypass_csp: bool = False) -> Iterator[Page]:
    """A page at 360 px; nothing may go wrong in it."""
    faults: list[str] = []
    context: BrowserContext = browser.new_context(
        viewport=PHONE, java_script_enabled=scripts, bypass_csp=bypass_csp, has_touch=True
    )
    with closing(context):
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
    assert [fault for fault in faults if "422" not in fault] == []


def draw(page: Page) -> None:
    """A stroke across the canvas."""
    canvas = page.locator("#drawing canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    (first, *others) = [(box["x"] + x, box["y"] + y) for x, y in STROKE]
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place)
    page.mouse.up()


def decide(page: Page, name: str = "甲副市长") -> None:
    """Approve and send."""
    page.get_by_label("同意", exact=True).check()
    page.get_by_label("署名").fill(name)
    page.get_by_role("button", name=SIGN).click()


def drawn(office: Desk) -> list[bytes]:
    """Every signature that is kept."""
    with office.world.store.read() as session:
        return [one.png for one in session.exec(select(DrawnSignature))]


def test_the_whole_list_is_done_without_scripts(browser: Browser, sqlite_url: str) -> None:
    with served(sqlite_url) as (office, address), telephone(browser, scripts=False) as page:
        page.goto(address + office.path("U1"))
        assert page.locator("canvas").count() == 0 and page.get_by_role("button", name="同意。").count() == 0
        page.get_by_role("button", name=READ).click()
        page.get_by_role("link", name=re.compile("下一件：单位U3")).click()
        page.get_by_role("button", name=READ).click()
        assert page.url == address + office.path("U2")
        decide(page)
        assert page.get_by_role("heading", name="已同意").is_visible()
        page.get_by_role("link", name="还有 2 件待您审签").click()
        page.get_by_label("署名").fill("甲副市长")
        page.get_by_role("button", name=TOGETHER).click()
        assert page.get_by_role("heading", name="已同意 2 件").is_visible()
        assert not page.locator("script").count()
    assert states(office.world) == ["filed"] * len(UNITS) and drawn(office) == []


def test_a_signature_is_drawn_sent_kept_and_shown(browser: Browser, sqlite_url: str) -> None:
    with served(sqlite_url) as (office, address), telephone(browser) as page:
        page.goto(address + office.path("U1"))
        draw(page)
        decide(page)
        picture = page.get_by_alt_text("手写签名")
        assert picture.evaluate("picture => picture.complete && picture.naturalWidth") == 660
        (kept,) = drawn(office)
        assert kept.startswith(b"\x89PNG") and len(kept) < drawings.LONGEST
        facts = office.world.history("U1", "report")[-1].facts
        assert len(facts["signature"]) == 64
        clerk = office.person()
        shown = clerk.open(office.page_of("U1", "report"))
        image = re.search(r'src="(/submissions/signatures/\d+)"', shown.response.text)
        assert image is not None and clerk.client.get(image[1]).content == kept
        assert office.visitor().client.get(image[1], follow_redirects=False).status_code == 303


def test_another_units_people_see_no_signature(browser: Browser, sqlite_url: str) -> None:
    with served(sqlite_url) as (office, address), telephone(browser) as page:
        page.goto(address + office.path("U1"))
        draw(page)
        decide(page)
        path = "/submissions/signatures/1"
        assert office.liaison("U1").open(path).status == 200
        assert office.liaison("U2").open(path).status == 404


def test_a_drawing_survives_a_fault_and_can_be_cleared(browser: Browser, sqlite_url: str) -> None:
    with served(sqlite_url) as (office, address), telephone(browser) as page:
        page.goto(address + office.path("U1"))
        draw(page)
        decide(page, name="")
        assert page.get_by_role("alert").is_visible()
        page.wait_for_function("document.querySelector('input[name=drawn]').value.length > 100")
        page.get_by_role("button", name="清除重写").click()
        assert page.locator("input[name=drawn]").input_value() == ""
        decide(page)
        assert page.get_by_role("heading", name="已同意").is_visible() and drawn(office) == []


def test_an_untouched_canvas_is_no_signature(browser: Browser, sqlite_url: str) -> None:
    with served(sqlite_url) as (office, address), telephone(browser) as page:
        page.goto(address + office.path("U1"))
        decide(page)
        assert page.get_by_role("heading", name="已同意").is_visible() and drawn(office) == []


def test_phrases_tap_in_and_send_nothing(browser: Browser, sqlite_url: str) -> None:
    with served(sqlite_url) as (office, address), telephone(browser) as page:
        page.goto(address + office.path("U1"))
        comment = page.get_by_label("批注")
        page.get_by_role("button", name="请补充完善后再报。").click()
        page.get_by_role("button", name="请补充完善后再报。").click()
        assert comment.input_value() == "请补充完善后再报。"
        page.get_by_role("button", name="请按标杆逐项量化后再报。").click()
        assert comment.input_value() == "请按标杆逐项量化后再报。"
        comment.fill("另附说明。请按标杆逐项量化后再报。")
        page.get_by_role("button", name="请补充完善后再报。").click()
        assert comment.input_value() == "另附说明。请补充完善后再报。"
        assert page.locator("input[type=radio]:checked").count() == 0
    assert states(office.world) == ["pending"] * len(UNITS)


@pytest.mark.parametrize("drawn_by_hand", ["data:image/png;base64,eA==", "<script>alert(1)</script>"])
def test_a_forged_drawing_is_refused_and_signs_nothing(sqlite_url: str, drawn_by_hand: str) -> None:
    with desk(sqlite_url) as office:
        leader = office.visitor()
        leader.open(office.path("U1"))
        before = office.world.dump()
        page = leader.press(SIGN, decision="approve", name="甲副市长", drawn=drawn_by_hand)
        assert (page.status, "手写签名无法识别" in page.text) == (422, True)
        assert page.form(SIGN)[0].fields["drawn"] == [""]
        assert office.world.dump() == before


def test_a_return_is_compared_and_everything_is_reachable(browser: Browser, sqlite_url: str) -> None:
    with served(sqlite_url) as (office, address):
        office.world.decide(request_of(office.world, "U1"), "return", now=NOW, comment="请补充")
        office.world.hand_in("U1", "report", now=NOW, said="乙")
        with telephone(browser, bypass_csp=True) as page:
            for path in (office.path("U1"), f"{office.path('U1')}/all"):
                page.goto(address + path)
                assert not page.evaluate(STICKS_OUT)
                assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []


def test_the_leaders_script_asks_nothing_of_a_new_browser() -> None:
    script = re.sub(r"//[^\n]*", "", (STATIC_FOLDER / "signoff.js").read_text())
    assert not re.findall(
        r"=>|\blet\b|\bconst\b|\bclass\b|`|\.\.\.|\?\.|\basync\b|\bfetch\b|\.replaceWith|\.forEach", script
    )
    assert not re.findall(r"https?:|eval\(|innerHTML|document\.cookie", script)

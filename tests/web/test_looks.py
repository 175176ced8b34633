"""The pages in a real browser: nothing sticks out, nothing is blocked, nobody is shut out."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from notifier.specimens import specimens
from tests.web.samples import PAGES
from web.contexts import SignPage
from web.pages.frame import DESK, FRAMING, POLICY, SCRIPTED
from web.pages.letters import LETTER_POLICY
from web.rendering import STATIC_FOLDER, render
from web.shell import HEADERS

KINDS = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"}
SIGNED = {f"/{name}": SCRIPTED for name, page in PAGES.items() if isinstance(page, SignPage)}
OFFICE = {f"/{name}": DESK for name, page in PAGES.items() if hasattr(page, "frame")}
POLICIES = OFFICE | SIGNED | {"/letters": FRAMING, "/letters/request/html": LETTER_POLICY}
LETTER = next(one for one in specimens() if one.name == "request").letter("https://duban.example.cn")
WIDTHS = (360, 760, 1280, 1920)
#: The pages are shared out, so that they are looked at side by side.
PARTS = 2
STICKS_OUT = "document.documentElement.scrollWidth > window.innerWidth"


class Samples(BaseHTTPRequestHandler):
    """The sample pages and the static files, under the policy of the service."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        static = STATIC_FOLDER / path.rpartition("/")[2]
        if path.startswith("/static/"):
            kind, body = KINDS[static.suffix], static.read_bytes()
        elif path.startswith(("/s/", "/submissions/signatures/")):
            kind, body = "image/svg+xml", (STATIC_FOLDER / "favicon.svg").read_bytes()
        elif path == "/letters/request/html":
            kind, body = "text/html; charset=utf-8", LETTER.html.encode()
        elif path[1:] in PAGES:
            kind, body = "text/html; charset=utf-8", render(PAGES[path[1:]]).encode()
        else:
            # What a page asks for by itself: the next part of a list, the icon of a part shown alone.
            kind, body = "text/plain", b""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICIES.get(path, HEADERS[POLICY]))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """What a page sends by itself is answered with nothing."""
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Samples) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def window(browser: Browser, width: int, *, bypass_csp: bool = False) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": 780}, bypass_csp=bypass_csp)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_sticks_out_or_breaks_the_policy(browser: Browser, address: str, part: int) -> None:
    faults: list[str] = []
    with window(browser, WIDTHS[0]) as page:
        page.on("console", lambda message: faults.append(f"{page.url}: {message.text}"))
        for name in list(PAGES)[part::PARTS]:
            page.goto(f"{address}/{name}")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 780})
                if page.evaluate(STICKS_OUT):
                    faults.append(f"{name} sticks out at {width}")
    assert not faults


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_shuts_anybody_out(browser: Browser, address: str, part: int) -> None:
    faults: list[str] = []
    wide = {type(page): name for name, page in reversed([*PAGES.items()])}.values()
    with window(browser, WIDTHS[0], bypass_csp=True) as page:
        for name in list(PAGES)[part::PARTS]:
            page.goto(f"{address}/{name}")
            # Every state of a page on a telephone; on a desk one state of each tells of its layout.
            for width in (360, 1280) if name in wide else (360,):
                page.set_viewport_size({"width": width, "height": 780})
                found = Axe().run(page).response["violations"]
                faults += [f"{name} at {width}: {fault['id']} {fault['nodes'][0]['target']}" for fault in found]
    assert not faults


def test_the_first_key_press_offers_to_skip_to_the_text(browser: Browser, address: str) -> None:
    with window(browser, 360) as page:
        page.goto(f"{address}/signoff")
        page.keyboard.press("Tab")
        skip = page.get_by_text("跳到正文")
        assert skip.evaluate("node => node === document.activeElement")
        box = skip.bounding_box()
        assert box is not None and box["x"] >= 0

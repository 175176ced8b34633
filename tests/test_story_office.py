"""The demonstration in a real browser: clerk, liaison and leader, from the first page to the exported list."""

import csv
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

import service
from commands import running
from settings import load
from workflow.acts import Act

WIDE, PHONE = (1280, 800), (360, 780)
STICKS_OUT = "document.documentElement.scrollWidth > window.innerWidth"
SERIOUS = ("serious", "critical")
SUBMISSION = "/submissions/6"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The demonstration as ``duban demo`` stages it, answering on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        base = f"http://127.0.0.1:{door.getsockname()[1]}"
        store, key = f"sqlite:///{tmp_path / 'demo.db'}", tmp_path / "demo.key"
        settings = load(database_url=store, base_url=base, secret_key_file=key, rehearsal=True)
        with service.open_service(settings) as opened:
            with opened.engine.store.write() as session:
                running.stage(Act(session, datetime.now(UTC), opened.engine.links), settings)
            samples = running.sample_accounts()
            with answering(service.web_app(opened, seconds_since_sweep=lambda: 0.0, demo_accounts=samples), door):
                yield base


@contextmanager
def answering(app: FastAPI, door: socket.socket) -> Iterator[None]:
    """The service on a socket that listens already, so that nobody has to wait for it."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


class Person:
    """Somebody with a browser of their own, whose every page is looked at from 1280 and 360 pixels."""

    def __init__(self, browser: Browser, address: str) -> None:
        context = browser.new_context(bypass_csp=True, accept_downloads=True, locale="zh-CN")
        self.page: Page = context.new_page()
        self.address = address
        self.faults: list[str] = []
        self.page.on("console", lambda message: self.faults.append(f"{self.page.url}: {message.text}"))

    def look(self, what: str) -> None:
        """Nothing sticks out, nobody is shut out."""
        for width, height in (PHONE, WIDE):
            self.page.set_viewport_size({"width": width, "height": height})
            if self.page.evaluate(STICKS_OUT):
                self.faults.append(f"{what} sticks out at {width}")
            found = Axe().run(self.page).response["violations"]
            self.faults += [f"{what} at {width}: {one['id']}" for one in found if one["impact"] in SERIOUS]

    def goes_to(self, path: str) -> None:
        self.page.goto(self.address + path)

    def signs_in_as(self, name: str) -> None:
        self.goes_to("/")
        self.page.get_by_role("button", name=f"以 {name} 登录").click()

    def presses(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=False).first.click()

    def says(self, text: str) -> bool:
        return text in self.page.locator("body").inner_text()


def fill_in(page: Page, words: str) -> None:
    """Something in every field."""
    for box in page.locator("form.content-form input[type=text], form.content-form textarea").all():
        box.fill(words)


def test_the_office_the_unit_and_the_leader_play_january(browser: Browser, address: str, tmp_path: Path) -> None:
    clerk, liaison, leader = (Person(browser, address) for _ in range(3))

    clerk.goes_to("/")
    assert clerk.says("怎么试用") and clerk.says("到下一事项")
    clerk.look("sign-in page")
    clerk.signs_in_as("office")
    clerk.look("overview")
    clerk.page.get_by_role("link", name="看板").click()
    clerk.look("board")

    liaison.signs_in_as("jiaoyu")
    liaison.look("a unit's overview")
    liaison.page.get_by_role("link", name="填报").first.click()
    liaison.presses("保存并提交审签")
    assert liaison.says("草稿已保存，还没有提交。")
    liaison.look("form with faults")
    fill_in(liaison.page, "徐州市教育局：优质学位占比 80%")
    liaison.presses("保存并提交审签")
    assert liaison.says("已提交审签，审签人会收到链接。")
    liaison.look("a unit's submission")

    clerk.presses("到下一事项")
    assert clerk.says("时钟已拨到2021年12月31日 08:40")
    leader.page.goto(the_leaders_link(clerk))
    leader.look("sign-off page")
    leader.page.get_by_label("退回", exact=True).check()
    leader.page.get_by_label("署名").fill("副市长")
    leader.presses("确认提交")
    assert leader.says("退回时请写明理由。")
    leader.look("sign-off page without a reason")
    leader.page.get_by_label("批注").fill("请逐项写明数值和时间。")
    leader.presses("确认提交")
    assert leader.says("已退回")
    leader.look("receipt of a return")

    liaison.goes_to(SUBMISSION)
    assert liaison.says("请逐项写明数值和时间。")
    fill_in(liaison.page, "徐州市教育局：优质学位占比 80%，年底前达到")
    liaison.presses("保存并提交审签")

    while "1月5日（周三）00:00" not in clerk.page.locator(".clock-now").inner_text():
        clerk.presses("到下一事项")
    clerk.presses("到下一事项")
    leader.page.goto(the_leaders_link(clerk))
    assert leader.says("已逾期 1 天")
    leader.page.get_by_label("同意", exact=True).check()
    leader.page.get_by_label("署名").fill("副市长")
    leader.presses("确认提交")
    assert leader.says("本件已报送，迟 1 天。")
    leader.look("receipt")
    leader.page.get_by_role("link", name="查看我的全部审签件").click()
    leader.look("everything of the leader")

    clerk.page.get_by_role("link", name="逾期清单").first.click()
    assert clerk.says("60 件")
    clerk.look("overdue list")
    clerk.page.get_by_role("link", name="党委部门").click()
    with clerk.page.expect_download() as started:
        clerk.page.get_by_role("link", name="导出 CSV").click()
    started.value.save_as(tmp_path / "late.csv")
    with (tmp_path / "late.csv").open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == 4
    with clerk.page.expect_download() as started:
        clerk.page.get_by_role("link", name="导出 Excel").click()
    assert started.value.suggested_filename == "逾期清单_2022-01-05.xlsx"

    clerk.page.get_by_role("link", name="市委组织部").click()
    clerk.look("an overdue submission")
    clerk.page.locator("summary", has_text="延期").click()
    clerk.presses("确认延期")
    assert clerk.says("请写明延期的理由。")
    clerk.look("an act refused")
    clerk.page.locator("details[open] textarea").fill("学习对象待上级确认")
    clerk.presses("确认延期")
    assert clerk.says("已延期至2022年1月12日，并已通知单位。")
    for path in ("/messages", "/messages/1", "/outbox", SUBMISSION, "/nowhere"):
        clerk.goes_to(path)
        clerk.look(path)

    expected = [fault for fault in clerk.faults + liaison.faults + leader.faults if "status of 4" not in fault]
    assert expected == []


def the_leaders_link(clerk: Person) -> str:
    """The newest sign-off link, as the clerk finds it in the mailbox."""
    clerk.page.get_by_role("link", name="投递箱").first.click()
    clerk.page.get_by_role("link", name="待审签", exact=True).click()
    clerk.page.locator(".outbox-list li a").first.click()
    clerk.look("letter")
    found = clerk.page.locator(".letter-text a").first.get_attribute("href")
    assert found is not None
    return found


def test_everything_is_within_reach_of_the_keyboard(browser: Browser, address: str) -> None:
    clerk = Person(browser, address)
    clerk.goes_to("/login")
    keyboard = clerk.page.keyboard
    clerk.page.get_by_label("账号", exact=True).focus()
    keyboard.type("office")
    keyboard.press("Tab")
    keyboard.type("office-demo")
    keyboard.press("Enter")
    clerk.page.wait_for_url(f"{address}/")
    next_due = clerk.page.get_by_role("button", name="到下一事项")
    keyboard.press("Tab")
    for _ in range(10):
        if next_due.evaluate("node => node === document.activeElement"):
            break
        keyboard.press("Tab")
    keyboard.press("Enter")
    clerk.page.get_by_text("时钟已拨到2021年12月31日 09:00").wait_for()
    clerk.goes_to(f"{SUBMISSION}?fill=1")
    clerk.page.get_by_label("建标学习对象所在地区").focus()
    keyboard.type("江苏省徐州市")
    keyboard.press("Enter")
    clerk.page.get_by_text("草稿已保存。").wait_for()
    assert clerk.page.get_by_label("建标学习对象所在地区").input_value() == "江苏省徐州市"

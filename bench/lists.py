"""``python -m bench.lists``: every list through HTTP at growing sizes, and the least SQL for an overdue page.

Prints a table of p50 and p99 in milliseconds at each size with what ten times the rows cost, and keeps the numbers
as JSON: ``bench.growth`` draws them.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from fastapi import FastAPI
from rich.console import Console
from sqlalchemy import text

from bench import spread, stage
from bench.spread import Filled
from bench.timings import Found, Times, kept, table
from web import pages
from web.app import create_app
from workflow import accounts, overdue, sweep
from workflow.acts import Act, Actor
from workflow.engine import Engine
from workflow.store import Store
from workflow.tables import Account

PASSWORD = "lists under load, long enough"
SECRET = b"a key that protects nothing: bench"
BASE = "http://duban.example.cn"
#: A list is asked for so often, or until its time is up.
MOST_RUNS, MOST_SECONDS = 100, 2.0
FOLLOWED = "next"


@dataclass(frozen=True)
class Asked:
    """One list: who asks (``office`` or ``unit``) for what; ``{names}`` are filled in from the store."""

    name: str
    path: str
    who: str = "office"


LISTS = (
    Asked("总览", "/"),
    Asked("看板", "/programmes/{programme}"),
    Asked("逾期清单", "/overdue"),
    Asked("逾期 · 按专项行动", "/overdue?programme={programme}"),
    Asked("逾期 · 按事项", "/overdue?obligation=work-plan"),
    Asked("逾期 · 按类别", "/overdue?category=旗区"),
    Asked("逾期 · 按单位编码", "/overdue?unit={unit}"),
    Asked("逾期 · 按单位名称", "/overdue?unit=第101局"),
    Asked("逾期 · 卡在审签人", "/overdue?waiting_on=approver"),
    Asked("逾期 · 至少200天", "/overdue?min_days=200"),
    Asked("逾期 · 逾期短的在前", "/overdue?sort=days_late"),
    Asked("逾期 · 按单位排序", "/overdue?sort=unit"),
    Asked("逾期 · 下一页", "/overdue?cursor={overdue_cursor}"),
    Asked("报送件接口", "/api/v1/submissions"),
    Asked("报送件接口 · 已报送", "/api/v1/submissions?state=filed"),
    Asked("报送件接口 · 待审签", "/api/v1/submissions?state=pending"),
    Asked("报送件接口 · 卡在审签人", "/api/v1/submissions?waiting_on=approver"),
    Asked("报送件接口 · 按专项行动", "/api/v1/submissions?programme={programme}&state=draft"),
    Asked("报送件接口 · 按单位", "/api/v1/submissions?unit={unit}"),
    Asked("报送件接口 · 按事项", "/api/v1/submissions?obligation=work-plan"),
    Asked("报送件接口 · 下一页", "/api/v1/submissions?cursor={submission_cursor}"),
    Asked("报送件", "/submissions/{submission}"),
    Asked("消息", "/messages"),
    Asked("消息 · 未送达", "/messages?status=failed"),
    Asked("消息 · 待发送", "/messages?status=queued"),
    Asked("消息 · 已发送", "/messages?status=sent"),
    Asked("消息 · 按收件人", "/messages?recipient={liaison}"),
    Asked("消息 · 按姓名的一部分", "/messages?recipient=联络"),
    Asked("消息 · 按报送件", "/messages?submission={submission}"),
    Asked("未送达", "/undelivered"),
    Asked("审签", "/approvals"),
    Asked("审签 · 一人", "/approvals?person={leader}"),
    Asked("审签人接口", "/api/v1/approvers"),
    Asked("日程", "/timeline"),
    Asked("单位人员", "/people"),
    Asked("发送渠道", "/channels"),
    Asked("审计", "/audit"),
    Asked("统计图", "/programmes/{programme}/figures"),
    Asked("查找", "/search?q=教育"),
    Asked("查找 · 提示", "/search/suggest?q=教育"),
    Asked("逾期接口", "/api/v1/overdue"),
    Asked("消息接口", "/api/v1/messages"),
    Asked("专项行动接口", "/api/v1/programmes"),
    Asked("看板接口", "/api/v1/programmes/{programme}/board"),
    Asked("监控指标", "/metrics"),
    Asked("单位 · 我的报送", "/workbench", "unit"),
    Asked("单位 · 总览", "/?all=1", "unit"),
    Asked("单位 · 逾期清单", "/overdue", "unit"),
    Asked("单位 · 消息", "/messages", "unit"),
    Asked("单位 · 日程", "/timeline", "unit"),
    Asked("单位 · 报送件接口", "/api/v1/submissions", "unit"),
)


def main() -> None:
    """Fill a store of each size on each database, measure, print, keep."""
    chosen = _arguments()
    found: dict[str, dict[int, Found]] = {}
    with stage.databases() as places:
        for kind, place in places.items():
            if kind in chosen.databases:
                found[kind] = {size: _at_size(kind, place, size) for size in chosen.sizes}
    for kind, by_size in found.items():
        Console().print(table(kind, by_size))
    if chosen.keep:
        chosen.keep.write_text(kept(found), encoding="utf-8")


def measure(opened: Store, filled: Filled) -> Found:
    """Seconds of every list that there is, the sweep with nothing to do, and the overdue page below HTTP."""
    app = application(opened)
    found = asyncio.run(_over_http(app, opened, filled))
    found["空转一次（清扫）"] = _timed(lambda: sweep.run(opened, datetime.now(UTC), stage.LINKS))
    found["W3 逾期页（不经HTTP）"] = _timed(lambda: _overdue_page(opened, filled))
    found["W3 手写SQL"] = _timed(lambda: _raw_page(opened, filled))
    return found


def application(opened: Store) -> FastAPI:
    """API and pages over a store on the machine's clock."""
    engine = Engine(opened, stage.LINKS)
    app = create_app(engine, secret=SECRET, base_url=BASE, seconds_since_sweep=lambda: 0.0)
    pages.add_to(app, engine, secret=SECRET, base_url=BASE, contact="领导小组办公室")
    return app


async def _over_http(app: FastAPI, opened: Store, filled: Filled) -> Found:
    _accounts(opened, filled)
    found: Found = {}
    async with _browsers(app) as browsers:
        words = await _words(browsers["office"], filled)
        for asked in LISTS:
            path = asked.path.format_map(words)
            first = await browsers[asked.who].get(path)
            if first.status_code == 404:
                continue
            assert first.status_code == 200, (asked, first.status_code, first.headers.get("location"))
            found[asked.name] = await _asked(browsers[asked.who], path)
    return found


class _browsers:  # noqa: N801
    """The office's browser and a unit's, signed in as people do it."""

    def __init__(self, app: FastAPI) -> None:
        self._clients = {
            name: httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE) for name in ("office", "unit")
        }

    async def __aenter__(self) -> Mapping[str, httpx2.AsyncClient]:
        for name, client in self._clients.items():
            token = re.search(r'name="form_token" value="([^"]+)"', (await client.get("/login")).text)
            assert token is not None
            sent = {"name": f"bench-{name}", "password": PASSWORD, "form_token": token[1]}
            answer = await client.post("/login", data=sent)
            assert answer.status_code == 303, answer.text
        return self._clients

    async def __aexit__(self, *_: object) -> None:
        for client in self._clients.values():
            await client.aclose()


def _accounts(opened: Store, filled: Filled) -> None:
    with opened.write() as session:
        act = Act(session, datetime.now(UTC), stage.LINKS)
        for name, unit in (("office", None), ("unit", filled.unit)):
            if session.get(Account, f"bench-{name}") is None:
                accounts.add_account(act, f"bench-{name}", name, unit, PASSWORD)


async def _words(office: httpx2.AsyncClient, filled: Filled) -> dict[str, str]:
    words = {
        "programme": filled.programme, "unit": filled.unit, "leader": filled.leader,
        "submission": str(filled.submission), "liaison": f"{filled.unit}-liaison",
    }  # fmt: skip
    for name in ("overdue", "submissions"):
        answer = (await office.get(f"/api/v1/{name}")).json()
        words[f"{name.removesuffix('s')}_cursor"] = answer["next"] or ""
    return words


async def _asked(client: httpx2.AsyncClient, path: str) -> Times:
    times: list[float] = []
    until = time.perf_counter() + MOST_SECONDS
    while len(times) < 5 or (len(times) < MOST_RUNS and time.perf_counter() < until):
        begun = time.perf_counter()
        await client.get(path)
        times.append(time.perf_counter() - begun)
    return times


def _timed(act: Callable[[], object]) -> Times:
    act()
    times: list[float] = []
    for _ in range(MOST_RUNS):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return times


def _overdue_page(opened: Store, filled: Filled) -> None:
    with opened.read() as session:
        act = Act(session, datetime.now(UTC), stage.LINKS, Actor("办公室", "office"))
        overdue.listing(act, programme=filled.programme)


def _raw_page(opened: Store, filled: Filled) -> None:
    with opened.read() as session:
        connection = session.connection()
        number = connection.execute(text(_NUMBER), {"key": filled.programme}).scalar_one()
        for query in (_PAGE, _COUNTS):
            connection.execute(text(query), {"programme": number}).all()


_NUMBER = "SELECT id FROM programme WHERE key = :key"
_PAGE = (
    "SELECT s.id, s.unit, u.name, s.obligation, s.due_date, s.due_at, s.waiting_on, s.last_alert_at FROM submission s"
    " JOIN unit u ON u.code = s.unit WHERE s.state = 'overdue' AND s.programme_id = :programme"
    " ORDER BY s.due_at, s.id LIMIT 50"
)
_COUNTS = (
    "SELECT s.obligation, u.category, count(*) FROM submission s JOIN unit u ON u.code = s.unit"
    " WHERE s.state = 'overdue' AND s.programme_id = :programme GROUP BY s.obligation, u.category"
)


def _at_size(kind: str, place: str, size: int) -> Found:
    url = f"{place}lists-{size}.db" if kind == "SQLite" else place
    with _emptied(kind, url) as opened:
        filled = spread.fill(opened, url, size, now=datetime.now(UTC), links=stage.LINKS)
        sweep.run(opened, datetime.now(UTC), stage.LINKS)
        return measure(opened, filled)


@contextmanager
def _emptied(kind: str, url: str) -> Iterator[Store]:
    with closing(Store.open(url)) as opened:
        if kind == "PostgreSQL":
            with opened.write() as session:
                session.connection().exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        opened.migrate()
        yield opened
    if kind == "SQLite":
        for file in Path(url.removeprefix("sqlite:///")).parent.glob("lists-*"):
            file.unlink()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.lists", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--databases", nargs="+", default=["SQLite", "PostgreSQL"])
    parser.add_argument("--keep", type=Path, help="where the numbers go as JSON, for bench.growth")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""Processes that do not sweep themselves: what they go by, and how they say that nobody sweeps."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

import settings
from commands.checkup import Finding, examine
from service import open_service
from settings import SettingsRefused
from tests.databases import Server
from tests.launched import ordos
from tests.patterns import Patterns
from tests.web.client import House
from tests.workers.conftest import Shop
from tests.workflow.world import LINKS, ROOT, World, local
from workflow import pulse
from workflow.engine import Engine
from workflow.pace import Pace
from workflow.pulse import Listener, Pulse
from workflow.ticker import Ticker

NOW = datetime(2022, 1, 5, 9, 30, tzinfo=UTC)


def beat(world: World, at: datetime) -> None:
    with world.store.write() as session:
        pulse.beat(session, Pulse(at, 1.5, 2))


@pytest.mark.parametrize(("ago", "age"), [(3, 3), (3600, 3600), (-3600, 3600)])
def test_a_listener_hears_how_old_the_workers_sweep_is(sqlite_world: World, ago: int, age: int) -> None:
    """A pulse of the future, as after a clock was set back, is as old as it is ahead."""
    beat(sqlite_world, NOW - timedelta(seconds=ago))
    pace = Pace()
    listener = Listener(sqlite_world.store, pace, wall=lambda: NOW)
    assert age <= listener.seconds_since() < age + 1
    assert listener.others_at_work() is (age <= 60)
    assert (pace.seconds, pace.failed) == (1.5, 2)


def test_where_nobody_ever_swept_the_age_is_the_listeners_own(sqlite_world: World) -> None:
    listener = Listener(sqlite_world.store, Pace())
    assert 0 <= listener.seconds_since() < 30
    assert not listener.others_at_work()


def test_a_store_that_is_gone_makes_the_sweep_no_younger(postgresql_server: Server, patterns: Patterns) -> None:
    with closing(World.opened(postgresql_server.create("gone", template=patterns.name("postgresql", ordos)))) as world:
        beat(world, NOW - timedelta(seconds=80))
        listener = Listener(world.store, Pace(), wall=lambda: NOW)
        assert listener.seconds_since() >= 80
        postgresql_server.drop("gone")
        assert listener.seconds_since() >= 80


def test_a_ticker_leaves_the_work_to_workers_and_takes_it_up_when_they_are_gone(sqlite_world: World) -> None:
    at_work = [True]
    engine = Engine(sqlite_world.store, LINKS)
    ticker = Ticker(engine, others_at_work=lambda: at_work[0])
    before = sqlite_world.dump()
    ticker.tick()
    assert sqlite_world.dump() == before and ticker.seconds_since() < 30
    at_work[0] = False
    ticker.tick()
    assert sqlite_world.dump() != before


def test_the_offices_pages_say_that_nobody_sweeps(sqlite_world: World) -> None:
    from tests.web.browsing import Office

    office = Office(sqlite_world)
    browser = office.signed_in()
    assert "期限处理已停止" not in browser.get("/").text
    office.seconds_since_sweep = 91.0
    assert "期限处理已停止" in browser.get("/").text
    assert "期限处理已停止" not in office.signed_in("liaison", "unit", "KJJ").get("/").text


def test_figures_tell_of_workers_and_their_queue(shop: Shop) -> None:
    shop.hands.sweep()
    lines = set(House(shop.world).anybody().get("/metrics").text.splitlines())
    assert {'duban_jobs{standing="waiting"} 1.0', 'duban_jobs{standing="running"} 0.0', "duban_workers 0.0"} <= lines


def test_the_doctor_calls_for_workers_where_the_work_is_theirs(shop: Shop) -> None:
    def found(at: datetime) -> Finding:
        beat(shop.world, at)
        mine = settings.load(
            database_url=shop.url, workers=True, rehearsal=True, secret_key="a key for the tests of workers, long"
        )
        with open_service(mine) as service:
            (one,) = (finding for finding in examine(service) if finding.subject == "worker")
            return one

    missing = found(datetime.now(UTC) - timedelta(minutes=5))
    assert missing.grade == "bad" and "请启动 duban worker" in missing.text
    assert found(datetime.now(UTC)).grade == "good"


def test_workers_on_a_file_are_refused_by_name() -> None:
    with pytest.raises(SettingsRefused, match="DUBAN_WORKERS 只用于 PostgreSQL"):
        settings.load(database_url="sqlite:///duban.db", workers=True)


ONE_PROCESS = """
import sys
from service import open_service, web_app
from workflow.ticker import Ticker
with open_service() as opened:
    ticker = Ticker(opened.engine)
    web_app(opened, seconds_since_sweep=ticker.seconds_since)
    ticker.tick()
    import commands.running
    print("SWEPT" if ticker.seconds_since() < 60 else "", [name for name in sys.modules if "procrastinate" in name])
"""


def test_one_process_never_loads_the_workers_library(sqlite_launched_url: str) -> None:
    environment = {
        "DUBAN_DATABASE_URL": sqlite_launched_url, "DUBAN_REHEARSAL": "1", "PYTHONPATH": str(ROOT), "PATH": "/usr/bin",
        "DUBAN_SECRET_KEY": "a key for the tests of one process",
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", ONE_PROCESS], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "SWEPT []"


def test_the_rehearsal_clock_moves_beside_workers(shop: Shop) -> None:
    house = House(shop.world)
    shop.hands.sweep()
    house.advance("2022-01-05 09:30")
    assert shop.world.submission("KJJ").state == "overdue"
    after = shop.world.dump()
    swept = shop.hands.sweep()
    assert swept is not None and swept.lapsed == 0
    again = shop.world.dump()
    assert [again[name] for name in ("submission", "history", "rung")] == [
        after[name] for name in ("submission", "history", "rung")
    ]
    with shop.world.store.read() as session:
        assert shop.hands.engine.now(session) == local("2022-01-05 09:30")

"""The store's two doors and its locks, with the real databases and real processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import StatementError
from sqlmodel import col, select

from tests.workflow.small import small, small_roster
from tests.workflow.world import LAUNCH, LINKS, ROOT, World, local
from workflow import clock, posts
from workflow.acts import Act
from workflow.calendars import DayRule
from workflow.launch import launch
from workflow.refusals import (
    ChangedMeanwhile,
    ClockBackwards,
    ClockTooFar,
    NotRehearsing,
    StoreBusy,
    StoreModeMismatch,
    StoreUnusable,
)
from workflow.store import Store
from workflow.tables import Meta, Submission, Unit


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with closing(Store.open(database_url)) as opened:
        yield opened


@pytest.mark.parametrize("rehearsal", [True, False])
def test_a_store_keeps_the_mode_it_was_first_used_in(store: Store, rehearsal: bool) -> None:
    clock.settle_mode(store, rehearsal=rehearsal)
    clock.settle_mode(store, rehearsal=rehearsal)
    with pytest.raises(StoreModeMismatch) as refused:
        clock.settle_mode(store, rehearsal=not rehearsal)
    assert "演练" in refused.value.text and "正式" in refused.value.text
    with store.read() as session:
        assert clock.mode_of(session) == ("rehearsal" if rehearsal else "live")


def test_migrating_again_changes_nothing(store: Store) -> None:
    clock.settle_mode(store, rehearsal=True)
    store.migrate()
    with store.read() as session:
        assert clock.mode_of(session) == "rehearsal"


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    with suppress(KeyError), store.write() as session:
        session.add(Meta(key="left", value="behind"))
        session.flush()
        raise KeyError
    with store.read() as session:
        assert session.get(Meta, "left") is None


def test_what_is_written_while_reading_is_not_kept(store: Store) -> None:
    with suppress(Exception), store.read() as session:
        session.add(Meta(key="left", value="behind"))
        session.flush()
    with store.read() as session:
        assert session.get(Meta, "left") is None


def test_what_was_read_stays_readable(store: Store) -> None:
    with store.write() as session:
        session.add(Meta(key="a", value="b"))
    with store.read() as session:
        row = session.get_one(Meta, "a")
    assert row.value == "b"


def test_a_naive_instant_is_refused(world: World) -> None:
    naive = datetime(2022, 1, 4, 9, 0)  # noqa: DTZ001
    with pytest.raises(StatementError, match="naive datetime refused"), world.store.write() as session:
        session.execute(update(Submission).where(col(Submission.id) == 1).values(due_at=naive))
    with pytest.raises(StatementError, match="naive datetime refused"), world.store.read() as session:
        session.exec(select(Submission).where(Submission.due_at < naive)).all()


def test_a_naive_rehearsal_clock_is_refused(store: Store) -> None:
    naive = datetime(2022, 1, 4, 9, 0)  # noqa: DTZ001
    clock.settle_mode(store, rehearsal=True)
    with pytest.raises(ValueError, match="naive datetime refused"):
        clock.advance(store, naive, LINKS)


def test_instants_come_back_aware_and_exact(world: World) -> None:
    exact = local("2022-01-04 23:59:59.999999")
    with world.store.write() as session:
        session.execute(update(Submission).where(col(Submission.id) == 1).values(due_at=exact))
    with world.store.read() as session:
        found = session.get_one(Submission, 1).due_at
    assert (found, found.utcoffset()) == (exact, timedelta(0))


def test_the_rehearsal_clock_only_goes_forward(world: World) -> None:
    world.advance(local("2022-01-03"))
    for target, kind in ((LAUNCH, ClockBackwards), (local("2027-01-01"), ClockTooFar)):
        with world.refusing(kind):
            world.advance(target)
    world.advance(local("2022-01-03"))
    with world.look() as act:
        assert clock.now(act.session, rehearsal=True) == local("2022-01-03")


def test_a_live_store_has_no_clock_to_move(database_url: str) -> None:
    with closing(World.launched(database_url, rehearsal=False)) as world, world.refusing(NotRehearsing):
        world.advance(local("2022-01-03"))


ANOTHER_PROCESS = """
import sys
from workflow.refusals import Refusal
from workflow.store import Store
from workflow.tables import Meta
store = Store.open(sys.argv[1])
try:
    store.claim_service()
except Refusal as refused:
    print(refused.code, refused.text)
with store.write() as session:
    session.add(Meta(key="other", value="process"))
store.close()
"""


def test_a_second_service_on_one_file_is_refused_but_may_write(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store:
        store.claim_service()
        other = [sys.executable, "-c", ANOTHER_PROCESS, sqlite_url]
        said = subprocess.run(
            other, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
        )
        assert said.stdout.startswith("store-busy 另一个 duban 服务")
        with store.read() as session:
            assert session.get_one(Meta, "other").value == "process"


def test_a_service_that_has_ended_makes_way(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store:
        store.claim_service()
        with closing(Store.open(sqlite_url)) as second, pytest.raises(StoreBusy):
            second.claim_service()
    with closing(Store.open(sqlite_url)) as third:
        third.claim_service()


def test_sqlite_flushes_what_it_acknowledges(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store, store.write() as session:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        assert {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in wanted} == wanted


@pytest.mark.parametrize("setting", ["synchronous_commit"])
def test_postgresql_that_does_not_flush_is_refused(postgresql_url: str, setting: str) -> None:
    with closing(Store.open(postgresql_url)) as store:
        store.check()
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET {setting} = off'.encode())
    with closing(Store.open(postgresql_url)) as store, pytest.raises(StoreUnusable) as refused:
        store.check()
    assert setting in refused.value.text


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "nonsense", "sqlite:////proc/none/duban.db", "postgresql://@/x?host=/no"]
)
def test_a_store_that_cannot_be_opened_is_named(url: str) -> None:
    with pytest.raises(StoreUnusable, match="数据库不可用"):
        Store.open(url)


def test_a_deadlock_is_told_to_one_of_the_two(postgresql_url: str) -> None:
    both = Barrier(2)
    with closing(Store.open(postgresql_url)) as store:
        with store.write() as session:
            session.add_all([Meta(key="a", value=""), Meta(key="b", value="")])

        def change(first: str, second: str) -> str:
            try:
                with store.write() as session:
                    session.execute(update(Meta).where(col(Meta.key) == first).values(value=first))
                    both.wait(timeout=30)
                    session.execute(update(Meta).where(col(Meta.key) == second).values(value=first))
            except ChangedMeanwhile as refused:
                return refused.code
            return "done"

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(change, "ab", "ba")) == ["changed-meanwhile", "done"]


def test_a_roster_is_known_to_its_own_store_alone() -> None:
    for units in (1, 4, 2, 3):
        store = Store.in_memory()
        store.migrate()
        with store.write() as session:
            posts.import_roster(session, small_roster(units=units))
        with store.read() as session:
            assert len(posts.directory(session).units()) == units
        store.close()


def test_an_imported_roster_is_seen_at_once_and_after(world: World) -> None:
    with world.act(LAUNCH) as act:
        assert len(act.audience(1).directory.units()) > 1
        posts.import_roster(act.session, small_roster())
        assert posts.directory(act.session).holders("liaison", "U1", date(2022, 1, 1))
        session_sees = len(posts.directory(act.session).units())
    with world.look() as act:
        assert len(posts.directory(act.session).units()) == session_sees
        assert act.session.get_one(Unit, "KJJ").name == "市科学技术局"
        assert posts.directory(act.session).holders("liaison", "KJJ", date(2022, 1, 1)) == ()


def test_a_refused_import_is_forgotten(world: World) -> None:
    with suppress(KeyError), world.act(LAUNCH) as act:
        posts.import_roster(act.session, small_roster())
        assert posts.directory(act.session).holders("liaison", "KJJ", date(2022, 1, 1)) == ()
        raise KeyError
    with world.look() as act:
        assert posts.directory(act.session).holders("liaison", "KJJ", date(2022, 1, 1))


def test_importing_a_year_leaves_the_others_as_they_were(store: Store) -> None:
    notice = (DayRule(date(2022, 12, 31), False, "元旦"), DayRule(date(2023, 1, 2), False, "元旦"))
    for _ in range(2):
        with store.write() as session:
            posts.import_calendar(session, 2023, notice)
    with store.read() as session:
        found = posts.calendar(session)
    assert found.rules(2023) == notice
    assert not found.is_working(date(2022, 2, 1)) and found.is_working(date(2022, 1, 30))
    assert not found.is_working(date(2022, 12, 31)) and not found.is_working(date(2022, 10, 5))


def test_a_second_programme_stands_beside_the_first(world: World) -> None:
    with world.act(LAUNCH) as act:
        added = launch(Act(act.session, LAUNCH, LINKS), small(sign_off="[{by: office}]"), 2022)
        assert added.key == "small-2022"
    world.advance(local("2022-03-12"))
    assert world.submission("KJJ", "report").state == "overdue"


def test_the_files_of_a_store_are_for_its_owner_alone(tmp_path: Path) -> None:
    with closing(Store.open(f"sqlite:///{tmp_path / 'kept.db'}")) as store:
        store.migrate()
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("kept.db*")}
    assert modes["kept.db"] == modes["kept.db-wal"] == 0o600

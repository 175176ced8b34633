"""A store moves from a file to PostgreSQL: whole, once, and not while anybody could be told twice."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.commands.conftest import Duban
from tests.commands.test_backups import unsent
from tests.databases import Server
from tests.workflow.world import ROOT, World, local
from workflow.tables import SQLModel

UNIT = "JYTYJ"
EIGHT = local("2022-01-04 08:00")
#: What the end of a move changes in the target: the outbox is held.
HELD = ("message", "meta")

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def busy(world: World) -> World:
    """A store with something in every table that a year fills."""
    world.advance(EIGHT)
    world.hand_in(UNIT, now=EIGHT)
    world.file("FGW", now=EIGHT)
    world.file("KJJ", "research-trip", now=EIGHT)
    world.hand_in("KJJ", "work-plan", now=EIGHT)
    return world


@pytest.fixture
def source(settled: str) -> str:
    """The file that is left."""
    return settled.removeprefix("sqlite:///")


@pytest.fixture
def target(postgresql_server: Server, blank_postgresql_url: str) -> str:
    """An empty database to go to."""
    assert postgresql_server.sockets.is_dir()
    return blank_postgresql_url


def opened(url: str) -> World:
    """A store as it is, looked at past the marks that keep services out."""
    return World.opened(url)


def asked(url: str, query: str) -> list[tuple[object, ...]]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(address)) as connection:
        return list(connection.execute(query.encode()).fetchall())


def shape_of(url: str) -> set[str]:
    """Every constraint and index of a database, without the casts that PostgreSQL words anew when it reads its own."""
    found = asked(
        url,
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    )
    return {re.sub(r"::[a-z ]+|[()\[\]]", "", str(row[0])) for row in found}


def test_a_moved_store_is_the_old_one_with_its_outbox_held(
    busy: World, duban: Duban, source: str, target: str, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, waiting = busy.dump(without=HELD), unsent(busy)
    busy.close()
    ran = duban("move", source, target, "--confirm")
    assert ran.code == 0, ran.err
    assert "逐行核对一致" in ran.out and "duban release" in ran.out
    with closing(opened(target)) as moved:
        assert moved.dump(without=HELD) == before
        assert {letter.status for letter in moved.letters()} == {"held", "cancelled"}
    assert shape_of(target) == shape_of(postgresql_url)
    assert not Path(f"{source}.moving").exists()
    monkeypatch.setenv("DUBAN_DATABASE_URL", target)
    assert duban("release", "--dry-run").out.startswith(f"暂存{waiting}条消息")
    assert duban("audit", "verify").code == 0


def test_work_goes_on_in_the_new_store(busy: World, duban: Duban, source: str, target: str) -> None:
    """Every counted column goes on behind the last number there was."""
    busy.close()
    assert duban("move", source, target, "--confirm").code == 0
    with closing(opened(target)) as moved:
        assert moved.sign(UNIT, now=EIGHT).state == "filed"
        moved.file("MZJ", now=EIGHT)
        moved.advance(local("2022-01-06 10:00"))
        assert moved.broken_chains() == []


def test_a_store_is_copied_while_it_is_served_and_caught_up_at_the_end(
    busy: World, duban: Duban, source: str, target: str
) -> None:
    busy.store.claim_service()
    first = duban("move", source, target)
    assert first.code == 0, first.err
    assert "原库仍在使用" in first.err
    busy.file("MZJ", now=EIGHT)
    busy.sign(UNIT, now=EIGHT)
    busy.advance(local("2022-01-05 10:00"))
    assert duban("move", source, target).code == 0, "what is copied stays as it was copied"
    refused = duban("move", source, target, "--confirm")
    assert (refused.code, len(refused.said)) == (1, 1) and "正在使用" in refused.err
    before = busy.dump(without=HELD)
    busy.close()
    assert duban("move", source, target, "--confirm").code == 0
    with closing(opened(target)) as moved:
        assert moved.dump(without=HELD) == before


def test_the_store_that_was_left_is_served_no_more(busy: World, duban: Duban, source: str, target: str) -> None:
    busy.close()
    assert duban("move", source, target, "--confirm").code == 0
    for command in (["overdue"], ["serve"], ["release"]):
        ran = duban(*command)
        assert (ran.code, ran.out, len(ran.said)) == (1, "", 1), ran
        assert "迁移到 postgresql://" in ran.err and "DUBAN_DATABASE_URL" in ran.err
    with closing(sqlite3.connect(source)) as connection, pytest.raises(sqlite3.IntegrityError, match="moved"):
        connection.execute("UPDATE submission SET light = 'red'")
    again = duban("move", source, target, "--confirm")
    assert (again.code, len(again.said)) == (1, 1) and "已经迁移到" in again.err
    assert "已经迁出" in duban("move", source, target).err


def test_a_target_is_not_served_before_it_is_confirmed(
    busy: World, duban: Duban, source: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert duban("move", source, target).code == 0
    assert busy.submission(UNIT).state == "pending"
    monkeypatch.setenv("DUBAN_DATABASE_URL", target)
    ran = duban("overdue")
    assert (ran.code, ran.out, len(ran.said)) == (1, "", 1) and "尚未确认" in ran.err


@pytest.mark.parametrize("seed", range(2))
def test_a_move_that_is_killed_goes_on_where_it_stopped(
    busy: World, source: str, target: str, duban: Duban, seed: int
) -> None:
    """Killed before random statements, during the copying and during the confirmation."""
    before = busy.dump(without=HELD)
    busy.close()
    ran = subprocess.run(
        [sys.executable, "-m", "tests.commands.kill_move", source, target, str(seed)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 3, "the move was killed several times"
    with closing(opened(target)) as moved:
        assert moved.dump(without=HELD) == before
        assert "queued" not in {letter.status for letter in moved.letters()}
    assert "已经迁移到" in duban("move", source, target, "--confirm").err


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("UPDATE history SET actor = 'nobody' WHERE seq = 2", "entry-changed"),
        ("DELETE FROM history WHERE seq = 2 AND event = 'edit'", "entry-missing"),
        ("UPDATE content SET fields = json_set(fields, '$.learning', '改过的')", "content-changed"),
        ("UPDATE attachment SET data = x'255044462d312e37'", "file-changed"),
        ("UPDATE submission SET due_at = 'soon' WHERE id = 1", "PostgreSQL 未接受"),
        ("UPDATE submission SET late = 7 WHERE id = 1", "数据表 submission 中 1 一行"),
        ("UPDATE unit SET name = 'a' || char(0) WHERE code = 'FGW'", "数据表 unit 中 FGW 一行"),
    ],
)  # fmt: skip
def test_a_source_that_was_tampered_with_is_not_moved(
    busy: World, duban: Duban, source: str, target: str, harm: str, said: str
) -> None:
    busy.close()
    with closing(sqlite3.connect(source)) as connection:
        assert connection.execute(harm).rowcount > 0
        connection.commit()
    for arguments in ([], ["--confirm"]):
        ran = duban("move", source, target, *arguments)
        assert (ran.code, ran.out, len(ran.said)) == (1, "", 1), ran
        assert said in ran.err
    with closing(World.opened(f"sqlite:///{source}")) as still:
        still.advance(local("2022-01-04 09:00"))


def test_a_target_that_differs_from_the_source_is_found(busy: World, duban: Duban, source: str, target: str) -> None:
    assert duban("move", source, target).code == 0
    address = make_url(target).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute("UPDATE submission SET heading = 'x' WHERE id = 5")
    ran = duban("move", source, target)
    assert ran.code == 1 and "数据表 submission 中 5 一行与原库不同" in ran.err
    assert busy.submission(UNIT).state == "pending"


def test_a_target_with_data_is_refused_and_stays_as_it_was(
    busy: World, duban: Duban, source: str, postgresql_launched_url: str
) -> None:
    with closing(opened(postgresql_launched_url)) as other:
        before = other.dump()
    ran = duban("move", source, postgresql_launched_url)
    assert (ran.code, ran.out, len(ran.said)) == (1, "", 1) and "已有数据" in ran.err
    with closing(opened(postgresql_launched_url)) as other:
        assert other.dump() == before
    assert busy.submission(UNIT).state == "pending"


def test_a_database_of_something_else_is_refused_and_stays_as_it_was(
    busy: World, duban: Duban, source: str, target: str
) -> None:
    address = make_url(target).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute("CREATE TABLE invoice (id int)")
    ran = duban("move", source, target)
    assert ran.code == 1 and "不属于 duban 的数据表（invoice）" in ran.err
    assert asked(target, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("invoice",)]
    assert busy.submission(UNIT).state == "pending"


def test_another_source_does_not_go_into_a_target_that_was_begun(
    busy: World, duban: Duban, source: str, target: str, other_sqlite_launched_url: str
) -> None:
    assert duban("move", source, target).code == 0
    ran = duban("move", other_sqlite_launched_url, target)
    assert ran.code == 1 and "另一次迁移" in ran.err
    assert busy.submission(UNIT).state == "pending"


def test_two_moves_do_not_fill_one_target_together(busy: World, duban: Duban, source: str, target: str) -> None:
    from workflow.moving import targets

    with targets.opened(target):
        ran = duban("move", source, target)
    assert ran.code == 1 and "另一个 duban move" in ran.err
    assert busy.submission(UNIT).state == "pending"


@pytest.mark.parametrize(
    ("of", "to", "said"),
    [
        ("none.db", "postgresql://duban@/nowhere", "不存在"),
        ("duban.db", "sqlite:///other.db", "postgresql://"),
        ("duban.db", "::", "postgresql://"),
        ("empty.db", None, "没有 duban 的数据"),
        ("text.db", None, "不能读取"),
    ],
)
def test_what_cannot_be_moved_is_said(
    duban: Duban, settled: str, target: str, of: str, to: str | None, said: str, tmp_path: Path
) -> None:
    Path("duban.db").touch()
    with closing(sqlite3.connect("empty.db")) as connection:
        connection.execute("CREATE TABLE notes (id)")
    Path("text.db").write_bytes(b"these are not rows " * 100)
    ran = duban("move", of, to or target)
    assert (ran.code, ran.out, len(ran.said)) == (1, "", 1), ran
    assert said in ran.err and settled and tmp_path.is_dir()


def test_no_password_is_told(database_kind: str) -> None:
    from workflow.moving import targets

    url = "postgresql://duban:geheim@db.example.cn:5433/duban?sslmode=require&password=geheim&host=/run/postgresql"
    assert targets.shown(url) == "postgresql://duban@db.example.cn:5433/duban?host=%2Frun%2Fpostgresql"


def test_every_column_of_every_table_has_a_way_to_go(database_kind: str) -> None:
    from workflow.moving.rows import shapes

    assert {shape.name for shape in shapes()} == {*SQLModel.metadata.tables}
    assert all(shape.key and len(shape.forms) == len(shape.columns) for shape in shapes())

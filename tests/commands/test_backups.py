"""Backup under load, restore into an empty store, and an outbox held until a person releases it."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlmodel import select

from tests.commands.conftest import Duban
from tests.workflow.world import LAUNCH, World, local
from workflow import dumps, holding
from workflow.store import Store
from workflow.tables import Message, Submission

UNIT = "JYTYJ"
CHANGED_BY_A_RESTORE = ("message", "meta")


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> str:
    """A second store, of the same kind as the first, that nobody has used."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path / 'second' / 'duban.db'}"
    return str(request.getfixturevalue("blank_postgresql_url"))


@pytest.fixture
def busy(world: World) -> World:
    """A store with something in every table that a year fills."""
    world.advance(local("2022-01-04 08:00"))
    world.hand_in(UNIT, now=local("2022-01-04 08:00"))
    world.file("FGW", now=local("2022-01-04 08:00"))
    return world


def saved(duban: Duban, name: str = "copy.bak") -> Path:
    ran = duban("backup", name)
    assert ran.code == 0, ran.err
    return Path(name)


def unsent(world: World) -> int:
    with world.store.read() as session:
        return len(session.exec(select(Message).where(Message.status == "queued")).all())


def statuses(world: World) -> set[str]:
    with world.store.read() as session:
        return {one.status for one in session.exec(select(Message))}


def test_a_restored_store_is_the_one_saved_with_its_outbox_held(
    busy: World, duban: Duban, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, waiting = busy.dump(without=CHANGED_BY_A_RESTORE), unsent(busy)
    copy = saved(duban)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    monkeypatch.setenv("DUBAN_DATABASE_URL", empty_url)
    ran = duban("restore", str(copy))
    assert ran.code == 0, ran.err
    assert f"已暂存{waiting}条" in ran.out and "duban release" in ran.out
    with closing(World.opened(empty_url)) as restored:
        assert restored.dump(without=CHANGED_BY_A_RESTORE) == before
        assert statuses(restored) == {"held", "cancelled"}
        with restored.look() as act:
            assert holding.is_held(act.session)
    assert duban("audit", "verify").code == 0
    assert "duban release" in duban("next").err
    assert "暂存" in duban("doctor").out


def test_nothing_held_goes_out_until_it_is_released(
    busy: World, duban: Duban, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, waiting = saved(duban), unsent(busy)
    monkeypatch.setenv("DUBAN_DATABASE_URL", empty_url)
    assert duban("restore", str(copy)).code == 0
    ran = duban("release", "--dry-run")
    assert ran.out.startswith(f"暂存{waiting}条消息：") and ran.said == ["原因：恢复备份或迁移后暂不发出"]
    with closing(World.opened(empty_url)) as restored:
        assert statuses(restored) == {"held", "cancelled"}
        assert duban("release").out.startswith(f"已放行{waiting}条消息：")
        assert statuses(restored) == {"queued", "cancelled"}
        with restored.look() as act:
            assert not holding.is_held(act.session)
    assert duban("release").out == "没有暂存的消息\n"


def test_a_backup_is_taken_while_somebody_writes(busy: World, duban: Duban) -> None:
    """An open transaction neither stops the backup nor gets into it."""
    before = busy.dump()
    with busy.act(LAUNCH) as act:
        act.session.execute(text("UPDATE submission SET light = 'red'"))
        copy = saved(duban)
        act.session.rollback()
    assert busy.dump() == before
    if busy.store.dialect == "sqlite":
        with closing(World.opened(f"sqlite:///{copy.resolve()}")) as kept:
            assert kept.dump() == before


def test_a_backup_of_sqlite_is_one_whole_file(busy: World, duban: Duban) -> None:
    if busy.store.dialect == "sqlite":
        copy = saved(duban)
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
            assert connection.execute("SELECT count(*) FROM submission").fetchone() == (183,)
    assert not [path.name for path in Path().iterdir() if path.suffix in (".part", ".bak-wal", ".bak-shm")]


def test_a_backup_never_overwrites(busy: World, duban: Duban) -> None:
    Path("precious.xlsx").write_bytes(b"precious")
    ran = duban("backup", "precious.xlsx")
    assert (ran.code, ran.out, len(ran.said)) == (1, "", 1)
    assert Path("precious.xlsx").read_bytes() == b"precious"
    assert busy.submission(UNIT).state == "pending"


def test_a_store_with_data_is_not_restored_over(busy: World, duban: Duban, settled: str) -> None:
    copy, before = saved(duban), busy.dump()
    busy.close()
    ran = duban("restore", str(copy))
    assert (ran.code, ran.out, len(ran.said)) == (1, "", 1)
    assert "已有数据" in ran.err
    with closing(World.opened(settled)) as still:
        assert still.dump() == before


def test_a_store_in_use_is_not_restored_into(
    busy: World, duban: Duban, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = saved(duban)
    monkeypatch.setenv("DUBAN_DATABASE_URL", empty_url)
    with closing(Store.open(empty_url)) as served:
        served.migrate()
        served.claim_service()
        with served.read() as session:
            session.execute(select(Submission)).first()
            ran = duban("restore", str(copy))
        assert (ran.code, ran.out, len(ran.said)) == (1, "", 1), ran
        with served.read() as session:
            assert session.exec(select(Submission)).first() is None
    assert duban("restore", str(copy)).code == 0, "an empty store is restored into once nobody uses it"


@pytest.mark.parametrize("damage", ["cut", "garbled", "not a backup", "empty"])
def test_a_damaged_backup_changes_nothing(
    busy: World, duban: Duban, empty_url: str, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    copy = saved(duban)
    whole = copy.read_bytes()
    middle = len(whole) // 2
    copy.write_bytes(
        {
            "cut": whole[:middle],
            "garbled": whole[:middle] + bytes(4096) + whole[middle + 4096 :],
            "not a backup": b"SELECT 1;\n" * 1000,
            "empty": b"",
        }[damage]
    )
    monkeypatch.setenv("DUBAN_DATABASE_URL", empty_url)
    ran = duban("restore", str(copy))
    assert (ran.code, ran.out, len(ran.said)) == (1, "", 1), ran
    assert busy.submission(UNIT).state == "pending"
    with closing(Store.open(empty_url)) as untouched:
        untouched.migrate()
        with untouched.read() as session:
            assert session.exec(select(Submission)).first() is None
    assert not list(Path().rglob("*.restoring"))


def test_a_backup_of_a_newer_version_is_refused(
    busy: World, duban: Duban, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with busy.act(LAUNCH) as act:
        act.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    copy = saved(duban)
    monkeypatch.setenv("DUBAN_DATABASE_URL", empty_url)
    ran = duban("restore", str(copy))
    assert (ran.code, ran.err) == (1, "没有恢复，目标数据库未改动：备份来自更新的版本（9999），请先升级 duban\n")


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_without_the_programs_of_postgresql_the_refusal_names_them(
    busy: World, duban: Duban, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dumps, "_PACKAGED", tmp_path)
    ran = duban("backup", "copy.bak")
    assert (ran.code, len(ran.said)) == (1, 1)
    assert "pg_dump" in ran.err and not Path("copy.bak").exists()
    assert busy.store.dialect == "postgresql"


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_backup_of_the_other_kind_is_refused(
    busy: World, duban: Duban, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = saved(duban)
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    assert "不是 SQLite 的备份文件" in duban("restore", str(copy)).err
    assert not (tmp_path / "other.db").exists()
    assert busy.store.dialect == "postgresql"


def test_no_program_is_told_the_password_on_its_command_line() -> None:
    shown = dumps._address(make_url("postgresql+psycopg://duban:geheim@10.0.0.1:5433/city?sslmode=require"))
    assert shown == "postgresql://duban@10.0.0.1:5433/city?sslmode=require"

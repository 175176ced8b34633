"""The databases, and the fence around them, that the other tests stand on."""

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests import databases
from tests.network import OutsideNetwork

ROOT = Path(__file__).parent.parent


def ask(url: str, statement: str) -> object:
    """The first value that a statement answers, through the bare driver."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return connection.execute(statement).fetchone()[0]
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None


def test_both_databases_answer(blank_database_url: str) -> None:
    assert ask(blank_database_url, "select 1") == 1


def test_a_fresh_database_is_migrated(database_url: str) -> None:
    assert ask(database_url, "select count(*) from alembic_version") == 1


def test_a_blank_sqlite_holds_no_table(blank_sqlite_url: str) -> None:
    assert ask(blank_sqlite_url, "select count(*) from sqlite_master") == 0


def test_a_blank_postgresql_holds_no_table(blank_postgresql_url: str) -> None:
    assert ask(blank_postgresql_url, "select count(*) from pg_tables where schemaname = 'public'") == 0


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
def test_postgresql_flushes_what_it_acknowledges(blank_postgresql_url: str, setting: str) -> None:
    assert ask(blank_postgresql_url, f"show {setting}") == "on"


def test_a_copied_database_has_the_rows_of_its_template(postgresql_server: databases.Server) -> None:
    pattern = postgresql_server.create("pattern")
    with psycopg.connect(pattern) as connection:
        connection.execute("create table units as select '市教育局' as name")
    copy = postgresql_server.create("copy", template="pattern")
    assert ask(copy, "select name from units") == "市教育局"
    postgresql_server.drop("copy")
    postgresql_server.drop("pattern")


def test_the_wheel_brings_a_server_where_the_system_has_none() -> None:
    programs = databases.wheel_binaries()
    assert programs is not None
    with databases.running_server(programs) as server:
        assert ask(server.url("postgres"), "select 1") == 1
    assert not server.sockets.exists()


def test_another_machine_is_out_of_reach() -> None:
    # 203.0.113.0/24 is set aside for documentation: RFC 5737.
    with socket.socket() as outward, pytest.raises(OutsideNetwork):
        outward.connect(("203.0.113.1", 25))
    with pytest.raises(OutsideNetwork):
        socket.create_connection(("mail.example.cn", 25))


def test_loopback_is_within_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


def test_a_missing_browser_is_said_in_one_line() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", __file__],
        cwd=ROOT,
        env={**os.environ, "PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        check=True,
    )
    said = [line for line in listed.stdout.splitlines() if line.startswith("could not run:")]
    assert said == ["could not run: the tests that need Chromium"]

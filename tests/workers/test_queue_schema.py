"""The queue's tables: made once, brought up from an older library's, never touched by a newer one's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from procrastinate.schema import SchemaManager

from workers import queue_schema
from workflow import errands
from workflow.refusals import StoreUnusable
from workflow.store import Store

#: The first version with heartbeats; what came after is applied by us.
OLDER = "03.02.00"
COLUMNS: LiteralString = (
    "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'duban_queue'"
)
FUNCTIONS: LiteralString = "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'duban_queue'::regnamespace"


def found(url: str, query: LiteralString) -> set[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return set(connection.execute(query).fetchall())


def test_workers_that_start_together_make_one_queue_apart_from_our_tables(blank_postgresql_url: str) -> None:
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(queue_schema.settle, [blank_postgresql_url] * 3))
    assert found(blank_postgresql_url, "SELECT count(*) FROM duban_queue.applied") == {(1,)}
    assert found(blank_postgresql_url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == set()


def test_an_older_queue_is_brought_up_to_the_librarys(blank_postgresql_url: str, postgresql_url: str) -> None:
    steps = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"), key=lambda path: path.name)
    older = [step for step in steps if step.name < OLDER]
    with psycopg.connect(blank_postgresql_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA duban_queue")
        connection.execute("SET search_path TO duban_queue")
        for step in older:
            connection.execute(step.read_text(encoding="utf-8").encode())
        connection.execute("CREATE TABLE applied (migration text PRIMARY KEY)")
        connection.execute("INSERT INTO applied VALUES (%s)", (older[-1].name,))
    queue_schema.settle(blank_postgresql_url)
    queue_schema.settle(postgresql_url)
    assert found(blank_postgresql_url, COLUMNS) == found(postgresql_url, COLUMNS)
    # Old functions stay for workers of the version before.
    named = {name for name, _ in found(blank_postgresql_url, FUNCTIONS)}
    assert {name for name, _ in found(postgresql_url, FUNCTIONS)} <= named


def test_a_newer_queue_is_left_alone(postgresql_url: str) -> None:
    queue_schema.settle(postgresql_url)
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("INSERT INTO duban_queue.applied VALUES ('99.00.00_01_later.sql')")
    with pytest.raises(StoreUnusable, match="由更新版本的 duban 建立"):
        queue_schema.settle(postgresql_url)


def test_a_store_without_a_queue_has_no_errands(database_url: str) -> None:
    with closing(Store.open(database_url)) as store, store.read() as session:
        assert errands.look(session) == errands.Errands()

"""The tables of the queue: procrastinate's own, in a PostgreSQL schema of their own, brought to this version at start.

procrastinate names its migrations by its versions; the newest one that was applied stands in ``applied``. Of several
workers that start at once one does it, the others wait.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg
import structlog
from procrastinate.schema import SchemaManager
from psycopg import sql

from workflow.errands import SCHEMA
from workflow.refusals import StoreUnusable

log = structlog.get_logger(__name__)

#: The advisory lock of whoever changes these tables.
_CHANGING = 0x6475_6261_6E03
_NOTED = "INSERT INTO applied (migration) VALUES (%s)"


def settle(url: str) -> None:
    """Make the tables, or bring them to the version of the library; raises StoreUnusable."""
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute("SELECT pg_advisory_lock(%s)", (_CHANGING,))
        try:
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
            connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(SCHEMA)))
            connection.execute("CREATE TABLE IF NOT EXISTS applied (migration text PRIMARY KEY)")
            _bring_up(connection)
        except psycopg.Error as fault:
            reason = f"不能建立任务队列的表（{str(fault).strip().splitlines()[0]}）"
            raise StoreUnusable(reason=reason) from fault


def _bring_up(connection: psycopg.Connection) -> None:
    steps = _migrations()
    newest = steps[-1].name
    row = connection.execute("SELECT max(migration) FROM applied").fetchone()
    known = str(row[0]) if row and row[0] else None
    if known is None:
        with connection.transaction():
            connection.execute(SchemaManager.get_schema())
            connection.execute(_NOTED, (newest,))
        return
    if known > newest:
        raise StoreUnusable(reason="任务队列的表由更新版本的 duban 建立，请升级本机的程序")
    for step in steps:
        if step.name > known:
            with connection.transaction():
                connection.execute(step.read_text(encoding="utf-8").encode())
                connection.execute(_NOTED, (step.name,))
            log.info("queue migrated", migration=step.name)


def _migrations() -> list[Path]:
    """procrastinate's steps, oldest first."""
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"), key=lambda path: path.name)

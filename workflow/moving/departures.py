"""Where a store is no longer, and where it is not yet: marks that every opening of a store asks for.

The store that was left carries a row in ``meta`` and refuses every write by triggers of its own, so that not even a
command that was under way can add to it. A target carries the table ``duban_move`` until the move is confirmed.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import text
from sqlmodel import Session

from workflow.moments import SHANGHAI
from workflow.refusals import Refusal, StoreBusy
from workflow.store import Store

KEY = "moved"
#: The table of a target that is being filled.
ARRIVING = "duban_move"


class StoreMoved(Refusal):
    """该数据库已于{at}迁移到 {to}，不再使用。请把 DUBAN_DATABASE_URL 改为新地址。"""

    code = "store-moved"


class StoreArriving(Refusal):
    """该数据库正在接收迁移来的数据，尚未确认。请先完成 duban move … --confirm。"""

    code = "store-arriving"


def require_here(store: Store) -> None:
    """Raises StoreMoved for a store that was left, StoreArriving for one that is not complete yet."""
    with store.read() as session:
        if store.dialect == "postgresql":
            if session.execute(text(f"SELECT to_regclass('{ARRIVING}')")).scalar() is not None:
                raise StoreArriving
            return
        if not _has_facts(session):
            return
        value = session.execute(text("SELECT value FROM meta WHERE key = :key"), {"key": KEY}).scalar()
    if value is not None:
        raise StoreMoved(**_said(value))


def left_for(source: Path) -> str | None:
    """The address a store was left for, without a password; None while it is in use."""
    with closing(connected(source, "mode=ro")) as connection:
        known = "meta" in tables(connection)
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (KEY,)).fetchone() if known else None
    return str(json.loads(row[0])["to"]) if row else None


def leave(source: Path, to: str, at: datetime) -> None:
    """Mark a store as left and close it for every write; whoever calls holds it with ``alone``."""
    mark = json.dumps({"to": to, "at": at.isoformat()}, ensure_ascii=False)
    with closing(connected(source, "mode=rw")) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (KEY, mark))
        for name in tables(connection):
            for event in ("INSERT", "UPDATE", "DELETE"):
                connection.execute(
                    f'CREATE TRIGGER "moved_{name}_{event.lower()}" BEFORE {event} ON "{name}"'
                    " BEGIN SELECT RAISE(ABORT, 'this store has moved'); END"
                )
        connection.execute("COMMIT")


@contextmanager
def alone(source: Path) -> Iterator[None]:
    """Hold the places of the one service and of the one writer of a file; raises StoreBusy."""
    with ExitStack() as held:
        for place in ("service", "lock"):
            descriptor = os.open(f"{source}.{place}", os.O_RDWR | os.O_CREAT, 0o600)
            held.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreBusy(path=str(source)) from None
        yield


def connected(path: Path, how: str) -> sqlite3.Connection:
    """A plain connection to a file of SQLite; ``how`` is ``mode=ro`` or ``mode=rw``."""
    return sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, isolation_level=None, timeout=30)


def tables(connection: sqlite3.Connection) -> list[str]:
    """The names of a file's tables."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [str(row[0]) for row in found]


def _has_facts(session: Session) -> bool:
    return session.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'meta'")).first() is not None


def _said(value: str) -> dict[str, object]:
    mark = json.loads(value)
    at = datetime.fromisoformat(mark["at"]).astimezone(SHANGHAI)
    return {"to": mark["to"], "at": f"{at:%Y年%m月%d日 %H:%M}"}

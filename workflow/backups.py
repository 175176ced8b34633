"""Backup and restore of a store: SQLite here, PostgreSQL in ``workflow.dumps``.

A backup is taken while a service runs and is one consistent state. A restore takes effect whole or not at
all, only into a store without data that nobody uses, and with its outbox held.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from workflow import archives, dumps
from workflow.archives import BackupRefused, RestoreRefused
from workflow.holding import HOLD
from workflow.refusals import StoreBusy, StoreUnusable

_SQLITE = b"SQLite format 3\0"
#: What a store holds before anybody has used it.
_NO_DATA = ("meta", "alembic_version")


def save(url: str, target: Path) -> int:
    """Copy the store at ``url`` into a new file; returns its size in bytes. Raises BackupRefused, StoreUnusable."""
    parsed = _parsed(url)
    with archives.written(target) as part:
        if parsed.get_backend_name() == "sqlite":
            _save_sqlite(_file_of(parsed), part)
        else:
            dumps.save(parsed, part)
    return target.stat().st_size


def restore(url: str, source: Path) -> None:
    """Make the store at ``url`` what ``source`` holds, its unsent messages held.

    Raises RestoreRefused, StoreBusy, StoreUnusable; the store is then as it was.
    """
    parsed, sqlite = _parsed(url), _is_sqlite(source)
    if parsed.get_backend_name() == "sqlite":
        if not sqlite:
            raise RestoreRefused(reason=f"“{source}”不是 SQLite 的备份文件")
        _restore_sqlite(_file_of(parsed), source)
    else:
        if sqlite:
            raise RestoreRefused(reason=f"“{source}”是 SQLite 的备份，不能恢复到 PostgreSQL")
        dumps.restore(parsed, source)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreUnusable(reason="DATABASE_URL 格式不对") from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreUnusable(reason="DATABASE_URL 须以 sqlite:/// 或 postgresql:// 开头")
    return parsed


def _file_of(parsed: URL) -> Path:
    return Path(parsed.database or "duban.db")


def _is_sqlite(source: Path) -> bool:
    try:
        with source.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError as fault:
        raise RestoreRefused(reason=f"不能读取“{source}”（{fault.strerror}）") from None


def _save_sqlite(path: Path, part: Path) -> None:
    if not path.is_file():
        raise BackupRefused(reason=f"数据库文件“{path}”不存在")
    try:
        with closing(_connected(path, "mode=rw")) as source, closing(_connected(part, "mode=rw")) as copy:
            source.execute("PRAGMA query_only=ON")
            # One step, so one state; in WAL mode the service goes on writing beside it.
            source.backup(copy)
            # A backup is one file: no -wal beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
            _require_whole(copy)
    except sqlite3.Error as fault:
        raise BackupRefused(reason=str(fault)) from None


def _restore_sqlite(path: Path, source: Path) -> None:
    part = path.with_name(f"{path.name}.restoring")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _unused(path):
            _require_empty(path)
            _prepare(source, part)
            for beside in ("-wal", "-shm"):
                path.with_name(path.name + beside).unlink(missing_ok=True)
            archives.move(part, path)
    except sqlite3.Error as fault:
        raise RestoreRefused(reason=f"备份文件已损坏（{fault}）") from None
    except OSError as fault:
        raise RestoreRefused(reason=f"不能写入“{path}”（{fault.strerror}）") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _prepare(source: Path, part: Path) -> None:
    """A checked copy of the backup with its outbox held, before it takes the store's name."""
    archives.make_private(part)
    with closing(_connected(source, "mode=ro&immutable=1")) as backup, closing(_connected(part, "mode=rw")) as copy:
        _require_whole(backup)
        archives.require_known(_revision(backup))
        backup.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("BEGIN IMMEDIATE")
        for statement in HOLD:
            copy.execute(statement)
        copy.execute("COMMIT")


def _connected(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, isolation_level=None, timeout=30)


def _require_whole(connection: sqlite3.Connection) -> None:
    """Raises DatabaseError when a page or an index is not what it should be."""
    answer = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if answer != "ok":
        raise sqlite3.DatabaseError(" ".join(str(answer).split()))


def _revision(connection: sqlite3.Connection) -> str | None:
    if "alembic_version" not in _tables(connection):
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [str(row[0]) for row in found]


def _require_empty(path: Path) -> None:
    if not path.exists():
        return
    try:
        with closing(_connected(path, "mode=rw")) as connection:
            tables = [name for name in _tables(connection) if name not in _NO_DATA]
            filled = any(connection.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone() for name in tables)
    except sqlite3.Error as fault:
        raise RestoreRefused(reason=f"“{path}”不是可用的数据库（{fault}）") from None
    if filled:
        raise RestoreRefused(reason=f"“{path}”里已有数据，请把 DATABASE_URL 指向一个新的数据库")


@contextmanager
def _unused(path: Path) -> Iterator[None]:
    """Hold the places of the one service and of the one writer of a file, as ``workflow.store`` names them."""
    with ExitStack() as held:
        for place in ("service", "lock"):
            descriptor = os.open(f"{path}.{place}", os.O_RDWR | os.O_CREAT, 0o600)
            held.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreBusy(path=str(path)) from None
        yield

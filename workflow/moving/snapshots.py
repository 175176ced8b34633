"""Snapshots of a source, kept in a folder of their own beside it until the move is confirmed.

A snapshot is a backup brought to this version's tables, with a number by which a target knows what it is filled from.
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError

from workflow import archives, backups
from workflow.moving.departures import connected, tables
from workflow.moving.refused import MoveRefused
from workflow.moving.rows import Shape, listed, shapes
from workflow.store import Store

_MIGRATIONS = Path(__file__).parent.parent / "migrations"
_NUMBER = "duban_snapshot"
_KNOWN = frozenset({"alembic_version", _NUMBER})


@dataclass(frozen=True)
class Snapshot:
    """One consistent state of a source, and the number it is known by."""

    path: Path
    number: str

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """A reading connection."""
        with closing(connected(self.path, "mode=ro")) as connection:
            yield connection

    def count(self, shape: Shape) -> int:
        """How many rows a table has."""
        with self.opened() as connection:
            return int(connection.execute(f'SELECT count(*) FROM "{shape.name}"').fetchone()[0])

    def rows(self, shape: Shape, *, after: Sequence[object] | None = None) -> Iterator[Sequence[object]]:
        """The rows of a table in the order of its key, those behind the key ``after``."""
        behind = f" WHERE ({listed(shape.key)}) > ({', '.join('?' * len(shape.key))})" if after else ""
        query = f'SELECT {shape.selection()} FROM "{shape.name}"{behind} ORDER BY {listed(shape.key)}'
        with self.opened() as connection:
            yield from connection.execute(query, tuple(after or ()))

    def remove(self) -> None:
        """Take the file away."""
        self.path.unlink(missing_ok=True)


def kept(source: Path, *, name: str = "snapshot") -> Snapshot | None:
    """The snapshot that lies beside a source under this name, None when there is none that is whole."""
    path = _folder(source) / f"{name}.db"
    if not path.is_file():
        return None
    with closing(connected(path, "mode=ro")) as connection:
        _require_same_tables(connection)
        row = connection.execute(f"SELECT number FROM {_NUMBER}").fetchone()
    return Snapshot(path, str(row[0]))


def take(source: Path, *, name: str = "snapshot") -> Snapshot:
    """Take a snapshot of a source, served or not; raises MoveRefused, BackupRefused, StoreUnusable."""
    folder = _folder(source)
    folder.mkdir(mode=0o700, exist_ok=True)
    taking, number = folder / "taking.db", secrets.token_hex(8)
    taking.unlink(missing_ok=True)
    backups.save(f"sqlite:///{source}", taking)
    _require_known(taking)
    store = Store.open(f"sqlite:///{taking}")
    try:
        store.migrate()
    finally:
        store.close()
    with closing(connected(taking, "mode=rw")) as connection:
        connection.execute(f"CREATE TABLE {_NUMBER} (number TEXT NOT NULL)")
        connection.execute(f"INSERT INTO {_NUMBER} VALUES (?)", (number,))
        # One file again, with nothing beside it.
        connection.execute("PRAGMA journal_mode=DELETE")
        _require_same_tables(connection)
    archives.move(taking, folder / f"{name}.db")
    return Snapshot(folder / f"{name}.db", number)


def adopt(source: Path, newer: Snapshot) -> Snapshot:
    """Make the newer snapshot the one that is kept."""
    path = _folder(source) / "snapshot.db"
    archives.move(newer.path, path)
    return Snapshot(path, newer.number)


def forget(source: Path) -> None:
    """Remove every snapshot of a source."""
    shutil.rmtree(_folder(source), ignore_errors=True)


def changed(before: Snapshot, after: Snapshot, shape: Shape) -> Iterator[Sequence[object]]:
    """The rows of a table that are new or different in ``after``."""
    differs = " OR ".join(f'n."{name}" IS NOT o."{name}"' for name in shape.columns)
    query = (
        f'SELECT {shape.selection(of="n")} FROM main."{shape.name}" n LEFT JOIN earlier."{shape.name}" o'
        f' ON {_same_key(shape)} WHERE o."{shape.key[0]}" IS NULL OR {differs}'
    )
    with _beside(before, after) as connection:
        yield from connection.execute(query)


def gone(before: Snapshot, after: Snapshot, shape: Shape) -> Iterator[Sequence[object]]:
    """The keys of the rows of a table that ``after`` no longer has."""
    query = (
        f'SELECT {listed(shape.key, of="o")} FROM earlier."{shape.name}" o LEFT JOIN main."{shape.name}" n'
        f' ON {_same_key(shape)} WHERE n."{shape.key[0]}" IS NULL'
    )
    with _beside(before, after) as connection:
        yield from connection.execute(query)


@contextmanager
def _beside(before: Snapshot, after: Snapshot) -> Iterator[sqlite3.Connection]:
    with after.opened() as connection:
        connection.execute("ATTACH ? AS earlier", (str(before.path),))
        yield connection


def _same_key(shape: Shape) -> str:
    return " AND ".join(f'n."{name}" = o."{name}"' for name in shape.key)


def _folder(source: Path) -> Path:
    return source.with_name(f"{source.name}.moving")


def _require_known(path: Path) -> None:
    """Raises MoveRefused for a file without duban's tables, or from a later version."""
    with closing(connected(path, "mode=ro")) as connection:
        there = tables(connection)
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if _KNOWN & {*there} else None
    if row is None:
        raise MoveRefused(reason="文件里没有 duban 的数据")
    try:
        ScriptDirectory(str(_MIGRATIONS)).get_revision(row[0])
    except CommandError:
        raise MoveRefused(reason=f"数据来自更新的版本（{row[0]}），请先升级 duban") from None


def _require_same_tables(connection: sqlite3.Connection) -> None:
    """Raises MoveRefused when a file has tables or columns that would be left behind."""
    found = {name: _columns(connection, name) for name in tables(connection) if name not in _KNOWN}
    wanted = {shape.name: {*shape.columns} for shape in shapes()}
    if found != wanted:
        names = sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))
        raise MoveRefused(reason=f"数据表与本版本不一致：{'、'.join(names)}")


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {str(row[1]) for row in connection.execute(f'PRAGMA table_info("{table}")')}

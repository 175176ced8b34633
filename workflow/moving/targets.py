"""The PostgreSQL side of a move: an empty database is made ready, filled in chunks, compared, and opened at the end.

While it is filled it has neither references nor secondary indexes; what they were stands in the table ``duban_move``,
beside the number of the snapshot it is filled from. The rows themselves tell how far the copying has got.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Literal, LiteralString

import psycopg
from psycopg import sql
from psycopg.pq import ExecStatus
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from workflow.errands import SCHEMA
from workflow.holding import HOLD
from workflow.moving.departures import ARRIVING
from workflow.moving.refused import MoveRefused
from workflow.moving.rows import Shape, blocks, shapes
from workflow.refusals import StoreUnusable
from workflow.store import Store

#: Rows of one transaction, and about how many bytes it may have.
CHUNK = 20_000
CHUNK_BYTES = 64 * 1024 * 1024

#: The advisory lock of whoever fills a database.
_FILLING = 0x6475_6261_6E02
_INDEXES = """
    SELECT 'index', c.relname, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relnamespace = current_schema()::regnamespace AND NOT i.indisunique
"""
_REFERENCES = """
    SELECT 'reference', t.relname || '.' || c.conname,
        format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.relname, c.conname, pg_get_constraintdef(c.oid))
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE t.relnamespace = current_schema()::regnamespace AND c.contype = 'f'
"""
#: What is not there while rows come in.
Aside = Literal["index", "reference"]
_FOUND: Mapping[Aside, LiteralString] = {"index": _INDEXES, "reference": _REFERENCES}


class Target:
    """One database that is being filled; made by ``opened``."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def number(self) -> str | None:
        """The number of the snapshot it is filled from, None when nobody has begun."""
        if self._one("SELECT to_regclass(%s)", (ARRIVING,)) is None:
            return None
        return str(self._one(f"SELECT statement FROM {ARRIVING} WHERE kind = 'snapshot'"))

    def require_unused(self) -> None:
        """Raises MoveRefused when the database holds rows, or tables that are not duban's."""
        known = {shape.name for shape in shapes()} | {"alembic_version"}
        found = self._connection.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema', %s)",
            (SCHEMA,),
        ).fetchall()
        foreign = [table for schema, table in found if table not in known]
        if foreign:
            raise MoveRefused(reason=f"目标数据库里有不属于 duban 的数据表（{foreign[0]}），请换一个空数据库")
        for schema, table in found:
            if table not in ("meta", "alembic_version") and self._filled(schema, table):
                raise MoveRefused(reason="目标数据库里已有数据，请换一个空数据库")

    def prepare(self, number: str) -> None:
        """Put references and secondary indexes aside and note what it is filled from, in one transaction."""
        with self._connection.transaction():
            # What a command that only looked has left behind.
            self._connection.execute("DELETE FROM meta")
            self._connection.execute(
                f"CREATE TABLE {ARRIVING} (kind text, name text, statement text NOT NULL, PRIMARY KEY (kind, name))"
            )
            self._connection.execute(f"INSERT INTO {ARRIVING} VALUES ('snapshot', '', %s)", (number,))
            self.put_aside("reference")
            self.put_aside("index")

    def put_aside(self, kind: Aside) -> None:
        """Drop whatever there is of a kind and note how it is made again; part of the caller's ``transaction``."""
        noted = self._connection.execute(f"INSERT INTO {ARRIVING} {_FOUND[kind]} RETURNING name").fetchall()
        for (name,) in noted:
            self._connection.execute(_dropping(kind, name))

    def last_key(self, shape: Shape) -> tuple[object, ...] | None:
        """The key of the last row that was copied, None when there is none."""
        row = self._connection.execute(shape.last_key()).fetchone()
        return shape.read_key(row) if row else None

    def count(self, shape: Shape) -> int:
        """How many rows a table has."""
        counted = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(shape.name))
        row = self._connection.execute(counted).fetchone()
        assert row is not None
        return int(row[0])

    def take_in(self, shape: Shape, rows: Iterator[Sequence[object]], copied: Callable[[int], object]) -> None:
        """Copy rows in chunks, each durable on its own; ``copied`` hears how many more are in."""
        going = True
        while going:
            chunk = _Chunk(shape, rows)
            with self._connection.transaction():
                self._pour(shape.copying(), chunk.lines())
            copied(chunk.taken)
            going = chunk.full

    def replace(self, shape: Shape, keys: Iterable[bytes], rows: Callable[[], Iterator[bytes]]) -> None:
        """Put rows in place of those with these keys; part of the caller's ``transaction``."""
        table = sql.Identifier(shape.name)
        columns = sql.SQL(", ").join(map(sql.Identifier, shape.key))
        same = sql.SQL(" AND ").join(
            sql.SQL("{}.{column} = going.{column}").format(table, column=sql.Identifier(name)) for name in shape.key
        )
        creating = "CREATE TEMPORARY TABLE going ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA"
        self._connection.execute(sql.SQL(creating).format(columns, table))
        self._pour(sql.SQL("COPY going FROM STDIN"), iter(keys))
        self._connection.execute(sql.SQL("DELETE FROM {} USING going WHERE {}").format(table, same))
        self._connection.execute("DROP TABLE going")
        self._pour(shape.copying(), rows())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction around what is done in the block."""
        with self._connection.transaction():
            yield

    def note(self, number: str) -> None:
        """Note that it now holds another snapshot; part of the caller's ``transaction``."""
        self._connection.execute(f"UPDATE {ARRIVING} SET statement = %s WHERE kind = 'snapshot'", (number,))

    def lines(self, shape: Shape) -> Iterator[bytes]:
        """Every row of a table as it is in the database, in the order of its key."""
        # Below psycopg's own reading, which waits for each row apart and takes several times as long.
        wire = self._connection.pgconn
        begun = wire.exec_(shape.handing_out().as_bytes(self._connection))
        if begun.status != ExecStatus.COPY_OUT:
            raise psycopg.errors.DataError(wire.get_error_message())
        while (row := wire.get_copy_data(0))[0] > 0:
            yield bytes(row[1])
        while (ended := wire.get_result()) is not None:
            if ended.status != ExecStatus.COMMAND_OK:
                raise psycopg.errors.DataError(wire.get_error_message())

    def put_back(self, kind: Aside) -> None:
        """Make what was put aside again, one after the other."""
        for name, statement in self._aside(kind):
            with self._connection.transaction():
                self._connection.execute(statement.encode())
                self._connection.execute(f"DELETE FROM {ARRIVING} WHERE kind = %s AND name = %s", (kind, name))

    def count_on(self) -> None:
        """Let every counted column go on behind its last number, and the planner know the tables."""
        for shape in shapes():
            if shape.counted is not None:
                column, table = sql.Identifier(shape.counted), sql.Identifier(shape.name)
                setting = (
                    "SELECT setval(pg_get_serial_sequence({}, {}), greatest(max({}), 1), max({}) IS NOT NULL) FROM {}"
                )
                names = sql.Literal(f'"{shape.name}"'), sql.Literal(shape.counted)
                self._connection.execute(sql.SQL(setting).format(*names, column, column, table))
        self._connection.execute("ANALYZE")

    def open_up(self) -> None:
        """Hold the outbox and let services in, in one transaction."""
        with self._connection.transaction():
            for statement in HOLD:
                self._connection.execute(statement.encode())
            self._connection.execute(f"DROP TABLE {ARRIVING}")

    def _pour(self, statement: sql.SQL | sql.Composed, lines: Iterator[bytes]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(statement) as taking:
            for block in blocks(lines):
                taking.write(block)

    def _aside(self, kind: Aside) -> list[tuple[str, str]]:
        query = f"SELECT name, statement FROM {ARRIVING} WHERE kind = %s ORDER BY name"
        return [(str(name), str(statement)) for name, statement in self._connection.execute(query, (kind,)).fetchall()]

    def _filled(self, schema: str, table: str) -> bool:
        query = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(schema, table))
        return self._connection.execute(query).fetchone() is not None

    def _one(self, query: str, values: Sequence[object] = ()) -> object:
        row = self._connection.execute(query.encode(), values).fetchone()
        return row[0] if row else None


def _dropping(kind: Aside, name: str) -> sql.Composed:
    if kind == "index":
        return sql.SQL("DROP INDEX {}").format(sql.Identifier(name))
    table, _, constraint = name.partition(".")
    return sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(constraint))


class _Chunk:
    """The next rows of a table, as many as go into one transaction."""

    def __init__(self, shape: Shape, rows: Iterator[Sequence[object]]) -> None:
        self._shape, self._rows = shape, rows
        self.taken, self.full = 0, False

    def lines(self) -> Iterator[bytes]:
        """The rows as lines; ``full`` tells at the end whether there may be more."""
        size = 0
        for row in self._rows:
            line = self._shape.line(row)
            self.taken += 1
            size += len(line)
            yield line
            if self.taken >= CHUNK or size >= CHUNK_BYTES:
                self.full = True
                return


@contextmanager
def opened(url: str) -> Iterator[Target]:
    """Hold a database alone for a move; raises MoveRefused, StoreUnusable."""
    address = parsed(url)
    whole = address.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with closing(psycopg.connect(whole, autocommit=True)) as connection:
            connection.execute("SET TIME ZONE 'UTC'")
            connection.execute("SET datestyle = 'ISO, YMD'")
            connection.execute("SET bytea_output = 'hex'")
            held = connection.execute("SELECT pg_try_advisory_lock(%s)", (_FILLING,)).fetchone()
            if not held or not held[0]:
                raise MoveRefused(reason="另一个 duban move 正在写入目标数据库")
            yield Target(connection)
    except psycopg.OperationalError as fault:
        raise StoreUnusable(reason=str(fault).strip().splitlines()[0]) from None
    except psycopg.Error as fault:
        raise MoveRefused(reason=f"PostgreSQL 未接受（{str(fault).strip().splitlines()[0]}）") from None


def make_tables(url: str) -> None:
    """Bring the tables of a target to this version; raises StoreUnusable, also where fsync is off."""
    with closing(Store.open(url)) as store:
        store.check()
        store.migrate()


def parsed(url: str) -> URL:
    """The address of a target; raises MoveRefused when it is not PostgreSQL's."""
    try:
        found = make_url(url)
    except ArgumentError:
        raise MoveRefused(reason="目标地址格式不对，应为 postgresql://用户@主机/数据库") from None
    if found.get_backend_name() != "postgresql":
        raise MoveRefused(reason="目标地址应为 postgresql://用户@主机/数据库")
    return found


def shown(url: str) -> str:
    """The address of a target as people may read it: without a password or any option but where it is."""
    address = parsed(url)
    place = {name: value for name, value in address.query.items() if name in ("host", "port")}
    # URL.set() takes a None for “as it is”.
    plain = URL.create("postgresql", address.username, None, address.host, address.port, address.database, place)
    return plain.render_as_string(hide_password=False)

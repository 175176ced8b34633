"""The store: one database behind two doors, ``write()`` and ``read()``, each one transaction.

SQLite: exactly one writing connection per process, WAL with synchronous=FULL, BEGIN IMMEDIATE, readers
``query_only``. A lock file lets one process write at a time, so that a command can write while a service
runs without ever two connections writing at once (SQLite before 3.51.3 has a WAL-reset fault there).
PostgreSQL: psycopg 3, plain transactions; start-up refuses fsync or synchronous_commit switched off.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool
from sqlmodel import Session

from workflow import sweep_place
from workflow.refusals import ChangedMeanwhile, StoreBusy, StoreUnusable

_MIGRATIONS = Path(__file__).parent / "migrations"

#: For one transaction of PostgreSQL.
_UNFLUSHED = text("SET LOCAL synchronous_commit = off")

#: SQLite's list of references that point at nothing.
_DANGLING = "PRAGMA foreign_key_check"

#: How PostgreSQL tells a transaction that it lost against another: serialization failure, deadlock.
_LOST = frozenset({"40001", "40P01"})


class Store:
    """A database with its engines; made by ``Store.open`` or, for rehearsals, ``Store.in_memory``."""

    def __init__(self, *, writer: Engine, reader: Engine, file: Path | None) -> None:
        self._writer, self._reader = writer, reader
        self._file = file
        self._mutex = threading.RLock()
        self._sweep_mutex = threading.RLock()
        self._lock_file = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT, 0o600) if file else None
        self._serving: int | None = None

    @classmethod
    def open(cls, url: str, *, pool: int = 10, pooler: bool = False) -> Store:
        """Open ``sqlite:///file`` or ``postgresql://…``; raises StoreUnusable.

        ``pool`` connections to PostgreSQL are kept; ``pooler``: another session for every transaction, none prepared.
        """
        try:
            parsed = make_url(url)
            if parsed.get_backend_name() == "sqlite":
                return _open_sqlite(Path(parsed.database or "duban.db"))
            if parsed.get_backend_name() == "postgresql":
                return _open_postgresql(parsed.set(drivername="postgresql+psycopg"), pool, pooler=pooler)
        except (SQLAlchemyError, OSError, sqlite3.Error) as fault:
            raise StoreUnusable(reason=str(fault).splitlines()[0]) from fault
        raise StoreUnusable(reason="DATABASE_URL 须以 sqlite:/// 或 postgresql:// 开头")

    @staticmethod
    def file_of(url: str) -> Path | None:
        """The file behind a ``sqlite:///`` address, None for any other."""
        return Path(url.removeprefix("sqlite:///") or "duban.db") if url.startswith("sqlite:///") else None

    @classmethod
    def in_memory(cls) -> Store:
        """A store that lives as long as this object; what a rehearsal runs on."""
        engine = create_engine(
            "sqlite://",
            poolclass=StaticPool,
            connect_args={"check_same_thread": False, "isolation_level": None},
        )
        _begin_immediately(engine)
        return cls(writer=engine, reader=engine, file=None)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._writer.dialect.name

    @property
    def writer(self) -> Engine:
        """The writing engine, for migrations and benchmarks."""
        return self._writer

    def migrate(self) -> None:
        """Bring the tables to this version; on a new database, make them."""
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        newest = ScriptDirectory.from_config(config).get_current_head()
        with self._alone(), self._writer.connect() as connection:
            if MigrationContext.configure(connection).get_current_revision() == newest:
                return
            connection.rollback()
            with _rebuilding(connection):
                config.attributes["connection"] = connection
                command.upgrade(config, "head")

    @contextmanager
    def write(self, *, flushed: bool = True) -> Iterator[Session]:
        """One writing transaction: committed when the block ends, rolled back when it raises.

        Not ``flushed``, it survives the death of this process but not of the machine, until the next that is flushed:
        for notes that nobody is told of. Raises ChangedMeanwhile when PostgreSQL gave the transaction up in favour of
        another.
        """
        try:
            with (
                self._alone(),
                self._flushing(flushed),
                Session(self._writer, expire_on_commit=False) as session,
                session.begin(),
            ):
                if not flushed and self.dialect == "postgresql":
                    session.execute(_UNFLUSHED)
                yield session
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", None) in _LOST:
                raise ChangedMeanwhile from fault
            raise

    @contextmanager
    def _flushing(self, flushed: bool) -> Iterator[None]:
        """SQLite decides between transactions whether a commit waits for the disk, for its one writing connection."""
        if flushed or self.dialect != "sqlite":
            yield
            return
        with closing(self._writer.raw_connection()) as only:
            driver = only.driver_connection
        assert driver is not None
        driver.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            driver.execute("PRAGMA synchronous=FULL")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One reading transaction; nothing written in it is kept, rows read in it stay readable after it."""
        # Closing rolls back and lets go of the rows; an explicit rollback would empty them first.
        if self._reader is self._writer and self.dialect == "sqlite":
            with self._mutex, Session(self._reader, expire_on_commit=False) as session:
                yield session
            return
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Wait until nobody else sweeps this store, then hold that place; it falls with the session."""
        if self.dialect == "sqlite":
            with self._sweep_mutex:
                yield
            return
        with sweep_place.held(self._writer):
            yield

    def claim_service(self) -> None:
        """Mark this process as the one service on a SQLite file; raises StoreBusy when another is."""
        if self._file is None:
            return
        self._serving = os.open(f"{self._file}.service", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._serving, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._serving)
            self._serving = None
            raise StoreBusy(path=str(self._file)) from None

    def check(self) -> None:
        """Raises StoreUnusable when PostgreSQL would acknowledge what it has not flushed."""
        if self.dialect != "postgresql":
            return
        with self._reader.connect() as connection:
            for setting in ("fsync", "synchronous_commit"):
                if connection.execute(text(f"SHOW {setting}")).scalar() == "off":
                    raise StoreUnusable(reason=f"PostgreSQL 的 {setting} 已关闭，断电会丢失数据，请打开后再启动")

    def close(self) -> None:
        """Give back connections and locks."""
        self._reader.dispose()
        self._writer.dispose()
        for descriptor in (self._lock_file, self._serving):
            if descriptor is not None:
                os.close(descriptor)
        self._lock_file = self._serving = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """On SQLite one writer at a time, among the threads of this process and among processes."""
        if self.dialect != "sqlite":
            yield
            return
        with self._mutex:
            if self._lock_file is None:
                yield
                return
            fcntl.flock(self._lock_file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._lock_file, fcntl.LOCK_UN)


def _open_sqlite(path: Path) -> Store:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Password hashes and telephone numbers are for this account alone; the files beside it get the same mode.
    path.touch(mode=0o600, exist_ok=True)
    url = f"sqlite:///{path}"
    arguments = {"check_same_thread": False, "isolation_level": None, "timeout": 30}
    writer = create_engine(
        url, poolclass=QueuePool, pool_size=1, max_overflow=0, connect_args=arguments, hide_parameters=True
    )
    reader = create_engine(
        url, poolclass=QueuePool, pool_size=8, max_overflow=8, connect_args=arguments, hide_parameters=True
    )
    _begin_immediately(writer)
    _pragmas(writer, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
    _pragmas(reader, "query_only=ON")

    @event.listens_for(reader, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return Store(writer=writer, reader=reader, file=path)


def _open_postgresql(url: URL, pool: int, *, pooler: bool) -> Store:
    arguments = {"prepare_threshold": None} if pooler else {}
    engine = create_engine(
        url, pool_size=pool, max_overflow=pool, pool_pre_ping=True, hide_parameters=True, connect_args=arguments
    )
    with engine.connect():
        pass
    return Store(writer=engine, reader=engine, file=None)


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    """On SQLite one transaction that may replace a table that others point at; the references are checked at its end.

    SQLite changes a constraint by making the table anew, and dropping the old one would break every reference.
    """
    if connection.dialect.name != "sqlite":
        # Of several processes that start at once one makes the tables, the others wait and find them.
        with sweep_place.migrating(connection.engine):
            yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            before = len(connection.exec_driver_sql(_DANGLING).all())
            yield
            if len(connection.exec_driver_sql(_DANGLING).all()) > before:
                raise StoreUnusable(reason="数据表之间的引用不完整")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _begin_immediately(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _pragmas(engine: Engine, *pragmas: str) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

"""Backup and restore on PostgreSQL, through the programs that come with it: pg_dump, pg_restore, psql."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from workflow import archives, errands
from workflow.archives import BackupRefused, RestoreRefused
from workflow.holding import HOLD
from workflow.refusals import Refusal, StoreUnusable

#: Where Debian keeps the programs of each version, off the path.
_PACKAGED = Path("/usr/lib/postgresql")
_REVISION = re.compile(rb"^COPY \S*alembic_version .*\n(\S+)\n", re.MULTILINE)


def save(url: URL, part: Path) -> None:
    """Dump a database in PostgreSQL's custom format; raises BackupRefused."""
    dump, check = _program("pg_dump", BackupRefused), _program("pg_restore", BackupRefused)
    whole = [dump, "--format=custom", "--no-password", f"--exclude-schema={errands.SCHEMA}"]
    _run([*whole, f"--file={part}", f"--dbname={_address(url)}"], url, BackupRefused)
    _run([check, "--list", str(part)], url, BackupRefused)


def restore(url: URL, source: Path) -> None:
    """Fill a database from a dump in one transaction, its outbox held; raises RestoreRefused, StoreUnusable."""
    read, write = _program("pg_restore", RestoreRefused), _program("psql", RestoreRefused)
    # Reads everything once, to find a damaged dump before anything is touched.
    _run([read, f"--file={os.devnull}", str(source)], url, RestoreRefused)
    of_version = _run([read, "--file=-", "--data-only", "--table=alembic_version", str(source)], url, RestoreRefused)
    revision = _REVISION.search(of_version)
    archives.require_known(revision[1].decode() if revision else None)
    _require_unused(url)
    script = [read, "--file=-", "--clean", "--if-exists", "--no-owner", "--no-privileges", str(source)]
    into = [write, "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", f"--dbname={_address(url)}"]
    _pour(script, into, _environment(url))


def _pour(script: list[str], into: list[str], environment: dict[str, str]) -> None:
    """Run what one program writes through the other, committed only when the first came to its end."""
    whole = False
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(into, stdin=subprocess.PIPE, stdout=said, stderr=said, env=environment) as target:
            assert target.stdin is not None
            # A pipe breaks when the server refuses a statement; what it said is read below. Without a COMMIT
            # the server gives the transaction up.
            with contextlib.suppress(BrokenPipeError):
                whole = _feed(script, target.stdin)
            with contextlib.suppress(BrokenPipeError):
                target.stdin.close()
        said.seek(0)
        if target.returncode != 0:
            raise RestoreRefused(reason=_last_line(said.read()))
    if not whole:
        raise RestoreRefused(reason="备份文件不能完整读出")


def _feed(script: list[str], target: IO[bytes]) -> bool:
    """Write one transaction; whether it was written to its end."""
    target.write(b"BEGIN;\n")
    with subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as source:
        assert source.stdout is not None
        shutil.copyfileobj(source.stdout, target)
    if source.returncode != 0:
        return False
    # The dump empties the search path; its own tables are named in full.
    target.write(b"RESET search_path;\n")
    target.write("".join(f"{statement};\n" for statement in (*HOLD, "COMMIT")).encode())
    return True


def _require_unused(url: URL) -> None:
    """Raises RestoreRefused when the database holds rows or somebody else is connected to it."""
    try:
        with psycopg.connect(_address(url), password=url.password, autocommit=True) as connection:
            others = connection.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL"
            ).fetchone()
            if others and others[0]:
                raise RestoreRefused(reason=f"还有{others[0]}个连接在使用目标数据库，请先停止 duban 服务")
            if any(_filled(connection, schema, table) for schema, table in _tables(connection)):
                raise RestoreRefused(reason="目标数据库里已有数据，请把 DATABASE_URL 指向一个新的数据库")
    except psycopg.Error as fault:
        raise StoreUnusable(reason=str(fault).splitlines()[0]) from None


def _tables(connection: psycopg.Connection) -> list[tuple[str, str]]:
    found = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        " AND tablename NOT IN ('meta', 'alembic_version') AND schemaname <> %s",
        (errands.SCHEMA,),
    )
    return [(str(schema), str(table)) for schema, table in found.fetchall()]


def _filled(connection: psycopg.Connection, schema: str, table: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(schema, table))
    return connection.execute(query).fetchone() is not None


def _program(name: str, refused: type[Refusal]) -> str:
    """The program on the path, else the newest that Debian's packages installed."""
    packaged = sorted(_PACKAGED.glob(f"*/bin/{name}"), key=lambda path: _number(path.parent.parent.name))
    found = shutil.which(name) or (str(packaged[-1]) if packaged else None)
    if found is None:
        raise refused(reason=f"本机没有 {name}，请安装 PostgreSQL 客户端程序（Debian 的 postgresql-client）")
    return found


def _number(version: str) -> int:
    return int(re.sub(r"\D", "", version) or 0)


def _address(url: URL) -> str:
    """The address without its password, which would show in the list of processes."""
    # Not ``URL.set``, which takes None for "leave it as it is".
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string(hide_password=False)


def _environment(url: URL) -> dict[str, str]:
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    return {**os.environ, "LC_ALL": "C", "PGCONNECT_TIMEOUT": "10", **password}


def _run(command: list[str], url: URL, refused: type[Refusal]) -> bytes:
    """What a program writes; raises the refusal with the last thing it said when it fails."""
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=said, env=_environment(url), check=False)
        said.seek(0)
        if done.returncode != 0:
            raise refused(reason=_last_line(said.read()))
    return done.stdout


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "程序异常结束"

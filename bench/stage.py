"""The scenery of every workload: a store with the Ordos roster and a programme of any size."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import select

from documents import rosters
from tests.databases import binaries, running_server
from workflow import library, posts
from workflow.acts import Act
from workflow.launch import launch
from workflow.links import LinkMaker
from workflow.moments import SHANGHAI
from workflow.store import Store
from workflow.tables import Deadline, Programme, RungRow, Submission

HOUSE = Path(__file__).parent.parent
LINKS = LinkMaker(b"a key that protects nothing: bench")
LAUNCHED = datetime(2021, 12, 31, 8, 30, tzinfo=SHANGHAI)
DUE = datetime(2022, 1, 5, tzinfo=SHANGHAI)
PARTY = 4


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """A place for SQLite files and, where it can run, a PostgreSQL; each call of a URL is a new database."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        places = {"SQLite": f"sqlite:///{folder}/"}
        programs = binaries()
        if programs is None:
            yield places
            return
        with running_server(programs) as server:
            server.create("bench")
            yield {**places, "PostgreSQL": server.url("bench")}


@contextmanager
def store(kind: str, place: str, name: str) -> Iterator[Store]:
    """An empty store with the roster and Ordos 2022 launched."""
    opened = Store.open(f"{place}{name}.db" if kind == "SQLite" else place)
    try:
        if kind == "PostgreSQL":
            with opened.write() as session:
                session.connection().exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        opened.migrate()
        with opened.write() as session:
            posts.import_roster(session, rosters.read(HOUSE / "definitions" / "rosters" / "ordos-benchmarking.xlsx"))
            pinned = library.load(HOUSE / "definitions" / "ordos-benchmarking.yaml")
            launch(Act(session, LAUNCHED, LINKS), pinned, 2022)
        yield opened
    finally:
        opened.close()


def crowd(opened: Store, count: int, *, standing: str = "draft", tag: str) -> int:
    """Add ``count`` open submissions under a deadline of their own, due as target-choice is; its id."""
    with opened.write() as session:
        programme = session.exec(select(Programme)).one()
        assert programme.id is not None
        deadline = Deadline(
            programme_id=programme.id, obligation="target-choice", occurrence=tag, due_date=DUE.date(), due_at=DUE
        )
        session.add(deadline)
        session.flush()
        units = [unit.code for unit in posts.directory(session).units() if unit.code != "OFFICE" and not unit.body]
        rows = [
            {
                "programme_id": programme.id,
                "obligation": "target-choice",
                "occurrence": f"{tag}-{number // len(units)}",
                "unit": units[number % len(units)],
                "deadline_id": deadline.id,
                "due_date": DUE.date(),
                "due_at": DUE,
                "standing": standing,
                "state": standing,
                "waiting_on": "unit",
                "light": "green",
                "version": 1,
                "round": 0,
                "step": 0,
                "content_version": 0,
                "content_hash": "",
                "history_seq": 1,
                "head": "0" * 64,
                "chases": 0,
                "late": False,
            }
            for number in range(count)
        ]
        for start in range(0, count, 10_000):
            session.execute(insert(Submission.__table__), rows[start : start + 10_000])  # type: ignore[attr-defined]
        assert deadline.id is not None
        return deadline.id


def rung_at_due(opened: Store, deadline_id: int) -> None:
    """The rung that fires at the due instant, for a deadline made by ``crowd``."""
    with opened.write() as session:
        session.add(RungRow(deadline_id=deadline_id, position=2, fires_at=DUE))

"""``python -m bench.sizes``: what one submission takes up, table by table, on a store written by the real use cases."""

from __future__ import annotations

import argparse
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlmodel import select

from bench import stage
from bench.stage import DUE, LAUNCHED, LINKS
from bench.stocked import FORM
from notifier.channels import open_channels
from notifier.deliveries import Mailroom
from workflow import signing, submissions, sweep
from workflow.acts import Act, Actor
from workflow.store import Store
from workflow.tables import SignOff, SQLModel

_POSTGRESQL = text(
    "SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
_SQLITE = (
    "SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat s LEFT JOIN sqlite_master m ON m.name = s.name"
    " GROUP BY 1"
)


def main() -> None:
    """Print bytes per submission: one that was filed in time, and one that lapsed with its alert."""
    parser = argparse.ArgumentParser(prog="bench.sizes", description=__doc__)
    parser.add_argument("--submissions", type=int, default=2_000, help="of each of the two fates")
    count = parser.parse_args().submissions
    table = Table(title=f"bytes per submission, tables with their indexes, over {count:,} of each")
    for heading in ("table", "database", "filed in time", "lapsed, told"):
        table.add_column(heading, justify="left" if heading in ("table", "database") else "right")
    with stage.databases() as places:
        for kind, place in places.items():
            with stage.store(kind, place, "sizes") as opened:
                filed, lapsed = _measured(opened, place, count)
            for name in sorted({*filed, *lapsed}, key=lambda one: -filed.get(one, 0)):
                table.add_row(name, kind, f"{filed.get(name, 0):,.0f}", f"{lapsed.get(name, 0):,.0f}")
            table.add_row("together", kind, *(f"{sum(one.values()):,.0f}" for one in (filed, lapsed)))
    Console().print(table)


def _measured(opened: Store, place: str, count: int) -> tuple[dict[str, float], dict[str, float]]:
    before = _sizes(opened, place)
    filed = _owed(opened, stage.crowd(opened, count, tag="filed"))
    for number, unit in filed:
        _file(opened, number, unit)
    _send(opened, LAUNCHED + timedelta(days=3))
    between = _sizes(opened, place)
    deadline = stage.crowd(opened, count, tag="lapsed")
    lapsed = _owed(opened, deadline)
    stage.rung_at_due(opened, deadline)
    sweep.run(opened, DUE, LINKS)
    _send(opened, DUE + timedelta(days=1))
    after = _sizes(opened, place)
    return _each(before, between, len(filed)), _each(between, after, len(lapsed))


def _file(opened: Store, number: int, unit: str) -> None:
    now = LAUNCHED + timedelta(days=2)
    liaison = Actor("联络员", "unit", unit)
    with opened.write() as session:
        act = Act(session, now, LINKS, liaison)
        submissions.save(act, number, {**FORM, "benchmark-unit": "对应单位"}, if_version=0)
    with opened.write() as session:
        submissions.submit(Act(session, now, LINKS, liaison), number)
    with opened.write() as session:
        request = session.exec(select(SignOff).where(SignOff.submission_id == number)).one()
        signing.sign(
            Act(session, now, LINKS, Actor("审签人", "approver")), request.id or 0, "approve", comment="",
            typed_name="审签人", channel="link", content_hash=request.content_hash,
        )  # fmt: skip


def _send(opened: Store, now: datetime) -> None:
    """Write every letter that waits, into the outbox of a rehearsal."""
    with closing(open_channels(None, None, [])) as channels:
        Mailroom(opened, channels, LINKS, "https://duban.example.cn", rehearsal=True).deliver(now)


def _owed(opened: Store, deadline: int) -> list[tuple[int, str]]:
    """The submissions of units that the programme asks for this; those of the others are taken away."""
    asked = "SELECT unit FROM submission WHERE obligation = 'target-choice' AND occurrence NOT LIKE '%-%'"
    values = {"deadline": deadline}
    with opened.write() as session:
        session.execute(text(f"DELETE FROM submission WHERE deadline_id = :deadline AND unit NOT IN ({asked})"), values)
        query = text("SELECT id, unit FROM submission WHERE deadline_id = :deadline ORDER BY id")
        return [(row.id, row.unit) for row in session.execute(query, values)]


def _sizes(opened: Store, place: str) -> dict[str, int]:
    known = {*SQLModel.metadata.tables}
    if opened.dialect == "postgresql":
        with opened.read() as session:
            found = {row.relname: int(row.bytes) for row in session.execute(_POSTGRESQL)}
    else:
        with closing(sqlite3.connect(f"{place.removeprefix('sqlite:///')}sizes.db")) as connection:
            found = {str(name): int(size) for name, size in connection.execute(_SQLITE)}
    return {name: size for name, size in found.items() if name in known}


def _each(before: dict[str, int], after: dict[str, int], count: int) -> dict[str, float]:
    grown = {name: (size - before.get(name, 0)) / count for name, size in after.items()}
    return {name: size for name, size in grown.items() if size >= 1}


if __name__ == "__main__":
    main()

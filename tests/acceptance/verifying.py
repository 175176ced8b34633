"""How long ``duban audit verify`` takes on a record of any size: ``python -m tests.acceptance.verifying``.

The record is written in sets – valid chains, heads, anchors of several days, their file – and then verified by the
command itself, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.progress import track
from sqlalchemy import text

from bench import stage
from tests.databases import fresh_database
from tests.workflow.world import local
from workflow import anchors, clock, ledger, stamps
from workflow.acts import Act
from workflow.anchor_files import AnchorFile
from workflow.ledger import Entry
from workflow.store import Store

DUBAN = Path(sys.executable).parent / "duban"
ERRORS = Console(stderr=True)
PART = 20_000
#: What happens to each submission, in order; the sweep's entry is without facts, an approver's has many.
STORY: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("edit", "draft", "某局联络员", "", {"version": 1}),
    ("edit", "draft", "某局联络员", "", {"version": 2, "fields": ["targets", "reasons"]}),
    ("submit", "pending", "某局联络员", "", {"asked": ["副市长（分管教育）"], "content_hash": "0" * 64}),
    ("urge", "pending", "领导小组办公室值班员", "请尽快审签", {"to": ["副市长（分管教育）"]}),
    ("return", "draft", "副市长（分管教育）", "请补充测算依据", {
        "sign_off": 1, "step": 0, "post": "副市长（分管教育）", "holder": "副市长（分管教育）",
        "typed_name": "副市长", "channel": "link", "content_hash": "0" * 64,
    }),
    ("lapse", "overdue-draft", "督办系统", "", {}),
    ("edit", "overdue-draft", "某局联络员", "", {"version": 3}),
    ("submit", "overdue-pending", "某局联络员", "", {"asked": ["副市长（分管教育）"], "content_hash": "1" * 64}),
    ("light", "overdue-pending", "督办系统", "", {"from": "yellow", "to": "red", "because": "overdue"}),
)  # fmt: skip


def fill(store: Store, entries: int) -> None:
    """Submissions with a history each, ``entries`` in all, anchored on four days."""
    each = len(STORY) + 1
    for number in range(4):
        stage.crowd(store, entries // each // 4, tag=f"crowd-{number}")
    heads = _open(store)
    for number in range(3):
        part = STORY[number * 3 : number * 3 + 3]
        day = local(f"2022-01-0{number + 2} 10:00")
        _write(store, heads, part, first=number * 3 + 2, at=day)
        with store.write() as session:
            anchors.anchor(Act(session, day + timedelta(hours=14), stage.LINKS), day.date())


Heads = dict[int, tuple[str, str]]


def _open(store: Store) -> Heads:
    """The first entry of every submission of the crowd."""
    bare = text("SELECT id FROM submission WHERE occurrence LIKE 'crowd-%' ORDER BY id")
    with store.read() as session:
        heads = dict.fromkeys(session.execute(bare).scalars(), ("", ""))
    _write(store, heads, (("launch", "draft", "领导小组办公室", "", {}),), first=1, at=stage.LAUNCHED)
    return heads


def _write(store: Store, heads: Heads, story: Any, *, first: int, at: Any) -> None:
    ids = list(heads)
    for start in track(range(0, len(ids), PART), f"writing from entry {first}", console=ERRORS):
        rows: list[tuple[Any, ...]] = []
        for number in ids[start : start + PART]:
            head, standing = heads[number]
            for seq, (event, dest, actor, comment, facts) in enumerate(story, start=first):
                head = ledger.chained(head, number, seq, Entry(event, at, at, actor, comment, facts), standing, dest)
                rows.append((number, seq, at, at, event, standing, dest, actor, comment, facts, head))
                standing = dest
            heads[number] = head, standing
        _insert(store, rows)
        _settle(store, {number: heads[number] for number in ids[start : start + PART]}, first + len(story) - 1)


def _insert(store: Store, rows: list[tuple[Any, ...]]) -> None:
    columns = "submission_id, seq, at, noticed_at, event, source, dest, actor, comment, facts, hash"
    with store.write() as session:
        driver: Any = session.connection().connection.driver_connection
        if store.dialect == "postgresql":
            with driver.cursor() as cursor, cursor.copy(f"COPY history ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row[:9], json.dumps(row[9]), row[10]))
            return
        plain = [(*row[:2], *map(_stored, row[2:4]), *row[4:9], json.dumps(row[9]), row[10]) for row in rows]
        driver.executemany(f"INSERT INTO history ({columns}) VALUES ({', '.join('?' * 11)})", plain)


def _stored(at: Any) -> str:
    """As SQLite stores an instant."""
    return str(stamps.stamp(at)[:26].replace("T", " "))


def _settle(store: Store, heads: Heads, seq: int) -> None:
    states = {"overdue-draft": "overdue", "overdue-pending": "overdue"}
    rows = [
        {"id": number, "seq": seq, "head": head, "standing": standing, "state": states.get(standing, standing)}
        for number, (head, standing) in heads.items()
    ]
    with store.write() as session:
        session.execute(
            text("UPDATE submission SET head=:head, history_seq=:seq, standing=:standing, state=:state WHERE id=:id"),
            rows,
        )


def main() -> None:
    """Write the record, verify it by the command, print the seconds of both."""
    parser = argparse.ArgumentParser(prog="tests.acceptance.verifying", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="duban-verifying-") as name,
        fresh_database(asked.database, Path(name)) as url,
    ):
        folder, began = Path(name), perf_counter()
        kind, place = ("SQLite", f"sqlite:///{name}/") if asked.database == "sqlite" else ("PostgreSQL", url)
        with stage.store(kind, place, "duban") as store:
            clock.settle_mode(store, rehearsal=True)
            fill(store, asked.entries)
            AnchorFile(folder / "duban.anchors").follow(store)
        written = perf_counter()
        chosen = {"DATABASE_URL": url, "SECRET_KEY": "k" * 40, "REHEARSAL": "1", "ANCHOR_FILE": "duban.anchors"}
        environment = {**os.environ, **{f"DUBAN_{key}": value for key, value in chosen.items()}}
        done = subprocess.run([str(DUBAN), "audit", "verify"], env=environment, cwd=folder, check=False)
        print(f"{asked.database}: written in {written - began:.0f} s, verified in {perf_counter() - written:.1f} s")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()

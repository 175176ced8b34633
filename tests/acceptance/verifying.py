"""How long ``duban audit verify`` takes on a record of any size: ``python -m tests.acceptance.verifying``.

The record is written in sets – valid chains, heads, contents, decisions, anchors of several days, their
file – and then verified by the command itself, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.progress import track
from sqlalchemy import insert, text, update
from sqlmodel import col

from bench import stage
from tests.databases import fresh_database
from tests.workflow.world import local
from workflow import anchors, clock, forms, ledger, stamps
from workflow.acts import Act
from workflow.anchor_files import AnchorFile
from workflow.ledger import Entry
from workflow.store import Store
from workflow.tables import Content, SignOff, Submission

DUBAN = Path(sys.executable).parent / "duban"
ERRORS = Console(stderr=True)
PART = 20_000
LEADER = "副市长（分管教育）"
ASKED_FOR_MORE = "请补充测算依据"
#: What is filled in, version after version, as long as such a form usually is.
FIELDS = [
    {"targets": f"第{number}稿：对标先进地区同类指标，逐项列出差距、措施与完成时限。" * 4} for number in (1, 2, 3)
]
Event = tuple[str, str, str, str, dict[str, Any]]


def _story(number: int, hashes: Sequence[str]) -> tuple[Event, ...]:
    """What happens to each submission, in order; its first request has its own number."""
    decided = {
        "sign_off": number, "step": 0, "post": LEADER, "holder": LEADER, "typed_name": "副市长", "channel": "link",
        "content_hash": hashes[1],
    }  # fmt: skip
    return (
        ("edit", "draft", "某局联络员", "", {"version": 1, "hash": hashes[0]}),
        ("edit", "draft", "某局联络员", "", {"version": 2, "hash": hashes[1], "fields": ["targets"]}),
        ("submit", "pending", "某局联络员", "", {"asked": [LEADER], "content_hash": hashes[1]}),
        ("urge", "pending", "领导小组办公室值班员", "请尽快审签", {"to": [LEADER]}),
        ("return", "draft", LEADER, ASKED_FOR_MORE, decided),
        ("lapse", "overdue-draft", "督办系统", "", {}),
        ("edit", "overdue-draft", "某局联络员", "", {"version": 3, "hash": hashes[2]}),
        ("submit", "overdue-pending", "某局联络员", "", {"asked": [LEADER], "content_hash": hashes[2]}),
        ("light", "overdue-pending", "督办系统", "", {"from": "yellow", "to": "red", "because": "overdue"}),
    )


def _part(part: slice, hashes: Sequence[str], number: int) -> Sequence[Event]:
    return _story(number, hashes)[part]


EVENTS = len(_story(0, ["", "", ""]))


def fill(store: Store, entries: int) -> None:
    """Submissions with a history each, ``entries`` in all, anchored on four days."""
    each = EVENTS + 1
    for number in range(4):
        stage.crowd(store, entries // each // 4, tag=f"crowd-{number}")
    hashes, heads = _hashes(store), _open(store)
    days = [local(f"2022-01-0{number} 10:00") for number in (2, 3, 4)]
    for number, day in enumerate(days):
        part = slice(number * 3, number * 3 + 3)
        _write(store, heads, partial(_part, part, hashes), first=number * 3 + 2, at=day)
        with store.write() as session:
            anchors.anchor(Act(session, day + timedelta(hours=14), stage.LINKS), day.date())
    _contents(store, list(heads), hashes, days)


def _hashes(store: Store) -> list[str]:
    with store.read() as session:
        version = str(session.execute(text("SELECT version FROM programme")).scalar_one())
    return [forms.content_hash("target-choice", fields, definition_version=version) for fields in FIELDS]


def _contents(store: Store, ids: Sequence[int], hashes: Sequence[str], days: Sequence[datetime]) -> None:
    """The three versions of each submission, the request that was returned and the one that waits."""
    when = (days[0], days[0], days[2])
    for start in track(range(0, len(ids), PART), "writing contents and decisions", console=ERRORS):
        some = ids[start : start + PART]
        contents = [
            {"submission_id": one, "version": place, "fields": fields, "hash": digest, "saved_at": at, "saved_by": ""}
            for one in some
            for place, (fields, digest, at) in enumerate(zip(FIELDS, hashes, when, strict=True), start=1)
        ]
        asked = {"step": 0, "post": "supervising-leader", "post_title": LEADER, "person": "p-leader", "holder": LEADER}
        waiting = [
            {**asked, "id": one + 10**8, "submission_id": one, "round": 2, "content_version": 3,
             "content_hash": hashes[2], "asked_at": days[2]} for one in some
        ]  # fmt: skip
        decision = {
            "decision": "return", "decided_at": days[1], "comment": ASKED_FOR_MORE, "typed_name": "副市长",
            "channel": "link", "decided_by": "p-leader", "decided_by_name": LEADER, "closed_at": days[1],
        }  # fmt: skip
        returned = [
            {**asked, **decision, "id": one, "submission_id": one, "round": 1, "content_version": 2,
             "content_hash": hashes[1], "asked_at": days[0]} for one in some
        ]  # fmt: skip
        with store.write() as session:
            for table, rows in ((Content, contents), (SignOff, returned), (SignOff, waiting)):
                session.execute(insert(table), rows)
            session.execute(
                update(Submission).where(col(Submission.id).between(some[0], some[-1])),
                {"content_version": 3, "content_hash": hashes[2]},
            )


Heads = dict[int, tuple[str, str]]


def _open(store: Store) -> Heads:
    """The first entry of every submission of the crowd."""
    bare = text("SELECT id FROM submission WHERE occurrence LIKE 'crowd-%' ORDER BY id")
    with store.read() as session:
        heads = dict.fromkeys(session.execute(bare).scalars(), ("", ""))
    opening: Event = ("launch", "draft", "领导小组办公室", "", {})
    _write(store, heads, lambda _: (opening,), first=1, at=stage.LAUNCHED)
    return heads


def _write(store: Store, heads: Heads, story: Callable[[int], Sequence[Event]], *, first: int, at: datetime) -> None:
    told = len(story(0))
    ids = list(heads)
    for start in track(range(0, len(ids), PART), f"writing from entry {first}", console=ERRORS):
        rows: list[tuple[Any, ...]] = []
        for number in ids[start : start + PART]:
            head, standing = heads[number]
            for seq, (event, dest, actor, comment, facts) in enumerate(story(number), start=first):
                head = ledger.chained(head, number, seq, Entry(event, at, at, actor, comment, facts), standing, dest)
                rows.append((number, seq, at, at, event, standing, dest, actor, comment, facts, head))
                standing = dest
            heads[number] = head, standing
        _insert(store, rows)
        _settle(store, {number: heads[number] for number in ids[start : start + PART]}, first + told - 1)


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

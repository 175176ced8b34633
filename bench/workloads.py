"""W1 approval cycles, W2 a deadline that fires, W3 the overdue list – each beside the least SQL that does it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import text
from sqlmodel import col, select

from bench.stage import DUE, LAUNCHED, LINKS, crowd, rung_at_due
from workflow import overdue, signing, submissions, sweep
from workflow.acts import Act, Actor
from workflow.links import LinkMaker
from workflow.store import Store
from workflow.tables import SignOff, Submission

Timed = Callable[[], float]
Row = TypeVar("Row")
SIX = dict.fromkeys(("advanced", "comparable", "targeted", "indicators", "learning"), "逐项列明的内容。" * 20)
FORM = {**SIX, "benchmark-region": "榆林市", "benchmark-unit": "对应单位"}


def clocked(act: Callable[[], object]) -> float:
    """Seconds an act takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def each(act: Callable[[Row], None], rows: Sequence[Row]) -> None:
    """One act after another."""
    for row in rows:
        act(row)


def cycle(store: Store, count: int) -> tuple[Timed, Timed]:
    """W1: fill in → submit → sign → filed, every step its own durable commit, through the real use cases."""
    turn = iter(range(1000))

    def duban() -> float:
        tag = f"w1-{next(turn)}"
        crowd(store, count, tag=tag)
        with store.read() as session:
            rows = session.exec(
                select(Submission.id, Submission.unit).where(col(Submission.occurrence).like(f"{tag}-%"))
            ).all()
        return clocked(lambda: each(lambda row: _one_cycle(store, row[0] or 0, row[1]), rows))

    def raw() -> float:
        tag = f"raw-{next(turn)}"
        crowd(store, count, tag=tag)
        with store.read() as session:
            ids = session.exec(select(Submission.id).where(col(Submission.occurrence).like(f"{tag}-%"))).all()
        return clocked(lambda: each(lambda number: _raw_cycle(store, number or 0), ids))

    return duban, raw


def _one_cycle(store: Store, number: int, unit: str) -> None:
    now = LAUNCHED + timedelta(days=2)
    liaison = Actor("联络员", "unit", unit)
    with store.write() as session:
        submissions.save(Act(session, now, LINKS, liaison), number, FORM, if_version=0)
    with store.write() as session:
        submissions.submit(Act(session, now, LINKS, liaison), number)
    with store.write() as session:
        act = Act(session, now, LINKS, Actor("审签人", "approver"))
        request = session.exec(select(SignOff).where(SignOff.submission_id == number)).one()
        signing.sign(
            act, request.id or 0, "approve", comment="", typed_name="审签人", channel="link",
            content_hash=request.content_hash,
        )  # fmt: skip


def _raw_cycle(store: Store, number: int) -> None:
    steps = (("edit", "draft", "unit"), ("submit", "pending", "approver"), ("approve", "filed", "none"))
    for seq, (event, state, waiting) in enumerate(steps, 2):
        with store.writer.begin() as connection:
            _raw_step(connection, number, seq, event, state, waiting)


def _raw_step(connection: Any, number: int, seq: int, event: str, state: str, waiting: str) -> None:
    at = LAUNCHED.astimezone().replace(tzinfo=None)
    if event == "edit":
        content = {"id": number, "fields": json.dumps(FORM), "at": at}
        connection.execute(text(_CONTENT), content)
    values = {"id": number, "seq": seq, "event": event, "state": state, "waiting": waiting, "at": at}
    connection.execute(text(_MOVE), values)
    connection.execute(text(_HISTORY), values)
    if event != "edit":
        key = {"key": f"raw:{number}:{seq}", "at": at}
        made = connection.execute(text(_MESSAGE), key).scalar()
        item = {"message": made, "id": number, "rung": f"raw:{seq}", "day": at.date()}
        connection.execute(text(_ITEM), item)


_CONTENT = (
    "INSERT INTO content (submission_id, version, fields, hash, saved_at, saved_by)"
    " VALUES (:id, 1, :fields, '', :at, '')"
)
_MOVE = (
    "UPDATE submission SET standing = :state, state = :state, waiting_on = :waiting, version = version + 1,"
    " history_seq = :seq WHERE id = :id AND version = :seq - 1"
)
_HISTORY = (
    "INSERT INTO history (submission_id, seq, at, noticed_at, event, source, dest, actor, comment, facts, hash)"
    " VALUES (:id, :seq, :at, :at, :event, '', :state, '', '', '{}', '')"
)
_MESSAGE = (
    "INSERT INTO message (key, programme_id, kind, person, recipient, post_title, created_at, not_before, status,"
    " attempts, reference, subject, body, answer) VALUES (:key, 1, 'request', 'p', 'p', '', :at, :at, 'queued', 0, '',"
    " '', '', '') RETURNING id"
)
_ITEM = (
    "INSERT INTO message_item (message_id, submission_id, person, reason, rung, day, schedule_version)"
    " VALUES (:message, :id, 'p', :rung, :rung, :day, 1)"
)


def lapse(store: Store, count: int) -> tuple[Timed, Timed]:
    """W2: a deadline fires for ``count`` submissions: each overdue, in history, with its alert queued, once."""
    turn = iter(range(1000))

    def duban() -> float:
        rung_at_due(store, crowd(store, count, tag=f"w2-{next(turn)}"))
        return clocked(lambda: sweep.run(store, DUE, LinkMaker(LINKS.secret)))

    def raw() -> float:
        deadline = crowd(store, count, tag=f"raw2-{next(turn)}")
        return clocked(lambda: _raw_lapse(store, deadline))

    return duban, raw


def _raw_lapse(store: Store, deadline: int) -> None:
    at = DUE.astimezone().replace(tzinfo=None)
    while True:
        with store.writer.begin() as connection:
            moved = connection.execute(text(_LAPSE), {"deadline": deadline}).all()
            if not moved:
                return
            rows = [{"id": r.id, "seq": 2, "event": "lapse", "state": "overdue", "at": at} for r in moved]
            connection.execute(text(_HISTORY), rows)
            letters: dict[tuple[str, str], int] = {}
            items = []
            for row in moved:
                # The rung speaks to two posts of each unit.
                for post in ("liaison", "head"):
                    if (row.unit, post) not in letters:
                        key = f"raw:{deadline}:{row.id}:{post}"
                        letters[row.unit, post] = connection.execute(
                            text(_MESSAGE), {"key": key, "at": at}
                        ).scalar_one()
                    who = f"{row.unit}-{post}"
                    items.append({"message": letters[row.unit, post], "id": row.id, "who": who, "day": at.date()})
            connection.execute(text(_ALERT), items)


_LAPSE = (
    "UPDATE submission SET standing = 'overdue-draft', state = 'overdue', version = version + 1, history_seq = 2"
    " WHERE id IN (SELECT id FROM submission WHERE deadline_id = :deadline AND standing = 'draft' ORDER BY id"
    " LIMIT 5000) RETURNING id, unit"
)
_ALERT = (
    "INSERT INTO message_item (message_id, submission_id, person, reason, rung, day, schedule_version)"
    " VALUES (:message, :id, :who, 'overdue', 'raw', :day, 1)"
)


def listing(store: Store, count: int) -> tuple[Timed, Timed]:
    """W3: a page of 50 of the overdue list with its counts, 5 % of ``count`` submissions late."""
    crowd(store, count, tag="w3")
    with store.write() as session:
        session.execute(text(_LATE))
        session.connection().exec_driver_sql("ANALYZE")

    def duban() -> float:
        with store.read() as session:
            act = Act(session, DUE + timedelta(days=1), LINKS, Actor("办公室", "office"))
            return clocked(lambda: overdue.listing(act, programme="ordos-benchmarking-2022"))

    def raw() -> float:
        with store.read() as session:
            connection = session.connection()
            return clocked(lambda: [connection.execute(text(query)).all() for query in (_PAGE, _COUNTS)])

    return duban, raw


_LATE = (
    "UPDATE submission SET standing = 'overdue-draft', state = 'overdue'"
    " WHERE occurrence LIKE 'w3-%' AND mod(id, 20) = 0"
)
_PAGE = (
    "SELECT s.id, s.unit, u.name, s.obligation, s.due_date, s.due_at, s.waiting_on, s.last_alert_at FROM submission s"
    " JOIN unit u ON u.code = s.unit WHERE s.state = 'overdue' AND s.programme_id = 1 ORDER BY s.due_at, s.id LIMIT 50"
)
_COUNTS = (
    "SELECT s.obligation, u.category, count(*) FROM submission s JOIN unit u ON u.code = s.unit"
    " WHERE s.state = 'overdue' AND s.programme_id = 1 GROUP BY s.obligation, u.category"
)

"""Who sends which message: a batch is one process's alone until its lease ends.

Claims come one after the other, in any number of processes: whoever claims holds the lanes' rows. So nobody takes
a message to a person whom somebody else is just writing to, and the limits of a channel hold over all of them.
Leases and limits are about real processes and run on the machine's clock; when a message is ready is told by the
store's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from notifier.room import LEASE as LEASE
from notifier.room import Room
from notifier.ways import NONE, OUTBOX, Ways, address_of
from workflow import holding
from workflow.store import Store
from workflow.tables import Attempt, Lane, Message

BATCH = 100
#: Kinds that go by the channel chosen for them or not at all: a code must not come by the way its link came.
PINNED = ("code",)
LANES = ("mail", OUTBOX, "wecom")
#: As the index on what is to be sent has it, word for word: else SQLite reads the whole table.
_TO_SEND = text("status IN ('queued', 'sending', 'gathering')")
_UNDER_WAY = text("status = 'sending'")

_message = Message.__table__  # type: ignore[attr-defined]
_attempt = Attempt.__table__  # type: ignore[attr-defined]
_lane = Lane.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Started:
    """An attempt on record: its row, and the channel that its room was taken of."""

    attempt: int
    channel: str


@dataclass(frozen=True)
class Claim:
    """Messages that are this process's alone until ``lease``, which tells this claim from any other."""

    ids: tuple[int, ...]
    lease: datetime
    started: Mapping[int, Started]
    wall: datetime


def unwritten(_session: Session, _claim: Claim) -> None:
    """Nobody notes whose a claim is."""


def claim(
    store: Store,
    now: datetime,
    wall: datetime,
    ways: Ways,
    *,
    until: datetime | None = None,
    note: Callable[[Session, Claim], object] = unwritten,
) -> Claim | None:
    """Take a batch that is ready at ``now``, or was at ``until`` before it, each message with its attempt on record.

    What the limits have no room for is put off until they do. ``note`` writes down whose claim it is, in the same
    transaction. None when nothing is left, or the outbox is held.
    """
    while True:
        with store.read() as session:
            nothing = all(session.execute(query.limit(1)).first() is None for query in ready(until or now, wall))
            if nothing or holding.is_held(session):
                return None
        with store.write() as session:
            found, taken = _claimed(session, now, wall, ways, until or now)
            if taken.ids:
                note(session, taken)
        if taken.ids or not found:
            return taken if taken.ids else None


def ready(now: datetime, wall: datetime) -> tuple[Select[Any], Select[Any]]:
    """What waits, to people nobody is just writing to, and what a process that died has left."""
    columns = (_message.c.id, _message.c.person, _message.c.channel, _message.c.kind)
    spoken_to = select(_message.c.person).where(_UNDER_WAY, _message.c.claimed_until > wall)
    waiting = select(*columns).where(_TO_SEND, _message.c.status == "queued", _message.c.not_before <= now)
    forsaken = select(*columns).where(_UNDER_WAY, _message.c.claimed_until <= wall)
    free = _message.c.person.not_in(spoken_to)
    order = (_message.c.not_before, _message.c.id)
    return forsaken.where(free).order_by(*order), waiting.where(free).order_by(*order)


def _claimed(session: Session, now: datetime, wall: datetime, ways: Ways, until: datetime) -> tuple[int, Claim]:
    """How many were looked at, and the claim on those that may go."""
    lanes, rows = hold_lanes(session), _locked(session, until, wall)
    channels = {row.id: _channel(session, row, ways) for row in rows}
    rooms: dict[str, Room] = {}
    for channel in sorted(set(channels.values())):
        people = [row.person for row in rows if channels[row.id] == channel]
        rooms[channel] = Room(session, channel, ways.limits(channel), wall, lanes.get(channel))
        rooms[channel].look(people, len(people))
    going: list[Row[Any]] = []
    for row in rows:
        free_at = rooms[channels[row.id]].take(row.person)
        if free_at is None:
            going.append(row)
        else:
            _put_off(session, row.id, now + (free_at - wall))
    return len(rows), _begun(session, going, channels, now, wall)


def _channel(session: Session, row: Row[Any], ways: Ways) -> str:
    found = ways.of(address_of(session, row.person), row.channel)
    strayed = row.kind in PINNED and row.channel is not None and found != row.channel
    return NONE if strayed else found


def hold_lanes(session: Session) -> dict[str, datetime | None]:
    """Hold every lane until the transaction ends; until when each wants to be left alone."""
    held = select(_lane.c.channel, _lane.c.busy_until).order_by(_lane.c.channel).with_for_update()
    rows = session.execute(held).all()
    if len(rows) < len(LANES):
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        once: Any = dialect.insert(_lane).on_conflict_do_nothing()
        session.execute(once, [{"channel": channel} for channel in LANES])
        rows = session.execute(held).all()
    return {row.channel: row.busy_until for row in rows}


def _locked(session: Session, now: datetime, wall: datetime) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    for query in ready(now, wall):
        if len(rows) < BATCH:
            limited = query.limit(BATCH - len(rows)).with_for_update(of=_message, skip_locked=True)
            rows += session.execute(limited).all()
    return rows


def _put_off(session: Session, message_id: int, until: datetime) -> None:
    session.execute(
        update(_message).where(_message.c.id == message_id).values(
            status="queued", not_before=until, claimed_until=None
        )
    )  # fmt: skip


def _begun(
    session: Session, rows: Sequence[Row[Any]], channels: Mapping[int, str], now: datetime, wall: datetime
) -> Claim:
    lease, ids = wall + LEASE, tuple(row.id for row in rows)
    if not ids:
        return Claim((), lease, {}, wall)
    taken = update(_message).where(_message.c.id.in_(ids))
    session.execute(taken.values(status="sending", claimed_until=lease, attempts=_message.c.attempts + 1))
    begun = [
        {
            "message_id": row.id, "channel": channels[row.id], "person": row.person, "begun_at": wall, "at": now,
            "outcome": "", "answer": "",
        }
        for row in rows
    ]  # fmt: skip
    made = session.execute(insert(_attempt).returning(_attempt.c.id, _attempt.c.message_id), begun)
    return Claim(ids, lease, {row.message_id: Started(row.id, channels[row.message_id]) for row in made}, wall)


def still_held(held: Claim, ids: Sequence[int] | None = None) -> tuple[ColumnElement[bool], ...]:
    """Where-clauses for those of a claim, or of ``ids`` in it, that nobody has claimed since."""
    wanted = _message.c.id.in_(held.ids if ids is None else ids)
    return wanted, _message.c.status == "sending", _message.c.claimed_until == held.lease


def give_back(store: Store, held: Claim, ids: Sequence[int]) -> None:
    """Free messages that were not tried after all; their attempts were none."""
    with store.write() as session:
        mine = select(_message.c.id).where(*still_held(held, ids)).with_for_update()
        kept = list(session.execute(mine).scalars())
        forget(session, [held.started[number].attempt for number in kept])
        freed = update(_message).where(_message.c.id.in_(kept))
        session.execute(freed.values(status="queued", claimed_until=None, attempts=_message.c.attempts - 1))


def forget(session: Session, attempts: Sequence[int]) -> None:
    """Take attempts off the record that were never begun."""
    session.execute(delete(_attempt).where(_attempt.c.id.in_(attempts)))


def take_back(session: Session, lease: datetime, wall: datetime) -> int:
    """End the claim that goes by this lease, because its process is dead; returns how many messages it still held."""
    left = update(_message).where(_UNDER_WAY, _message.c.claimed_until == lease)
    return int(session.execute(left.values(claimed_until=wall)).rowcount)  # type: ignore[attr-defined]


def take_back_all(store: Store) -> None:
    """Free whatever anybody has claimed; only for a store whose one service has died."""
    with store.write() as session:
        claimed = update(_message).where(_message.c.status == "sending")
        session.execute(claimed.values(status="queued", claimed_until=None))


def leave_alone(session: Session, channel: str, until: datetime) -> None:
    """Let nobody use a channel before an instant on the machine's clock."""
    later = or_(_lane.c.busy_until.is_(None), _lane.c.busy_until < until)
    session.execute(update(_lane).where(_lane.c.channel == channel, later).values(busy_until=until))

"""Messages queued in the transaction of what they tell of: to whom, why, about which submissions.

A message says nothing yet; what it says is written when it is sent. Two constraints on its items keep the
promise: a rung reaches a person once per submission, and no person hears twice on one day for one reason.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import case, delete, select, update
from sqlmodel import Session

from workflow import bulk
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.definition import Acknowledge
from workflow.moments import SHANGHAI
from workflow.tables import Message, MessageItem, Submission

Kind = Literal["reminder", "lapse", "escalation", "notice", "request", "urge", "receipt", "code", "anchor"]

#: Requests and notices of these minutes go out as one message.
GATHER = timedelta(minutes=10)
HOUR = timedelta(hours=1)

_message = Message.__table__  # type: ignore[attr-defined]
_item = MessageItem.__table__  # type: ignore[attr-defined]


class Topic(NamedTuple):
    """One submission to be spoken of to one person, and why; with ``acknowledge`` it is to be signed for (签收)."""

    recipient: Recipient
    submission_id: int
    reason: str
    rung: str
    schedule_version: int = 1
    sign_off_id: int | None = None
    acknowledge: Acknowledge | None = None


@dataclass(frozen=True)
class Envelope:
    """What the messages of one occasion share."""

    kind: Kind
    programme_id: int
    occasion: str
    not_before: datetime
    batch: str | None = None


def tell(act: Act, envelope: Envelope, topics: Sequence[Topic]) -> int:
    """Queue one message per recipient with these topics; returns how many topics were new.

    With a ``batch`` the messages stay unsendable until ``release`` is called for it.
    """
    if not topics:
        return 0
    ids = _messages(act, envelope, {topic.recipient.person: topic.recipient for topic in topics})
    today = act.today
    rows = [_item_row(topic, ids[topic.recipient.person], today) for topic in topics]
    added = bulk.insert_new(act.session, _item, _ITEM, rows)
    if envelope.batch is None:
        _drop_empty(act.session, _message.c.id.in_(list(ids.values())))
    return added


def gather(act: Act, kind: Kind, submission: Submission, topics: Sequence[Topic], *, at_once: bool = False) -> int:
    """Queue topics that may wait a few minutes for others to the same person, so that ten become one message."""
    # In the last hour before a deadline nothing waits.
    urgent = at_once or timedelta(0) <= submission.due_at - act.now < timedelta(hours=1)
    ready = act.now if urgent else _end_of_window(act.now, GATHER)
    return tell(act, Envelope(kind, submission.programme_id, f"{kind}:{ready.isoformat()}", ready), topics)


def request(act: Act, submission: Submission, topics: Sequence[Topic]) -> int:
    """Queue requests to sign: one message a person and day, for all that waits.

    The first of a day gathers for a few minutes. What comes after it has gone out waits for the next morning;
    where that would be too late for the deadline, for the next full hour.
    """
    return sum(
        tell(act, Envelope("request", submission.programme_id, f"request:{ready.isoformat()}", ready), [topic])
        # In one order for everybody, so that two units with the same leaders never wait for each other.
        for topic in sorted(topics, key=lambda one: one.recipient.person)
        for ready in (_request_at(act, submission, topic.recipient.person),)
    )


def _request_at(act: Act, submission: Submission, person: str) -> datetime:
    # By their words: a message that took up others may be of another kind.
    asked = (
        select(_message.c.not_before, _message.c.status, _message.c.attempts)
        .join(_item, _item.c.message_id == _message.c.id)
        .where(_message.c.person == person, _item.c.reason.like("request:%"), _message.c.status != "cancelled")
    )
    latest = act.session.execute(asked.order_by(_message.c.not_before.desc()).limit(1)).first()
    if timedelta(0) <= submission.due_at - act.now < timedelta(hours=1):
        return act.now
    first = _end_of_window(act.now, GATHER)
    if latest is None or latest.not_before.astimezone(SHANGHAI).date() < act.today:
        return first
    if latest.status == "queued" and latest.attempts == 0 and latest.not_before <= max(first, submission.due_at):
        queued: datetime = latest.not_before
        return queued
    morning = act.hours.on(act.today + timedelta(days=1))
    return morning if morning < submission.due_at or act.now >= submission.due_at else _end_of_window(act.now, HOUR)


def _end_of_window(now: datetime, window: timedelta) -> datetime:
    seconds = window.total_seconds()
    return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, UTC)


def release(session: Session, batch: str) -> int:
    """Make the messages of a completed batch sendable, drop those without a topic; returns how many go."""
    _drop_empty(session, (_message.c.batch == batch) & (_message.c.status == "gathering"))
    freed = update(_message).where(_message.c.batch == batch, _message.c.status == "gathering")
    return int(session.execute(freed.values(status="queued")).rowcount)  # type: ignore[attr-defined]


def heard_today(act: Act, submission_ids: Iterable[int]) -> set[tuple[int, str]]:
    """Which (submission, person) pairs have been spoken of today, or are about to be by a request of today."""
    midnight = datetime.combine(act.today + timedelta(days=1), time(0, 0), SHANGHAI)
    waiting = (_message.c.status == "queued") & _message.c.not_before.between(act.now, midnight)
    found = (
        select(_item.c.submission_id, _item.c.person)
        .join(_message, _message.c.id == _item.c.message_id)
        .where(
            _item.c.submission_id.in_(list(submission_ids)),
            _item.c.dropped.is_(None),
            # What was entered or decided through a link is no alert.
            _item.c.reason.not_like("code:%"),
            _item.c.reason.not_like("decided:%"),
            case((_item.c.reason.like("request:%"), waiting), else_=_item.c.day == act.today),
        )
    )
    return {(row.submission_id, row.person) for row in act.session.execute(found)}


def cancel_about(session: Session, submission_id: int, why: str, *, reasons: Sequence[str]) -> None:
    """Withdraw unsent words about a submission; messages left without any are cancelled."""
    unsent = select(_message.c.id).where(_message.c.status.in_(["queued", "gathering"]))
    about = (
        _item.c.submission_id == submission_id,
        _item.c.message_id.in_(unsent),
        _item.c.reason.in_(list(reasons)),
        _item.c.dropped.is_(None),
    )
    touched = [row.message_id for row in session.execute(select(_item.c.message_id).where(*about))]
    if not touched:
        return
    session.execute(update(_item).where(*about).values(dropped=why))
    spoken = select(_item.c.message_id).where(_item.c.dropped.is_(None))
    session.execute(
        update(_message)
        .where(
            _message.c.id.in_(touched),
            _message.c.id.not_in(spoken),
            _message.c.status.in_(["queued", "gathering"]),
        )
        .values(status="cancelled", answer=why)
    )


def _messages(act: Act, envelope: Envelope, recipients: Mapping[str, Recipient]) -> dict[str, int]:
    keys = {person: f"{envelope.programme_id}:{envelope.occasion}:{envelope.kind}:{person}" for person in recipients}
    ids: dict[str, int] = {}
    for attempt in range(100):
        missing = {person: _numbered(key, attempt) for person, key in keys.items() if person not in ids}
        if not missing:
            break
        # In one order for everybody, so that two acts with the same recipients never wait for each other.
        ordered = sorted(missing.items(), key=lambda pair: pair[1])
        rows = [_message_row(act, envelope, recipients[person], key) for person, key in ordered]
        bulk.insert_new(act.session, _message, _MESSAGE, rows)
        ids |= _still_open(act.session, missing)
    return ids


def _numbered(key: str, attempt: int) -> str:
    return key if attempt == 0 else f"{key}:{attempt}"


def _still_open(session: Session, keys: Mapping[str, str]) -> dict[str, int]:
    """The messages under these keys that nobody has begun to send; locked where the database can."""
    found: dict[str, int] = {}
    for part in _parts(sorted(keys.values()), 500):
        rows = select(_message.c.id, _message.c.person).where(
            _message.c.key.in_(part), _message.c.status.in_(["queued", "gathering"]), _message.c.attempts == 0
        )
        found |= {row.person: row.id for row in session.execute(rows.order_by(_message.c.key).with_for_update())}
    return found


_MESSAGE = (
    "key", "programme_id", "kind", "person", "recipient", "post_title", "batch", "created_at", "not_before",
    "attempts", "status", "reference", "subject", "body", "answer",
)  # fmt: skip


def _message_row(act: Act, envelope: Envelope, recipient: Recipient, key: str) -> bulk.Row:
    return (
        key, envelope.programme_id, envelope.kind, recipient.person, recipient.name, recipient.post_title,
        envelope.batch, act.now, envelope.not_before, 0, "gathering" if envelope.batch else "queued",
        secrets.token_hex(12), "", "", "",
    )  # fmt: skip


_ITEM = (
    "message_id", "submission_id", "person", "reason", "rung", "day", "schedule_version", "sign_off_id", "ack_within",
    "ack_to",
)  # fmt: skip
_NOT_SIGNED_FOR: tuple[str, Sequence[str]] = ("", ())


def _item_row(topic: Topic, message_id: int, day: date) -> bulk.Row:
    signed_for = (str(topic.acknowledge.within), topic.acknowledge.to) if topic.acknowledge else _NOT_SIGNED_FOR
    return (
        message_id, topic.submission_id, topic.recipient.person, topic.reason, topic.rung, day,
        topic.schedule_version, topic.sign_off_id, *signed_for,
    )  # fmt: skip


def _drop_empty(session: Session, which: Any) -> None:
    spoken = select(_item.c.message_id).where(_item.c.message_id == _message.c.id)
    session.execute(delete(_message).where(which, ~spoken.exists()))


def _parts(rows: list[Any], size: int) -> Iterable[list[Any]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))

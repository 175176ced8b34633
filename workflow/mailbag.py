"""Messages as proof of delivery: to whom, about what, by which channel, with what answer.

What is stored of a letter opens nothing: see ``workflow.letter_places``.
A unit sees what its own people were told about submissions it may read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select

from workflow import acknowledgements, attempts, catalogue, cursors, letter_places, mail_filters, sight
from workflow.acts import Act
from workflow.attempts import Try
from workflow.desks import UnitName
from workflow.letter_places import Filled
from workflow.mail_filters import STATUSES, WITH_LINK, of_kind
from workflow.permissions import OFFICE
from workflow.refusals import NotFound, QueryRefused
from workflow.tables import Message, MessageItem, Submission, Unit

__all__ = [
    "STATUSES", "WITH_LINK", "Addressee", "MessageLine", "MessagePage", "Subject", "about", "everything", "messages",
    "of_kind", "of_person", "one", "sent_between",
]  # fmt: skip

_m = Message.__table__  # type: ignore[attr-defined]
_i = MessageItem.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]

_NOT_YOURS = "（内容涉及其他单位，已隐藏）"
#: How a line of a message's answer begins that tells of tries before it was sent again by hand.
EARLIER = "（此前"
#: The most messages one file holds.
MOST_IN_A_FILE = 100_000
_PART = 500
_ORDER = "-id"


@dataclass(frozen=True)
class Addressee:
    """Whom a message went to, named as at the time it was queued; ``post`` is the title."""

    person: str
    name: str
    post: str


@dataclass(frozen=True)
class Subject:
    """One submission a message speaks of, and why; ``dropped`` says why it was left out when it was sent."""

    submission: int
    programme: str
    unit: UnitName
    obligation: str
    obligation_title: str
    occurrence: str
    reason: str
    dropped: str | None
    acknowledgement: acknowledgements.Acknowledgement | None = None


@dataclass(frozen=True)
class MessageLine:
    """One message; ``message_id`` is the left part of a mail's Message-ID and WeCom's reference number."""

    id: int
    kind: str
    recipient: Addressee
    channel: str | None
    status: str
    attempts: int
    answer: str
    message_id: str
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None
    subject: str
    body: str
    items: tuple[Subject, ...]
    attempts_history: tuple[Try, ...] = ()


@dataclass(frozen=True)
class MessagePage:
    """One page, newest first; ``total`` covers the whole list as filtered, ``next`` is None on the last page."""

    items: tuple[MessageLine, ...]
    total: int
    next: str | None


def messages(
    act: Act,
    *,
    submission: int | None = None,
    recipient: str | None = None,
    status: str | None = None,
    kind: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
    links_at: str | None = None,
) -> MessagePage:
    """One page of messages; ``recipient`` is a person's key or a part of a name or post title.

    ``kind`` is the kind of message, or ``sign-off`` for whatever carries a sign-off link.
    ``links_at`` is the service's address, given in a rehearsal only: sign-off links are then shown to the
    office. Raises QueryRefused.
    """
    wanted = [*mail_filters.wanted(act, submission, recipient, status), *of_kind(kind)]
    size = cursors.page_size(limit)
    after = [] if cursor is None else [_m.c.id < cursors.read(cursor, _ORDER, int)[0]]
    query = select(_m).where(*wanted, *after).order_by(_m.c.id.desc()).limit(size + 1)
    rows = act.session.execute(query).all()
    total = mail_filters.total(act, wanted, sent_alone=status == "sent" and len(wanted) == 1)
    return MessagePage(
        items=_lines(act, rows[:size], links_at),
        total=total,
        next=cursors.written(_ORDER, rows[size - 1].id) if len(rows) > size else None,
    )


def everything(
    act: Act, *, submission: int | None = None, recipient: str | None = None, status: str | None = None
) -> Iterator[MessageLine]:
    """The whole list, newest first, read part by part; raises QueryRefused, also for more than a file holds."""
    wanted = mail_filters.wanted(act, submission, recipient, status)
    total = act.session.execute(select(func.count()).select_from(_m).where(*wanted)).scalar_one()
    if total > MOST_IN_A_FILE:
        raise QueryRefused(reason=f"符合条件的消息有{total}条，一次最多导出{MOST_IN_A_FILE}条，请缩小范围")
    return _parts(act, select(_m).where(*wanted).order_by(_m.c.id.desc()).limit(_PART))


def _parts(act: Act, query: Select[Any]) -> Iterator[MessageLine]:
    rows = act.session.execute(query).all()
    while rows:
        yield from _lines(act, rows, None)
        rows = act.session.execute(query.where(_m.c.id < rows[-1].id)).all()


def about(act: Act, submission_id: int, *, limit: int) -> tuple[MessageLine, ...]:
    """The newest messages about one submission, each with what it says of that one only."""
    wanted = mail_filters.wanted(act, submission_id, None, None)
    rows = act.session.execute(select(_m).where(*wanted).order_by(_m.c.id.desc()).limit(limit)).all()
    return _lines(act, rows, None, _i.c.submission_id == submission_id)


def one(act: Act, message_id: int, *, links_at: str | None = None) -> MessageLine:
    """One message; raises NotFound, also for one that the actor's unit has no part in."""
    rows = act.session.execute(select(_m).where(_m.c.id == message_id, *mail_filters.in_sight(act))).all()
    if not rows:
        raise NotFound
    return _lines(act, rows, links_at)[0]


def of_person(act: Act, person: str) -> dict[str, int]:
    """How many messages to one person are in sight, by status as readers name it."""
    query = select(_m.c.status, func.count().label("letters")).where(*mail_filters.in_sight(act), _m.c.person == person)
    stored = {row.status: row.letters for row in act.session.execute(query.group_by(_m.c.status))}
    return {name: sum(stored.get(one, 0) for one in those) for name, those in STATUSES.items()}


def sent_between(act: Act, after: datetime, until: datetime) -> int:
    """How many messages in sight went out after one instant and not after another."""
    gone = (_m.c.status == "sent", _m.c.sent_at > after, _m.c.sent_at <= until)
    count: int = act.session.execute(
        select(func.count()).select_from(_m).where(*mail_filters.in_sight(act), *gone)
    ).scalar_one()
    return count


def _lines(
    act: Act, rows: Sequence[Row[Any]], links_at: str | None, *only: ColumnElement[bool]
) -> tuple[MessageLine, ...]:
    if not rows:
        return ()
    ids = [row.id for row in rows]
    items = _items(act, ids, [*sight.limits(act), *only])
    foreign = _about_others(act, ids)
    shown = links_at if act.actor.role in OFFICE else None
    places = letter_places.filled(act, [row.body for row in rows], shown) if shown is not None else Filled()
    tries = attempts.of_messages(act.session, ids, copies=sight.own_unit(act) is None)
    return tuple(_line(row, items.get(row.id, ()), row.id in foreign, places, tries.get(row.id, ())) for row in rows)


def _line(
    row: Row[Any], items: Sequence[Subject], foreign: bool, places: Filled, tries: tuple[Try, ...]
) -> MessageLine:
    return MessageLine(
        id=row.id,
        kind=row.kind,
        recipient=Addressee(row.person, row.recipient, row.post_title),
        channel=row.channel,
        status=next((name for name, stored in STATUSES.items() if row.status in stored), row.status),
        attempts=row.attempts,
        answer=row.answer,
        message_id=row.reference,
        created_at=row.created_at,
        not_before=row.not_before,
        sent_at=row.sent_at,
        subject=_NOT_YOURS if foreign and row.subject else row.subject,
        body=_NOT_YOURS if foreign and row.body else places.shown(row.body),
        items=tuple(items),
        attempts_history=tries,
    )


def _about_others(act: Act, ids: Sequence[int]) -> set[int]:
    """Of these messages, those that a unit's reader must not read whole: they speak of what is not in sight too."""
    in_sight = sight.limits(act)
    if not in_sight:
        return set()
    query = select(_i.c.message_id).join(_s, _s.c.id == _i.c.submission_id)
    return set(act.session.execute(query.where(_i.c.message_id.in_(ids), ~and_(*in_sight))).scalars())


def _items(act: Act, ids: Sequence[int], only: Sequence[ColumnElement[bool]]) -> dict[int, list[Subject]]:
    query = (
        select(
            _i.c.message_id, _i.c.submission_id, _i.c.reason, _i.c.dropped, *acknowledgements.COLUMNS,
            _s.c.programme_id, _s.c.obligation, _s.c.occurrence, _u.c.code, _u.c.name, _u.c.category,
        )
        .select_from(_i.join(_s, _s.c.id == _i.c.submission_id).join(_u, _u.c.code == _s.c.unit))
        .where(_i.c.message_id.in_(ids), *only)
        .order_by(_i.c.id)
    )  # fmt: skip
    rows = act.session.execute(query).all()
    programmes = catalogue.by_id(act, {row.programme_id for row in rows})
    found: dict[int, list[Subject]] = {}
    for row in rows:
        listed = programmes[row.programme_id]
        found.setdefault(row.message_id, []).append(
            Subject(
                row.submission_id, listed.key, UnitName(row.code, row.name, row.category), row.obligation,
                listed.obligation(row.obligation).title, row.occurrence, row.reason.partition(":")[0], row.dropped,
                acknowledgements.Acknowledgement.of(row),
            )
        )  # fmt: skip
    return found

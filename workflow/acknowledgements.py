"""签收: whoever is alerted by a rung that asks for it signs for the alert by the link in it; else others hear of it.

An office's own practice, no clause of a plan. An item says itself for how long and to whom it is passed on, so that an
amended definition changes nothing about what has gone out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Row, func, select, update
from sqlmodel import Session

from workflow import deadlines, holding, ledger, notices, posts
from workflow.acts import SYSTEM, Act
from workflow.asking import named
from workflow.audience import Concern, Recipient
from workflow.calendars import Calendar
from workflow.desks import shown_instant
from workflow.ledger import Entry
from workflow.moments import SHANGHAI, parse_offset
from workflow.notices import Envelope, Topic
from workflow.refusals import LinkUnknown
from workflow.tables import Link, Message, MessageItem, SignOff, Submission

#: What a signature for an alert, and the lack of one, is in history.
ACKNOWLEDGED, UNACKNOWLEDGED = "acknowledged", "unacknowledged"
OPEN = ("draft", "pending", "overdue")
_PART = 500

_Of = TypeVar("_Of")
_item = MessageItem.__table__  # type: ignore[attr-defined]
_message = Message.__table__  # type: ignore[attr-defined]
_submission = Submission.__table__  # type: ignore[attr-defined]
_sign_off = SignOff.__table__  # type: ignore[attr-defined]

#: The columns of an item that an Acknowledgement is read from, beside ``dropped``.
COLUMNS = tuple(_item.c[name] for name in ("ack_within", "ack_by", "acknowledged_at", "passed_on_at"))

#: Items that are to be signed for and are not, nor passed on.
_unanswered = (
    _item.c.ack_within != "", _item.c.dropped.is_(None), _item.c.acknowledged_at.is_(None),
    _item.c.passed_on_at.is_(None),
)  # fmt: skip


@dataclass(frozen=True)
class Acknowledgement:
    """Whether what was to be signed for was; ``by`` is None before it is sent, and where nobody waits any more."""

    by: datetime | None
    acknowledged_at: datetime | None
    passed_on_at: datetime | None

    @classmethod
    def of(cls, item: Row[Any]) -> Acknowledgement | None:
        """Of a row of a message's items; None where nothing is to be signed for."""
        if not item.ack_within or item.dropped is not None:
            return None
        return cls(item.ack_by, item.acknowledged_at, item.passed_on_at)

    @property
    def text(self) -> str:
        """In Chinese, in Asia/Shanghai: 已签收 2022-01-06 09:12."""
        passed_on = f"{shown_instant(self.passed_on_at)}转告他人" if self.passed_on_at else ""
        if self.acknowledged_at:
            return f"已签收 {shown_instant(self.acknowledged_at)}" + (f"（逾期，已于{passed_on}）" if passed_on else "")
        if passed_on:
            return f"未签收，已于{passed_on}"
        return f"待签收，{shown_instant(self.by)}前" if self.by else "未签收"


@dataclass(frozen=True)
class Alerted:
    """One submission of an alert that is to be signed for; ``days_late`` is 0 for one that is not overdue."""

    submission: int
    programme: str
    unit: str
    obligation: str
    due_date: date
    days_late: int
    standing: str
    acknowledged_at: datetime | None


@dataclass(frozen=True)
class Alert:
    """A message to be signed for, as its reader sees it; ``by`` is when the first of it is passed on."""

    message: int
    reader: str
    sent_at: datetime | None
    by: datetime | None
    passed_on_at: datetime | None
    lines: tuple[Alerted, ...]

    @property
    def acknowledged_at(self) -> datetime | None:
        """When the whole of it was signed for, None while anything is open."""
        at = [line.acknowledged_at for line in self.lines]
        return max(one for one in at if one) if all(at) else None


def sent(session: Session, message_ids: Sequence[int], now: datetime) -> None:
    """Let the time to sign for these messages begin: they have just been sent."""
    for part in _parts(message_ids):
        these = (_item.c.message_id.in_(part), *_unanswered)
        for within in session.execute(select(_item.c.ack_within).distinct().where(*these)).scalars().all():
            alike = update(_item).where(*these, _item.c.ack_within == within)
            session.execute(alike.values(ack_by=by_when(within, now, posts.calendar(session))))


def by_when(within: str, sent_at: datetime, calendar: Calendar) -> datetime:
    """When the time to sign for a message sent at an instant is over: the same time of day, or the one written."""
    offset, local = parse_offset(within), sent_at.astimezone(SHANGHAI)
    day = deadlines.moved(local.date(), offset, calendar)
    return datetime.combine(day, offset.at or local.time(), SHANGHAI)


def alert(act: Act, link: Link) -> Alert:
    """What a link is to sign for; raises LinkUnknown for any other link, or a message that asks for nothing."""
    message = act.session.get(Message, link.message_id) if link.purpose == "acknowledge" and link.message_id else None
    if message is None:
        raise LinkUnknown
    wanted = (_item.c.message_id == message.id, _item.c.ack_within != "", _item.c.dropped.is_(None))
    asked = select(_item, _submission.c.programme_id.label("programme")).join(
        _submission, _submission.c.id == _item.c.submission_id
    )
    items = act.session.execute(asked.where(*wanted).order_by(_item.c.id)).all()
    if not items:
        raise LinkUnknown
    return Alert(
        message.id or 0,
        named(message.post_title, message.recipient),
        message.sent_at,
        min((item.ack_by for item in items if item.ack_by), default=None),
        max((item.passed_on_at for item in items if item.passed_on_at), default=None),
        tuple(_alerted(act, item) for item in items),
    )


def acknowledge(act: Act, link: Link) -> Alert:
    """Sign for a message; a second time changes nothing. Raises LinkUnknown as ``alert`` does.

    Late is still signed: it is on record with its own time, after having been passed on.
    """
    found = alert(act, link)
    mine = (_item.c.message_id == found.message, _item.c.ack_within != "", _item.c.dropped.is_(None))
    signing = update(_item).where(*mine, _item.c.acknowledged_at.is_(None)).values(acknowledged_at=act.now)
    signed = [row.submission_id for row in act.session.execute(signing.returning(_item.c.submission_id))]
    if signed:
        facts = {"message": found.message, "by": found.by.isoformat() if found.by else None}
        entry = Entry(ACKNOWLEDGED, act.now, act.now, found.reader, facts=facts)
        ledger.note(act.session, sorted(set(signed)), entry)
    return alert(act, link)


def due(session: Session, now: datetime) -> bool:
    """Whether somebody's time to sign is over; never while a person must release what is held first."""
    over = select(_item.c.id).where(_item.c.ack_by <= now, *_unanswered).limit(1)
    return session.execute(over).first() is not None and not holding.is_held(session)


def following(session: Session, after: datetime) -> datetime | None:
    """The next instant at which somebody's time to sign is over."""
    found: datetime | None = session.execute(
        select(func.min(_item.c.ack_by)).where(_item.c.ack_by > after, *_unanswered)
    ).scalar()
    return found


def pass_on(act: Act) -> int:
    """Tell of what nobody signed for in time; returns how many items were dealt with.

    Where the unit or the reader has acted since, nobody is told: the alert has done its work.
    """
    asked = (
        select(
            _item, _message.c.post_title, _message.c.recipient, _message.c.sent_at, _submission.c.programme_id,
            _submission.c.unit, _submission.c.obligation, _submission.c.subject, _submission.c.owner_post,
            _submission.c.state, _submission.c.pending_since,
        )
        .join(_message, _message.c.id == _item.c.message_id)
        .join(_submission, _submission.c.id == _item.c.submission_id)
        .where(_item.c.ack_by <= act.now, *_unanswered)
        .order_by(_item.c.id)
    )  # fmt: skip
    items = act.session.execute(asked).all()
    needless = {item.id for part in _parts(items) for item in _needless(act, part)}
    _set(act, sorted(needless), {"ack_by": None})
    late = _set(act, [item.id for item in items if item.id not in needless], {"passed_on_at": act.now})
    _tell(act, [item for item in items if item.id in late])
    return len(needless) + len(late)


def _alerted(act: Act, item: Row[Any]) -> Alerted:
    row = ledger.load(act.session, item.submission_id)
    audience, programme = act.audience(row.programme_id), act.programme(row.programme_id)
    return Alerted(
        row.id or 0, f"{programme.title}（{programme.cycle}年度）", audience.directory.unit(row.unit).name,
        audience.definition.obligations[row.obligation].title, row.due_date,
        deadlines.days_late(row.due_date, act.now) if row.state == "overdue" else 0,
        act.lifecycle(row.programme_id, row.obligation).standing(row.standing).title, item.acknowledged_at,
    )  # fmt: skip


def _needless(act: Act, items: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Those whose submission is settled or was handed in since they were sent, or whose reader has decided on it."""
    ids = [item.submission_id for item in items]
    decided = select(_sign_off.c.submission_id, _sign_off.c.person, _sign_off.c.decided_by, _sign_off.c.decided_at)
    rows = act.session.execute(decided.where(_sign_off.c.submission_id.in_(ids), _sign_off.c.decision.is_not(None)))
    last: dict[tuple[int, str], datetime] = {}
    for row in rows:
        for person in (row.person, row.decided_by):
            key = row.submission_id, person
            last[key] = max(row.decided_at, last.get(key, row.decided_at))
    return [item for item in items if _has_moved(item, last.get((item.submission_id, item.person)))]


def _has_moved(item: Row[Any], decided_at: datetime | None) -> bool:
    acted = (at for at in (item.pending_since, decided_at) if at is not None)
    wanted = ("overdue",) if item.reason in ("overdue", "escalation") else OPEN
    return item.state not in wanted or any(item.sent_at is not None and at >= item.sent_at for at in acted)


def _set(act: Act, ids: Sequence[int], values: Mapping[str, object]) -> set[int]:
    """Mark those of these items that nobody has signed for meanwhile; returns which."""
    found: set[int] = set()
    for part in _parts(ids):
        marking = update(_item).where(_item.c.id.in_(part), *_unanswered).values(**values)
        found |= set(act.session.execute(marking.returning(_item.c.id)).scalars())
    return found


def _tell(act: Act, items: Sequence[Row[Any]]) -> None:
    """One message for each person who hears of it, and an entry for each message nobody signed for."""
    topics: dict[int, list[Topic]] = {}
    told: dict[tuple[int, tuple[str, ...]], list[Row[Any]]] = {}
    for item in items:
        people = _hearing(act, item)
        topics.setdefault(item.programme_id, []).extend(_topic(item, one) for one in people)
        names = tuple(named(one.post_title, one.name) for one in people)
        told.setdefault((item.message_id, names), []).append(item)
    for programme, some in topics.items():
        occasion = f"{UNACKNOWLEDGED}:{act.now.isoformat()}"
        notices.tell(act, Envelope("escalation", programme, occasion, act.now), some)
    for (message, names), unsigned in told.items():
        first = unsigned[0]
        reader = named(first.post_title, first.recipient)
        facts = {"message": message, "reader": reader, "to": list(names)}
        # Dated at the end of the time to sign, as a lapse is at its deadline.
        at = max(item.ack_by for item in unsigned)
        entry = Entry(UNACKNOWLEDGED, at, act.now, SYSTEM.name, facts=facts)
        ledger.note(act.session, sorted({item.submission_id for item in unsigned}), entry)


def _topic(item: Row[Any], one: Recipient) -> Topic:
    reason = f"{UNACKNOWLEDGED}:{item.message_id}"
    return Topic(one, item.submission_id, reason, f"{reason}:{item.rung}", item.schedule_version)


def _hearing(act: Act, item: Row[Any]) -> tuple[Recipient, ...]:
    """Who holds the posts it is passed on to; the office where that is nobody else than who did not sign."""
    audience = act.audience(item.programme_id)
    concern = Concern(item.unit, item.obligation, item.subject, item.owner_post)
    people = audience.reached(item.ack_to, concern) or audience.holders("office", item.unit)
    others = tuple(one for one in people if one.person != item.person)
    return others or tuple(one for one in audience.holders("office", item.unit) if one.person != item.person)


def _parts(values: Sequence[_Of]) -> Iterator[Sequence[_Of]]:
    return (values[start : start + _PART] for start in range(0, len(values), _PART))

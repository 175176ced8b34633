"""What an amendment unsays and says: unsent words about what has changed, and one notice to whoever was asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from workflow import openings
from workflow.acts import Act
from workflow.amendments.drafts import Draft
from workflow.amendments.running import Running
from workflow.audience import Recipient
from workflow.notices import Envelope, Topic, tell
from workflow.tables import Message, MessageItem, Submission

_m = Message.__table__  # type: ignore[attr-defined]
_i = MessageItem.__table__  # type: ignore[attr-defined]

#: Why somebody is told that a date was moved.
AMENDED = "amended"
#: Reasons that speak of a date.
OF_DATES = ("reminder", "notice", "overdue", "escalation", AMENDED)

_UNSENT = ("queued", "gathering", "held")
_GONE_OUT = ("sent", "sending")


def unsent(act: Act, ids: Collection[int], reasons: Sequence[str] = ()) -> frozenset[int]:
    """Messages that nobody has got yet with words about these submissions; with ``reasons`` only for those."""
    found: set[int] = set()
    for part in _parts(ids):
        query = select(_i.c.message_id).join(_m, _m.c.id == _i.c.message_id).where(_m.c.status.in_(_UNSENT))
        found.update(act.session.execute(query.where(*_about(part, reasons))).scalars())
    return frozenset(found)


def cancel(act: Act, ids: Collection[int], why: str, reasons: Sequence[str] = ()) -> None:
    """Withdraw those words; messages left without any are cancelled."""
    touched = sorted(unsent(act, ids, reasons))
    for part in _parts(ids):
        mine = select(_m.c.id).where(_m.c.id.in_(touched), _m.c.status.in_(_UNSENT))
        about = update(_i).where(*_about(part, reasons), _i.c.message_id.in_(mine))
        act.session.execute(about.values(dropped=why))
    for some in _parts(touched):
        spoken = select(_i.c.id).where(_i.c.message_id == _m.c.id, _i.c.dropped.is_(None))
        empty = update(_m).where(_m.c.id.in_(some), _m.c.status.in_(_UNSENT), ~spoken.exists())
        act.session.execute(empty.values(status="cancelled", answer=why))


def asked(act: Act, ids: Collection[int]) -> dict[int, tuple[Recipient, ...]]:
    """By submission, everybody who was spoken to of it, each once."""
    found: dict[int, dict[str, Recipient]] = {}
    for part in _parts(ids):
        query = select(_i.c.submission_id, _i.c.person, _m.c.recipient, _m.c.post_title)
        heard = query.join(_m, _m.c.id == _i.c.message_id).where(
            _i.c.submission_id.in_(part), _i.c.dropped.is_(None), _m.c.status.in_(_GONE_OUT)
        )
        for row in act.session.execute(heard.order_by(_i.c.id)):
            known = found.setdefault(row.submission_id, {})
            known.setdefault(row.person, Recipient(row.person, row.recipient, "", row.post_title))
    return {number: tuple(people.values()) for number, people in found.items()}


def moving(drafted: Draft) -> frozenset[int]:
    """The submissions that get another date."""
    return frozenset(row.id or 0 for one in drafted.kept if one.moved for row in one.following)


def leaving(drafted: Draft) -> frozenset[int]:
    """The submissions that are no longer asked for."""
    return frozenset(row.id or 0 for one in drafted.left for row in one.withdrawn)


def hearers(act: Act, running: Running, drafted: Draft) -> list[Topic]:
    """Who hears of a date moved or a submission withdrawn: whoever was asked, and the owners of an earlier date."""
    told = asked(act, moving(drafted) | leaving(drafted))
    found: list[Topic] = []
    for one in drafted.kept:
        number = running.highest[one.after.obligation, one.after.key] + 1
        for row in one.following if one.moved else ():
            earlier = drafted.after.owners(openings.concern(row)) if one.after.due_at < row.due_at else ()
            found += _topics(AMENDED, (*told.get(row.id or 0, ()), *earlier), row, number)
    for gone in drafted.left:
        for row in gone.withdrawn:
            found += _topics("exempted", told.get(row.id or 0, ()), row, row.history_seq + 1)
    return found


def to_owners(act: Act, programme_id: int, rows: Iterable[Submission]) -> list[Topic]:
    """Who hears of submissions that have come to be, or are asked for again."""
    audience = act.audience(programme_id)
    return [
        topic
        for row in rows
        for topic in _topics(openings.OPENED, audience.owners(openings.concern(row)), row, row.history_seq)
    ]


def send(act: Act, programme_id: int, version: str, topics: Sequence[Topic]) -> None:
    """Queue the notices of an amendment at once, one a person."""
    tell(act, Envelope("notice", programme_id, f"{AMENDED}:{version}", act.now), topics)


def _topics(reason: str, people: Iterable[Recipient], row: Submission, number: int) -> list[Topic]:
    """What people are told of one submission; ``number`` tells one occasion of the reason from the next."""
    name = f"{reason}:{number}"
    distinct = {one.person: one for one in people}
    return [Topic(one, row.id or 0, name, name, number) for one in distinct.values()]


def _about(ids: Sequence[int], reasons: Sequence[str]) -> list[ColumnElement[bool]]:
    meant = [_i.c.submission_id.in_(ids), _i.c.dropped.is_(None)]
    if reasons:
        meant.append(or_(_i.c.reason.in_(reasons), *(_i.c.reason.like(f"{reason}:%") for reason in reasons)))
    return meant


def _parts(ids: Collection[int]) -> Iterator[list[Any]]:
    ordered = sorted(ids)
    return (ordered[start : start + 500] for start in range(0, len(ordered), 500))

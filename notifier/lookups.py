"""What the letters of a batch are read from, looked up at once.

The same few statements for one message and for fifty, for one row and for sixty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from sqlmodel import col, select

from notifier.letters import reason_of
from notifier.truth import Standpoint, told_as
from workflow.acts import Act
from workflow.audience import UNIT_POSTS, Audience, Recipient
from workflow.tables import Deadline, History, Link, Message, MessageItem, Programme, SignOff, Submission

_Of = TypeVar("_Of")

#: Reason → the moves of history whose last comment belongs to it.
SAID_WITH = {
    "returned": ("return", "reopen"),
    "extended": ("extend",),
    "exempted": ("exempt", "amend"),
    "amended": ("amend",),
    "accepted": ("accept",),
    "urge": ("urge",),
    "opened": ("open",),
}
_PART = 500


@dataclass(frozen=True)
class Place:
    """One item of a message, with its submission and the requests open on it.

    ``request`` is the one that waits for the message's reader, ``staff`` are the unit's own people.
    """

    item: MessageItem
    row: Submission
    asked: Sequence[SignOff]
    request: SignOff | None
    staff: Sequence[Recipient]
    seen: Standpoint

    @property
    def number(self) -> int:
        """The item's id."""
        return self.item.id or 0

    @property
    def reason(self) -> str:
        """Why it was queued."""
        return reason_of(self.item.reason)

    @property
    def part(self) -> tuple[str, int]:
        """What may stand in a letter once."""
        return told_as(self.reason, self.seen), self.item.submission_id


@dataclass(frozen=True)
class Looked:
    """What the letters of a batch are read from; ``links`` by sign-off, ``desks`` by person.

    ``versions`` tells how many dates a submission has had.
    """

    programmes: Mapping[int, Programme]
    audiences: Mapping[int, Audience]
    places: Mapping[int, Sequence[Place]]
    comments: Mapping[tuple[int, str], str]
    versions: Mapping[int, int]
    links: dict[int, Link] = field(default_factory=dict)
    desks: dict[str, Link] = field(default_factory=dict)


def look(act: Act, messages: Sequence[Message]) -> Looked:
    """Look up what these messages need; issues missing links in the caller's transaction."""
    items = _items(act, [message.id or 0 for message in messages])
    ids = sorted({item.submission_id for item in items})
    (rows, versions), asked = _submissions(act, ids), _sign_offs(act, ids)
    # Held here: the session forgets a programme that nobody holds, and would ask for it again at every row.
    numbers = {one.programme_id for one in messages} | {row.programme_id for row in rows.values()}
    programmes = {number: act.programme(number) for number in sorted(numbers)}
    audiences = {number: act.audience(number) for number in programmes}
    places: dict[int, list[Place]] = {}
    for item in items:
        row = rows[item.submission_id]
        place = _place(audiences[row.programme_id], item, row, asked.get(item.submission_id, ()))
        places.setdefault(item.message_id, []).append(place)
    looked = Looked(programmes, audiences, places, _comments(act, items), versions)
    _add_links(act, looked, messages)
    return looked


def _items(act: Act, message_ids: Sequence[int]) -> list[MessageItem]:
    found: list[MessageItem] = []
    for part in _parts(message_ids):
        said = select(MessageItem).where(col(MessageItem.message_id).in_(part), col(MessageItem.dropped).is_(None))
        found += act.session.exec(said.order_by(col(MessageItem.id)))
    return found


def _submissions(act: Act, ids: Sequence[int]) -> tuple[dict[int, Submission], dict[int, int]]:
    """The rows, and how many dates each has had."""
    found: dict[int, Submission] = {}
    versions: dict[int, int] = {}
    for part in _parts(ids):
        rows = select(Submission, Deadline.schedule_version).join(Deadline, col(Deadline.id) == Submission.deadline_id)
        here = rows.where(col(Submission.id).in_(part)).execution_options(populate_existing=True)
        for row, version in act.session.exec(here):
            found[row.id or 0], versions[row.id or 0] = row, version
    return found, versions


def _sign_offs(act: Act, ids: Sequence[int]) -> dict[int, list[SignOff]]:
    found: dict[int, list[SignOff]] = {}
    for part in _parts(ids):
        requests = select(SignOff).where(col(SignOff.submission_id).in_(part)).order_by(col(SignOff.id))
        for request in act.session.exec(requests.execution_options(populate_existing=True)):
            found.setdefault(request.submission_id, []).append(request)
    return found


def _place(audience: Audience, item: MessageItem, row: Submission, asked: Sequence[SignOff]) -> Place:
    waiting = [one for one in asked if one.decision is None and one.closed_at is None]
    own = [one for one in waiting if one.person == item.person and item.sign_off_id in (None, one.id)]
    staff = audience.people(sorted(UNIT_POSTS), row.unit)
    seen = Standpoint(
        state=row.state,
        waiting_on=row.waiting_on,
        signs=bool(own),
        signed=any(one.person == item.person and one.round == row.round and one.decision for one in asked),
        own=any(one.person == item.person for one in staff),
        clerk=any(one.person == item.person for one in audience.holders("office", row.unit)),
    )
    return Place(item, row, waiting, own[0] if own else None, staff, seen)


def _comments(act: Act, items: Sequence[MessageItem]) -> dict[tuple[int, str], str]:
    """By submission and reason, what was written with the last move of that reason."""
    wanted = {
        (item.submission_id, event): reason_of(item.reason)
        for item in items
        for event in SAID_WITH.get(reason_of(item.reason), ())
    }
    events = sorted({event for _, event in wanted})
    found: dict[tuple[int, str], str] = {}
    for part in _parts(sorted({submission for submission, _ in wanted})):
        said = select(History).where(col(History.submission_id).in_(part), col(History.event).in_(events))
        for entry in act.session.exec(said.order_by(col(History.submission_id), col(History.seq))):
            if reason := wanted.get((entry.submission_id, entry.event)):
                found[entry.submission_id, reason] = entry.comment
    return found


def _add_links(act: Act, looked: Looked, messages: Sequence[Message]) -> None:
    """A link for every request, and one to the desk for whoever finds several in one letter."""
    requests: dict[int, SignOff] = {}
    busy: set[str] = set()
    for message in messages:
        own = [place.request for place in looked.places.get(message.id or 0, ()) if place.request is not None]
        requests |= {request.id or 0: request for request in own}
        busy |= {message.person} if len(own) > 1 else set()
    # Links in the second half of their life are left to LinkMaker, which makes new ones.
    fresh = col(Link.expires_at) > act.now + timedelta(days=act.links.days) / 2
    for ids in _parts(sorted(requests)):
        live = select(Link).where(
            Link.purpose == "item",
            col(Link.sign_off_id).in_(ids),
            col(Link.delegation_id).is_(None),
            col(Link.revoked_at).is_(None),
            fresh,
        )
        looked.links.update({link.sign_off_id or 0: link for link in act.session.exec(live.order_by(col(Link.id)))})
    for people in _parts(sorted(busy)):
        desks = select(Link).where(Link.purpose == "desk", col(Link.person).in_(people), fresh)
        looked.desks.update({link.person: link for link in act.session.exec(desks.order_by(col(Link.id)))})
    for number in sorted(requests.keys() - looked.links.keys()):
        looked.links[number] = act.links.for_sign_off(act.session, requests[number], act.now)
    for person in sorted(busy - looked.desks.keys()):
        looked.desks[person] = act.links.for_desk(act.session, person, act.now)


def _parts(values: Sequence[_Of]) -> Iterator[Sequence[_Of]]:
    return (values[start : start + _PART] for start in range(0, len(values), _PART))

"""Messages' facts, read at the moment of sending: what is no longer true is left out.

What a whole batch needs is looked up at once: the same few statements for one message and for fifty, for one
row and for sixty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlmodel import col, select

from notifier.letters import Facts, Matter, placeholder, reason_of
from notifier.truth import Standpoint, told_as, untrue
from workflow import deadlines
from workflow.acts import Act
from workflow.audience import UNIT_POSTS, Audience, Recipient
from workflow.lifecycle import FILING
from workflow.moments import SHANGHAI
from workflow.tables import History, Link, Message, MessageItem, Programme, SignOff, Submission

_Of = TypeVar("_Of")

#: Reason → the moves of history whose last comment belongs to it.
SAID_WITH = {"returned": ("return", "reopen"), "extended": ("extend",), "exempted": ("exempt",), "urge": ("urge",)}
REPEATED = "同一事项在本信中已有一条"
_PART = 500


@dataclass(frozen=True)
class Reading:
    """The facts of a message, the links it needs, and the items no longer true with the reason in Chinese.

    ``to_office`` says that its reader is on duty in the leading group's office.
    """

    facts: Facts | None
    untrue: Mapping[int, str]
    links: tuple[Link, ...] = ()
    to_office: bool = False


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
    """What the letters of a batch are read from; ``links`` by sign-off, ``desks`` by person."""

    programmes: Mapping[int, Programme]
    audiences: Mapping[int, Audience]
    places: Mapping[int, Sequence[Place]]
    comments: Mapping[tuple[int, str], str]
    links: dict[int, Link] = field(default_factory=dict)
    desks: dict[str, Link] = field(default_factory=dict)


def read(act: Act, message: Message, *, base_url: str, rehearsal: bool, looked: Looked | None = None) -> Reading:
    """One message's facts; ``looked`` spares the look-ups where it is one of a batch."""
    looked = looked or look(act, [message])
    places = looked.places.get(message.id or 0, ())
    wrong = {place.number: why for place in places if (why := untrue(place.reason, place.seen))}
    true = [place for place in places if place.number not in wrong]
    last = {place.part: place.number for place in true}
    told = [place for place in true if place.number == last[place.part]]
    wrong |= {place.number: REPEATED for place in true if place.number != last[place.part]}
    if not told:
        return Reading(None, wrong)
    programme = looked.programmes[message.programme_id]
    links = tuple(looked.links[place.request.id or 0] for place in told if place.request is not None)
    desk = (looked.desks[message.person],) if len(links) > 1 else ()
    office = _on_duty(looked, message, told)
    # Leaders have no account: a page would only shut them out.
    page = _page(base_url, programme, told) if office or all(place.seen.own for place in told) else ""
    facts = Facts(
        kind=message.kind, programme=f"{programme.title}（{programme.cycle}年度）", recipient=message.recipient,
        post_title=message.post_title, matters=tuple(_matter(act, looked, place) for place in told),
        desk=placeholder(desk[0].id or 0) if desk else "", page=page,
        sent_at=act.now, rehearsal=rehearsal, launched=message.key.startswith(f"{message.programme_id}:launch:"),
    )  # fmt: skip
    return Reading(facts, wrong, (*links, *desk), office)


def look(act: Act, messages: Sequence[Message]) -> Looked:
    """Look up what these messages need; issues missing links in the caller's transaction."""
    items = _items(act, [message.id or 0 for message in messages])
    ids = sorted({item.submission_id for item in items})
    rows, asked = _submissions(act, ids), _sign_offs(act, ids)
    # Held here: the session forgets a programme that nobody holds, and would ask for it again at every row.
    programmes = {number: act.programme(number) for number in sorted({one.programme_id for one in messages})}
    audiences = {number: act.audience(number) for number in programmes}
    places: dict[int, list[Place]] = {}
    for item in items:
        row = rows[item.submission_id]
        place = _place(audiences[row.programme_id], item, row, asked.get(item.submission_id, ()))
        places.setdefault(item.message_id, []).append(place)
    looked = Looked(programmes, audiences, places, _comments(act, items))
    _add_links(act, looked, messages)
    return looked


def _items(act: Act, message_ids: Sequence[int]) -> list[MessageItem]:
    found: list[MessageItem] = []
    for part in _parts(message_ids):
        said = select(MessageItem).where(col(MessageItem.message_id).in_(part), col(MessageItem.dropped).is_(None))
        found += act.session.exec(said.order_by(col(MessageItem.id)))
    return found


def _submissions(act: Act, ids: Sequence[int]) -> dict[int, Submission]:
    found: dict[int, Submission] = {}
    for part in _parts(ids):
        rows = select(Submission).where(col(Submission.id).in_(part)).execution_options(populate_existing=True)
        found |= {row.id or 0: row for row in act.session.exec(rows)}
    return found


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
        live = select(Link).where(col(Link.sign_off_id).in_(ids), col(Link.revoked_at).is_(None), fresh)
        looked.links.update({link.sign_off_id or 0: link for link in act.session.exec(live.order_by(col(Link.id)))})
    for people in _parts(sorted(busy)):
        desks = select(Link).where(Link.purpose == "desk", col(Link.person).in_(people), fresh)
        looked.desks.update({link.person: link for link in act.session.exec(desks.order_by(col(Link.id)))})
    for number in sorted(requests.keys() - looked.links.keys()):
        looked.links[number] = act.links.for_sign_off(act.session, requests[number], act.now)
    for person in sorted(busy - looked.desks.keys()):
        looked.desks[person] = act.links.for_desk(act.session, person, act.now)


def _matter(act: Act, looked: Looked, place: Place) -> Matter:
    row, late = place.row, place.row.state == "overdue"
    audience = looked.audiences[row.programme_id]
    obligation, unit = audience.definition.obligations[row.obligation], audience.directory.unit(row.unit).name
    return Matter(
        reason=told_as(place.reason, place.seen),
        unit=unit,
        obligation=obligation.title,
        duty=obligation.duty,
        due_date=row.due_date,
        days_late=deadlines.days_late(row.due_date, act.now) if late else 0,
        working_days_late=deadlines.working_days_late(row.due_date, act.now, act.calendar()) if late else 0,
        standing=_standing(row),
        stuck_with=_stuck_with(place, unit),
        comment=looked.comments.get((place.item.submission_id, place.reason), ""),
        link=placeholder(looked.links[place.request.id or 0].id or 0) if place.request is not None else "",
        was_due=row.extended_from if row.extended_from != row.due_date else None,
    )


def _standing(row: Submission) -> str:
    """What has happened, in a word; how late it is stands beside it."""
    if row.waiting_on == "approver":
        return "待审签" + (f"，{_day(row.pending_since)}送审" if row.pending_since else "")
    if row.waiting_on == "unit":
        return "未提交"
    title = FILING.standing(row.standing).title + ("（逾期）" if row.late else "")
    return title + (f"，{_day(row.filed_at)}收到" if row.filed_at else "")


def _day(instant: datetime) -> str:
    day: date = instant.astimezone(SHANGHAI).date()
    return f"{day.month}月{day.day}日"


def _stuck_with(place: Place, unit: str) -> str:
    """Who else must move: never the reader, who is told in plain words what to do."""
    if place.seen.signs or place.row.state not in ("pending", "overdue"):
        return ""
    if place.row.waiting_on == "approver":
        return "、".join(_named(one.post_title, one.holder) for one in place.asked)
    if place.seen.own or not place.staff:
        return ""
    return "该单位" + "、".join(_named(one.post_title, one.name).removeprefix(unit) for one in place.staff)


def _named(post: str, name: str) -> str:
    return post if name in post else f"{post}（{name}）"


def _on_duty(looked: Looked, message: Message, told: Sequence[Place]) -> bool:
    """Whether the reader holds the office's post."""
    office = looked.audiences[message.programme_id].holders("office", told[0].row.unit)
    return any(one.person == message.person for one in office)


def _page(base_url: str, programme: Programme, told: Sequence[Place]) -> str:
    if len({place.item.submission_id for place in told}) == 1:
        return f"{base_url}/submissions/{told[0].item.submission_id}"
    return f"{base_url}/programmes/{programme.key}"


def _parts(values: Sequence[_Of]) -> Iterator[Sequence[_Of]]:
    return (values[start : start + _PART] for start in range(0, len(values), _PART))

"""What the letters of a batch are read from, looked up at once.

The same few statements for one message and for fifty, for one row and for sixty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlmodel import col, select

from notifier import capabilities, happenings
from notifier.capabilities import Capabilities
from notifier.happenings import NOTHING
from notifier.letters import reason_of
from notifier.places import Place as Place
from notifier.places import delegations_of, placed
from workflow.acts import Act
from workflow.audience import Audience
from workflow.tables import Deadline, History, Message, MessageItem, Programme, SignOff, Submission

_Of = TypeVar("_Of")

#: Reason → the moves of history whose last comment belongs to it.
SAID_WITH = {
    "returned": ("return", "reopen"),
    "extended": ("extend",),
    "restored": ("undo",),
    "exempted": ("exempt", "amend"),
    "amended": ("amend",),
    "accepted": ("accept",),
    "urge": ("urge",),
    "opened": ("open",),
    "handed-over": ("reassign", "return", "paper"),
}
_PART = 500


@dataclass(frozen=True)
class Looked:
    """What the letters of a batch are read from.

    ``versions`` tells how many dates a submission has had.
    """

    programmes: Mapping[int, Programme]
    audiences: Mapping[int, Audience]
    places: Mapping[int, Sequence[Place]]
    comments: Mapping[tuple[int, str], str]
    versions: Mapping[int, int]
    links: Capabilities


def look(act: Act, messages: Sequence[Message]) -> Looked:
    """Look up what these messages need; issues missing links in the caller's transaction."""
    items = _items(act, [message.id or 0 for message in messages])
    ids = sorted({item.submission_id for item in items})
    (rows, versions), asked = _submissions(act, ids), _sign_offs(act, ids)
    # Held here: the session forgets a programme that nobody holds, and would ask for it again at every row.
    numbers = {one.programme_id for one in messages} | {row.programme_id for row in rows.values()}
    programmes = {number: act.programme(number) for number in sorted(numbers)}
    audiences = {number: act.audience(number) for number in programmes}
    happened = happenings.look(act, items, [one for requests in asked.values() for one in requests])
    standing_in = delegations_of(act, items, asked)
    places: dict[int, list[Place]] = {}
    for item in items:
        row = rows[item.submission_id]
        place = placed(audiences[row.programme_id], item, row, asked.get(item.submission_id, ()), standing_in)
        happening = happened.get(item.id or 0, NOTHING)
        if happening is not NOTHING:
            place = replace(place, happening=happening, seen=replace(place.seen, void=happening.void))
        places.setdefault(item.message_id, []).append(place)
    return Looked(
        programmes, audiences, places, _comments(act, items), versions, capabilities.look(act, messages, places)
    )  # fmt: skip


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


def _parts(values: Sequence[_Of]) -> Iterator[Sequence[_Of]]:
    return (values[start : start + _PART] for start in range(0, len(values), _PART))

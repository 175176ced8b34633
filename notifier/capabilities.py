"""The links that a batch of letters carries, found at once; those that are missing are issued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from notifier.places import Place
from workflow.acts import Act
from workflow.tables import Delegation, Link, Message, SignOff

_Of = TypeVar("_Of")
_PART = 500


@dataclass(frozen=True)
class Capabilities:
    """Links to sign by request and delegation (0 for none), desks by person, disputes by request and reader, and by
    message those that sign for it.
    """

    items: dict[tuple[int, int], Link] = field(default_factory=dict)
    desks: dict[str, Link] = field(default_factory=dict)
    disputes: dict[tuple[int, str], Link] = field(default_factory=dict)
    acknowledgements: dict[int, Link] = field(default_factory=dict)


def look(act: Act, messages: Sequence[Message], places: Mapping[int, Sequence[Place]]) -> Capabilities:
    """A link for every request, decision and message that is to be signed for, one to the desk for several requests.

    Missing ones are issued in the caller's transaction.
    """
    found = Capabilities()
    of_message = {message.id or 0: places.get(message.id or 0, ()) for message in messages}
    every = [place for some in of_message.values() for place in some]
    _items(act, found, {place.opens: place for place in every if place.request is not None})
    signing = {number: sum(place.request is not None for place in some) for number, some in of_message.items()}
    _desks(act, found, {one.person for one in messages if signing[one.id or 0] > 1})
    decided = ((place.decided, place.item.person) for place in every)
    _disputes(act, found, {(one.id or 0, person): one for one, person in decided if one is not None})
    _acknowledgements(act, found, [one for one in messages if any(two.asks_receipt for two in of_message[one.id or 0])])
    return found


def _items(act: Act, found: Capabilities, wanted: Mapping[tuple[int, int], Place]) -> None:
    for numbers in _parts(sorted({request for request, _ in wanted})):
        links = _live(act, "item", col(Link.sign_off_id).in_(numbers))
        found.items.update({(link.sign_off_id or 0, link.delegation_id or 0): link for link in links})
    for key in sorted(wanted.keys() - found.items.keys()):
        request, by = wanted[key].request, wanted[key].delegation
        assert request is not None
        found.items[key] = _issued(act, request, by)


def _issued(act: Act, request: SignOff, by: Delegation | None) -> Link:
    return act.links.for_sign_off(act.session, request, act.now, by)


def _desks(act: Act, found: Capabilities, people: set[str]) -> None:
    for part in _parts(sorted(people)):
        found.desks.update({link.person: link for link in _live(act, "desk", col(Link.person).in_(part))})
    for person in sorted(people - found.desks.keys()):
        found.desks[person] = act.links.for_desk(act.session, person, act.now)


def _disputes(act: Act, found: Capabilities, wanted: Mapping[tuple[int, str], SignOff]) -> None:
    for numbers in _parts(sorted({request for request, _ in wanted})):
        links = _live(act, "dispute", col(Link.sign_off_id).in_(numbers))
        found.disputes.update({(link.sign_off_id or 0, link.person): link for link in links})
    for key in sorted(wanted.keys() - found.disputes.keys()):
        found.disputes[key] = act.links.for_dispute(act.session, wanted[key], key[1], act.now)


def _acknowledgements(act: Act, found: Capabilities, wanted: Sequence[Message]) -> None:
    for part in _parts([message.id or 0 for message in wanted]):
        links = _live(act, "acknowledge", col(Link.message_id).in_(part))
        found.acknowledgements.update({link.message_id or 0: link for link in links})
    for message in wanted:
        if (message.id or 0) not in found.acknowledgements:
            found.acknowledgements[message.id or 0] = act.links.for_message(act.session, message, act.now)


def _live(act: Act, purpose: str, about: ColumnElement[bool]) -> Sequence[Link]:
    """Links in the first half of their life; those in the second are left to LinkMaker, which makes new ones."""
    fresh = (col(Link.revoked_at).is_(None), col(Link.expires_at) > act.now + timedelta(days=act.links.days) / 2)
    query = select(Link).where(Link.purpose == purpose, about, *fresh)
    return act.session.exec(query.order_by(col(Link.id))).all()


def _parts(values: Sequence[_Of]) -> Iterator[Sequence[_Of]]:
    return (values[start : start + _PART] for start in range(0, len(values), _PART))

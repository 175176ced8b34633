"""Bodies of a programme as they are staffed on a day: who leads them, who answers for them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.audience import Audience, Recipient
from workflow.definition import OFFICE_BODY, Body, Count, Definition


@dataclass(frozen=True)
class Staffed:
    """One body: ``led_by`` and ``contact`` are post keys, ``head`` and ``liaison`` whoever holds them today.

    A body that is a unit of the roster has its head and liaison from there.
    """

    key: str
    title: str
    clause: str | None
    seat: str | None
    led_by: str | None
    contact: str | None
    members: Count | None
    head: tuple[Recipient, ...]
    liaison: tuple[Recipient, ...]


def bodies(audience: Audience, definition: Definition) -> tuple[Staffed, ...]:
    """The office and every body of ``definition``, which may be less than the audience knows."""
    found = {key: definition.body(key) for key in (OFFICE_BODY, *definition.bodies)}
    return tuple(_staffed(audience, key, body) for key, body in found.items() if body is not None)


def _staffed(audience: Audience, key: str, body: Body) -> Staffed:
    codes = audience.owners_named(key)
    head = tuple(one for code in codes for one in audience.holders("unit-head", code))
    liaison = tuple(one for code in codes for one in audience.holders("liaison", code))
    return Staffed(
        key=key,
        title=body.title,
        clause=body.clause,
        seat=body.seat,
        led_by=body.led_by,
        contact=body.contact,
        members=body.members,
        head=head or _holders(audience, body.led_by or body.contact),
        liaison=liaison or _holders(audience, body.contact or body.led_by),
    )


def _holders(audience: Audience, post: str | None) -> tuple[Recipient, ...]:
    return audience.holders(post, "") if post else ()

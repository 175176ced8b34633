"""Which messages are wanted and how many there are, asked so that a million of them cost no more than a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from sqlalchemy import ColumnElement, func, select, text

from workflow import letter_places, posts, sight
from workflow.acts import Act
from workflow.notices import Kind
from workflow.refusals import QueryRefused
from workflow.tables import Message, MessageItem, Submission

_m = Message.__table__  # type: ignore[attr-defined]
_i = MessageItem.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]

#: What readers may ask for; messages still being gathered are queued to them.
STATUSES: Mapping[str, tuple[str, ...]] = {
    "queued": ("queued", "gathering"),
    "held": ("held",),
    "sending": ("sending",),
    "sent": ("sent",),
    "failed": ("failed",),
    "cancelled": ("cancelled",),
}
#: A kind of its own to readers: a reminder to an approver carries a link as well as the first request.
WITH_LINK = "sign-off"
#: The most people a part of a name may mean.
MOST_PEOPLE = 20_000
# Written out, so that the index of what is not sent serves.
_UNSETTLED = text("message.status <> 'sent'")


def wanted(act: Act, submission: int | None, recipient: str | None, status: str | None) -> list[ColumnElement[bool]]:
    """The conditions of a list's filter, with what the actor may see; raises QueryRefused."""
    found = in_sight(act)
    if submission is not None:
        found.append(_m.c.id.in_(select(_i.c.message_id).where(_i.c.submission_id == submission)))
    if recipient is not None:
        found.append(_to(act, recipient))
    if status is not None:
        if status not in STATUSES:
            raise QueryRefused(reason=f"状态（status）只能是：{'、'.join(STATUSES)}")
        found += [_m.c.status.in_(STATUSES[status]), *(() if status == "sent" else (_UNSETTLED,))]
    return found


def _to(act: Act, recipient: str) -> ColumnElement[bool]:
    """Messages to one person of the roster, or to all whose name or post has this part.

    Found among the people, not in a million messages: who has held no post since the last roster goes by name only.
    """
    known = posts.directory(act.session)
    people = () if known.knows(recipient) else known.like(recipient)
    if len(people) > MOST_PEOPLE:
        raise QueryRefused(reason=f"收件人“{recipient}”涉及{len(people)}人，请写得具体一些")
    found: ColumnElement[bool] = _m.c.person.in_([recipient, *people])
    return found


def total(act: Act, conditions: Sequence[ColumnElement[bool]], *, sent_alone: bool) -> int:
    """How many there are; what is sent is what the small index of the others does not hold."""
    counted = select(func.count()).select_from(_m)
    if not sent_alone:
        return int(act.session.execute(counted.where(*conditions)).scalar_one())
    others = counted.where(_UNSETTLED).scalar_subquery()
    return int(act.session.execute(select(counted.scalar_subquery() - others)).scalar_one())


def of_kind(kind: str | None) -> list[ColumnElement[bool]]:
    """The condition for a kind of message, none for all; raises QueryRefused."""
    if kind is None:
        return []
    if kind == WITH_LINK:
        return [_m.c.body.contains(f"{letter_places.SIGN_HERE}{{{{link:", autoescape=True)]
    if kind not in get_args(Kind):
        raise QueryRefused(reason=f"类型（kind）只能是：{'、'.join((*get_args(Kind), WITH_LINK))}")
    return [_m.c.kind == kind]


def in_sight(act: Act) -> list[ColumnElement[bool]]:
    """The conditions that keep from a unit what its people were told of others' submissions."""
    unit = sight.own_unit(act)
    if unit is None:
        return []
    about = select(_i.c.id).join(_s, _s.c.id == _i.c.submission_id)
    return [
        about.where(_i.c.message_id == _m.c.id, *sight.limits(act)).exists(),
        _m.c.person.in_(sight.staff(unit)),
    ]

"""Undelivered alerts sent once more, by hand: the same message with the same reference, written anew when it goes.

What is no longer true by then is left out as ever; a message of which nothing is true any more is cancelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text, update

from workflow import mailbag
from workflow.acts import Act
from workflow.desks import shown_instant
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotAllowedNow
from workflow.tables import Message

_message = Message.__table__  # type: ignore[attr-defined]

_FAILED = "failed"
# Written out, so that the index of what is not sent serves.
_UNDELIVERED = text("message.status <> 'sent' AND message.status = 'failed'")
_PART = 500
#: The longest record of earlier attempts that a message keeps.
_LONGEST = 4000


class NotUndelivered(NotAllowedNow):
    """只有未送达的消息才能重新发送；编号为{numbers}的消息现在不是未送达。"""


@dataclass(frozen=True)
class Resent:
    """How many messages wait to be sent again, and how many of those asked for were not undelivered any more."""

    queued: int
    passed_over: int = 0


def undelivered(act: Act) -> dict[str, int]:
    """How many undelivered messages there are, by kind."""
    query = select(_message.c.kind, func.count().label("letters")).where(_UNDELIVERED)
    rows = act.session.execute(query.group_by(_message.c.kind).order_by(_message.c.kind))
    return {row.kind: row.letters for row in rows}


def resend(act: Act, message_id: int) -> None:
    """Send one again; raises NotFound for one that is not in sight, Forbidden, NotUndelivered."""
    mailbag.one(act, message_id)
    _check(act)
    resend_exactly(act, [message_id])


def resend_exactly(act: Act, numbers: Sequence[int]) -> Resent:
    """Send just these again; raises NotUndelivered, naming those that are not undelivered, Forbidden."""
    _check(act)
    wanted = list(dict.fromkeys(numbers))
    there = [number for part in _parts(wanted) for number in _numbers(act, part)]
    if missing := sorted(set(wanted) - set(there)):
        raise NotUndelivered(standing="", move="", numbers="、".join(map(str, missing)))
    found = resend_selected(act, wanted)
    if found.passed_over:
        raise NotUndelivered(standing="", move="", numbers="、".join(map(str, wanted)))
    return found


def resend_selected(act: Act, numbers: Sequence[int]) -> Resent:
    """Send those of them again that are undelivered still; raises Forbidden."""
    _check(act)
    wanted = list(dict.fromkeys(numbers))
    queued = sum(_queue(act, part) for part in _parts(wanted))
    return Resent(queued, len(wanted) - queued)


def resend_kind(act: Act, kind: str | None = None) -> Resent:
    """Send every undelivered message of a kind again, or of all kinds; raises Forbidden, QueryRefused."""
    query = select(_message.c.id).where(_UNDELIVERED, *mailbag.of_kind(kind))
    return resend_selected(act, list(act.session.execute(query.order_by(_message.c.id)).scalars()))


def _check(act: Act) -> None:
    if act.actor.role not in OFFICE:
        raise Forbidden(move="重新发送")


def _queue(act: Act, numbers: Sequence[int]) -> int:
    """Put undelivered messages back into the queue, on whichever channel reaches the person now."""
    asked = select(_message.c.id, _message.c.attempts, _message.c.answer)
    rows = act.session.execute(asked.where(_message.c.id.in_(numbers), _message.c.status == _FAILED)).all()
    queued = 0
    for row in rows:
        # Once only, however many press the button.
        once = update(_message).where(_message.c.id == row.id, _message.c.status == _FAILED)
        again = once.values(
            status="queued", channel=None, attempts=0, not_before=act.now, claimed_until=None,
            answer=_so_far(act, row.attempts, row.answer),
        )  # fmt: skip
        queued += act.session.execute(again).rowcount  # type: ignore[attr-defined]
    return queued


def _so_far(act: Act, attempts: int, answer: str) -> str:
    """The record of what was tried before, the newest last."""
    lines = answer.splitlines()
    earlier = [line for line in lines if line.startswith(mailbag.EARLIER)]
    last = "；".join(line for line in lines if not line.startswith(mailbag.EARLIER))
    said = f"{mailbag.EARLIER}投递{attempts}次未送达，{shown_instant(act.now)} {act.actor.name}重新发送）：{last}"
    return "\n".join([*earlier, said])[-_LONGEST:]


def _numbers(act: Act, numbers: Sequence[int]) -> list[int]:
    query = select(_message.c.id).where(_message.c.id.in_(numbers), _message.c.status == _FAILED)
    return list(act.session.execute(query).scalars())


def _parts(numbers: Sequence[int]) -> list[Sequence[int]]:
    return [numbers[start : start + _PART] for start in range(0, len(numbers), _PART)]

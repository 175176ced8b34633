"""How each channel does: its last success and its last failure, and what waits for it.

The notifier notes the outcomes batch by batch; pages and the doctor read them. A channel is named as messages name
it (``mail``, ``wecom``), an address of the office's group by its place in the settings (``office-1``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select, text
from sqlmodel import Session, col

from workflow.acts import Act
from workflow.tables import Message, Meta

_message = Message.__table__  # type: ignore[attr-defined]

_PREFIX = "channel:"
_UNSENT = ("queued", "gathering", "sending", "held")
# Written out, so that the index of what is not sent serves.
_UNSETTLED = text("message.status <> 'sent'")
_LONGEST = 2000


@dataclass(frozen=True)
class Note:
    """What the other side said last, and when by the store's clock."""

    at: datetime
    answer: str


@dataclass(frozen=True)
class Notes:
    """The last success and the last failure of one channel."""

    success: Note | None = None
    failure: Note | None = None


@dataclass(frozen=True)
class Tally:
    """Messages of one channel that are not settled; ``oldest`` is since when the first could have gone."""

    queued: int = 0
    held: int = 0
    failed: int = 0
    oldest: datetime | None = None


def office_name(place: int) -> str:
    """The name of one address of the office's group, counted from 1."""
    return f"office-{place}"


def write(session: Session, outcomes: Mapping[tuple[str, bool], str], at: datetime) -> None:
    """Note the answers of a batch by channel and by whether the message was delivered."""
    for (channel, delivered), answer in outcomes.items():
        value = json.dumps([at.isoformat(), answer[:_LONGEST]], ensure_ascii=False)
        session.merge(Meta(key=f"{_PREFIX}{channel}:{_outcome(delivered)}", value=value))


def read(session: Session) -> dict[str, Notes]:
    """The notes of every channel that was ever used."""
    rows = session.execute(select(col(Meta.key), col(Meta.value)).where(col(Meta.key).startswith(_PREFIX)))
    values = {row.key.removeprefix(_PREFIX): row.value for row in rows}
    names = sorted({key.rpartition(":")[0] for key in values})
    return {name: Notes(*(_note(values.get(f"{name}:{_outcome(good)}")) for good in (True, False))) for name in names}


def tallies(act: Act) -> dict[str, Tally]:
    """What is not settled, by channel; under an empty name what has no channel yet."""
    waits = _message.c.status.in_(_UNSENT) & (_message.c.not_before <= act.now)
    counts = {
        "queued": _counted(_message.c.status.in_(("queued", "gathering", "sending"))),
        "held": _counted(_message.c.status == "held"),
        "failed": _counted(_message.c.status == "failed"),
    }
    oldest = func.min(case((waits, _message.c.not_before))).label("oldest")
    open_ = _UNSETTLED & _message.c.status.in_((*_UNSENT, "failed"))
    query = select(_message.c.channel, *(one.label(name) for name, one in counts.items()), oldest)
    rows = act.session.execute(query.where(open_).group_by(_message.c.channel))
    return {row.channel or "": Tally(row.queued, row.held, row.failed, row.oldest) for row in rows}


def _counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _outcome(delivered: bool) -> str:
    return "sent" if delivered else "failed"


def _note(value: str | None) -> Note | None:
    if value is None:
        return None
    at, answer = json.loads(value)
    return Note(datetime.fromisoformat(at), answer)

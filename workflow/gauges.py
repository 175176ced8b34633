"""What an operator watches beyond states and statuses: who is late, what waits to be signed or sent, what was tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select, text
from sqlmodel import Session

from workflow import channel_notes
from workflow.acts import Act
from workflow.channel_notes import Tally
from workflow.tables import Attempt, Message, SignOff, Submission

#: How long requests have been open, the youngest first; the last is without end.
AGES: tuple[tuple[str, timedelta | None], ...] = (
    ("under-1d", timedelta(days=1)),
    ("1d-3d", timedelta(days=3)),
    ("3d-7d", timedelta(days=7)),
    ("over-7d", None),
)
#: Attempts are counted over so long.
LATELY = timedelta(hours=1)

_attempt = Attempt.__table__  # type: ignore[attr-defined]
_message = Message.__table__  # type: ignore[attr-defined]
_request = SignOff.__table__  # type: ignore[attr-defined]
_submission = Submission.__table__  # type: ignore[attr-defined]

# Conditions of partial indexes, written out so that these serve.
_LATE = text("submission.state = 'overdue'")
_UNSETTLED = text("message.status <> 'sent'")
_OPEN = text("sign_off.decision IS NULL AND sign_off.closed_at IS NULL")


@dataclass(frozen=True)
class Gauges:
    """Overdue submissions by whose move it is, open requests by age, queues by channel, attempts of the last hour."""

    overdue: Mapping[str, int]
    requests: Mapping[str, int]
    queues: Mapping[str, Tally]
    attempts: Mapping[tuple[str, str], int]


def read(act: Act, *, wall: datetime) -> Gauges:
    """Everything at the store's ``act.now``; attempts by the machine's clock ``wall``, which they are dated by."""
    session = act.session
    late = select(_submission.c.waiting_on.label("name"), func.count().label("number"))
    late = late.where(_LATE).group_by(_submission.c.waiting_on)
    return Gauges(
        overdue={row.name: row.number for row in session.execute(late)},
        requests=_requests(session, act.now),
        queues=channel_notes.tallies(act),
        attempts=_attempts(session, wall - LATELY),
    )


def states(session: Session) -> dict[str, int]:
    """Submissions by state: programme by programme, as one index has them in order."""
    order = (_submission.c.programme_id, _submission.c.state)
    found: dict[str, int] = {}
    for row in session.execute(select(*order, func.count().label("number")).group_by(*order)):
        found[row.state] = found.get(row.state, 0) + row.number
    return found


def statuses(session: Session) -> dict[str, int]:
    """Messages by status as stored; what is sent is what the index of the others does not hold."""
    counted = select(_message.c.status, func.count().label("number")).where(_UNSETTLED).group_by(_message.c.status)
    found = {row.status: row.number for row in session.execute(counted)}
    every: int = session.execute(select(func.count()).select_from(_message)).scalar_one()
    return {**found, "sent": every - sum(found.values())}


def _requests(session: Session, now: datetime) -> dict[str, int]:
    age = case(*((_request.c.asked_at > now - most, name) for name, most in AGES if most), else_=AGES[-1][0])
    counted = select(age.label("age"), func.count().label("number")).where(_OPEN).group_by(age)
    found = {row.age: row.number for row in session.execute(counted)}
    return {name: found.get(name, 0) for name, _ in AGES}


def _attempts(session: Session, since: datetime) -> dict[tuple[str, str], int]:
    """By channel and outcome; under no outcome stands what is under way, or ended with its process."""
    outcome: ColumnElement[str] = func.coalesce(func.nullif(_attempt.c.outcome, ""), "open")
    counted = select(_attempt.c.channel, outcome.label("outcome"), func.count().label("number"))
    # By name, so that the index of a channel's latest attempts serves; under no channel: nothing reaches the person.
    lately = _attempt.c.channel.in_([*channel_notes.read(session), ""]) & (_attempt.c.begun_at >= since)
    rows = session.execute(counted.where(lately).group_by(_attempt.c.channel, outcome))
    return {(row.channel or "none", row.outcome): row.number for row in rows}

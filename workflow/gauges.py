"""What an operator watches beyond states and statuses: who is late, what waits to be signed or sent, what was tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session

from workflow import channel_notes
from workflow.acts import Act
from workflow.channel_notes import Tally
from workflow.tables import Attempt, SignOff, Submission

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
_request = SignOff.__table__  # type: ignore[attr-defined]
_submission = Submission.__table__  # type: ignore[attr-defined]


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
    late = late.where(_submission.c.state == "overdue").group_by(_submission.c.waiting_on)
    return Gauges(
        overdue={row.name: row.number for row in session.execute(late)},
        requests=_requests(session, act.now),
        queues=channel_notes.tallies(act),
        attempts=_attempts(session, wall - LATELY),
    )


def _requests(session: Session, now: datetime) -> dict[str, int]:
    age = case(*((_request.c.asked_at > now - most, name) for name, most in AGES if most), else_=AGES[-1][0])
    open_ = _request.c.decision.is_(None) & _request.c.closed_at.is_(None)
    counted = select(age.label("age"), func.count().label("number")).where(open_).group_by(age)
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

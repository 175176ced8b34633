"""Rungs already past when an occurrence opens: one notice per person instead of each on its own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from workflow import rungs, schedules
from workflow.acts import Act
from workflow.notices import Envelope
from workflow.tables import RungRow


def collapse(act: Act, deadlines: Sequence[int], occasion: str) -> None:
    """Fire what is past for these deadlines as one notice per person, queued at once."""
    past = (
        select(RungRow)
        .where(col(RungRow.deadline_id).in_(deadlines), RungRow.fires_at <= act.now, col(RungRow.fired_at).is_(None))
        .order_by(col(RungRow.fires_at), col(RungRow.id))
    )
    for row in list(act.session.exec(past)):
        fired = rungs.firing(act, row)
        envelope = Envelope("notice", fired.deadline.programme_id, occasion, act.now)
        after: int | None = 0
        while after is not None:
            after = rungs.fire_chunk(act, fired, envelope, after=after, states=("draft",))
        row.batch, row.fired_at = schedules.BEFORE_ITS_TIME, act.now
    act.session.flush()

"""The dates that lie ahead in a letter, as calendar entries for a mail to carry (RFC 5545). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from notifier.matters import Matter
from workflow.feeds import Event, calendar

#: Reasons that tell of a date to come.
AHEAD = ("reminder", "notice", "opened", "extended", "amended")


def calendar_of(programme: str, matters: Sequence[Matter], stamp: datetime | None) -> str:
    """One all-day entry for each submission whose date is told; empty where there is none.

    Each keeps its identity over all letters, and that of the calendar feed: a date that moved replaces the old one.
    """
    ahead = {matter.uid: matter for matter in matters if matter.uid and matter.reason in AHEAD}
    if not ahead:
        return ""
    return calendar("", [_event(programme, matter) for matter in ahead.values()], stamp=stamp)


def _event(programme: str, matter: Matter) -> Event:
    lines = [matter.programme or programme, matter.unit, f"截止：{matter.due}", matter.duty]
    return Event(
        uid=matter.uid, day=matter.due_date, summary=f"截止：{matter.obligation}",
        description="\n".join(line for line in lines if line), sequence=matter.version,
    )  # fmt: skip

"""How long each reason to write may wait: a table, and the instant it comes to. Pure.

Decision record 0005 says why. Only the sending waits: a deadline, a state and a history entry never do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from workflow.calendars import Calendar
from workflow.deadlines import MORNING
from workflow.hours import Hours
from workflow.moments import SHANGHAI

#: ``never`` goes at any hour; ``awake`` waits for the end of the quiet hours; ``day`` for the message of the day they
#: end on; ``workday`` for that of the next working day where it is none; ``digest`` always for the next working day's.
Wait = Literal["never", "awake", "day", "workday", "digest"]

#: What is past when a programme starts is told with its start.
LAUNCHED = "launched"

#: Reason → how long it may wait.
WAITS: dict[str, Wait] = {
    "urge": "never",
    "code": "never",
    "decided": "never",
    "disputed": "never",
    LAUNCHED: "awake",
    "request": "awake",
    "returned": "awake",
    "overdue": "awake",
    "escalation": "awake",
    "unacknowledged": "awake",
    "handed-over": "awake",
    "extension-asked": "awake",
    "extension-declined": "awake",
    "restored": "awake",
    "reminder": "workday",
    "notice": "workday",
    "chase": "workday",
    "opened": "workday",
    "extended": "workday",
    "exempted": "workday",
    "amended": "workday",
    "filed": "digest",
    "received": "digest",
    "accepted": "digest",
}


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One submission that somebody is to be told of.

    ``ready`` is when it might go; ``stated`` is the time of day that its rung's author wrote, None where there is
    none; ``by_rung`` says that a rung speaks; ``ends`` are the deadlines that make it pointless or harder.
    """

    reason: str
    ready: datetime
    ends: tuple[datetime, ...] = ()
    by_rung: bool = False
    stated: time | None = None


def until(matter: Matter, now: datetime, hours: Hours, calendar: Calendar) -> datetime:
    """When it goes, in UTC; ``now`` at the latest where waiting would take it past a deadline."""
    wait = _wait(matter, hours)
    if wait == "never":
        return now
    ends = [end for end in matter.ends if end > now]
    for instant in (_whole(wait, matter, now, hours, calendar), hours.awake(now)):
        if instant > now and all(instant < end for end in ends):
            return instant
    return now


def may_wait(reasons: Iterable[str], now: datetime, hours: Hours, calendar: Calendar) -> bool:
    """Whether any of these reasons could wait at this instant; spares a look at rungs and ladders."""
    local = now.astimezone(SHANGHAI)
    if hours.is_quiet(local.time()) or not calendar.is_working(local.date()) or hours.digest_at > MORNING:
        return True
    return any(WAITS.get(reason) == "digest" for reason in reasons)


def _wait(matter: Matter, hours: Hours) -> Wait:
    wait = WAITS.get(matter.reason, "awake")
    if matter.stated is None or not matter.by_rung:
        return wait
    # Whoever wrote a time into a ladder meant it: on that day, and in quiet hours too where it lies in them.
    if hours.is_quiet(matter.stated):
        return "never"
    return "day" if wait == "workday" else wait


def _whole(wait: Wait, matter: Matter, now: datetime, hours: Hours, calendar: Calendar) -> datetime:
    awake = hours.awake(now)
    if wait == "digest":
        # From when it was ready: the message of an hour ago, missed while the service was down, goes now.
        first = hours.digest(matter.ready, calendar)
        return first if first > now else _on_working_day(awake, hours, calendar)
    if wait == "awake":
        return awake
    morning = _after_the_night(awake, now, hours)
    return morning if wait == "day" else max(_on_working_day(morning, hours, calendar), _usual(matter, hours))


def _on_working_day(at: datetime, hours: Hours, calendar: Calendar) -> datetime:
    day = at.astimezone(SHANGHAI).date()
    return at if calendar.is_working(day) else hours.on(calendar.shift(day, 1))


def _after_the_night(awake: datetime, now: datetime, hours: Hours) -> datetime:
    """What came in quiet hours goes with the message of the day they end on, so that nobody is reminded twice."""
    return max(awake, hours.on(awake.astimezone(SHANGHAI).date())) if awake > now else awake


def _usual(matter: Matter, hours: Hours) -> datetime:
    """A rung without a time of its own fires in the morning, and goes with the message of that day."""
    if not matter.by_rung:
        return matter.ready
    return max(matter.ready, hours.on(matter.ready.astimezone(SHANGHAI).date()))

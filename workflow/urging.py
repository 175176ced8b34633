"""How often people are urged: once a day, and not before four working hours have gone by since the last time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import select

from workflow.acts import Act
from workflow.audience import Recipient
from workflow.calendars import Calendar
from workflow.moments import SHANGHAI
from workflow.refusals import AlreadyUrged
from workflow.tables import History, MessageItem, Submission

#: How long people have to act on an urge.
REST = timedelta(hours=4)
#: What counts as working hours of a working day.
BEGIN, END = time(9, 0), time(17, 0)

_item = MessageItem.__table__  # type: ignore[attr-defined]
_history = History.__table__  # type: ignore[attr-defined]


def again(urged: datetime, *, due_at: datetime, calendar: Calendar) -> datetime:
    """When somebody may be urged again, in Asia/Shanghai: the next day at the earliest, for nobody hears twice a day.

    A deadline that would pass meanwhile is not waited for: then it is the next day.
    """
    local = urged.astimezone(SHANGHAI)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(0, 0), SHANGHAI)
    rested = max(tomorrow, _after_work(local, calendar))
    return rested if due_at <= urged or rested < due_at else tomorrow


def rested(act: Act, row: Submission, people: Sequence[Recipient]) -> list[Recipient]:
    """Those of these people who may be urged; raises AlreadyUrged, telling when, where it is none."""
    last, calendar = _last(act, row), act.calendar()
    when = {person: again(at, due_at=row.due_at, calendar=calendar) for person, at in last.items()}
    found = [one for one in people if one.person not in when or when[one.person] <= act.now]
    if not found:
        latest = max(last[one.person] for one in people).astimezone(SHANGHAI)
        day = "今天" if latest.date() == act.today else f"{latest.month}月{latest.day}日"
        raise AlreadyUrged(day=day, when=_written(min(when[one.person] for one in people)))
    return found


def _after_work(at: datetime, calendar: Calendar) -> datetime:
    left, day = REST, at.date()
    while True:
        if calendar.is_working(day):
            begin = max(at, datetime.combine(day, BEGIN, SHANGHAI))
            room = datetime.combine(day, END, SHANGHAI) - begin
            if left <= room:
                return begin + left
            left -= max(room, timedelta(0))
        day = calendar.shift(day, 1)


def _last(act: Act, row: Submission) -> dict[str, datetime]:
    """When each person was last urged about a submission."""
    moves = select(_history.c.seq, _history.c.at).where(_history.c.submission_id == row.id, _history.c.event == "urge")
    at = {move.seq: move.at for move in act.session.execute(moves)}
    said = select(_item.c.person, _item.c.rung).where(_item.c.submission_id == row.id, _item.c.reason == "urge")
    found: dict[str, datetime] = {}
    for item in act.session.execute(said):
        # Named for the number of entries before the urge's own.
        urged = at.get(int(item.rung.partition(":")[2]) + 1)
        if urged is not None:
            found[item.person] = max(urged, found.get(item.person, urged))
    return found


def _written(at: datetime) -> str:
    return f"{at.month}月{at.day}日{at:%H:%M}"

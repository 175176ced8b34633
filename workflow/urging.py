"""Urging by hand (催办): whom, and how often – once a day, and not before four working hours have gone by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from workflow import asking, ledger, notices, openings
from workflow.acts import Act
from workflow.audience import Audience, Recipient
from workflow.beginnings import begin, decided, entry
from workflow.calendars import Calendar
from workflow.moments import SHANGHAI
from workflow.refusals import AlreadyUrged, NobodyToUrge
from workflow.tables import History, MessageItem, Submission

#: How long people have to act on an urge.
REST = timedelta(hours=4)
#: What counts as working hours of a working day.
BEGIN, END = time(9, 0), time(17, 0)

_item = MessageItem.__table__  # type: ignore[attr-defined]
_history = History.__table__  # type: ignore[attr-defined]
_NOTHING_MORE: Mapping[str, Any] = MappingProxyType({})

#: When each person was last urged about a submission.
Urged = Mapping[str, datetime]


def urge(
    act: Act,
    submission_id: int,
    *,
    comment: str = "",
    at_once: bool = True,
    more: Mapping[str, Any] = _NOTHING_MORE,
) -> Submission:
    """Remind by hand whoever the submission is stuck with; raises AlreadyUrged, telling when it may be done again.

    Not ``at_once``, it waits some minutes for others to the same people. ``more`` goes into the history's facts.
    """
    row, obligation = begin(act, submission_id, "urge")
    decision = decided(act, row, obligation, "urge")
    stuck = stuck_with(act, row)
    heard = rested(act, row, stuck, last_urged(act, [submission_id]).get(submission_id, {}))
    topics = [notices.Topic(one, submission_id, "urge", f"urge:{row.history_seq}") for one in heard]
    notices.gather(act, "urge", row, topics, at_once=at_once)
    facts = {"to": [asking.named(one.post_title, one.name) for one in heard], **more}
    ledger.record(
        act.session,
        row,
        decision,
        entry(act, "urge", comment, **facts),
        last_alert_at=act.now,
        last_rung="urge",
    )
    return row


def stuck_with(act: Act, row: Submission) -> tuple[Recipient, ...]:
    """Who exactly must move next: the unit's posts, or the approvers who have not decided, with their delegates."""
    if row.waiting_on == "approver":
        return tuple(asking.signers(act, [row.id or 0]).get(row.id or 0, ()))
    return staff_of(act.audience(row.programme_id), row)


def staff_of(audience: Audience, row: Submission) -> tuple[Recipient, ...]:
    """Who of the unit or the office must move next; nobody while approvers must."""
    if row.waiting_on == "office":
        return audience.holders("office", row.unit)
    return audience.owners(openings.concern(row)) if row.waiting_on == "unit" else ()


def again(urged: datetime, *, due_at: datetime, calendar: Calendar) -> datetime:
    """When somebody may be urged again, in Asia/Shanghai: the next day at the earliest, for nobody hears twice a day.

    A deadline that would pass meanwhile is not waited for: then it is the next day.
    """
    local = urged.astimezone(SHANGHAI)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(0, 0), SHANGHAI)
    rested = max(tomorrow, _after_work(local, calendar))
    return rested if due_at <= urged or rested < due_at else tomorrow


def rested(act: Act, row: Submission, people: Sequence[Recipient], last: Urged) -> list[Recipient]:
    """Those of these people who may be urged; raises NobodyToUrge, and AlreadyUrged, telling when, where it is none."""
    if not people:
        raise NobodyToUrge
    calendar = act.calendar()
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


def last_urged(act: Act, submission_ids: Sequence[int]) -> dict[int, dict[str, datetime]]:
    """When each person was last urged, by submission; an urge that was taken back in time does not count."""
    found: dict[int, dict[str, datetime]] = {}
    for part in _parts(submission_ids):
        moves = select(_history.c.submission_id, _history.c.seq, _history.c.at).where(
            _history.c.submission_id.in_(part), _history.c.event == "urge"
        )
        at = {(move.submission_id, move.seq): move.at for move in act.session.execute(moves)}
        said = select(_item.c.submission_id, _item.c.person, _item.c.rung).where(
            _item.c.submission_id.in_(part), _item.c.reason == "urge"
        )
        for item in act.session.execute(said) if at else ():
            # Named for the number of entries before the urge's own.
            urged = at.get((item.submission_id, int(item.rung.partition(":")[2]) + 1))
            if urged is not None:
                people = found.setdefault(item.submission_id, {})
                people[item.person] = max(urged, people.get(item.person, urged))
    return found


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + 500] for start in range(0, len(ids), 500))


def _written(at: datetime) -> str:
    return f"{at.month}月{at.day}日{at:%H:%M}"

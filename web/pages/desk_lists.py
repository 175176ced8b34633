"""The page of the sign-off desk: queues, delegations, absences, and the forms beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import Request

from web.contexts.approvals import (
    AbsenceLine,
    ApprovalsPage,
    Ask,
    DelegationLine,
    Holder,
    Queue,
    Span,
    Standing,
    Stranded,
    UncoveredLine,
    WaitingLine,
)
from web.pages import desk_forms, people
from web.pages.desk_forms import HERE, Sent
from web.pages.frame import House, frame, occurrence_of
from web.pages.people import People
from workflow import absences, approvers, delegations, queues, stranded
from workflow.absences import Uncovered
from workflow.acts import Act
from workflow.approvers import Load
from workflow.asking import named
from workflow.moments import SHANGHAI
from workflow.queues import Waiting

#: Beyond so many waiting requests only the queue that was asked for is listed.
MOST_LISTED = 200
#: So many that have ended are shown of delegations, and of absences.
MOST_ENDED = 50

Line = TypeVar("Line", DelegationLine, AbsenceLine)


def page(house: House, request: Request, act: Act, sent: Sent, *, chosen: str = "") -> ApprovalsPage:
    """The page; ``sent`` is a form that was refused or filled in beforehand, ``chosen`` whose queue is open."""
    loads, everybody = approvers.load(act), people.everybody(act)
    total = sum(load.waiting for load in loads)
    listed = queues.waiting(act, None if total <= MOST_LISTED else [chosen])
    made = ApprovalsPage(
        frame=frame(house, request, act, "approvals", here=HERE),
        as_of=act.now,
        total=total,
        most=max((load.waiting for load in loads), default=1),
        queues=tuple(_queue(act, place, load, listed, sent, chosen) for place, load in enumerate(loads, start=1)),
        uncovered=tuple(_uncovered(one, everybody) for one in absences.uncovered(act)),
        stranded=_stranded(act, sent),
        delegations=_recent([_delegation(one, sent) for one in delegations.listed(act)]),
        grant=desk_forms.grant(sent, act.today),
        absences=_recent([_absence(act, one, sent) for one in absences.listed(act)]),
        note=desk_forms.note(sent, act.today),
        people=everybody.offered,
    )
    return replace(made, refused=next((form for form in _forms(made) if form.error or form.faults), None))


def _forms(made: ApprovalsPage) -> Iterator[Ask]:
    yield from (made.grant, made.note)
    yield from (queue.reassign for queue in made.queues)
    yield from (made.stranded.reassign,) if made.stranded else ()
    yield from (line.withdraw for line in made.delegations if line.withdraw)
    yield from (line.withdraw for line in made.absences if line.withdraw)


def _recent(lines: Sequence[Line]) -> tuple[Line, ...]:
    """All that count or will, and the newest of those that have ended."""
    ended = tuple(line for line in lines if line.withdraw is None)[:MOST_ENDED]
    return tuple(line for line in lines if line.withdraw is not None) + ended


def _queue(act: Act, place: int, load: Load, listed: Sequence[Waiting], sent: Sent, chosen: str) -> Queue:
    form = desk_forms.reassign(sent, f"queue-{place}-form", named(load.post, load.name), load.person)
    ticked = sent.ticked if form.error or form.faults else frozenset()
    return Queue(
        anchor=f"queue-{place}",
        holder=Holder(load.post, load.name),
        waiting=load.waiting,
        overdue=load.overdue,
        oldest=load.oldest,
        days=(act.today - load.oldest.astimezone(SHANGHAI).date()).days,
        reassign=form,
        mobile=load.mobile,
        delegates=load.delegates,
        away_until=load.absent_until,
        lines=tuple(_line(one, ticked) for one in listed if one.person == load.person),
        href=f"{HERE}?{urlencode({'person': load.person})}#queue-{place}",
        opened=load.person == chosen,
    )


def _line(one: Waiting, ticked: Collection[int], why: str = "") -> WaitingLine:
    return WaitingLine(
        id=one.sign_off_id,
        href=f"/submissions/{one.submission_id}",
        unit=one.unit.name,
        title=title_of(one),
        asked_at=one.asked_at,
        due_date=one.due_date,
        days_late=one.days_late,
        chosen=one.sign_off_id in ticked,
        why=why,
    )


def title_of(one: Waiting) -> str:
    """What is asked, with what tells it from others of its obligation."""
    occurrence = occurrence_of(one.occurrence, one.programme)
    return f"{one.obligation_title}{f'：{one.heading}' if one.heading else ''}{f' {occurrence}' if occurrence else ''}"


def _stranded(act: Act, sent: Sent) -> Stranded | None:
    """What nobody can take over: the office picks somebody, or completes the roster."""
    found = stranded.found(act)
    if not found:
        return None
    form = desk_forms.reassign(sent, "stranded-form", "无人承接")
    ticked = sent.ticked if form.error or form.faults else frozenset()
    lines = (_line(one, ticked, found[one.sign_off_id]) for one in queues.waiting(act, only=found))
    return Stranded(tuple(lines), form)


def _uncovered(one: Uncovered, everybody: People) -> UncoveredLine:
    first, last = one.spans[0][0], one.spans[-1][1]
    filled = {"principal": everybody.label(one.person), "since": first.isoformat(), "until": last.isoformat()}
    return UncoveredLine(
        holder=Holder("、".join(one.posts), one.name),
        since=one.absence.since,
        until=one.absence.until,
        spans=tuple(Span(since, until) for since, until in one.spans),
        waiting=one.waiting,
        deadlines=one.due,
        grant_href=f"{HERE}?{urlencode(filled)}#grant",
    )


def _delegation(one: delegations.DelegationLine, sent: Sent) -> DelegationLine:
    open_ = one.state in ("upcoming", "active")
    return DelegationLine(
        principal=Holder(one.principal.post, one.principal.name),
        delegate=Holder(one.delegate.post, one.delegate.name),
        since=one.since,
        until=one.until,
        comment=one.comment,
        standing=one.state,
        by=one.created_by,
        at=one.created_at,
        withdraw=desk_forms.withdraw_delegation(sent, one.id) if open_ else None,
        withdrawal=one.withdrawal,
    )


def _absence(act: Act, one: absences.AbsenceLine, sent: Sent) -> AbsenceLine:
    open_: Standing = "upcoming" if one.since > act.today else "active"
    closed: Standing = "withdrawn" if one.withdrawn_at else "over"
    return AbsenceLine(
        holder=Holder(one.person.post, one.person.name),
        since=one.since,
        until=one.until,
        comment=one.comment,
        standing=closed if one.over else open_,
        by=one.created_by,
        at=one.created_at,
        withdraw=desk_forms.withdraw_absence(sent, one.id) if not one.over else None,
    )

"""延期申请: a unit asks for a later day, the office grants or declines.

Asking moves nothing: the deadline stands until the office grants, and the first date stays on record for scoring.
How a request ends otherwise is in ``workflow.extension_answers``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from workflow import catalogue, cursors, extension_answers, ledger, notices, relief, sight
from workflow.acts import Act
from workflow.beginnings import begin, entry, need_comment, standing_still
from workflow.desks import UnitName
from workflow.extension_answers import ANSWERS
from workflow.lifecycle import moves_open
from workflow.permissions import OFFICE, check
from workflow.refusals import ContentUnreadable, Forbidden, NotAllowedNow, NotFound, QueryRefused
from workflow.signing import tell_unit
from workflow.tables import ExtensionRequest, Submission, Unit

_r = ExtensionRequest.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]

ASKED, DECLINED, WITHDRAWN = "extension-asked", "extension-declined", "extension-withdrawn"
#: What a list may be asked for, beside the answers.
WAITING = "waiting"
#: A reason is repeated in the comment of the extension, with some words before it.
LONGEST_REASON = 1000
_NEWEST_FIRST = "-id"


class AlreadyAsked(NotAllowedNow):
    """该事项已有一份延期申请（申请延至{until}）等候答复，撤回后才能重新申请。"""


@dataclass(frozen=True)
class Line:
    """One request with what it is about; ``answer`` is empty while it waits.

    ``due_date`` is the date as it is now, ``first_due`` the one before any extension. ``heading`` tells the
    submission from others of its obligation.
    """

    id: int
    submission_id: int
    programme: str
    programme_title: str
    unit: UnitName
    obligation: str
    obligation_title: str
    occurrence: str
    heading: str
    state: str
    due_date: date
    first_due: date
    until: date
    reason: str
    asked_at: datetime
    asked_by: str
    answer: str
    granted_until: date | None
    answered_at: datetime | None
    answered_by: str
    comment: str


@dataclass(frozen=True)
class Page:
    """One page of requests, the newest first; ``total`` covers the whole list as filtered."""

    items: tuple[Line, ...]
    total: int
    next: str | None


def ask(act: Act, submission_id: int, *, until: date, reason: str) -> ExtensionRequest:
    """The unit asks for a later day; the office hears of it. One request waits at a time.

    Raises NotFound, Forbidden, NotAllowedNow, AlreadyAsked, DateRefused, CommentMissing.
    """
    row, obligation = begin(act, submission_id, ASKED)
    if act.actor.role in OFFICE:
        raise Forbidden(move="申请延期")
    machine = act.lifecycle(row.programme_id, row.obligation)
    if "extend" not in moves_open(machine, row.standing):
        raise NotAllowedNow(standing=machine.standing(row.standing).title, move="申请延期")
    need_comment(reason, "申请延期的理由")
    if len(reason.strip()) > LONGEST_REASON:
        said = f"理由最多{LONGEST_REASON}字"
        raise ContentUnreadable(summary=said, errors={"reason": said})
    relief.later(act, row, obligation, until)
    waits = extension_answers.unanswered(act, submission_id)
    if waits is not None:
        raise AlreadyAsked(until=waits.until.isoformat(), standing="", move="")
    said_so = entry(act, ASKED, reason, until=until.isoformat())
    # Compare-and-set first: of two who ask at once one is told so, instead of meeting the other's row.
    ledger.record(act.session, row, standing_still(act, row, ASKED), said_so)
    asked = ExtensionRequest(
        submission_id=submission_id, asked_at=act.now, asked_by=act.actor.name, until=until, reason=said_so.comment
    )
    act.session.add(asked)
    act.session.flush()
    _tell_office(act, row, asked)
    return asked


def withdraw(act: Act, request_id: int) -> ExtensionRequest:
    """The unit takes its request back before it is answered; what the office has not been sent yet is not sent."""
    request, row = _of(act, request_id)
    check(act, row, ASKED)
    if act.actor.role in OFFICE:
        raise Forbidden(move="撤回延期申请")
    _still_waits(request)
    ledger.record(
        act.session, row, standing_still(act, row, WITHDRAWN), entry(act, WITHDRAWN, request=request.id)
    )  # fmt: skip
    extension_answers.settle(act, request, "withdrawn")
    return request


def grant(act: Act, request_id: int, *, until: date | None = None, comment: str = "") -> ExtensionRequest:
    """The office extends as asked, or to another day; the request is answered by that act. The unit is told.

    Raises NotFound, Forbidden, AlreadyAnswered, NotAllowedNow, DateRefused.
    """
    request, row = _of(act, request_id)
    check(act, row, "extend")
    _still_waits(request)
    relief.extend(
        act, request.submission_id, until=until or request.until,
        comment=comment if comment.strip() else f"同意单位申请：{request.reason}",
    )  # fmt: skip
    act.session.refresh(request)
    if request.answer != "granted":
        # Withdrawn while this act was on its way: an extension that nobody asks for any more is not given.
        raise extension_answers.refused(request)
    return request


def decline(act: Act, request_id: int, *, comment: str) -> ExtensionRequest:
    """The office does not grant, with a reason; the deadline stands and the unit is told."""
    request, row = _of(act, request_id)
    check(act, row, "extend")
    _still_waits(request)
    need_comment(comment, "不同意延期的理由")
    said = entry(act, DECLINED, comment, request=request.id, until=request.until.isoformat())
    ledger.record(act.session, row, standing_still(act, row, DECLINED), said)
    extension_answers.settle(act, request, "declined", comment=said.comment)
    tell_unit(act, row, f"{DECLINED}:{request.id}", at_once=True)
    return request


def waiting(act: Act, *, limit: int = 50) -> tuple[Line, ...]:
    """What the office has not answered yet, the nearest deadline first."""
    query = _query(act, WAITING, None, None).order_by(_s.c.due_at, _r.c.id).limit(limit)
    return _lines(act, act.session.execute(query).all())


def count_waiting(act: Act) -> int:
    """How many requests in sight wait for an answer."""
    joined = select(func.count()).select_from(_r.join(_s, _s.c.id == _r.c.submission_id))
    found: int = act.session.execute(joined.where(_r.c.answered_at.is_(None), *sight.limits(act))).scalar_one()
    return found


def of_submission(act: Act, submission_id: int) -> tuple[Line, ...]:
    """Every request of one submission, the newest first."""
    query = _query(act, None, None, None).where(_r.c.submission_id == submission_id)
    return _lines(act, act.session.execute(query.order_by(_r.c.id.desc())).all())


def one(act: Act, request_id: int) -> Line:
    """One request; raises NotFound, also for another unit's."""
    found = _lines(act, act.session.execute(_query(act, None, None, None).where(_r.c.id == request_id)).all())
    if not found:
        raise NotFound
    return found[0]


def listing(
    act: Act,
    *,
    programme: str | None = None,
    unit: str | None = None,
    answer: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """One page of requests; ``unit`` is a code or a part of a name. Raises QueryRefused."""
    query, size = _query(act, answer, programme, unit), cursors.page_size(limit)
    behind = [] if cursor is None else [_r.c.id < cursors.read(cursor, _NEWEST_FIRST, int)[0]]
    rows = act.session.execute(query.where(*behind).order_by(_r.c.id.desc()).limit(size + 1)).all()
    total = act.session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    after = cursors.written(_NEWEST_FIRST, rows[size - 1].id) if len(rows) > size else None
    return Page(_lines(act, rows[:size]), total, after)


def _of(act: Act, request_id: int) -> tuple[ExtensionRequest, Submission]:
    request = act.session.get(ExtensionRequest, request_id, populate_existing=True)
    if request is None:
        raise NotFound
    return request, ledger.load(act.session, request.submission_id)


def _still_waits(request: ExtensionRequest) -> None:
    if request.answered_at is not None:
        raise extension_answers.refused(request)


def _tell_office(act: Act, row: Submission, asked: ExtensionRequest) -> None:
    reason = f"{ASKED}:{asked.id}"
    office = act.audience(row.programme_id).holders("office", row.unit)
    topics = [notices.Topic(one, row.id or 0, reason, reason) for one in office]
    notices.gather(act, "notice", row, topics)


def _query(act: Act, answer: str | None, programme: str | None, unit: str | None) -> Any:
    wanted: list[ColumnElement[bool]] = sight.limits(act)
    if answer == WAITING:
        wanted.append(_r.c.answered_at.is_(None))
    elif answer is not None:
        if answer not in ANSWERS:
            raise QueryRefused(reason=f"答复（answer）只能是：{'、'.join((WAITING, *ANSWERS))}")
        wanted.append(_r.c.answer == answer)
    if programme is not None:
        wanted.append(_s.c.programme_id == catalogue.id_of(act, programme))
    if unit is not None:
        wanted.append(sight.unit_like(unit))
    of_submission = (
        "programme_id", "unit", "obligation", "occurrence", "heading", "state", "due_date", "extended_from"
    )  # fmt: skip
    joined = _r.join(_s, _s.c.id == _r.c.submission_id).join(_u, _u.c.code == _s.c.unit)
    columns = (*_r.c, *(_s.c[name] for name in of_submission), _u.c.name, _u.c.category)
    return select(*columns).select_from(joined).where(*wanted)


def _lines(act: Act, rows: Any) -> tuple[Line, ...]:
    listed = catalogue.by_id(act, {row.programme_id for row in rows})
    return tuple(_line(row, listed[row.programme_id]) for row in rows)


def _line(row: Row[Any], listed: catalogue.Listed) -> Line:
    return Line(
        id=row.id, submission_id=row.submission_id, programme=listed.key, programme_title=listed.title,
        unit=UnitName(row.unit, row.name, row.category), obligation=row.obligation,
        obligation_title=listed.obligation(row.obligation).title, occurrence=row.occurrence, heading=row.heading,
        state=row.state, due_date=row.due_date, first_due=row.extended_from or row.due_date, until=row.until,
        reason=row.reason, asked_at=row.asked_at, asked_by=row.asked_by, answer=row.answer,
        granted_until=row.granted_until, answered_at=row.answered_at, answered_by=row.answered_by,
        comment=row.comment,
    )  # fmt: skip

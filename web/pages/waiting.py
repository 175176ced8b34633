"""Everything that waits for one approver, and how long a request's own link leads there."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, func, select

from web.contexts.signing import DecidedItem, SignAllPage, SignedDecision, WaitingItem
from workflow import deadlines, signing
from workflow.acts import Act
from workflow.refusals import LinkUnknown
from workflow.tables import SignOff, Submission

#: How long after its decision a request's link still leads to what else waits for the same person.
LIST_OPEN = timedelta(days=1)


def sign_all_page(act: Act, person: str, *, contact: str, rehearsal: bool) -> SignAllPage:
    """Everything that waits for one person, the nearest deadline first, and what they have decided."""
    requests = signing.desk(act.session, person)
    if not requests:
        raise LinkUnknown
    rows = _rows(act, requests)
    waiting = [request for request in requests if request.decision is None]
    waiting.sort(key=lambda request: (rows[request.submission_id].due_at, request.asked_at))
    decided = [request for request in requests if request.decision is not None]
    return SignAllPage(
        rehearsal_now=act.now if rehearsal else None,
        post="、".join(dict.fromkeys(request.post_title for request in requests)),
        holder=requests[-1].holder,
        as_of=act.now,
        waiting=tuple(_waiting(act, request, rows[request.submission_id]) for request in waiting),
        decided=tuple(_decided(act, request, rows[request.submission_id]) for request in reversed(decided)),
        contact=contact,
    )


def check_list_open(act: Act, request: SignOff) -> None:
    """Raises LinkUnknown when a request was decided too long ago for its link to open the approver's list."""
    if not list_open(act, request):
        raise LinkUnknown


def list_open(act: Act, request: SignOff) -> bool:
    """Whether a request's link still leads to its approver's list."""
    return request.decided_at is None or act.now - request.decided_at <= LIST_OPEN


def others(act: Act, request: SignOff) -> int:
    """How many more requests wait for the same person."""
    if not list_open(act, request):
        return 0
    waiting = select(func.count()).where(
        SignOff.person == request.person,
        SignOff.id != request.id,
        col(SignOff.decision).is_(None),
        col(SignOff.closed_at).is_(None),
    )
    return act.session.exec(waiting).one()


def programme_of(act: Act, row: Submission) -> str:
    """A submission's programme as people name it."""
    programme = act.programme(row.programme_id)
    return f"{programme.title}（{programme.cycle}年度）"


def number_of(request: SignOff) -> str:
    """The number of a decision in the record."""
    return f"SQ-{request.id:07d}"


def record_of(request: SignOff) -> SignedDecision:
    """A decision as recorded."""
    assert request.decided_at is not None
    return SignedDecision(
        number=number_of(request),
        decision="approve" if request.decision == "approve" else "return",
        decided_at=request.decided_at,
        post=request.post_title,
        holder=request.holder,
        on_behalf_of="",
        name=request.typed_name,
        comment=request.comment,
        content_hash=request.content_hash,
    )


def _rows(act: Act, requests: list[SignOff]) -> dict[int, Submission]:
    ids = sorted({request.submission_id for request in requests})
    found: dict[int, Submission] = {}
    for start in range(0, len(ids), 500):
        part = act.session.exec(select(Submission).where(col(Submission.id).in_(ids[start : start + 500])))
        found |= {row.id or 0: row for row in part}
    return found


def _waiting(act: Act, request: SignOff, row: Submission) -> WaitingItem:
    token = act.links.standing(act.session, request.id or 0, request.person, act.now)
    audience = act.audience(row.programme_id)
    return WaitingItem(
        href=f"/s/{token}" if token else "",
        programme=programme_of(act, row),
        unit=audience.directory.unit(row.unit).name,
        obligation=audience.definition.obligations[row.obligation].title,
        due_date=row.due_date,
        due_at=row.due_at,
        days_late=deadlines.days_late(row.due_date, act.now) if act.now >= row.due_at else 0,
        submitted_at=request.asked_at,
    )


def _decided(act: Act, request: SignOff, row: Submission) -> DecidedItem:
    record = record_of(request)
    audience = act.audience(row.programme_id)
    return DecidedItem(
        unit=audience.directory.unit(row.unit).name,
        obligation=audience.definition.obligations[row.obligation].title,
        decision=record.decision,
        decided_at=record.decided_at,
        number=record.number,
        standing=act.lifecycle(row.programme_id, row.obligation).standing(row.standing).title,
    )

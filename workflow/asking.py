"""Asking for signatures: the requests of a step, who has not decided yet, when they are chased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from workflow import deadlines, notices
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.definition import Obligation, Step
from workflow.refusals import NoApprover, NotFound
from workflow.tables import SignOff, Submission

#: What a submission is no longer once it leaves those who decide on it.
NOT_PENDING: Mapping[str, Any] = {"pending_since": None, "chase_at": None, "chases": 0}


def ask(act: Act, row: Submission, obligation: Obligation, *, step: int, round_: int) -> tuple[Recipient, ...]:
    """Open a step: one request, one link and one queued message per approver; raises NoApprover."""
    audience = act.audience(row.programme_id)
    asked = audience.approvers(obligation.sign_off[step], row.unit)
    if not asked:
        post = audience.approving_post(obligation.sign_off[step], row.unit)
        raise NoApprover(post=audience.definition.post_title(post), standing="", move="")
    assert row.id is not None
    topics = []
    for recipient in asked:
        request = SignOff(
            submission_id=row.id, round=round_, step=step, post=recipient.post, post_title=recipient.post_title,
            person=recipient.person, holder=recipient.name, content_version=row.content_version,
            content_hash=row.content_hash, asked_at=act.now,
        )  # fmt: skip
        act.session.add(request)
        act.session.flush()
        act.links.for_sign_off(act.session, request, act.now)
        reason = f"request:{round_}.{step}"
        topics.append(notices.Topic(recipient, row.id, reason, reason, sign_off_id=request.id))
    notices.request(act, row, topics)
    return asked


def asked_at(act: Act, row: Submission, *, step: int) -> dict[str, Any]:
    """What changes on a submission whose approvers are asked now."""
    return {"step": step, "pending_since": act.now, "chases": 0, "chase_at": _first_chase(act, row)}


def waiting(session: Session, submission_ids: Sequence[int]) -> dict[int, tuple[Recipient, ...]]:
    """The approvers who have not decided yet, by submission."""
    found: dict[int, list[Recipient]] = {}
    for start in range(0, len(submission_ids), 500):
        part = submission_ids[start : start + 500]
        rows = select(SignOff).where(
            col(SignOff.submission_id).in_(part),
            col(SignOff.decision).is_(None),
            col(SignOff.closed_at).is_(None),
        )
        for row in session.exec(rows.order_by(col(SignOff.id))):
            found.setdefault(row.submission_id, []).append(Recipient(row.person, row.holder, row.post, row.post_title))
    return {submission: tuple(people) for submission, people in found.items()}


def desk(session: Session, person: str) -> list[SignOff]:
    """Everything one person has been asked to sign: what waits first, by the date it was asked."""
    rows = select(SignOff).where(
        SignOff.person == person, (col(SignOff.closed_at).is_(None)) | (col(SignOff.decision).is_not(None))
    )
    found = list(session.exec(rows.order_by(col(SignOff.id))))
    return sorted(found, key=lambda row: (row.decision is not None, row.asked_at, row.id))


def open_requests(submission_id: int) -> SelectOfScalar[SignOff]:
    """The requests of a submission that wait for a decision, oldest first."""
    waiting_ = (
        SignOff.submission_id == submission_id, col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None)
    )  # fmt: skip
    return select(SignOff).where(*waiting_).order_by(col(SignOff.id))


def held(session: Session, sign_off_id: int) -> SignOff:
    """A request, held together with the others of its submission until the act ends; raises NotFound.

    Whoever decides second then sees the first decision and is told of it.
    """
    same = select(SignOff.submission_id).where(SignOff.id == sign_off_id).scalar_subquery()
    locked = select(SignOff).where(col(SignOff.submission_id) == same).order_by(col(SignOff.id)).with_for_update()
    found = {row.id: row for row in session.exec(locked.execution_options(populate_existing=True))}
    if sign_off_id not in found:
        raise NotFound
    return found[sign_off_id]


def step_done(session: Session, request: SignOff, step: Step) -> bool:
    """Whether the approvals of a request's step and round are enough for it."""
    of_step = select(SignOff).where(
        SignOff.submission_id == request.submission_id,
        SignOff.round == request.round,
        SignOff.step == request.step,
    )
    requests = list(session.exec(of_step))
    approved = sum(one.decision == "approve" for one in requests)
    needed = {"all": len(requests), "any": 1}.get(str(step.need)) or int(step.need)
    return approved >= min(needed, len(requests))


def named(post_title: str, holder: str) -> str:
    """A post with its holder, once where a roster has the title in the name's place."""
    return post_title if holder in ("", post_title) else f"{post_title} {holder}"


def _first_chase(act: Act, row: Submission) -> datetime | None:
    """When the approver of a submission handed in now is first chased."""
    ladder = act.definition(row.programme_id).ladder_of(row.obligation)
    return next((at for at, _ in deadlines.chases(ladder, since=act.now, calendar=act.calendar())), None)

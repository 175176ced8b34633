"""Asking for signatures: the requests of a step, who has not decided yet, when they are chased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from workflow import deadlines, delegations, notices
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.definition import Obligation, Step
from workflow.refusals import NoApprover, NotFound
from workflow.tables import Delegation, SignOff, Submission


@dataclass(frozen=True)
class DeskItem:
    """A request on somebody's desk; with a ``delegation`` it is another's, and they may sign it for them."""

    request: SignOff
    delegation: Delegation | None = None


def number_of(sign_off_id: int | None) -> str:
    """The number of a decision in the record."""
    return f"SQ-{sign_off_id or 0:07d}"


#: What a submission is no longer once it leaves those who decide on it.
NOT_PENDING: Mapping[str, Any] = {"pending_since": None, "chase_at": None, "chases": 0}


def ask(act: Act, row: Submission, obligation: Obligation, *, step: int, round_: int) -> tuple[Recipient, ...]:
    """Open a step: one request, one link and one queued message per approver; raises NoApprover."""
    audience = act.audience(row.programme_id)
    asked = audience.approvers(obligation.sign_off[step], row.unit)
    if not asked:
        post = audience.approving_post(obligation.sign_off[step], row.unit)
        raise NoApprover(post=audience.definition.post_title(post), standing="", move="")
    topics = [topic for one in asked for topic in request(act, row, one, step=step, round_=round_)[1]]
    notices.request(act, row, topics)
    return asked


def request(
    act: Act, row: Submission, recipient: Recipient, *, step: int, round_: int, again: bool = False, by: str = ""
) -> tuple[SignOff, list[notices.Topic]]:
    """One request with its links, the delegates' too, and whom to tell of it.

    ``again`` where the step has been asked for before in this round; ``by`` names who in the office chose the person.
    """
    assert row.id is not None
    asked = SignOff(
        submission_id=row.id, round=round_, step=step, post=recipient.post, post_title=recipient.post_title,
        person=recipient.person, holder=recipient.name, assigned_by=by, content_version=row.content_version,
        content_hash=row.content_hash, asked_at=act.now,
    )  # fmt: skip
    act.session.add(asked)
    act.session.flush()
    act.links.for_sign_off(act.session, asked, act.now)
    # A person may be asked twice in a step and must hear of both.
    reason = f"request:{round_}.{step}" + (f".{asked.id}" if again else "")
    own = notices.Topic(recipient, row.id, reason, reason, sign_off_id=asked.id)
    standing_in = delegations.active(act.session, act.today).get(recipient.person, ())
    return asked, [own, *delegations.invited(act, asked, standing_in)]


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


def signers(act: Act, submission_ids: Sequence[int]) -> dict[int, dict[Recipient, int | None]]:
    """Who may decide now, by submission: the approvers who have not, then their delegates with the request's number."""
    found: dict[int, dict[Recipient, int | None]] = {
        number: dict.fromkeys(people) for number, people in waiting(act.session, submission_ids).items()
    }
    standing_in = delegations.active(act.session, act.today)
    if not found or not standing_in:
        return found
    for start in range(0, len(submission_ids), 500):
        part = submission_ids[start : start + 500]
        rows = _undecided().where(col(SignOff.submission_id).in_(part), col(SignOff.person).in_(standing_in))
        for row in act.session.exec(rows.order_by(col(SignOff.id))):
            for one in standing_in[row.person]:
                found[row.submission_id].setdefault(delegations.recipient(act, one, row), row.id)
    return found


def desk(session: Session, person: str, on: date) -> list[DeskItem]:
    """Everything one person has been asked to sign, or may sign for another on this day (Asia/Shanghai).

    What waits comes first, by the date it was asked; then what the person, or a delegate for them, has decided.
    """
    own = select(SignOff).where(SignOff.person == person)
    still = col(SignOff.closed_at).is_(None) | col(SignOff.decision).is_not(None)
    found = [DeskItem(row) for row in session.exec(own.where(still))]
    standing_in = [(one.principal, one) for some in delegations.active(session, on).values() for one in some]
    for principal, one in standing_in:
        if one.delegate == person:
            rows = session.exec(_undecided().where(SignOff.person == principal))
            found += [DeskItem(row, one) for row in rows]
    signed = select(SignOff, Delegation).join(Delegation, col(Delegation.id) == SignOff.delegation_id)
    found += [DeskItem(row, one) for row, one in session.exec(signed.where(Delegation.delegate == person))]
    return sorted(found, key=lambda item: (item.request.decision is not None, item.request.asked_at, item.request.id))


def _undecided() -> SelectOfScalar[SignOff]:
    return select(SignOff).where(col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None))


def open_requests(submission_id: int) -> SelectOfScalar[SignOff]:
    """The requests of a submission that wait for a decision, oldest first."""
    return _undecided().where(SignOff.submission_id == submission_id).order_by(col(SignOff.id))


def held(session: Session, sign_off_id: int) -> SignOff:
    """A request, held together with the others of its submission until the act ends; raises NotFound.

    Whoever decides second then sees the first decision and is told of it.
    """
    same = select(SignOff.submission_id).where(SignOff.id == sign_off_id)
    submission_id = session.exec(same).first()
    found = {} if submission_id is None else {row.id: row for row in all_held(session, submission_id)}
    if sign_off_id not in found:
        raise NotFound
    return found[sign_off_id]


def all_held(session: Session, submission_id: int) -> list[SignOff]:
    """Every request of a submission, held until the act ends, oldest first."""
    locked = select(SignOff).where(SignOff.submission_id == submission_id).order_by(col(SignOff.id)).with_for_update()
    return list(session.exec(locked.execution_options(populate_existing=True)))


def step_done(session: Session, request: SignOff, step: Step) -> bool:
    """Whether the approvals of a request's step and round are enough for it.

    Who is no longer asked does not count; a person counts once, also one who was asked again for another post.
    """
    of_step = select(SignOff).where(
        SignOff.submission_id == request.submission_id,
        SignOff.round == request.round,
        SignOff.step == request.step,
    )
    counting = [one for one in session.exec(of_step) if one.decision is not None or one.closed_at is None]
    asked = {one.person for one in counting}
    open_ = {one.person for one in counting if one.decision is None}
    approved = {one.person for one in counting if one.decision == "approve"} - open_
    needed = {"all": len(asked), "any": 1}.get(str(step.need)) or int(step.need)
    return len(approved) >= min(needed, len(asked))


def named(post_title: str, holder: str) -> str:
    """A post with its holder, once where a roster has the title in the name's place."""
    return post_title if holder in ("", post_title) else f"{post_title} {holder}"


def _first_chase(act: Act, row: Submission) -> datetime | None:
    """When the approver of a submission handed in now is first chased."""
    ladder = act.definition(row.programme_id).ladder_of(row.obligation)
    return next((at for at, _ in deadlines.chases(ladder, since=act.now, calendar=act.calendar())), None)

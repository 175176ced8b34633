"""Sign-off: asking the approvers of a step, their decisions, and what a filing changes.

A request is bound to approver, submission, round and content hash; all are looked at again inside the
transaction that decides. The Ordos plan, 三（一）2 and 三（二）2 ask for one step: the supervising city leader, or the
unit's own head in four party departments; several steps run one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import update
from sqlmodel import Session, col, select

from workflow import deadlines, forms, ledger, links, notices, schedules
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.definition import Obligation, Step
from workflow.guards import Case
from workflow.ledger import Entry
from workflow.lifecycle import FILING, decide
from workflow.moments import SHANGHAI
from workflow.permissions import check
from workflow.refusals import (
    AlreadyDecided,
    ChangedMeanwhile,
    ContentChanged,
    DecisionIncomplete,
    LinkUnknown,
    NoApprover,
    NotFound,
)
from workflow.tables import SignOff, Submission

Choice = Literal["approve", "return"]
CHOICES = {"approve": "同意", "return": "退回"}
MAX_COMMENT = 2000

#: What a submission is no longer once it leaves its approvers.
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


def sign(
    act: Act,
    sign_off_id: int,
    choice: Choice,
    *,
    comment: str,
    typed_name: str,
    channel: str,
    content_hash: str,
) -> SignOff:
    """Decide on one request; the same decision again gives the same record.

    Raises AlreadyDecided for the opposite, ContentChanged when another text was shown, LinkUnknown when the
    request was closed, DecisionIncomplete when a return has no reason or the name is missing.
    """
    request = _locked(act.session, sign_off_id)
    if request.decision is not None:
        return _decided_already(request, choice)
    if request.closed_at is not None:
        raise LinkUnknown
    _check_said(choice, comment, typed_name)
    row = ledger.load(act.session, request.submission_id)
    check(act, row, choice)
    if content_hash != request.content_hash or row.content_hash != request.content_hash or row.round != request.round:
        raise ContentChanged(current=row.content_version)
    ledger.lapse_one(act.session, FILING, row, now=act.now)
    _mark(act, request, choice, comment=comment, typed_name=typed_name, channel=channel)
    if choice == "approve":
        _approved(act, row, request, comment)
    else:
        _returned(act, row, request, comment)
    return request


def decide_for_office(
    act: Act,
    submission_id: int,
    choice: Choice,
    *,
    comment: str,
    sign_off_id: int | None = None,
    content_hash: str | None = None,
) -> SignOff:
    """The office enters a decision the approver gave it on paper; the record says so.

    ``sign_off_id`` tells which request when several are open, else it is the first. With ``content_hash``
    raises ContentChanged when that is not what the request is about.
    """
    row = ledger.load(act.session, submission_id)
    check(act, row, choice)
    open_ = act.session.exec(_open(submission_id)).all()
    request = next((one for one in open_ if sign_off_id in (None, one.id)), None)
    if request is None:
        ledger.lapse_one(act.session, FILING, row, now=act.now)
        obligation = act.definition(row.programme_id).obligations[row.obligation]
        decide(FILING, Case(row.standing, act.now, row.due_at, len(obligation.sign_off)), choice)
        raise NotFound
    assert request.id is not None
    return sign(
        act, request.id, choice, comment=comment, typed_name=request.holder, channel="office",
        content_hash=request.content_hash if content_hash is None else content_hash,
    )  # fmt: skip


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


def first_chase(act: Act, row: Submission) -> datetime | None:
    """When the approver of a submission handed in now is first chased."""
    ladder = act.definition(row.programme_id).ladder_of(row.obligation)
    return next((at for at, _ in deadlines.chases(ladder, since=act.now, calendar=act.calendar())), None)


def filing(act: Act, row: Submission) -> dict[str, Any]:
    """What filing sets: the instant of the last sign-off against the deadline decides whether it is late."""
    late = act.now >= row.due_at
    return {**NOT_PENDING, "filed_at": act.now, "late": late, "light": "yellow" if late else "green"}


def named(post_title: str, holder: str) -> str:
    """A post with its holder, once where a roster has the title in the name's place."""
    return post_title if holder in ("", post_title) else f"{post_title} {holder}"


def tell_unit(
    act: Act, row: Submission, reason: str, *, posts: Sequence[str] = ("liaison",), at_once: bool = False
) -> None:
    """Queue a notice to the unit's own posts."""
    assert row.id is not None
    topics = [
        notices.Topic(one, row.id, reason, reason) for one in act.audience(row.programme_id).people(posts, row.unit)
    ]
    notices.gather(act, "notice", row, topics, at_once=at_once)


def _locked(session: Session, sign_off_id: int) -> SignOff:
    """A request, held together with the others of its submission until the act ends; raises NotFound.

    Whoever decides second then sees the first decision and is told of it.
    """
    same = select(SignOff.submission_id).where(SignOff.id == sign_off_id).scalar_subquery()
    held = select(SignOff).where(col(SignOff.submission_id) == same).order_by(col(SignOff.id)).with_for_update()
    found = {row.id: row for row in session.exec(held.execution_options(populate_existing=True))}
    if sign_off_id not in found:
        raise NotFound
    return found[sign_off_id]


def _decided_already(request: SignOff, choice: Choice) -> SignOff:
    if request.decision == choice:
        return request
    assert request.decided_at is not None
    when = request.decided_at.astimezone(SHANGHAI).strftime("%Y年%m月%d日 %H:%M")
    raise AlreadyDecided(when=when, decision=CHOICES[str(request.decision)])


def _check_said(choice: Choice, comment: str, typed_name: str) -> None:
    if choice == "return" and not comment.strip():
        raise DecisionIncomplete(reason="退回时请写明理由。", field="comment")
    if not typed_name.strip():
        raise DecisionIncomplete(reason="请填写您的姓名。", field="name")
    if len(comment) > MAX_COMMENT or forms.unstorable(comment):
        raise DecisionIncomplete(reason=f"意见最多{MAX_COMMENT}字，且不能含有无法保存的字符。", field="comment")
    if len(typed_name) > 50 or forms.unstorable(typed_name):
        raise DecisionIncomplete(reason="姓名最多50字，且不能含有无法保存的字符。", field="name")


def _mark(act: Act, request: SignOff, choice: Choice, *, comment: str, typed_name: str, channel: str) -> None:
    done = act.session.execute(
        update(SignOff)
        .where(col(SignOff.id) == request.id, col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None))
        .values(
            decision=choice,
            decided_at=act.now,
            comment=comment.strip(),
            typed_name=typed_name.strip(),
            channel=channel,
        )
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ChangedMeanwhile
    act.session.refresh(request)


def _approved(act: Act, row: Submission, request: SignOff, comment: str) -> None:
    obligation = act.definition(row.programme_id).obligations[row.obligation]
    step_done = _step_done(act.session, request, obligation.sign_off[request.step])
    last = request.step + 1 == len(obligation.sign_off)
    case = Case(row.standing, act.now, row.due_at, len(obligation.sign_off), sign_off_done=step_done and last)
    decision = decide(FILING, case, "approve")
    changes: dict[str, Any] = {}
    if step_done:
        # "any of" a step: whoever has not decided is no longer asked.
        links.revoke_undecided(act.session, request.submission_id, act.now)
    if step_done and last:
        changes = filing(act, row)
    elif step_done:
        ask(act, row, obligation, step=request.step + 1, round_=row.round)
        changes = {
            "step": request.step + 1,
            "pending_since": act.now,
            "chases": 0,
            "chase_at": first_chase(act, row),
        }
    ledger.record(act.session, row, decision, _entry(act, "approve", request, comment), **changes)
    if decision.dest == "filed":
        tell_unit(act, row, f"filed:{row.round}")


def _returned(act: Act, row: Submission, request: SignOff, comment: str) -> None:
    obligation = act.definition(row.programme_id).obligations[row.obligation]
    decision = decide(FILING, Case(row.standing, act.now, row.due_at, len(obligation.sign_off)), "return")
    links.revoke_undecided(act.session, request.submission_id, act.now)
    changes = {**NOT_PENDING, **schedules.rearmed(act, row, decision.state)}
    ledger.record(act.session, row, decision, _entry(act, "return", request, comment), **changes)
    tell_unit(act, row, f"returned:{row.history_seq}", at_once=True)


def _step_done(session: Session, request: SignOff, step: Step) -> bool:
    of_step = select(SignOff).where(
        SignOff.submission_id == request.submission_id,
        SignOff.round == request.round,
        SignOff.step == request.step,
    )
    requests = list(session.exec(of_step))
    approved = sum(one.decision == "approve" for one in requests)
    needed = {"all": len(requests), "any": 1}.get(str(step.need)) or int(step.need)
    return approved >= min(needed, len(requests))


def _entry(act: Act, event: str, request: SignOff, comment: str) -> Entry:
    facts = {
        "sign_off": request.id, "step": request.step, "post": request.post_title, "holder": request.holder,
        "typed_name": request.typed_name, "channel": request.channel, "content_hash": request.content_hash,
    }  # fmt: skip
    who = named(request.post_title, request.holder)
    actor = who if request.channel == "link" else f"{act.actor.name}（代录 {who}）"
    return Entry(event, act.now, act.now, actor, comment.strip(), facts)


def _open(submission_id: int) -> Any:
    return (
        select(SignOff)
        .where(
            SignOff.submission_id == submission_id,
            col(SignOff.decision).is_(None),
            col(SignOff.closed_at).is_(None),
        )
        .order_by(col(SignOff.id))
    )

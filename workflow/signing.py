"""Sign-off: asking the approvers of a step, their decisions, and what a filing changes.

A request is bound to approver, submission, round and content hash; all are looked at again inside the
transaction that decides. The Ordos plan, 三（一）2 and 三（二）2 ask for one step: the supervising city leader, or the
unit's own head in four party departments; several steps run one after the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import update
from sqlmodel import col

from workflow import arrivals, asking, delegations, events, forms, ledger, links, notices, posts, schedules
from workflow.acts import Act
from workflow.asking import NOT_PENDING, ask
from workflow.asking import desk as desk
from workflow.asking import named as named
from workflow.asking import waiting as waiting
from workflow.audience import Recipient
from workflow.guards import Case
from workflow.ledger import Entry
from workflow.lifecycle import Decision, decide
from workflow.moments import SHANGHAI
from workflow.permissions import check
from workflow.refusals import (
    AlreadyDecided,
    ChangedMeanwhile,
    ConfirmationNeeded,
    ContentChanged,
    DecisionIncomplete,
    LinkUnknown,
    NotFound,
)
from workflow.tables import DrawnSignature, Link, SignOff, Submission

Choice = Literal["approve", "return"]
CHOICES = {"approve": "同意", "return": "退回"}
MAX_COMMENT = 2000
#: A clock further behind the record than this was set back; who signs then does not race with the deadline.
SAME_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True)
class Hand:
    """Whose link decided, and how they were known; empty where the office enters a decision given on paper.

    ``confirmed`` is the second step that was passed, ``drawn`` the PNG of a signature.
    """

    person: str = ""
    name: str = ""
    title: str = ""
    delegation_id: int | None = None
    confirmed: str = ""
    drawn: bytes = b""


BY_OFFICE = Hand()


def sign(
    act: Act,
    sign_off_id: int,
    choice: Choice,
    *,
    comment: str,
    typed_name: str,
    channel: str,
    content_hash: str,
    hand: Hand = BY_OFFICE,
) -> SignOff:
    """Decide on one request; the same decision again gives the same record.

    Raises AlreadyDecided for the opposite, ContentChanged when another text was shown, LinkUnknown when the
    request was closed, DecisionIncomplete when a return has no reason or the name is missing, and where everything
    else is in order ConfirmationNeeded when the step asks for a second one that the hand has not passed.
    """
    request = asking.held(act.session, sign_off_id)
    if request.decision is not None:
        return _decided_already(request, choice)
    if request.closed_at is not None:
        raise LinkUnknown
    _check_said(choice, comment, typed_name)
    row = ledger.load(act.session, request.submission_id)
    check(act, row, choice)
    if content_hash != request.content_hash or row.content_hash != request.content_hash or row.round != request.round:
        raise ContentChanged(current=row.content_version)
    if row.state == "overdue" and timedelta(0) < row.due_at - act.now < SAME_MOMENT:
        # The deadline was noted while this act was on its way: not both in time and overdue.
        raise ChangedMeanwhile
    if channel == "link":
        _check_confirmed(act, row, request, hand)
    events.lapse_due(act, row)
    _mark(act, request, choice, comment=comment, typed_name=typed_name, channel=channel, hand=hand)
    if choice == "approve":
        _approved(act, row, request, comment)
    else:
        _returned(act, row, request, comment)
    _receipts(act, request, row.programme_id)
    return request


def hand_of(act: Act, link: Link) -> Hand:
    """Whoever holds a link, as the record will name them; raises LinkUnknown when their delegation is over."""
    known = posts.directory(act.session).person(link.person)
    if link.delegation_id is None:
        return Hand(known.key, known.name)
    # Held, so that a delegation withdrawn at this moment either ends before the decision or after it.
    if not links.stands(act.session, link, act.now, held=True):
        raise LinkUnknown
    return Hand(known.key, known.name, posts.title_of(act.session, known.key, act.today), link.delegation_id)


def hand_for(act: Act, request: SignOff, person: str) -> Hand:
    """A person at a request that is on their desk, own or delegated; raises LinkUnknown when it is on it no longer."""
    known = posts.directory(act.session).person(person)
    if request.person == person:
        return Hand(known.key, known.name)
    standing_in = delegations.active(act.session, act.today).get(request.person, ())
    mine = next((one for one in standing_in if one.delegate == person), None)
    if mine is None:
        raise LinkUnknown
    return hand_of(act, act.links.for_sign_off(act.session, request, act.now, mine))


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
    open_ = act.session.exec(asking.open_requests(submission_id)).all()
    request = next((one for one in open_ if sign_off_id in (None, one.id)), None)
    if request is None:
        events.lapse_due(act, row)
        _decided(act, row, choice)
        raise NotFound
    assert request.id is not None
    return sign(
        act, request.id, choice, comment=comment, typed_name=request.holder, channel="office",
        content_hash=request.content_hash if content_hash is None else content_hash,
    )  # fmt: skip


def tell_unit(
    act: Act, row: Submission, reason: str, *, posts: Sequence[str] = ("liaison",), at_once: bool = False
) -> None:
    """Queue a notice to the unit's own posts, or to the post that owes the submission personally."""
    assert row.id is not None
    audience, owner = act.audience(row.programme_id), [row.owner_post] if row.owner_post else posts
    topics = [notices.Topic(one, row.id, reason, reason) for one in audience.people(owner, row.unit)]
    notices.gather(act, "notice", row, topics, at_once=at_once)


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


def _check_confirmed(act: Act, row: Submission, request: SignOff, hand: Hand) -> None:
    wanted = act.definition(row.programme_id).obligations[row.obligation].sign_off[request.step].confirm
    if wanted != "none" and hand.confirmed.partition(":")[0] != wanted:
        raise ConfirmationNeeded(kind=wanted)


def _receipts(act: Act, request: SignOff, programme_id: int) -> None:
    """Whoever is on record as having decided hears of it, and whom a delegate signed for: it may not have been them."""
    asked = Recipient(request.person, request.holder, request.post, request.post_title)
    title = request.decided_by_title or request.post_title
    made = Recipient(request.decided_by or request.person, request.decided_by_name, request.post, title)
    reason = f"decided:{request.id}"
    told = {one.person: one for one in (made, asked)}
    topics = [
        notices.Topic(one, request.submission_id, reason, reason, sign_off_id=request.id) for one in told.values()
    ]
    notices.tell(act, notices.Envelope("receipt", programme_id, reason, act.now), topics)


def _mark(
    act: Act, request: SignOff, choice: Choice, *, comment: str, typed_name: str, channel: str, hand: Hand
) -> None:
    done = act.session.execute(
        update(SignOff)
        .where(col(SignOff.id) == request.id, col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None))
        .values(
            decision=choice,
            decided_at=act.now,
            comment=comment.strip(),
            typed_name=typed_name.strip(),
            channel=channel,
            decided_by=hand.person,
            decided_by_name=hand.name,
            decided_by_title=hand.title,
            delegation_id=hand.delegation_id,
            confirmed=hand.confirmed,
        )
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ChangedMeanwhile
    act.session.refresh(request)
    if hand.drawn:
        assert request.id is not None
        drawn = DrawnSignature(sign_off_id=request.id, png=hand.drawn, sha256=hashlib.sha256(hand.drawn).hexdigest())
        act.session.add(drawn)
        act.session.flush()


def _approved(act: Act, row: Submission, request: SignOff, comment: str) -> None:
    obligation = act.definition(row.programme_id).obligations[row.obligation]
    step_done = asking.step_done(act.session, request, obligation.sign_off[request.step])
    last = request.step + 1 == len(obligation.sign_off)
    decision = _decided(act, row, "approve", complete=step_done and last)
    arrival = arrivals.arriving(act, row, decision) if step_done and last else arrivals.Arrival({})
    changes = arrival.changes
    if step_done:
        # "any of" a step: whoever has not decided is no longer asked.
        links.revoke_undecided(act.session, request.submission_id, act.now)
    if step_done and not last:
        ask(act, row, obligation, step=request.step + 1, round_=row.round)
        changes = asking.asked_at(act, row, step=request.step + 1)
    ledger.record(act.session, row, decision, _entry(act, "approve", request, comment, arrival.facts), **changes)
    if decision.state == "filed":
        tell_unit(act, row, f"filed:{row.round}")
    arrivals.follow(act, row, arrival)


def _returned(act: Act, row: Submission, request: SignOff, comment: str) -> None:
    decision = _decided(act, row, "return")
    links.revoke_undecided(act.session, request.submission_id, act.now)
    changes = {**NOT_PENDING, **schedules.rearmed(act, row, decision.state)}
    ledger.record(act.session, row, decision, _entry(act, "return", request, comment), **changes)
    tell_unit(act, row, f"returned:{row.history_seq}", at_once=True)
    events.happened(act, row, "returned", by_rule=["returned"], comment=comment)


def _decided(act: Act, row: Submission, choice: Choice, *, complete: bool = False) -> Decision:
    steps = len(act.definition(row.programme_id).obligations[row.obligation].sign_off)
    case = Case(row.standing, act.now, row.due_at, steps, sign_off_done=complete)
    return decide(act.lifecycle(row.programme_id, row.obligation), case, choice)


def _entry(
    act: Act, event: str, request: SignOff, comment: str, more: Mapping[str, Any] = MappingProxyType({})
) -> Entry:
    facts = {
        "sign_off": request.id, "step": request.step, "post": request.post_title, "holder": request.holder,
        "typed_name": request.typed_name, "channel": request.channel, "content_hash": request.content_hash,
        **_known_by(act, request), **more,
    }  # fmt: skip
    return Entry(event, act.now, act.now, _who(act, request), comment.strip(), facts)


def _known_by(act: Act, request: SignOff) -> dict[str, Any]:
    """What more is known of whoever decided, as far as there is any."""
    drawn = act.session.get(DrawnSignature, request.id)
    known = {
        "delegation": request.delegation_id, "confirmed": request.confirmed, "signature": drawn and drawn.sha256
    }  # fmt: skip
    return {name: value for name, value in known.items() if value}


def _who(act: Act, request: SignOff) -> str:
    asked = named(request.post_title, request.holder)
    if request.delegation_id is not None:
        return f"{named(request.decided_by_title, request.decided_by_name)}（代 {asked}）"
    return asked if request.channel == "link" else f"{act.actor.name}（代录 {asked}）"

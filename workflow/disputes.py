"""“这不是我本人操作”: whoever is said to have decided says that it was not their own act.

It is put on record and the office hears of it at once. The decision stands until the office reopens the submission:
a sentence on a page must not undo a filing by itself.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import update
from sqlmodel import col

from workflow import forms, ledger, notices, posts
from workflow.acts import Act
from workflow.asking import held
from workflow.asking import named as named
from workflow.ledger import Entry
from workflow.lifecycle import Decision
from workflow.refusals import ChangedMeanwhile, DisputeRefused, LinkUnknown
from workflow.tables import Link, SignOff, Submission

#: What a dispute is in history.
DISPUTE: Final = "dispute"
MOST_REASON = 500


def dispute(act: Act, link: Link, reason: str) -> SignOff:
    """Record that a decision was not its maker's own act, and tell the office; a second time changes nothing.

    Raises LinkUnknown for a link of another purpose or a request without a decision, DisputeRefused for a reason
    that is too long.
    """
    request = disputed_by(act, link)
    if request.disputed_at is not None:
        return request
    if len(reason) > MOST_REASON or forms.unstorable(reason):
        raise DisputeRefused(reason=f"说明最多{MOST_REASON}字，且不能含有无法保存的字符。")
    request = held(act.session, request.id or 0)
    if request.disputed_at is not None:
        return request
    _mark(act, request, reason.strip())
    row = ledger.load(act.session, request.submission_id)
    who = posts.directory(act.session).person(link.person).name
    facts = {
        "sign_off": request.id, "decision": request.decision, "post": request.post_title, "holder": request.holder,
        "by": who, "decided_by": request.decided_by_name,
    }  # fmt: skip
    actor = named(request.post_title, who) if link.person == request.person else who
    ledger.record(act.session, row, _unmoved(act, row), Entry(DISPUTE, act.now, act.now, actor, reason.strip(), facts))
    _tell_office(act, row, request)
    return request


def disputed_by(act: Act, link: Link) -> SignOff:
    """The decision that a link disputes; raises LinkUnknown for any other link."""
    found = act.session.get(SignOff, link.sign_off_id) if link.purpose == "dispute" and link.sign_off_id else None
    if found is None or found.decision is None:
        raise LinkUnknown
    return found


def _mark(act: Act, request: SignOff, reason: str) -> None:
    done = act.session.execute(
        update(SignOff)
        .where(col(SignOff.id) == request.id, col(SignOff.disputed_at).is_(None))
        .values(disputed_at=act.now, dispute=reason)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ChangedMeanwhile
    act.session.refresh(request)


def _tell_office(act: Act, row: Submission, request: SignOff) -> None:
    reason = f"disputed:{request.id}"
    topics = [
        notices.Topic(one, row.id or 0, reason, reason)
        for one in act.audience(row.programme_id).holders("office", row.unit)
    ]
    notices.tell(act, notices.Envelope("notice", row.programme_id, reason, act.now), topics)


def _unmoved(act: Act, row: Submission) -> Decision:
    """A dispute moves nothing; it is only told."""
    standing = act.lifecycle(row.programme_id, row.obligation).standing(row.standing)
    return Decision(DISPUTE, row.standing, row.standing, standing.state, standing.waiting_on)

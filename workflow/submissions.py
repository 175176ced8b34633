"""What people do to a submission: fill in, submit, withdraw, extend, exempt, reopen, urge.

Each function loads, decides, records; a refusal leaves nothing written because its transaction is given up.
Deciding on a sign-off is in ``workflow.signing``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import col, select

from workflow import deadlines, forms, ledger, links, notices, openings, permissions, schedules, signing
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.definition import Obligation
from workflow.guards import Case
from workflow.ledger import Entry
from workflow.lifecycle import FILING, decide
from workflow.refusals import (
    AlreadyUrged,
    CommentMissing,
    ContentChanged,
    DateRefused,
    NobodyToUrge,
    PrerequisiteNotFiled,
)
from workflow.tables import Content, Submission


def begin(act: Act, submission_id: int, move: str) -> tuple[Submission, Obligation]:
    """Load a submission for a move: permission asked, a deadline that has passed noted first."""
    row = ledger.load(act.session, submission_id)
    permissions.check(act, row, move)
    ledger.lapse_one(act.session, FILING, row, now=act.now)
    return row, act.definition(row.programme_id).obligations[row.obligation]


def case_of(act: Act, row: Submission, obligation: Obligation) -> Case:
    """The facts the lifecycle asks about."""
    return Case(state=row.standing, now=act.now, due_at=row.due_at, sign_off_steps=len(obligation.sign_off))


def entry(act: Act, event: str, comment: str = "", **facts: Any) -> Entry:
    """A history entry of this act; raises ContentUnreadable for a comment that cannot be kept."""
    return Entry(event, act.now, act.now, act.actor.name, forms.remark(comment), facts)


def content_of(act: Act, row: Submission) -> dict[str, Any]:
    """The values of the newest content version, empty before the first."""
    found = act.session.get(Content, (row.id, row.content_version))
    return dict(found.fields) if found else {}


def save(act: Act, submission_id: int, given: Mapping[str, object], *, if_version: int | None) -> Submission:
    """Keep a new content version of a draft; raises ContentChanged when ``if_version`` is no longer current."""
    row, obligation = begin(act, submission_id, "edit")
    decide(FILING, case_of(act, row, obligation), "edit")
    _check_version(row, if_version)
    files = {
        k: v for k, v in content_of(act, row).items() if k in obligation.form and obligation.form[k].type == "file"
    }
    return keep(act, row, obligation, forms.read(obligation, given, files=files))


def submit(act: Act, submission_id: int, *, comment: str = "", if_version: int | None = None) -> Submission:
    """Hand in a draft: to its approvers, or straight to the office when there is no sign-off."""
    row, obligation = begin(act, submission_id, "submit")
    decision = decide(FILING, case_of(act, row, obligation), "submit")
    _check_version(row, if_version)
    _check_prerequisites(act, row, obligation)
    values = content_of(act, row)
    forms.check_complete(obligation, values)
    if row.content_version == 0:
        row = keep(act, row, obligation, values)
    if decision.dest == "filed":
        ledger.record(act.session, row, decision, entry(act, "submit", comment), **signing.filing(act, row))
        return row
    asked = signing.ask(act, row, obligation, step=0, round_=row.round + 1)
    facts = {"asked": [recipient.post_title for recipient in asked]}
    opened = {"round": row.round + 1, "step": 0, "pending_since": act.now, "chases": 0}
    ledger.record(
        act.session,
        row,
        decision,
        entry(act, "submit", comment, **facts),
        **opened,
        chase_at=signing.first_chase(act, row),
    )
    notices.cancel_about(act.session, submission_id, "已提交", reasons=("reminder",))
    return row


def withdraw(act: Act, submission_id: int, *, comment: str = "") -> Submission:
    """Take a pending submission back to the unit; its sign-off links die in the same transaction."""
    row, obligation = begin(act, submission_id, "withdraw")
    decision = decide(FILING, case_of(act, row, obligation), "withdraw")
    links.revoke_undecided(act.session, submission_id, act.now)
    changes = {**signing.NOT_PENDING, **schedules.rearmed(act, row, decision.state)}
    ledger.record(act.session, row, decision, entry(act, "withdraw", comment), **changes)
    return row


def extend(act: Act, submission_id: int, *, until: date, comment: str) -> Submission:
    """Move one unit's due date later; the first date stays on record, an overdue is taken back with the reason."""
    row, obligation = begin(act, submission_id, "extend")
    _need_comment(comment, "延期的理由")
    if (until - row.due_date).days > 366:
        raise DateRefused(reason="一次延期不能超过一年")
    new_due_at = deadlines.due_at(until, until=obligation.due.until)
    if until <= row.due_date or new_due_at <= act.now:
        raise DateRefused(reason="延期须晚于原截止日期和今天")
    case = Case(row.standing, act.now, new_due_at, len(obligation.sign_off))
    decision = decide(FILING, case, "extend")
    deadline = schedules.own_deadline(act, row, until=until, due_at=new_due_at)
    notices.cancel_about(act.session, submission_id, "已延期", reasons=("reminder", "overdue", "escalation"))
    facts = {"from": row.due_date.isoformat(), "until": until.isoformat()}
    ledger.record(
        act.session, row, decision, entry(act, "extend", comment, **facts),
        deadline_id=deadline.id, due_date=until, due_at=new_due_at, light="green",
        extended_from=row.extended_from or row.due_date,
    )  # fmt: skip
    signing.tell_unit(act, row, f"extended:{deadline.schedule_version}", posts=("liaison", "unit-head"))
    return row


def exempt(act: Act, submission_id: int, *, comment: str) -> Submission:
    """Free a unit of an obligation; the reason stays in history."""
    row, obligation = begin(act, submission_id, "exempt")
    _need_comment(comment, "免报的理由")
    decision = decide(FILING, case_of(act, row, obligation), "exempt")
    links.revoke_undecided(act.session, submission_id, act.now)
    ledger.record(act.session, row, decision, entry(act, "exempt", comment), **signing.NOT_PENDING, light="green")
    signing.tell_unit(act, row, f"exempted:{row.history_seq}")
    return row


def reopen(act: Act, submission_id: int, *, comment: str) -> Submission:
    """Put a filed or exempt submission back with the unit, overdue at once when its date has passed."""
    return _give_back(act, submission_id, "reopen", comment)


def return_filing(act: Act, submission_id: int, *, comment: str) -> Submission:
    """The office sends a filed submission back for correction."""
    return _give_back(act, submission_id, "return", comment)


def _give_back(act: Act, submission_id: int, move: str, comment: str) -> Submission:
    row, obligation = begin(act, submission_id, move)
    _need_comment(comment, "退回的理由" if move == "return" else "重新打开的理由")
    case = case_of(act, row, obligation)
    if schedules.has_lapsed(act, row):
        # The sweep has been here, whatever this clock says: a draft would never lapse again.
        case.now = max(case.now, case.due_at)
    decision = decide(FILING, case, move)
    links.revoke_undecided(act.session, submission_id, act.now)
    light = row.light if row.state == decision.state else "yellow" if decision.state == "overdue" else "green"
    changes = {**signing.NOT_PENDING, "filed_at": None, "late": False, "light": light}
    changes |= schedules.rearmed(act, row, decision.state)
    ledger.record(act.session, row, decision, entry(act, move, comment), **changes)
    signing.tell_unit(act, row, f"returned:{row.history_seq}", at_once=True)
    return row


def urge(act: Act, submission_id: int, *, comment: str = "") -> Submission:
    """Remind by hand whoever the submission is stuck with; once a day. Raises AlreadyUrged."""
    row, obligation = begin(act, submission_id, "urge")
    decision = decide(FILING, case_of(act, row, obligation), "urge")
    heard = stuck_with(act, row)
    if not heard:
        raise NobodyToUrge
    topics = [notices.Topic(one, submission_id, "urge", f"urge:{row.history_seq}") for one in heard]
    if notices.gather(act, "urge", row, topics, at_once=True) == 0:
        raise AlreadyUrged
    facts = {"to": [signing.named(one.post_title, one.name) for one in heard]}
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
    """Who exactly must move next: the unit's posts, or the approvers who have not decided."""
    if row.waiting_on == "approver":
        return signing.waiting(act.session, [row.id or 0]).get(row.id or 0, ())
    return act.audience(row.programme_id).owners(openings.concern(row)) if row.waiting_on == "unit" else ()


def keep(act: Act, row: Submission, obligation: Obligation, values: dict[str, Any]) -> Submission:
    decision = decide(FILING, case_of(act, row, obligation), "edit")
    version = row.content_version + 1
    digest = forms.content_hash(row.obligation, values, definition_version=act.programme(row.programme_id).version)
    assert row.id is not None
    what = entry(act, "edit", version=version, hash=digest)
    # Compare-and-set first: whoever lost a race is told so, instead of meeting the winner's content row.
    ledger.record(act.session, row, decision, what, content_version=version, content_hash=digest)
    kept = Content(
        submission_id=row.id, version=version, fields=values, hash=digest,
        saved_at=act.now, saved_by=act.actor.name,
    )  # fmt: skip
    act.session.add(kept)
    act.session.flush()
    return row


def _check_version(row: Submission, if_version: int | None) -> None:
    if if_version is not None and if_version != row.content_version:
        raise ContentChanged(current=row.content_version)


def _need_comment(comment: str, what: str) -> None:
    if not comment.strip():
        raise CommentMissing(what=what)


def _check_prerequisites(act: Act, row: Submission, obligation: Obligation) -> None:
    missing = [
        act.definition(row.programme_id).obligations[other.obligation].title
        for other in prerequisites(act, row, obligation)
        if other.state not in ("filed", "exempt")
    ]
    if missing:
        raise PrerequisiteNotFiled(missing="、".join(missing), standing="", move="")


def prerequisites(act: Act, row: Submission, obligation: Obligation) -> list[Submission]:
    """The unit's submissions that must be filed (or exempt) before this one is handed in."""
    if not obligation.requires:
        return []
    needed = select(Submission).where(
        Submission.programme_id == row.programme_id,
        Submission.unit == row.unit,
        col(Submission.obligation).in_(obligation.requires),
    )
    return list(act.session.exec(needed.order_by(col(Submission.due_at))))

"""What people do to a submission: fill in, submit, withdraw, extend, exempt, reopen, urge.

Each function loads, decides, records; a refusal leaves nothing written because its transaction is given up.
Deciding on a sign-off is in ``workflow.signing``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import col, select

from workflow import (
    appointments,
    arrivals,
    asking,
    deadlines,
    events,
    forms,
    ledger,
    links,
    notices,
    openings,
    permissions,
    releases,
    schedules,
    signing,
    urging,
)
from workflow.acts import Act
from workflow.asking import NOT_PENDING
from workflow.audience import Recipient
from workflow.definition import LightEvent, Obligation
from workflow.guards import Case
from workflow.ledger import Entry
from workflow.lifecycle import Decision, decide
from workflow.refusals import (
    CommentMissing,
    ContentChanged,
    DateRefused,
    NobodyToUrge,
    PrerequisiteNotFiled,
)
from workflow.tables import Content, SignOff, Submission


def begin(act: Act, submission_id: int, move: str) -> tuple[Submission, Obligation]:
    """Load a submission for a move: permission asked, a deadline that has passed noted first."""
    row = ledger.load(act.session, submission_id)
    permissions.check(act, row, move)
    events.lapse_due(act, row)
    return row, act.definition(row.programme_id).obligations[row.obligation]


def case_of(act: Act, row: Submission, obligation: Obligation) -> Case:
    """The facts the lifecycle asks about."""
    return Case(state=row.standing, now=act.now, due_at=row.due_at, sign_off_steps=len(obligation.sign_off))


def decided(act: Act, row: Submission, obligation: Obligation, move: str) -> Decision:
    """Where a move takes a submission by its own lifecycle; raises NotAllowedNow."""
    return decide(act.lifecycle(row.programme_id, row.obligation), case_of(act, row, obligation), move)


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
    decided(act, row, obligation, "edit")
    _check_version(row, if_version)
    files = {
        k: v for k, v in content_of(act, row).items() if k in obligation.form and obligation.form[k].type == "file"
    }
    units = act.audience(row.programme_id).directory.named
    return keep(act, row, obligation, forms.read(obligation, given, files=files, units=units))


def submit(act: Act, submission_id: int, *, comment: str = "", if_version: int | None = None) -> Submission:
    """Hand in a draft: to its approvers, or straight to the office when there is no sign-off."""
    row, obligation = begin(act, submission_id, "submit")
    decision = decided(act, row, obligation, "submit")
    _check_version(row, if_version)
    _check_prerequisites(act, row, obligation)
    values = content_of(act, row)
    gone = appointments.gone_by(act.definition(row.programme_id), row.obligation, values, act.today)
    forms.check_complete(obligation, values, also=gone)
    if row.content_version == 0:
        row = keep(act, row, obligation, values)
    if decision.waiting_on == "approver":
        _send_to_sign(act, row, obligation, decision, comment)
    else:
        arrival = arrivals.arriving(act, row, decision)
        ledger.record(act.session, row, decision, entry(act, "submit", comment, **arrival.facts), **arrival.changes)
        arrivals.follow(act, row, arrival)
    notices.cancel_about(act.session, submission_id, "已提交", reasons=("reminder",))
    return row


def _send_to_sign(act: Act, row: Submission, obligation: Obligation, decision: Decision, comment: str) -> None:
    asked = asking.ask(act, row, obligation, step=0, round_=row.round + 1)
    facts = {"asked": [recipient.post_title for recipient in asked]}
    opened = {"round": row.round + 1, **asking.asked_at(act, row, step=0)}
    ledger.record(act.session, row, decision, entry(act, "submit", comment, **facts), **opened)


def accept(act: Act, submission_id: int, *, comment: str = "") -> Submission:
    """The office accepts what has reached it; late or not was settled when it did. The unit hears of it."""
    row, obligation = begin(act, submission_id, "accept")
    decision = decided(act, row, obligation, "accept")
    arrival = arrivals.arriving(act, row, decision)
    ledger.record(act.session, row, decision, entry(act, "accept", comment, **arrival.facts), **arrival.changes)
    notices.cancel_about(act.session, submission_id, "已受理", reasons=("reminder",))
    signing.tell_unit(act, row, f"accepted:{row.history_seq}")
    arrivals.follow(act, row, arrival)
    return row


def withdraw(act: Act, submission_id: int, *, comment: str = "") -> Submission:
    """Take back what waits to be signed or accepted; its sign-off links die in the same transaction."""
    row, obligation = begin(act, submission_id, "withdraw")
    return _back(act, row, obligation, "withdraw", comment)


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
    decision = decide(act.lifecycle(row.programme_id, row.obligation), case, "extend")
    deadline = schedules.own_deadline(act, row, until=until, due_at=new_due_at)
    notices.cancel_about(act.session, submission_id, "已延期", reasons=("reminder", "overdue", "escalation"))
    facts = {"from": row.due_date.isoformat(), "until": until.isoformat()}
    ledger.record(
        act.session, row, decision, entry(act, "extend", comment, **facts),
        deadline_id=deadline.id, due_date=until, due_at=new_due_at,
        extended_from=row.extended_from or row.due_date,
    )  # fmt: skip
    signing.tell_unit(act, row, f"extended:{deadline.schedule_version}", posts=("liaison", "unit-head"))
    events.relit(act, row, (), reset="extend")
    return row


def exempt(act: Act, submission_id: int, *, comment: str) -> Submission:
    """Free a unit of an obligation; the reason stays in history."""
    row, obligation = begin(act, submission_id, "exempt")
    _need_comment(comment, "免报的理由")
    decision = decided(act, row, obligation, "exempt")
    links.revoke_undecided(act.session, submission_id, act.now)
    ledger.record(act.session, row, decision, entry(act, "exempt", comment), **NOT_PENDING)
    signing.tell_unit(act, row, f"exempted:{row.history_seq}")
    events.relit(act, row, (), reset="exempt")
    return row


def reopen(act: Act, submission_id: int, *, comment: str) -> Submission:
    """Put a filed or exempt submission back with the unit, overdue at once when its date has passed."""
    return _give_back(act, submission_id, "reopen", comment)


def return_filing(act: Act, submission_id: int, *, comment: str, content_hash: str | None = None) -> Submission:
    """The office sends back for correction what was filed or waits to be signed or accepted, in its own name.

    With ``content_hash`` raises ContentChanged when that is not what it looked at.
    """
    return _give_back(act, submission_id, "return", comment, content_hash)


def _give_back(act: Act, submission_id: int, move: str, comment: str, seen: str | None = None) -> Submission:
    row, obligation = begin(act, submission_id, move)
    if seen not in (None, row.content_hash):
        raise ContentChanged(current=row.content_version)
    _need_comment(comment, "退回的理由" if move == "return" else "重新打开的理由")
    releases.let_go(act, col(SignOff.submission_id) == submission_id)
    _back(act, row, obligation, move, comment, tell=True)
    return row


def _back(
    act: Act, row: Submission, obligation: Obligation, move: str, comment: str, *, tell: bool = False
) -> Submission:
    """Put a submission back with its unit, overdue where its deadline has passed."""
    case, before = case_of(act, row, obligation), row.state
    if schedules.has_lapsed(act, row):
        # The sweep has been here, whatever this clock says: a draft would never lapse again.
        case.now = max(case.now, case.due_at)
    decision = decide(act.lifecycle(row.programme_id, row.obligation), case, move)
    links.revoke_undecided(act.session, row.id or 0, act.now)
    changes = {**NOT_PENDING, "filed_at": None, "late": False, **schedules.rearmed(act, row, decision.state)}
    ledger.record(act.session, row, decision, entry(act, move, comment), **changes)
    if tell:
        signing.tell_unit(act, row, f"returned:{row.history_seq}", at_once=True)
    by_rule: list[LightEvent] = ["overdue"] if before != "overdue" and decision.state == "overdue" else []
    reset = move if before in ("filed", "exempt") else ""
    if move == "return":
        events.happened(act, row, "returned", by_rule=[*by_rule, "returned"], reset=reset, comment=comment)
    else:
        events.relit(act, row, by_rule, reset=reset)
    return row


def urge(act: Act, submission_id: int, *, comment: str = "") -> Submission:
    """Remind by hand whoever the submission is stuck with; raises AlreadyUrged, telling when it may be done again."""
    row, obligation = begin(act, submission_id, "urge")
    decision = decided(act, row, obligation, "urge")
    stuck = stuck_with(act, row)
    if not stuck:
        raise NobodyToUrge
    heard = urging.rested(act, row, stuck)
    topics = [notices.Topic(one, submission_id, "urge", f"urge:{row.history_seq}") for one in heard]
    notices.gather(act, "urge", row, topics, at_once=True)
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
    """Who exactly must move next: the unit's posts, or the approvers who have not decided, with their delegates."""
    if row.waiting_on == "approver":
        return tuple(asking.signers(act, [row.id or 0]).get(row.id or 0, ()))
    audience = act.audience(row.programme_id)
    if row.waiting_on == "office":
        return audience.holders("office", row.unit)
    return audience.owners(openings.concern(row)) if row.waiting_on == "unit" else ()


def keep(act: Act, row: Submission, obligation: Obligation, values: dict[str, Any]) -> Submission:
    decision = decided(act, row, obligation, "edit")
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
    found = list(act.session.exec(needed.order_by(col(Submission.due_at))))
    # Of what recurs as this does, that of the same period: January's meeting waits for January's list.
    same = {one.obligation for one in found if one.occurrence == row.occurrence}
    return [one for one in found if one.occurrence == row.occurrence or one.obligation not in same]

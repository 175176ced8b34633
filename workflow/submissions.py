"""What people do to a submission: fill in and hand in here; the other acts are handed on from where they are written.

Each function loads, decides, records; a refusal leaves nothing written because its transaction is given up.
Deciding on a sign-off is in ``workflow.signing``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from workflow import appointments, arrivals, asking, forms, ledger, notices, signing
from workflow.acts import Act
from workflow.beginnings import begin as begin
from workflow.beginnings import case_of as case_of
from workflow.beginnings import content_of as content_of
from workflow.beginnings import decided as decided
from workflow.beginnings import entry as entry
from workflow.corrections import reopen as reopen
from workflow.corrections import return_filing as return_filing
from workflow.corrections import withdraw as withdraw
from workflow.definition import Obligation
from workflow.lifecycle import Decision
from workflow.refusals import ContentChanged, PrerequisiteNotFiled
from workflow.relief import exempt as exempt
from workflow.relief import extend as extend
from workflow.tables import Content, Submission
from workflow.urging import stuck_with as stuck_with
from workflow.urging import urge as urge


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
    check_prerequisites(act, row, obligation)
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


def check_prerequisites(act: Act, row: Submission, obligation: Obligation) -> None:
    """Raises PrerequisiteNotFiled while something that has to come first is not there."""
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

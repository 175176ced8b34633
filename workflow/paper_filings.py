"""补录纸质件: what a unit handed in on paper, signed by hand, entered by the office afterwards.

The day the paper was received counts against the deadline, not the day it is entered; the history keeps both, who
signed, and the scan with its hash. Whoever was asked to sign is asked no longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import col

from workflow import arrivals, attachments, forms, ledger, links, notices, releases, signing
from workflow.acts import Act
from workflow.beginnings import begin, entry, need_comment
from workflow.definition import FileKind, Obligation
from workflow.forms import filekinds
from workflow.guards import Case
from workflow.lifecycle import Decision, decide
from workflow.moments import SHANGHAI
from workflow.refusals import CommentMissing, ContentUnreadable, DateRefused, NotAllowedNow
from workflow.submissions import check_prerequisites
from workflow.tables import SignOff, Submission

PAPER = "paper"
#: A scan is a picture of a paper.
SCANS: tuple[FileKind, ...] = ("pdf", "ofd", "jpg", "png")
#: Nobody remembers a paper of longer ago; in days.
LONGEST_AGO = 366
LONGEST_NAME = 100
_NOON = time(12, 0)
_MOST_STEPS = 12


@dataclass(frozen=True)
class Scan:
    """A file as it was uploaded."""

    name: str
    media_type: str
    data: bytes


def enter(
    act: Act, submission_id: int, *, received: date, signed_by: str, comment: str, scan: Scan | None = None
) -> Submission:
    """File what was received on paper on a day (Asia/Shanghai), late or not by that day; ``signed_by`` as on the paper.

    Where the office accepts first, it then waits to be accepted. Raises NotAllowedNow, PrerequisiteNotFiled,
    DateRefused, CommentMissing, ContentUnreadable, AttachmentRefused, Forbidden, NotFound.
    """
    row, obligation = begin(act, submission_id, PAPER)
    decision = _filed(act, row, obligation)
    need_comment(comment, "补录的理由")
    signer = _signer(signed_by)
    at = _instant(act, row, received)
    check_prerequisites(act, row, obligation)
    kept = {} if scan is None else {"scan": _keep(act, row, scan)}
    if row.waiting_on == "approver":
        releases.let_go(act, col(SignOff.submission_id) == submission_id)
    links.revoke_undecided(act.session, submission_id, act.now)
    arrival = arrivals.arriving(act.at(at), row, decision)
    late = bool(arrival.changes.get("late", row.late))
    facts = {"received": received.isoformat(), "signed_by": signer, "late": late, **kept, **arrival.facts}
    ledger.record(act.session, row, decision, entry(act, PAPER, comment, **facts), **arrival.changes)
    notices.cancel_about(
        act.session, submission_id, "已补录纸质件", reasons=("reminder", "overdue", "escalation", "urge")
    )  # fmt: skip
    if decision.state == "filed":
        signing.tell_unit(act, row, f"filed:paper-{row.history_seq}")
    arrivals.follow(act, row, arrival)
    return row


def _filed(act: Act, row: Submission, obligation: Obligation) -> Decision:
    """Where the lifecycle leads when all sign: one move for the submission and its signatures on paper."""
    machine = act.lifecycle(row.programme_id, row.obligation)
    here = machine.standing(row.standing)
    there = here
    for _ in range(_MOST_STEPS):
        if there.waiting_on not in ("unit", "approver"):
            break
        trigger = "submit" if there.waiting_on == "unit" else "approve"
        case = Case(there.name, act.now, row.due_at, len(obligation.sign_off), sign_off_done=True)
        there = machine.standing(decide(machine, case, trigger).dest)
    if there is here or there.waiting_on in ("unit", "approver"):
        raise NotAllowedNow(standing=here.title, move="补录纸质件")
    return Decision(PAPER, here.name, there.name, there.state, there.waiting_on)


def _instant(act: Act, row: Submission, received: date) -> datetime:
    """The instant that counts: a day is in time to its end, whatever the hour of its cut-off; a paper has no hour."""
    if received > act.today:
        raise DateRefused(reason="收到纸质件的日期不能在今天以后")
    if received < act.today - timedelta(days=LONGEST_AGO):
        raise DateRefused(reason="收到纸质件的日期不能早于一年以前")
    at = act.now if received == act.today else datetime.combine(received, _NOON, SHANGHAI)
    return min(at, row.due_at - timedelta(seconds=1)) if received <= row.due_date else at


def _signer(signed_by: str) -> str:
    signer = signed_by.strip()
    if not signer:
        raise CommentMissing(what="纸质件由谁签字，例如“副市长（分管教育）”")
    if len(signer) > LONGEST_NAME or forms.unstorable(signer):
        said = f"签字人最多{LONGEST_NAME}字，且不能含有无法保存的字符"
        raise ContentUnreadable(summary=said, errors={"signed_by": said})
    return signer


def _keep(act: Act, row: Submission, scan: Scan) -> dict[str, object]:
    """The scan beside the content: it is of the whole paper, so it belongs to no field of the form."""
    name = attachments.plain_name(scan.name)
    filekinds.check(SCANS, name=name, data=scan.data)
    kept = attachments.store(act, row, field="", name=name, media_type=scan.media_type, data=scan.data)
    return attachments.described(kept)

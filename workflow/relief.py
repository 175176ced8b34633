"""What the office lets a unit off: a later date (延期), or the whole duty (免报)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from workflow import deadlines, events, extension_answers, ledger, links, notices, schedules, signing
from workflow.acts import Act
from workflow.asking import NOT_PENDING
from workflow.beginnings import begin, decided, entry, need_comment
from workflow.definition import Obligation
from workflow.guards import Case
from workflow.lifecycle import decide
from workflow.refusals import DateRefused
from workflow.tables import Submission

#: No single extension is longer, in calendar days.
LONGEST = 366
_NOTHING_MORE: Mapping[str, Any] = MappingProxyType({})


def extend(
    act: Act, submission_id: int, *, until: date, comment: str, more: Mapping[str, Any] = _NOTHING_MORE
) -> Submission:
    """Move one unit's due date later; the first date stays on record, an overdue is taken back with the reason.

    A request of the unit that waits is answered with it. ``more`` goes into the history's facts.
    """
    row, obligation = begin(act, submission_id, "extend")
    need_comment(comment, "延期的理由")
    new_due_at = later(act, row, obligation, until)
    case = Case(row.standing, act.now, new_due_at, len(obligation.sign_off))
    decision = decide(act.lifecycle(row.programme_id, row.obligation), case, "extend")
    request = extension_answers.unanswered(act, submission_id)
    deadline = schedules.own_deadline(act, row, until=until, due_at=new_due_at)
    notices.cancel_about(act.session, submission_id, "已延期", reasons=("reminder", "overdue", "escalation"))
    asked = {"request": request.id} if request else {}
    facts = {"from": row.due_date.isoformat(), "until": until.isoformat(), **asked, **more}
    ledger.record(
        act.session, row, decision, entry(act, "extend", comment, **facts),
        deadline_id=deadline.id, due_date=until, due_at=new_due_at,
        extended_from=row.extended_from or row.due_date,
    )  # fmt: skip
    if request is not None:
        extension_answers.settle(act, request, "granted", comment=comment.strip(), granted_until=until)
    signing.tell_unit(act, row, f"extended:{deadline.schedule_version}", posts=("liaison", "unit-head"))
    events.relit(act, row, (), reset="extend")
    return row


def later(act: Act, row: Submission, obligation: Obligation, until: date) -> datetime:
    """The first late instant of a new due date; raises DateRefused for a day that is no extension."""
    if (until - row.due_date).days > LONGEST:
        raise DateRefused(reason="一次延期不能超过一年")
    due_at = deadlines.due_at(until, until=obligation.due.until)
    if until <= row.due_date or due_at <= act.now:
        raise DateRefused(reason="延期须晚于原截止日期和今天")
    return due_at


def exempt(act: Act, submission_id: int, *, comment: str, more: Mapping[str, Any] = _NOTHING_MORE) -> Submission:
    """Free a unit of an obligation; the reason stays in history. ``more`` goes into its facts."""
    row, obligation = begin(act, submission_id, "exempt")
    need_comment(comment, "免报的理由")
    decision = decided(act, row, obligation, "exempt")
    links.revoke_undecided(act.session, submission_id, act.now)
    ledger.record(act.session, row, decision, entry(act, "exempt", comment, **more), **NOT_PENDING)
    signing.tell_unit(act, row, f"exempted:{row.history_seq}")
    extension_answers.close(act, row, extension_answers.EXEMPTED)
    events.relit(act, row, (), reset="exempt")
    return row

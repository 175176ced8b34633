"""What goes back to its unit: withdrawn by itself, returned by the office for correction, or opened again."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlmodel import col

from workflow import events, ledger, links, releases, schedules, signing
from workflow.acts import Act
from workflow.asking import NOT_PENDING
from workflow.beginnings import begin, case_of, entry, need_comment
from workflow.definition import LightEvent, Obligation
from workflow.lifecycle import decide
from workflow.refusals import ContentChanged
from workflow.tables import SignOff, Submission

_NOTHING_MORE: Mapping[str, Any] = MappingProxyType({})


def withdraw(act: Act, submission_id: int, *, comment: str = "") -> Submission:
    """Take back what waits to be signed or accepted; its sign-off links die in the same transaction."""
    row, obligation = begin(act, submission_id, "withdraw")
    return _back(act, row, obligation, "withdraw", comment)


def reopen(act: Act, submission_id: int, *, comment: str) -> Submission:
    """Put a filed or exempt submission back with the unit, overdue at once when its date has passed."""
    return _give_back(act, submission_id, "reopen", comment)


def return_filing(
    act: Act,
    submission_id: int,
    *,
    comment: str,
    content_hash: str | None = None,
    more: Mapping[str, Any] = _NOTHING_MORE,
) -> Submission:
    """The office sends back for correction what was filed or waits to be signed or accepted, in its own name.

    With ``content_hash`` raises ContentChanged when that is not what it looked at. ``more`` goes into the history's
    facts.
    """
    return _give_back(act, submission_id, "return", comment, content_hash, more)


def _give_back(
    act: Act,
    submission_id: int,
    move: str,
    comment: str,
    seen: str | None = None,
    more: Mapping[str, Any] = _NOTHING_MORE,
) -> Submission:
    row, obligation = begin(act, submission_id, move)
    if seen not in (None, row.content_hash):
        raise ContentChanged(current=row.content_version)
    need_comment(comment, "退回的理由" if move == "return" else "重新打开的理由")
    releases.let_go(act, col(SignOff.submission_id) == submission_id)
    return _back(act, row, obligation, move, comment, tell=True, more=more)


def _back(
    act: Act,
    row: Submission,
    obligation: Obligation,
    move: str,
    comment: str,
    *,
    tell: bool = False,
    more: Mapping[str, Any] = _NOTHING_MORE,
) -> Submission:
    """Put a submission back with its unit, overdue where its deadline has passed."""
    case, before = case_of(act, row, obligation), row.state
    if schedules.has_lapsed(act, row):
        # The sweep has been here, whatever this clock says: a draft would never lapse again.
        case.now = max(case.now, case.due_at)
    decision = decide(act.lifecycle(row.programme_id, row.obligation), case, move)
    links.revoke_undecided(act.session, row.id or 0, act.now)
    changes = {**NOT_PENDING, "filed_at": None, "late": False, **schedules.rearmed(act, row, decision.state)}
    ledger.record(act.session, row, decision, entry(act, move, comment, **more), **changes)
    if tell:
        signing.tell_unit(act, row, f"returned:{row.history_seq}", at_once=True)
    by_rule: list[LightEvent] = ["overdue"] if before != "overdue" and decision.state == "overdue" else []
    reset = move if before in ("filed", "exempt") else ""
    if move == "return":
        events.happened(act, row, "returned", by_rule=[*by_rule, "returned"], reset=reset, comment=comment)
    else:
        events.relit(act, row, by_rule, reset=reset)
    return row

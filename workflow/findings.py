"""Findings: what an inspection has found on a submission, filed or not, and what follows from it."""

from __future__ import annotations

from typing import Final

from workflow import events, ledger, submissions
from workflow.acts import Act
from workflow.definition import Definition
from workflow.lifecycle import Decision, State, WaitingOn
from workflow.refusals import CommentMissing, FindingRefused
from workflow.tables import Submission

#: What a finding is in history.
FINDING: Final = "finding"


def record(act: Act, submission_id: int, *, kind: str, comment: str) -> Submission:
    """Put a finding into a submission's history and open what the definition has follow from it.

    For the office and inspectors, on a submission in any state, which stays as it is. The unit reads the finding;
    what it opens carries the same words. Raises FindingRefused, CommentMissing.
    """
    row, _ = submissions.begin(act, submission_id, FINDING)
    title = _title(act.definition(row.programme_id), kind)
    if not comment.strip():
        raise CommentMissing(what="检查发现了什么")
    facts = {"kind": kind, "title": title}
    said = submissions.entry(act, FINDING, comment, **facts)
    ledger.record(act.session, row, _unmoved(act, row), said)
    events.happened(act, row, FINDING, by_rule=(FINDING,), kind=kind, comment=said.comment)
    return row


def kinds_of(act: Act, submission_id: int) -> dict[str, str]:
    """The kinds of findings that may be recorded on a submission, with their Chinese titles; raises NotFound."""
    return kinds(act.definition(ledger.load(act.session, submission_id).programme_id))


def kinds(definition: Definition) -> dict[str, str]:
    """The kinds of findings that a definition knows, with their Chinese titles."""
    return {key: one.title for key, one in definition.findings.items()}


def secret_kinds(definition: Definition) -> frozenset[str]:
    """The kinds that open something hidden: the unit a finding is about must not learn of them (三（五）3 of the
    Huludao plan: referral of false data)."""
    return frozenset(
        opening.kind
        for obligation in definition.obligations.values()
        if obligation.visibility == "hidden"
        for opening in obligation.opened_by
        if opening.kind is not None
    )


def _title(definition: Definition, kind: str) -> str:
    known = kinds(definition)
    if not known:
        raise FindingRefused(reason="本方案没有规定检查发现的类别")
    if kind not in known:
        listed = "、".join(f"{key}（{title}）" for key, title in known.items())
        raise FindingRefused(reason=f"没有这一类别，可用的有：{listed}")
    return known[kind]


def _unmoved(act: Act, row: Submission) -> Decision:
    """A finding moves nothing; it is only told."""
    standing = act.lifecycle(row.programme_id, row.obligation).standing(row.standing)
    state: State = standing.state
    waiting_on: WaitingOn = standing.waiting_on
    return Decision(FINDING, row.standing, row.standing, state, waiting_on)

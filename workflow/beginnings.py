"""How every act on a submission begins: load it, ask leave, note a deadline that has passed, decide, write a line."""

from __future__ import annotations

from typing import Any

from workflow import events, forms, ledger, permissions
from workflow.acts import Act
from workflow.definition import Obligation
from workflow.guards import Case
from workflow.ledger import Entry
from workflow.lifecycle import Decision, decide
from workflow.refusals import CommentMissing
from workflow.tables import Content, Submission


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


def standing_still(act: Act, row: Submission, event: str) -> Decision:
    """What happens to a submission without moving it; for entries that are more than a note."""
    here = act.lifecycle(row.programme_id, row.obligation).standing(row.standing)
    return Decision(event, row.standing, row.standing, here.state, here.waiting_on)


def entry(act: Act, event: str, comment: str = "", **facts: Any) -> Entry:
    """A history entry of this act; raises ContentUnreadable for a comment that cannot be kept."""
    return Entry(event, act.now, act.now, act.actor.name, forms.remark(comment), facts)


def content_of(act: Act, row: Submission) -> dict[str, Any]:
    """The values of the newest content version, empty before the first."""
    found = act.session.get(Content, (row.id, row.content_version))
    return dict(found.fields) if found else {}


def need_comment(comment: str, what: str) -> None:
    """Raises CommentMissing where nothing is written; ``what`` is its name."""
    if not comment.strip():
        raise CommentMissing(what=what)

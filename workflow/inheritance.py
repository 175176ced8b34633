"""What a unit inherits from the cycle before it: the rows kept for it become the draft of its new submission.

They wait in ``Carried`` until the obligation opens.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import col, select

from workflow import forms, ledger
from workflow.acts import Act
from workflow.guards import Case
from workflow.ledger import Entry
from workflow.lifecycle import decide
from workflow.tables import Carried, Content, Submission

#: What history says of it.
CARRIED_OVER = "上年度结转"


def put_in(act: Act, rows: Iterable[Submission]) -> int:
    """Give new submissions of one programme and obligation what waits for them; returns how many got something.

    Where an obligation recurs, the first occurrence takes it. A draft that somebody has begun is left alone.
    """
    waiting: dict[tuple[str, str], Carried] | None = None
    count = 0
    for row in rows:
        if waiting is None:
            waiting = _waiting(act, row)
        carried = waiting.pop((row.unit, row.subject), None) if row.content_version == 0 else None
        if carried is not None:
            _keep(act, row, carried)
            count += 1
        if not waiting:
            break
    return count


def _waiting(act: Act, row: Submission) -> dict[tuple[str, str], Carried]:
    found = select(Carried).where(
        Carried.programme_id == row.programme_id,
        Carried.obligation == row.obligation,
        col(Carried.submission_id).is_(None),
    )
    return {(one.unit, one.subject): one for one in act.session.exec(found.order_by(col(Carried.id))) if one.kept}


def _keep(act: Act, row: Submission, carried: Carried) -> None:
    """The kept rows as the first version of the draft, with its history entry."""
    obligation = act.definition(row.programme_id).obligations[row.obligation]
    lifecycle = act.lifecycle(row.programme_id, row.obligation)
    case = Case(row.standing, act.now, row.due_at, len(obligation.sign_off))
    values = {carried.field: carried.kept}
    digest = forms.content_hash(row.obligation, values, definition_version=act.programme(row.programme_id).version)
    facts = {"version": 1, "hash": digest, "carried_from": carried.source_id}
    entry = Entry("edit", act.now, act.now, act.actor.name, CARRIED_OVER, facts)
    decision = decide(lifecycle, case, "edit")
    ledger.record(act.session, row, decision, entry, content_version=1, content_hash=digest)
    assert row.id is not None
    act.session.add(
        Content(
            submission_id=row.id, version=1, fields=values, hash=digest, saved_at=act.now, saved_by=act.actor.name,
        )
    )  # fmt: skip
    carried.submission_id = row.id
    act.session.flush()

"""What reaches the office: whether it came late, whether its targets are met, who is told, what follows.

What counts against the deadline is the instant of the last sign-off, or of the submission where nobody signs.
Where the office accepts first, that instant is kept while it waits: the office's own time makes nobody late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow import events, extension_answers, notices, openings, targets
from workflow.acts import Act
from workflow.asking import NOT_PENDING
from workflow.definition import OFFICE_BODY, Event, LightEvent
from workflow.lifecycle import Decision
from workflow.tables import Submission


@dataclass(frozen=True)
class Arrival:
    """What a move to the office changes, and what its history entry says; without facts it is not filed yet."""

    changes: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)


def is_one(decision: Decision) -> bool:
    """Whether a move leads to the office, or files."""
    return decision.state == "filed" or decision.waiting_on == "office"


def arriving(act: Act, row: Submission, decision: Decision) -> Arrival:
    """What it means for a submission that a move leads to the office, or files."""
    changes: dict[str, Any] = {}
    late = row.late
    if row.waiting_on != "office":
        late = act.now >= row.due_at
        # While the office has it, the instant it arrived stands where the approvers' waiting stood.
        changes = {**NOT_PENDING, "late": late, "pending_since": None if decision.state == "filed" else act.now}
    if decision.state != "filed":
        return Arrival(changes)
    missed = targets.unmet(act, row, act.definition(row.programme_id).obligations[row.obligation])
    facts = {"filed": "late" if late else "in-time"} | ({"unmet": [*missed]} if missed else {})
    return Arrival({**changes, "filed_at": act.now}, facts)


def follow(act: Act, row: Submission, arrival: Arrival) -> None:
    """Tell the receivers of what has just been filed, and follow up the filing."""
    if not arrival.facts:
        return
    _tell_receivers(act, row)
    late, missed = arrival.facts["filed"] == "late", bool(arrival.facts.get("unmet"))
    by_rule: list[LightEvent] = ["filed-late" if late else "filed-in-time"]
    more: list[Event] = ["filed-late"] if late else []
    if missed:
        by_rule.append("target-unmet")
        more.append("target-unmet")
    events.happened(act, row, "filed", *more, by_rule=by_rule)
    extension_answers.close(act, row, extension_answers.FILED)


def _tell_receivers(act: Act, row: Submission) -> None:
    """Whoever receives it beside the office hears that it is there."""
    audience = act.audience(row.programme_id)
    named = audience.definition.obligations[row.obligation].receivers
    people = audience.reached([one for one in named if one != OFFICE_BODY], openings.concern(row))
    reason = f"received:{row.history_seq}"
    topics = [notices.Topic(one, row.id or 0, reason, reason) for one in people]
    notices.gather(act, "notice", row, topics)

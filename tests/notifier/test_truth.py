"""Which words still hold, for every reason and every standing."""

from __future__ import annotations

import pytest

from notifier.letters import HEADINGS
from notifier.truth import Standpoint, told_as, untrue

DRAFT = Standpoint(state="draft", waiting_on="unit", own=True)
ASKED = Standpoint(state="pending", waiting_on="approver", signs=True)
ANSWERED = Standpoint(state="pending", waiting_on="approver", signed=True)
UNIT_OF_PENDING = Standpoint(state="pending", waiting_on="approver", own=True)
OVERDUE = Standpoint(state="overdue", waiting_on="unit", own=True)
LEADER_OF_OVERDUE = Standpoint(state="overdue", waiting_on="unit")
ASKED_LATE = Standpoint(state="overdue", waiting_on="approver", signs=True)
OFFICE_OF_STUCK = Standpoint(state="overdue", waiting_on="approver")
FILED = Standpoint(state="filed", waiting_on="none", own=True)
EXEMPT = Standpoint(state="exempt", waiting_on="none", own=True)

#: Reason → where it still holds.
HOLDS = {
    "reminder": {"DRAFT", "ASKED"},
    "notice": {
        "DRAFT", "ASKED", "ANSWERED", "UNIT_OF_PENDING", "OVERDUE", "LEADER_OF_OVERDUE", "ASKED_LATE",
        "OFFICE_OF_STUCK",
    },
    "overdue": {"OVERDUE", "LEADER_OF_OVERDUE", "ASKED_LATE", "OFFICE_OF_STUCK"},
    "escalation": {"OVERDUE", "LEADER_OF_OVERDUE", "ASKED_LATE", "OFFICE_OF_STUCK"},
    "request": {"ASKED", "ASKED_LATE"},
    "chase": {"ASKED", "ASKED_LATE", "UNIT_OF_PENDING", "OFFICE_OF_STUCK"},
    "urge": {"DRAFT", "OVERDUE", "ASKED", "ASKED_LATE"},
    "returned": {"DRAFT", "OVERDUE", "LEADER_OF_OVERDUE"},
    "filed": {"FILED"},
    "exempted": {"EXEMPT"},
}  # fmt: skip
STANDPOINTS = {name: seen for name, seen in vars().items() if isinstance(seen, Standpoint)}


@pytest.mark.parametrize("name", STANDPOINTS)
@pytest.mark.parametrize("reason", HOLDS)
def test_only_what_holds_is_said(reason: str, name: str) -> None:
    why = untrue(reason, STANDPOINTS[name])
    assert (why is None) == (name in HOLDS[reason])
    assert why is None or why.rstrip("：") == why


@pytest.mark.parametrize("name", STANDPOINTS)
def test_what_has_happened_stays_true(name: str) -> None:
    assert untrue("extended", STANDPOINTS[name]) is None


def test_every_reason_of_a_letter_is_judged() -> None:
    assert {*HOLDS, "extended", "watch"} == set(HEADINGS)


@pytest.mark.parametrize("reason", ["reminder", "notice", "overdue", "escalation", "chase"])
def test_who_has_to_sign_is_asked_to_sign(reason: str) -> None:
    assert told_as(reason, ASKED_LATE) == "chase"


def test_who_does_not_sign_is_not_asked_to() -> None:
    assert told_as("chase", OFFICE_OF_STUCK) == "watch"
    assert [told_as(reason, OVERDUE) for reason in ("overdue", "urge")] == ["overdue", "urge"]

"""Which words still hold, for every reason and every standing."""

from __future__ import annotations

from dataclasses import replace

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
OFFICE_TO_ACCEPT = Standpoint(state="pending", waiting_on="office", clerk=True)
UNIT_OF_RECEIVED = Standpoint(state="pending", waiting_on="office", own=True)
OFFICE_TO_ACCEPT_LATE = Standpoint(state="overdue", waiting_on="office", clerk=True)
EXEMPT = Standpoint(state="exempt", waiting_on="none", own=True)

#: Where it is not settled yet.
_OPEN = {
    "DRAFT", "ASKED", "ANSWERED", "UNIT_OF_PENDING", "OVERDUE", "LEADER_OF_OVERDUE", "ASKED_LATE", "OFFICE_OF_STUCK",
    "OFFICE_TO_ACCEPT", "UNIT_OF_RECEIVED", "OFFICE_TO_ACCEPT_LATE",
}  # fmt: skip
#: Reason → where it still holds.
HOLDS = {
    "reminder": {"DRAFT", "ASKED", "OFFICE_TO_ACCEPT"},
    "notice": _OPEN,
    "amended": _OPEN,
    "opened": _OPEN,
    "overdue": {"OVERDUE", "LEADER_OF_OVERDUE", "ASKED_LATE", "OFFICE_OF_STUCK", "OFFICE_TO_ACCEPT_LATE"},
    "escalation": {"OVERDUE", "LEADER_OF_OVERDUE", "ASKED_LATE", "OFFICE_OF_STUCK", "OFFICE_TO_ACCEPT_LATE"},
    "request": {"ASKED", "ASKED_LATE"},
    "chase": {"ASKED", "ASKED_LATE", "UNIT_OF_PENDING", "OFFICE_OF_STUCK"},
    "urge": {"DRAFT", "OVERDUE", "ASKED", "ASKED_LATE", "OFFICE_TO_ACCEPT", "OFFICE_TO_ACCEPT_LATE"},
    "returned": {"DRAFT", "OVERDUE", "LEADER_OF_OVERDUE"},
    "filed": {"FILED"},
    "accepted": {"FILED"},
    "received": {"FILED"},
    "exempted": {"EXEMPT"},
    "unacknowledged": _OPEN,
}  # fmt: skip
STANDPOINTS = {name: seen for name, seen in vars().items() if isinstance(seen, Standpoint)}


@pytest.mark.parametrize("name", STANDPOINTS)
@pytest.mark.parametrize("reason", HOLDS)
def test_only_what_holds_is_said(reason: str, name: str) -> None:
    why = untrue(reason, STANDPOINTS[name])
    assert (why is None) == (name in HOLDS[reason])
    assert why is None or why.rstrip("：") == why


@pytest.mark.parametrize("name", STANDPOINTS)
@pytest.mark.parametrize("reason", ["extended", "decided", "disputed", "code"])
def test_what_has_happened_stays_true(reason: str, name: str) -> None:
    assert untrue(reason, STANDPOINTS[name]) is None


def test_who_is_asked_again_is_not_told_that_it_was_handed_over() -> None:
    assert untrue("handed-over", ASKED) == "又已交由此人审签"
    assert untrue("handed-over", ANSWERED) is None


@pytest.mark.parametrize("reason", ["code", "unacknowledged"])
def test_what_is_of_no_use_any_more_is_not_said(reason: str) -> None:
    assert untrue(reason, replace(DRAFT, void="验证码已失效")) == "验证码已失效"


def test_every_reason_of_a_letter_is_judged() -> None:
    always = {
        "extended", "extension-asked", "extension-declined", "restored", "decided", "disputed", "code", "handed-over",
    }  # fmt: skip
    assert {*HOLDS, *always, "watch", "accept"} == set(HEADINGS)


@pytest.mark.parametrize("reason", ["reminder", "notice", "overdue", "escalation", "chase"])
def test_who_has_to_sign_is_asked_to_sign(reason: str) -> None:
    assert told_as(reason, ASKED_LATE) == "chase"


@pytest.mark.parametrize("reason", ["reminder", "notice", "overdue", "escalation", "urge"])
def test_the_office_is_asked_to_accept(reason: str) -> None:
    assert told_as(reason, OFFICE_TO_ACCEPT_LATE) == "accept"
    assert told_as(reason, UNIT_OF_RECEIVED) == reason


def test_what_waits_for_the_office_is_never_asked_of_the_unit() -> None:
    assert untrue("reminder", UNIT_OF_RECEIVED) == "已不需提醒：已报送，等候受理"


def test_who_does_not_sign_is_not_asked_to() -> None:
    assert told_as("chase", OFFICE_OF_STUCK) == "watch"
    assert [told_as(reason, OVERDUE) for reason in ("overdue", "urge")] == ["overdue", "urge"]

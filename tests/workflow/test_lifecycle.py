"""Where each move leads from each standing, one by one and in sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from tests.workflow.world import local
from workflow import ledger
from workflow.guards import GUARDS, Case
from workflow.ledger import Entry
from workflow.lifecycle import FILING, MOVES, Lifecycle, Move, decide, moves_open, unreachable
from workflow.refusals import NotAllowedNow
from workflow.store import Store
from workflow.tables import Deadline, Submission

DUE = local("2022-01-05")
BEFORE, AT, AFTER = DUE - timedelta(microseconds=1), DUE, DUE + timedelta(days=9)

#: What the public sees of each standing.
FACETS = {
    "draft": ("draft", "unit"),
    "pending": ("pending", "approver"),
    "filed": ("filed", "none"),
    "exempt": ("exempt", "none"),
    "overdue-draft": ("overdue", "unit"),
    "overdue-pending": ("overdue", "approver"),
}

#: Where a move leads; what is not here is refused. Two words: before the deadline, and from it on.
LEADS: dict[str, dict[str, str]] = {
    "draft": {
        "edit": "draft", "urge": "draft", "lapse": "overdue-draft", "extend": "draft refused", "exempt": "exempt",
    },
    "pending": {
        "return": "draft", "withdraw": "draft", "urge": "pending", "lapse": "overdue-pending",
        "extend": "pending refused", "exempt": "exempt",
    },
    "filed": {"return": "draft overdue-draft", "reopen": "draft overdue-draft"},
    "exempt": {"reopen": "draft overdue-draft"},
    "overdue-draft": {
        "edit": "overdue-draft", "urge": "overdue-draft", "extend": "draft refused", "exempt": "exempt",
    },
    "overdue-pending": {
        "return": "overdue-draft", "withdraw": "overdue-draft", "urge": "overdue-pending",
        "extend": "pending refused", "exempt": "exempt",
    },
}  # fmt: skip

#: The moves that ask about the sign-off: (standing, sign-off needed) and (standing, sign-off complete).
SUBMITTED = {
    ("draft", True): "pending",
    ("draft", False): "filed",
    ("overdue-draft", True): "overdue-pending",
    ("overdue-draft", False): "filed",
}
APPROVED = {
    ("pending", True): "filed",
    ("pending", False): "pending",
    ("overdue-pending", True): "filed",
    ("overdue-pending", False): "overdue-pending",
}


def led(case: Case, trigger: str) -> str:
    """Where the tables above say that a move leads."""
    if trigger == "submit":
        return SUBMITTED.get((case.state, case.sign_off_steps > 0), "refused")
    if trigger == "approve":
        return APPROVED.get((case.state, case.sign_off_done), "refused")
    words = LEADS[case.state].get(trigger, "refused").split()
    return words[-1] if case.now >= case.due_at else words[0]


def cases() -> Iterator[tuple[str, Case]]:
    facts = product(FACETS, (BEFORE, AT, AFTER), (0, 1, 2), (False, True), [*MOVES, "vanish", "to_filed", ""])
    for standing, now, steps, done, trigger in facts:
        yield trigger, Case(standing, now, DUE, steps, done)


def test_every_move_from_every_standing_leads_where_the_table_says() -> None:
    for trigger, case in cases():
        source, expected = case.state, led(case, trigger)
        try:
            decision = decide(FILING, case, trigger)
        except NotAllowedNow as refused:
            assert expected == "refused", (source, trigger)
            assert refused.code == "not-allowed-now"
            assert FILING.standing(source).title in refused.text and MOVES.get(trigger, trigger) in refused.text
            assert case.state == source
            continue
        assert decision.dest == expected, (source, trigger)
        assert (decision.state, decision.waiting_on) == FACETS[expected]
        assert (decision.trigger, decision.source) == (trigger, source)


def test_the_table_covers_every_standing() -> None:
    assert {one.name: (one.state, one.waiting_on) for one in FILING.standings} == FACETS
    assert set(LEADS) == set(FACETS)


def test_every_standing_is_reachable() -> None:
    assert unreachable(FILING) == frozenset()


def test_a_standing_without_a_way_in_is_found() -> None:
    island = replace(FILING.standings[0], name="island")
    assert unreachable(replace(FILING, standings=(*FILING.standings, island))) == {"island"}


def test_only_the_clock_lapses() -> None:
    assert all("lapse" not in moves_open(FILING, standing) for standing in FACETS)
    assert FILING.timed_moves("lapse") == {"draft": "overdue-draft", "pending": "overdue-pending"}
    assert FILING.timed_moves("submit") == {}


def test_buttons_are_the_moves_some_guard_may_allow() -> None:
    for standing in FACETS:
        open_ = {trigger for trigger, case in cases() if case.state == standing and led(case, trigger) != "refused"}
        assert moves_open(FILING, standing) == open_ - {"lapse"}


def test_guards_are_names_of_a_closed_list() -> None:
    assert {guard for move in FILING.moves for guard in move.guards} <= set(GUARDS)


@pytest.mark.parametrize("name", ["os.system", "workflow.guards.in_time", "no_such_guard", "__class__"])
def test_a_guard_that_is_not_in_the_list_is_never_imported(name: str) -> None:
    odd = Lifecycle("odd", FILING.standings, (Move("submit", "draft", "pending", (name,)),))
    with pytest.raises(KeyError):
        decide(odd, Case("draft", BEFORE, DUE), "submit")


def test_an_unknown_standing_is_an_error_and_no_refusal() -> None:
    with pytest.raises(KeyError):
        decide(FILING, Case("gone", BEFORE, DUE), "submit")


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    found = Store.in_memory()
    found.migrate()
    yield found
    found.close()


class GiveUp(Exception):
    """Leaves nothing of an example behind."""


def population(session: Session, standings: list[str], *, obligation: str) -> list[Submission]:
    """Submissions in these standings under a deadline of their own."""
    deadline = Deadline(programme_id=1, obligation=obligation, occurrence="2022", due_date=date(2022, 1, 4), due_at=DUE)
    session.add(deadline)
    session.flush()
    rows = [
        Submission(
            programme_id=1, obligation=obligation, occurrence="2022", unit=f"U{number}", deadline_id=deadline.id or 0,
            due_date=deadline.due_date, due_at=DUE, standing=standing, state=FACETS[standing][0],
            waiting_on=FACETS[standing][1], version=number % 3 + 1,
        )
        for number, standing in enumerate(standings)
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    ledger.open_history(session, rows, Entry("launch", BEFORE, BEFORE, "测试"))
    return rows


def decided(row: Submission) -> tuple[str, str, str, int, int]:
    """What deciding on one submission makes of it."""
    try:
        found = decide(FILING, Case(row.standing, AFTER, DUE), "lapse")
    except NotAllowedNow:
        return row.standing, row.state, row.waiting_on, row.version, row.history_seq
    return found.dest, found.state, found.waiting_on, row.version + 1, row.history_seq + 1


def as_it_is(row: Submission) -> tuple[str, str, str, int, int]:
    return row.standing, row.state, row.waiting_on, row.version, row.history_seq


@given(st.lists(st.sampled_from(sorted(FACETS)), min_size=1, max_size=12), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_lapsing_in_sets_equals_deciding_one_by_one(store: Store, standings: list[str], chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(GiveUp), store.write() as session:
        patch.setattr(ledger, "CHUNK", chunk)
        rows = population(session, standings, obligation="mine")
        [bystander] = population(session, ["draft"], obligation="other")
        expected = [decided(row) for row in rows]
        deadline = rows[0].deadline_id
        while ledger.lapse_chunk(session, FILING, deadline, due_at=DUE, now=AFTER) == chunk:
            pass
        session.expire_all()
        assert [as_it_is(row) for row in rows] == expected
        assert bystander.standing == "draft"
        lapses = [one for row in rows for one in ledger.history_of(session, row.id or 0) if one.event == "lapse"]
        assert len(lapses) == sum(standing in ("draft", "pending") for standing in standings)
        assert all((entry.at, entry.noticed_at) == (DUE, AFTER) for entry in lapses)
        assert all(FILING.timed_moves("lapse")[entry.source] == entry.dest for entry in lapses)
        raise GiveUp

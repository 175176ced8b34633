"""Where each move leads from each standing, one by one and in sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from tests.workflow.chains import broken_chains
from tests.workflow.rectifying import rectifying
from tests.workflow.world import local
from workflow import ledger, lifecycle, lights
from workflow.definition import LightRule
from workflow.guards import GUARDS, Case
from workflow.ledger import Entry
from workflow.lifecycle import FILING, MOVES, RECEIPT, Lifecycle, Move, decide, moves_open, unreachable
from workflow.refusals import NotAllowedNow
from workflow.store import Store
from workflow.tables import Deadline, Programme, Submission, Unit

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


#: What the office may do with what has reached it, and what others still may.
RECEIVED = {"accept": "filed", "return": "draft overdue-draft", "withdraw": "draft overdue-draft", "exempt": "exempt"}


def outcome(machine: Lifecycle, case: Case, trigger: str) -> str:
    """Where a machine takes a case, as one word."""
    try:
        return decide(machine, replace(case), trigger).dest
    except NotAllowedNow:
        return "refused"


def test_with_a_receipt_everything_is_as_without_but_the_office_files() -> None:
    for trigger, case in cases():
        filed = outcome(FILING, case, trigger)
        expected = "received" if filed == "filed" and trigger in ("submit", "approve") else filed
        assert outcome(RECEIPT, case, trigger) == expected, (case.state, trigger)


def test_what_waits_for_the_office_leads_where_the_table_says() -> None:
    for trigger, case in cases():
        words = RECEIVED.get(trigger, "refused").split()
        expected = words[-1] if case.now >= case.due_at else words[0]
        assert outcome(RECEIPT, replace(case, state="received"), trigger) == expected, trigger
    assert "received" not in RECEIPT.timed_moves("lapse")
    assert unreachable(RECEIPT) == frozenset()


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
    with found.write() as session:
        session.add(Programme(key="p", definition="p", cycle=2022, title="方案", version="", launched_at=BEFORE))
        session.add_all(
            Unit(code=f"U{number}", name=f"单位{number}", category="部门", row=number) for number in range(12)
        )
    yield found
    found.close()


class GiveUp(Exception):
    """Leaves nothing of an example behind."""


WRITTEN = lifecycle.of(rectifying().definition, "report")
MACHINES = (FILING, RECEIPT, WRITTEN)
RULES = (
    lights.DEFAULTS,
    (LightRule(when="overdue", light="red"),),
    (LightRule(when="overdue", light="yellow"), LightRule(when="overdue", light="red", times=2)),
    (LightRule(when="filed-late", light="red"),),
)


def population(
    session: Session, machine: Lifecycle, standings: list[tuple[str, str, bool]], *, obligation: str
) -> list[Submission]:
    """Submissions in these standings, with these lights, some lapsed before, under a deadline of their own."""
    deadline = Deadline(programme_id=1, obligation=obligation, occurrence="2022", due_date=date(2022, 1, 4), due_at=DUE)
    session.add(deadline)
    session.flush()
    rows = [
        Submission(
            programme_id=1, obligation=obligation, occurrence="2022", unit=f"U{number}", deadline_id=deadline.id or 0,
            due_date=deadline.due_date, due_at=DUE, standing=standing, state=machine.standing(standing).state,
            waiting_on=machine.standing(standing).waiting_on, light=light, version=number % 3 + 1,
        )
        for number, (standing, light, _) in enumerate(standings)
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    firsts = [Entry("lapse" if before else "launch", BEFORE, BEFORE, "测试") for _, _, before in standings]
    ledger.open_history(session, rows, firsts)
    return rows


def one_by_one(
    row: Submission, machine: Lifecycle, rules: Sequence[LightRule], *, lapsed_before: bool
) -> tuple[object, ...]:
    """What deciding on one submission makes of it."""
    try:
        found = decide(machine, Case(row.standing, AFTER, DUE), "lapse")
    except NotAllowedNow:
        return as_it_is(row)
    light = lights.turned(rules, "overdue", before=row.light, times=2 if lapsed_before else 1) or row.light
    return found.dest, found.state, found.waiting_on, light, row.version + 1, row.history_seq + 1


def as_it_is(row: Submission) -> tuple[object, ...]:
    return row.standing, row.state, row.waiting_on, row.light, row.version, row.history_seq


@given(data=st.data(), machine=st.sampled_from(MACHINES), rules=st.sampled_from(RULES), chunk=st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_lapsing_in_sets_equals_deciding_one_by_one(
    store: Store, data: st.DataObject, machine: Lifecycle, rules: tuple[LightRule, ...], chunk: int
) -> None:
    names = st.sampled_from(sorted(one.name for one in machine.standings))
    one = st.tuples(names, st.sampled_from(("green", "yellow", "red")), st.booleans())
    standings = data.draw(st.lists(one, min_size=1, max_size=12))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(GiveUp), store.write() as session:
        patch.setattr(ledger, "CHUNK", chunk)
        rows = population(session, machine, standings, obligation="mine")
        [bystander] = population(session, machine, [(machine.initial, "green", False)], obligation="other")
        expected = [one_by_one(row, machine, rules, lapsed_before=standings[n][2]) for n, row in enumerate(rows)]
        before = [row.light for row in rows]
        deadline = rows[0].deadline_id
        while ledger.lapse_chunk(session, machine, deadline, due_at=DUE, now=AFTER, rules=rules).ids:
            pass
        session.expire_all()
        assert [as_it_is(row) for row in rows] == expected
        assert bystander.standing == machine.initial
        assert broken_chains(session) == []
        check_lapses(session, machine, rows, before)
        raise GiveUp


def check_lapses(session: Session, machine: Lifecycle, rows: Sequence[Submission], before: Sequence[str]) -> None:
    """Each lapse is dated at its deadline, goes the machine's way, and tells the change of the light."""
    moves = machine.timed_moves("lapse")
    for row, light in zip(rows, before, strict=True):
        lapses = [one for one in ledger.history_of(session, row.id or 0) if one.event == "lapse" and one.seq > 1]
        assert len(lapses) == row.history_seq - 1
        for one in lapses:
            assert (one.at, one.noticed_at, moves[one.source]) == (DUE, AFTER, one.dest)
            change = {"from": light, "to": row.light, "because": "overdue"}
            assert one.facts == ({} if light == row.light else {"light": change})

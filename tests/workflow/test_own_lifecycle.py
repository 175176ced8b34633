"""A lifecycle that a definition writes: driven like the built-in ones, and refused where it cannot hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.workflow.rectifying import rectifying, text
from tests.workflow.small import small_roster
from tests.workflow.world import OFFICE, World, local
from workflow import audit, board, library, overdue, submissions, summaries
from workflow.definition import WrittenLifecycle
from workflow.library import FaultyDefinition
from workflow.lifecycle import BUILT_IN, Lifecycle
from workflow.refusals import NotAllowedNow
from workflow.soundness import machines

MARCH = local("2022-03-01 10:00")
MORNING = local("2022-03-09 09:00")
DUE = local("2022-03-11")
LATE = local("2022-03-11 10:00")
NEXT_DAY = local("2022-03-12 10:00")
SIGNED = "    sign_off: [{by: deputy}]\n"


@contextmanager
def launched(url: str, more: str = "") -> Iterator[World]:
    with closing(World.launched(url, now=MARCH, pinned=rectifying(more=more), roster=small_roster(units=3))) as world:
        yield world


def place(world: World, unit: str) -> tuple[str, str, str]:
    row = world.submission(unit, "report")
    return row.standing, row.state, row.waiting_on


def give_back(world: World, unit: str) -> None:
    with world.act(LATE) as act:
        submissions.return_filing(act, world.id_of(unit, "report"), comment="整改不到位")


def test_a_rectification_from_its_start_to_its_close_out(database_url: str) -> None:
    with launched(database_url) as world:
        assert place(world, "U1") == ("doing", "draft", "unit")
        world.file("U1", "report", now=MORNING)
        assert place(world, "U1") == ("reported", "pending", "office")
        with world.act(MORNING) as act:
            submissions.return_filing(act, world.id_of("U1", "report"), comment="整改不到位")
        assert place(world, "U1") == ("again", "draft", "unit")
        world.file("U2", "report", now=MORNING)
        assert world.sweep(DUE).lapsed == 2
        assert [place(world, unit)[:2] for unit in ("U1", "U2", "U3")] == [
            ("late", "overdue"), ("reported", "pending"), ("late", "overdue"),
        ]  # fmt: skip
        assert [one.source for one in world.history("U1", "report") if one.event == "lapse"] == ["again"]
        world.file("U1", "report", now=LATE)
        assert place(world, "U1") == ("late-reported", "overdue", "office")
        for unit in ("U1", "U2"):
            with world.act(NEXT_DAY) as act:
                submissions.accept(act, world.id_of(unit, "report"))
            assert place(world, unit) == ("closed", "filed", "none")
        assert [world.submission(unit, "report").late for unit in ("U1", "U2")] == [True, False]
        assert world.broken_chains() == []


def test_a_signature_leads_to_the_check(database_url: str) -> None:
    with launched(database_url, SIGNED) as world:
        world.hand_in("U1", "report", now=MORNING)
        assert place(world, "U1") == ("signing", "pending", "approver")
        world.hand_in("U2", "report", now=MORNING)
        assert world.sign("U2", "report", now=MORNING, choice="return").standing == "again"
        world.sweep(DUE)
        assert [place(world, unit)[0] for unit in ("U1", "U2", "U3")] == ["late-signing", "late", "late"]
        assert world.sign("U1", "report", now=LATE).standing == "late-reported"
        give_back(world, "U1")
        assert place(world, "U1") == ("late", "overdue", "unit")
        with world.act(LATE) as act:
            submissions.extend(act, world.id_of("U1", "report"), until=local("2022-03-20").date(), comment="工程量大")
        assert place(world, "U1") == ("doing", "draft", "unit")
        with world.act(LATE) as act:
            submissions.exempt(act, world.id_of("U3", "report"), comment="已撤并")
            submissions.reopen(act, world.id_of("U3", "report"), comment="撤并取消")
        assert place(world, "U3") == ("late", "overdue", "unit")
        assert world.broken_chains() == []


def test_a_move_its_lifecycle_has_not_is_refused(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.file("U1", "report", now=MORNING)
        with world.refusing(NotAllowedNow) as refused, world.act(MORNING) as act:
            submissions.withdraw(act, world.id_of("U1", "report"))
        assert "待核查" in refused.value.text


def test_lists_name_its_standings_and_whose_move_it_is(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.sweep(DUE)
        world.file("U1", "report", now=LATE)
        with world.look(NEXT_DAY, OFFICE) as act:
            late = {item.unit.code: item for item in overdue.listing(act).items}
            assert (late["U1"].waiting_on, late["U3"].waiting_on) == ("office", "unit")
            assert (late["U1"].days_late, late["U3"].days_late) == (1, 2)
            assert [desk.name for desk in late["U1"].stuck_with] == ["值班员"]
            assert [one.unit.code for one in overdue.listing(act, waiting_on="office").items] == ["U1"]
            cells = [cell for line in board.board(act, world.key).lines for cell in line.cells if cell]
            assert {cell.standing for cell in cells} == {"逾期待核查", "逾期未整改"}
            listed = summaries.submissions(act, waiting_on="office")
            assert [one.standing for one in listed.items] == ["逾期待核查"]


def test_the_overdue_rungs_of_what_the_office_has_go_to_the_office(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.sweep(DUE)
        world.file("U1", "report", now=local("2022-03-11 08:00"))
        world.sweep(local("2022-03-11 09:00"))
        said = {(item.unit, one.person) for one in world.letters("escalation") for item in one.items}
        assert {person for unit, person in said if unit == "U1"} == {"duty"}
        assert {person for unit, person in said if unit == "U2"} == {"u2-unit-head", "mayor"}


def test_tampering_is_told_in_the_words_of_its_lifecycle(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.file("U1", "report", now=MORNING)
        with world.store.write() as session:
            row = session.get(type(world.submission("U1", "report")), world.id_of("U1", "report"))
            assert row is not None
            row.standing = "closed"
        with world.store.read() as session:
            [fault] = audit.verify(session)
        assert "“待核查”" in fault.text and "“已销号”" in fault.text


#: What is written instead of what, the code, and the line of the file it is told at.
REFUSED = [
    ("    initial: doing", "    initial: begun", "unknown-standing", "    initial: begun"),
    ("    initial: doing", "    initial: reported", "initial-refused", "    initial: reported"),
    ("to: signing, guards: [sign_off_needed]", "to: gone, guards: [sign_off_needed]", "unknown-standing", "to: gone"),
    ("{trigger: urge, from: doing,", "{trigger: urge, from: gone,", "unknown-standing", "from: gone"),
    ("reported, guards: [sign_off_not_needed]", "reported, guards: [os.system]", "unknown-guard", "os.system"),
    ("to: late-signing, timed: true", "to: late-signing", "timed-misplaced", "trigger: lapse, from: signing"),
    ("from: signing, to: doing}", "from: signing, to: doing, timed: true}", "timed-misplaced", "to: doing, timed"),
    ("waiting_on: unit, title: 整改中", "waiting_on: none, title: 整改中", "facets-refused", "title: 整改中"),
    ("waiting_on: office, title: 待核查", "waiting_on: none, title: 待核查", "facets-refused", "title: 待核查"),
    ("[reported, late-reported], to: closed", "reported, to: closed", "", ""),
    ("[late-signing, late-reported], to: late", "late-signing, to: late", "", ""),
    ("      - {trigger: accept, from: [reported, late-reported], to: closed}\n", "", "unreachable", "title: 已销号"),
    ("      - {trigger: lapse, from: signing, to: late-signing, timed: true}\n", "", "lapse-missing", "title: 待签字"),
    ("signing, to: late-signing, timed", "signing, to: late, timed", "lapse-refused", "from: signing, to: late,"),
    ("lapse, from: signing,", "lapse, from: [signing, reported],", "lapse-refused", "[signing, reported]"),
    ("to: late-signing, timed: true}", "to: late-signing, timed: true, guards: [past_due]}", "lapse-guarded",
     "guards: [past_due]}"),
    ("edit, from: again, to: again", "edit, from: again, to: doing", "edit-refused", "edit, from: again"),
    ("urge, from: late, to: late}", "urge, from: late, to: doing}", "urge-refused", "urge, from: late,"),
    ("approve, from: signing, to: reported,", "approve, from: signing, to: doing,", "approve-refused",
     "approve, from: signing, to: doing"),
    ("late-reported], to: closed", "late-reported, doing], to: closed", "accept-refused", "late-reported, doing]"),
    ("return, from: signing, to: again", "return, from: signing, to: reported", "return-refused", "return, from: sig"),
    ("withdraw, from: signing, to: doing", "withdraw, from: signing, to: closed", "withdraw-refused", "withdraw"),
    ("extend, from: [doing, again, late], to: doing", "extend, from: [doing, again, late], to: late", "extend-refused",
     "extend"),
    ("late, reported], to: waived", "late, closed], to: waived", "exempt-refused", "late, closed]"),
    ("late, reported], to: waived", "late, reported], to: closed", "exempt-refused", "reported], to: closed"),
    ("reopen, from: [closed, waived], to: doing", "reopen, from: [closed, late], to: doing", "reopen-refused",
     "[closed, late]"),
    ("submit, from: late, to: late-reported", "submit, from: late, to: waived", "submit-refused", "to: waived, guards"),
    ("to: doing, guards: [in_time]}\n      - {trigger: exempt", "to: doing}\n      - {trigger: exempt", "guard-missing",
     "trigger: extend"),
    ("to: reported, guards: [sign_off_complete]", "to: reported", "guard-missing", "approve, from: signing, to: rep"),
    ("to: late-reported, guards: [sign_off_not_needed]", "to: late-reported", "guard-missing",
     "submit, from: late, to: late-reported}"),
    ("      - {trigger: withdraw", "      - {trigger: return, from: signing, to: doing}\n      - {trigger: withdraw",
     "ambiguous-move", "return, from: signing, to: doing"),
    ("to: late, guards: [past_due]}\n      - {trigger: withdraw", "to: late}\n      - {trigger: withdraw",
     "ambiguous-move", "return, from: [reported, closed], to: late}"),
    ("  rectify:\n", "  receipt:\n", "name-taken", "  receipt:"),
    ("lifecycle: rectify\n", "lifecycle: rectified\n", "unknown-lifecycle", "lifecycle: rectified"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "instead", "code", "line"), REFUSED)
def test_a_lifecycle_that_cannot_hold_is_refused_where_it_stands(said: str, instead: str, code: str, line: str) -> None:
    assert said in text()
    written = text().replace(said, instead, 1)
    if not code:
        library.parse(written.encode(), name="f.yaml")
        return
    with pytest.raises(FaultyDefinition) as refused:
        library.parse(written.encode(), name="f.yaml")
    found = [fault for fault in refused.value.faults if fault.code == code]
    assert found, refused.value.text
    assert line in written.splitlines()[found[0].line - 1]
    assert found[0].column > 1 and "{" not in found[0].text


def test_a_standing_that_leads_nowhere_is_refused() -> None:
    parked = "      parked: {state: pending, waiting_on: office, title: 搁置}\n      closed:"
    written = text().replace("      closed:", parked, 1)
    written = written.replace(
        "accept, from: [reported, late-reported], to: closed}",
        "accept, from: late-reported, to: closed}\n      - {trigger: accept, from: reported, to: parked}",
    )
    with pytest.raises(FaultyDefinition) as refused:
        library.parse(written.encode(), name="f.yaml")
    [fault] = refused.value.faults
    assert (fault.code, "搁置" in fault.text) == ("no-way-out", True)


UNSIGNED = """\
lifecycles:
  plain:
    title: 只报不签
    standings:
      draft: {state: draft, waiting_on: unit, title: 草稿}
      late: {state: overdue, waiting_on: unit, title: 逾期}
      filed: {state: filed, waiting_on: none, title: 已报送}
    moves:
      - {trigger: edit, from: draft, to: draft}
      - {trigger: edit, from: late, to: late}
      - {trigger: submit, from: [draft, late], to: filed}
      - {trigger: lapse, from: draft, to: late, timed: true}
obligations:
"""


def test_a_lifecycle_without_approvers_takes_no_sign_off(sqlite_url: str) -> None:
    def plain(more: str) -> str:
        head, _, rest = text(lifecycle="plain", more=more).partition("lifecycles:\n")
        return head + UNSIGNED + rest.partition("obligations:\n")[2]

    pinned = library.parse(plain("").encode(), name="f.yaml")
    with closing(World.launched(sqlite_url, now=MARCH, pinned=pinned, roster=small_roster())) as world:
        world.sweep(DUE)
        assert world.file("U1", "report", now=LATE).late
        assert place(world, "U1") == ("filed", "filed", "none")
    with pytest.raises(FaultyDefinition) as refused:
        library.parse(plain(SIGNED).encode(), name="f.yaml")
    assert [fault.code for fault in refused.value.faults] == ["sign-off-ignored"]


@pytest.mark.parametrize("machine", BUILT_IN.values(), ids=BUILT_IN)
def test_the_built_in_lifecycles_would_pass_as_written_ones(machine: Lifecycle) -> None:
    written = WrittenLifecycle.model_validate(
        {
            "title": machine.name,
            "initial": machine.initial,
            "standings": {
                one.name: {"state": one.state, "waiting_on": one.waiting_on, "title": one.title}
                for one in machine.standings
            },
            "moves": [
                {
                    "trigger": one.trigger, "from": one.source, "to": one.dest, "guards": one.guards,
                    "timed": one.timed,
                }
                for one in machine.moves
            ],
        }
    )  # fmt: skip
    definition = rectifying().definition.model_copy(update={"lifecycles": {"rectify": written}})
    assert list(machines.check(definition)) == []

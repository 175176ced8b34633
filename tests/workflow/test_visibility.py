"""Who may see what: one's own, what one works on, what is openly about one once filed – and nothing that is hidden."""

import pytest

from tests.workflow.chained import INSPECTOR, KEY, MONDAY, Chain, day
from tests.workflow.world import OFFICE, local
from workflow import agenda, board, by_hand, dossier, findings, mailbag, outline, overdue, overview, submissions, why
from workflow.acts import Actor
from workflow.refusals import Forbidden, NotFound

MAY = local("2022-05-18 10:00")
U1, U2, U4, U5 = (Actor(f"单位{code}联络员", "unit", code) for code in ("U1", "U2", "U4", "U5"))


def seen(chain: Chain, by: Actor) -> set[tuple[str, str, str]]:
    """What a list of submissions shows: obligation, owner, whom it is about."""
    with chain.world.look(MONDAY, by) as act:
        items = dossier.submissions(act, limit=200).items
        return {(one.obligation, one.unit.code, one.subject.code if one.subject else "") for one in items}


def inspected(chain: Chain) -> tuple[int, int]:
    """An inspection of U2 that nobody announced, with what was found and what follows; its number and that one's."""
    with chain.world.act(MONDAY) as act:
        (row,) = by_hand.open_now(act, KEY, "inspection", unit="U2", due=day("2022-03-18"), comment="群众反映集中")
        number = row.id or 0
    chain.file(number, {"seen": "台账不符"})
    with chain.world.act(MONDAY, INSPECTOR) as act:
        findings.record(act, number, kind="problem", comment="台账不符")
        findings.record(act, chain.id_of("node", "U2"), kind="false-data", comment="数据不实")
    return number, chain.id_of("correction", "U2")


def test_unit_sees_its_own_and_what_it_works_on(chain: Chain) -> None:
    assert seen(chain, U1) == {("node", "U1", "")}
    assert seen(chain, U4) == {("node", f"U{number}", "") for number in range(1, 6)}
    assert ("problem-list", "chained.office", "") in seen(chain, OFFICE)


def test_cooperating_unit_reads_and_touches_nothing(chain: Chain) -> None:
    number = chain.id_of("node", "U1")
    with chain.world.look(MONDAY, U4) as act:
        assert dossier.of(act, number).moves == ()
        assert [one.unit.name for one in dossier.submissions(act, unit="U1").items] == ["单位U1"]
    for move in (submissions.submit, submissions.withdraw):
        with chain.world.refusing(Forbidden), chain.world.act(MONDAY, U4) as act:
            move(act, number)
    with chain.world.refusing(Forbidden), chain.world.act(MONDAY, U4) as act:
        submissions.save(act, number, {"text": "甲"}, if_version=None)


def test_foreign_unit_finds_nothing(chain: Chain) -> None:
    number = chain.id_of("node", "U1")
    with pytest.raises(NotFound), chain.world.look(MONDAY, U2) as act:
        dossier.of(act, number)
    with pytest.raises(NotFound), chain.world.look(MONDAY, U2) as act:
        why.explain(act, number)
    with chain.world.refusing(NotFound), chain.world.act(MONDAY, U2) as act:
        submissions.submit(act, number)


def test_what_is_openly_about_a_unit_it_reads_once_it_is_filed(chain: Chain) -> None:
    number = chain.id_of("open-review", subject="U2")
    with pytest.raises(NotFound), chain.world.look(MONDAY, U2) as act:
        dossier.of(act, number)
    chain.file(number, {"mark": 90})
    assert ("open-review", "chained.office", "U2") in seen(chain, U2)
    assert ("open-review", "chained.office", "U2") not in seen(chain, U1)
    with chain.world.look(MONDAY, U2) as act:
        found = dossier.of(act, number)
        assert (found.summary.state, found.moves, found.sheet.fields) == ("filed", (), {"mark": 90})
    with chain.world.refusing(Forbidden), chain.world.act(MONDAY, U2) as act:
        submissions.save(act, number, {"mark": 100}, if_version=None)
    chain.reopen(number)
    assert ("open-review", "chained.office", "U2") not in seen(chain, U2)


def test_hidden_submission_is_never_shown_to_whom_it_is_about(chain: Chain) -> None:
    number, _ = inspected(chain)
    assert chain.world.submission("chained.patrol", "inspection").state == "filed"
    assert {name for name, _, _ in seen(chain, U2)} == {"node", "correction"}
    with pytest.raises(NotFound), chain.world.look(MONDAY, U2) as act:
        dossier.of(act, number)
    with chain.world.refusing(NotFound), chain.world.act(MONDAY, U2) as act:
        submissions.submit(act, number)


def test_cause_that_is_hidden_does_not_show_behind_what_it_opened(chain: Chain) -> None:
    number, correction = inspected(chain)
    with chain.world.look(MONDAY, U2) as act:
        mine = why.explain(act, correction)
        found = dossier.of(act, correction)
    assert (mine.causes, mine.because, found.cause, found.because) == ((), "", None, "")
    assert (found.history[0].comment, found.history[0].facts) == ("台账不符", {})
    with chain.world.look(MONDAY, OFFICE) as act:
        theirs = dossier.of(act, correction)
    assert theirs.cause is not None and theirs.cause.id == number
    assert theirs.history[0].facts["because"] == "检查发现：发现问题"


def test_follow_up_that_is_hidden_does_not_show_below_what_opened_it(chain: Chain) -> None:
    inspected(chain)
    node = chain.id_of("node", "U2")
    with chain.world.look(MONDAY, U2) as act:
        assert dossier.of(act, node).follow_ups == why.explain(act, node).follow_ups == ()
    with chain.world.look(MONDAY, OFFICE) as act:
        assert [one.obligation for one in dossier.of(act, node).follow_ups] == ["referral"]


def test_unit_that_works_on_a_hidden_inspection_reads_it_unless_it_is_inspected_itself(chain: Chain) -> None:
    with chain.world.act(MONDAY) as act:
        for unit in ("U2", "U5"):
            by_hand.open_now(act, KEY, "inspection", unit=unit, due=day("2022-03-18"), comment="暗访")
    assert {row for row in seen(chain, U5) if row[0] == "inspection"} == {("inspection", "chained.patrol", "U2")}


def test_board_outline_and_feed_keep_hidden_duties_from_units(chain: Chain) -> None:
    inspected(chain)
    chain.world.sweep(MAY)
    for by, shown in ((U2, False), (OFFICE, True), (INSPECTOR, True)):
        with chain.world.look(MAY, by) as act:
            columns = {one.obligation for one in board.board(act, KEY).columns}
            outlined = outline.of(act, KEY)
            duties = {one.id for one in outlined.obligations}
            dates = {one.obligation for one in agenda.entries(act)}
        for name in ("inspection", "planned-inspection"):
            assert (name in columns, name in duties, name in dates) == (shown, shown, shown), name
        assert ("referral" in columns) == ("referral" in duties) == shown


def test_hidden_duty_shows_only_those_occurrences_that_one_works_on(chain: Chain) -> None:
    with chain.world.act(MONDAY) as act:
        by_hand.open_now(act, KEY, "inspection", unit="U2", due=day("2022-03-18"), comment="暗访")
        by_hand.open_now(act, KEY, "inspection", unit="U5", due=day("2022-03-21"), comment="暗访")
    with chain.world.look(MONDAY, U5) as act:
        (duty,) = [one for one in outline.of(act, KEY).obligations if one.id == "inspection"]
        heads = [one.occurrence for one in board.board(act, KEY).columns if one.obligation == "inspection"]
    assert [one.occurrence for one in duty.occurrences] == heads == ["2022-03-18"]


def test_counts_of_a_unit_hold_nothing_hidden(chain: Chain) -> None:
    with chain.world.look(MONDAY, U2) as act:
        before = overview.programme(act, KEY)
    inspected(chain)
    chain.world.sweep(MAY)
    with chain.world.look(MAY, U2) as act:
        after, late = overview.programme(act, KEY), overdue.listing(act)
    assert (before.counts.total, after.counts.total) == (1, 2)
    assert {one.obligation for one in late.items} <= {"node", "correction"}


def test_messages_of_a_hidden_inspection_are_its_owners_alone(chain: Chain) -> None:
    number, _ = inspected(chain)
    with chain.world.look(MONDAY, U2) as act:
        assert mailbag.messages(act, submission=number).total == 0
        assert {item.obligation for one in mailbag.messages(act).items for item in one.items} <= {"node", "correction"}
    with chain.world.look(MONDAY, OFFICE) as act:
        assert mailbag.messages(act, submission=number).total > 0


def test_cooperating_unit_reads_what_its_own_people_were_told(chain: Chain) -> None:
    chain.world.advance(local("2022-04-06 10:00"))
    with chain.world.look(local("2022-04-06 10:00"), U4) as act:
        told = mailbag.messages(act, submission=chain.id_of("node", "U1"))
    assert {one.recipient.person for one in told.items} == {"u4-liaison"}


def test_board_has_a_line_for_each_unit_a_body_reports_on(chain: Chain) -> None:
    with chain.world.look(MONDAY, OFFICE) as act:
        found = board.board(act, KEY)
    place = [one.obligation for one in found.columns].index("open-review")
    lines = [line for line in found.lines if line.cells[place] is not None]
    assert [line.name for line in lines] == [f"领导小组办公室（单位U{number}）" for number in range(1, 6)]


def test_units_have_columns_of_their_own_only(chain: Chain) -> None:
    chain.raise_("light-red", chain.id_of("node", "U1"))
    (talk,) = (row.id or 0 for row in chain.all("warning-talk"))
    chain.file(talk, {"outcome": "需整改"})
    chain.raise_("filed", talk)
    with chain.world.look(MONDAY, U1) as act:
        assert "written-report" in {one.obligation for one in board.board(act, KEY).columns}
    with chain.world.look(MONDAY, U2) as act:
        found = board.board(act, KEY)
    assert "written-report" not in {one.obligation for one in found.columns}
    assert all(any(line.cells[place] for line in found.lines) for place in range(len(found.columns)))


def test_a_finding_that_opens_something_hidden_is_not_told_to_the_unit(chain: Chain) -> None:
    inspected(chain)
    node = chain.id_of("node", "U2")
    with chain.world.look(MONDAY, U2) as act:
        assert "finding" not in [line.event for line in dossier.of(act, node).history]
        assert "finding" not in [line.event for line in why.explain(act, node).history]
    with chain.world.look(MONDAY, OFFICE) as act:
        assert "finding" in [line.event for line in dossier.of(act, node).history]

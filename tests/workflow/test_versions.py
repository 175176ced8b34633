"""A programme under several texts: what was taken out can still be read, and old deadlines keep their ladder."""

from __future__ import annotations

from datetime import date

from tests.statements import noted
from tests.workflow.amended import TEXT, advance, amend, amendable, rows, running, schedules_of, small_reworded
from tests.workflow.world import OFFICE, World, local
from workflow import agenda, board, catalogue, dossier, outline, upcoming, why
from workflow import submissions as deeds

__all__ = ["amendable"]

MORNING, LATER = local("2022-02-02 10:00"), local("2022-03-08 10:00")
WITHOUT_PLAN = (TEXT[TEXT.index("  plan:") : TEXT.index("  visit:")], "")
MOVED = ("due: 03-10", "due: 03-21")
FIRST_RUNG = ("    - {at: -3wd 09:00, to: [liaison]}\n", "")


def test_a_removed_obligation_still_shows_what_was_filed(amendable: World) -> None:
    amendable.file("U1", "plan", now=MORNING)
    amend(amendable, small_reworded(WITHOUT_PLAN), now=LATER)
    number = rows(amendable, "plan")["U1"].id or 0
    with amendable.look(LATER, OFFICE) as act:
        found = dossier.of(act, number)
        assert found.summary.obligation_title == "报送方案"
        assert [line.field.label for line in found.form] == ["方案", "数量"]
        assert "plan" in act.definition(1).obligations and "plan" not in act.texts(1).current.obligations
        assert [one.title for one in why.explain(act, number).history] == ["方案启动", "修改内容", "提交", "审签同意"]
        listed = outline.of(act, amendable.key)
        assert [(one.id, one.retired) for one in listed.obligations] == [
            ("visit", False), ("report", False), ("plan", True),
        ]  # fmt: skip
        # The reports have not opened yet.
        assert [one.obligation for one in board.board(act, amendable.key).columns] == ["plan", "visit"]


def test_a_filing_of_a_removed_obligation_can_be_given_back(amendable: World) -> None:
    amendable.file("U1", "plan", now=MORNING)
    amend(amendable, small_reworded(WITHOUT_PLAN), now=MORNING)
    with amendable.act(MORNING) as act:
        deeds.reopen(act, rows(amendable, "plan")["U1"].id or 0, comment="数值有误")
    advance(amendable, local("2022-03-15 10:00"))
    assert amendable.submission("U1", "plan").standing == "overdue-draft"
    assert [one.ready.date() for one in amendable.letters("lapse", person="u1-liaison")] == [date(2022, 3, 11)]


def test_old_deadlines_keep_the_ladder_that_laid_them_out(amendable: World) -> None:
    amendable.file("U1", "plan", now=MORNING)
    amend(amendable, small_reworded(MOVED, FIRST_RUNG), now=MORNING)
    old, new = schedules_of(amendable, "plan")
    with amendable.look(MORNING) as act:
        assert [str(rung.at) for rung in act.ladder(old)[:2]] == ["-3wd 09:00", "-1wd 09:00"]
        assert [str(rung.at) for rung in act.ladder(new)[:2]] == ["-1wd 09:00", "due"]
        coming = why.explain(act, rows(amendable, "plan")["U2"].id or 0).coming
        assert next((one.at, one.title) for one in coming if one.to) == (
            local("2022-03-18 09:00"),
            "截止前1个工作日提醒",
        )
        ahead = [one for one in upcoming.ahead(act, until=local("2022-03-31")) if one.obligation == "plan"]
        assert [(one.at, one.kind, one.count) for one in ahead][:2] == [
            (local("2022-03-18 09:00"), "rung", 5), (local("2022-03-22 00:00"), "deadline", 5),
        ]  # fmt: skip


def test_everybody_reads_the_date_that_holds_for_them(amendable: World) -> None:
    amendable.file("U1", "plan", now=MORNING)
    amend(amendable, small_reworded(MOVED), now=LATER)
    filed, open_ = (rows(amendable, "plan")[unit].id or 0 for unit in ("U1", "U2"))
    with amendable.look(LATER, OFFICE) as act:
        assert [one.due_date for one in why.explain(act, filed).schedules] == [date(2022, 3, 10)]
        assert [one.due_date for one in why.explain(act, open_).schedules] == [date(2022, 3, 10), date(2022, 3, 21)]
        columns = [(one.obligation, one.due_date) for one in board.board(act, amendable.key).columns]
        assert columns[0] == ("plan", date(2022, 3, 21)) and len(columns) == 2
        [plan] = [one for one in outline.of(act, amendable.key).obligations if one.id == "plan"]
        assert [(one.due_date, len(one.rungs)) for one in plan.occurrences] == [(date(2022, 3, 21), 5)]
        uids = [one.uid for one in agenda.entries(act)]
        assert len(uids) == len(set(uids))


def test_an_occurrence_taken_away_is_no_longer_in_the_outline(amendable: World) -> None:
    june = local("2022-06-20 10:00")
    advance(amendable, june)
    amend(amendable, small_reworded(("{on: 06-30, key: second}, ", "")), now=june)
    assert {row.state for row in rows(amendable, "report", occurrence="second").values()} == {"exempt"}
    with amendable.look(june, OFFICE) as act:
        [report] = [one for one in outline.of(act, amendable.key).obligations if one.id == "report"]
        assert [one.occurrence for one in report.occurrences] == ["third"]


def test_versions_are_listed_with_who_and_why(amendable: World) -> None:
    amend(amendable, small_reworded(MOVED), now=MORNING, comment="会议推迟")
    with amendable.look(LATER, OFFICE) as act:
        listed = catalogue.versions_of(act, amendable.key)
    assert [(one.actor, one.comment, one.current) for one in listed] == [
        (OFFICE.name, "会议推迟", True), (OFFICE.name, "", False),
    ]  # fmt: skip
    assert [one.version for one in listed] == [small_reworded(MOVED).version, running().version]


def test_the_texts_of_a_programme_cost_one_statement(amendable: World) -> None:
    amend(amendable, small_reworded(WITHOUT_PLAN), now=MORNING)
    with amendable.look(LATER, OFFICE) as act, noted() as said:
        assert "plan" in act.definition(1).obligations
        assert act.lifecycle(1, "plan").name == "filing"
        assert len(act.ladder(schedules_of(amendable, "plan")[0])) == 5
    assert len([one for one, _ in said if "programme" in one.lower() and "deadline" not in one.lower()]) == 1

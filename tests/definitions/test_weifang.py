"""The Weifang plan as data, against a second reading of it, and a year of it rehearsed."""

from __future__ import annotations

import runpy
from calendar import monthrange
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import pytest

from documents import rosters
from tests.definitions.weifang_dates import CLAUSES, LOST_FIGURES, OTHER_GAPS, Clause
from tests.workflow.world import local
from workflow import deadlines, library, rehearsal
from workflow.calendars import china
from workflow.deadlines import Occurrence
from workflow.definition import Count, Definition, Obligation
from workflow.library import Pinned
from workflow.rehearsal import Line, Rehearsed
from workflow.roster import Directory, check

DEFINITIONS = Path(__file__).parents[2] / "definitions"
ROSTER = rosters.read(DEFINITIONS / "rosters" / "weifang-key-work.xlsx")
DAYS = [date(2020, 1, 1) + timedelta(days=number) for number in range(366)]
MONTH_ENDS = [date(2020, month, monthrange(2020, month)[1]) for month in range(1, 13)]
#: What the document says of things that return, and the days that makes in 2020.
RECURRING = {
    "每月20日": [date(2020, month, 20) for month in range(1, 13)],
    "每月30日前": [end.replace(day=min(30, end.day)) for end in MONTH_ENDS],
    "每月": MONTH_ENDS,
    "每季度": MONTH_ENDS[2::3],
    "两月一次": MONTH_ENDS[1::2],
    "每周": [day for day in DAYS if day.weekday() == 4],
}
#: 两年内 reaches into the next year; 主汛期前 has no day in the document, July counts as its beginning.
WORDED = {"两年内": date(2021, 12, 31), "主汛期前": date(2020, 6, 30)}


@lru_cache(maxsize=1)
def weifang() -> Pinned:
    """The definition that ships."""
    return library.load(DEFINITIONS / "weifang-key-work.yaml", cycle=2020)


def definition() -> Definition:
    """Its models."""
    return weifang().definition


@pytest.fixture(scope="module")
def year() -> Rehearsed:
    """The whole of 2020 with nobody submitting."""
    start = rehearsal.start_of(weifang(), 2020)
    return rehearsal.rehearse(weifang(), ROSTER, cycle=2020, start=start, end=local("2020-12-31 23:59:59"))


def days_of(clause: Clause) -> list[date]:
    """The days a row of the second reading stands for."""
    if clause.due in RECURRING:
        return RECURRING[clause.due]
    return [WORDED[clause.due] if clause.due in WORDED else date.fromisoformat(f"2020-{clause.due}")]


@lru_cache(maxsize=1)
def dated() -> dict[tuple[str, date], list[Occurrence]]:
    """The occurrences with a date of their own in the document, by clause and day."""
    found = defaultdict(list)
    for one in deadlines.occurrences(definition(), 2020, china()):
        obligation = definition().obligations[one.obligation]
        if obligation.due.within != "campaign":
            found[str(obligation.clause), one.due_date].append(one)
    return found


def speaks_of(occurrence: Occurrence, word: str) -> bool:
    """Whether the word stands in the occurrence's own heading, or where it has none in the obligation's title."""
    return word in (occurrence.heading or definition().obligations[occurrence.obligation].title)


def matching(clause: Clause, day: date) -> list[Occurrence]:
    """The occurrences a row can mean on a day."""
    return [one for one in dated().get((clause.number, day), []) if speaks_of(one, clause.word)]


def values_of(obligation: Obligation) -> list[str]:
    """The figures an obligation asks for, as the second reading writes them."""
    return sorted(str(target.value) for target in obligation.targets.values())


def of(obligation: str, lines: Rehearsed, kind: str, type_: str = "alert") -> list[Line]:
    """The alerts or transitions of one kind that speak of an obligation."""
    return [
        line
        for line in lines.lines
        if line.kind == kind and line.type == type_ and any(item.obligation == obligation for item in line.items)
    ]


def test_every_dated_clause_is_owed_on_its_day() -> None:
    missing = [(clause, day) for clause in CLAUSES for day in days_of(clause) if len(matching(clause, day)) != 1]
    assert missing == []


def test_nothing_is_dated_that_the_document_does_not_date() -> None:
    read = {(one.obligation, one.key) for clause in CLAUSES for day in days_of(clause) for one in matching(clause, day)}
    owed = {(one.obligation, one.key) for ones in dated().values() for one in ones}
    assert owed - read == set()


def test_figures_are_those_of_the_document_and_lost_ones_stay_lost() -> None:
    wanted = defaultdict(list)
    for clause in CLAUSES:
        if clause.value is not None:
            wanted[clause.number, clause.due, clause.word].append(clause.value)
    for clause in CLAUSES:
        (one,) = matching(clause, days_of(clause)[0])
        expected = sorted(wanted[clause.number, clause.due, clause.word])
        assert values_of(definition().obligations[one.obligation]) == expected, clause


def test_every_lost_figure_is_flagged_and_said() -> None:
    flagged = [
        (str(obligation.clause), target.label, target.unit)
        for obligation in definition().obligations.values()
        for target in obligation.targets.values()
        if target.value == "damaged"
    ]
    assert len(flagged) == len(LOST_FIGURES)
    for clause, word, unit in LOST_FIGURES:
        assert [one for one in flagged if one[0] == clause and word in one[1] and one[2] == unit], (clause, word)
    said = [(one.clause, one.what) for one in definition().damaged]
    assert {clause for clause, _, _ in LOST_FIGURES} <= {clause for clause, _ in said}
    for clause, word in OTHER_GAPS:
        assert any(one == clause and word in what for one, what in said), (clause, word)


def test_targets_with_two_figures_stay_apart() -> None:
    soil = definition().obligations["t28-soil"].targets
    assert [(one.comparator, one.wanted) for one in soil.values()] == [
        ("at-least", "不低于91%"), ("at-least", "不低于90%"),
    ]  # fmt: skip
    teams = definition().obligations["t19-teams"].targets
    assert [str(one.value) for one in teams.values()] == ["damaged", "50"]


def test_every_surviving_task_has_an_obligation_and_no_lost_one_has() -> None:
    told = {str(one.clause) for one in definition().obligations.values()}
    assert told == {"1", "2", *(str(number) for number in range(10, 52))}


def test_duties_are_said_in_few_words() -> None:
    assert [key for key, one in definition().obligations.items() if not 0 < len(one.duty) <= 40] == []


def test_ten_task_forces_of_seven_or_eight_are_each_led_by_one_leader() -> None:
    forces = [definition().bodies[f"task-force-{number}"] for number in range(1, 11)]
    assert {one.members for one in forces} == {Count(at_least=7, at_most=8)}
    assert len({one.led_by for one in forces}) == len({one.title for one in forces}) == 10
    assert [one.title for one in forces] == list(definition().groups["task-forces"].units)


def test_roster_is_what_its_script_makes_and_sound() -> None:
    script = runpy.run_path(str(DEFINITIONS / "rosters" / "make_weifang.py"))
    assert script["roster"]() == ROSTER
    assert check(ROSTER) == ()
    directory = Directory(ROSTER)
    sizes = [len(directory.units_in(group)) for group in ("县市区", "市属开发区", "市直部门（单位）")]
    assert sizes == [12, 5, 43]
    assert all((person.email or "").endswith("@example.cn") for person in ROSTER.people)


def test_every_post_of_the_definition_is_held() -> None:
    directory = Directory(ROSTER)
    for post, title in definition().posts.items():
        assert directory.holders(post, None, date(2020, 1, 1)) or directory.holders(title, None, date(2020, 1, 1)), post


#: Three working days before, counted by hand from the notice for 2020: Spring Festival ran to 2 February, and
#: 19 January, 26 April, 28 June, 27 September and 10 October were worked.
LIST_REMINDERS = (
    "01-16", "02-17", "03-17", "04-15", "05-15", "06-17", "07-15", "08-17", "09-16", "10-15", "11-17", "12-16",
)  # fmt: skip
MEETING_REMINDERS = (
    "01-21", "02-26", "03-25", "04-27", "05-27", "06-24", "07-27", "08-26", "09-27", "10-27", "11-25", "12-25",
)  # fmt: skip


@pytest.mark.parametrize(
    ("obligation", "expected"), [("problem-list", LIST_REMINDERS), ("joint-meeting", MEETING_REMINDERS)]
)
def test_each_month_is_reminded_three_working_days_ahead(
    year: Rehearsed, obligation: str, expected: tuple[str, ...]
) -> None:
    heard = defaultdict(set)
    for line in of(obligation, year, "reminder"):
        for item in line.items:
            if item.obligation == obligation:
                heard[item.occurrence].add((line.at, line.recipients[0]))
    assert heard == {
        f"2020-{month:02d}": {(local(f"2020-{day} 09:00"), who) for who in ("ddzb-liaison", "leader-mishuzhang")}
        for month, day in enumerate(expected, 1)
    }


def test_the_meeting_of_february_is_late_after_the_29th(year: Rehearsed) -> None:
    lapsed = {
        item.occurrence: line.at for line in of("joint-meeting", year, "lapse", "transition") for item in line.items
    }
    assert lapsed["2020-02"] == local("2020-03-01")
    assert [lapsed[f"2020-{month:02d}"] for month in (1, 4, 12)] == [
        local("2020-01-31"), local("2020-05-01"), local("2020-12-31"),
    ]  # fmt: skip


def test_a_month_end_node_is_reminded_missed_and_escalated(year: Rehearsed) -> None:
    reminded = {(line.at, line.recipients[0]) for line in of("t26-coking", year, "reminder")}
    assert reminded == {
        (local("2020-04-17 09:00"), "zb06-liaison"),
        (local("2020-04-27 09:00"), "zb06-liaison"),
        (local("2020-04-27 09:00"), "leader-huanbao"),
    }
    assert [line.at for line in of("t26-coking", year, "lapse", "transition")] == [local("2020-05-01")]
    raised = {(line.at, line.recipients[0]) for line in of("t26-coking", year, "escalation")}
    # Labour Day ran from 1 to 5 May.
    assert raised == {
        (local("2020-05-08 09:00"), who) for who in ("leader-huanbao", "office-duty1", "office-duty2")
    }  # fmt: skip


def test_every_review_draws_two_counties_one_zone_and_two_or_three_departments(year: Rehearsed) -> None:
    directory = Directory(ROSTER)
    drawn = defaultdict(set)
    for line in of("review-statement", year, "lapse", "transition"):
        for item in line.items:
            if item.obligation == "review-statement":
                drawn[item.occurrence].add(item.unit)
    assert sorted(drawn) == [f"2020-{month:02d}" for month in range(1, 12)]
    for units in drawn.values():
        count = Counter(directory.unit(unit).category for unit in units)
        assert (count["县市区"], count["市属开发区"]) == (2, 1) and count["市直部门（单位）"] in (2, 3)


def test_every_week_another_principal_answers_the_public(year: Rehearsed) -> None:
    order = [unit.code for unit in ROSTER.units][:60]
    asked = {
        item.occurrence: (item.unit, line.recipients)
        for line in of("public-answers", year, "reminder")
        for item in line.items
        if item.obligation == "public-answers"
    }
    weeks = sorted(asked)
    assert weeks[0] == "2020-W01" and weeks[-1] == "2020-W52"
    assert [asked[week][0] for week in weeks] == order[:52]
    assert all(recipients == (f"{unit.lower()}-head",) for unit, recipients in asked.values())

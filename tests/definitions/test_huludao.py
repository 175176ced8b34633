"""The Huludao plan as data, against a second reading of it, and the roster that ships with it."""

from __future__ import annotations

import runpy
from collections import Counter
from datetime import date
from functools import lru_cache
from pathlib import Path

from documents import rosters
from tests.definitions.huludao_dates import (
    AT_ONCE,
    CLAUSES,
    FIGURES,
    ISSUED,
    MANNERS,
    PARTS,
    TIMED,
    TWO_MONTHS,
    WITHIN_A_TERM,
)
from workflow import deadlines, library
from workflow.calendars import china
from workflow.definition import Definition, Obligation
from workflow.library import Pinned
from workflow.roster import Directory, check

DEFINITIONS = Path(__file__).parents[2] / "definitions"
ROSTER = rosters.read(DEFINITIONS / "rosters" / "huludao-delivery.xlsx")
DIRECTORY = Directory(ROSTER)


@lru_cache(maxsize=1)
def huludao() -> Pinned:
    """The definition that ships."""
    return library.load(DEFINITIONS / "huludao-delivery.yaml", cycle=2021)


def definition() -> Definition:
    """Its models."""
    return huludao().definition


def days_of(name: str) -> tuple[date, ...]:
    """The due days of an obligation in 2021."""
    return tuple(one.due_date for one in deadlines.occurrences_of(definition(), name, 2021, china()))


def dated() -> dict[str, Obligation]:
    """The obligations whose days the document gives: not those counted from the publication."""
    return {
        name: one
        for name, one in definition().obligations.items()
        if one.due.from_calendar and one.due.kind != "after"
    }  # fmt: skip


def test_occurrences_are_those_of_the_second_reading() -> None:
    read = Counter((one.clause, one.days) for one in TIMED)
    found = {(one.clause, days_of(name)) for name, one in dated().items()}
    assert found == set(read)


def test_every_timed_clause_has_a_duty_of_its_own() -> None:
    duties = Counter((one.clause, days_of(name), one.title) for name, one in dated().items())
    read = Counter((one.clause, one.days) for one in TIMED)
    titles = Counter((clause, days) for clause, days, _ in duties)
    assert all(titles[key] >= count for key, count in read.items())


def test_monthly_occurrences_are_named_by_their_month() -> None:
    for name in ("indicator-analysis", "dispatch-city", "monthly-hearing"):
        keys = [one.key for one in deadlines.occurrences_of(definition(), name, 2021, china())]
        assert keys == [f"2021-{month:02d}" for month in range(4, 13)]


def test_half_years_and_quarters_have_their_own_keys() -> None:
    def keys(name: str) -> list[str]:
        return [one.key for one in deadlines.occurrences_of(definition(), name, 2021, china())]

    assert keys("half-year-summary") == ["2021H1", "2021H2"]
    assert keys("research-heads") == ["2021Q2", "2021Q3", "2021Q4"]
    assert keys("project-rhythm") == ["q1", "q2", "q3", "q4"]


def test_each_quarter_of_key_projects_has_its_own_thing() -> None:
    found = deadlines.occurrences_of(definition(), "project-rhythm", 2021, china())
    assert [one.heading for one in found] == ["抓前期", "抓开工", "抓推进", "抓储备"]


def test_every_ordering_clause_has_a_duty_and_none_is_made_up() -> None:
    cited = {one.clause for one in definition().obligations.values()}
    assert cited == CLAUSES
    assert set(MANNERS.values()) <= cited


def test_duties_are_short() -> None:
    assert all(0 < len(one.duty) <= 40 for one in definition().obligations.values())


def test_tasks_add_up_to_137() -> None:
    planned = definition().planned
    assert planned is not None and planned.total == 137
    assert {part.title: part.count for part in planned.parts.values()} == PARTS


def test_figures_have_the_comparators_of_the_document() -> None:
    found = [
        (one.clause, target.comparator, target.value, target.unit)
        for one in definition().obligations.values()
        if one.pattern != "research"
        for target in one.targets.values()
    ]
    assert Counter(found) == Counter((one.clause, one.comparator, one.value, one.unit) for one in FIGURES)


def test_leaders_and_principals_each_owe_two_months_over_the_year() -> None:
    owed = {name: one for name, one in definition().obligations.items() if one.clause == TWO_MONTHS.clause}
    for one in owed.values():
        target = one.targets["days"]
        assert (target.comparator, target.unit) == (TWO_MONTHS.comparator, TWO_MONTHS.unit)
        assert target.value == TWO_MONTHS.value
        assert target.over == "cycle"
    owners = {str(one.owed_by) for one in owed.values()}
    leaders = {post for post in definition().posts if post.startswith("leader-")} | {"mayor"}
    assert owners == leaders | {"departments"}


def test_every_vice_mayor_dispatches_each_month() -> None:
    owners = {str(one.owed_by) for one in definition().obligations.values() if one.pattern == "dispatch"}
    assert owners == {post for post in definition().posts if post.startswith("leader-")}


def test_at_once_means_three_working_days_after_the_issue() -> None:
    found = [name for name, one in definition().obligations.items() if one.clause == AT_ONCE]
    assert len(found) == 2
    assert {days_of(name) for name in found} == {(china().shift(ISSUED, 3),)} == {(date(2021, 4, 1),)}


def test_rectification_takes_its_date_from_the_report() -> None:
    rectification = definition().obligations["rectification"]
    assert (rectification.clause, rectification.due.field) == (WITHIN_A_TERM, "rectify-by")
    assert definition().obligations["written-report"].form["rectify-by"].required


def test_only_nodes_turn_red() -> None:
    rungs = [rung for ladder in definition().ladders.values() for rung in ladder]
    assert not any(rung.light == "red" for rung in rungs)
    red = {name for name, rules in definition().lights.items() if any(rule.light == "red" for rule in rules)}
    assert red == {"node"}
    # Without rules of its own an unmet figure would turn red.
    assert all(one.lights for one in definition().obligations.values() if one.targets)
    assert {one.pattern for one in definition().obligations.values() if one.lights == "node"} == {"node"}
    (opening,) = definition().obligations["warning-talk"].opened_by
    assert (opening.event, opening.of) == ("light-red", ())


def test_inspected_units_never_see_an_inspection() -> None:
    hidden = {name for name, one in definition().obligations.items() if one.visibility == "hidden"}
    assert hidden == {"inspection-visit", "referral"}


def test_roster_that_ships_is_what_its_script_makes() -> None:
    script = runpy.run_path(str(DEFINITIONS / "rosters" / "make_huludao.py"))
    assert script["roster"]() == ROSTER
    assert check(ROSTER) == ()


def test_every_unit_is_staffed_and_supervised() -> None:
    for unit in ROSTER.units:
        assert len(DIRECTORY.holders("liaison", unit.code, ISSUED)) == 1
        assert len(DIRECTORY.holders("unit-head", unit.code, ISSUED)) == 1
        assert len(DIRECTORY.supervisor_posts(unit.code, ISSUED)) == 1


def test_people_are_posts_at_sample_addresses() -> None:
    assert all((person.email or "").endswith("@example.cn") for person in ROSTER.people)
    assert len({person.email for person in ROSTER.people}) == len(ROSTER.people)

"""A roster that adds to another, and one that takes its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.workflow.world import ordos_roster
from workflow.roster import OFFICE, PersonRow, PostRow, Roster, RosterRefused, SupervisionRow, UnitRow
from workflow.roster_changes import changes
from workflow.roster_merges import merged, numbered, require_sound

OLD = Roster(
    (UnitRow("A", "甲局", "部门", ("member-units",)), UnitRow("B", "乙局", "部门")),
    (PersonRow("a", "甲", "a@e.cn"), PersonRow("b", "乙", "b@e.cn"), PersonRow("o", "办", "o@e.cn")),
    (PostRow("unit-head", "A", "a"), PostRow("unit-head", "B", "b"), PostRow(OFFICE, None, "o"),
     PostRow("市长", None, "o")),
    (SupervisionRow("市长", "A"), SupervisionRow("市长", "B")),
)  # fmt: skip
NEW = Roster(
    (UnitRow("A", "甲局", "机关", ("works",), row=2),),
    (PersonRow("c", "丙", "c@e.cn", row=2),),
    (PostRow("unit-head", "A", "c", row=2), PostRow(OFFICE, None, "c", row=3), PostRow("副市长", None, "c", row=4)),
    (SupervisionRow("副市长", "A", row=2),),
)


def test_a_roster_that_adds_leaves_alone_what_it_does_not_name() -> None:
    both = merged(OLD, NEW, "add")
    assert {unit.code: unit.groups for unit in both.units} == {"B": (), "A": ("works", "member-units")}
    held = {(row.post, row.unit, row.person) for row in both.posts}
    assert held == {
        ("unit-head", "B", "b"), (OFFICE, None, "o"), ("市长", None, "o"),
        ("unit-head", "A", "c"), (OFFICE, None, "c"), ("副市长", None, "c"),
    }  # fmt: skip
    assert {(row.post, row.unit) for row in both.supervision} == {("市长", "B"), ("副市长", "A")}


def test_a_roster_that_takes_the_place_keeps_people_without_posts() -> None:
    now = merged(OLD, NEW, "replace")
    assert now.posts == NEW.posts and now.supervision == NEW.supervision
    assert {unit.code: unit.groups for unit in now.units} == {"A": ("works",), "B": ()}
    assert {person.key for person in now.people} == {"a", "b", "c", "o"}


def test_adding_the_same_again_changes_nothing() -> None:
    roster = ordos_roster()
    assert changes(roster, merged(roster, roster, "add")) == ()
    assert [row.row for row in numbered(merged(OLD, NEW, "add")).posts] == [2, 3, 4, 5, 6, 7]


def test_a_roster_that_adds_may_name_what_is_there_and_is_faulted_by_its_own_rows() -> None:
    beside = Roster(posts=(PostRow("liaison", "B", "a", row=2),))
    assert require_sound(OLD, beside, "add") == ()
    with pytest.raises(RosterRefused):
        require_sound(OLD, beside, "replace")
    wrong = replace(beside, posts=(PostRow("liaison", "X", "nobody", row=7),))
    with pytest.raises(RosterRefused) as refused:
        require_sound(OLD, wrong, "add")
    assert {fault.row for fault in refused.value.faults} == {7}


def test_a_post_that_ends_on_another_day_is_one_change() -> None:
    ended = replace(OLD, posts=(replace(OLD.posts[0], until=date(2022, 1, 31)), *OLD.posts[1:]))
    (one,) = changes(OLD, ended)
    assert (one.kind, one.unit, one.person) == ("changed", "A", "a")
    assert one.text.endswith("，改为任职到2022-01-31")

"""What stops a rollover: a cycle that runs already, no rule, rows that no longer fit, days that a year lacks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.workflow.learning import NEXT, NOW, definition, launched, plan, roll
from tests.workflow.small import small_roster
from tests.workflow.world import World
from workflow import rollovers
from workflow.refusals import AlreadyLaunched, LaunchRefused, NotFound
from workflow.rollovers import RolloverRefused


@pytest.fixture
def learning(database_url: str) -> Iterator[World]:
    """Four units: one has filed four items, one a draft, one nothing, one has been given its list back."""
    with closing(launched(database_url)) as world:
        yield world


@pytest.fixture
def one(sqlite_url: str) -> Iterator[World]:
    """The same where the database does not matter."""
    with closing(launched(sqlite_url)) as world:
        yield world


def test_a_cycle_is_started_once(learning: World) -> None:
    roll(learning)
    with learning.refusing(AlreadyLaunched):
        roll(learning)
    with pytest.raises(AlreadyLaunched):
        plan(learning)


def test_without_a_rule_it_is_said_what_to_do_instead(one: World) -> None:
    newer = definition(("rollover: {", "# rollover: {"))
    with one.refusing(RolloverRefused) as refused:
        roll(one, newer)
    assert refused.value.text == (
        "不能结转：方案没有写 rollover，没有可以带入新年度的内容；只启动新年度，请执行 duban launch FILE --cycle 2023"
    )


@pytest.mark.parametrize("cycle", [2022, 2021])
def test_the_next_cycle_is_a_later_one(one: World, cycle: int) -> None:
    with one.refusing(RolloverRefused) as refused:
        roll(one, cycle=cycle)
    assert "新年度须晚于2022年" in refused.value.text


def test_another_programme_is_no_newer_text(one: World) -> None:
    with one.refusing(RolloverRefused) as refused:
        roll(one, definition(("programme: learning", "programme: teaching")))
    assert "文件写的是“teaching”，不是“learning”" in refused.value.text


def test_an_unknown_programme_is_not_found(one: World) -> None:
    with one.look(NEXT) as act, pytest.raises(NotFound):
        rollovers.plan(act, "learning-1999", 2023)
    with one.look(NEXT) as act, pytest.raises(NotFound):
        rollovers.archived(act, "learning-1999")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("          share: {label: 进度, type: integer}\n", "", "新方案的表格没有“进度”列（share）"),
        ("type: integer", "type: text", "“进度”列（share）的类型由 integer 改为 text"),
        ("options: [高, 低]", "options: [低]", "“单位U1”要带入的内容不合新的表格：第1行“难度”"),
        ("items", "things", "2022年的方案中没有“list”的表格“things”"),
    ],
)
def test_rows_that_no_longer_fit_the_table_are_refused(one: World, old: str, new: str, why: str) -> None:
    newer = definition((old, new))
    assert any(why in text for text in plan(one, newer).wrong)
    with one.refusing(RolloverRefused) as refused:
        roll(one, newer)
    assert why in refused.value.text


def test_a_day_that_the_next_cycle_lacks_stops_the_launch(sqlite_url: str) -> None:
    leap = definition(("due: 03-10", "due: 02-29"), cycle=2024)
    with (
        closing(World.launched(sqlite_url, now=NOW, pinned=leap, roster=small_roster(units=1), cycle=2024)) as world,
        world.look(NEXT) as act,
    ):
        planned = rollovers.plan(act, "learning-2024", 2025)
        assert planned.launch.wrong == ("2025年无法启动：2025年2月没有29日",)
        with pytest.raises(LaunchRefused):
            rollovers.apply(act, "learning-2024", 2025)

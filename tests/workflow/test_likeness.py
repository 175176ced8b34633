"""The same plan under another name is recognised by its dates, stages, questions and sign-offs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.workflow.world import LAUNCH, World, ordos
from workflow import launch, library
from workflow.library import parse
from workflow.likeness import SAME, likeness

DEFINITIONS = Path(library.__file__).parent.parent / "definitions"
OTHERS = ["huludao-delivery", "shanxi-first-class", "weifang-key-work"]


def anonymised() -> library.Pinned:
    """The Ordos plan as copies of it go round: place, office and units gone, obligations renamed."""
    text = ordos().text.replace("programme: ordos-benchmarking", "programme: some-city").replace("鄂尔多斯", "×")
    text = text.replace("target-choice", "choice").replace("research-trip", "trip").replace("work-plan", "plan")
    text = re.sub(r"party-departments: \[[^\]]*\]", "party-departments: [组织部门, 宣传部门, 统战部门, 政法部门]", text)
    return parse(text.encode(), name="copy.yaml")


def test_an_anonymised_copy_is_the_same_plan() -> None:
    assert likeness(ordos().definition, anonymised().definition) >= SAME


@pytest.mark.parametrize("other", OTHERS)
def test_another_citys_plan_is_not(other: str) -> None:
    assert likeness(ordos().definition, library.load(DEFINITIONS / f"{other}.yaml").definition) < 0.3


def test_a_launch_names_the_running_programme_it_resembles(sqlite_world: World) -> None:
    with sqlite_world.look(LAUNCH) as act:
        planned = launch.plan(act, anonymised(), 2022)
    assert [key for key, _ in planned.alike] == ["ordos-benchmarking-2022"]


def test_another_cycle_of_a_programme_is_not_its_copy(sqlite_world: World) -> None:
    with sqlite_world.look(LAUNCH) as act:
        assert launch.plan(act, ordos(), 2023).alike == ()

"""What the documents say is compared with what the code has."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML

from commands import app
from settings import Settings
from workflow import library
from workflow.definition import (
    Acknowledge,
    Body,
    Column,
    Coverage,
    Criterion,
    Damage,
    Dated,
    Definition,
    Due,
    FindingKind,
    FormField,
    Group,
    LightRule,
    Obligation,
    Opening,
    Owner,
    Part,
    Planned,
    PlannedPart,
    Rollover,
    Rows,
    Rung,
    Step,
    Sum,
    Target,
    Task,
    WrittenLifecycle,
    WrittenMove,
    WrittenStanding,
)

HOUSE = Path(__file__).parent.parent
DEFINITIONS = (HOUSE / "docs" / "definitions.md").read_text(encoding="utf-8")
OPERATIONS = (HOUSE / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_setting_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^\| `DUBAN_([A-Z_]+)`", OPERATIONS, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


PARTS: list[type[Part]] = [
    Definition, Obligation, FormField, Step, Rung, Acknowledge, Due, Dated, Owner, Opening, Rows, Column, Target,
    Criterion, Sum, LightRule, WrittenLifecycle, WrittenStanding, WrittenMove, Body, Group, Planned, PlannedPart, Task,
    Coverage, Rollover, Damage, FindingKind,
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_every_key_of_a_definition_is_documented(part: type[Part]) -> None:
    keys = {field.alias or name for name, field in part.model_fields.items()}
    # ``named`` is what a word alone is read into, ``part`` of an obligation is its task's.
    keys -= {"named"}
    assert {key for key in keys if not re.search(rf"[`{{ \[(]{key}\b", DEFINITIONS)} == set()


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", DEFINITIONS, re.DOTALL))
def test_every_example_of_the_reference_is_a_sound_definition(example: str) -> None:
    assert library.parse(example.encode(), name="example").definition.cycle == 2022


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_every_command(readme: str) -> None:
    text = (HOUSE / readme).read_text(encoding="utf-8")
    listed = re.findall(r"`duban (check \|[^`]*)`", text)[0]
    group = typer.main.get_command(app)
    assert set(re.split(r"[\s|]+", listed)) == set(group.commands)  # type: ignore[attr-defined]


def test_both_readmes_have_the_same_sections() -> None:
    def outline(name: str) -> list[tuple[int, int]]:
        text = (HOUSE / name).read_text(encoding="utf-8")
        return [(len(part.splitlines()[0]) > 0, part.count("\n- ")) for part in text.split("\n## ")]

    assert outline("README.md") == outline("README.zh-CN.md")


def test_the_schema_for_editors_is_the_models_own() -> None:
    assert (HOUSE / "definitions" / "schema.json").read_text(encoding="utf-8") == library.schema()


MECHANISMS = (HOUSE / "docs" / "mechanisms.md").read_text(encoding="utf-8")


def test_all_sixty_mechanisms_are_listed_once() -> None:
    assert re.findall(r"^\| (M\d\d) \|", MECHANISMS, re.MULTILINE) == [f"M{number:02d}" for number in range(1, 61)]


@cache
def _written(name: str) -> object:
    return YAML(typ="safe").load((HOUSE / "definitions" / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("place", re.findall(r"`([a-z-]+: [a-z0-9.-]+)` \| `tests", MECHANISMS))
def test_every_mechanism_stands_in_its_definition(place: str) -> None:
    name, _, path = place.partition(": ")
    found = _written(name)
    for key in path.split("."):
        assert isinstance(found, dict) and key in found, place
        found = found[key]


@pytest.mark.parametrize("test", re.findall(r"`(tests/[^`]+)` \|$", MECHANISMS, re.MULTILINE))
def test_every_mechanism_has_a_test(test: str) -> None:
    file, _, name = test.partition("::")
    assert re.search(rf"^def {name}\(", (HOUSE / file).read_text(encoding="utf-8"), re.MULTILINE), test

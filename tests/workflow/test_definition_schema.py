"""The JSON Schema that editors complete definitions with says the same as the models."""

from __future__ import annotations

import json

import pytest

from tests.workflow.schemas import misfits
from tests.workflow.world import DEFINITION, ROOT
from workflow import library, yaml_text


def plain(text: str) -> object:
    """The file's value as an editor sees it: dates are text there."""
    return json.loads(json.dumps(yaml_text.read(text.encode()).value, default=str))


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "definitions").glob("*.yaml")))
def test_the_schema_accepts_what_ships(name: str) -> None:
    assert misfits(json.loads(library.schema()), plain((ROOT / "definitions" / name).read_text())) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("type: file", "type: fiel"),
        ("  target-choice:", "  target-choice:\n    colour: red"),
        ("due: 01-04", "due: 1-4"),
        ("at: -3wd 09:00", "at: soon"),
        ("requires: [research-trip]", "requires: research-trip"),
        ("to: [liaison]}", "to: []}"),
        ("title: 报送建标学习对象", "title: 5"),
    ],
)
def test_the_schema_refuses_what_the_model_refuses(old: str, new: str) -> None:
    assert misfits(json.loads(library.schema()), plain(DEFINITION.read_text().replace(old, new)))

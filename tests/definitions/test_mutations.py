"""More than two hundred definitions with one thing wrong: each is refused at the place, in one line, in Chinese."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from workflow import library, yaml_text
from workflow.library import FaultyDefinition
from workflow.yaml_text import Path as Place

DEFINITIONS = Path(library.__file__).parent.parent / "definitions"
#: How many of each file's places are tried; the small file bears the most.
TRIED = {"ordos-benchmarking": 150, "shanxi-first-class": 30, "huludao-delivery": 12, "weifang-key-work": 12}
_SCALAR = re.compile(r"[^\s,\]\}\[\{#\"']+")
_KEY = re.compile(r"[a-z_]+(?=:)")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Mutation:
    """One change of a text: on a line, at a column, what stands there and what is put in its place."""

    line: int
    column: int
    old: str
    new: str

    def made(self, text: str) -> str:
        """The text with the change."""
        lines = text.splitlines(keepends=True)
        line = lines[self.line - 1]
        at = self.column - 1
        lines[self.line - 1] = line[:at] + self.new + line[at + len(self.old) :]
        return "".join(lines)


def mutations(text: str) -> Iterator[Mutation]:
    """A mapping for every plain word, a name nobody knows for every key of a model."""
    reading = yaml_text.read(text.encode())
    lines = text.splitlines()
    for place, position in reading.values.items():
        found = _SCALAR.match(lines[position.line - 1], position.column - 1)
        # Where a block begins stands its first key.
        if found and not found[0].endswith(":") and not _is_free(place):
            yield Mutation(position.line, position.column, found[0], "{zzz: 1}")
    for place, position in reading.keys.items():
        found = _KEY.match(lines[position.line - 1], position.column - 1)
        if found and not _names_things(place):
            yield Mutation(position.line, position.column, found[0], f"{found[0]}x")


def _is_free(place: Place) -> bool:
    """Blocks are no words, and a condition's answer may be anything."""
    return not place or place[-1] == "is"


def _names_things(place: Place) -> bool:
    """Whether the key is a name of the definition's own, which may be anything."""
    sections = {
        "posts", "bodies", "groups", "stages", "obligations", "patterns", "ladders", "lights", "lifecycles", "findings",
        "parts", "form", "criteria", "targets", "columns", "standings", "weights", "except",
    }  # fmt: skip
    return len(place) > 1 and place[-2] in sections


@pytest.mark.parametrize("name", TRIED)
def test_a_mutated_definition_is_refused_where_it_was_changed(name: str) -> None:
    text = (DEFINITIONS / f"{name}.yaml").read_text()
    every = list(mutations(text))
    for mutation in random.Random(name).sample(every, min(TRIED[name], len(every))):
        with pytest.raises(FaultyDefinition) as refused:
            library.parse(mutation.made(text).encode(), name=f"{name}.yaml", part_of=_no_parts)
        faults = refused.value.faults
        assert mutation.line in {fault.line for fault in faults}, (mutation, faults)
        for fault in faults:
            assert "\n" not in str(fault) and _CHINESE.search(fault.text), fault


def test_more_than_two_hundred_are_tried() -> None:
    assert sum(TRIED.values()) > 200


def _no_parts(name: str) -> bytes:
    raise AssertionError(f"a definition of the house uses {name}, which this test does not know")

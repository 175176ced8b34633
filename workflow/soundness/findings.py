"""One finding, and where an obligation stands in its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow.definition import Definition
from workflow.yaml_text import Path


@dataclass(frozen=True)
class Unsound:
    """One finding: where (path in the file), an English code, a Chinese text."""

    path: Path
    code: str
    text: str
    of_key: bool = False


def places(definition: Definition) -> Mapping[str, Path]:
    """The path of every obligation, of those that tasks become too."""
    found: dict[str, Path] = {task.key: ("tasks", index) for index, task in enumerate(definition.tasks)}
    return found | {name: ("obligations", name) for name in definition.written}


def known(kind: str, name: str, names: set[str], path: Path, code: str) -> Iterator[Unsound]:
    """A finding when a name is not among those that exist."""
    if name not in names:
        shown = sorted(names)
        more = "等" if len(shown) > 30 else ""
        yield Unsound(path, code, f"{kind}“{name}”没有定义，可用的有：{'、'.join(shown[:30]) or '无'}{more}")

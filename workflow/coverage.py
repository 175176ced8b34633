"""Whether every unit of a group owes exactly one of several obligations (the Shanxi report: 述职全覆盖). Pure."""

from __future__ import annotations

from workflow.audience import Audience
from workflow.definition import Coverage
from workflow.owing import Owing, fixed


def gaps(audience: Audience) -> list[str]:
    """What is wrong, in Chinese; empty when every coverage of the definition holds with this roster."""
    return [text for one in audience.definition.coverage for text in _gaps(audience, one)]


def _gaps(audience: Audience, coverage: Coverage) -> list[str]:
    owed = [one.subject or one.unit for name in coverage.by for one in _owing(audience, name)]
    found = []
    for unit in audience.units_in(coverage.of):
        times = owed.count(unit)
        if times != 1:
            how = "没有覆盖" if not times else f"重复安排了{times}次"
            found.append(f"“{coverage.title}”{how}“{audience.directory.unit(unit).name}”")
    return found


def _owing(audience: Audience, name: str) -> tuple[Owing, ...]:
    return tuple(dict.fromkeys(fixed(audience, audience.definition.obligations[name])))

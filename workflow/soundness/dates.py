"""Dates that must be possible, and in an order that can be kept."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from datetime import date

from workflow import deadlines
from workflow.calendars import china
from workflow.definition import Definition
from workflow.soundness.findings import Unsound
from workflow.yaml_text import Path


def check(definition: Definition, where: Mapping[str, Path], *, cycle: int | None) -> Iterator[Unsound]:
    """What no cycle, or not this one, can keep; without a known cycle a common year is tried."""
    year = cycle or 2001
    days: dict[str, dict[str, date]] = {}
    for name, obligation in definition.obligations.items():
        if obligation.due.from_calendar:
            days[name] = yield from _days(definition, name, where[name], year)
    for name, obligation in definition.obligations.items():
        for index, needed in enumerate(obligation.requires):
            if _later(days.get(needed, {}), days.get(name, {})):
                text = f"前置事项“{needed}”的截止日期晚于本事项"
                yield Unsound((*where[name], "requires", index), "requires-later", text)
    for name, stage in definition.stages.items():
        if stage.until is not None and stage.until.span(year)[1] < stage.since.span(year)[0]:
            yield Unsound(("stages", name, "to"), "stage-backwards", "阶段的结束早于开始")
    if definition.published is not None:
        try:
            definition.published.resolve(year)
        except ValueError as fault:
            yield Unsound(("published",), "date-impossible", str(fault))


def _days(definition: Definition, name: str, path: Path, year: int) -> Generator[Unsound, None, dict[str, date]]:
    """The due days by occurrence; what is impossible about them is yielded."""
    due = definition.obligations[name].due
    try:
        found = deadlines.occurrences_of(definition, name, year, china())
    except ValueError as fault:
        # In three years of four February has no 29th.
        hint = f"；月末请写 {due.on.month:02d}-end" if due.on is not None and due.kind == "on" else ""
        yield Unsound((*path, "due"), "date-impossible", f"{fault}{hint}")
        return {}
    keys = [one.key for one in found]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Unsound((*path, "due"), "occurrence-twice", f"期次“{key}”出现了两次，请为各日期写不同的 key")
    if len({one.due_date for one in found}) != len(found):
        yield Unsound((*path, "due"), "date-twice", "同一截止日期写了两遍")
    return {one.key: one.due_date for one in found}


def _later(needed: Mapping[str, date], own: Mapping[str, date]) -> bool:
    """Whether a prerequisite is due after what needs it; occurrence by occurrence where both have the same ones."""
    if not needed or not own:
        return False
    if set(own) <= set(needed):
        return any(needed[key] > day for key, day in own.items())
    return max(needed.values()) > max(own.values())

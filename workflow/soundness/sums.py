"""Numbers that must come out: planned counts, weights, fields that add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflow.definition import Definition, Obligation, Planned
from workflow.soundness.findings import Unsound, known
from workflow.soundness.names import groups
from workflow.yaml_text import Path


def check(definition: Definition, where: Mapping[str, Path]) -> Iterator[Unsound]:
    """Totals that differ from their parts."""
    if definition.planned is not None:
        yield from _planned(definition, definition.planned)
    yield from _parts_known(definition)
    for name, obligation in definition.obligations.items():
        yield from _weights(definition, obligation, where[name])
        yield from _questions(obligation, where[name])


def _planned(definition: Definition, planned: Planned) -> Iterator[Unsound]:
    counts = [part.count for part in planned.parts.values()]
    if sum(counts) != planned.total:
        text = f"各部分之和{'+'.join(map(str, counts))}={sum(counts)}，与总数{planned.total}不符"
        yield Unsound(("planned", "total"), "plan-does-not-add-up", text)
    if not definition.tasks:
        return
    for key, part in planned.parts.items():
        found = sum(task.part == key for task in definition.tasks)
        if found != part.count:
            text = f"“{part.title}”计划{part.count}项，台账中有{found}项"
            yield Unsound(("planned", "parts", key), "plan-not-met", text, of_key=True)


def _parts_known(definition: Definition) -> Iterator[Unsound]:
    parts = set(definition.planned.parts) if definition.planned else set()
    for index, task in enumerate(definition.tasks):
        if task.part is not None:
            yield from known("类别", task.part, parts, ("tasks", index, "part"), "unknown-part")
        elif parts:
            yield Unsound(("tasks", index), "key-missing", "计划分了类别，任务须写 part")


def _weights(definition: Definition, obligation: Obligation, path: Path) -> Iterator[Unsound]:
    rated = [one for one in obligation.criteria.values() if one.rated]
    if not rated:
        return
    if any(one.weight is None for one in rated):
        yield Unsound((*path, "criteria"), "weight-missing", "各项评分标准都须写 weight")
        return
    for group in ("", *dict.fromkeys(group for one in rated for group in one.weights)):
        if group:
            yield from known("分组", group, groups(definition), (*path, "criteria"), "unknown-group")
        total = sum(one.weights.get(group, one.weight or 0) for one in rated)
        if total != 100:
            text = f"{f'分组“{group}”的' if group else ''}权重合计{total}，须为100"
            yield Unsound((*path, "criteria"), "weights-do-not-add-up", text)


def _questions(obligation: Obligation, path: Path) -> Iterator[Unsound]:
    numbers = {key for key, field in obligation.form.items() if field.type in ("integer", "decimal")}
    for index, one in enumerate(obligation.adds_up):
        here: Path = (*path, "adds_up", index)
        yield from known("数字栏目", one.total, numbers, (*here, "total"), "unknown-field")
        for place, part in enumerate(one.parts):
            yield from known("数字栏目", part, numbers, (*here, "parts", place), "unknown-field")

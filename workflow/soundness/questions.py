"""What a form asks must hang together: tables in their limits, dates that name other dates, no field asked twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflow.definition import Definition, FormField, Obligation
from workflow.forms.tabular import MAX_ROWS
from workflow.soundness.findings import Unsound, known
from workflow.yaml_text import Path


def check(definition: Definition, where: Mapping[str, Path]) -> Iterator[Unsound]:
    """Questions that nobody could answer, or that would hide each other."""
    written = {**definition.written, **{task.key: task.written() for task in definition.tasks}}
    for name, obligation in definition.obligations.items():
        pattern = definition.patterns.get(written[name].pattern or "")
        own = pattern if pattern is not None and "form" not in written[name].model_fields_set else written[name]
        yield from _twice(obligation, own.form, where[name])
        for key, field in obligation.form.items():
            yield from _table(field, (*where[name], "form", key))
            yield from _days(obligation, key, (*where[name], "form", key))


def _twice(obligation: Obligation, own: Mapping[str, FormField], path: Path) -> Iterator[Unsound]:
    """A target and a rating each ask a field of their own key, which must not be another's too."""
    rated = {key for key, one in obligation.criteria.items() if one.rated}
    for key in (key for key in obligation.targets if key in rated):
        yield Unsound((*path, "targets", key), "field-twice", f"“{key}”既是指标又是评分标准，请改名", of_key=True)
    for key in own:
        if key in obligation.targets or key in rated:
            text = f"栏目“{key}”与指标或评分标准同名，请改名"
            yield Unsound((*path, "form", key), "field-twice", text, of_key=True)


def _table(field: FormField, path: Path) -> Iterator[Unsound]:
    if field.type != "table":
        return
    for bound in ("at_least", "at_most"):
        rows = getattr(field, bound)
        if rows is not None and not 0 <= rows <= MAX_ROWS:
            yield Unsound((*path, bound), "out-of-range", f"表格的行数须在0到{MAX_ROWS}之间")
    seen: set[str] = set()
    for key, column in field.columns.items():
        if column.label in seen:
            yield Unsound((*path, "columns", key, "label"), "column-twice", f"列名“{column.label}”写了两遍")
        seen.add(column.label)


def _days(obligation: Obligation, name: str, path: Path) -> Iterator[Unsound]:
    field = obligation.form[name]
    days = {key for key, one in obligation.form.items() if one.type == "date"} - {name}
    for key, other in (("not_before", field.not_before), ("not_after", field.not_after)):
        if other is not None:
            yield from known("日期栏目", other, days, (*path, key), "unknown-field")

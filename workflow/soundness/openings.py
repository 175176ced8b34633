"""Follow-ups that something opens: the events, fields and rows they name must be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflow.definition import Definition, Obligation, Opening
from workflow.soundness.findings import Unsound, known
from workflow.yaml_text import Path


def check(definition: Definition, where: Mapping[str, Path]) -> Iterator[Unsound]:
    """Follow-ups that nothing would open, or that lean on a field nobody has."""
    for name, obligation in definition.obligations.items():
        path = where[name]
        if obligation.due.from_calendar and obligation.opened_by:
            text = "由事件引出的事项，截止时间须写 opened、field 或 by_hand"
            yield Unsound((*path, "due"), "due-misplaced", text)
        if obligation.due.kind == "field" and not obligation.opened_by:
            yield Unsound((*path, "due"), "due-misplaced", "按栏目定截止日期的事项须写 opened_by")
        if obligation.opens is not None and not obligation.due.from_calendar:
            yield Unsound((*path, "opens"), "opens-misplaced", "opens 只用于日期事先可知的事项")
        for index, opening in enumerate(obligation.opened_by):
            yield from _opening(definition, obligation, opening, (*path, "opened_by", index))
    yield from _rollover(definition)


def _opening(definition: Definition, obligation: Obligation, opening: Opening, path: Path) -> Iterator[Unsound]:
    for place, name in enumerate(opening.of):
        yield from known("报送事项", name, {*definition.obligations}, (*path, "of", place), "unknown-obligation")
    sources = [definition.obligations[name] for name in opening.of if name in definition.obligations]
    if opening.kind is not None:
        yield from known("检查发现类别", opening.kind, {*definition.findings}, (*path, "kind"), "unknown-finding")
    if opening.condition is not None:
        for source in sources:
            yield from known("栏目", opening.condition.field, {*source.form}, (*path, "if", "field"), "unknown-field")
    field = obligation.due.field
    if field is not None and opening.rows is None:
        dates = [{key for key, one in source.form.items() if one.type == "date"} for source in sources]
        if not sources:
            yield Unsound(path, "of-missing", "按栏目定截止日期，of 须写明由哪个事项引出")
        for names in dates:
            yield from known("日期栏目", field, names, path, "unknown-field")
    if opening.rows is not None and sources:
        yield from _rows(opening, sources[0], field, path)


def _rows(opening: Opening, source: Obligation, due: str | None, path: Path) -> Iterator[Unsound]:
    rows = opening.rows
    assert rows is not None
    tables = {key for key, one in source.form.items() if one.type == "table"}
    yield from known("表格栏目", rows.field, tables, (*path, "rows", "field"), "unknown-field")
    if rows.field not in tables:
        return
    columns = source.form[rows.field].columns
    for key, name, kind in (("unit", rows.unit, "unit"), ("title", rows.title, "text"), ("due", rows.due, "date")):
        if name is not None:
            fitting = {column for column, one in columns.items() if one.type == kind}
            yield from known("列", name, fitting, (*path, "rows", key), "unknown-column")
    if rows.due is None and due is not None:
        yield Unsound((*path, "rows"), "due-misplaced", "按行定截止日期须在 rows 中写 due")


def _rollover(definition: Definition) -> Iterator[Unsound]:
    rule = definition.rollover
    if rule is None:
        return
    yield from known(
        "报送事项", rule.obligation, {*definition.obligations}, ("rollover", "obligation"), "unknown-obligation"
    )
    source = definition.obligations.get(rule.obligation)
    if source is None:
        return
    tables = {key for key, one in source.form.items() if one.type == "table"}
    yield from known("表格栏目", rule.field, tables, ("rollover", "field"), "unknown-field")
    if rule.field in tables:
        columns = source.form[rule.field].columns
        yield from known("列", rule.status, {*columns}, ("rollover", "status"), "unknown-column")
        options = set(columns[rule.status].options) if rule.status in columns else set()
        for key, values in (("keep", rule.keep), ("archive", rule.archive)):
            for index, value in enumerate(values):
                yield from known("选项", value, options, ("rollover", key, index), "unknown-option")

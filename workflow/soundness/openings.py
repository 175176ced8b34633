"""Follow-ups that something opens: the events, fields and rows they name must be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from workflow.definition import Column, Definition, Obligation, Opening
from workflow.soundness.findings import Unsound, known
from workflow.yaml_text import Path

#: Events that come with a form that was complete.
_WITH_CONTENT = frozenset({"filed", "filed-late", "target-unmet"})
_ASKED = Column(label="-", required=True)


def check(definition: Definition, where: Mapping[str, Path]) -> Iterator[Unsound]:
    """Follow-ups that nothing would open, or that lean on a field nobody has."""
    for name, obligation in definition.obligations.items():
        path = where[name]
        if obligation.opened_by and obligation.due.kind not in ("opened", "field"):
            yield Unsound((*path, "due"), "due-misplaced", "由事件引出的事项，截止时间须写 opened 或 field")
        if obligation.due.kind == "field" and not obligation.opened_by:
            yield Unsound((*path, "due"), "due-misplaced", "按栏目定截止日期的事项须写 opened_by")
        if obligation.opens is not None and not obligation.due.from_calendar:
            yield Unsound((*path, "opens"), "opens-misplaced", "opens 只用于日期事先可知的事项")
        for index, opening in enumerate(obligation.opened_by):
            yield from _opening(definition, obligation, opening, (*path, "opened_by", index))
        yield from _secrecy(definition, name, obligation, path)
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
        yield from _dated(opening, field, sources, path)
    if opening.rows is not None and sources:
        yield from _rows(opening, sources[0], field, path)


def _dated(opening: Opening, field: str, sources: Sequence[Obligation], path: Path) -> Iterator[Unsound]:
    """A date taken from a field must be there when the event happens: required, and asked by a filing."""
    if not sources:
        yield Unsound(path, "of-missing", "按栏目定截止日期，of 须写明由哪个事项引出")
    if opening.event not in _WITH_CONTENT:
        text = f"按栏目定截止日期的事项只能由 {'、'.join(sorted(_WITH_CONTENT))} 引出，其他事件发生时栏目可能还没有填"
        yield Unsound((*path, "event"), "date-unsure", text)
    for source in sources:
        names = {key for key, one in source.form.items() if one.type == "date"}
        yield from known("日期栏目", field, names, path, "unknown-field")
        if field in names and not source.form[field].required:
            yield Unsound(path, "date-unsure", f"“{source.title}”的栏目“{field}”须写 required: true，截止日期由它而定")


def _secrecy(definition: Definition, name: str, obligation: Obligation, path: Path) -> Iterator[Unsound]:
    """Nobody is told of what is hidden by a rung, or by a duty that everybody sees."""
    if obligation.visibility == "hidden":
        if any("subject" in rung.to for rung in definition.ladder_of(name)):
            text = f"梯次“{obligation.ladder}”通知被检查单位，不公开的事项不能使用"
            yield Unsound((*path, "ladder"), "secret-told", text)
        return
    for index, needed in enumerate(obligation.requires):
        if needed in definition.obligations and definition.obligations[needed].visibility == "hidden":
            text = f"公开的事项不能以不公开的“{needed}”为前置事项"
            yield Unsound((*path, "requires", index), "secret-told", text)


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
            if name in columns and name not in fitting:
                text = f"列“{name}”的类型须是 {kind}"
                yield Unsound((*path, "rows", key), "unknown-column", text)
            else:
                yield from known("列", name, fitting, (*path, "rows", key), "unknown-column")
    if due is not None and rows.due is None:
        yield Unsound((*path, "rows"), "due-misplaced", "按行定截止日期须在 rows 中写 due")
    if due is not None and rows.due in columns and not columns[rows.due].required:
        text = f"列“{rows.due}”须写 required: true，截止日期由它而定"
        yield Unsound((*path, "rows", "due"), "date-unsure", text)
    if not columns.get(rows.unit, _ASKED).required:
        yield Unsound((*path, "rows", "unit"), "unit-unsure", f"列“{rows.unit}”须写 required: true，由谁承办由它而定")


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

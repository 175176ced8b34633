"""Forms, targets, lifecycles, coverage and rollover in words. Pure."""

from __future__ import annotations

from workflow.definition import Column, Coverage, Definition, FormField, Rollover, Target
from workflow.lifecycle import BUILT_IN, from_data
from workflow.wording.names import group, quote, quoted, title

TYPES = {
    "text": "一行文字", "paragraph": "文字", "integer": "整数", "decimal": "数字", "date": "日期", "choice": "单选",
    "choices": "多选", "yes-no": "是或否", "file": "附件", "unit": "单位", "table": "表格",
}  # fmt: skip


def target(one: Target) -> str:
    """One target: 签约项目不低于300个（全年累计）."""
    said = f"{one.label}：{one.wanted}"
    return said + ("（全年累计）" if one.over == "cycle" else "")


def asks(one: FormField | Column) -> str:
    """What a field of a form asks for beside its label: 整数，必填，1至99."""
    said = [TYPES[one.type] + (f"（{'、'.join(one.options)}）" if one.options else "")]
    if one.required:
        said.append("必填")
    if isinstance(one, FormField):
        said += _bounds(one)
    return "，".join(said)


def lifecycle(definition: Definition, name: str) -> str:
    """The way of a submission: 草稿 → 待审签 → 已报送; with the title of a lifecycle of the definition's own."""
    obligation = definition.obligations[name]
    written = definition.lifecycles.get(obligation.lifecycle)
    machine = from_data(obligation.lifecycle, written) if written else BUILT_IN[obligation.lifecycle]
    on_the_way = [one for one in machine.standings if one.state in ("draft", "pending", "filed")]
    met = [one for one in on_the_way if obligation.sign_off or one.waiting_on != "approver"]
    met.sort(key=lambda one: ("draft", "pending", "filed").index(one.state))
    way = " → ".join(one.title for one in met)
    return f"{written.title}：{way}" if written else way


def coverage(definition: Definition, one: Coverage) -> str:
    """A rule of coverage: 各单位每家须且只须承担“甲”“乙”之一."""
    named = "、".join(title(definition, name) for name in one.by)
    return f"{group(definition, one.of)}每家须且只须承担{named}之一"


def rollover(definition: Definition, one: Rollover) -> str:
    """What the next cycle inherits."""
    form = definition.obligations[one.obligation].form
    table = form[one.field]
    column = table.columns[one.status].label
    return (
        f"{title(definition, one.obligation)}的表{quote(table.label)}中，{column}为{quoted(one.keep)}的行转入下一年度，"
        f"为{quoted(one.archive)}的存档"
    )


def _bounds(one: FormField) -> list[str]:
    counted = "行" if one.type == "table" else ""
    if one.at_least is not None and one.at_most is not None:
        return [f"{one.at_least}至{one.at_most}{counted}"]
    least = [f"至少{one.at_least}{counted}"] if one.at_least is not None else []
    most = [f"至多{one.at_most}{counted}"] if one.at_most is not None else []
    kinds = [f"限{'、'.join(one.accepts)}"] if one.accepts else []
    return [*least, *most, *kinds]

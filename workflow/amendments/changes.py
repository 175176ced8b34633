"""What reads differently in a changed definition, obligation by obligation and as a whole. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow import lifecycle
from workflow.definition import APPROVER, Column, Definition, FormField, Obligation, Rung, Target

#: What an obligation says beside its dates, in the words of the reference.
_OBLIGATION = {
    "title": "名称",
    "clause": "条款",
    "duty": "任务",
    "stage": "阶段",
    "owed_by": "报送主体",
    "opens": "开始时间",
    "opened_by": "触发条件",
    "requires": "前置事项",
    "cooperating": "配合单位",
    "leader": "责任领导",
    "targets": "目标",
    "criteria": "评价标准",
    "adds_up": "合计",
    "sign_off": "审签",
    "receivers": "接收方",
    "visibility": "可见范围",
    "part": "所属部分",
}
#: What a definition says beside its obligations.
_WHOLE = {
    "title": "方案名称",
    "source": "文件",
    "published": "印发时间",
    "planned": "计划数",
    "posts": "职务",
    "bodies": "机构",
    "groups": "分组",
    "stages": "阶段",
    "findings": "问题类型",
    "coverage": "覆盖要求",
    "rollover": "结转",
    "damaged": "原文残缺",
}
_SHOWN = {"title", "clause", "duty", "stage", "owed_by", "leader"}


@dataclass(frozen=True)
class Changed:
    """One thing that reads differently; ``obligation`` is empty for the whole, ``before`` and ``after`` where short."""

    obligation: str
    title: str
    what: str
    before: str = ""
    after: str = ""


def changes(before: Definition, after: Definition) -> tuple[Changed, ...]:
    """Everything that reads differently in what both definitions have."""
    whole = (
        Changed("", after.title, label, *_short(before, after, name))
        for name, label in _WHOLE.items()
        if getattr(before, name) != getattr(after, name)
    )
    both = [name for name in after.obligations if name in before.obligations]
    return (*whole, *(one for name in both for one in _of_obligation(name, before, after)))


def timed(ladder: tuple[Rung, ...]) -> tuple[Rung, ...]:
    """The rungs that count from the due date, without the chases."""
    return tuple(rung for rung in ladder if not rung.is_chase)


def unlike(before: Obligation, after: Obligation) -> dict[str, str]:
    """The fields of a form that an amended one lacks or asks in another way, and how."""
    return {name: how for name, field in before.form.items() if (how := _unlike(field, after.form.get(name)))}


def lost_columns(before: FormField, after: FormField | None) -> frozenset[str]:
    """The columns of a table field that the amended one lacks or has with another type."""
    kept: Mapping[str, Column] = after.columns if after else {}
    return frozenset(name for name, one in before.columns.items() if name not in kept or kept[name].type != one.type)


def _of_obligation(name: str, before: Definition, after: Definition) -> Iterator[Changed]:
    old, new = before.obligations[name], after.obligations[name]
    for key, label in _OBLIGATION.items():
        if getattr(old, key) != getattr(new, key):
            yield Changed(name, new.title, label, *_short(old, new, key))
    if old.due != new.due and not (old.due.from_calendar and new.due.from_calendar):
        yield Changed(name, new.title, "期限", old.due.kind, new.due.kind)
    if old.form != new.form:
        yield Changed(name, new.title, "表单", "", _of_form(old.form, new.form))
    if before.ladder_of(name) != after.ladder_of(name):
        yield Changed(name, new.title, "督办梯次", _rungs(before, name), _rungs(after, name))
    if _lights(before, old) != _lights(after, new):
        yield Changed(name, new.title, "亮灯规则", old.lights or "", new.lights or "")
    if lifecycle.of(before, name) != lifecycle.of(after, name):
        yield Changed(name, new.title, "流程", old.lifecycle, new.lifecycle)


def _of_form(before: Mapping[str, FormField], after: Mapping[str, FormField]) -> str:
    labels = {
        "增加": [one.label for name, one in after.items() if name not in before],
        "删去": [one.label for name, one in before.items() if name not in after],
        "修改": [one.label for name, one in after.items() if name in before and before[name] != one],
    }
    said = [f"{how}“{'”“'.join(named)}”" for how, named in labels.items() if named]
    return "，".join(said) or "调整顺序"


def _rungs(definition: Definition, name: str) -> str:
    return "；".join(_rung(definition, rung) for rung in definition.ladder_of(name))


def _rung(definition: Definition, rung: Rung) -> str:
    to = "、".join("审签人" if post == APPROVER else definition.post_title(post) for post in rung.to)
    return f"{rung.at if rung.at is not None else f'pending_for {rung.pending_for}'} {to}"


def _lights(definition: Definition, obligation: Obligation) -> object:
    return definition.lights[obligation.lights] if obligation.lights else None


def _short(before: Definition | Obligation, after: Definition | Obligation, name: str) -> tuple[str, str]:
    """Both sides where they are a few words."""
    if name == "targets":
        return _targets(getattr(before, name)), _targets(getattr(after, name))
    if name in ("groups", "bodies", "posts"):
        return _entries(getattr(before, name), getattr(after, name))
    if name not in _SHOWN:
        return "", ""
    return str(getattr(before, name) or ""), str(getattr(after, name) or "")


def _targets(targets: Mapping[str, Target]) -> str:
    return "；".join(f"{one.label}{one.wanted}" for one in targets.values())


def _entries(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, str]:
    """The names of the entries that differ, on the side that has them."""
    differ = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return "、".join(n for n in differ if n in before), "、".join(n for n in differ if n in after)


def _unlike(before: FormField, after: FormField | None) -> str:
    if after is None:
        return "删去"
    if after.type != before.type:
        return "换成另一种类型"
    return "删去或改变其中的列" if lost_columns(before, after) else ""

"""Names that must exist: groups, bodies, posts, stages, ladders, patterns, prerequisites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflow.definition import (
    APPROVER,
    BUILT_IN_POSTS,
    CONCERNED,
    MEMBER_UNITS,
    OFFICE_BODY,
    PARTIES,
    Body,
    Definition,
    Obligation,
    Rung,
    WrittenObligation,
)
from workflow.soundness.findings import Unsound, known
from workflow.yaml_text import Path


def unfinished(definition: Definition) -> Iterator[Unsound]:
    """Obligations without a title, an owner or a due date of their own or of their pattern."""
    if not definition.written and not definition.tasks:
        yield Unsound((), "key-missing", "缺少必写的键“obligations”，至少写一个报送事项")
    written: list[tuple[Path, WrittenObligation]] = []
    written += [(("obligations", key), one) for key, one in definition.written.items()]
    written += [(("tasks", index), task.written()) for index, task in enumerate(definition.tasks)]
    for path, one in written:
        pattern = definition.patterns.get(one.pattern) if one.pattern else None
        if one.pattern and pattern is None:
            yield from known("模板", one.pattern, {*definition.patterns}, (*path, "pattern"), "unknown-pattern")
            continue
        for name in ("title", "owed_by", "due"):
            if getattr(one, name) is None and (pattern is None or getattr(pattern, name) is None):
                key = "lead" if path[0] == "tasks" and name == "owed_by" else name
                yield Unsound(path, "key-missing", f"缺少必写的键“{key}”", of_key=True)
    yield from _doubled(definition)


def check(definition: Definition, where: Mapping[str, Path]) -> Iterator[Unsound]:
    """Everything a definition names and does not have."""
    for name, obligation in definition.obligations.items():
        yield from _obligation(definition, obligation, where[name])
        yield from _prerequisites(definition, name, where)
    for name, rungs in definition.ladders.items():
        yield from _rungs(definition, rungs, ("ladders", name))
    for name, body in definition.bodies.items():
        yield from _body(definition, body, ("bodies", name))
    yield from _groups_known(definition)
    for index, coverage in enumerate(definition.coverage):
        yield from known("分组", coverage.of, groups(definition), ("coverage", index, "of"), "unknown-group")
        for place, owed in enumerate(coverage.by):
            path: Path = ("coverage", index, "by", place)
            yield from known("报送事项", owed, {*definition.obligations}, path, "unknown-obligation")


def groups(definition: Definition) -> set[str]:
    """The groups that may be named."""
    return {MEMBER_UNITS, *definition.groups}


def posts(definition: Definition) -> set[str]:
    """The posts that may sign and hear; a body hears through whoever stands for it."""
    return {*BUILT_IN_POSTS, *definition.posts, *definition.bodies}


def _doubled(definition: Definition) -> Iterator[Unsound]:
    seen = {*definition.written}
    for index, task in enumerate(definition.tasks):
        if task.key in seen:
            yield Unsound(("tasks", index, "no"), "task-twice", f"序号“{task.no}”写了两遍")
        seen.add(task.key)


def _obligation(definition: Definition, obligation: Obligation, path: Path) -> Iterator[Unsound]:
    yield from _owner(definition, obligation, path)
    for receiver in obligation.receivers:
        yield from known("职务", receiver, posts(definition), (*path, "receiver"), "unknown-post")
    for kind, name, names, key in (
        ("阶段", obligation.stage, {*definition.stages}, "stage"),
        ("梯次", obligation.ladder, {*definition.ladders}, "ladder"),
        ("亮灯规则", obligation.lights, {*definition.lights}, "lights"),
    ):
        if name is not None:
            yield from known(kind, name, names, (*path, key), f"unknown-{'light-rule' if key == 'lights' else key}")
    if obligation.due.within is not None:
        yield from known("阶段", obligation.due.within, {*definition.stages}, (*path, "due", "within"), "unknown-stage")
    yield from _sign_off(definition, obligation, path)


def _owner(definition: Definition, obligation: Obligation, path: Path) -> Iterator[Unsound]:
    owner, here = obligation.owed_by, (*path, "lead" if path[0] == "tasks" else "owed_by")
    if owner.named is not None:
        names = groups(definition) | {OFFICE_BODY, *definition.bodies, *definition.posts}
        if owner.named == CONCERNED and not obligation.is_follow_up:
            yield Unsound(here, "unknown-group", "concerned（引起它的单位）只用于由事件引出的事项，须写 opened_by")
            return
        names |= {CONCERNED}
        yield from known("分组", owner.named, names, here, "unknown-group")
    for group in owner.groups:
        yield from known("分组", group, groups(definition), here, "unknown-group")
    if owner.by is not None:
        bodies = {OFFICE_BODY, *definition.bodies, *definition.posts}
        yield from known("工作机构", owner.by, bodies, (*here, "by"), "unknown-body")
    if owner.each is not None:
        yield from known("职务", owner.each, posts(definition), (*here, "each"), "unknown-post")


def _sign_off(definition: Definition, obligation: Obligation, path: Path) -> Iterator[Unsound]:
    signers = posts(definition) | ({"leader"} if obligation.leader else set())
    for index, step in enumerate(obligation.sign_off):
        here: Path = (*path, "sign_off", index)
        yield from known("职务", step.by, signers, (*here, "by"), "unknown-post")
        for group, post in step.exceptions.items():
            where: Path = (*here, "except", group)
            if group not in groups(definition):
                text = f"分组“{group}”没有定义，可用的有：{'、'.join(sorted(groups(definition)))}"
                yield Unsound(where, "unknown-group", text, of_key=True)
            yield from known("职务", post, signers, where, "unknown-post")


def _prerequisites(definition: Definition, name: str, where: Mapping[str, Path]) -> Iterator[Unsound]:
    for index, needed in enumerate(definition.obligations[name].requires):
        here: Path = (*where[name], "requires", index)
        yield from known("报送事项", needed, {*definition.obligations}, here, "unknown-obligation")
        if needed == name:
            yield Unsound(here, "requires-loop", "不能以自己为前置事项")
        elif needed in definition.obligations and name in _all_required(definition, needed):
            yield Unsound(here, "requires-loop", f"“{name}”与“{needed}”互为前置，永远无法提交")


def _all_required(definition: Definition, name: str) -> set[str]:
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        now = ahead.pop()
        if now in seen or now not in definition.obligations:
            continue
        seen.add(now)
        ahead.extend(definition.obligations[now].requires)
    return seen


def _rungs(definition: Definition, rungs: tuple[Rung, ...], path: Path) -> Iterator[Unsound]:
    seen: set[tuple[object, ...]] = set()
    for index, rung in enumerate(rungs):
        here: Path = (*path, index)
        names = {APPROVER, *PARTIES, *posts(definition)}
        for place, post in enumerate(rung.to):
            yield from known("职务", post, names, (*here, "to", place), "unknown-post")
        for place, post in enumerate(rung.acknowledge.to if rung.acknowledge else ()):
            yield from known("职务", post, names, (*here, "acknowledge", "to", place), "unknown-post")
        key = (rung.at, rung.pending_for, rung.say, rung.to)
        if key in seen:
            yield Unsound(here, "rung-twice", "同一梯次写了两遍")
        seen.add(key)
        yield from _said_in_time(rung, here)


def _said_in_time(rung: Rung, path: Path) -> Iterator[Unsound]:
    if rung.at is None:
        if rung.say in ("overdue", "notice"):
            yield Unsound((*path, "say"), "say-misplaced", "pending_for 梯次只能写 reminder 或 escalation")
        return
    late = rung.at.is_due or rung.at.count > 0
    if late and rung.say == "reminder":
        text = "到期之后的梯次须写 say: overdue 或 say: escalation"
        yield Unsound((*path, "say" if "say" in rung.model_fields_set else "at"), "say-misplaced", text)
    if not late and rung.say in ("overdue", "escalation"):
        text = f"到期之前的梯次不能写 say: {rung.say}，此时尚未逾期"
        yield Unsound((*path, "say"), "say-misplaced", text)


def _body(definition: Definition, body: Body, path: Path) -> Iterator[Unsound]:
    for key, post in (("led_by", body.led_by), ("contact", body.contact)):
        if post is not None:
            yield from known("职务", post, {*BUILT_IN_POSTS, *definition.posts}, (*path, key), "unknown-post")


def _groups_known(definition: Definition) -> Iterator[Unsound]:
    for name, group in definition.groups.items():
        for key, others in (("groups", group.groups), ("without", group.without)):
            for index, other in enumerate(others):
                path: Path = ("groups", name, key, index)
                yield from known("分组", other, groups(definition), path, "unknown-group")
                if name in _all_inside(definition, other):
                    yield Unsound(path, "group-loop", f"分组“{name}”包含了它自己")
        if name in definition.bodies:
            yield Unsound(("groups", name), "name-twice", f"“{name}”既是分组又是工作机构，请改名", of_key=True)


def _all_inside(definition: Definition, name: str) -> set[str]:
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        now = ahead.pop()
        if now not in seen and now in definition.groups:
            ahead.extend((*definition.groups[now].groups, *definition.groups[now].without))
        seen.add(now)
    return seen

"""What the models of a definition cannot see alone: names that must exist, dates that must be possible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.definition import APPROVER, BUILT_IN_POSTS, MEMBER_UNITS, Definition, Obligation, Rung
from workflow.yaml_text import Path


@dataclass(frozen=True)
class Unsound:
    """One finding: where (path in the file), an English code, a Chinese text."""

    path: Path
    code: str
    text: str
    of_key: bool = False


def check(definition: Definition, *, cycle: int | None) -> tuple[Unsound, ...]:
    """All findings; ``cycle`` is the year in which month-days are tried, None when it is not known yet."""
    found: list[Unsound] = []
    for name, obligation in definition.obligations.items():
        path: Path = ("obligations", name)
        found += _names(definition, obligation, path)
        found += _sign_off(definition, obligation, path)
        found += _prerequisites(definition, name, path)
    for name, rungs in definition.ladders.items():
        found += _rungs(definition, rungs, ("ladders", name))
    found += _dates(definition, cycle)
    return tuple(found)


def _known(kind: str, name: str, known: set[str], path: Path, code: str) -> Iterator[Unsound]:
    if name not in known:
        yield Unsound(path, code, f"{kind}“{name}”没有定义，可用的有：{'、'.join(sorted(known)) or '无'}")


def _groups(definition: Definition) -> set[str]:
    return {MEMBER_UNITS, *definition.groups}


def _posts(definition: Definition) -> set[str]:
    return {*BUILT_IN_POSTS, *definition.posts}


def _names(definition: Definition, obligation: Obligation, path: Path) -> Iterator[Unsound]:
    yield from _known("分组", obligation.owed_by, _groups(definition), (*path, "owed_by"), "unknown-group")
    yield from _known("职务", obligation.receiver, _posts(definition), (*path, "receiver"), "unknown-post")
    if obligation.stage is not None:
        yield from _known("阶段", obligation.stage, {*definition.stages}, (*path, "stage"), "unknown-stage")
    if obligation.ladder is not None:
        yield from _known("梯次", obligation.ladder, {*definition.ladders}, (*path, "ladder"), "unknown-ladder")


def _sign_off(definition: Definition, obligation: Obligation, path: Path) -> Iterator[Unsound]:
    posts, groups = _posts(definition), _groups(definition)
    for index, step in enumerate(obligation.sign_off):
        here: Path = (*path, "sign_off", index)
        yield from _known("职务", step.by, posts, (*here, "by"), "unknown-post")
        for group, post in step.exceptions.items():
            where: Path = (*here, "except", group)
            if group not in groups:
                text = f"分组“{group}”没有定义，可用的有：{'、'.join(sorted(groups))}"
                yield Unsound(where, "unknown-group", text, of_key=True)
            yield from _known("职务", post, posts, where, "unknown-post")


def _prerequisites(definition: Definition, name: str, path: Path) -> Iterator[Unsound]:
    for index, needed in enumerate(definition.obligations[name].requires):
        here: Path = (*path, "requires", index)
        yield from _known("报送事项", needed, {*definition.obligations}, here, "unknown-obligation")
        if needed in definition.obligations and name in _all_required(definition, needed):
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
        for place, post in enumerate(rung.to):
            yield from _known("职务", post, {APPROVER, *_posts(definition)}, (*here, "to", place), "unknown-post")
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


def _dates(definition: Definition, cycle: int | None) -> Iterator[Unsound]:
    # Without a known cycle a common year is tried: Feb 29 would be missing in three years of four.
    year = cycle or 2001
    for name, obligation in definition.obligations.items():
        try:
            day = obligation.due.on.resolve(year)
        except ValueError as fault:
            text = f"{fault}；月末请写 {obligation.due.on.month:02d}-end"
            yield Unsound(("obligations", name, "due"), "date-impossible", text)
            continue
        for index, needed in enumerate(obligation.requires):
            other = definition.obligations.get(needed)
            if other is not None and _resolves_after(other, day_year=(day.toordinal(), year)):
                text = f"前置事项“{needed}”的截止日期晚于本事项"
                yield Unsound(("obligations", name, "requires", index), "requires-later", text)
    for name, stage in definition.stages.items():
        if stage.until is not None and stage.until.span(year)[1] < stage.since.span(year)[0]:
            yield Unsound(("stages", name, "to"), "stage-backwards", "阶段的结束早于开始")
    if definition.published is not None:
        try:
            definition.published.resolve(year)
        except ValueError as fault:
            yield Unsound(("published",), "date-impossible", str(fault))


def _resolves_after(other: Obligation, *, day_year: tuple[int, int]) -> bool:
    ordinal, year = day_year
    try:
        return other.due.on.resolve(year).toordinal() > ordinal
    except ValueError:
        return False

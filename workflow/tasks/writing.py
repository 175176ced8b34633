"""Ledger rows into a definition's text as its ``tasks``, and the tasks of a definition back into rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node

from workflow import bundles, library, yaml_text
from workflow.definition import IDENTIFIER, Definition, Due, Obligation, Owner, Target, Task
from workflow.library import Pinned
from workflow.recurrences import parse_rule
from workflow.roster_rows import OFFICE
from workflow.tasks.sheet_rows import LedgerFault, LedgerRefused, TaskRow, fault, nearest
from workflow.tasks.words import Figure, TimeLimit, limit_of_rule

#: The pattern that tasks take when none is named and the definition has it.
USUAL_PATTERN = "node"

_WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
#: A text that YAML takes for nothing but a text, also between brackets.
_PLAIN = re.compile(r"[\u4e00-\u9fff“《（][0-9A-Za-z\u00b7-\uffef]*")


def composed(
    text: str,
    tasks: Sequence[TaskRow],
    *,
    name: str,
    pattern: str | None = None,
    cycle: int | None = None,
    today: date | None = None,
) -> Pinned:
    """A definition's text, bundled with its parts, with these tasks as its ledger instead of any it has.

    Everything outside of ``tasks`` stays as it is. What recurs begins where it did, else ``today``, the day it comes
    into a running programme, else with the publication: nobody owes the months before.

    Raises LedgerRefused for what the definition does not know, FaultyDefinition where the whole is not sound:
    planned counts that are not met among them.
    """
    main, parts = bundles.unbundled(text)
    definition = library.pinned(text).definition
    begins = today if today is not None and today.year == (cycle or definition.cycle) else None
    written = with_tasks(main, definition, tasks, pattern=pattern, begins=begins)
    return library.parse(written.encode(), name=name, cycle=cycle, part_of=lambda used: parts[used].encode())


def with_tasks(
    text: str,
    definition: Definition,
    tasks: Sequence[TaskRow],
    *,
    pattern: str | None = None,
    begins: date | None = None,
) -> str:
    """The text of a definition with these tasks, one a line; raises LedgerRefused."""
    used = pattern or (USUAL_PATTERN if USUAL_PATTERN in definition.patterns else None)
    faults = list(_unknown(definition, tasks, used))
    if faults:
        raise LedgerRefused(faults)
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = ["tasks:", *(f"  - {_mapping(_entries(definition, task, used, begins))}" for task in tasks)]
    block = "".join(line + ending for line in lines)
    span = _span(text)
    if span is None:
        return f"{text}{'' if not text or text.endswith(ending) else ending}{block}"
    return f"{text[: span[0]]}{block}{text[span[1] :]}"


def rows_of(definition: Definition) -> tuple[TaskRow, ...]:
    """The tasks of a definition as rows; a limit that ledgers have no words for is None."""
    return tuple(_row(definition, task) for task in definition.tasks)


def target_keys(count: int) -> list[str]:
    """The names that the figures of a row are asked under."""
    return [f"target-{number}" for number in range(1, count + 1)]


def _unknown(definition: Definition, tasks: Sequence[TaskRow], pattern: str | None) -> Iterator[LedgerFault]:
    if pattern is not None and pattern not in definition.patterns:
        shown = "、".join(sorted(definition.patterns)) or "无"
        yield LedgerFault(0, "", "unknown-pattern", f"方案中没有模板“{pattern}”，可用的有：{shown}")
    parts = _part_keys(definition)
    groups = _titles_of_groups(definition)
    for task in tasks:
        if parts and task.part not in parts:
            what = (
                f"“{task.part}”不在方案的计划中{nearest(task.part, parts)}" if task.part else "方案分了类别，不能为空"
            )
            yield fault(task.row, "part", "unknown-part", what)
        alone = [name for name in task.leads if name in groups]
        if alone and len(task.leads) > 1:
            yield fault(task.row, "lead", "group-among-units", f"“{alone[0]}”是一组单位，须单独填写")


def _part_keys(definition: Definition) -> dict[str, str]:
    return {part.title: key for key, part in definition.planned.parts.items()} if definition.planned else {}


def _titles_of_groups(definition: Definition) -> dict[str, str]:
    return {group.title: key for key, group in definition.groups.items() if group.title}


def _bodies(definition: Definition) -> dict[str, str]:
    bodies = {body.title: key for key, body in definition.bodies.items()}
    return {definition.post_title(OFFICE): OFFICE, **bodies}


def _entries(definition: Definition, task: TaskRow, pattern: str | None, begins: date | None) -> dict[str, str]:
    """The keys of a task with their values as YAML."""
    groups = _titles_of_groups(definition)
    posts = {title: key for key, title in definition.posts.items()}
    part = _part_keys(definition).get(task.part)
    targets = dict(zip(target_keys(len(task.figures)), task.figures, strict=True))
    found = {
        "no": json.dumps(task.no),
        "part": part or "",
        "title": _text(task.title),
        "clause": _text(task.clause),
        "duty": _text(task.remark),
        "lead": _lead(definition, task.leads),
        "with": _list([groups.get(name, name) for name in task.together]),
        "leader": _text(posts.get(task.leader, task.leader)),
        "due": _due(task.limit, _since(definition, task, begins)) if task.limit else "",
        "targets": _mapping({key: _target(one, task.title) for key, one in targets.items()}) if targets else "",
        "pattern": pattern or "",
    }
    return {key: value for key, value in found.items() if value}


def _lead(definition: Definition, leads: tuple[str, ...]) -> str:
    """One body or group by its key, anything else as a list of names."""
    known = {**_titles_of_groups(definition), **_bodies(definition)}
    return known[leads[0]] if len(leads) == 1 and leads[0] in known else _list(leads)


def _due(limit: TimeLimit, since: str) -> str:
    if not limit.rule:
        return limit.days[0] if len(limit.days) == 1 else f"[{', '.join(limit.days)}]"
    entries = {"every": json.dumps(limit.rule)}
    if parse_rule(limit.rule).has_late_days:
        entries["missing_day"] = "last-day"
    if since:
        entries["from"] = since
    return _mapping(entries)


def _since(definition: Definition, task: TaskRow, begins: date | None) -> str:
    """Where in its cycle a task begins to recur; empty for its first day."""
    before = definition.obligations.get(task.key)
    if before is not None and task.limit is not None and before.due.every == task.limit.rule:
        return str(before.due.since or "")
    published = definition.published.day if definition.published else None
    # What was published the year before is owed from the first day.
    said = str(published) if published is not None and not published.year and published.shift == 0 else ""
    return max(said, f"{begins:%m-%d}" if begins else "")


def _target(figure: Figure, title: str) -> str:
    entries = {"label": _text(figure.label or title), "comparator": figure.comparator}
    entries["value"] = "damaged" if figure.value is None else f"{figure.value:f}"
    if figure.unit:
        entries["unit"] = _text(figure.unit)
    return _mapping(entries)


def _text(text: str) -> str:
    """A text as a YAML scalar, in quotes unless it can be nothing else; empty for an empty one."""
    if not text:
        return ""
    if re.fullmatch(IDENTIFIER, text) and text not in _WORDS_OF_YAML:
        return text
    if _PLAIN.fullmatch(text) and text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in json.dumps(text, ensure_ascii=False)
    )


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]" if texts else ""


def _mapping(entries: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{key}: {value}' for key, value in entries.items())}}}"


def _span(text: str) -> tuple[int, int] | None:
    """Where ``tasks`` stands in a definition, whole lines; None when it is not there. Raises LedgerRefused."""
    yaml_text.read(text.encode())
    mark = len(text) - len(text.removeprefix("\ufeff"))
    root = YAML(typ="safe", pure=True).compose(text[mark:])
    if not isinstance(root, MappingNode) or root.flow_style:
        why = "方案整个写在 { } 之内，台账无处可加，请改为每行一个键"
        raise LedgerRefused([LedgerFault(0, "", "definition-in-braces", why)])
    for key, value in root.value:
        if key.value == "tasks":
            return mark + key.start_mark.index, mark + _line_end(text[mark:], _end(value))
    return None


def _end(node: Node) -> int:
    """Where a node's own text ends; a block ends with its last entry, not where the next thing begins."""
    if not isinstance(node, CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, MappingNode) else last)


def _line_end(text: str, index: int) -> int:
    """The end of the line that a node ends in; a folded text claims the blank lines after it too."""
    found = text.find("\n", len(text[:index].rstrip()))
    return len(text) if found < 0 else found + 1


def _row(definition: Definition, task: Task) -> TaskRow:
    obligation = definition.obligations[task.key]
    parts = {key: part.title for key, part in definition.planned.parts.items()} if definition.planned else {}
    return TaskRow(
        no=task.no, title=obligation.title, leads=_leads(definition, obligation.owed_by),
        limit=_limit(obligation.due), part=parts.get(task.part or "", ""),
        together=tuple(_group_title(definition, name) for name in obligation.cooperating),
        leader=definition.post_title(obligation.leader) if obligation.leader else "",
        figures=_figures(obligation), clause=task.clause or "", remark=task.duty,
    )  # fmt: skip


def _leads(definition: Definition, owner: Owner) -> tuple[str, ...]:
    if owner.units:
        return owner.units
    names = (owner.named,) if owner.named else owner.groups
    return tuple(_group_title(definition, name) for name in names)


def _group_title(definition: Definition, name: str) -> str:
    """The title of a group, a body or a post; a unit's name is its own."""
    if name in definition.groups:
        return definition.groups[name].title or name
    body = definition.body(name)
    return body.title if body else definition.post_title(name)


def _limit(due: Due) -> TimeLimit | None:
    plain = due.until is None and due.on_holiday == "stay"
    if plain and due.on is not None:
        return TimeLimit(days=(str(due.on),))
    if plain and due.dates and not any(one.key or one.title or one.until for one in due.dates):
        return TimeLimit(days=tuple(str(one.on) for one in due.dates))
    if plain and due.every is not None and not due.to and due.period == "this":
        return limit_of_rule(due.every)
    return None


def _figures(obligation: Obligation) -> tuple[Figure, ...]:
    return tuple(
        _figure(one, obligation.title, alone=len(obligation.targets) == 1) for one in obligation.targets.values()
    )


def _figure(target: Target, title: str, *, alone: bool) -> Figure:
    value = target.value if isinstance(target.value, Decimal) else None
    label = "" if alone and target.label == title else target.label
    return Figure(label, target.comparator if value is not None else "at-least", value, target.unit)

"""The rows of a ledger (台账) as plain values, and everything that can be wrong with them by row and column."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from workflow.definition import Definition
from workflow.refusals import Refusal
from workflow.roster_rows import OFFICE, POST_TITLES, Roster, UnitRow
from workflow.tasks.words import Figure, TimeLimit

Column = Literal["no", "part", "title", "lead", "together", "leader", "due", "target", "clause", "remark"]

#: The columns in the order they are written, as office people call them.
TITLES: Mapping[Column, str] = MappingProxyType(
    {
        "no": "序号",
        "part": "类别",
        "title": "任务",
        "lead": "牵头单位",
        "together": "责任单位",
        "leader": "责任领导",
        "due": "完成时限",
        "target": "目标值",
        "clause": "依据",
        "remark": "备注",
    }
)
#: Longest text of a cell, in characters.
LONGEST = 500
#: As many tasks as a definition holds.
MOST_TASKS = 5000

_NUMBER = re.compile(r"[0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class TaskRow:
    """One task; ``row`` is the line of the sheet it came from, as Excel numbers it (0 when from nowhere).

    ``leads`` owe it, ``together`` work with them; all are names, as are ``part`` and ``leader``. ``limit`` is None
    where the cell could not be read, which is a fault, or where an export has no words for it.
    """

    no: str
    title: str
    leads: tuple[str, ...]
    limit: TimeLimit | None
    part: str = ""
    together: tuple[str, ...] = ()
    leader: str = ""
    figures: tuple[Figure, ...] = ()
    clause: str = ""
    remark: str = ""
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """The obligation it becomes."""
        return f"task-{self.no.lower().replace('.', '-')}"


@dataclass(frozen=True)
class LedgerFault:
    """One thing wrong with a ledger, with row and column as the user sees them (row 0: no one row)."""

    row: int
    column: str
    code: str
    text: str

    def __str__(self) -> str:
        place = (f"第{self.row}行" if self.row else "") + (f"“{self.column}”" if self.column else "")
        return f"{place}：{self.text}" if place else self.text


class LedgerRefused(Refusal):
    """台账有{count}处错误，没有读入：{summary}"""

    code = "ledger-refused"

    def __init__(self, faults: Iterable[LedgerFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(count=len(self.faults), summary="；".join(map(str, self.faults[:5])))


@dataclass(frozen=True)
class Names:
    """What the rows of a ledger may name: units with bodies and groups, and the posts that lead."""

    units: frozenset[str]
    posts: frozenset[str]


def fault(row: int, column: Column, code: str, text: str) -> LedgerFault:
    """A fault in one cell."""
    return LedgerFault(row, TITLES[column], code, text)


def check(tasks: Sequence[TaskRow], names: Names | None = None) -> tuple[LedgerFault, ...]:
    """Everything wrong with the rows of a ledger, row by row; names are looked up where they are known."""
    if len(tasks) > MOST_TASKS:
        return (LedgerFault(0, "", "too-many", f"台账有{len(tasks)}项任务，最多{MOST_TASKS}项"),)
    found = [*_texts(tasks), *_numbers(tasks), *_parts(tasks)]
    if names is not None:
        found += _misnamed(tasks, names)
    order = {title: place for place, title in enumerate(TITLES.values())}
    return tuple(sorted(found, key=lambda one: (one.row, order[one.column])))


def require_sound(tasks: Sequence[TaskRow], names: Names | None = None) -> None:
    """Raises LedgerRefused with every fault."""
    if faults := check(tasks, names):
        raise LedgerRefused(faults)


def names_of(roster: Roster, bodies: Iterable[UnitRow], definition: Definition | None) -> Names | None:
    """What may be named, by a roster with the bodies of the store and a definition; None for an empty roster."""
    if not roster.units:
        return None
    rows = (*roster.units, *bodies)
    units = {name for unit in rows for name in (unit.name, unit.name.partition("（")[0], unit.code)}
    leaders = {held.post for held in roster.posts if held.unit is None} | {*POST_TITLES.values()}
    if definition is not None:
        units |= {body.title for body in definition.bodies.values()} | {definition.post_title(OFFICE)}
        units |= {group.title for group in definition.groups.values() if group.title}
        leaders |= {*definition.posts.values()}
    return Names(frozenset(units), frozenset(leaders))


def _texts(tasks: Sequence[TaskRow]) -> Iterator[LedgerFault]:
    """Cells left empty, too long, or with characters no cell should hold."""
    for task in tasks:
        for column, text in _cells_needed(task):
            if not text:
                yield fault(task.row, column, "missing-value", "不能为空")
        for column, text in _cells(task):
            if len(text) > LONGEST:
                yield fault(task.row, column, "too-long", f"超过{LONGEST}个字")
            elif _CONTROL.search(text):
                yield fault(task.row, column, "control-character", "含有不可见的控制字符")


def _cells_needed(task: TaskRow) -> Iterator[tuple[Column, str]]:
    yield from (("no", task.no), ("title", task.title), ("lead", "、".join(task.leads)))


def _cells(task: TaskRow) -> Iterator[tuple[Column, str]]:
    yield from (("part", task.part), ("title", task.title), ("leader", task.leader))
    yield from (("clause", task.clause), ("remark", task.remark))
    yield from _units(task)
    yield from (("target", text) for one in task.figures for text in (one.label, one.unit))


def _units(task: TaskRow) -> Iterator[tuple[Column, str]]:
    yield from (("lead", name) for name in task.leads)
    yield from (("together", name) for name in task.together)


def _numbers(tasks: Sequence[TaskRow]) -> Iterator[LedgerFault]:
    first: dict[str, int] = {}
    for task in tasks:
        if not task.no:
            continue
        if not _NUMBER.fullmatch(task.no) or len(task.no) > 40:
            text = f"“{_brief(task.no)}”不能作序号，请写成 12、12.1 或 A-3"
            yield fault(task.row, "no", "number-refused", text)
        elif task.key in first:
            yield fault(task.row, "no", "duplicate-number", f"“{task.no}”与第{first[task.key]}行重复")
        first.setdefault(task.key, task.row)


def _parts(tasks: Sequence[TaskRow]) -> Iterator[LedgerFault]:
    """A ledger without any 类别 has none; one that has it says it in every row, or in merged cells."""
    if not any(task.part for task in tasks):
        return
    for task in tasks:
        if not task.part:
            yield fault(task.row, "part", "missing-value", "不能为空；几行同属一类时，请合并单元格或逐行填写")


def _misnamed(tasks: Sequence[TaskRow], names: Names) -> Iterator[LedgerFault]:
    for task in tasks:
        for column, name in _units(task):
            if name not in names.units:
                text = f"花名册中没有单位“{_brief(name)}”{nearest(name, names.units)}"
                yield fault(task.row, column, "unknown-unit", text)
        if task.leader and task.leader not in names.posts:
            text = f"花名册中没有领导职务“{_brief(task.leader)}”{nearest(task.leader, names.posts)}"
            yield fault(task.row, "leader", "unknown-post", text)


def nearest(name: str, known: Iterable[str]) -> str:
    """A question whether the nearest known name was meant, empty when none is near."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f"，是否想写“{near[0]}”？" if near else ""


def _brief(text: str) -> str:
    """A value fit to be quoted in a sentence."""
    return text if len(text) <= 40 else text[:40] + "…"

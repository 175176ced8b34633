"""A ledger into a running programme: what each row changes, what that amounts to, and doing it in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from workflow import amendments, catalogue, posts
from workflow.acts import Act
from workflow.amendments import Amendment
from workflow.catalogue import Listed
from workflow.library import FaultyDefinition, Pinned
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden
from workflow.tasks import standing, writing
from workflow.tasks.sheet_rows import (
    TITLES,
    Column,
    LedgerFault,
    LedgerRefused,
    TaskRow,
    names_of,
    require_sound,
)
from workflow.tasks.words import figures_said

Kind = Literal["added", "removed", "changed"]
_BETWEEN = "、"


@dataclass(frozen=True)
class CellDiffers:
    """One cell of a row, before and after, by the name of its column."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class RowDiffers:
    """One task that comes, goes or changes; ``row`` is its line in the new sheet, 0 where it goes."""

    kind: Kind
    no: str
    title: str
    row: int
    cells: tuple[CellDiffers, ...]


@dataclass(frozen=True)
class Import:
    """What a ledger would do to a programme; ``same`` rows stay as they are.

    ``amendment`` is None where nothing differs. ``version`` is the one it was looked at.
    """

    key: str
    version: str
    rows: tuple[RowDiffers, ...]
    same: int
    amendment: Amendment | None


def planned(act: Act, programme: str, tasks: Sequence[TaskRow], *, pattern: str | None = None) -> Import:
    """What importing these rows would do now; writes nothing. Raises NotFound, Forbidden, LedgerRefused."""
    listed = _listed(act, programme)
    rows, same = differences(standing.tasks_of(act, listed), tasks)
    pinned = _composed(act, listed, tasks, pattern)
    amendment = amendments.plan(act, programme, pinned) if rows else None
    return Import(listed.key, listed.version, rows, same, amendment)


def carry_out(
    act: Act,
    programme: str,
    tasks: Sequence[TaskRow],
    *,
    comment: str,
    if_version: str,
    confirm_earlier: bool = False,
    pattern: str | None = None,
) -> Amendment:
    """Import these rows as one amendment, all of it or nothing.

    Raises what ``planned`` raises, AmendmentRefused and ChangedMeanwhile.
    """
    pinned = _composed(act, _listed(act, programme), tasks, pattern)
    return amendments.apply(
        act, programme, pinned, comment=comment, confirm_earlier=confirm_earlier, if_version=if_version
    )


def differences(before: Sequence[TaskRow], after: Sequence[TaskRow]) -> tuple[tuple[RowDiffers, ...], int]:
    """The rows that differ, by number: the new sheet's in its order, then those that go; and how many stay."""
    known = {one.no: one for one in before}
    wanted = {one.no for one in after}
    changed = [_differs(known.get(one.no), one) for one in after]
    gone = [
        RowDiffers("removed", one.no, one.title, 0, _filled(one, new=False)) for one in before if one.no not in wanted
    ]
    found = [one for one in changed if one is not None]
    return (*found, *gone), len(after) - len(found)


def _differs(was: TaskRow | None, now: TaskRow) -> RowDiffers | None:
    if was is None:
        return RowDiffers("added", now.no, now.title, now.row, _filled(now, new=True))
    # An export writes a date that ledgers have no words for as the days it came to: unchanged it says nothing new.
    if was == now:
        return None
    old, new = dict(_cells(was)), dict(_cells(now))
    cells = tuple(CellDiffers(TITLES[name], old[name], new[name]) for name in old if old[name] != new[name])
    return RowDiffers("changed", now.no, now.title, now.row, cells) if cells else None


def _filled(task: TaskRow, *, new: bool) -> tuple[CellDiffers, ...]:
    said = ((TITLES[name], text) for name, text in _cells(task) if text and name not in ("no", "title"))
    return tuple(CellDiffers(title, "" if new else text, text if new else "") for title, text in said)


def _cells(task: TaskRow) -> Iterator[tuple[Column, str]]:
    yield "no", task.no
    yield "part", task.part
    yield "title", task.title
    yield "lead", _BETWEEN.join(task.leads)
    yield "together", _BETWEEN.join(task.together)
    yield "leader", task.leader
    yield "due", str(task.limit) if task.limit is not None else ""
    yield "target", figures_said(task.figures)
    yield "clause", task.clause
    yield "remark", task.remark


def _pattern(listed: Listed) -> str | None:
    """The pattern that all tasks of the running ledger take, so that importing it again changes nothing."""
    used = {task.pattern for task in listed.definition.tasks}
    return used.pop() if len(used) == 1 else None


def _listed(act: Act, programme: str) -> Listed:
    if act.actor.role not in OFFICE:
        raise Forbidden(move="导入台账")
    return catalogue.by_key(act, programme)


def _composed(act: Act, listed: Listed, tasks: Sequence[TaskRow], pattern: str | None) -> Pinned:
    """The definition with these tasks; raises LedgerRefused, also where the whole would not be sound."""
    require_sound(tasks, names_of(posts.export(act.session), posts.bodies(act.session), listed.texts.current))
    text = listed.texts.pairs[0][1]
    try:
        return writing.composed(
            text, tasks, name=listed.key, pattern=pattern or _pattern(listed), cycle=listed.cycle, today=act.today
        )
    except FaultyDefinition as faulty:
        raise LedgerRefused([LedgerFault(0, "", one.code, one.text) for one in faulty.faults]) from None

"""The board in groups: what every group comes to, and the lines of those that are open.

What a page folds away is never loaded: the counts of all groups are two queries, the lines of the open ones one
more, however many units a programme has. With few columns a line is a unit; a programme of a hundred tasks is
turned, and a line is a task with the units that owe it (the Huludao ledger has 137).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, func, select

from workflow import board, catalogue, sight
from workflow.acts import Act
from workflow.audience import Audience
from workflow.board import Column, Filters, Line
from workflow.catalogue import Listed
from workflow.overview import Counts, counted
from workflow.roster_rows import UnitRow
from workflow.tables import Submission, Unit

Layout = Literal["units", "tasks"]
Place = tuple[str, str]

#: A group of more units than these comes in parts.
LARGEST_GROUP = 100
#: More columns than these nobody reads by scrolling sideways: the board is turned.
MOST_COLUMNS = 16
#: A unit's own people have one line; more columns than these are read more easily below each other.
MOST_OWN_COLUMNS = 5

_s = Submission.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Group:
    """Lines under one heading; ``key`` names it in addresses, ``members`` are unit codes, or obligations."""

    key: str
    title: str
    members: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True)
class Outline:
    """A board without its lines; ``groups`` are as filtered, everything else covers the whole programme in sight."""

    listed: Listed
    audience: Audience
    filters: Filters
    as_of: datetime
    layout: Layout
    counts: Counts
    columns: tuple[Column, ...]
    categories: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def size(self) -> int:
        """How many lines all groups have together."""
        return sum(len(group.members) for group in self.groups)


def outline(
    act: Act, programme: str, filters: Filters = board.ALL, *, occurrence: str | None = None, layout: str = ""
) -> Outline:
    """The groups of a board with their counts; raises NotFound. ``layout`` is chosen by the columns where empty.

    ``occurrence`` leaves the columns of that one alone.
    """
    listed = catalogue.by_key(act, programme)
    audience = catalogue.audiences(act, [listed])[listed.id]
    tallies = _tallies(act, listed)
    by_place = _by_place(tallies)
    own = sight.own_unit(act) is not None
    columns = [
        replace(head, counts=counted(by_place.get((head.obligation, head.occurrence), ())))
        for head in board.heads(act, listed)
        if not own or (head.obligation, head.occurrence) in by_place
    ]
    wanted = [
        one for one in columns if filters.obligation in (None, one.obligation) and occurrence in (None, one.occurrence)
    ]
    turned = _layout(layout, tallies, {(one.obligation, one.occurrence) for one in wanted}, own=own)
    has = {category for category, *_ in tallies}
    categories = dict.fromkeys(one.category for one in audience.directory.units() if one.category in has)
    whole = counted(part for parts in tallies.values() for part in parts)
    found = Outline(
        listed, audience, filters, act.now, turned, whole, tuple(wanted), tuple(categories), groups=()
    )  # fmt: skip
    groups = _of_units(act, found) if turned == "units" else _of_tasks(act, found)
    return replace(found, groups=tuple(groups))


def lines(act: Act, found: Outline, groups: Sequence[Group]) -> dict[str, tuple[Line, ...]]:
    """The lines of some groups of units, by the key of the group."""
    rows = rows_of(act, found, _s.c.unit.in_([code for group in groups for code in group.members]))
    cells = board.cells(act, rows, found.audience)
    places = [(one.obligation, one.occurrence) for one in found.columns]
    by_unit: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_unit.setdefault(row.unit, []).append(row)
    known = found.audience.directory
    return {
        group.key: tuple(
            board.lines(known, {code: by_unit[code] for code in group.members if code in by_unit}, cells, places)
        )
        for group in groups
    }


def matching(filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions on a submission that a filter means."""
    found = [
        column == value
        for column, value in (
            (_s.c.obligation, filters.obligation),
            (_s.c.state, filters.state),
            (_s.c.light, filters.light),
            (_s.c.waiting_on, filters.waiting_on),
        )
        if value is not None
    ]
    if filters.category is not None:
        found.append(_s.c.unit.in_(select(_u.c.code).where(_u.c.category == filters.category)))
    if filters.unit is not None:
        found.append(_s.c.unit.in_(select(_u.c.code).where(sight.unit_like(filters.unit))))
    return found


_Tallies = Mapping[tuple[str, str, str], Sequence[tuple[str, bool, int]]]


def _tallies(act: Act, listed: Listed) -> _Tallies:
    """How many stand where, by category, obligation and occurrence."""
    by = (_u.c.category, _s.c.obligation, _s.c.occurrence, _s.c.state, _s.c.late)
    query = select(*by, func.count()).select_from(_s.join(_u, _u.c.code == _s.c.unit))
    found: dict[tuple[str, str, str], list[tuple[str, bool, int]]] = {}
    of = (_s.c.programme_id == listed.id, *sight.limits(act))
    for category, obligation, occurrence, *rest in act.session.execute(query.where(*of).group_by(*by)):
        found.setdefault((category, obligation, occurrence), []).append((rest[0], rest[1], rest[2]))
    return found


def _by_place(tallies: _Tallies) -> dict[Place, list[tuple[str, bool, int]]]:
    found: dict[Place, list[tuple[str, bool, int]]] = {}
    for (_, obligation, occurrence), parts in tallies.items():
        found.setdefault((obligation, occurrence), []).extend(parts)
    return found


def _layout(asked: str, tallies: _Tallies, wanted: set[Place], *, own: bool) -> Layout:
    """What was asked for, else by how many columns the widest group has."""
    if asked in ("units", "tasks"):
        return "units" if asked == "units" else "tasks"
    widths: dict[str, int] = {}
    for category, *place in tallies:
        if tuple(place) in wanted:
            widths[category] = widths.get(category, 0) + 1
    most = MOST_OWN_COLUMNS if own else MOST_COLUMNS
    return "tasks" if max(widths.values(), default=0) > most else "units"


def _of_units(act: Act, found: Outline) -> Iterator[Group]:
    """The units of each category, in the roster's order; many come in parts."""
    by = (_s.c.unit, _s.c.state, _s.c.late)
    scope = [*_scope(act, found), *_places(found)]
    parts: dict[str, list[tuple[str, bool, int]]] = {}
    for unit, *rest in act.session.execute(select(*by, func.count()).where(*scope).group_by(*by)):
        parts.setdefault(unit, []).append((rest[0], rest[1], rest[2]))
    if wanted := matching(found.filters):
        chosen = set(act.session.execute(select(_s.c.unit).where(*scope, *wanted).distinct()).scalars())
        parts = {unit: some for unit, some in parts.items() if unit in chosen}
    by_category: dict[str, list[UnitRow]] = {}
    for unit in found.audience.directory.units():
        if unit.code in parts:
            by_category.setdefault(unit.category, []).append(unit)
    for category, units in by_category.items():
        for start in range(0, len(units), LARGEST_GROUP):
            some = [unit.code for unit in units[start : start + LARGEST_GROUP]]
            title = category or "未分类"
            if len(units) > LARGEST_GROUP:
                title += f"（第{start + 1}至{start + len(some)}家）"
            counts = counted(part for code in some for part in parts[code])
            yield Group(f"{category}.{start // LARGEST_GROUP + 1}", title, tuple(some), counts)


def _of_tasks(act: Act, found: Outline) -> Iterator[Group]:
    """The obligations of each part of the ledger, or of each stage, by date."""
    by_name = by_obligation(found.columns)
    if wanted := matching(found.filters):
        scope = [*_scope(act, found), *_places(found), *wanted]
        chosen = set(act.session.execute(select(_s.c.obligation).where(*scope).distinct()).scalars())
        chosen |= titled(found, found.filters.unit)
        by_name = {name: columns for name, columns in by_name.items() if name in chosen}
    places = _headings(found.listed)
    order = {name: number for number, name in enumerate(found.listed.definition.obligations)}
    first = min((order[name] for name in by_name), default=0)
    named = sorted(by_name, key=lambda name: (places.get(name, (first, "其他"))[0], order[name]))
    for heading, some in groupby(named, key=lambda name: places.get(name, (first, "其他"))):
        members = tuple(some)
        yield Group(f"{heading[0]}", heading[1], members, total([one for name in members for one in by_name[name]]))


def _headings(listed: Listed) -> dict[str, tuple[int, str]]:
    """The place and the title of the group that each obligation is under: the ledger's parts, then the stages."""
    definition = listed.definition
    parts = definition.planned.parts if definition.planned else {}
    found: dict[str, tuple[int, str]] = {}
    for task in definition.tasks:
        if task.part in parts:
            found[task.key] = (list(parts).index(task.part), parts[task.part].title)
        else:
            found[task.key] = (len(parts), "台账任务")
    after = len(parts) + 1
    for name, one in definition.obligations.items():
        if name not in found and one.stage:
            found[name] = (after + list(definition.stages).index(one.stage), definition.stages[one.stage].title)
        elif name not in found:
            found[name] = (after + len(definition.stages), "其他事项")
    return found


def titled(found: Outline, text: str | None) -> set[str]:
    """The obligations with a text in their title: whoever looks for a task may name it."""
    if text is None:
        return set()
    return {name for name, one in found.listed.definition.obligations.items() if text in one.title}


def _scope(act: Act, found: Outline) -> list[ColumnElement[bool]]:
    return [_s.c.programme_id == found.listed.id, *sight.limits(act)]


def _places(found: Outline) -> list[ColumnElement[bool]]:
    """Only what stands in the columns that are wanted."""
    names = {one.obligation for one in found.columns}
    if len(names) != 1:
        return []
    same = _s.c.occurrence.in_([one.occurrence for one in found.columns])
    return [_s.c.obligation.in_(names), same]


def rows_of(act: Act, found: Outline, *wanted: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """The submissions of a board that meet some conditions, by date."""
    query = select(_s).where(*_scope(act, found), *_places(found), *wanted)
    return act.session.execute(query.order_by(_s.c.due_at, _s.c.id)).all()


def by_obligation(columns: Iterable[Column]) -> dict[str, list[Column]]:
    """The columns of each obligation, by date."""
    found: dict[str, list[Column]] = {}
    for one in columns:
        found.setdefault(one.obligation, []).append(one)
    return found


def total(columns: Iterable[Column]) -> Counts:
    """What some columns come to together."""
    names = ("draft", "pending", "filed", "overdue", "exempt", "filed_late")
    some = list(columns)
    return Counts(**{name: sum(getattr(one.counts, name) for one in some) for name in names})

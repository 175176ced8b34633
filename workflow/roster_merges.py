"""Two rosters as one: a file that adds to what the store has, or takes its place. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, TypeVar

from workflow.roster_faults import check
from workflow.roster_rows import (
    OFFICE,
    PersonRow,
    PostRow,
    Roster,
    RosterFault,
    RosterRefused,
    SupervisionRow,
    UnitRow,
)

#: ``add``: who and what the file does not speak of stays. ``replace``: only what the file says is in force.
Mode = Literal["add", "replace"]
MODES: dict[Mode, str] = {
    "add": "补充：文件中没有的单位、人员和任职不变",
    "replace": "代替：以文件为准，文件中没有的任职和分管关系取消",
}

_Row = TypeVar("_Row", UnitRow, PersonRow, PostRow, SupervisionRow)


def merged(old: Roster, new: Roster, mode: Mode) -> Roster:
    """The roster as it would stand with a file taken in; rows of ``new`` keep their number, the others have 0."""
    before = _unnumbered(old)
    return _added(before, new) if mode == "add" else _replaced(before, new)


def require_sound(old: Roster, new: Roster, mode: Mode) -> tuple[RosterFault, ...]:
    """The warnings of a file that is taken in; raises RosterRefused with every fault of its rows.

    A file that adds may name units and people that only the store has.
    """
    found = check(merged(old, new, mode) if mode == "add" else new)
    told = tuple(_told(one) for one in found if one.row)
    if any(one.severity == "error" for one in told):
        raise RosterRefused(told)
    return told


def numbered(roster: Roster) -> Roster:
    """The same roster with its rows counted as a workbook would have them."""
    return Roster(_counted(roster.units), _counted(roster.people), _counted(roster.posts), _counted(roster.supervision))


def _added(old: Roster, new: Roster) -> Roster:
    """A post that the file gives somebody is theirs from then on; the office's people are all kept."""
    codes = {row.code for row in new.units}
    groups = {row.code: row.groups for row in old.units}
    keys = {row.key for row in new.people}
    held = {(row.post, row.unit) for row in new.posts if row.post != OFFICE}
    led = {row.unit for row in new.supervision}
    there = set(new.posts)
    return Roster(
        units=(
            *(row for row in old.units if row.code not in codes),
            *(_united(row, groups.get(row.code, ())) for row in new.units),
        ),
        people=(*(row for row in old.people if row.key not in keys), *new.people),
        posts=(*(row for row in old.posts if (row.post, row.unit) not in held and row not in there), *new.posts),
        supervision=(*(row for row in old.supervision if row.unit not in led), *new.supervision),
    )


def _united(row: UnitRow, before: tuple[str, ...]) -> UnitRow:
    """A unit of both keeps the groups it had: another programme may ask for them."""
    return replace(row, groups=tuple(dict.fromkeys((*row.groups, *before))))


def _replaced(old: Roster, new: Roster) -> Roster:
    """Who and what the file lacks stays for the record, in no group and without a post."""
    codes, keys = {row.code for row in new.units}, {row.key for row in new.people}
    units = (*new.units, *(replace(row, groups=()) for row in old.units if row.code not in codes))
    return Roster(units, (*new.people, *(row for row in old.people if row.key not in keys)), new.posts, new.supervision)


def _unnumbered(roster: Roster) -> Roster:
    return Roster(_zeroed(roster.units), _zeroed(roster.people), _zeroed(roster.posts), _zeroed(roster.supervision))


def _zeroed(rows: Iterable[_Row]) -> tuple[_Row, ...]:
    return tuple(replace(row, row=0) for row in rows)


def _counted(rows: Iterable[_Row]) -> tuple[_Row, ...]:
    return tuple(replace(row, row=number) for number, row in enumerate(rows, start=2))


def _told(fault: RosterFault) -> RosterFault:
    return replace(fault, text=fault.text.replace("第0行", "现有花名册"))

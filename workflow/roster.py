"""Who is who: look-ups in a roster. The rows and the checks on them are handed on from here.

A launch, a rehearsal and an import all work on these values; nothing here is stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from workflow.roster_faults import check, require_sound
from workflow.roster_rows import (
    COLUMN_TITLES,
    GROUP_TITLES,
    LIAISON,
    MEMBER_UNITS,
    OFFICE,
    POST_TITLES,
    SHEET_TITLES,
    UNIT_HEAD,
    UNIT_POSTS,
    PersonRow,
    PostRow,
    Roster,
    RosterFault,
    RosterRefused,
    Sheet,
    SupervisionRow,
    UnitRow,
    group_key,
    in_force,
    post_key,
)

__all__ = [
    "COLUMN_TITLES",
    "GROUP_TITLES",
    "LIAISON",
    "MEMBER_UNITS",
    "OFFICE",
    "POST_TITLES",
    "SHEET_TITLES",
    "UNIT_HEAD",
    "UNIT_POSTS",
    "Directory",
    "PersonRow",
    "PostRow",
    "Roster",
    "RosterFault",
    "RosterRefused",
    "Sheet",
    "SupervisionRow",
    "UnitRow",
    "check",
    "group_key",
    "in_force",
    "post_key",
    "require_sound",
]

Index = TypeVar("Index", bound=Hashable)
Row = TypeVar("Row")


class Directory:
    """Look-ups in a roster that has passed ``check``.

    Indexes are built once and never change; answers keep the roster's order.
    """

    __slots__ = ("_bodies", "_groups", "_held", "_names", "_people", "_posts", "_roster", "_supervision", "_units")

    def __init__(self, roster: Roster, bodies: Iterable[UnitRow] = ()) -> None:
        self._roster = roster
        self._bodies = {body.body: body for body in bodies}
        self._units = {unit.code: unit for unit in (*roster.units, *self._bodies.values())}
        # A unit of the roster goes before a body of the same name.
        self._names = _names((*self._bodies.values(), *roster.units))
        self._people = {person.key: person for person in roster.people}
        self._posts = _grouped(((row.post, row.unit), row) for row in roster.posts)
        self._held = _grouped((row.person, row) for row in roster.posts)
        self._supervision = _grouped((row.unit, row) for row in roster.supervision)
        self._groups = _grouped((group, unit) for unit in roster.units for group in unit.groups)

    def units(self) -> tuple[UnitRow, ...]:
        """Every unit, in the roster's order."""
        return tuple(self._units.values())

    def unit(self, code: str) -> UnitRow:
        """The unit with this code; raises KeyError for an unknown one."""
        return self._units[code]

    def called(self, name: str) -> UnitRow | None:
        """The unit of a name or code; what stands in brackets after a name may be left out."""
        return self._units.get(name) or self._names.get(name)

    def names(self) -> tuple[str, ...]:
        """The names of the roster's units, bodies left out, in the roster's order."""
        return tuple(unit.name for unit in self._units.values() if not unit.body)

    def named(self, name: str) -> str | None:
        """The roster's name for a unit given by name or code; None for what is no unit of the roster."""
        found = self.called(name)
        return found.name if found is not None and not found.body else None

    def body(self, code: str) -> UnitRow | None:
        """The body that stands in for a definition's, None where the roster has it as a unit or nobody has."""
        return self._bodies.get(code)

    def with_bodies(self, bodies: Iterable[UnitRow]) -> Directory:
        """The same directory with more bodies."""
        return Directory(self._roster, (*self._bodies.values(), *bodies))

    def person(self, key: str) -> PersonRow:
        """The person with this key; raises KeyError for an unknown one."""
        return self._people[key]

    def knows(self, key: str) -> bool:
        """Whether there is a person with this key."""
        return key in self._people

    def like(self, part: str) -> tuple[str, ...]:
        """The keys of the people with this part in their name, or in the title of a post at whatever time."""
        named = {key for key, person in self._people.items() if part in person.name}
        for row in self._roster.posts:
            if part in (self._units[row.unit].name if row.unit else "") + POST_TITLES.get(row.post, row.post):
                named.add(row.person)
        return tuple(key for key in self._people if key in named)

    def holders(self, post: str, unit_code: str | None, on: date) -> tuple[PersonRow, ...]:
        """Who holds a post (key or title) on a day; ``unit_code`` is None for the office and for leaders."""
        rows = self._posts.get((post_key(post), unit_code), ())
        keys = dict.fromkeys(row.person for row in rows if in_force(row, on))
        return tuple(self._people[key] for key in keys)

    def posts_of(self, person: str, on: date) -> tuple[PostRow, ...]:
        """What a person holds on a day; empty for one who holds nothing or is unknown."""
        return tuple(row for row in self._held.get(person, ()) if in_force(row, on))

    def titles_of(self, person: str, on: date) -> tuple[str, ...]:
        """The titles of the posts a person holds on a day, with the unit's name where a unit has the post."""
        return tuple(
            (self._units[row.unit].name if row.unit else "") + POST_TITLES.get(row.post, row.post)
            for row in self.posts_of(person, on)
        )

    def people(self) -> tuple[PersonRow, ...]:
        """Everybody, in the roster's order."""
        return tuple(self._people.values())

    def posts(self) -> tuple[PostRow, ...]:
        """Every post with who holds it and when, in the roster's order."""
        return self._roster.posts

    def supervision(self) -> tuple[SupervisionRow, ...]:
        """Every leader's post with the units under it and when, in the roster's order."""
        return self._roster.supervision

    def supervisor_posts(self, unit_code: str, on: date) -> tuple[str, ...]:
        """The leaders' posts that supervise a unit on a day; empty where no leader does."""
        rows = self._supervision.get(unit_code, ())
        return tuple(dict.fromkeys(row.post for row in rows if in_force(row, on)))

    def groups_of(self, unit: UnitRow, programme: str) -> tuple[str, ...]:
        """The groups of a unit as one definition sees them.

        Written as ``definition/group`` a group is that definition's alone; where it has one of its own, what others
        call alike is nothing to it.
        """
        prefix = f"{programme}/"
        own = {group.removeprefix(prefix) for group in self._groups if group.startswith(prefix)}
        plain = [group for group in unit.groups if "/" not in group and group not in own]
        return (*plain, *(group.removeprefix(prefix) for group in unit.groups if group.startswith(prefix)))

    def seen_by(self, programme: str, code: str) -> UnitRow:
        """A unit with its groups as one definition sees them; raises KeyError for an unknown one."""
        unit = self._units[code]
        return replace(unit, groups=self.groups_of(unit, programme))

    def units_in(self, group: str) -> tuple[UnitRow, ...]:
        """The units of a group (key or title); empty for a group no unit is in."""
        return self._groups.get(group_key(group), ())


def _names(units: Iterable[UnitRow]) -> dict[str, UnitRow]:
    found: dict[str, UnitRow] = {}
    for unit in units:
        found[unit.name] = unit
    for unit in found.copy().values():
        found.setdefault(unit.name.partition("（")[0], unit)
    return found


def _grouped(pairs: Iterable[tuple[Index, Row]]) -> dict[Index, tuple[Row, ...]]:
    found: defaultdict[Index, list[Row]] = defaultdict(list)
    for index, row in pairs:
        found[index].append(row)
    return {index: tuple(rows) for index, rows in found.items()}

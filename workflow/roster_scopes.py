"""A group's name means one thing to one plan: what a second plan's roster calls alike is kept apart.

A tag of a unit counts for every definition that names the group; written as ``definition/group`` it counts for that
definition alone. 领导小组成员单位 of one leading group are not those of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workflow import catalogue
from workflow.acts import Act
from workflow.definition import MEMBER_UNITS, Definition
from workflow.roster import Roster, UnitRow


def apart(act: Act, definition: Definition, file: Roster) -> Roster:
    """The roster for a definition that joins others: the groups that one of them names as well count for it alone."""
    used = {name for one in _others(act, definition) for name in _names(one)}
    if not used:
        return file
    return replace(file, units=tuple(_apart(unit, definition, used) for unit in file.units))


def _apart(unit: UnitRow, definition: Definition, used: set[str]) -> UnitRow:
    own = (f"{definition.programme}/{group}" if group in used else group for group in unit.groups)
    return replace(unit, groups=tuple(own))


def _others(act: Act, definition: Definition) -> Iterator[Definition]:
    for listed in catalogue.every(act):
        if listed.texts.definition.programme != definition.programme:
            yield listed.texts.definition


def _names(definition: Definition) -> Iterator[str]:
    """What the roster may call the groups that it fills."""
    yield MEMBER_UNITS
    for name, group in definition.groups.items():
        if not (group.units or group.groups):
            yield name
            if group.title:
                yield group.title

"""Bodies that a definition names: found in the roster by their title, or standing in the store for themselves."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.audience import Audience, body_code
from workflow.definition import Definition
from workflow.roster import UnitRow

CATEGORY = "工作机构"


def missing(audience: Audience) -> tuple[UnitRow, ...]:
    """The bodies and owing posts of a definition that no roster has as units, in the order they are named.

    A body that another programme put into the store is not this one's, even under the same title.
    """
    definition, found = audience.definition, []
    for key in dict.fromkeys(_named(definition)):
        title, code = audience.body_title(key), body_code(definition, key)
        known_as = audience.directory.called(title)
        if known_as is None or known_as.body not in ("", code):
            found.append(UnitRow(f"{definition.programme}.{key}", title, CATEGORY, body=code))
    return tuple(found)


def known(audience: Audience) -> Audience:
    """The audience with the bodies it lacks, for a plan that writes nothing."""
    directory = audience.directory.with_bodies(missing(audience))
    return Audience(audience.definition, directory, audience.on)


def _named(definition: Definition) -> Iterator[str]:
    yield from definition.bodies
    for obligation in definition.obligations.values():
        for name in (obligation.owed_by.named, obligation.owed_by.by):
            if name and name not in definition.groups and (definition.body(name) or name in definition.posts):
                yield name

"""The texts a running programme has been pinned to: the one that holds, and those that older rows were made by.

A deadline keeps the version it was laid out by, a filed submission the form it answered; so what an amendment
took out of a definition can still be asked for by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import FromClause

from workflow import lifecycle
from workflow.definition import Definition, Rung
from workflow.library import pinned
from workflow.lifecycle import Lifecycle
from workflow.tables import Programme, ProgrammeVersion

_programme = Programme.__table__  # type: ignore[attr-defined]
_version = ProgrammeVersion.__table__  # type: ignore[attr-defined]

#: The parts of a definition that an obligation refers to by name.
_NAMED = ("posts", "bodies", "groups", "findings", "ladders", "lights", "lifecycles", "stages")

#: What a query of programmes asks for besides, one row for each earlier text, the newest of them first.
EARLIER = (_version.c.version.label("earlier_version"), _version.c.source_text.label("earlier_text"))
NEWEST_FIRST = (_version.c.since.desc(), _version.c.version)


def with_earlier() -> FromClause:
    """Programmes joined with the texts they are no longer pinned to."""
    other = (_version.c.programme_id == _programme.c.id) & (_version.c.version != _programme.c.version)
    joined: FromClause = _programme.outerjoin(_version, other)
    return joined


@dataclass(frozen=True)
class Version:
    """A text a programme is or was pinned to: its SHA-256, since when, who amended it so and why."""

    version: str
    since: datetime
    actor: str
    comment: str
    current: bool


@dataclass(frozen=True)
class Texts:
    """A programme's texts: (version, text) pairs, the one that holds first, then the earlier, newest first."""

    pairs: tuple[tuple[str, str], ...]

    @property
    def current(self) -> Definition:
        """The definition that holds, without what an amendment took out."""
        return pinned(self.pairs[0][1]).definition

    @property
    def definition(self) -> Definition:
        """The definition that holds, and the obligations of earlier ones that it no longer has."""
        return _joined(tuple(text for _, text in self.pairs))

    def ladder(self, obligation: str, version: str) -> tuple[Rung, ...]:
        """The rungs of an obligation in the version that laid out a deadline; the present ones where none is known."""
        place = next((place for place, (known, _) in enumerate(self.pairs) if known == version), 0)
        ordered = (*self.pairs[place:], *self.pairs[:place])
        return _joined(tuple(text for _, text in ordered)).ladder_of(obligation)

    def lifecycle(self, obligation: str) -> Lifecycle:
        """The state machine of an obligation's submissions."""
        return _lifecycle(tuple(text for _, text in self.pairs), obligation)


def of_rows(programme: Any, rows: Sequence[Any]) -> Texts:
    """The texts of one programme from the rows of a query with ``EARLIER``."""
    earlier = ((row.earlier_version, row.earlier_text) for row in rows if row.earlier_version is not None)
    return Texts(((programme.version, programme.source_text), *earlier))


@lru_cache(maxsize=64)
def _joined(texts: tuple[str, ...]) -> Definition:
    definition = pinned(texts[0]).definition
    for text in texts[1:]:
        definition = _with_what_is_gone(definition, pinned(text).definition)
    return definition


def _with_what_is_gone(definition: Definition, before: Definition) -> Definition:
    """The definition with the obligations that only an earlier one has; no event opens them any more."""
    gone = {
        name: one.model_copy(update={"opened_by": ()})
        for name, one in before.obligations.items()
        if name not in definition.obligations
    }
    if not gone:
        return definition
    parts: dict[str, Any] = {name: {**getattr(before, name), **getattr(definition, name)} for name in _NAMED}
    # The obligations stand completed in the copy: they are worked out once for a definition, and kept with it.
    return definition.model_copy(update={**parts, "obligations": {**definition.obligations, **gone}})


@lru_cache(maxsize=2048)
def _lifecycle(texts: tuple[str, ...], obligation: str) -> Lifecycle:
    return lifecycle.of(_joined(texts), obligation)

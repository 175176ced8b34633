"""The programmes of the store as readers need them: a row with the definition it is pinned to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlmodel import col

from workflow import sight, versions
from workflow.acts import Act
from workflow.audience import Audience
from workflow.definition import Definition, Obligation, Rung
from workflow.library import pinned
from workflow.posts import directory
from workflow.refusals import NotFound, QueryRefused
from workflow.tables import Programme, ProgrammeVersion, Submission
from workflow.versions import Texts, Version

_programme = Programme.__table__  # type: ignore[attr-defined]
_submission = Submission.__table__  # type: ignore[attr-defined]
_version = ProgrammeVersion.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Listed:
    """One programme; ``version`` is the SHA-256 of the text it is pinned to."""

    id: int
    key: str
    title: str
    cycle: int
    version: str
    launched_at: datetime
    texts: Texts

    @property
    def definition(self) -> Definition:
        """The definition it is pinned to, with the obligations that an amendment took out of it."""
        return self.texts.definition

    def obligation(self, name: str) -> Obligation:
        """The obligation of that name, also one that an amendment took out."""
        return self.definition.obligations[name]

    def ladder(self, obligation: str, version: str) -> tuple[Rung, ...]:
        """The rungs of a deadline that this version of the definition laid out."""
        return self.texts.ladder(obligation, version)


def by_id(act: Act, ids: Iterable[int]) -> dict[int, Listed]:
    """The programmes with these ids, in one query."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {one.id: one for one in _listed(act, _programme.c.id.in_(wanted))}


def by_key(act: Act, key: str) -> Listed:
    """The programme of a key; raises NotFound, also when the actor's unit has no part in it."""
    found = _listed(act, _programme.c.key == key, *_in_sight(act))
    if not found:
        raise NotFound
    return found[0]


def versions_of(act: Act, key: str) -> tuple[Version, ...]:
    """The versions of a programme, the newest first; raises NotFound as ``by_key`` does."""
    listed = by_key(act, key)
    rows = select(_version).where(_version.c.programme_id == listed.id).order_by(*versions.NEWEST_FIRST)
    return tuple(
        Version(row.version, row.since, row.actor, row.comment, row.version == listed.version)
        for row in act.session.execute(rows)
    )


def id_of(act: Act, key: str) -> int:
    """The id behind a key in a filter; raises QueryRefused, so that a slip of the pen is not an empty list."""
    found = act.session.execute(select(_programme.c.id).where(_programme.c.key == key, *_in_sight(act))).scalar()
    if found is None:
        raise QueryRefused(reason=f"没有方案“{key}”")
    return int(found)


def every(act: Act) -> list[Listed]:
    """All programmes in sight, the newest launch first."""
    return _listed(act, *_in_sight(act))


@dataclass(frozen=True)
class Named:
    """A programme as filters and searches name it, with the definition it is pinned to."""

    id: int
    key: str
    title: str
    cycle: int
    definition: Definition


def named(act: Act) -> tuple[Named, ...]:
    """All programmes in sight, the newest launch first; a text that many are pinned to is read once."""
    columns = (_programme.c.id, _programme.c.key, _programme.c.title, _programme.c.cycle, _programme.c.version)
    newest = (_programme.c.launched_at.desc(), _programme.c.id.desc())
    rows = act.session.execute(select(*columns).where(*_in_sight(act)).order_by(*newest)).all()
    texts = _texts(act, {row.version: row.id for row in rows})
    return tuple(Named(row.id, row.key, row.title, row.cycle, pinned(texts[row.version]).definition) for row in rows)


def _texts(act: Act, versions_of: Mapping[str, int]) -> dict[str, str]:
    """The texts by version, each from one programme that is pinned to it."""
    query = select(_programme.c.version, _programme.c.source_text).where(_programme.c.id.in_(versions_of.values()))
    return {row.version: row.source_text for row in act.session.execute(query)}


def obligation_titles(act: Act, programmes: Iterable[Listed | Named]) -> dict[str, str]:
    """The titles of these programmes' obligations, without what is kept from the actor."""
    found: dict[str, str] = {}
    for listed in programmes:
        secrets = sight.secrets(act, listed.id, listed.definition)
        found |= {name: one.title for name, one in listed.definition.obligations.items() if not secrets.keep(name)}
    return found


def audiences(act: Act, programmes: Iterable[Listed]) -> dict[int, Audience]:
    """Who holds which post today, by programme."""
    known = directory(act.session)
    return {one.id: Audience(one.definition, known, act.today) for one in programmes}


def _in_sight(act: Act) -> list[ColumnElement[bool]]:
    confined = sight.limits(act)
    if not confined:
        return []
    part = select(_submission.c.id).where(_submission.c.programme_id == col(Programme.id), *confined)
    return [part.exists()]


def _listed(act: Act, *wanted: ColumnElement[bool]) -> list[Listed]:
    """Programmes with every text they were pinned to, in one query; the newest launch first."""
    asked = select(_programme, *versions.EARLIER).select_from(versions.with_earlier()).where(*wanted)
    ordered = asked.order_by(_programme.c.launched_at.desc(), _programme.c.id.desc(), *versions.NEWEST_FIRST)
    grouped = groupby(act.session.execute(ordered), key=lambda row: row.id)
    return [_of_rows(list(rows)) for _, rows in grouped]


def _of_rows(rows: Sequence[Row[Any]]) -> Listed:
    one = rows[0]
    return Listed(one.id, one.key, one.title, one.cycle, one.version, one.launched_at, versions.of_rows(one, rows))

"""The programmes of the store as readers need them: a row with the definition it is pinned to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, select
from sqlmodel import col

from workflow import sight
from workflow.acts import Act
from workflow.audience import Audience
from workflow.definition import Definition, Obligation
from workflow.library import pinned
from workflow.posts import directory
from workflow.refusals import NotFound, QueryRefused
from workflow.tables import Programme, Submission

_programme = Programme.__table__  # type: ignore[attr-defined]
_submission = Submission.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Listed:
    """One programme; ``version`` is the SHA-256 of the definition's text."""

    id: int
    key: str
    title: str
    cycle: int
    version: str
    launched_at: datetime
    definition: Definition

    def obligation(self, name: str) -> Obligation:
        """The obligation of that name."""
        return self.definition.obligations[name]


def by_id(act: Act, ids: Iterable[int]) -> dict[int, Listed]:
    """The programmes with these ids, in one query."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = act.session.execute(select(_programme).where(_programme.c.id.in_(wanted)))
    return {row.id: _listed(row) for row in found}


def by_key(act: Act, key: str) -> Listed:
    """The programme of a key; raises NotFound, also when the actor's unit has no part in it."""
    row = act.session.execute(select(_programme).where(_programme.c.key == key, *_in_sight(act))).one_or_none()
    if row is None:
        raise NotFound
    return _listed(row)


def id_of(act: Act, key: str) -> int:
    """The id behind a key in a filter; raises QueryRefused, so that a slip of the pen is not an empty list."""
    found = act.session.execute(select(_programme.c.id).where(_programme.c.key == key, *_in_sight(act))).scalar()
    if found is None:
        raise QueryRefused(reason=f"没有方案“{key}”")
    return int(found)


def every(act: Act) -> list[Listed]:
    """All programmes in sight, the newest launch first."""
    found = select(_programme).where(*_in_sight(act)).order_by(_programme.c.launched_at.desc(), _programme.c.id.desc())
    return [_listed(row) for row in act.session.execute(found)]


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


def _listed(row: Row[tuple[object, ...]]) -> Listed:
    definition = pinned(row.source_text).definition
    return Listed(row.id, row.key, row.title, row.cycle, row.version, row.launched_at, definition)

"""The scores of a programme: every rated submission with its ratings, its total and its place in its group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, and_, select

from workflow import catalogue, scores, sight
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.desks import UnitName
from workflow.roster import Directory
from workflow.scores import Score
from workflow.tables import Content, Submission

_s = Submission.__table__  # type: ignore[attr-defined]
_content = Content.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Scored:
    """One rated submission: ``unit`` is the one that is rated, whoever rates it.

    ``place`` counts from 1 in its group, equal totals sharing it; None while a rating is missing.
    """

    submission_id: int
    unit: UnitName
    state: str
    score: Score
    place: int | None = None


@dataclass(frozen=True)
class Table:
    """One occurrence of a rated obligation: ``criteria`` are titles in the order of the ratings."""

    obligation: str
    title: str
    occurrence: str
    criteria: tuple[str, ...]
    lines: tuple[Scored, ...]


@dataclass(frozen=True)
class ScoreList:
    """Every table of a programme, by date."""

    listed: Listed
    tables: tuple[Table, ...]


def of(act: Act, programme: str) -> ScoreList:
    """The scores of a programme; raises NotFound. A unit sees those about itself."""
    listed = catalogue.by_key(act, programme)
    rated = scores.rated(listed.definition)
    newest = and_(_content.c.submission_id == _s.c.id, _content.c.version == _s.c.content_version)
    query = (
        select(_s.c.id, _s.c.unit, _s.c.subject, _s.c.obligation, _s.c.occurrence, _s.c.state, _content.c.fields)
        .select_from(_s.outerjoin(_content, newest))
        .where(_s.c.programme_id == listed.id, _s.c.obligation.in_(rated), *sight.limits(act))
        .order_by(_s.c.due_at, _s.c.id)
    )
    known = catalogue.audiences(act, [listed])[listed.id].directory
    found: dict[tuple[str, str], list[Scored]] = {}
    for row in act.session.execute(query):
        one = _scored(listed, known, row)
        if one is not None:
            found.setdefault((row.obligation, row.occurrence), []).append(one)
    return ScoreList(listed, tuple(_table(listed, *key, lines) for key, lines in found.items()))


def _scored(listed: Listed, known: Directory, row: Row[Any]) -> Scored | None:
    unit = known.seen_by(listed.definition.programme, row.subject or row.unit)
    score = scores.score(listed.definition, listed.obligation(row.obligation), row.fields or {}, unit=unit)
    return Scored(row.id, UnitName(unit.code, unit.name, unit.category), row.state, score) if score else None


def _table(listed: Listed, obligation: str, occurrence: str, lines: Sequence[Scored]) -> Table:
    one = listed.obligation(obligation)
    criteria = tuple(criterion.title for criterion in one.criteria.values() if criterion.rated)
    return Table(obligation, one.title, occurrence, criteria, tuple(_placed(lines)))


def _placed(lines: Iterable[Scored]) -> Iterator[Scored]:
    """Group by group, the best first; who has no total yet comes last, as before."""
    by_group: dict[str, list[Scored]] = {}
    for one in lines:
        by_group.setdefault(one.score.group, []).append(one)
    for group in by_group.values():
        totals = sorted((one.score.total for one in group if one.score.total is not None), reverse=True)
        for one in sorted(group, key=lambda one: -(one.score.total if one.score.total is not None else Decimal(-1))):
            yield replace(one, place=totals.index(one.score.total) + 1 if one.score.total is not None else None)

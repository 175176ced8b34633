"""Units in the order of their scores, where a definition rates them and the ratings of a period are filed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import and_, select

from workflow import scores
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.periods import Period
from workflow.roster import Directory
from workflow.tables import Content, Submission

_s = Submission.__table__  # type: ignore[attr-defined]
_content = Content.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Ranked:
    """One unit's score of one rated obligation; units with the same total share a rank, counted from 1."""

    obligation: str
    rank: int
    unit: str
    total: Decimal


def ranked(act: Act, listed: Listed, period: Period, directory: Directory) -> tuple[Ranked, ...]:
    """Every unit whose rating was due in the period and is filed; nothing where nothing is rated."""
    found: list[Ranked] = []
    for name in scores.rated(listed.definition):
        if listed.obligation(name).visibility == "hidden":
            continue
        totals = sorted(_totals(act, listed, name, period, directory), key=lambda one: (-one[1], one[2]))
        places = [total for _, total, _ in totals]
        title = listed.obligation(name).title
        found += [Ranked(title, places.index(total) + 1, unit, total) for unit, total, _ in totals]
    return tuple(found)


def _totals(
    act: Act, listed: Listed, name: str, period: Period, directory: Directory
) -> list[tuple[str, Decimal, int]]:
    """Name, total and place in the roster of each unit that was rated."""
    newest = and_(_content.c.submission_id == _s.c.id, _content.c.version == _s.c.content_version)
    query = (
        select(_s.c.unit, _s.c.subject, _content.c.fields)
        .join(_content, newest)
        .where(_s.c.programme_id == listed.id, _s.c.obligation == name, _s.c.state == "filed")
        .where(_s.c.due_date.between(period.first, period.last))
    )
    turn = {row.code: number for number, row in enumerate(directory.units())}
    found = []
    for row in act.session.execute(query):
        unit = directory.seen_by(listed.definition.programme, row.subject or row.unit)
        score = scores.score(listed.definition, listed.obligation(name), row.fields, unit=unit)
        if score is not None and score.total is not None:
            found.append((unit.name, score.total, turn[unit.code]))
    return found

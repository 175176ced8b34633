"""What figures come to: targets met or not, ratings weighted into one score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import and_, select

from workflow.acts import Act
from workflow.definition import MEMBER_UNITS, Definition, Obligation
from workflow.forms import scalars
from workflow.roster import UnitRow
from workflow.tables import Content, Submission

_submission = Submission.__table__  # type: ignore[attr-defined]
_content = Content.__table__  # type: ignore[attr-defined]

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """One target and what was reached: ``value`` is this submission's figure, None while it is missing.

    ``so_far`` is set for a target over the cycle: this figure and those of the unit's other occurrences that are
    filed. ``met`` is None while there is no figure, and where the document has lost the target's number.
    """

    name: str
    label: str
    wanted: str
    unit: str
    clause: str | None
    damaged: bool
    over: Literal["occurrence", "cycle"]
    value: Decimal | None
    so_far: Decimal | None
    met: bool | None


@dataclass(frozen=True)
class Rating:
    """One rated criterion: ``points`` from 0 to 100, None while it is missing; ``weight`` in percent."""

    name: str
    title: str
    weight: int
    points: int | None


@dataclass(frozen=True)
class Score:
    """Ratings by the weights of one group of units; ``total`` from 0 to 100, None while a rating is missing."""

    group: str
    ratings: tuple[Rating, ...]
    total: Decimal | None


def rated(definition: Definition) -> tuple[str, ...]:
    """The obligations whose criteria are rated, in the order of the definition; none where nothing is scored."""
    found = definition.obligations.items()
    return tuple(name for name, one in found if any(criterion.rated for criterion in one.criteria.values()))


def figures(act: Act, row: Submission, obligation: Obligation, values: Values) -> tuple[Figure, ...]:
    """Every target of a submission with what its content reaches."""
    whole = any(target.over == "cycle" for target in obligation.targets.values())
    others = _others(act, row) if whole else []
    return measured(obligation, values, others=others)


def measured(obligation: Obligation, values: Values, *, others: list[Values]) -> tuple[Figure, ...]:
    """The same from contents alone; ``others`` are those of the cycle's other occurrences."""
    found: list[Figure] = []
    for name, target in obligation.targets.items():
        value = _number(values, name)
        so_far = None
        if target.over == "cycle":
            so_far = sum((_number(other, name) or Decimal(0) for other in others), value or Decimal(0))
        compared = so_far if target.over == "cycle" and (others or value is not None) else value
        met = None if compared is None else target.met_by(compared)
        found.append(
            Figure(
                name, target.label, target.wanted, target.unit, target.clause, target.value == "damaged",
                target.over, value, so_far, met,
            )
        )  # fmt: skip
    return tuple(found)


def score(definition: Definition, obligation: Obligation, values: Values, *, unit: UnitRow) -> Score | None:
    """The weighted score of a unit, None where nothing is rated.

    A unit that is in several groups with differing weights is scored by the first of them in the order in which
    the definition writes its groups; the weights of all member units come last.
    """
    rated = {name: one for name, one in obligation.criteria.items() if one.rated}
    if not rated:
        return None
    group = _weighing(definition, {name for one in rated.values() for name in one.weights}, unit)
    ratings = tuple(
        Rating(name, one.title, one.weights.get(group, one.weight or 0), _points(values, name))
        for name, one in rated.items()
    )
    points = [one.points for one in ratings if one.points is not None]
    whole = sum((Decimal(one.points or 0) * one.weight for one in ratings), Decimal(0)) / 100
    title = definition.groups[group].title or group if group in definition.groups else ""
    return Score(title, ratings, whole if len(points) == len(ratings) else None)


def _weighing(definition: Definition, named: set[str], unit: UnitRow) -> str:
    for group in (*definition.groups, MEMBER_UNITS):
        if group in named and definition.in_group(group, name=unit.name, code=unit.code, roster_groups=unit.groups):
            return group
    return ""


def _others(act: Act, row: Submission) -> list[Values]:
    """The contents of the other filed occurrences of the same duty: same unit, subject and post."""
    newest = and_(_content.c.submission_id == _submission.c.id, _content.c.version == _submission.c.content_version)
    query = (
        select(_content.c.fields)
        .join(_submission, newest)
        .where(
            _submission.c.programme_id == row.programme_id,
            _submission.c.obligation == row.obligation,
            _submission.c.unit == row.unit,
            _submission.c.subject == row.subject,
            _submission.c.owner_post == row.owner_post,
            _submission.c.state == "filed",
            _submission.c.id != row.id,
        )
    )
    return list(act.session.execute(query).scalars())


def _number(values: Values, name: str) -> Decimal | None:
    """A stored figure; what an earlier definition stored there as something else is none."""
    try:
        return Decimal(scalars.decimal(values.get(name)))
    except ValueError:
        return None


def _points(values: Values, name: str) -> int | None:
    try:
        return scalars.integer(values.get(name))
    except ValueError:
        return None

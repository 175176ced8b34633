"""Targets and scores as pages tell them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from web.contexts.submission import RatingLine, ScoreLine, TargetLine
from workflow.scores import Figure, Score

Standing = tuple[str, Literal["good", "bad", "plain"]]


def targets(figures: Sequence[Figure]) -> tuple[TargetLine, ...]:
    """Each target with how it stands."""
    return tuple(_line(one) for one in figures)


def score(found: Score | None) -> ScoreLine | None:
    """The ratings and what they come to."""
    if found is None:
        return None
    ratings = tuple(
        RatingLine(one.title, one.weight, "" if one.points is None else str(one.points)) for one in found.ratings
    )
    return ScoreLine(ratings, "" if found.total is None else plain(found.total), found.group)


def names(figures: Sequence[Figure], found: Score | None) -> set[str]:
    """The fields that are told here and need not be told twice."""
    return {one.name for one in figures} | {one.name for one in (found.ratings if found else ())}


def plain(number: Decimal) -> str:
    """A figure without zeros that say nothing."""
    return f"{number.normalize():f}"


def wanted(one: Figure) -> str:
    """The target as people read it, with what it is compared to."""
    return f"全年累计{one.wanted}" if one.over == "cycle" and not one.damaged else one.wanted


def _line(one: Figure) -> TargetLine:
    standing, tone = _standing(one)
    return TargetLine(
        label=one.label,
        wanted=wanted(one),
        value="" if one.value is None else f"{plain(one.value)}{one.unit}",
        so_far="" if one.so_far is None or one.so_far == one.value else f"{plain(one.so_far)}{one.unit}",
        standing=standing,
        tone=tone,
        clause=one.clause or "",
    )


def _standing(one: Figure) -> Standing:
    if one.damaged:
        return "无法对照", "plain"
    if one.met is None:
        return "尚无数字", "plain"
    if one.over == "cycle":
        return ("累计达标", "good") if one.met else ("累计未达标", "bad")
    return ("达标", "good") if one.met else ("未达标", "bad")

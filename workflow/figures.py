"""The figures of one programme: what came in time, how long sign-offs took, how the lights stood.

Everything is counted in sets. A month or category is that of the first due date and of the unit; what is exempt and
what is not due yet is no part of a rate. As in a circular the rates are those of the units; what the office and its
bodies owe themselves is told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow import catalogue, lit, outcomes, paper_items, periods, posts, sight, turnaround
from workflow.acts import Act
from workflow.lit import Lit
from workflow.outcomes import Outcome, Part
from workflow.periods import Period
from workflow.refusals import Forbidden
from workflow.turnaround import Turns

#: Upper ends of the steps that lateness is counted in, in calendar days; the last step is open.
STEPS = (0, 3, 7, 15, 30, 60)
#: What a rate is a share of.
_DUE = ("in-time", "in-extension", "late", "overdue")


@dataclass(frozen=True)
class Tally:
    """How many of each outcome; ``rate`` and ``extended_rate`` are shares from 0 to 1, None where nothing was due.

    ``rate`` counts by the first date, which is what scores; ``extended_rate`` takes extended dates for the due ones.
    """

    counts: Mapping[Outcome, int]

    def of(self, outcome: Outcome) -> int:
        """How many came out so."""
        return self.counts.get(outcome, 0)

    @property
    def due(self) -> int:
        """How many were due."""
        return sum(self.of(outcome) for outcome in outcomes.OUTCOMES if outcome in _DUE)

    @property
    def total(self) -> int:
        """How many there were, those exempt or not due yet among them."""
        return sum(self.counts.values())

    @property
    def rate(self) -> float | None:
        """The share that came in time by the first date."""
        return self.of("in-time") / self.due if self.due else None

    @property
    def extended_rate(self) -> float | None:
        """The share that came in time by the date that was granted."""
        return (self.of("in-time") + self.of("in-extension")) / self.due if self.due else None


@dataclass(frozen=True)
class Step:
    """Lateness between two numbers of calendar days, both included; ``until`` is None for the last step."""

    since: int
    until: int | None
    late: int
    overdue: int


@dataclass(frozen=True)
class Figures:
    """Everything the page shows; ``extended`` tells whether anything came within an extension.

    ``office`` is what the office and its bodies owe, which nothing else counts but the sign-offs and the lights.
    ``hidden`` is how many obligations are here that no circular tells of.
    """

    key: str
    title: str
    cycle: int
    period: Period
    as_of: datetime
    total: Tally
    office: Tally
    by_month: Mapping[str, Tally]
    by_category: Mapping[str, Tally]
    lateness: tuple[Step, ...]
    turns: Turns
    lights: tuple[Lit, ...]
    hidden: int

    @property
    def extended(self) -> bool:
        """Whether an extension makes a difference to the rate."""
        return self.total.of("in-extension") > 0


def of(act: Act, key: str, period: str = "") -> Figures:
    """The figures of a programme over a period, its cycle when none is named; raises Forbidden, NotFound, QueryRefused.

    They stand as they are now: who has filed late since the period's end counts as late, not as overdue.
    """
    if act.actor.role not in sight.READERS:
        raise Forbidden(move="查看统计")
    listed = catalogue.by_key(act, key)
    span = periods.parse(period or str(listed.cycle))
    own = paper_items.own_units(catalogue.audiences(act, [listed])[listed.id])
    every = outcomes.counted(act, listed, span, act.now, own=own)
    parts = [part for part in every if not part.own]
    return Figures(
        key=listed.key,
        title=listed.title,
        cycle=listed.cycle,
        period=span,
        as_of=act.now,
        total=tally(parts),
        office=tally(part for part in every if part.own),
        by_month=_by(parts, lambda part: f"{part.due:%Y-%m}" if part.due else ""),
        by_category=_in_order(act, _by(parts, lambda part: part.category)),
        lateness=steps(parts),
        turns=turnaround.measured(act, listed.id, span, act.now),
        lights=lit.over(act, listed.id, span),
        hidden=sum(one.visibility == "hidden" for one in listed.definition.obligations.values()),
    )


def choices(cycle: int) -> tuple[Period, ...]:
    """The periods that are offered for a programme of a cycle."""
    return periods.within(cycle)


def tally(parts: Iterable[Part]) -> Tally:
    """These parts together."""
    counts: dict[Outcome, int] = {}
    for part in parts:
        counts[part.outcome] = counts.get(part.outcome, 0) + part.count
    return Tally(counts)


def _in_order(act: Act, tallies: Mapping[str, Tally]) -> dict[str, Tally]:
    """Categories in the roster's order, which is the one official lists keep."""
    known = dict.fromkeys(unit.category for unit in posts.directory(act.session).units())
    return {name: tallies[name] for name in known if name in tallies}


def _by(parts: Iterable[Part], key: Callable[[Part], str]) -> dict[str, Tally]:
    grouped: dict[str, list[Part]] = {}
    for part in parts:
        grouped.setdefault(key(part), []).append(part)
    return {name: tally(grouped[name]) for name in sorted(grouped)}


def steps(parts: Iterable[Part]) -> tuple[Step, ...]:
    """How late what came late or is overdue came or is, in steps of days."""
    late = [part for part in parts if part.outcome in ("late", "overdue")]
    found, since = [], 0
    for until in (*STEPS, None):
        within = [part for part in late if part.days >= since and (until is None or part.days <= until)]
        numbers = (sum(one.count for one in within if one.outcome == kind) for kind in ("late", "overdue"))
        found.append(Step(since, until, *numbers))
        since = (until or 0) + 1
    return tuple(found)

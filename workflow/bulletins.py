"""通报: the facts of a period that the office's circular tells, and the office's own words in it.

Facts stand as they were at 24 o'clock of the period's last day, what is due on it included, or now while it runs: a
circular made again says the same.
What units owe is told apart from what the office and its bodies owe; hidden obligations are no part of it, for a
circular goes to everybody (the Huludao plan, 三（四）2). Extensions, exemptions and returns are those of the period.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflow import catalogue, happened, outcomes, paper_items, periods, ratings, sight, turnaround
from workflow.acts import Act
from workflow.bulletin_words import Words, words_of
from workflow.catalogue import Listed
from workflow.definition import OFFICE_BODY
from workflow.desks import UnitName
from workflow.figures import Tally, tally
from workflow.happened import Happened
from workflow.outcomes import Case, Part
from workflow.periods import Period
from workflow.ratings import Ranked
from workflow.refusals import Forbidden
from workflow.roster import Directory, UnitRow
from workflow.turnaround import Turn

#: So many late ones are named one by one; a longer list belongs into an annex.
MOST_NAMED = 600
_GROUP = "领导小组"


@dataclass(frozen=True)
class UnitLine:
    """One unit with what it owed."""

    unit: UnitName
    tally: Tally


@dataclass(frozen=True)
class NamedCase:
    """A case with the names people read; ``about`` is the unit it is about where another owes it."""

    unit: str
    about: str
    case: Case


@dataclass(frozen=True)
class DutyLine:
    """One obligation with what was owed, and those that came late, within an extension or not at all."""

    title: str
    tally: Tally
    named: tuple[NamedCase, ...]


@dataclass(frozen=True)
class Bulletin:
    """Everything a circular tells; ``total`` and the tables are of the units, ``office`` of the office and its bodies.

    ``before`` is the period before it, None where nothing was due in it. ``cut``: not all late ones are named.
    """

    key: str
    title: str
    document: str
    cycle: int
    office_name: str
    period: Period
    as_of: datetime
    today: date
    words: Words
    total: Tally
    office: Tally
    by_duty: tuple[DutyLine, ...]
    by_category: Mapping[str, Tally]
    by_unit: tuple[UnitLine, ...]
    happened: Happened
    turn: Turn | None
    before_title: str
    before: Tally | None
    ranking: tuple[Ranked, ...]
    hidden: int
    cut: bool

    @property
    def empty(self) -> bool:
        """Whether nothing at all was owed in the period."""
        return not self.total.total and not self.office.total


def of(act: Act, key: str, period: str = "") -> Bulletin:
    """The facts of a period, by default the quarter that ended last; raises Forbidden, NotFound, QueryRefused."""
    if act.actor.role not in sight.READERS:
        raise Forbidden(move="查看通报")
    listed = catalogue.by_key(act, key)
    span = periods.parse(period) if period else usual(act.today)
    at = min(act.now, span.ends)
    audience = catalogue.audiences(act, [listed])[listed.id]
    open_ = frozenset(name for name, one in listed.definition.obligations.items() if one.visibility != "hidden")
    own = paper_items.own_units(audience)
    parts = [part for part in outcomes.counted(act, listed, span, at, by_unit=True) if part.obligation in open_]
    units = [part for part in parts if part.unit not in own]
    named = outcomes.cases(act, listed, span, at, most=MOST_NAMED + 1, only=open_)
    earlier = _earlier(act, listed, periods.before(span), open_, own)
    return Bulletin(
        key=listed.key,
        title=listed.title,
        document=listed.definition.source.document,
        cycle=listed.cycle,
        office_name=office_name(listed),
        period=span,
        as_of=at,
        today=act.today,
        words=words_of(act, listed.id, span),
        total=tally(units),
        office=tally(part for part in parts if part.unit in own),
        by_duty=_duties(listed, units, [one for one in named[:MOST_NAMED] if one.unit not in own], audience.directory),
        by_category={name: tally(some) for name, some in _grouped(units, audience.directory, _category).items()},
        by_unit=tuple(
            UnitLine(_named(audience.directory.unit(code)), tally(some))
            for code, some in _grouped(units, audience.directory, _code).items()
        ),
        happened=happened.during(act, listed, span, at, only=open_).named(listed, audience.directory),
        turn=turnaround.measured(act, listed.id, span, at).total,
        before_title=periods.before(span).title,
        before=earlier if earlier.due else None,
        ranking=ratings.ranked(act, listed, span, audience.directory),
        hidden=len(listed.definition.obligations) - len(open_),
        cut=len(named) > MOST_NAMED,
    )


def usual(today: date) -> Period:
    """The quarter that ended last: the one a circular is due for."""
    return periods.before(periods.quarter_of(today))


def office_name(listed: Listed) -> str:
    """Who issues: the office, under the full name of the leading group that it works for."""
    office = listed.definition.post_title(OFFICE_BODY)
    heads = [body.title for body in listed.definition.bodies.values() if body.title.endswith(_GROUP)]
    return heads[0] + office.removeprefix(_GROUP) if heads and office.startswith(_GROUP) else office


def _earlier(act: Act, listed: Listed, span: Period, open_: frozenset[str], own: frozenset[str]) -> Tally:
    """The period before as it stood at its own end, which is what its circular said."""
    at = min(act.now, span.ends)
    parts = outcomes.counted(act, listed, span, at, by_unit=True)
    return tally(part for part in parts if part.obligation in open_ and part.unit not in own)


def _duties(listed: Listed, parts: Sequence[Part], named: Sequence[Case], directory: Directory) -> tuple[DutyLine, ...]:
    """A line for each obligation, in the order in which they fall due."""
    by_duty: dict[str, list[Part]] = {}
    for part in parts:
        by_duty.setdefault(part.obligation, []).append(part)
    order = {name: place for place, name in enumerate(listed.definition.obligations)}
    turn = {row.code: place for place, row in enumerate(directory.units())}
    lines = []
    for name in sorted(by_duty, key=lambda name: order.get(name, len(order))):
        of_duty = sorted((one for one in named if one.obligation == name), key=lambda one: (one.due, turn[one.unit]))
        cases = tuple(
            NamedCase(directory.unit(one.unit).name, directory.unit(one.subject).name if one.subject else "", one)
            for one in of_duty
        )
        lines.append(DutyLine(listed.obligation(name).title, tally(by_duty[name]), cases))
    return tuple(lines)


def _grouped(parts: Iterable[Part], directory: Directory, key: Callable[[UnitRow], str]) -> dict[str, list[Part]]:
    """Parts by something of their unit, in the roster's order."""
    found: dict[str, list[Part]] = {key(row): [] for row in directory.units()}
    for part in parts:
        found[key(directory.unit(part.unit))].append(part)
    return {name: some for name, some in found.items() if some}


def _category(row: UnitRow) -> str:
    return row.category


def _code(row: UnitRow) -> str:
    return row.code


def _named(row: UnitRow) -> UnitName:
    return UnitName(row.code, row.name, row.category)

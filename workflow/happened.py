"""What happened to a programme's submissions within a period: returns, extensions, exemptions, urges, papers.

Only what still stands at the period's end counts: what was taken back by then has not been, and what was taken back
later stood.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select

from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.periods import Period
from workflow.roster import Directory
from workflow.tables import History, Submission, UrgingSheet

_s = Submission.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]
_paper = UrgingSheet.__table__  # type: ignore[attr-defined]
#: So many extensions and exemptions are told one by one.
MOST_TOLD = 300


@dataclass(frozen=True)
class Told:
    """An extension or an exemption: whose, of what, and the dates of an extension."""

    unit: str
    obligation: str
    occurrence: str
    due: date
    until: date | None = None


@dataclass(frozen=True)
class Happened:
    """Returns by unit, how often urged, papers by colour; extensions and exemptions one by one.

    Units and obligations are codes until they are ``named``.
    """

    returned: Mapping[str, int] = field(default_factory=dict)
    urged: int = 0
    papers: Mapping[str, int] = field(default_factory=dict)
    extended: tuple[Told, ...] = ()
    exempted: tuple[Told, ...] = ()

    def named(self, listed: Listed, directory: Directory) -> Happened:
        """The same in the names people read, units in the roster's order."""
        units = {row.code: row.name for row in directory.units()}

        def read(told: tuple[Told, ...]) -> tuple[Told, ...]:
            titles = [listed.obligation(one.obligation).title for one in told]
            return tuple(
                replace(one, unit=units[one.unit], obligation=title) for one, title in zip(told, titles, strict=True)
            )

        returned = {name: self.returned[code] for code, name in units.items() if code in self.returned}
        return replace(self, returned=returned, extended=read(self.extended), exempted=read(self.exempted))


def during(act: Act, listed: Listed, period: Period, at: datetime, *, only: Collection[str]) -> Happened:
    """What happened from a period's first instant to ``at``, to submissions of these obligations."""
    within = (
        _s.c.programme_id == listed.id, _s.c.obligation.in_([*only]), *_in(period, at, _h.c.at), ~_taken_back(at)
    )  # fmt: skip
    counts = (
        select(_h.c.event, _s.c.unit, func.count().label("number"))
        .join(_s, _s.c.id == _h.c.submission_id)
        .where(*within, _h.c.event.in_(("return", "urge")))
        .group_by(_h.c.event, _s.c.unit)
    )
    rows = act.session.execute(counts).all()
    return Happened(
        returned={row.unit: row.number for row in rows if row.event == "return"},
        urged=sum(row.number for row in rows if row.event == "urge"),
        papers=_papers(act, listed, period, at),
        extended=_told(act, "extend", within),
        exempted=_told(act, "exempt", (*within, ~_ended(at))),
    )


def _in(period: Period, at: datetime, instant: ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    return instant >= period.begins, instant < period.ends, instant <= at


def _taken_back(at: datetime) -> ColumnElement[bool]:
    """Whether an act on many had been undone here by then."""
    undo = _h.alias("undo")
    same = undo.c.facts["batch"].as_string() == _h.c.facts["batch"].as_string()
    after = (undo.c.submission_id == _h.c.submission_id, undo.c.seq > _h.c.seq, undo.c.at <= at)
    return select(undo.c.seq).where(*after, undo.c.event == "undo", same).exists()


def _ended(at: datetime) -> ColumnElement[bool]:
    """Whether an exemption had been left again by then."""
    later = _h.alias("later")
    after = (later.c.submission_id == _h.c.submission_id, later.c.seq > _h.c.seq, later.c.at <= at)
    return select(later.c.seq).where(*after, later.c.source == _h.c.dest, later.c.dest != later.c.source).exists()


def _told(act: Act, event: str, within: tuple[ColumnElement[bool], ...]) -> tuple[Told, ...]:
    query = (
        select(_s.c.unit, _s.c.obligation, _s.c.occurrence, _s.c.due_date, _h.c.facts)
        .join(_s, _s.c.id == _h.c.submission_id)
        .where(*within, _h.c.event == event)
        .order_by(_h.c.at, _h.c.submission_id)
        .limit(MOST_TOLD)
    )
    return tuple(_one(row) for row in act.session.execute(query))


def _one(row: Row[Any]) -> Told:
    since, until = row.facts.get("from"), row.facts.get("until")
    due = date.fromisoformat(since) if since else row.due_date
    return Told(row.unit, row.obligation, row.occurrence, due, date.fromisoformat(until) if until else None)


def _papers(act: Act, listed: Listed, period: Period, at: datetime) -> dict[str, int]:
    """Papers handed out in the period; one that was withdrawn by its end is none."""
    stands = or_(_paper.c.withdrawn_at.is_(None), _paper.c.withdrawn_at > at)
    query = (
        select(_paper.c.colour, func.count().label("number"))
        .where(_paper.c.facts["programme"].as_string() == listed.key, stands)
        .where(*_in(period, at, _paper.c.issued_at))
        .group_by(_paper.c.colour)
    )
    return {row.colour: row.number for row in act.session.execute(query)}

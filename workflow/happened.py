"""What happened to a programme's submissions within a period: returns, extensions, exemptions, urges, papers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

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
        _s.c.programme_id == listed.id, _s.c.obligation.in_([*only]), _h.c.at >= period.begins, _h.c.at <= at
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
        exempted=_told(act, "exempt", within),
    )


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
    """Papers handed out in the period; one that was withdrawn since is none."""
    query = (
        select(_paper.c.colour, func.count().label("number"))
        .where(_paper.c.facts["programme"].as_string() == listed.key, _paper.c.withdrawn_at.is_(None))
        .where(_paper.c.issued_at >= period.begins, _paper.c.issued_at <= at)
        .group_by(_paper.c.colour)
    )
    return {row.colour: row.number for row in act.session.execute(query)}

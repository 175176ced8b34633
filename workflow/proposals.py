"""What an event on a submission would open: for whom, about whom, by when. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import structlog

from workflow import deadlines, openings, owing
from workflow.acts import Act
from workflow.audience import Audience
from workflow.definition import CONCERNED, Condition, Due, Obligation, Opening, Rows
from workflow.openings import Arising, Cause
from workflow.owing import Owing

log = structlog.get_logger(__name__)

_LONGEST_HEADING = 120


@dataclass(frozen=True)
class Happened:
    """An event on one submission; ``concerned`` is the unit it is about, ``fields`` its newest content."""

    id: int
    obligation: str
    concerned: str
    fields: Mapping[str, Any]
    event: str
    because: str


@dataclass(frozen=True)
class Proposal:
    """One submission that an event would open; ``row_due`` is the date that a table's row brought with it."""

    obligation: str
    cause: int
    event: str
    concerned: str
    day: date
    arising: Arising
    of_row: bool = False
    row_due: date | None = None

    @property
    def identity(self) -> object:
        """What is not opened again while it is open: the event, or the row of a table."""
        of_event = (self.obligation, self.cause, self.event)
        return (*of_event, self.concerned, self.arising.heading) if self.of_row else of_event

    @property
    def dated_identity(self) -> object:
        """A row with its date: once dealt with it is not opened again unless it comes with another date."""
        return (self.obligation, self.cause, self.event, self.concerned, self.arising.heading, self.row_due)


@dataclass(frozen=True)
class _Part:
    """Whom and what one part of a cause is about: the submission as a whole, or one row of its table."""

    concerned: str
    due: date | None
    heading: str = ""
    of_row: bool = False


def proposed(
    act: Act, programme_id: int, wanted: Iterable[tuple[str, Opening]], found: Sequence[Happened]
) -> list[Proposal]:
    """Everything that these openings make of what happened, in the order of the definition and the rows."""
    owners = _Owners(act, programme_id)
    return [
        one
        for name, opening in wanted
        for cause in found
        if opens_on(opening, name, cause.obligation)
        and (opening.condition is None or holds(opening.condition, cause.fields))
        for one in _of_cause(owners, name, opening, cause)
    ]


def opens_on(opening: Opening, name: str, obligation: str) -> bool:
    """Whether an opening of the follow-up ``name`` looks at this obligation; without ``of`` at every other one."""
    return obligation in opening.of if opening.of else obligation != name


def holds(condition: Condition, fields: Mapping[str, Any]) -> bool:
    """Whether a field has the answer that counts; one of several choices is enough."""
    value, answer = fields.get(condition.field), condition.answer
    if isinstance(value, list):
        return answer in value
    if isinstance(value, bool):
        return answer is value or answer == ("是" if value else "否")
    if isinstance(value, int | str) and not isinstance(answer, bool):
        return value == answer or _same_number(value, answer)
    return False


def _same_number(value: int | str, answer: int | str) -> bool:
    try:
        return Decimal(str(value)) == Decimal(str(answer))
    except InvalidOperation:
        return False


def _of_cause(owners: _Owners, name: str, opening: Opening, cause: Happened) -> Iterator[Proposal]:
    obligation = owners.audience.definition.obligations[name]
    reason = Cause(cause.id, cause.event, cause.because)
    for number, part in enumerate(_parts(owners.audience, obligation, opening, cause)):
        day = due_day(owners.act, obligation.due, part.due)
        if day is None:
            log.warning("follow-up without a date", obligation=name, cause=cause.id)
            continue
        for one in owners.about(name, part.concerned, lot=f"{cause.event}:{cause.id}:{number}"):
            arising = Arising(one, part.heading, reason)
            row_due = part.due if part.of_row else None
            yield Proposal(name, cause.id, cause.event, part.concerned, day, arising, part.of_row, row_due)


def _parts(audience: Audience, obligation: Obligation, opening: Opening, cause: Happened) -> Iterator[_Part]:
    if opening.rows is None:
        yield _Part(cause.concerned, _day(cause.fields.get(obligation.due.field or "")))
        return
    rows = cause.fields.get(opening.rows.field)
    for row in rows if isinstance(rows, list) else ():
        part = _of_row(audience, opening.rows, row)
        if part is None:
            log.warning("row without a unit of the roster", obligation=cause.obligation, cause=cause.id)
        else:
            yield part


def _of_row(audience: Audience, rows: Rows, row: Any) -> _Part | None:
    unit = audience.directory.called(str(row.get(rows.unit, ""))) if isinstance(row, dict) else None
    if unit is None:
        return None
    return _Part(unit.code, _day(row.get(rows.due or "")), _heading(row.get(rows.title)), of_row=True)


def _heading(value: object) -> str:
    """What a row is about, on one line and short enough for a list."""
    text = " ".join(str(value or "").split())
    return text if len(text) <= _LONGEST_HEADING else text[: _LONGEST_HEADING - 1] + "…"


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def due_day(act: Act, due: Due, given: date | None) -> date | None:
    """The due day of what opens now: the day given, else counted from today; never one that is past already.

    A report may name a day that has gone by before it was signed; what it opens is due at the earliest day left.
    """
    calendar = act.calendar()
    day = deadlines.on_working_day(given, due, calendar) if given else deadlines.opened_due(due, act.today, calendar)
    if day is None:
        return None
    day = max(day, act.today)
    return day if deadlines.due_at(day, until=due.until) > act.now else day + timedelta(days=1)


class _Owners:
    """Who owes the follow-ups of a programme; those who owe whatever the cause are looked up once."""

    def __init__(self, act: Act, programme_id: int) -> None:
        self.act, self._programme_id, self.audience = act, programme_id, act.audience(programme_id)
        self._fixed: dict[str, tuple[Owing, ...]] = {}
        self._turn: dict[str, int] = {}

    def about(self, name: str, concerned: str, *, lot: str) -> Iterator[Owing]:
        """Who owes a follow-up about a unit: that unit itself, or others about it.

        A body or post that would owe something about itself owes nothing: nobody gives himself a talk.
        """
        obligation = self.audience.definition.obligations[name]
        if obligation.owed_by.named == CONCERNED:
            yield Owing(concerned)
            return
        for one in self._owing(name, obligation, lot):
            if one.subject:
                yield one
            elif one.unit != concerned:
                yield replace(one, subject=concerned)
            elif self._own(obligation):
                yield one

    def _owing(self, name: str, obligation: Obligation, lot: str) -> tuple[Owing, ...]:
        owner = obligation.owed_by
        if not (owner.draw or owner.rota) and name in self._fixed:
            return self._fixed[name]
        drawn = self.act.links.lot(f"{self._programme_id}:{name}:{lot}")
        number = self._next_turn(name) if owner.rota else 0
        found = self._fixed[name] = owing.owing(self.audience, obligation, number=number, lot=drawn)
        return found

    def _own(self, obligation: Obligation) -> bool:
        """Whether a unit among those who owe may owe it for itself."""
        named = obligation.owed_by.named
        is_body = named is not None and named not in self.audience.definition.groups and self.audience.body_of(named)
        return not is_body and obligation.visibility == "open"

    def _next_turn(self, name: str) -> int:
        if name not in self._turn:
            self._turn[name] = openings.times_opened(self.act, self._programme_id, name)
        else:
            self._turn[name] += 1
        return self._turn[name]

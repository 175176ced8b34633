"""At whose desk a submission lies, and how late it is: worked out for a whole page of rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from workflow import asking, deadlines
from workflow.acts import Act
from workflow.audience import Audience, Concern, Recipient
from workflow.calendars import Calendar
from workflow.definition import OFFICE_BODY
from workflow.moments import SHANGHAI, parse_offset
from workflow.roster import Directory


class Placed(Protocol):
    """What must be known of a submission to say whose move it is."""

    @property
    def id(self) -> int | None: ...
    @property
    def programme_id(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def waiting_on(self) -> str: ...
    @property
    def owner_post(self) -> str: ...


class Dated(Protocol):
    """What must be known of a submission to say how late it is; ``pending_since`` is when the office got it."""

    @property
    def state(self) -> str: ...
    @property
    def due_date(self) -> date: ...
    @property
    def late(self) -> bool: ...
    @property
    def filed_at(self) -> datetime | None: ...
    @property
    def pending_since(self) -> datetime | None: ...
    @property
    def waiting_on(self) -> str: ...


@dataclass(frozen=True)
class UnitName:
    """A unit as lists show it."""

    code: str
    name: str
    category: str = ""


@dataclass(frozen=True)
class Desk:
    """Somebody whose move it is: the title of the post, who holds it, and their number in the phone book."""

    post: str
    name: str
    mobile: str = field(default="", compare=False)


@dataclass(frozen=True)
class Lateness:
    """Calendar and working days after the due date, up to today or to the day of a late filing."""

    days: int = 0
    working_days: int = 0


def stuck_with(act: Act, rows: Iterable[Placed], audiences: Mapping[int, Audience]) -> dict[int, tuple[Desk, ...]]:
    """By submission, who must move next: approvers who have not decided, the unit's own posts, or the office."""
    open_ = [row for row in rows if row.waiting_on in ("unit", "approver", "office")]
    asked = asking.waiting(act.session, [row.id or 0 for row in open_ if row.waiting_on == "approver"])
    staff: dict[tuple[int, str, str], tuple[Desk, ...]] = {}
    found: dict[int, tuple[Desk, ...]] = {}
    for row in open_:
        if row.waiting_on == "approver":
            known = audiences[row.programme_id].directory
            found[row.id or 0] = _desks(asked.get(row.id or 0, ()), known)
            continue
        post = OFFICE_BODY if row.waiting_on == "office" else row.owner_post
        place = (row.programme_id, row.unit, post)
        if place not in staff:
            audience = audiences[row.programme_id]
            staff[place] = _desks(audience.owners(Concern(row.unit, owner_post=post)), audience.directory)
        found[row.id or 0] = staff[place]
    return found


def lateness(row: Dated, now: datetime, calendar: Calendar) -> Lateness:
    """How late a submission is: 0 while it is in time, counted to the instant it reached the office late."""
    reached = row.pending_since if row.waiting_on in ("office", "none") and row.pending_since else row.filed_at
    if row.late and reached is not None:
        until = reached
    elif row.state == "overdue":
        until = now
    else:
        return Lateness()
    days = deadlines.days_late(row.due_date, until)
    return Lateness(days, deadlines.working_days_late(row.due_date, until, calendar))


def unit_name(directory: Directory, code: str) -> UnitName | None:
    """A unit as lists show it, None for no code."""
    if not code:
        return None
    row = directory.unit(code)
    return UnitName(row.code, row.name, row.category)


def rung_title(label: str | None) -> str:
    """A rung in Chinese as lists show it, empty before the first."""
    if not label:
        return ""
    if label == "urge":
        return "手动催办"
    moment = parse_offset(label.removeprefix("pending_for "))
    if moment.is_due:
        return "截止时"
    span = f"{abs(moment.count)}{'个工作日' if moment.unit == 'wd' else '天'}"
    if label.startswith("pending_for"):
        return f"送审{span}未签"
    if moment.count == 0:
        return "截止当日"
    return f"截止{'后' if moment.count > 0 else '前'}{span}"


def shown_instant(instant: datetime) -> str:
    """An instant as tables show it, in Asia/Shanghai to the minute."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _desks(people: Iterable[Recipient], known: Directory) -> tuple[Desk, ...]:
    return tuple(Desk(one.post_title, one.name, _mobile(known, one.person)) for one in people)


def _mobile(known: Directory, person: str) -> str:
    return known.person(person).mobile or "" if known.knows(person) else ""

"""日程: days with what falls due and what the clock sets off, as a list and as months."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.frame import Choice, Frame, Link

#: What a line is, by its mark: a deadline, one that opens later, and what a message says.
Mark = Literal["due", "later", "reminder", "notice", "overdue", "escalation", "chase", "message"]
#: What kind of day it is: worked, a Saturday or Sunday, a holiday, a weekend worked in exchange.
DayKind = Literal["working", "weekend", "holiday", "made-up"]


@dataclass(frozen=True)
class HappeningLine:
    """One thing on a day; `clock` is its time, empty for a deadline at the end of its day.

    `open_` says how many are still open, `to` which posts are written to, `opens_on` when it opens.
    """

    mark: Mark
    clock: str
    label: str
    title: str
    href: str
    occurrence: str
    open_: str
    to: str
    unit: str = ""
    opens_on: date | None = None


@dataclass(frozen=True)
class DayLine:
    """One day of the list; `name` is the holiday's, `off` how far off it is.

    A holiday on which nothing happens goes on `until` its last day.
    """

    day: date
    kind: DayKind
    name: str
    off: str
    today: bool
    lines: tuple[HappeningLine, ...]
    until: date | None = None


@dataclass(frozen=True)
class MonthCell:
    """One day of a month; `href` leads to it in the list. A day outside of what is shown has no figures."""

    day: date
    kind: DayKind
    name: str
    today: bool
    shown: bool
    href: str = ""
    due: int = 0
    said: int = 0
    escalated: int = 0


@dataclass(frozen=True)
class Month:
    """A month by weeks from Monday; None stands for a day of another month."""

    first: date
    weeks: tuple[tuple[MonthCell | None, ...], ...]


@dataclass(frozen=True)
class StripDay:
    """One day of the drawing: where it begins and how wide it is, how high its column of open submissions."""

    x: float
    width: float
    height: float
    off: bool
    escalated: bool
    label: str = ""


@dataclass(frozen=True)
class Strip:
    """The days drawn to scale; `most` is what the highest column stands for."""

    width: int
    base: int
    height: int
    days: tuple[StripDay, ...]
    most: int


@dataclass(frozen=True)
class FiredLine:
    """What one sweep set off, and how many messages came of it."""

    at: datetime
    said: tuple[str, ...]
    messages: int
    sent: int


@dataclass(frozen=True)
class AgendaFilter:
    """The filter as it stands; `unit` as it was typed, `own` where only one unit's dates may be seen."""

    spans: tuple[Choice, ...]
    programmes: tuple[Choice, ...]
    obligations: tuple[Choice, ...]
    unit: str
    units: tuple[str, ...]
    own: bool
    view: str


@dataclass(frozen=True)
class AgendaPage:
    """The days from `since` to `until`; `rest_href` goes on where that is not all, `next_href` after all of it."""

    frame: Frame
    as_of: datetime
    since: date
    until: date
    filter: AgendaFilter
    views: tuple[Link, ...]
    strip: Strip | None
    days: tuple[DayLine, ...]
    months: tuple[Month, ...]
    fired: tuple[FiredLine, ...]
    feeds_href: str
    provisional: str = ""
    now_href: str = ""
    rest_href: str = ""
    next_href: str = ""

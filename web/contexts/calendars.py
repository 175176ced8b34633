"""放假安排: which years are announced, one year's days, and what another notice would move."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Frame, Link
from web.contexts.roster import RowFault


@dataclass(frozen=True)
class YearLine:
    """One year; `programmes` are those that count in it."""

    year: int
    href: str
    provisional: bool
    imported: bool
    off: int
    worked: int
    programmes: tuple[str, ...]


@dataclass(frozen=True)
class CalendarsPage:
    """The years, and handing a notice in; `faults` are those of the last file."""

    frame: Frame
    rooms: tuple[Link, ...]
    lines: tuple[YearLine, ...]
    may_change: bool
    faults: tuple[RowFault, ...] = ()
    file: str = ""
    error: str = ""


@dataclass(frozen=True)
class CalendarPage:
    """One year's days off and make-up days; `csv_href` is empty for a year that is not announced."""

    frame: Frame
    rooms: tuple[Link, ...]
    year: int
    provisional: bool
    days: tuple[tuple[date, bool, str], ...]
    csv_href: str


@dataclass(frozen=True)
class MovedReminder:
    """A reminder that goes out at another time; `now_due` ones go out at once."""

    title: str
    what: str
    before: datetime
    after: datetime
    now_due: bool


@dataclass(frozen=True)
class FixedDate:
    """A date that stays although a launch today would put it elsewhere."""

    programme: str
    title: str
    occurrence: str
    stays: date
    would_be: date


@dataclass(frozen=True)
class CalendarPreviewPage:
    """What a notice would change, nothing of it done yet; `more` reminders are not listed."""

    frame: Frame
    rooms: tuple[Link, ...]
    year: int
    provisional: bool
    file: str
    days: tuple[tuple[date, bool, str], ...]
    moved: tuple[MovedReminder, ...]
    more: int
    fixed: tuple[FixedDate, ...]
    unnamed: tuple[str, ...]
    action: str
    shown: str
    error: str = ""

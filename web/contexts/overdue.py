"""The overdue list: who is late, since when, and at whose desk."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Chip, Choice, Frame, Light, Link, Pager, WaitingOn


@dataclass(frozen=True)
class Contact:
    """One of those it is stuck with; `mobile` is empty where the phone book has none."""

    who: str
    mobile: str = ""


@dataclass(frozen=True)
class OverdueLine:
    """One late submission; `desk` says who exactly is waited on, `contacts` how to reach them.

    `number` is what it is ticked by; `programme` is named where several run. `heading` tells it from others of its
    obligation, `about` is the unit it is about where another owes it.
    """

    unit: str
    category: str
    obligation: str
    occurrence: str
    href: str
    due_date: date
    due_at: datetime
    days_late: int
    working_days_late: int
    light: Light
    waiting_on: WaitingOn
    desk: str
    last_alert_at: datetime | None = None
    rung: str = ""
    number: int = 0
    programme: str = ""
    heading: str = ""
    about: str = ""
    contacts: tuple[Contact, ...] = ()
    messages_href: str = ""


@dataclass(frozen=True)
class Head:
    """A column by which the list is sorted when its head is clicked; `sorted` is how it is now."""

    href: str
    label: str
    sorted: str = ""


@dataclass(frozen=True)
class OverdueFilter:
    """The filter as it stands; `unit` and `min_days` as they were typed."""

    programmes: tuple[Choice, ...]
    obligations: tuple[Choice, ...]
    categories: tuple[Choice, ...]
    waiting_on: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    unit: str = ""
    min_days: str = ""


@dataclass(frozen=True)
class Waiting:
    """A request for more time that nobody has answered, with where it is answered; `number` is its own.

    `href` leads to the submission, where another day is given or none; `action` grants as asked.
    """

    href: str
    action: str
    number: int
    unit: str
    obligation: str
    due_date: date
    until: date
    reason: str
    asked_at: datetime


@dataclass(frozen=True)
class Acting:
    """What the office may do from the list: with what is ticked, or with all that the filter matches.

    `kinds` are the acts by name and word, `whole` leads to the preview of urging everything listed.
    """

    kinds: tuple[Choice, ...]
    whole: tuple[Link, ...]
    back: str


@dataclass(frozen=True)
class OverduePage:
    """One page of the overdue list; counts and `pager.total` cover the whole list as filtered.

    `acting` is None for whoever only reads. `several` programmes run, so that each is named. `requests` wait for an
    answer, `more_requests` of them are not shown.
    """

    frame: Frame
    as_of: datetime
    by_category: tuple[Chip, ...]
    by_obligation: tuple[Chip, ...]
    filter: OverdueFilter
    lines: tuple[OverdueLine, ...]
    pager: Pager
    exports: tuple[Link, ...]
    unit_head: Head
    due_head: Head
    late_head: Head
    alert_head: Head
    several: bool = False
    acting: Acting | None = None
    requests: tuple[Waiting, ...] = ()
    more_requests: int = 0

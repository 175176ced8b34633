"""The overdue list: who is late, since when, and at whose desk."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Chip, Choice, Frame, Light, Link, Pager, WaitingOn


@dataclass(frozen=True)
class OverdueLine:
    """One late submission; `desk` says who exactly is waited on."""

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
class OverduePage:
    """One page of the overdue list; counts and `pager.total` cover the whole list as filtered."""

    frame: Frame
    as_of: datetime
    by_category: tuple[Chip, ...]
    by_obligation: tuple[Chip, ...]
    filter: OverdueFilter
    lines: tuple[OverdueLine, ...]
    pager: Pager
    exports: tuple[Link, ...]

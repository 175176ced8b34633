"""领导审签负荷: who has how much waiting since when, and how fast they sign."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.approvals import Holder
from web.contexts.frame import Choice, Frame, Link, Pager


@dataclass(frozen=True)
class LoadLine:
    """One person's load; `href` opens what waits, empty where nothing does.

    `oldest` is since when the longest waits, `days` how many; `median` half of the decisions took no longer than.
    """

    holder: Holder
    href: str
    waiting: int
    overdue: int
    oldest: datetime | None
    days: int
    decided: int
    median: str
    delegates: tuple[str, ...] = ()
    away_until: date | None = None


@dataclass(frozen=True)
class LoadPage:
    """One page of loads; `waiting` and `overdue` count all of them, `most` is the longest queue of all."""

    frame: Frame
    as_of: datetime
    waiting: int
    overdue: int
    most: int
    sorts: tuple[Choice, ...]
    everybody: bool
    text: str
    lines: tuple[LoadLine, ...]
    pager: Pager
    exports: tuple[Link, ...]

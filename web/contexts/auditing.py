"""The audit: the history of all programmes, the check of the record, the daily anchors."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.frame import Choice, Frame, Link


@dataclass(frozen=True)
class HistoryLine:
    """One entry of history; `what` is in Chinese, `noticed_at` is set where it was noticed later."""

    href: str
    at: datetime
    noticed_at: datetime | None
    what: str
    who: str
    unit: str
    obligation: str
    occurrence: str
    comment: str


@dataclass(frozen=True)
class HistoryFilter:
    """What the list is narrowed to, as it was typed; days are of Asia/Shanghai."""

    since: str
    until: str
    who: str
    unit: str
    submission: str
    events: tuple[Choice, ...]
    programmes: tuple[Choice, ...]


@dataclass(frozen=True)
class Check:
    """A check of the record: `share` is how far it is in percent, `faults` the first of `count`."""

    state: Literal["running", "done", "broken"]
    good: bool
    by: str
    begun_at: datetime
    ended_at: datetime
    share: int
    outcome: str
    count: int
    faults: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class AnchorLine:
    """A daily anchor and where it went: the letters of it that arrived, and whether the file has it."""

    day: date
    at: datetime
    submissions: int
    entries: int
    root: str
    mailed: tuple[str, ...]
    in_file: str


@dataclass(frozen=True)
class AuditPage:
    """The newest of all histories; `may_check` says whether this viewer may start a check."""

    frame: Frame
    may_check: bool
    check: Check | None
    anchors: tuple[AnchorLine, ...]
    anchor_notes: tuple[str, ...]
    filter: HistoryFilter
    lines: tuple[HistoryLine, ...]
    first_href: str
    next_href: str
    exports: tuple[Link, ...]

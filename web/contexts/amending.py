"""Amending a running programme: a changed definition handed in, what it would do, and the amendments there were."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Frame, Link
from web.contexts.programme import VersionLine
from web.contexts.roster import TextFault


@dataclass(frozen=True)
class DateLine:
    """One date that moves; the instants differ where only the hour does. `kept` says what keeps its own date."""

    title: str
    occurrence: str
    before: date
    after: date
    before_at: datetime
    after_at: datetime
    following: int
    back: int
    kept: str
    earlier: bool


@dataclass(frozen=True)
class UnitsLine:
    """Submissions that come to be, or are no longer asked for."""

    title: str
    occurrence: str
    units: tuple[str, ...]
    due_date: date | None = None
    opens_at: datetime | None = None
    filed: int = 0


@dataclass(frozen=True)
class WordsLine:
    """One thing that reads differently; both sides are empty where they are long."""

    title: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class AmendmentPreview:
    """What an amendment would do, nothing of it done yet; `wrong` stops it, `earlier` must be confirmed."""

    before: str
    after: str
    moved: tuple[DateLine, ...]
    opened: tuple[UnitsLine, ...]
    withdrawn: tuple[UnitsLine, ...]
    changed: tuple[WordsLine, ...]
    relaid: int
    cancelled: int
    told: int
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    wrong: tuple[str, ...]
    earlier: int
    action: str
    shown: str
    file: str
    comment: str = ""
    comment_error: str = ""
    earlier_error: str = ""


@dataclass(frozen=True)
class AmendPage:
    """A changed definition handed in; `preview` once it was read."""

    frame: Frame
    rooms: tuple[Link, ...]
    key: str
    title: str
    cycle: int
    action: str
    text_href: str
    versions: tuple[VersionLine, ...]
    faults: tuple[TextFault, ...] = ()
    file: str = ""
    error: str = ""
    preview: AmendmentPreview | None = None

"""The overview: every programme at a glance, and what waits for the office."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Frame, Light, Link, State, StateCounts


@dataclass(frozen=True)
class NextDeadline:
    """The nearest deadline that still has open submissions. `due_at` is the first late instant."""

    obligation: str
    due_date: date
    due_at: datetime
    open_count: int


@dataclass(frozen=True)
class LightCounts:
    """How many submissions show which light."""

    green: int = 0
    yellow: int = 0
    red: int = 0
    none: int = 0


@dataclass(frozen=True)
class OfficeTask:
    """One submission that waits for the office itself."""

    href: str
    title: str
    unit: str
    programme: str
    state: State
    light: Light
    due_date: date


@dataclass(frozen=True)
class OfficeDesk:
    """What waits for the office: to be accepted, and owed by itself; the counts are of all, the lines the first."""

    accept: tuple[OfficeTask, ...]
    to_accept: int
    own: tuple[OfficeTask, ...]
    owed: int


@dataclass(frozen=True)
class ProgrammeLine:
    """One programme of the list; a stage may be open-ended, so may `starts` and `ends`.

    `deadlines` are the nearest few that still have open submissions.

    `provisional` says that a working-day calendar is not announced yet.
    """

    key: str
    title: str
    cycle: int
    document: str
    starts: date | None
    ends: date | None
    units: int
    counts: StateCounts
    deadlines: tuple[NextDeadline, ...]
    lights: LightCounts
    programme_href: str
    board_href: str
    overdue_href: str
    provisional: str = ""


@dataclass(frozen=True)
class Caution:
    """What the office must look into: a few words, and where."""

    text: str
    link: Link


@dataclass(frozen=True)
class ProgrammesPage:
    """The list of programmes, running ones first; `cautions` and `desk` are for the office alone."""

    frame: Frame
    programmes: tuple[ProgrammeLine, ...]
    as_of: datetime
    cautions: tuple[Caution, ...] = ()
    desk: OfficeDesk | None = None

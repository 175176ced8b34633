"""The overview: every programme, and one programme's board of units × obligations."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Choice, Frame, Light, Link, State, StateCounts, WaitingOn


@dataclass(frozen=True)
class NextDeadline:
    """The nearest deadline that still has open submissions. `due_at` is the first late instant."""

    obligation: str
    due_date: date
    due_at: datetime
    open_count: int


@dataclass(frozen=True)
class ProgrammeLine:
    """One programme of the list; a stage may be open-ended, so may `starts` and `ends`.

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
    next_deadline: NextDeadline | None
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
    """The list of programmes, running ones first; `cautions` are for the office alone."""

    frame: Frame
    programmes: tuple[ProgrammeLine, ...]
    as_of: datetime
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True)
class BoardColumn:
    """One occurrence of an obligation. `occurrence` is empty when it falls due only once."""

    obligation: str
    occurrence: str
    stage: str
    due_date: date
    counts: StateCounts


@dataclass(frozen=True)
class BoardCell:
    """One submission on the board. Days are calendar days; `desk` names whose desk it lies on,
    `standing` is set where the lifecycle has a word of its own for the state."""

    href: str
    state: State
    light: Light
    waiting_on: WaitingOn
    desk: str = ""
    days_late: int = 0
    extended_to: date | None = None
    standing: str = ""


@dataclass(frozen=True)
class BoardRow:
    """One unit; a cell is None where the unit does not owe that column."""

    unit: str
    cells: tuple[BoardCell | None, ...]


@dataclass(frozen=True)
class BoardGroup:
    """The units of one category, with the columns that one of them has; `opened` groups arrive unfolded."""

    category: str
    counts: StateCounts
    columns: tuple[BoardColumn, ...]
    rows: tuple[BoardRow, ...]
    opened: bool


@dataclass(frozen=True)
class BoardPage:
    """Units × obligations of one programme, as filtered; `counts` covers the whole programme."""

    frame: Frame
    title: str
    cycle: int
    as_of: datetime
    counts: StateCounts
    groups: tuple[BoardGroup, ...]
    states: tuple[Choice, ...]
    categories: tuple[Choice, ...]
    text: str
    board_href: str
    links: tuple[Link, ...] = ()

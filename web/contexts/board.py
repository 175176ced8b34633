"""The board: one programme as units × obligations, or turned, as tasks with the units that owe them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.frame import Choice, Frame, Light, Link, State, StateCounts, WaitingOn


@dataclass(frozen=True)
class BoardColumn:
    """One occurrence of an obligation. `occurrence` is empty when it falls due only once; `href` shows it alone."""

    obligation: str
    occurrence: str
    stage: str
    due_date: date
    counts: StateCounts
    href: str = ""


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
class TaskCell:
    """One submission of a task: whose, which occurrence (empty where there is one only), how it stands."""

    unit: str
    occurrence: str
    cell: BoardCell


@dataclass(frozen=True)
class TaskRow:
    """One task of a turned board; `due_date` is the next date, the last one where all have passed.

    `dates` is how many dates there are. `cells` is empty where there are too many to tell: `href` shows each unit.
    """

    number: str
    title: str
    clause: str
    due_date: date
    dates: int
    counts: StateCounts
    cells: tuple[TaskCell, ...]
    href: str


@dataclass(frozen=True)
class BoardGroup:
    """Some lines under one heading; `size` of them, of which a folded group has loaded none.

    `anchor` is its id on the page, `href` the page with it unfolded. One of `rows` and `tasks` is filled.
    """

    anchor: str
    title: str
    size: int
    counts: StateCounts
    opened: bool
    href: str
    columns: tuple[BoardColumn, ...] = ()
    rows: tuple[BoardRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()


@dataclass(frozen=True)
class BoardPage:
    """One programme as filtered; `counts` covers the whole programme.

    `layout` is which way round it is, `turned` leads to the other one. `narrowed` names the one obligation that is
    shown, empty where all are; `kept` are the parts of the address that the filter's form hands on.
    """

    frame: Frame
    rooms: tuple[Link, ...]
    title: str
    cycle: int
    as_of: datetime
    counts: StateCounts
    groups: tuple[BoardGroup, ...]
    states: tuple[Choice, ...]
    lights: tuple[Choice, ...]
    waiting_on: tuple[Choice, ...]
    categories: tuple[Choice, ...]
    text: str
    board_href: str
    layout: Literal["units", "tasks"]
    turned: Link
    exports: tuple[Link, ...] = ()
    links: tuple[Link, ...] = ()
    narrowed: str = ""
    kept: tuple[tuple[str, str], ...] = ()

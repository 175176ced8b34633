"""Launching a programme in steps: the definition, the year and the people, then what it would come to."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.approvals import MoveLine
from web.contexts.frame import Choice, Frame, Link
from web.contexts.roster import RosterOutlook, RowFault, TextFault


@dataclass(frozen=True)
class Shelf:
    """One definition that is here already; one with `faults` cannot be chosen."""

    name: str
    title: str
    document: str
    cycle: int | None
    obligations: int
    chosen: bool = False
    faults: int = 0
    samples: tuple[Link, ...] = ()


@dataclass(frozen=True)
class LaunchPage:
    """Step 1: which definition. `kept` is the name of a file handed in before; `faults` are those of the last one."""

    frame: Frame
    action: str
    shelf: tuple[Shelf, ...]
    kept: str = ""
    file: str = ""
    faults: tuple[TextFault, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Upload:
    """A file that may be handed in: what it is for, the one kept, what is wrong with the last, samples to fill in."""

    name: str
    label: str
    help: str
    kept: str = ""
    faults: tuple[RowFault, ...] = ()
    samples: tuple[Link, ...] = ()


@dataclass(frozen=True)
class LaunchPeoplePage:
    """Step 2: the year, and whose programme it is: the people there are, or a roster; a ledger where it takes one."""

    frame: Frame
    title: str
    document: str
    action: str
    back_href: str
    cycle: str
    cycle_error: str
    counts: str
    modes: tuple[Choice, ...]
    roster: Upload
    ledger: Upload | None = None
    error: str = ""

    @property
    def faulty(self) -> bool:
        """Whether something was handed in that cannot be used."""
        return bool(self.cycle_error or self.error or self.roster.faults or (self.ledger and self.ledger.faults))


@dataclass(frozen=True)
class PlannedDate:
    """One occurrence: its day, what kind of day that is, how many units owe it, when it opens where that is later."""

    due_date: date
    note: str
    units: int
    opens_at: datetime | None = None


@dataclass(frozen=True)
class PlannedLine:
    """One obligation as it would be launched; `dates` are all its occurrences, `units` the names of who owes it."""

    title: str
    name: str
    dates: tuple[PlannedDate, ...]
    units: tuple[str, ...]
    count: int
    stage: str = ""


@dataclass(frozen=True)
class PlannedGroup:
    """The obligations of one stage of the plan, or of all where it has none; folded away with their counts."""

    title: str
    lines: tuple[PlannedLine, ...]

    @property
    def count(self) -> int:
        """How many submissions they are."""
        return sum(one.count for one in self.lines)

    @property
    def first(self) -> date:
        """The first day anything of them is due."""
        return min(one.due_date for line in self.lines for one in line.dates)

    @property
    def last(self) -> date:
        """The last one."""
        return max(one.due_date for line in self.lines for one in line.dates)


@dataclass(frozen=True)
class TouchedUnit:
    """A unit in the middle of something that a roster changes: what, before and after; `open` is what it owes."""

    code: str
    name: str
    open: int
    differences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Caution:
    """That a roster changes units of programmes that run: how many, the first of them, the sign-offs that move."""

    count: int
    units: tuple[TouchedUnit, ...]
    moves: tuple[MoveLine, ...] = ()
    moving: int = 0


@dataclass(frozen=True)
class LaunchPreviewPage:
    """Step 3: what would be created, what is wrong, what would go out; nothing of it done yet."""

    frame: Frame
    key: str
    title: str
    cycle: int
    action: str
    people_href: str
    start_href: str
    messages_href: str
    lines: tuple[PlannedLine, ...]
    submissions: int
    later: int
    units: int
    wrong: tuple[str, ...]
    warnings: tuple[str, ...]
    people: RosterOutlook | None
    roster: str
    ledger: str
    shown: str
    must_confirm: bool = False
    confirm_error: str = ""
    error: str = ""
    caution: Caution | None = None
    accept_error: str = ""
    ticked: bool = False

    @property
    def groups(self) -> tuple[PlannedGroup, ...]:
        """The obligations by stage, in the order of their first date."""
        titles = dict.fromkeys(one.stage for one in self.lines)
        return tuple(PlannedGroup(title, tuple(one for one in self.lines if one.stage == title)) for title in titles)

    @property
    def holidays(self) -> int:
        """How many of the days due are no usual working days."""
        return sum(bool(one.note) for line in self.lines for one in line.dates)


@dataclass(frozen=True)
class SendingLine:
    """What would go out at one instant."""

    at: datetime
    kind: str
    people: int
    titles: str


@dataclass(frozen=True)
class LaunchMessagesPage:
    """The messages of the first days, counted by a trial run; `lines` is None where none could be made."""

    frame: Frame
    title: str
    back_href: str
    days: int
    total: int
    lines: tuple[SendingLine, ...] | None


@dataclass(frozen=True)
class LaunchProgressPage:
    """A large launch on its way; `done` of `of` are laid out, `error` says why it ended without one."""

    frame: Frame
    title: str
    here: str
    back_href: str
    done: int
    of: int
    error: str = ""

"""What every page shares: who is signed in, the rehearsal clock, and the words of the lifecycle.

All datetimes are aware; pages show them in Asia/Shanghai. An empty string means "not there".
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["draft", "pending", "filed", "overdue", "exempt"]
WaitingOn = Literal["unit", "approver", "office", "none"]
Light = Literal["green", "yellow", "red", "none"]
Role = Literal["office", "unit", "inspector", "admin"]
Decision = Literal["approve", "return"]
MessageStatus = Literal["queued", "held", "sending", "sent", "failed", "cancelled"]
Section = Literal[
    "workbench", "programmes", "overdue", "timeline", "approvals", "messages", "people", "channels", "accounts",
    "audit", "outbox", "none",
]  # fmt: skip


@dataclass(frozen=True)
class Viewer:
    """Who is signed in, named with whose account it is; `unit` is empty for people of no member unit."""

    name: str
    role: Role
    unit: str = ""


@dataclass(frozen=True)
class Room:
    """One entry of the main navigation."""

    section: Section
    href: str
    label: str


@dataclass(frozen=True)
class NextDue:
    """The next thing the clock will set off, in Chinese, for the button that jumps to it."""

    at: datetime
    what: str


@dataclass(frozen=True)
class Clock:
    """The rehearsal clock; `next_due` is None when nothing is ahead. `return_to` is this page's own path.

    Only the office moves it (`may_move`); everybody sees where it stands.
    """

    now: datetime
    next_due: NextDue | None
    return_to: str
    may_move: bool = True


@dataclass(frozen=True)
class Notice:
    """One line above the page: what was just done, or what the office must know first."""

    tone: Literal["good", "plain", "warning"]
    text: str


@dataclass(frozen=True)
class Frame:
    """The frame round a page. `viewer` is None before signing in, `clock` is None outside a rehearsal.

    `rooms` are the pages that this viewer may enter.
    `alarm` is why nothing is sent, for the people who can release it; empty when all goes out. `stalled` tells them
    that deadlines pass unnoticed.
    """

    section: Section
    viewer: Viewer | None
    clock: Clock | None
    form_token: str
    notices: tuple[Notice, ...] = ()
    alarm: str = ""
    stalled: bool = False
    rooms: tuple[Room, ...] = ()


@dataclass(frozen=True)
class Choice:
    """One option of a select, a radio group or a set of tick boxes."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Link:
    """A place to go."""

    href: str
    label: str


@dataclass(frozen=True)
class Chip:
    """A filter that is one click away, with the number of rows it leaves; a chosen one is taken off again."""

    href: str
    label: str
    count: int
    chosen: bool = False


@dataclass(frozen=True)
class Pager:
    """Keyset pages know only the first and the next; an empty address means there is none."""

    total: int
    shown: int
    first_href: str = ""
    next_href: str = ""


@dataclass(frozen=True)
class StateCounts:
    """How many submissions stand where; `filed_late` is a part of `filed`."""

    draft: int = 0
    pending: int = 0
    filed: int = 0
    overdue: int = 0
    exempt: int = 0
    filed_late: int = 0

    @property
    def total(self) -> int:
        """All five states together."""
        return self.draft + self.pending + self.filed + self.overdue + self.exempt

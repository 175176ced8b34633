"""订阅地址: who reads a calendar by a secret address, and a new address the one time it is shown."""

from dataclasses import dataclass
from datetime import datetime

from web.contexts.frame import Frame, Pager


@dataclass(frozen=True)
class FeedLine:
    """One address in force; `revoke` is where its form goes, empty for readers who may not."""

    name: str
    of_person: bool
    made_at: datetime
    made_by: str
    revoke: str = ""


@dataclass(frozen=True)
class NewFeed:
    """An address that has just been made, for whom."""

    name: str
    address: str
    of_person: bool


@dataclass(frozen=True)
class FeedsPage:
    """The addresses in force; `own` is the name of the one unit that the reader may make them for.

    `units` and `leaders` may be picked where `may_make` is set; `unit` and `leader` are what was typed, `error` why
    nothing was made.
    """

    frame: Frame
    lines: tuple[FeedLine, ...]
    pager: Pager
    made: NewFeed | None = None
    own: str = ""
    may_make: bool = True
    units: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()
    text: str = ""
    unit: str = ""
    leader: str = ""
    error: str = ""

"""我的报送: what one unit owes and by when, in the order in which it is best done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.frame import Frame, Link

#: How near a date is: past, today, within three working days, later.
Nearness = Literal["late", "today", "soon", "later"]


@dataclass(frozen=True)
class Matter:
    """What a line is about; `programme` tells the year's plan, `occurrence` and `heading` tell it from others."""

    title: str
    href: str
    programme: str
    occurrence: str = ""
    heading: str = ""
    personally: str = ""


@dataclass(frozen=True)
class Countdown:
    """The due date, how far off it is in words, and the first date where it was put off."""

    nearness: Nearness
    words: str
    due_date: date
    due_at: datetime
    extended_from: date | None = None


@dataclass(frozen=True)
class GivenBack:
    """Who gave it back, when and why; `again` says that it had been filed."""

    by: str
    at: datetime
    comment: str
    again: bool = False


@dataclass(frozen=True)
class TodoLine:
    """Something the unit has to do; `act` is the one next step.

    `missing` must be filed first. `extension_asked` is the day asked for and not answered, `extension_href` where more
    time is asked for, empty where it cannot be.
    """

    matter: Matter
    countdown: Countdown
    act: Link
    given_back: GivenBack | None = None
    missing: tuple[Link, ...] = ()
    extension_href: str = ""
    extension_asked: date | None = None


@dataclass(frozen=True)
class DeskLine:
    """Whose move it is; `mobile` is empty where the reader may not know it."""

    who: str
    mobile: str = ""


@dataclass(frozen=True)
class SentLine:
    """Something that waits with somebody else; `chased` says who was reminded how often, and when next."""

    matter: Matter
    countdown: Countdown
    desks: tuple[DeskLine, ...]
    since: datetime | None
    chased: str = ""


@dataclass(frozen=True)
class FiledLine:
    """Something filed in a programme that runs; `late` is how late in words, empty for what was on time."""

    matter: Matter
    due_date: date
    filed_at: datetime
    late: str = ""


@dataclass(frozen=True)
class AheadLine:
    """Something that opens later."""

    matter: Matter
    opens_at: datetime
    due_date: date


@dataclass(frozen=True)
class NewsLine:
    """One message to the unit's people."""

    href: str
    subject: str
    to: str
    at: datetime


@dataclass(frozen=True)
class WorkbenchPage:
    """A unit's desk; without a `unit` the office picks one of `units`, `asked` being what was typed.

    What was `given_back` goes before what is `fresh`; `todo_total` counts both.
    `todo_more` and `sent_more` lead to the next page of either list. `own` tells the unit's people from the office.
    `feeds` counts the calendar addresses in force.
    """

    frame: Frame
    as_of: datetime
    unit: str
    own: bool
    contact: str
    given_back: tuple[TodoLine, ...] = ()
    fresh: tuple[TodoLine, ...] = ()
    todo_total: int = 0
    todo_more: str = ""
    sent: tuple[SentLine, ...] = ()
    sent_total: int = 0
    sent_more: str = ""
    overdue: int = 0
    ahead: tuple[AheadLine, ...] = ()
    filed: tuple[FiledLine, ...] = ()
    on_time: int = 0
    filed_late: int = 0
    news: tuple[NewsLine, ...] = ()
    news_href: str = ""
    feeds: int = 0
    units: tuple[str, ...] = ()
    asked: str = ""
    code: str = ""
    provisional: str = ""

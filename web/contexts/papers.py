"""督办单: the papers of a programme, and the form that makes new ones."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.frame import Choice, Frame, Link, Pager

PaperColour = Literal["blue", "yellow", "red"]


@dataclass(frozen=True)
class PaperLine:
    """One paper; `withdraw_to` is where its withdrawal is sent, empty where it cannot be withdrawn."""

    number: str
    colour: PaperColour
    colour_name: str
    unit: str
    count: int
    reply_by: date
    issued_at: datetime
    issued_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    href: str
    withdraw_to: str


@dataclass(frozen=True)
class OwingUnit:
    """A unit that may be chosen: how much is overdue of it since when, and the paper its light asks for."""

    code: str
    name: str
    category: str
    count: int
    since: date
    colour: PaperColour
    colour_name: str
    href: str
    chosen: bool = False


@dataclass(frozen=True)
class PaperItem:
    """One thing a paper may name; `late` is empty while it is not overdue."""

    id: int
    href: str
    title: str
    due: date
    first_due: date | None
    late: str
    desk: str
    chosen: bool


@dataclass(frozen=True)
class PaperForm:
    """What is asked for a paper: its colour, the day of the answer, the office's words."""

    action: str
    colours: tuple[Choice, ...]
    reply_by: str
    words: str
    error: str = ""


@dataclass(frozen=True)
class PapersPage:
    """The papers of a programme; `form` is None for who only reads. `made` leads to those just made."""

    frame: Frame
    title: str
    cycle: int
    rooms: tuple[Link, ...]
    here: str
    made: tuple[Link, ...]
    categories: tuple[Choice, ...]
    obligations: tuple[Choice, ...]
    min_days: str
    units: tuple[OwingUnit, ...]
    total_units: int
    form: PaperForm | None
    obligation: str
    lines: tuple[PaperLine, ...]
    pager: Pager


@dataclass(frozen=True)
class NewPaperPage:
    """One paper to one unit before it is made."""

    frame: Frame
    title: str
    cycle: int
    rooms: tuple[Link, ...]
    here: str
    unit: str
    unit_code: str
    items: tuple[PaperItem, ...]
    form: PaperForm

"""审签单: the page that is printed, and the page that checks a file against the record."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.frame import Decision, Frame


@dataclass(frozen=True)
class SheetStep:
    """One request of one round, both counted from 1; `decision` is None while it waits.

    `by` is the delegate who decided, `drawn_href` the signature as a picture; both empty when there is none.
    `number` is that of the decision in the record.
    """

    round: int
    step: int
    post: str
    holder: str
    by: str
    name: str
    decision: Decision | None
    decided_at: datetime | None
    comment: str
    channel: str
    confirmed: str
    content_version: int
    content_hash: str
    disputed_at: datetime | None
    dispute: str
    drawn_href: str
    number: str = ""


@dataclass(frozen=True)
class SheetEvent:
    """One line of what happened."""

    at: datetime
    what: str
    who: str
    comment: str


@dataclass(frozen=True)
class SheetFile:
    """A file of the signed content; `size` in bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class SheetPage:
    """The sheet of a submission, laid out for A4. `number` is empty while none was handed out for this record.

    `contradictions` are what of the record contradicts its history: then it is no proof of anything.
    """

    form_token: str
    action: str
    back_href: str
    number: str
    made_at: datetime | None
    made_by: str
    programme: str
    cycle: int
    unit: str
    about: str
    obligation: str
    occurrence: str
    due_date: date
    first_due: date | None
    submitted_at: datetime | None
    filed: str
    steps: tuple[SheetStep, ...]
    events: tuple[SheetEvent, ...]
    files: tuple[SheetFile, ...]
    head: str
    entries: int
    verify_at: str
    nature: str
    contradictions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verified:
    """What was signed, shown to whoever has the file; `attachment` is its name, empty where it is the sheet itself."""

    number: str
    made_at: datetime
    attachment: str
    programme: str
    unit: str
    obligation: str
    occurrence: str
    steps: tuple[SheetStep, ...]
    moved_on: bool
    stands: bool


@dataclass(frozen=True)
class VerifyPage:
    """Checking a file; `found` is set where it matches, and no more is said where it does not."""

    frame: Frame
    outcome: Literal["asked", "match", "differs", "wait"] = "asked"
    number: str = ""
    error: str = ""
    found: Verified | None = None

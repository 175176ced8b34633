"""One submission at a glance: how it stands, who holds it up, what happened last."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Frame, Light, Link, State, WaitingOn
from web.contexts.submission import HistoryLine


@dataclass(frozen=True)
class Holder:
    """Somebody whose move it is; `phone` is empty where nobody wrote one down."""

    post: str
    name: str
    phone: str
    since: datetime | None


@dataclass(frozen=True)
class GlancePage:
    """What a cell of the board opens: the same facts as the submission's page, in short.

    `urge` is where the button to urge goes, empty where nobody can be urged; `versions_href` is empty before there
    are two to compare.
    """

    frame: Frame
    programme: Link
    unit: str
    obligation: str
    occurrence: str
    heading: str
    state: State
    standing: str
    light: Light
    waiting_on: WaitingOn
    due_date: date
    due_at: datetime
    filed_at: datetime | None
    days_late: int
    working_days_late: int
    extended_from: date | None
    holders: tuple[Holder, ...]
    last_alert_at: datetime | None
    rung: str
    latest: tuple[HistoryLine, ...]
    href: str
    urge: str = ""
    versions_href: str = ""

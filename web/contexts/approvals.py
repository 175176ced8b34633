"""The sign-off desk: what waits with whom, who stands in for whom, who is away, who supervises which units."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.frame import Choice, Frame
from web.contexts.submission import Fault

Standing = Literal["upcoming", "active", "over", "withdrawn"]


@dataclass(frozen=True)
class Holder:
    """A post and who holds it."""

    post: str
    name: str


@dataclass(frozen=True)
class Input:
    """One thing that a form asks; `value` as it was typed stays after an error.

    A `person` is picked from the page's list of people by post and name, a `text` may be left out.
    """

    name: str
    label: str
    kind: Literal["person", "day", "text"]
    value: str = ""
    error: str = ""
    required: bool = True


@dataclass(frozen=True)
class Ask:
    """One form; `name` tells it from the others of its page, `label` does so to people who cannot see it.

    `kept` are its hidden fields, `error` is what no one input is to blame for.
    """

    name: str
    action: str
    button: str
    inputs: tuple[Input, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    error: str = ""
    label: str = ""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is to be put right in it, and where."""
        wrong = (one for one in self.inputs if one.error)
        return tuple(Fault(f"{self.name}-{one.name}", one.label, one.error) for one in wrong)


@dataclass(frozen=True)
class WaitingLine:
    """One request that waits: of which submission, since when; `chosen` is ticked for a new approver.

    `why` says why nobody can take it over.
    """

    id: int
    href: str
    unit: str
    title: str
    asked_at: datetime
    due_date: date
    days_late: int = 0
    chosen: bool = False
    why: str = ""


@dataclass(frozen=True)
class Queue:
    """What waits with one person; `oldest` is since when, `days` how long that is.

    `lines` are empty where they are a click away at `href`.
    """

    anchor: str
    holder: Holder
    waiting: int
    overdue: int
    oldest: datetime
    days: int
    reassign: Ask
    mobile: str = ""
    delegates: tuple[str, ...] = ()
    away_until: date | None = None
    lines: tuple[WaitingLine, ...] = ()
    href: str = ""
    opened: bool = False


@dataclass(frozen=True)
class DelegationLine:
    """授权代签; `withdraw` is None where there is nothing left to withdraw, `withdrawal` why it was."""

    principal: Holder
    delegate: Holder
    since: date
    until: date
    comment: str
    standing: Standing
    by: str
    at: datetime
    withdraw: Ask | None = None
    withdrawal: str = ""


@dataclass(frozen=True)
class AbsenceLine:
    """外出; `withdraw` is None where it is over or taken back."""

    holder: Holder
    since: date
    until: date
    comment: str
    standing: Standing
    by: str
    at: datetime
    withdraw: Ask | None = None


@dataclass(frozen=True)
class Span:
    """Days from one to another, both included."""

    since: date
    until: date


@dataclass(frozen=True)
class UncoveredLine:
    """Somebody is away and nobody stands in on some days; `grant_href` fills in the form that helps.

    `waiting` is how many requests wait for them now, `deadlines` how many of their submissions fall due meanwhile.
    """

    holder: Holder
    since: date
    until: date
    spans: tuple[Span, ...]
    waiting: int
    deadlines: int
    grant_href: str


@dataclass(frozen=True)
class Stranded:
    """Requests whose post nobody holds any more."""

    lines: tuple[WaitingLine, ...]
    reassign: Ask


@dataclass(frozen=True)
class ApprovalsPage:
    """The sign-off desk; `most` is the longest of the queues.

    `people` may be picked in every form, `refused` is the form that was sent and not accepted.
    """

    frame: Frame
    as_of: datetime
    total: int
    most: int
    queues: tuple[Queue, ...]
    uncovered: tuple[UncoveredLine, ...]
    stranded: Stranded | None
    delegations: tuple[DelegationLine, ...]
    grant: Ask
    absences: tuple[AbsenceLine, ...]
    note: Ask
    people: tuple[str, ...]
    refused: Ask | None = None


@dataclass(frozen=True)
class LeaderUnits:
    """The units that a leader supervises on the chosen day; without a leader in the last group."""

    leader: str
    holders: str
    units: tuple[Choice, ...]


@dataclass(frozen=True)
class MoveLine:
    """One request that would go to another desk; `to` is empty where nobody holds the post."""

    href: str
    unit: str
    title: str
    due_date: date
    source: Holder
    to: tuple[Holder, ...]
    why: str


@dataclass(frozen=True)
class SupervisionPreview:
    """What a change would move, nothing of it done yet; `later` says that its day is still to come."""

    units: tuple[str, ...]
    leader: str
    holders: str
    since: date
    moves: tuple[MoveLine, ...]
    confirm: Ask
    later: bool = False


@dataclass(frozen=True)
class SupervisionPage:
    """领导分工调整: pick units, the new leader and the day; then the preview, which is confirmed or left."""

    frame: Frame
    groups: tuple[LeaderUnits, ...]
    leaders: tuple[Choice, ...]
    pick: Ask
    units_error: str = ""
    leader_error: str = ""
    preview: SupervisionPreview | None = None

"""Units and people: lists to look somebody up, one unit, one person, and changes shown before they are made."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.approvals import Ask, MoveLine
from web.contexts.frame import Choice, Frame, Link, Pager, StateCounts


@dataclass(frozen=True)
class Way:
    """A way to reach somebody; `reachable` is false where an address or the channel is missing, `note` says which."""

    label: str
    address: str
    reachable: bool
    note: str = ""


@dataclass(frozen=True)
class UnitLine:
    """One unit: who heads it, who is its liaison, who supervises it, how its submissions stand."""

    href: str
    name: str
    code: str
    category: str
    head: str
    liaison: str
    leaders: str
    total: int
    overdue: int


@dataclass(frozen=True)
class UnitsPage:
    """One page of the units; `text` is the search as it was typed."""

    frame: Frame
    rooms: tuple[Link, ...]
    text: str
    categories: tuple[Choice, ...]
    lines: tuple[UnitLine, ...]
    pager: Pager
    may_change: bool


@dataclass(frozen=True)
class HeldLine:
    """A post that somebody holds, held or will hold; the addresses are empty where nothing can be changed."""

    post: str
    name: str
    href: str
    since: date | None
    until: date | None
    standing: Literal["active", "upcoming", "over"]
    ways: tuple[Way, ...] = ()
    replace_href: str = ""
    end_href: str = ""


@dataclass(frozen=True)
class LedLine:
    """A leader's post that has, had or will have the unit under it, and why since then."""

    post: str
    names: str
    since: date | None
    until: date | None
    standing: Literal["active", "upcoming", "over"]
    comment: str = ""


@dataclass(frozen=True)
class AccountLine:
    """An account of a unit's own people."""

    name: str
    disabled: bool


@dataclass(frozen=True)
class ChangeLine:
    """One change of the roster: when, by whom, what, why."""

    at: datetime
    by: str
    text: str
    kind: str
    comment: str = ""


@dataclass(frozen=True)
class UnitPage:
    """One unit with its people, its leaders, its submissions in numbers, its accounts and what was changed."""

    frame: Frame
    rooms: tuple[Link, ...]
    name: str
    code: str
    category: str
    groups: str
    parent: Link | None
    held: tuple[HeldLine, ...]
    led: tuple[LedLine, ...]
    counts: StateCounts
    accounts: tuple[AccountLine, ...]
    changes: tuple[ChangeLine, ...]
    appoint: tuple[Link, ...]
    supervision_href: str = ""


@dataclass(frozen=True)
class PersonLine:
    """One person: what they hold today, how they are reached, what waits with them."""

    href: str
    name: str
    key: str
    titles: tuple[str, ...]
    ways: tuple[Way, ...]
    mobile: str
    waiting: int


@dataclass(frozen=True)
class PeoplePage:
    """One page of the people; `text` is the search as it was typed."""

    frame: Frame
    rooms: tuple[Link, ...]
    text: str
    lines: tuple[PersonLine, ...]
    pager: Pager
    may_change: bool


@dataclass(frozen=True)
class PersonPage:
    """One person; `edit` is the form for name and contact, None for whoever may only look."""

    frame: Frame
    rooms: tuple[Link, ...]
    name: str
    key: str
    ways: tuple[Way, ...]
    mobile: str
    held: tuple[HeldLine, ...]
    waiting: int
    waiting_href: str
    changes: tuple[ChangeLine, ...]
    edit: Ask | None = None
    appoint_href: str = ""


@dataclass(frozen=True)
class NewPersonPage:
    """The form for somebody who is not in the roster yet."""

    frame: Frame
    rooms: tuple[Link, ...]
    ask: Ask


@dataclass(frozen=True)
class StaffPreview:
    """What a change of a post does, nothing of it done yet; `later` says that its day is still to come."""

    changes: tuple[tuple[str, str], ...]
    moves: tuple[MoveLine, ...]
    warnings: tuple[str, ...]
    since: date
    later: bool
    confirm: Ask


@dataclass(frozen=True)
class StaffPage:
    """Somebody takes a post up, or leaves one: what is asked, then the preview, which is confirmed or left."""

    frame: Frame
    rooms: tuple[Link, ...]
    title: str
    lead: str
    back: Link
    ask: Ask
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()
    preview: StaffPreview | None = None


@dataclass(frozen=True)
class ChangesPage:
    """What was changed in the roster, the newest first."""

    frame: Frame
    rooms: tuple[Link, ...]
    text: str
    lines: tuple[ChangeLine, ...]
    pager: Pager

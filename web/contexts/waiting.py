"""What waits for one leader: the list, what they approve together, and the receipt of that."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Decision


@dataclass(frozen=True)
class WaitingItem:
    """One item that waits for this post; `href` is empty where its own link has run out.

    `number` and `content_hash` are what it is approved by. `marked` tells that it was opened and put aside to be
    approved with others, `changed` that it was and has changed since, `singly` that it cannot be.
    """

    href: str
    programme: str
    unit: str
    obligation: str
    due_date: date
    due_at: datetime
    days_late: int
    submitted_at: datetime
    number: int
    content_hash: str
    on_behalf_of: str = ""
    marked: bool = False
    changed: bool = False
    singly: bool = False


@dataclass(frozen=True)
class DecidedItem:
    """One item this post has decided; `standing` tells what became of it, in Chinese."""

    unit: str
    obligation: str
    decision: Decision
    decided_at: datetime
    number: str
    standing: str = ""
    on_behalf_of: str = ""


@dataclass(frozen=True)
class SignAllPage:
    """Everything that waits for one post, most urgent first, and what it has decided.

    `action` is where those that are marked are approved together; `comment` and `name` keep what was entered,
    `error` says why nothing was approved.
    """

    action: str
    form_token: str
    rehearsal_now: datetime | None
    post: str
    holder: str
    as_of: datetime
    waiting: tuple[WaitingItem, ...]
    decided: tuple[DecidedItem, ...]
    contact: str
    comment: str = ""
    name: str = ""
    error: str = ""
    comment_error: str = ""
    name_error: str = ""

    @property
    def marked(self) -> tuple[WaitingItem, ...]:
        """What may be approved together now."""
        return tuple(item for item in self.waiting if item.marked)


@dataclass(frozen=True)
class LeftItem:
    """One item that was not approved with the others, and why."""

    unit: str
    obligation: str
    why: str


@dataclass(frozen=True)
class TogetherPage:
    """The receipt of several items approved under one name, and what was left."""

    rehearsal_now: datetime | None
    post: str
    holder: str
    approved: tuple[DecidedItem, ...]
    left: tuple[LeftItem, ...]
    name: str
    comment: str
    contact: str
    others_href: str
    others_waiting: int

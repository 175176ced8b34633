"""The leader's pages behind a sign-off link: no account, an old phone, a minute of patience.

`rehearsal_now` is the virtual time in a rehearsal and None on a live service.
`contact` is how to reach the office of the leading group, one line of Chinese.
"""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Decision
from web.contexts.submission import Attachment, FormField, ScoreLine, SignOffLine, TargetLine


@dataclass(frozen=True)
class EarlierReturn:
    """A return of an earlier round, with its reason."""

    at: datetime
    post: str
    holder: str
    comment: str


@dataclass(frozen=True)
class SignPage:
    """What one approver is asked to decide.

    `decision`, `comment` and `name` keep what was entered after an error. `changed_at` is set when the
    content changed after the page was shown (409): then the new content stands here with a notice, and
    nothing is chosen. `others_href` leads to the leader's other items, empty when there are none.
    """

    action: str
    form_token: str
    rehearsal_now: datetime | None
    programme: str
    unit: str
    obligation: str
    asked: str
    post: str
    holder: str
    on_behalf_of: str
    submitted_at: datetime
    submitted_by: str
    due_date: date
    due_at: datetime
    days_late: int
    fields: tuple[FormField, ...]
    attachments: tuple[Attachment, ...]
    criteria: tuple[str, ...]
    signed_before: tuple[SignOffLine, ...]
    returns: tuple[EarlierReturn, ...]
    phrases: tuple[str, ...]
    content_hash: str
    contact: str
    decision: Decision | None = None
    comment: str = ""
    name: str = ""
    decision_error: str = ""
    comment_error: str = ""
    name_error: str = ""
    changed_at: datetime | None = None
    others_href: str = ""
    others_waiting: int = 0
    targets: tuple[TargetLine, ...] = ()
    score: ScoreLine | None = None


@dataclass(frozen=True)
class SignedDecision:
    """A decision as recorded; `number` is its place in the record."""

    number: str
    decision: Decision
    decided_at: datetime
    post: str
    holder: str
    on_behalf_of: str
    name: str
    comment: str
    content_hash: str


@dataclass(frozen=True)
class ReceiptPage:
    """The receipt after a decision, and again whenever the same decision is sent again.

    `days_late` is None when the submission is not filed by this decision, 0 when it is filed in time.
    """

    rehearsal_now: datetime | None
    programme: str
    unit: str
    obligation: str
    record: SignedDecision
    days_late: int | None
    contact: str
    others_href: str = ""
    others_waiting: int = 0


@dataclass(frozen=True)
class DecidedOtherwisePage:
    """The opposite decision was recorded before (409); it stands."""

    rehearsal_now: datetime | None
    programme: str
    unit: str
    obligation: str
    record: SignedDecision
    attempted: Decision
    contact: str
    others_href: str = ""
    others_waiting: int = 0


@dataclass(frozen=True)
class DeadLinkPage:
    """One identical page for a link that is unknown, expired or revoked (404)."""

    contact: str


@dataclass(frozen=True)
class WaitingItem:
    """One item that waits for this post."""

    href: str
    programme: str
    unit: str
    obligation: str
    due_date: date
    due_at: datetime
    days_late: int
    submitted_at: datetime
    on_behalf_of: str = ""


@dataclass(frozen=True)
class DecidedItem:
    """One item this post has decided; `standing` tells what became of it, in Chinese."""

    unit: str
    obligation: str
    decision: Decision
    decided_at: datetime
    number: str
    standing: str = ""


@dataclass(frozen=True)
class SignAllPage:
    """Everything that waits for one post, most urgent first, and what it has decided."""

    rehearsal_now: datetime | None
    post: str
    holder: str
    as_of: datetime
    waiting: tuple[WaitingItem, ...]
    decided: tuple[DecidedItem, ...]
    contact: str

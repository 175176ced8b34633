"""The leader's pages behind a sign-off link: no account, an old phone, a minute of patience.

`rehearsal_now` is the virtual time in a rehearsal and None on a live service.
`contact` is how to reach the office of the leading group, one line of Chinese.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.frame import Decision
from web.contexts.submission import FormField, ScoreLine, SignOffLine, TargetLine
from workflow.comparisons import Change


@dataclass(frozen=True)
class EarlierReturn:
    """A return of an earlier round, with its reason."""

    at: datetime
    post: str
    holder: str
    comment: str


@dataclass(frozen=True)
class SignFile:
    """A file of the content; `view_href` opens it on a page, empty where it can only be downloaded.

    `size` in bytes. `strange`: of no kind that a form takes, so nobody should open it unasked.
    """

    name: str
    href: str
    view_href: str
    size: int
    sha256: str
    strange: bool = False


@dataclass(frozen=True)
class Since:
    """What changed since the content was last sent back, by whom and why; without `changes` it is the same.

    `what` is the move that sent it back, in Chinese.
    """

    at: datetime
    who: str
    what: str
    comment: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Next:
    """The item that comes after this one on the leader's list; all of them may be read (`unread` is False)."""

    href: str
    unit: str
    obligation: str
    unread: bool = True


@dataclass(frozen=True)
class SignPage:
    """What one approver is asked to decide.

    `decision`, `comment`, `name` and `drawn` (a data URL) keep what was entered after an error. `changed_at` is set
    when the content changed after the page was shown (409): then the new content stands here with a notice, and
    nothing is chosen; `old_link` when only the link of the former content was opened. `others_href` leads to the
    leader's other items, empty when there are none.
    `reading` tells whether the item may be put aside to be approved with others, and whether it has been.
    `confirmed_by` is the second step that a decision will ask for, in Chinese, empty for none.
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
    attachments: tuple[SignFile, ...]
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
    drawn: str = ""
    drawn_error: str = ""
    changed_at: datetime | None = None
    old_link: bool = False
    others_href: str = ""
    others_waiting: int = 0
    since: Since | None = None
    reading: Literal["alone", "offered", "marked"] = "offered"
    confirmed_by: str = ""
    next_item: Next | None = None
    targets: tuple[TargetLine, ...] = ()
    score: ScoreLine | None = None


@dataclass(frozen=True)
class SignedDecision:
    """A decision as recorded; `number` is its place in the record.

    `post` and `holder` decided, `on_behalf_of` whoever was asked when that was another. `confirmed` is the second step
    that was passed, in Chinese, `drawn_href` the drawn signature, `disputed_at` when it was said not to be one's own.
    """

    number: str
    decision: Decision
    decided_at: datetime
    post: str
    holder: str
    on_behalf_of: str
    name: str
    comment: str
    content_hash: str
    confirmed: str = ""
    drawn_href: str = ""
    disputed_at: datetime | None = None


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
    next_item: Next | None = None


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

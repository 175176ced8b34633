"""One submission: what is owed, what was written, who signs, what happened, what may be done now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.frame import Choice, Decision, Frame, Light, Link, MessageStatus, State, WaitingOn

FieldKind = Literal[
    "text", "paragraph", "integer", "decimal", "date", "choice", "choices", "yes-no", "file", "unit", "table"
]  # fmt: skip
ActName = Literal["withdraw", "approve", "return", "extend", "exempt", "reopen", "urge"]


@dataclass(frozen=True)
class FormField:
    """One field of the form, to read or to fill in.

    To read, `value` is the stored value in words. To fill in, it is the text as it was typed, which stays
    after an error; `choice`, `choices` and `yes-no` have `options` instead, `file` fields have `files`.
    """

    name: str
    label: str
    kind: FieldKind
    required: bool = False
    help: str = ""
    value: str = ""
    options: tuple[Choice, ...] = ()
    files: tuple["Attachment", ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Attachment:
    """A stored file; `size` in bytes, `number` is what it is removed by."""

    name: str
    href: str
    size: int
    sha256: str
    uploaded_at: datetime
    uploaded_by: str
    number: int = 0


@dataclass(frozen=True)
class Editing:
    """The caller may edit: where the form goes, and whether it may be submitted with the same click.

    `signed` says that a submission goes to approvers before it is filed. `newer_href` leads to the newer
    version when somebody saved one meanwhile.
    """

    action: str
    if_version: int
    may_submit: bool
    signed: bool
    newer_href: str = ""


@dataclass(frozen=True)
class Prerequisite:
    """Another submission that has to be filed first."""

    obligation: str
    href: str
    state: State
    filed_at: datetime | None = None


@dataclass(frozen=True)
class SignOffLine:
    """One approver of one step, named as at the time of asking; `decision` is None while it is open."""

    step: int
    post: str
    holder: str
    decision: Decision | None = None
    decided_at: datetime | None = None
    comment: str = ""
    on_behalf_of: str = ""
    asked: bool = True


@dataclass(frozen=True)
class HistoryLine:
    """One entry of the history, oldest first. `noticed_at` is set when the sweep found it out later."""

    at: datetime
    what: str
    who: str = ""
    comment: str = ""
    noticed_at: datetime | None = None
    tone: Literal["plain", "good", "bad"] = "plain"


@dataclass(frozen=True)
class SentMessage:
    """A message about this submission, with where its proof of delivery is."""

    at: datetime
    kind: str
    post: str
    name: str
    channel: str
    status: MessageStatus
    href: str


@dataclass(frozen=True)
class Act:
    """Something the caller may do now, as one small form; `comment` and `error` survive a refusal.

    `until` (a local date, for an extension) and `approvers` (for a decision the office enters from paper)
    are None or empty when the act does not ask for them.
    """

    name: ActName
    action: str
    comment_rule: Literal["none", "optional", "required"]
    comment: str = ""
    until: date | None = None
    approvers: tuple[Choice, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class SubmissionPage:
    """One submission with everything around it. Days late count from `due_at`, the first late instant.

    `asked` is the duty in one sentence, `returned` why it is back with the unit. `edit_href` opens the form
    for a caller who usually only reads.
    """

    frame: Frame
    programme: Link
    unit: str
    category: str
    obligation: str
    occurrence: str
    stage: str
    state: State
    light: Light
    waiting_on: WaitingOn
    desk: str
    due_date: date
    due_at: datetime
    filed_at: datetime | None
    days_late: int
    working_days_late: int
    extended_from: date | None
    content_version: int
    content_hash: str
    fields: tuple[FormField, ...]
    criteria: tuple[str, ...]
    prerequisites: tuple[Prerequisite, ...]
    sign_off: tuple[SignOffLine, ...]
    history: tuple[HistoryLine, ...]
    messages: tuple[SentMessage, ...]
    asked: str = ""
    returned: HistoryLine | None = None
    acts: tuple[Act, ...] = ()
    editing: Editing | None = None
    edit_href: str = ""
    form_error: str = ""

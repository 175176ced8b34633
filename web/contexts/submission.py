"""One submission: what is owed, what was written, who signs, what happened, what may be done now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.frame import Choice, Frame, Light, Link, MessageStatus, State, WaitingOn
from web.contexts.offers import Act as Act
from web.contexts.offers import ActName as ActName
from web.contexts.signers import SignOffLine as SignOffLine

FieldKind = Literal[
    "text", "paragraph", "integer", "decimal", "date", "choice", "choices", "yes-no", "file", "unit", "table"
]  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One cell of a table, to read or to fill in as a field is; `name` is what it is sent as."""

    name: str
    label: str
    kind: FieldKind
    value: str = ""
    options: tuple[Choice, ...] = ()
    required: bool = False
    error: str = ""


@dataclass(frozen=True)
class TableRow:
    """One row, counted from 1; `error` is about the whole of it."""

    number: int
    cells: tuple[Cell, ...]
    error: str = ""

    def faults(self, label: str) -> Iterator["Fault"]:
        """What is wrong with the row and its cells, told with the name of the table."""
        if self.error:
            yield Fault(self.cells[0].name, label, f"第{self.number}行{self.error}")
        for cell in self.cells:
            if cell.error:
                yield Fault(cell.name, label, f"第{self.number}行“{cell.label}”{cell.error}")


@dataclass(frozen=True)
class Table:
    """The rows of a table field; to fill in, some empty ones follow those that are stored, `most` in all.

    `heads` are the columns as the cells of an empty row.
    """

    heads: tuple[Cell, ...]
    rows: tuple[TableRow, ...]
    most: int = 0


@dataclass(frozen=True)
class Fault:
    """Something to be put right, and the id of the place where."""

    anchor: str
    label: str
    text: str


@dataclass(frozen=True)
class FormField:
    """One field of the form, to read or to fill in.

    To read, `value` is the stored value in words. To fill in, it is the text as it was typed, which stays
    after an error; `choice`, `choices` and `yes-no` have `options` instead, `file` fields have `files` and the
    endings they `accept`, tables have `table`. `unit` stands behind a figure, `note` beside it.
    """

    name: str
    label: str
    kind: FieldKind
    required: bool = False
    help: str = ""
    value: str = ""
    options: tuple[Choice, ...] = ()
    files: tuple["Attachment", ...] = ()
    table: Table | None = None
    accept: str = ""
    unit: str = ""
    note: str = ""
    error: str = ""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the field, its rows and its cells."""
        mine = (Fault(f"field-{self.name}", self.label, self.error),) if self.error else ()
        return mine + tuple(
            fault for row in (self.table.rows if self.table else ()) for fault in row.faults(self.label)
        )


@dataclass(frozen=True)
class TargetLine:
    """One target: what was wanted, what was reached, and how it stands in Chinese.

    `so_far` is the sum over the cycle, empty for a target of each occurrence; `tone` colours the standing.
    """

    label: str
    wanted: str
    value: str
    so_far: str
    standing: str
    tone: Literal["good", "bad", "plain"]
    clause: str = ""


@dataclass(frozen=True)
class RatingLine:
    """One rated criterion, its weight in percent; `points` is empty while it is missing."""

    title: str
    weight: int
    points: str


@dataclass(frozen=True)
class ScoreLine:
    """The ratings of a submission and what they come to; `total` is empty while one is missing."""

    ratings: tuple[RatingLine, ...]
    total: str
    group: str = ""


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
class Relation:
    """Another submission of the same chain, and the event in Chinese that joins the two; `about` is a unit."""

    href: str
    title: str
    unit: str
    because: str
    state: State
    light: Light
    due_date: date
    about: str = ""


@dataclass(frozen=True)
class Prerequisite:
    """Another submission that has to be filed first."""

    obligation: str
    href: str
    state: State
    filed_at: datetime | None = None


@dataclass(frozen=True)
class HistoryLine:
    """One entry of the history, oldest first. `noticed_at` is set when the sweep found it out later.

    `told` are the messages that it set off: to whom, and where their proof of delivery is; `file` is the scan of a
    paper that was entered later.
    """

    at: datetime
    what: str
    who: str = ""
    comment: str = ""
    noticed_at: datetime | None = None
    tone: Literal["plain", "good", "bad"] = "plain"
    told: tuple[Link, ...] = ()
    file: Link | None = None


@dataclass(frozen=True)
class Paper:
    """What was handed in on paper: who signed it, and who entered it here when and why; `file` is its scan."""

    received: date
    late: bool
    signed_by: str
    entered_by: str
    entered_at: datetime
    reason: str
    file: Link | None = None


@dataclass(frozen=True)
class SentMessage:
    """A message about this submission, with where its proof of delivery is.

    `acknowledged` says whether it was signed for (签收), empty where that was not asked.
    """

    at: datetime
    kind: str
    post: str
    name: str
    channel: str
    status: MessageStatus
    href: str
    acknowledged: str = ""


@dataclass(frozen=True)
class SubmissionPage:
    """One submission with everything around it. Days late count from `due_at`, the first late instant.

    `asked` is the duty in one sentence, `returned` why it is back with the unit. `edit_href` opens the form
    for a caller who usually only reads. `units` are offered where a unit is asked for. `standing` is set where
    the lifecycle has a word of its own for the state.
    `heading` tells it from others of its obligation, `about` is the unit it is about where another owes it,
    `owner_post` the post that owes it personally; `cause` opened it, `follow_ups` are what it opened. `sheet_href` is
    the 审签单, empty while nobody has decided anything. `versions_href` compares versions of the content, empty
    before there are two; `extension` says who put the date off, when and why.
    `paper` is set while what counts was handed in on paper; `sign_off` then holds only what was decided here.
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
    standing: str = ""
    targets: tuple[TargetLine, ...] = ()
    score: ScoreLine | None = None
    units: tuple[str, ...] = ()
    heading: str = ""
    sheet_href: str = ""
    versions_href: str = ""
    extension: str = ""
    about: str = ""
    owner_post: str = ""
    cause: Relation | None = None
    follow_ups: tuple[Relation, ...] = ()
    paper: Paper | None = None

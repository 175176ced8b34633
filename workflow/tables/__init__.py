"""The tables. Instants are stored in UTC and come back aware; a naive datetime is refused at the door.

Content, attachments and history stand apart from the submission row, so that a sweep over a million
submissions touches only narrow rows. Table models do not validate: values are checked before they come here.
"""

from sqlmodel import SQLModel

from workflow.tables.access import AccessRecord, AccountIdentity, Login, LoginFailure
from workflow.tables.asking import Link, Message, MessageItem, SignOff
from workflow.tables.carrying import Carried
from workflow.tables.columns import UtcDateTime
from workflow.tables.desk import (
    Batch,
    BatchItem,
    BulletinWords,
    Draft,
    DraftFile,
    ExtensionRequest,
    FeedKey,
    UrgingSheet,
)
from workflow.tables.duties import (
    Attachment,
    Content,
    Deadline,
    History,
    Involved,
    Programme,
    ProgrammeVersion,
    RungRow,
    Submission,
)
from workflow.tables.identity import Challenge, DrawnSignature, ReadMark
from workflow.tables.record import Anchor, AnchoredHead, Sheet
from workflow.tables.registers import (
    Account,
    ApiToken,
    CalendarDay,
    Holding,
    Meta,
    Person,
    RosterChange,
    Supervision,
    Unit,
)
from workflow.tables.sending import Attempt, Lane
from workflow.tables.standing_in import Absence, Delegation

__all__ = [
    "Absence",
    "AccessRecord",
    "Account",
    "AccountIdentity",
    "Anchor",
    "AnchoredHead",
    "ApiToken",
    "Attachment",
    "Attempt",
    "Batch",
    "BatchItem",
    "BulletinWords",
    "CalendarDay",
    "Carried",
    "Challenge",
    "Content",
    "Deadline",
    "Delegation",
    "Draft",
    "DraftFile",
    "DrawnSignature",
    "ExtensionRequest",
    "FeedKey",
    "History",
    "Holding",
    "Involved",
    "Lane",
    "Link",
    "Login",
    "LoginFailure",
    "Message",
    "MessageItem",
    "Meta",
    "Person",
    "Programme",
    "ProgrammeVersion",
    "ReadMark",
    "RosterChange",
    "RungRow",
    "SQLModel",
    "Sheet",
    "SignOff",
    "Submission",
    "Supervision",
    "Unit",
    "UrgingSheet",
    "UtcDateTime",
]

"""What the office's desk keeps beside the submissions: requests for more time, acts on many at once, papers, feeds."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from workflow.tables.columns import instant, json_object, long_text

_UNANSWERED = text("answered_at IS NULL")


class ExtensionRequest(SQLModel, table=True):
    """延期申请: a unit asks for a later day; ``answer`` is granted, declined, withdrawn or closed, empty until then.

    Closed is one whose submission was filed or exempted before anybody answered. ``granted_until`` is the day the
    office gave, which may be another than was asked for.
    """

    __tablename__ = "extension_request"
    __table_args__ = (
        Index(
            "extension_unanswered", "submission_id", unique=True,
            sqlite_where=_UNANSWERED, postgresql_where=_UNANSWERED,
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    asked_at: datetime = instant()
    asked_by: str
    until: date
    reason: str = long_text()
    answer: str = ""
    granted_until: date | None = None
    answered_at: datetime | None = instant(nullable=True)
    answered_by: str = ""
    comment: str = long_text()


class Batch(SQLModel, table=True):
    """批量操作: one act of the office on many submissions; ``facts`` say what was chosen and how."""

    id: int | None = Field(default=None, primary_key=True)
    act: str
    at: datetime = instant()
    by: str
    comment: str = long_text()
    facts: dict[str, object] = json_object()
    undone_at: datetime | None = instant(nullable=True)
    undone_by: str = ""


class BatchItem(SQLModel, table=True):
    """One submission of a batch: ``seq`` is the last history entry the act wrote there, 0 while it has not been done.

    ``before`` is what undoing puts back; ``undone`` says that it has, ``why`` what stood against doing or undoing it.
    """

    __tablename__ = "batch_item"

    batch_id: int = Field(primary_key=True, foreign_key="batch.id")
    submission_id: int = Field(primary_key=True, foreign_key="submission.id")
    seq: int = 0
    before: dict[str, object] = json_object()
    undone: bool = False
    why: str = long_text()


class BulletinWords(SQLModel, table=True):
    """The office's own words of a 通报, kept so that the document can be made again; one row a programme and period."""

    __tablename__ = "bulletin_words"

    programme_id: int = Field(primary_key=True, foreign_key="programme.id")
    period: str = Field(primary_key=True)
    number: str = ""
    opening: str = long_text()
    measures: str = long_text()
    updated_at: datetime = instant()
    updated_by: str


class UrgingSheet(SQLModel, table=True):
    """督办单: a numbered paper to one unit, blue, yellow or red, with what it named when it was made.

    ``reply_by`` is the day by which the unit answers; ``withdrawn_at`` takes a wrong one back, its number stays used.
    """

    __tablename__ = "urging_sheet"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    unit: str = Field(foreign_key="unit.code", index=True)
    colour: str
    reply_by: date
    words: str = long_text()
    facts: dict[str, object] = json_object()
    issued_at: datetime = instant()
    issued_by: str
    withdrawn_at: datetime | None = instant(nullable=True)
    withdrawn_by: str = ""


class FeedKey(SQLModel, table=True):
    """订阅地址: who reads a calendar by an address without signing in – a unit or a person, never both.

    Only the hash of the address's secret part is kept; ``revoked_at`` ends it.
    """

    __tablename__ = "feed_key"

    id: int | None = Field(default=None, primary_key=True)
    unit: str | None = Field(default=None, foreign_key="unit.code", index=True)
    person: str | None = Field(default=None, foreign_key="person.key", index=True)
    key_hash: str = Field(unique=True)
    created_at: datetime = instant()
    created_by: str
    revoked_at: datetime | None = instant(nullable=True)


class Draft(SQLModel, table=True):
    """What somebody has handed in for a change but not confirmed: a launch, an amendment, a roster, a calendar.

    Nothing of it is in force; ``facts`` are what was typed, and after ``expires_at`` it is thrown away.
    """

    key: str = Field(primary_key=True)
    room: str
    by: str
    created_at: datetime = instant()
    expires_at: datetime = instant()
    facts: dict[str, object] = json_object()


class DraftFile(SQLModel, table=True):
    """A file handed in with a draft, under the name of what it is."""

    __tablename__ = "draft_file"

    draft_key: str = Field(primary_key=True, foreign_key="draft.key")
    slot: str = Field(primary_key=True)
    name: str
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))

"""What is owed by when: programmes, deadlines, rungs, submissions with their content and history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from workflow.tables.columns import instant, json_object, long_text

_LATE = text("state = 'overdue'")
_AT_OFFICE = text("waiting_on = 'office'")
_CAUSED = text("cause_id IS NOT NULL")
_HEADED = text("heading <> ''")


class Programme(SQLModel, table=True):
    """A definition launched for one cycle, pinned to the text it was launched from."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    definition: str
    cycle: int
    title: str
    version: str
    source_text: str = long_text()
    launched_at: datetime = instant()


class ProgrammeVersion(SQLModel, table=True):
    """A text a programme has been pinned to; deadlines keep the version they were laid out by."""

    __tablename__ = "programme_version"

    programme_id: int = Field(primary_key=True, foreign_key="programme.id")
    version: str = Field(primary_key=True)
    source_text: str = long_text()
    since: datetime = instant()
    actor: str = ""
    comment: str = long_text()


class Deadline(SQLModel, table=True):
    """A due instant that many submissions point at; an extended submission has one of its own.

    ``opens_at`` is when its submissions come to be, ``opened_at`` when they did; ``number`` counts the occurrences
    of an obligation, ``version`` is the definition's that laid it out.
    """

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    obligation: str
    occurrence: str
    due_date: date
    due_at: datetime = instant()
    submission_id: int | None = Field(default=None, index=True)
    schedule_version: int = 1
    rearmed_on: date | None = None
    lapsed_at: datetime | None = instant(nullable=True)
    version: str = ""
    number: int = 0
    heading: str = ""
    opens_at: datetime | None = instant(nullable=True)
    opened_at: datetime | None = instant(nullable=True)

    __table_args__ = (
        Index(
            "deadline_to_open",
            "opens_at",
            sqlite_where=text("opened_at IS NULL AND opens_at IS NOT NULL"),
            postgresql_where=text("opened_at IS NULL AND opens_at IS NOT NULL"),
        ),
        Index(
            "deadline_to_lapse",
            "due_at",
            sqlite_where=text("lapsed_at IS NULL"),
            postgresql_where=text("lapsed_at IS NULL"),
        ),
    )


class RungRow(SQLModel, table=True):
    """One rung of a deadline's ladder at its instant; ``batch`` is set when a sweep takes it."""

    __tablename__ = "rung"

    id: int | None = Field(default=None, primary_key=True)
    deadline_id: int = Field(foreign_key="deadline.id", index=True)
    position: int
    fires_at: datetime = instant()
    batch: str | None = None
    reached: int = 0
    fired_at: datetime | None = instant(nullable=True)

    __table_args__ = (
        Index(
            "rung_to_fire",
            "fires_at",
            sqlite_where=text("fired_at IS NULL"),
            postgresql_where=text("fired_at IS NULL"),
        ),
    )


class Submission(SQLModel, table=True):
    """报送件: one unit × one occurrence; the thing with a state.

    ``subject`` is the unit it is about where another body owes it, ``owner_post`` the post that owes it personally,
    ``heading`` what tells it from others of its obligation, ``cause_id`` the submission whose event opened it.
    """

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id")
    obligation: str
    occurrence: str
    unit: str = Field(foreign_key="unit.code", index=True)
    subject: str = ""
    owner_post: str = ""
    heading: str = ""
    cause_id: int | None = Field(default=None, foreign_key="submission.id")
    deadline_id: int = Field(foreign_key="deadline.id", index=True)
    due_date: date
    due_at: datetime = instant()
    standing: str = "draft"
    state: str = "draft"
    waiting_on: str = "unit"
    light: str = "green"
    version: int = 1
    round: int = 0
    step: int = 0
    content_version: int = 0
    content_hash: str = ""
    history_seq: int = 0
    head: str = ""
    pending_since: datetime | None = instant(nullable=True)
    chase_at: datetime | None = instant(nullable=True)
    chases: int = 0
    filed_at: datetime | None = instant(nullable=True)
    late: bool = False
    extended_from: date | None = None
    last_alert_at: datetime | None = instant(nullable=True)
    last_rung: str | None = None

    __table_args__ = (
        UniqueConstraint("programme_id", "obligation", "occurrence", "unit", "subject", name="submission_once"),
        Index("submission_standing", "programme_id", "state", "late", "light", "waiting_on", "unit"),
        Index("submission_by_state", "state", "id"),
        Index(
            # SQLite takes an index for whole only if it has the column of its condition as well.
            "submission_late", "programme_id", "due_at", "id", "obligation", "unit", "waiting_on", "due_date", "state",
            sqlite_where=_LATE, postgresql_where=_LATE,
        ),
        Index("submission_late_by_date", "due_at", "id", sqlite_where=_LATE, postgresql_where=_LATE),
        Index("submission_at_office", "due_at", "id", sqlite_where=_AT_OFFICE, postgresql_where=_AT_OFFICE),
        Index("submission_caused", "cause_id", sqlite_where=_CAUSED, postgresql_where=_CAUSED),
        Index("submission_headed", "id", "heading", sqlite_where=_HEADED, postgresql_where=_HEADED),
        Index(
            "submission_to_chase",
            "chase_at",
            sqlite_where=text("chase_at IS NOT NULL"),
            postgresql_where=text("chase_at IS NOT NULL"),
        ),
    )  # fmt: skip


class Involved(SQLModel, table=True):
    """A unit that reads a submission of another: it works with the owner, or the submission is about it."""

    submission_id: int = Field(primary_key=True, foreign_key="submission.id")
    unit: str = Field(primary_key=True, foreign_key="unit.code", index=True)
    part: str


class Content(SQLModel, table=True):
    """One version of what a unit filled in; older versions stay."""

    submission_id: int = Field(primary_key=True, foreign_key="submission.id")
    version: int = Field(primary_key=True)
    fields: dict[str, Any] = json_object()
    hash: str
    saved_at: datetime = instant()
    saved_by: str = ""


class Attachment(SQLModel, table=True):
    """A file of a submission's content, found by its SHA-256."""

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    field: str
    name: str
    media_type: str
    size: int
    sha256: str
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class History(SQLModel, table=True):
    """Append-only: what happened to a submission, when it took effect and when it was noticed."""

    # The newest of all programmes first, as the audit reads them.
    __table_args__ = (Index("history_noticed", "noticed_at", "submission_id", "seq"),)

    submission_id: int = Field(primary_key=True, foreign_key="submission.id")
    seq: int = Field(primary_key=True)
    at: datetime = instant()
    noticed_at: datetime = instant()
    event: str
    source: str
    dest: str
    actor: str = ""
    comment: str = long_text()
    facts: dict[str, Any] = json_object()
    hash: str

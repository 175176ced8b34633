"""The tables. Instants are stored in UTC and come back aware; a naive datetime is refused at the door.

Content, attachments and history stand apart from the submission row, so that a sweep over a million
submissions touches only narrow rows. Table models do not validate: values are checked before they come here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    Index,
    LargeBinary,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive values; SQLite keeps no offset, so UTC is stored plainly there."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime refused: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None if nullable else ..., sa_type=UtcDateTime, nullable=nullable)


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


def _long() -> Any:
    return Field(default="", sa_column=Column(Text, nullable=False, default=""))


class Meta(SQLModel, table=True):
    """Facts about the store itself: its mode, the rehearsal clock, the last sweep."""

    key: str = Field(primary_key=True)
    value: str


class Unit(SQLModel, table=True):
    """单位."""

    code: str = Field(primary_key=True)
    name: str = Field(index=True)
    category: str = ""
    groups: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    parent: str | None = None
    row: int = 0


class Person(SQLModel, table=True):
    """任职人: somebody who holds posts."""

    key: str = Field(primary_key=True)
    name: str
    email: str | None = None
    wecom_id: str | None = None
    mobile: str | None = None
    row: int = 0


class Holding(SQLModel, table=True):
    """任职: a person holds a post (of a unit, or of the city) for a span of days, both ends included."""

    id: int | None = Field(default=None, primary_key=True)
    post: str
    unit: str | None = Field(default=None, foreign_key="unit.code")
    person: str = Field(foreign_key="person.key")
    since: date | None = None
    until: date | None = None
    row: int = 0


class Supervision(SQLModel, table=True):
    """分管: the holder of a leader's post supervises a unit for a span of days."""

    id: int | None = Field(default=None, primary_key=True)
    post: str
    unit: str = Field(foreign_key="unit.code")
    since: date | None = None
    until: date | None = None
    row: int = 0


class CalendarDay(SQLModel, table=True):
    """One exceptional day of an imported calendar year."""

    __tablename__ = "calendar_day"

    day: date = Field(primary_key=True)
    working: bool
    name: str


class Programme(SQLModel, table=True):
    """A definition launched for one cycle, pinned to the text it was launched from."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    definition: str
    cycle: int
    title: str
    version: str
    source_text: str = _long()
    launched_at: datetime = _instant()


class Deadline(SQLModel, table=True):
    """A due instant that many submissions point at; an extended submission has one of its own."""

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    obligation: str
    occurrence: str
    due_date: date
    due_at: datetime = _instant()
    submission_id: int | None = Field(default=None, index=True)
    schedule_version: int = 1
    lapsed_at: datetime | None = _instant(nullable=True)

    __table_args__ = (
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
    fires_at: datetime = _instant()
    batch: str | None = None
    reached: int = 0
    fired_at: datetime | None = _instant(nullable=True)

    __table_args__ = (
        Index(
            "rung_to_fire",
            "fires_at",
            sqlite_where=text("fired_at IS NULL"),
            postgresql_where=text("fired_at IS NULL"),
        ),
    )


class Submission(SQLModel, table=True):
    """报送件: one unit × one occurrence; the thing with a state."""

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id")
    obligation: str
    occurrence: str
    unit: str = Field(foreign_key="unit.code", index=True)
    deadline_id: int = Field(foreign_key="deadline.id", index=True)
    due_date: date
    due_at: datetime = _instant()
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
    pending_since: datetime | None = _instant(nullable=True)
    chase_at: datetime | None = _instant(nullable=True)
    chases: int = 0
    filed_at: datetime | None = _instant(nullable=True)
    late: bool = False
    extended_from: date | None = None
    last_alert_at: datetime | None = _instant(nullable=True)
    last_rung: str | None = None

    __table_args__ = (
        UniqueConstraint("programme_id", "obligation", "occurrence", "unit"),
        Index(
            "submission_overdue",
            "programme_id",
            "due_at",
            "id",
            sqlite_where=text("state = 'overdue'"),
            postgresql_where=text("state = 'overdue'"),
        ),
        Index(
            "submission_to_chase",
            "chase_at",
            sqlite_where=text("chase_at IS NOT NULL"),
            postgresql_where=text("chase_at IS NOT NULL"),
        ),
    )


class Content(SQLModel, table=True):
    """One version of what a unit filled in; older versions stay."""

    submission_id: int = Field(primary_key=True, foreign_key="submission.id")
    version: int = Field(primary_key=True)
    fields: dict[str, Any] = _json()
    hash: str
    saved_at: datetime = _instant()
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


class SignOff(SQLModel, table=True):
    """One request to one approver: a step of a round, and the decision on it."""

    __tablename__ = "sign_off"

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    round: int
    step: int
    post: str
    post_title: str
    person: str = Field(index=True)
    holder: str
    content_version: int
    content_hash: str
    asked_at: datetime = _instant()
    decision: str | None = None
    decided_at: datetime | None = _instant(nullable=True)
    comment: str = _long()
    typed_name: str = ""
    channel: str = ""
    closed_at: datetime | None = _instant(nullable=True)


class Link(SQLModel, table=True):
    """A capability: ``item`` opens one sign-off, ``desk`` all that wait for one person.

    Only the token's hash is kept; the token is derived from the secret key and ``salt`` when it is sent.
    """

    id: int | None = Field(default=None, primary_key=True)
    purpose: str
    person: str
    sign_off_id: int | None = Field(default=None, foreign_key="sign_off.id", index=True)
    salt: str
    token_hash: str = Field(unique=True)
    expires_at: datetime = _instant()
    revoked_at: datetime | None = _instant(nullable=True)


class History(SQLModel, table=True):
    """Append-only: what happened to a submission, when it took effect and when it was noticed."""

    submission_id: int = Field(primary_key=True, foreign_key="submission.id")
    seq: int = Field(primary_key=True)
    at: datetime = _instant()
    noticed_at: datetime = _instant()
    event: str
    source: str
    dest: str
    actor: str = ""
    comment: str = _long()
    facts: dict[str, Any] = _json()
    hash: str


class Message(SQLModel, table=True):
    """One letter to one person; what it says is written when it is sent, from the state of that moment."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    programme_id: int = Field(foreign_key="programme.id")
    kind: str
    person: str = Field(index=True)
    recipient: str
    post_title: str = ""
    batch: str | None = Field(default=None, index=True)
    created_at: datetime = _instant()
    not_before: datetime = _instant()
    status: str = "queued"
    attempts: int = 0
    claimed_until: datetime | None = _instant(nullable=True)
    channel: str | None = None
    reference: str
    subject: str = ""
    body: str = _long()
    answer: str = _long()
    sent_at: datetime | None = _instant(nullable=True)

    __table_args__ = (
        Index(
            "message_to_send",
            "not_before",
            sqlite_where=text("status IN ('queued', 'sending', 'gathering')"),
            postgresql_where=text("status IN ('queued', 'sending', 'gathering')"),
        ),
    )


class MessageItem(SQLModel, table=True):
    """One submission a message speaks of, and why; the two constraints are the promise “once”."""

    __tablename__ = "message_item"

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    submission_id: int = Field(foreign_key="submission.id")
    person: str
    reason: str
    rung: str
    day: date
    schedule_version: int = 1
    sign_off_id: int | None = None
    dropped: str | None = None

    __table_args__ = (
        UniqueConstraint("submission_id", "person", "rung", "schedule_version", name="once_per_rung"),
        UniqueConstraint(
            "submission_id", "person", "reason", "day", "schedule_version", name="once_per_day_and_reason"
        ),
    )


class Account(SQLModel, table=True):
    """An account of the office, a unit, an inspector or the administrator."""

    name: str = Field(primary_key=True)
    role: str
    unit: str | None = None
    password_hash: str
    created_at: datetime = _instant()


class ApiToken(SQLModel, table=True):
    """A bearer token; only its hash is kept."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    role: str
    unit: str | None = None
    token_hash: str = Field(unique=True)
    created_at: datetime = _instant()
    revoked_at: datetime | None = _instant(nullable=True)

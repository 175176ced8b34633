"""Who is asked and told: sign-off requests, links, messages."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from workflow.tables.columns import instant, long_text


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
    asked_at: datetime = instant()
    decision: str | None = None
    decided_at: datetime | None = instant(nullable=True)
    comment: str = long_text()
    typed_name: str = ""
    channel: str = ""
    closed_at: datetime | None = instant(nullable=True)


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
    expires_at: datetime = instant()
    revoked_at: datetime | None = instant(nullable=True)


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
    created_at: datetime = instant()
    not_before: datetime = instant()
    status: str = "queued"
    attempts: int = 0
    claimed_until: datetime | None = instant(nullable=True)
    channel: str | None = None
    reference: str
    subject: str = ""
    body: str = long_text()
    answer: str = long_text()
    sent_at: datetime | None = instant(nullable=True)

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

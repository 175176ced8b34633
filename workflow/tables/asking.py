"""Who is asked and told: sign-off requests, links, messages."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from workflow.tables.columns import instant, long_text

_OPEN = text("decision IS NULL AND closed_at IS NULL")
_UNSETTLED = text("status <> 'sent'")


class SignOff(SQLModel, table=True):
    """One request to one approver: a step of a round, and the decision on it.

    ``person`` is who was asked; ``assigned_by`` names whoever in the office chose them in place of the post's holder.
    ``decided_by`` is the person whose link decided, a delegate where ``delegation_id`` is set; empty where the office
    entered the decision. ``confirmed`` tells the second step that was passed, ``disputed_at`` that the person has
    said that it was not their own act. ``closed_at`` without a decision: nobody is asked any more.
    """

    __tablename__ = "sign_off"

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    round: int
    step: int
    post: str
    post_title: str
    person: str = Field(index=True)
    holder: str
    assigned_by: str = ""
    content_version: int
    content_hash: str
    asked_at: datetime = instant()
    decision: str | None = None
    decided_at: datetime | None = instant(nullable=True)
    comment: str = long_text()
    typed_name: str = ""
    channel: str = ""
    decided_by: str = ""
    decided_by_name: str = ""
    decided_by_title: str = ""
    delegation_id: int | None = Field(default=None, foreign_key="delegation.id")
    confirmed: str = ""
    disputed_at: datetime | None = instant(nullable=True)
    dispute: str = long_text()
    closed_at: datetime | None = instant(nullable=True)

    __table_args__ = (
        Index(
            "sign_off_open", "person", "submission_id", "asked_at",
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index("sign_off_open_since", "asked_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "sign_off_disputed",
            "disputed_at",
            sqlite_where=text("disputed_at IS NOT NULL"),
            postgresql_where=text("disputed_at IS NOT NULL"),
        ),
    )  # fmt: skip


class Link(SQLModel, table=True):
    """A capability: ``item`` opens one sign-off, ``desk`` all that wait for one person.

    ``acknowledge`` signs for a message, ``dispute`` says of a decision that it was not one's own act. A link with a
    ``delegation_id`` is the delegate's.
    Only the token's hash is kept; the token is derived from the secret key and ``salt`` when it is sent.
    """

    id: int | None = Field(default=None, primary_key=True)
    purpose: str
    person: str
    sign_off_id: int | None = Field(default=None, foreign_key="sign_off.id", index=True)
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)
    delegation_id: int | None = Field(default=None, foreign_key="delegation.id", index=True)
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
        Index(
            "message_under_way",
            "claimed_until",
            sqlite_where=text("status = 'sending'"),
            postgresql_where=text("status = 'sending'"),
        ),
        Index(
            "message_unsettled", "status", "id", "channel", "kind", "not_before",
            sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED,
        ),
    )  # fmt: skip


class MessageItem(SQLModel, table=True):
    """One submission a message speaks of, and why; the two constraints are the promise “once”.

    With ``ack_within`` its reader is asked to sign for it (签收) until ``ack_by``, set when it is sent; after that it
    is passed on to the posts of ``ack_to``.
    """

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
    ack_within: str = ""
    ack_to: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    ack_by: datetime | None = instant(nullable=True)
    acknowledged_at: datetime | None = instant(nullable=True)
    passed_on_at: datetime | None = instant(nullable=True)

    __table_args__ = (
        Index(
            "acknowledgement_awaited",
            "ack_by",
            sqlite_where=text("acknowledged_at IS NULL AND passed_on_at IS NULL AND ack_by IS NOT NULL"),
            postgresql_where=text("acknowledged_at IS NULL AND passed_on_at IS NULL AND ack_by IS NOT NULL"),
        ),
        UniqueConstraint("submission_id", "person", "rung", "schedule_version", name="once_per_rung"),
        UniqueConstraint(
            "submission_id", "person", "reason", "day", "schedule_version", name="once_per_day_and_reason"
        ),
    )

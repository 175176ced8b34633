"""How messages went out: every single attempt, which is also what the limits of a channel are counted from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from workflow.tables.columns import instant, long_text


class Attempt(SQLModel, table=True):
    """One attempt to deliver a message; written when it is claimed, completed with the provider's answer.

    ``begun_at`` and ``ended_at`` are on the machine's clock, which limits are counted by; ``at`` is on the store's.
    ``outcome`` is ``delivered``, ``put-off`` or ``refused``; empty while the attempt is under way, or when the process
    died with it. ``channel`` is empty where nothing reaches the person, ``person`` for a copy to the office's group.
    """

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    channel: str
    person: str
    begun_at: datetime = instant()
    at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)
    outcome: str = ""
    answer: str = long_text()

    __table_args__ = (
        Index("attempt_lately", "channel", "begun_at"),
        Index("attempt_to_person", "channel", "person", "begun_at"),
    )


class Lane(SQLModel, table=True):
    """A channel's row that whoever claims messages for it holds, so that the limits hold across workers.

    Until ``busy_until``, on the machine's clock, the other side wants to be left alone.
    """

    channel: str = Field(primary_key=True)
    busy_until: datetime | None = instant(nullable=True)

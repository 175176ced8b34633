"""The person behind a link: one-time codes, what was read before it was approved with others, drawn signatures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from workflow.tables.columns import instant


class Challenge(SQLModel, table=True):
    """A six-digit code asked of one person for one decision.

    Only ``salt`` is kept; the code is derived from the secret key when it is sent and when it is checked.
    ``channel`` is the way it went, another than the link's. ``content_hash`` is the content that it is good for.
    """

    id: int | None = Field(default=None, primary_key=True)
    sign_off_id: int = Field(foreign_key="sign_off.id", index=True)
    person: str
    content_hash: str
    salt: str
    channel: str = ""
    created_at: datetime = instant()
    expires_at: datetime = instant()
    tries: int = 0
    used_at: datetime | None = instant(nullable=True)


class ReadMark(SQLModel, table=True):
    """已阅: a person has put an item they opened among those to approve together, as its content was then."""

    __tablename__ = "read_mark"

    sign_off_id: int = Field(primary_key=True, foreign_key="sign_off.id")
    person: str = Field(primary_key=True)
    content_hash: str
    at: datetime = instant()


class DrawnSignature(SQLModel, table=True):
    """A signature drawn with the finger, as the PNG that came, found by its SHA-256 in history."""

    __tablename__ = "drawn_signature"

    sign_off_id: int = Field(primary_key=True, foreign_key="sign_off.id")
    png: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sha256: str

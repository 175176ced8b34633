"""What the record is held against: daily anchors of every history, and the sign-off sheets that were handed out."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from workflow.tables.columns import instant


class Anchor(SQLModel, table=True):
    """One day's end of every history that moved since the anchor before; ``root`` covers ``before`` and all of them."""

    day: date = Field(primary_key=True)
    at: datetime = instant()
    submissions: int
    entries: int
    before: str
    root: str


class AnchoredHead(SQLModel, table=True):
    """The last entry of one history at an anchor, kept for histories that moved since the anchor before."""

    __tablename__ = "anchored_head"

    day: date = Field(primary_key=True, foreign_key="anchor.day")
    submission_id: int = Field(primary_key=True)
    seq: int
    hash: str

    __table_args__ = (Index("anchored_head_of", "submission_id", "seq"),)


class Sheet(SQLModel, table=True):
    """审签单: a file that was handed out, known again by its number and SHA-256."""

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    round: int
    sha256: str
    head: str
    made_at: datetime = instant()
    made_by: str

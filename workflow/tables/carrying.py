"""What a cycle inherits from the one before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from workflow.tables.columns import instant


def _rows() -> Any:
    """Rows of a table field, none by default; never edited in place."""
    return Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class Carried(SQLModel, table=True):
    """结转: the rows of one submission of an earlier cycle, kept for a programme or archived with it.

    ``cycle`` is the one they come from, ``source_id`` the submission in it; ``submission_id`` is the draft that the
    kept rows went into, None while its obligation has not opened or where there is nothing to keep.
    """

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    obligation: str
    field: str
    unit: str = Field(foreign_key="unit.code")
    subject: str = ""
    cycle: int
    source_id: int = Field(foreign_key="submission.id")
    kept: list[dict[str, Any]] = _rows()
    archived: list[dict[str, Any]] = _rows()
    submission_id: int | None = Field(default=None, foreign_key="submission.id")
    carried_at: datetime = instant()

    __table_args__ = (
        Index(
            "carried_to_put_in",
            "programme_id",
            "obligation",
            sqlite_where=text("submission_id IS NULL"),
            postgresql_where=text("submission_id IS NULL"),
        ),
    )

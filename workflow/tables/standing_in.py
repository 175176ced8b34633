"""Who stands in for whom, and who is away."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from workflow.tables.columns import instant, long_text


class Delegation(SQLModel, table=True):
    """授权代签: what a person is asked to sign, another may sign as well, for a span of days, both ends included.

    ``started_at`` is when the delegate got the links to what was waiting, ``ended_at`` when theirs were taken back;
    ``withdrawn_at`` is when the office ended it before its last day, ``withdrawal`` why.
    """

    id: int | None = Field(default=None, primary_key=True)
    principal: str = Field(foreign_key="person.key", index=True)
    delegate: str = Field(foreign_key="person.key")
    since: date
    until: date
    comment: str = long_text()
    created_at: datetime = instant()
    created_by: str
    started_at: datetime | None = instant(nullable=True)
    ended_at: datetime | None = instant(nullable=True)
    withdrawn_at: datetime | None = instant(nullable=True)
    withdrawn_by: str = ""
    withdrawal: str = long_text()


class Absence(SQLModel, table=True):
    """外出: a person cannot sign for a span of days, both ends included."""

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(foreign_key="person.key", index=True)
    since: date
    until: date
    comment: str = long_text()
    created_at: datetime = instant()
    created_by: str
    withdrawn_at: datetime | None = instant(nullable=True)
    withdrawn_by: str = ""

"""Who: the store's own facts, units, people, posts, calendars, accounts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from workflow.tables.columns import instant, long_text


class Meta(SQLModel, table=True):
    """Facts about the store itself: its mode, the rehearsal clock, the last sweep."""

    key: str = Field(primary_key=True)
    value: str


class Unit(SQLModel, table=True):
    """单位; ``body`` is set on one that a definition names and no roster has: the office, a task force, a post."""

    code: str = Field(primary_key=True)
    name: str = Field(index=True)
    category: str = ""
    groups: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    parent: str | None = None
    body: str = ""
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
    """分管: the holder of a leader's post supervises a unit for a span of days; ``comment`` says why since then."""

    id: int | None = Field(default=None, primary_key=True)
    post: str
    unit: str = Field(foreign_key="unit.code")
    since: date | None = None
    until: date | None = None
    row: int = 0
    comment: str = long_text()


class RosterChange(SQLModel, table=True):
    """人员变动: one change of the roster as people read it; who made it, when, and why.

    ``sheet`` is the table of the roster it is in, ``kind`` added, changed or removed; empty for what sums many up.
    """

    __tablename__ = "roster_change"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    by: str
    sheet: str = ""
    kind: str = ""
    unit: str | None = Field(default=None, index=True)
    person: str | None = Field(default=None, index=True)
    text: str = long_text()
    comment: str = long_text()


class CalendarDay(SQLModel, table=True):
    """One exceptional day of an imported calendar year; a notice may rule on days of the December before it."""

    __tablename__ = "calendar_day"

    year: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    working: bool
    name: str


class Account(SQLModel, table=True):
    """An account of the office, a unit, an inspector or the administrator."""

    name: str = Field(primary_key=True)
    role: str
    unit: str | None = None
    password_hash: str
    one_time: bool = False
    created_at: datetime = instant()
    disabled_at: datetime | None = instant(nullable=True)


class ApiToken(SQLModel, table=True):
    """A bearer token; only its hash is kept."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    role: str
    unit: str | None = None
    token_hash: str = Field(unique=True)
    name: str = ""
    created_at: datetime = instant()
    created_by: str = ""
    revoked_at: datetime | None = instant(nullable=True)

"""Who is signed in, by which outside identity, who tried in vain, and what was done to accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from workflow.tables.columns import instant, long_text


class AccountIdentity(SQLModel, table=True):
    """An outside identity that may sign in as an account: ``provider`` is ``oidc`` or ``wecom``."""

    __tablename__ = "account_identity"

    provider: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.name", index=True)
    created_at: datetime = instant()
    created_by: str


class Login(SQLModel, table=True):
    """登录: one session of an account, of which only the hash of its number is kept; ``ended_at`` when it was left.

    ``by`` is password, oidc or wecom; ``place`` the address and ``device`` the browser it came from.
    """

    __table_args__ = (Index("login_began", "began_at"),)

    key_hash: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.name", index=True)
    by: str
    began_at: datetime = instant()
    until: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)
    place: str = ""
    device: str = ""


class LoginFailure(SQLModel, table=True):
    """A sign-in that failed; counted over all processes, so that a lock outlives a restart."""

    __tablename__ = "login_failure"
    __table_args__ = (Index("login_failure_name", "name", "at"), Index("login_failure_place", "place", "at"))

    id: int | None = Field(default=None, primary_key=True)
    name: str
    at: datetime = instant()
    place: str = ""


class AccessRecord(SQLModel, table=True):
    """What was done to an account or a token, on the machine's clock; ``by`` did it, ``about`` is whom it touched."""

    __tablename__ = "access_record"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    by: str
    act: str
    about: str = Field(index=True)
    detail: str = long_text()

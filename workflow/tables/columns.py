"""Column types and the ways this project declares them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, Text, TypeDecorator
from sqlmodel import Field


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


def instant(*, nullable: bool = False) -> Any:
    """An aware instant; required unless ``nullable``."""
    return Field(default=None if nullable else ..., sa_type=UtcDateTime, nullable=nullable)


def json_object() -> Any:
    """A JSON object, empty by default; never edited in place."""
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


def long_text() -> Any:
    """Text of any length, empty by default."""
    return Field(default="", sa_column=Column(Text, nullable=False, default=""))

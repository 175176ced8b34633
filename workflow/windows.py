"""Which instants and which submissions a look ahead or back is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause


@dataclass(frozen=True)
class Window:
    """Instants later than ``after`` (None: however long ago) and not later than ``until``."""

    until: datetime
    after: datetime | None = None

    def holds(self, column: Any) -> ColumnElement[bool]:
        """The condition that a column lies in the window."""
        found: ColumnElement[bool] = column <= self.until
        return found if self.after is None else found & (column > self.after)


@dataclass(frozen=True)
class Scope:
    """The submissions of one programme, of one obligation, of one unit by its code; what is empty does not narrow."""

    programme_id: int | None = None
    obligation: str = ""
    unit: str = ""

    @property
    def of_some(self) -> bool:
        """Whether it leaves out submissions of a programme."""
        return bool(self.obligation or self.unit)

    def dates(self, table: FromClause) -> list[ColumnElement[bool]]:
        """The conditions on deadlines, or on anything else with a programme and an obligation."""
        found: list[ColumnElement[bool]] = []
        if self.programme_id is not None:
            found.append(table.c.programme_id == self.programme_id)
        if self.obligation:
            found.append(table.c.obligation == self.obligation)
        return found

    def submissions(self, table: FromClause) -> list[ColumnElement[bool]]:
        """The conditions on submissions."""
        return [*self.dates(table), *([table.c.unit == self.unit] if self.unit else [])]


ALL = Scope()

"""How long a request may keep PostgreSQL busy: said at the start of each of its transactions, so that any pool does.

A sweep, a migration and a command take the time they need.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session


@dataclass(frozen=True)
class Patience:
    """Seconds for one statement, for a lock, and for a transaction that stands idle; SQLite has no such limits."""

    statement: int = 30
    lock: int = 10
    idle: int = 60

    def ask(self, session: Session) -> None:
        """Set the limits for the transaction that begins with this."""
        if session.get_bind().dialect.name == "postgresql":
            session.execute(
                text(
                    f"SET LOCAL statement_timeout = '{self.statement}s';"
                    f" SET LOCAL lock_timeout = '{self.lock}s';"
                    f" SET LOCAL idle_in_transaction_session_timeout = '{self.idle}s'"
                )
            )

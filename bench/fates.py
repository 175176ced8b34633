"""What became of the submissions of a large store, worked out from their numbers alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

UNITS, COLUMNS = 200, 25


@dataclass(frozen=True)
class Fate:
    """What became of one submission; ``number`` counts within its programme."""

    number: int
    column: int
    state: str
    waiting_on: str
    late: bool

    @property
    def standing(self) -> str:
        """The state with its place."""
        if self.state != "overdue":
            return self.state
        return "overdue-draft" if self.waiting_on == "unit" else "overdue-pending"


def fate(number: int) -> Fate:
    """One in twenty is overdue, a fifth is not due yet; the rest is filed, one in ten of it late."""
    unit, column = number // COLUMNS, number % COLUMNS
    luck = int.from_bytes(hashlib.blake2b(number.to_bytes(4), digest_size=4).digest()) % 1000
    if column >= 4 * COLUMNS // 5:
        state = "filed" if luck < 300 else "pending" if luck < 500 else "draft"
        return Fate(number, column, state, {"filed": "none", "draft": "unit"}.get(state, "approver"), False)
    if luck < 63:
        return Fate(number, column, "overdue", "approver" if luck < 16 else "unit", True)
    state = "exempt" if luck < 73 else "filed"
    return Fate(number, column, state, "none", state == "filed" and (luck + unit) % 10 == 0)

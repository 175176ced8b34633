"""How the sweep of this process keeps up, for whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Pace:
    """The last sweep: how many seconds it took by the monotonic clock, and how many rows it set aside."""

    seconds: float = 0.0
    failed: int = 0

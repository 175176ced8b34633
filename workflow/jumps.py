"""Jumps of the machine's clock: what it says against the time that really went by, from one sweep to the next.

The steady clock goes on while the machine sleeps, where the system has such a clock (Linux: CLOCK_BOOTTIME). A
laptop that was shut for a night is therefore like a service that was down: it catches up, nothing is held. A
virtual machine that was frozen from outside, whose clocks both stood still until one was put right, looks like a
false clock from inside, and counts as a jump.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: A clock that is put right by less than this is no cause for alarm.
MOST = timedelta(minutes=5)


@dataclass(frozen=True)
class Reading:
    """Both clocks at one moment; ``steady`` counts from any beginning and is never set."""

    wall: datetime
    steady: timedelta


@dataclass(frozen=True)
class Jump:
    """The clock stood at ``before``, ``passed`` went by, and then it stood at ``after``."""

    before: datetime
    after: datetime
    passed: timedelta

    @property
    def ahead(self) -> timedelta:
        """How far it went too far; negative for a clock that was set back."""
        return self.after - self.before - self.passed

    def written(self) -> str:
        """The jump as a text to store."""
        return json.dumps([self.before.isoformat(), self.after.isoformat(), self.passed.total_seconds()])

    @staticmethod
    def read(text: str) -> Jump:
        """The jump that was stored."""
        before, after, passed = json.loads(text)
        return Jump(datetime.fromisoformat(before), datetime.fromisoformat(after), timedelta(seconds=passed))


def read_clocks() -> Reading:
    """The machine's clocks, now."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Reading(datetime.now(UTC), timedelta(seconds=time.clock_gettime(clock)))


def between(earlier: Reading, later: Reading) -> Jump | None:
    """The jump between two readings, ahead or back; None for what a clock may be put right by."""
    jump = Jump(earlier.wall, later.wall, later.steady - earlier.steady)
    return jump if abs(jump.ahead) > MOST else None

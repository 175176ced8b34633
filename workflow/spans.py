"""How long a session of an account lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Spans:
    """At most, and without a page being opened."""

    most: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=2)


USUAL = Spans()

"""How instants and values are written where they are hashed: one way only, on every database and in every zone."""

from __future__ import annotations

import json
from datetime import UTC, datetime

#: JSON with sorted keys and no white space.
canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def stamp(instant: datetime) -> str:
    """An instant in UTC to the microsecond."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")

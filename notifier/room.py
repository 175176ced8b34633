"""How much room the limits leave, counted from the attempts on record.

An attempt counts until the span is over after its end, so that no span at the other side ever holds more than it may.
One without an end is under way, or its process died with it: it may be made until its lease is over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session

from notifier.channels.limits import Limit
from workflow.tables import Attempt

#: Longer than the slowest attempt on the slowest channel, so that nobody else takes what is being sent.
LEASE = timedelta(minutes=5)

_attempt = Attempt.__table__  # type: ignore[attr-defined]
_PART = 500


@dataclass
class Room:
    """What one claim may still take of one channel; ``take`` counts what it takes."""

    session: Session
    channel: str
    limits: tuple[Limit, ...]
    wall: datetime
    busy_until: datetime | None = None
    _left: dict[Limit, int] = field(default_factory=dict)
    _used: dict[Limit, Counter[str]] = field(default_factory=dict)

    def look(self, people: Iterable[str], wanted: int) -> None:
        """Count what is on record for the channel and for these people."""
        several = sorted(set(people))
        for limit in self.limits:
            if limit.per_person:
                self._used[limit] = self._to_people(limit, several)
            else:
                self._left[limit] = self._on_channel(limit, wanted)

    def take(self, person: str) -> datetime | None:
        """Take one for a person; None when it may go, else the instant on the machine's clock to ask again at."""
        if self.busy_until is not None and self.busy_until > self.wall:
            return self.busy_until
        full = [limit for limit, left in self._left.items() if left <= 0]
        full += [limit for limit, used in self._used.items() if used[person] >= limit.most]
        if full:
            return max(self._free_at(limit, person) for limit in full)
        for limit in self._left:
            self._left[limit] -= 1
        for used in self._used.values():
            used[person] += 1
        return None

    def _lately(self, span: timedelta) -> tuple[ColumnElement[bool], ...]:
        # What is dated ahead by more than a lease was dated by a clock that was wrong.
        ended = or_(_attempt.c.ended_at.is_(None), _attempt.c.ended_at > self.wall - span)
        begun = _attempt.c.begun_at.between(self.wall - span - LEASE, self.wall + LEASE)
        return _attempt.c.channel == self.channel, begun, ended

    def _on_channel(self, limit: Limit, wanted: int) -> int:
        """How many may go; no exact count where a look at the first and the last row shows that there is room."""
        begun = _attempt.c.begun_at > self.wall - limit.span - LEASE
        first = select(_attempt.c.id).where(_attempt.c.channel == self.channel, begun)
        number = self.session.execute(first.order_by(_attempt.c.begun_at).limit(1)).scalar()
        if number is None:
            return limit.most
        last = int(self.session.execute(select(func.max(_attempt.c.id))).scalar_one())
        # Attempts are claimed in the order of their numbers, whatever the instants they begin at.
        at_most = last - number + 1 + wanted
        if at_most + wanted <= limit.most:
            return limit.most - int(at_most)
        counted = select(func.count()).select_from(_attempt).where(*self._lately(limit.span))
        return limit.most - int(self.session.execute(counted).scalar_one())

    def _to_people(self, limit: Limit, people: Sequence[str]) -> Counter[str]:
        found: Counter[str] = Counter()
        for start in range(0, len(people), _PART):
            counted = select(_attempt.c.person, func.count().label("tries")).where(
                *self._lately(limit.span), _attempt.c.person.in_(people[start : start + _PART])
            )
            for row in self.session.execute(counted.group_by(_attempt.c.person)):
                found[row.person] = row.tries
        return found

    def _free_at(self, limit: Limit, person: str) -> datetime:
        """When the oldest of the attempts that fill a span has left it."""
        until = func.coalesce(_attempt.c.ended_at, self.wall)
        those: tuple[Any, ...] = self._lately(limit.span)
        if limit.per_person:
            those = (*those, _attempt.c.person == person)
        # Counted as text of either database, read by the column's type.
        newest = select(_attempt.c.ended_at, _attempt.c.begun_at).where(*those).order_by(until.desc())
        oldest = self.session.execute(newest.offset(limit.most - 1).limit(1)).first()
        if oldest is None:
            return self.wall + limit.span
        return max((oldest.ended_at or self.wall) + limit.span, self.wall + timedelta(seconds=1))

"""When people are told: the hour of the daily message, and the hours and days on which nothing goes that can wait.

Pure. Clock times are Asia/Shanghai. Deadlines, states and history know nothing of this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from workflow.calendars import Calendar
from workflow.moments import SHANGHAI

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True)
class Span:
    """A span of the day, its end excluded; it crosses midnight when it ends before it begins."""

    begin: time
    end: time

    def holds(self, clock: time) -> bool:
        """Whether a time of day lies in it."""
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True)
class Hours:
    """When the daily message goes, and the quiet hours, None where there are none."""

    digest_at: time = time(9, 0)
    quiet: Span | None = None

    def is_quiet(self, clock: time) -> bool:
        """Whether a time of day lies in the quiet hours."""
        return self.quiet is not None and self.quiet.holds(clock)

    def awake(self, at: datetime) -> datetime:
        """``at`` itself, or the end of the quiet hours that it lies in; in UTC."""
        local = at.astimezone(SHANGHAI)
        if self.quiet is None or not self.quiet.holds(local.time()):
            return at.astimezone(UTC)
        end = datetime.combine(local.date(), self.quiet.end, SHANGHAI)
        return (end if end > local else end + timedelta(days=1)).astimezone(UTC)

    def digest(self, after: datetime, calendar: Calendar | None = None) -> datetime:
        """The first daily message at or after an instant, with a calendar on a working day; in UTC."""
        local = after.astimezone(SHANGHAI)
        day = local.date() if local.time() <= self.digest_at else local.date() + timedelta(days=1)
        return self.on(day if calendar is None else _working(day, calendar))

    def on(self, day: date) -> datetime:
        """The instant of a day's message, in UTC."""
        return datetime.combine(day, self.digest_at, SHANGHAI).astimezone(UTC)


#: At nine, and at any hour what cannot wait.
USUAL = Hours()


def parse_clock(written: str) -> time:
    """``09:00``; raises ValueError in Chinese."""
    found = _CLOCK.fullmatch(written.strip())
    if found is None:
        raise ValueError(f"“{written[:20]}”不是时刻，请写成 09:00 的形式（00:00 到 23:59）")
    return time(int(found[1]), int(found[2]))


def parse_span(written: str) -> Span | None:
    """``22:00-07:00``, None for the empty text; raises ValueError in Chinese."""
    if not written.strip():
        return None
    begin, dash, end = written.partition("-")
    if not dash:
        raise ValueError(f"“{written[:20]}”不是时段，请写成 22:00-07:00 的形式，留空表示不设")
    span = Span(parse_clock(begin), parse_clock(end))
    if span.begin == span.end:
        raise ValueError("起止时刻相同；不设请留空")
    return span


def is_working(at: datetime, calendar: Calendar) -> bool:
    """Whether an instant lies on a working day."""
    return calendar.is_working(at.astimezone(SHANGHAI).date())


def _working(day: date, calendar: Calendar) -> date:
    return day if calendar.is_working(day) else calendar.shift(day, 1)

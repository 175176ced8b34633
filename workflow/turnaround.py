"""How long sign-offs take from being asked to being decided, in working hours, by post and by month."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, cast, extract, func, select

from workflow.acts import Act
from workflow.calendars import Calendar
from workflow.periods import Period
from workflow.tables import SignOff, Submission
from workflow.urging import BEGIN, END

_s = Submission.__table__  # type: ignore[attr-defined]
_sign_off = SignOff.__table__  # type: ignore[attr-defined]
_STREAMED = 10_000

#: Minutes of a day, from UTC to Asia/Shanghai, from midnight to the beginning of work, and of a working day.
_DAY, _SHANGHAI, _BEGIN = 1440, 480, BEGIN.hour * 60 + BEGIN.minute
WORKDAY = END.hour * 60 + END.minute - _BEGIN
_EPOCH, _FIRST = date(1970, 1, 1), date(1999, 12, 31)


@dataclass(frozen=True)
class Turn:
    """How long so many decisions took: ``median`` and ``ninetieth`` percentile in working hours.

    The median of an even number lies in the middle between two; the ninetieth is what nine in ten do not exceed.
    """

    count: int
    median: float
    ninetieth: float


@dataclass(frozen=True)
class Turns:
    """Of everybody together, by post (slowest median first) and by month of the decision as ``2022-01``."""

    total: Turn | None
    by_post: Mapping[str, Turn] = field(default_factory=dict)
    by_month: Mapping[str, Turn] = field(default_factory=dict)


class WorkingTime:
    """Working time as a number that only grows: differences of it are time at work.

    Working days of the calendar from 09:00 to 17:00 in Asia/Shanghai, the hours that urging counts by. Instants are
    whole minutes since 1970 in UTC, so that a million of them are a matter of seconds.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._days: dict[int, tuple[int, bool]] = {}

    def minutes(self, minute: int) -> int:
        """Working minutes up to an instant, from a day that is always the same."""
        day, clock = divmod(minute + _SHANGHAI, _DAY)
        before, working = self._days.get(day) or self._read(day)
        return before + min(max(clock - _BEGIN, 0), WORKDAY) if working else before

    def hours(self, since: datetime, until: datetime) -> float:
        """Working hours between two instants, by the minute."""
        return (self.minutes(_minute(until)) - self.minutes(_minute(since))) / 60

    def _read(self, number: int) -> tuple[int, bool]:
        day = _EPOCH + timedelta(days=number)
        gone = self._calendar.working_days(_FIRST, day - timedelta(days=1))
        found = self._days[number] = (gone * WORKDAY, self._calendar.is_working(day))
        return found


def _minute(instant: datetime) -> int:
    return int(instant.timestamp() // 60)


def measured(act: Act, programme_id: int, period: Period, at: datetime) -> Turns:
    """Every decision on a programme's submissions within a period and not after ``at``."""
    clock = WorkingTime(act.calendar())
    by_post: dict[str, dict[float, int]] = {}
    by_month: dict[str, dict[float, int]] = {}
    asked, decided = _minutes(_sign_off.c.asked_at, "asked"), _minutes(_sign_off.c.decided_at, "decided")
    query = (
        select(_sign_off.c.post_title, asked, decided, func.count().label("number"))
        .join(_s, _s.c.id == _sign_off.c.submission_id)
        .where(_s.c.programme_id == programme_id, _sign_off.c.decision.is_not(None))
        .where(_sign_off.c.decided_at >= period.begins, _sign_off.c.decided_at < period.ends)
        .where(_sign_off.c.decided_at <= at)
        .group_by(_sign_off.c.post_title, "asked", "decided")
    )
    months: dict[int, str] = {}
    for post, since, until, number in act.session.execute(query.execution_options(yield_per=_STREAMED)):
        hours = round((clock.minutes(until) - clock.minutes(since)) / 60, 2)
        day = (until + _SHANGHAI) // _DAY
        month = months.get(day) or months.setdefault(day, f"{_EPOCH + timedelta(days=day):%Y-%m}")
        for place in (by_post.setdefault(post, {}), by_month.setdefault(month, {})):
            place[hours] = place.get(hours, 0) + number
    posts = {post: turn(counts) for post, counts in by_post.items()}
    ordered = sorted(posts, key=lambda post: (-posts[post].median, -posts[post].ninetieth, post))
    everybody = _together(by_month.values())
    return Turns(
        turn(everybody) if everybody else None,
        {post: posts[post] for post in ordered},
        {month: turn(by_month[month]) for month in sorted(by_month)},
    )


def _minutes(instant: ColumnElement[datetime], name: str) -> ColumnElement[int]:
    """Whole minutes since 1970 in UTC."""
    return (cast(extract("epoch", instant), BigInteger) // 60).label(name)


def turn(counts: Mapping[float, int]) -> Turn:
    """The percentiles of hours that so many decisions took each; there is at least one."""
    hours, reached, total = sorted(counts), [], 0
    for one in hours:
        total += counts[one]
        reached.append(total)

    def at(rank: int) -> float:
        return hours[bisect_left(reached, rank)]

    median = (at((total + 1) // 2) + at(total // 2 + 1)) / 2
    return Turn(total, round(median, 2), at(-(-total * 9 // 10)))


def _together(parts: Iterable[Mapping[float, int]]) -> dict[float, int]:
    found: dict[float, int] = {}
    for part in parts:
        for hours, number in part.items():
            found[hours] = found.get(hours, 0) + number
    return found

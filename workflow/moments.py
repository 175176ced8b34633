"""Moments as definitions write them: days of a cycle, ten-day periods, offsets from a due date.

Every type is written as one string in YAML, parsed once into a frozen value, and prints itself back.
All days are local days of the programme's time zone (Asia/Shanghai).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

SHANGHAI = ZoneInfo("Asia/Shanghai")

_CYCLE_DAY = re.compile(r"(?:(?P<shift>[+-]\d)/)?(?P<month>\d{2})-(?P<day>\d{2}|end)", re.ASCII)
_FULL = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TEN_DAYS = re.compile(r"(?:(?P<shift>[+-]\d)/)?(?P<month>\d{2})-(?P<part>early|mid|late)", re.ASCII)
_OFFSET = re.compile(r"(?P<count>[+-]?\d{1,3})(?P<unit>wd|d)(?: (?P<hour>\d{2}):(?P<minute>\d{2}))?", re.ASCII)
_CLOCK = re.compile(r"(\d{2}):(\d{2})", re.ASCII)
_PUBLISHED = re.compile(r"(\S+) (\d{2}):(\d{2})", re.ASCII)
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
#: The years a full date may name, the same that a cycle may be.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class DayOfCycle:
    """A month and day in the launch cycle, a month's end, or one full date (``year`` set)."""

    month: int
    day: int | None
    shift: int = 0
    year: int | None = None

    def resolve(self, cycle: int) -> date:
        """The date in the year ``cycle``; raises ValueError when that year lacks the day (Feb 29)."""
        year = self.year if self.year is not None else cycle + self.shift
        last = calendar.monthrange(year, self.month)[1]
        if self.day is not None and self.day > last:
            raise ValueError(f"{year}年{self.month}月没有{self.day}日")
        return date(year, self.month, self.day or last)

    def __str__(self) -> str:
        shift = f"{self.shift:+d}/" if self.shift else ""
        day = "end" if self.day is None else f"{self.day:02d}"
        return f"{self.year}-{self.month:02d}-{day}" if self.year else f"{shift}{self.month:02d}-{day}"


@dataclass(frozen=True)
class TenDayPart:
    """One of a month's three ten-day parts (上旬, 中旬, 下旬), or one day."""

    month: int
    part: Literal["early", "mid", "late"]
    shift: int = 0

    def span(self, cycle: int) -> tuple[date, date]:
        """First and last day of the part in the year ``cycle`` (plus the shift)."""
        year = cycle + self.shift
        last = calendar.monthrange(year, self.month)[1]
        first, end = {"early": (1, 10), "mid": (11, 20), "late": (21, last)}[self.part]
        return date(year, self.month, first), date(year, self.month, end)

    def __str__(self) -> str:
        return (f"{self.shift:+d}/" if self.shift else "") + f"{self.month:02d}-{self.part}"


@dataclass(frozen=True)
class DayOffset:
    """A number of calendar (``d``) or working days (``wd``) from a day, at a local time; ``due`` is no offset."""

    count: int
    unit: Literal["wd", "d", "due"]
    at: time | None = None

    @property
    def is_due(self) -> bool:
        """Whether the moment is the due instant itself."""
        return self.unit == "due"

    def __str__(self) -> str:
        if self.is_due:
            return "due"
        clock = f" {self.at:%H:%M}" if self.at else ""
        return f"{self.count:+d}{self.unit}{clock}"


@dataclass(frozen=True)
class PublishedAt:
    """When a programme was handed out: a day of the cycle and a local time."""

    day: DayOfCycle
    at: time

    def resolve(self, cycle: int) -> datetime:
        """The instant in Asia/Shanghai."""
        return datetime.combine(self.day.resolve(cycle), self.at, SHANGHAI)

    def __str__(self) -> str:
        return f"{self.day} {self.at:%H:%M}"


def _impossible(month: int, day: int) -> bool:
    return not 1 <= month <= 12 or not 1 <= day <= _LONGEST[month - 1]


def parse_day(value: object) -> DayOfCycle:
    """``01-04``, ``04-end``, ``-1/12-31`` or ``2022-01-04``; raises ValueError in Chinese."""
    if isinstance(value, DayOfCycle):
        return value
    text = value.isoformat() if isinstance(value, date) else str(value)
    if full := _FULL.fullmatch(text):
        year, month, day = (int(part) for part in full.groups())
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise ValueError(f"日期“{_shown(text)}”的年份须在{_FIRST_YEAR}年到{_LAST_YEAR}年之间")
        if _impossible(month, day) or day > calendar.monthrange(year, month)[1]:
            raise ValueError(f"日期“{_shown(text)}”不存在")
        return DayOfCycle(month=month, day=day, year=year)
    found = _CYCLE_DAY.fullmatch(text)
    if not found:
        raise ValueError(f"日期“{_shown(text)}”看不懂，请写成 01-04、04-end（月末）或 2022-01-04")
    month = int(found["month"])
    last = None if found["day"] == "end" else int(found["day"])
    if _impossible(month, 1 if last is None else last):
        raise ValueError(f"日期“{_shown(text)}”不存在")
    return DayOfCycle(month=month, day=last, shift=int(found["shift"] or 0))


def parse_ten_days(value: object) -> TenDayPart:
    """``01-early`` (上旬), ``02-mid`` (中旬), ``-1/12-late`` (上年12月下旬); raises ValueError in Chinese."""
    if isinstance(value, TenDayPart):
        return value
    found = _TEN_DAYS.fullmatch(str(value))
    if not found or not 1 <= int(found["month"]) <= 12:
        raise ValueError(f"旬“{_shown(value)}”看不懂，请写成 01-early（上旬）、01-mid（中旬）或 01-late（下旬）")
    part: Literal["early", "mid", "late"]
    part = "early" if found["part"] == "early" else "mid" if found["part"] == "mid" else "late"
    return TenDayPart(month=int(found["month"]), part=part, shift=int(found["shift"] or 0))


def parse_offset(value: object) -> DayOffset:
    """``due``, ``-3wd 09:00``, ``+1d``; raises ValueError in Chinese."""
    if isinstance(value, DayOffset):
        return value
    if value == "due":
        return DayOffset(0, "due")
    found = _OFFSET.fullmatch(str(value))
    if not found:
        raise ValueError(f"时点“{_shown(value)}”看不懂，请写成 due、-3wd 09:00（工作日）或 +1d（自然日）")
    at = _clock(found["hour"], found["minute"]) if found["hour"] else None
    return DayOffset(int(found["count"]), "wd" if found["unit"] == "wd" else "d", at)


def parse_published(value: object) -> PublishedAt:
    """``-1/12-31 08:30`` or ``2021-12-31 08:30``; raises ValueError in Chinese."""
    if isinstance(value, PublishedAt):
        return value
    found = _PUBLISHED.fullmatch(str(value))
    if not found:
        raise ValueError(f"印发时间“{_shown(value)}”看不懂，请写成 -1/12-31 08:30 或 2021-12-31 08:30")
    return PublishedAt(parse_day(found[1]), _clock(found[2], found[3]))


def parse_clock(value: object) -> time:
    """``17:30``, a local time of day; raises ValueError in Chinese. A bare number is none: 1730 is 28 minutes."""
    if isinstance(value, time):
        return value
    found = _CLOCK.fullmatch(str(value))
    if not found:
        raise ValueError(f"时间“{_shown(value)}”看不懂，请写成 17:30")
    return _clock(found[1], found[2])


def _shown(value: object) -> str:
    """What was written, on one line of bearable length."""
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:40] + "…"


def _clock(hour: str, minute: str) -> time:
    if int(hour) > 23 or int(minute) > 59:
        raise ValueError(f"时间“{hour}:{minute}”不存在")
    return time(int(hour), int(minute))


def _written(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


CycleDay = Annotated[
    DayOfCycle,
    BeforeValidator(parse_day),
    PlainSerializer(str),
    _written(r"^(([+-]\d/)?\d{2}-(\d{2}|end)|\d{4}-\d{2}-\d{2})$"),
]
ClockTime = Annotated[
    time,
    BeforeValidator(parse_clock),
    PlainSerializer(lambda at: f"{at:%H:%M}"),
    _written(r"^\d{2}:\d{2}$"),
]
TenDays = Annotated[
    TenDayPart,
    BeforeValidator(parse_ten_days),
    PlainSerializer(str),
    _written(r"^([+-]\d/)?\d{2}-(early|mid|late)$"),
]
Offset = Annotated[
    DayOffset,
    BeforeValidator(parse_offset),
    PlainSerializer(str),
    _written(r"^(due|[+-]?\d{1,3}(wd|d)( \d{2}:\d{2})?)$"),
]
Published = Annotated[
    PublishedAt,
    BeforeValidator(parse_published),
    PlainSerializer(str),
    _written(r"^\S+ \d{2}:\d{2}$"),
]

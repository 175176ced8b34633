"""Periods that figures and bulletins are about: a year, a half, a quarter, a month. Pure; days are Asia/Shanghai."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflow.moments import SHANGHAI
from workflow.refusals import QueryRefused

_WRITTEN = re.compile(r"(?P<year>\d{4})(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|-(?P<month>0[1-9]|1[0-2]))?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_QUARTERS, _HALVES = "一二三四", "上下"


@dataclass(frozen=True)
class Period:
    """Whole months from ``first`` to ``last``, both included; ``name`` is how it is written, ``title`` in Chinese."""

    name: str
    title: str
    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """Its first instant."""
        return datetime.combine(self.first, time(0, 0), SHANGHAI)

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last + timedelta(days=1), time(0, 0), SHANGHAI)

    @property
    def kind(self) -> str:
        """年度, 半年, 季度 or 月."""
        return {12: "年度", 6: "半年", 3: "季度", 1: "月"}[_months(self)]


def parse(written: str) -> Period:
    """``2022``, ``2022H1``, ``2022Q1`` or ``2022-03``; raises QueryRefused."""
    found = _WRITTEN.fullmatch(written.strip().upper())
    if not found or not _FIRST_YEAR <= int(found["year"]) <= _LAST_YEAR:
        raise QueryRefused(reason=f"期间“{written[:20]}”看不懂，请写成 2022Q1、2022-03、2022H1 或 2022")
    year = int(found["year"])
    if found["quarter"]:
        return _quarter(year, int(found["quarter"]))
    if found["half"]:
        return _half(year, int(found["half"]))
    return _month(year, int(found["month"])) if found["month"] else _year(year)


def before(period: Period) -> Period:
    """The period of the same length that ends where this one begins."""
    day = period.first - timedelta(days=1)
    return _around(day, _months(period))


def quarter_of(day: date) -> Period:
    """The quarter of a day."""
    return _around(day, 3)


def within(year: int) -> tuple[Period, ...]:
    """What a year can be asked for: itself, its halves, quarters and months."""
    halves = tuple(_half(year, number) for number in (1, 2))
    quarters = tuple(_quarter(year, number) for number in (1, 2, 3, 4))
    return (_year(year), *halves, *quarters, *(_month(year, number) for number in range(1, 13)))


def _months(period: Period) -> int:
    return period.last.month - period.first.month + 1


def _around(day: date, months: int) -> Period:
    place = (day.month - 1) // months + 1
    match months:
        case 12:
            return _year(day.year)
        case 6:
            return _half(day.year, place)
        case 3:
            return _quarter(day.year, place)
    return _month(day.year, day.month)


def _year(year: int) -> Period:
    return Period(str(year), f"{year}年", date(year, 1, 1), date(year, 12, 31))


def _half(year: int, number: int) -> Period:
    first, last = (number - 1) * 6 + 1, number * 6
    return Period(f"{year}H{number}", f"{year}年{_HALVES[number - 1]}半年", date(year, first, 1), _end(year, last))


def _quarter(year: int, number: int) -> Period:
    first, last = (number - 1) * 3 + 1, number * 3
    return Period(f"{year}Q{number}", f"{year}年第{_QUARTERS[number - 1]}季度", date(year, first, 1), _end(year, last))


def _month(year: int, number: int) -> Period:
    return Period(f"{year}-{number:02d}", f"{year}年{number}月", date(year, number, 1), _end(year, number))


def _end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)

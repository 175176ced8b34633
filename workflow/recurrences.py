"""Recurrence rules of RFC 5545 within a cycle, by day, with a stated policy for months that lack the day.

dateutil expands the rules. RFC 5545 skips a month without the day; the Weifang plan, 25 asks for a meeting by
the 30th of every month, February included, so a definition says what happens then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dateutil.rrule import rrulestr

#: A rule must not flood a cycle.
MOST = 400
_KNOWN = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "BYWEEKNO", "BYYEARDAY", "WKST"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


@dataclass(frozen=True)
class Rule:
    """A recurrence rule, its parts by name."""

    text: str
    parts: tuple[tuple[str, str], ...]

    @property
    def frequency(self) -> str:
        """DAILY, WEEKLY, MONTHLY or YEARLY."""
        return dict(self.parts)["FREQ"]

    @property
    def interval(self) -> int:
        """Every how many of them."""
        return int(dict(self.parts).get("INTERVAL", "1"))

    @property
    def month_days(self) -> tuple[int, ...]:
        """The days of the month it names, negative ones counted from the end."""
        return tuple(int(day) for day in dict(self.parts).get("BYMONTHDAY", "").split(",") if day)

    @property
    def months(self) -> tuple[int, ...]:
        """The months it is limited to."""
        return tuple(int(month) for month in dict(self.parts).get("BYMONTH", "").split(",") if month)

    @property
    def has_late_days(self) -> bool:
        """Whether it names a day that some month lacks."""
        return any(day > 28 for day in self.month_days)

    @property
    def months_between(self) -> int | None:
        """How many months lie between two occurrences; None where that is not even, or shorter than a month."""
        if self.frequency not in ("MONTHLY", "YEARLY") or len(self.month_days) > 1:
            return None
        if not self.months:
            return self.interval if self.frequency == "MONTHLY" else 12
        steps = {later - earlier for earlier, later in zip(self.months, self.months[1:], strict=False)}
        even = 12 // len(self.months)
        return even if steps <= {even} and even * len(self.months) == 12 else 1

    def with_parts(self, **changed: str) -> Rule:
        """The rule with some parts replaced."""
        parts = tuple((dict(self.parts) | changed).items())
        return Rule(";".join(f"{name}={value}" for name, value in parts), parts)


@lru_cache(maxsize=512)
def parse_rule(text: str) -> Rule:
    """A rule from its text; raises ValueError in Chinese."""
    pairs = [part.partition("=") for part in text.upper().removeprefix("RRULE:").split(";") if part]
    parts = tuple((name.strip(), value.strip()) for name, _, value in pairs)
    names = [name for name, _ in parts]
    if len(set(names)) != len(names) or any(not value for _, value in parts):
        raise ValueError(f"重复规则“{text}”看不懂，请写成 FREQ=MONTHLY;BYMONTHDAY=20")
    if unknown := set(names) - _KNOWN:
        raise ValueError(f"重复规则中不能写 {'、'.join(sorted(unknown))}，可写：{'、'.join(sorted(_KNOWN))}")
    rule = Rule(text, parts)
    if dict(parts).get("FREQ") not in _FREQUENCIES:
        raise ValueError("重复规则须写 FREQ=DAILY、WEEKLY、MONTHLY 或 YEARLY")
    try:
        _expanded(rule, date(2000, 1, 1))
        if rule.interval < 1 or any(not 1 <= month <= 12 for month in rule.months):
            raise ValueError
        if any(not (-28 <= day <= -1 or 1 <= day <= 31) for day in rule.month_days):
            raise ValueError
        if rule.frequency == "YEARLY" and rule.has_late_days and not rule.months:
            raise ValueError
    except (ValueError, TypeError):
        raise ValueError(f"重复规则“{text}”不合 RFC 5545，请写成 FREQ=MONTHLY;BYMONTHDAY=20") from None
    return rule


@dataclass(frozen=True, order=True)
class Recurring:
    """One day of a rule; ``counts_as`` lies in the period it belongs to, also where it moved to the next month."""

    day: date
    counts_as: date


def days(rule: Rule, *, since: date, until: date, missing_day: str | None) -> tuple[Recurring, ...]:
    """The days of a rule from ``since`` through ``until``, counted from ``since``.

    Raises ValueError when there is none, or more than a cycle bears.
    """
    found = sorted(set(_days(rule, since, until, missing_day)))
    if not found:
        raise ValueError(f"重复规则“{rule.text}”在{since}至{until}之间没有一天")
    if len(found) > MOST:
        raise ValueError(f"重复规则“{rule.text}”在一个年度内超过{MOST}次")
    return tuple(found)


def _days(rule: Rule, since: date, until: date, missing_day: str | None) -> Iterator[Recurring]:
    if not rule.has_late_days or missing_day in (None, "skip") or rule.frequency not in ("MONTHLY", "YEARLY"):
        yield from (Recurring(day, day) for day in _between(rule, since, until))
        return
    # A yearly rule picks month by month, as a monthly one does.
    monthly = rule.with_parts(FREQ="MONTHLY", INTERVAL=str(rule.interval if rule.frequency == "MONTHLY" else 1))
    for wanted in rule.month_days:
        # The last of the 28th … wanted day that a month has.
        there = ",".join(str(day) for day in range(28, wanted + 1)) if wanted > 28 else str(wanted)
        for day in _between(monthly.with_parts(BYMONTHDAY=there, BYSETPOS="-1"), since, until):
            late = missing_day == "next-day" and 0 < day.day < wanted
            yield Recurring(day + timedelta(days=1) if late else day, day)


def _between(rule: Rule, since: date, until: date) -> Iterator[date]:
    for number, instant in enumerate(_expanded(rule, since)):
        if instant.date() > until or number > MOST:
            return
        yield instant.date()


def _expanded(rule: Rule, since: date) -> Iterator[datetime]:
    # Local days without an hour or a zone: only the calendar is asked.
    start = datetime.combine(since, time(0, 0))
    return iter(rrulestr(f"RRULE:{rule.text.upper().removeprefix('RRULE:')}", dtstart=start))


def period_of(day: date, rule: Rule, *, previous: bool) -> str:
    """The key of a day's period: ``2022-03``, ``2022Q1``, ``2022H1``, ``2022``, ``2022-W05``, or the day itself."""
    months = rule.months_between
    if rule.frequency == "WEEKLY" and rule.interval == 1 and "," not in dict(rule.parts).get("BYDAY", ""):
        year, week, _ = (day - timedelta(days=7 * previous)).isocalendar()
        return f"{year}-W{week:02d}"
    if months is None:
        return day.isoformat()
    index = day.year * 12 + day.month - 1 - (months if previous else 0)
    year, month = divmod(index, 12)
    if months % 12 == 0:
        return str(year)
    if months == 6:
        return f"{year}H{month // 6 + 1}"
    return f"{year}Q{month // 3 + 1}" if months == 3 else f"{year}-{month + 1:02d}"

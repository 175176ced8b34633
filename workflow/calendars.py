"""Working days as the State Council announces them, year by year.

Days are plain local dates (Asia/Shanghai). A year whose notice is not loaded is *provisional*: Monday to
Friday work, except the holidays that fall on fixed dates by law. A notice may also settle the last days of
the December before its year (New Year 2023 began on 2022-12-31), so the end of an announced year can move.
"""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from chinese_calendar.constants import holidays, workdays

from workflow.refusals import Refusal

_SATURDAY = 5

#: What chinesecalendar calls a festival, and what the State Council's notices call it.
_FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日",
}


@dataclass(frozen=True)
class DayRule:
    """One day that a notice settles: off, or worked in exchange (a make-up Saturday or Sunday)."""

    day: date
    working: bool
    name: str


Notice = tuple[int, tuple[DayRule, ...]]


@dataclass(frozen=True)
class Calendar:
    """Working days over any span of years; ``notices`` are the announced years, in order."""

    notices: tuple[Notice, ...] = ()
    _rules: dict[date, DayRule] = field(init=False, repr=False, compare=False)
    _worked: dict[int, tuple[date, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.notices, key=lambda notice: notice[0]))
        object.__setattr__(self, "notices", ordered)
        object.__setattr__(self, "_rules", {rule.day: rule for _, rules in ordered for rule in rules})
        object.__setattr__(self, "_worked", {})

    def is_working(self, day: date) -> bool:
        """Whether offices work on ``day``; a make-up Saturday or Sunday counts as worked."""
        rule = self._rules.get(day)
        if rule is not None:
            return rule.working
        return day.weekday() < _SATURDAY and _statutory(day) is None

    def name_of(self, day: date) -> str | None:
        """The holiday that ``day`` belongs to, in Chinese; None on any other day, make-up days included."""
        rule = self._rules.get(day)
        if rule is None:
            return _statutory(day)
        return None if rule.working else rule.name

    def rule_of(self, day: date) -> DayRule | None:
        """What a notice says of ``day``, None when none mentions it."""
        return self._rules.get(day)

    def shift(self, day: date, working_days: int) -> date:
        """The n-th working day after ``day``, or before it when negative; ``day`` itself never counts.

        0 gives ``day`` back, worked or not. Raises ValueError beyond the years 1 to 9999.
        """
        if working_days == 0:
            return day
        year, worked = day.year, self._days_worked(day.year)
        if working_days > 0:
            index = bisect_right(worked, day) + working_days - 1
        else:
            index = bisect_left(worked, day) + working_days
        while index >= len(worked):
            index -= len(worked)
            year += 1
            worked = self._days_worked(year)
        while index < 0:
            year -= 1
            worked = self._days_worked(year)
            index += len(worked)
        return worked[index]

    def working_days(self, after: date, through: date) -> int:
        """How many working days lie later than ``after`` and not later than ``through``; 0 when none can."""
        if through <= after:
            return 0
        whole = sum(len(self._days_worked(year)) for year in range(after.year, through.year))
        before = bisect_right(self._days_worked(after.year), after)
        return whole + bisect_right(self._days_worked(through.year), through) - before

    def provisional(self, year: int) -> bool:
        """Whether the notice for ``year`` is not loaded, so that its working days may still move."""
        return all(announced != year for announced, _ in self.notices)

    def years(self) -> tuple[int, ...]:
        """The announced years, in order."""
        return tuple(year for year, _ in self.notices)

    def rules(self, year: int) -> tuple[DayRule, ...]:
        """What the notice for ``year`` settles, by date; empty for a provisional year."""
        return next((rules for announced, rules in self.notices if announced == year), ())

    def with_year(self, year: int, rules: tuple[DayRule, ...]) -> Calendar:
        """The same calendar with the notice for ``year`` loaded, in place of an earlier one."""
        kept = tuple(notice for notice in self.notices if notice[0] != year)
        return Calendar((*kept, (year, tuple(sorted(rules, key=lambda rule: rule.day)))))

    def _days_worked(self, year: int) -> tuple[date, ...]:
        """The working days of one year, counted once and kept: every question is then a binary search."""
        worked = self._worked.get(year)
        if worked is None:
            first, length = date(year, 1, 1), (date(year, 12, 31) - date(year, 1, 1)).days + 1
            days = (first + timedelta(days=offset) for offset in range(length))
            worked = self._worked[year] = tuple(day for day in days if self.is_working(day))
        return worked


@lru_cache(maxsize=1)
def china() -> Calendar:
    """Every year that the chinesecalendar package knows, from the State Council's yearly notices."""
    notices: dict[int, list[DayRule]] = {}
    for days, working in ((holidays, False), (workdays, True)):
        for day, festival in days.items():
            name = _FESTIVALS[festival]
            notices.setdefault(_year_of(day, name), []).append(DayRule(day, working, name))
    calendar = Calendar()
    for year, rules in notices.items():
        calendar = calendar.with_year(year, tuple(rules))
    return calendar


def _year_of(day: date, name: str) -> int:
    """The year whose notice settles ``day``: New Year's days of late December belong to the next one."""
    return day.year + 1 if day.month == 12 and name == "元旦" else day.year


def _statutory(day: date) -> str | None:
    """The holiday the law itself puts on this date, whatever a notice says.

    全国年节及纪念日放假办法, article 2; May 2 was added by the revision in force from 2025-01-01.
    """
    match (day.month, day.day):
        case (1, 1):
            return "元旦"
        case (5, 1):
            return "劳动节"
        case (5, 2) if day.year >= 2025:
            return "劳动节"
        case (10, 1 | 2 | 3):
            return "国庆节"
    return None


#: Columns of an imported year: header names as they may be written, the first one as we write it.
_HEADERS = (("日期", "date"), ("类型", "类型(休/班)", "类型（休/班）", "type"), ("名称", "name"))
_KINDS = {"休": False, "放假": False, "off": False, "班": True, "上班": True, "work": True}
_DATE = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d\d|(?<!\d)\d)\s*[-/.月]?\s*(\d\d|(?<!\d)\d)\s*日?")
_NAME = re.compile(r"[^\x00-\x1f\x7f=+\-@＝＋－＠][^\x00-\x1f\x7f]{0,49}")
_WEEKDAYS = "一二三四五六日"

#: The festivals a complete notice names (全国年节及纪念日放假办法, article 2).
_EXPECTED = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")


class CalendarFault(Refusal):
    """放假安排未读入：{summary}"""

    code = "calendar-refused"

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__(summary="；".join(f"第{line}行{text}" if line else text for line, text in faults))


def parse_year(text: str) -> tuple[int, tuple[DayRule, ...]]:
    """The notice of one year from CSV (日期,类型,名称), by date.

    The year is the one most days fall in; the last days of the December before may be among them.
    Raises CalendarFault with every faulty line.
    """
    filled = _filled_lines(text)
    places = _places(*filled[0])
    rules: list[tuple[int, DayRule]] = []
    faults: list[tuple[int, str]] = []
    for line, row in filled[1:]:
        try:
            rules.append((line, _rule([row[place] if place < len(row) else "" for place in places])))
        except ValueError as fault:
            faults.append((line, str(fault)))
    if not rules and not faults:
        faults.append((0, "没有任何日期"))
    year = _main_year([rule.day for _, rule in rules])
    faults += _misfits(year, rules)
    if faults:
        raise CalendarFault(sorted(faults))
    return year, tuple(sorted((rule for _, rule in rules), key=lambda rule: rule.day))


def day_written(text: str) -> date:
    """A date as 2022-01-31, 2022/1/31, 2022.1.31, 2022年1月31日 or 20220131; raises ValueError in Chinese."""
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(f"日期“{text[:40]}”看不懂，请写成 2022-01-31（不带时间）")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise ValueError(f"日期“{text}”不存在") from None


def to_csv(calendar: Calendar, year: int) -> str:
    """The notice of ``year`` as parse_year reads it; raises CalendarFault when the year is provisional."""
    if calendar.provisional(year):
        raise CalendarFault([(0, f"{year}年的放假安排尚未载入")])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([names[0] for names in _HEADERS])
    for rule in calendar.rules(year):
        writer.writerow([rule.day.isoformat(), "班" if rule.working else "休", rule.name])
    return out.getvalue()


def unnamed_festivals(rules: Sequence[DayRule]) -> tuple[str, ...]:
    """Festivals that no holiday of a notice is named after: a hint that the notice is incomplete."""
    named = "".join(rule.name for rule in rules if not rule.working)
    return tuple(festival for festival in _EXPECTED if festival not in named)


def _filled_lines(text: str) -> list[tuple[int, list[str]]]:
    """Every line with something on it, cells stripped, with its number."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error:
        raise CalendarFault([(reader.line_num, "不是有效的 CSV 内容")]) from None
    filled = [(line, row) for line, row in rows if any(row)]
    if not filled:
        raise CalendarFault([(0, "文件是空的")])
    return filled


def _places(line: int, header: list[str]) -> list[int]:
    """Where the three columns stand."""
    names = [name.lower().replace(" ", "") for name in header]
    missing = [wanted[0] for wanted in _HEADERS if not set(wanted) & set(names)]
    if missing:
        raise CalendarFault([(line, f"表头缺少“{name}”列，应为：日期,类型,名称") for name in missing])
    return [next(place for place, name in enumerate(names) if name in wanted) for wanted in _HEADERS]


def _rule(cells: Sequence[str]) -> DayRule:
    """One line as a rule; raises ValueError in Chinese."""
    written, kind, name = cells
    day = day_written(written)
    working = _KINDS.get(kind.lower())
    if working is None:
        raise ValueError(f"类型“{kind}”看不懂，请写“休”或“班”")
    if not _NAME.fullmatch(name):
        raise ValueError("名称须填写节日名称（不超过50字，不以等号、加减号或 @ 开头）")
    if working and day.weekday() < _SATURDAY:
        raise ValueError(f"{day}是星期{_WEEKDAYS[day.weekday()]}，本来就上班，不是调休")
    return DayRule(day, working, name)


def _main_year(days: Sequence[date]) -> int:
    return Counter(day.year for day in days).most_common(1)[0][0] if days else 0


def _misfits(year: int, rules: Sequence[tuple[int, DayRule]]) -> Iterator[tuple[int, str]]:
    """Days written twice, and days that the notice of ``year`` cannot settle."""
    first: dict[date, int] = {}
    for line, rule in rules:
        if rule.day in first:
            yield line, f"{rule.day}与第{first[rule.day]}行重复"
        first.setdefault(rule.day, line)
        if rule.day.year != year and (rule.day.year, rule.day.month) != (year - 1, 12):
            yield line, f"{rule.day}不属于{year}年的放假安排"

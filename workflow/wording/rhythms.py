"""Recurring due dates in the words of an office: 每月30日前, 每季度末前, 每两周的周五前. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflow.definition import Due
from workflow.moments import DayOfCycle
from workflow.recurrences import Rule

_WEEKDAYS = {"MO": "周一", "TU": "周二", "WE": "周三", "TH": "周四", "FR": "周五", "SA": "周六", "SU": "周日"}
_MISSING = {"last-day": "没有该日的月份为月末", "next-day": "没有该日的月份顺延到次日", "skip": "没有该日的月份不报"}
_QUARTERS, _HALVES = (3, 6, 9, 12), (6, 12)
_EVEN, _ODD = tuple(range(2, 13, 2)), tuple(range(1, 12, 2))


def rhythm(due: Due, cycle: int) -> str:
    """The rule of a recurrence: 每月30日前, 每季度末前."""
    rule = due.rule
    parts, day = dict(rule.parts), _days(rule)
    if {"BYSETPOS", "BYWEEKNO", "BYYEARDAY"} & set(parts) or day is None:
        return f"按重复规则 {rule.text}"
    if rule.frequency == "DAILY":
        return "每日" if rule.interval == 1 else f"每{rule.interval}日一次"
    if rule.frequency == "WEEKLY":
        return _weekly(rule, day)
    said = _months(rule, due, cycle)
    return f"{_end_of(said)}前" if rule.month_days == (-1,) else f"{said}{day or '内'}前"


def exceptions(due: Due, cycle: int) -> Iterator[str]:
    """What a recurrence does in months that lack its day, and from when to when it goes; ValueError as its days."""
    if due.missing_day and due.rule.has_late_days:
        yield _MISSING[due.missing_day]
    if due.period == "previous":
        yield "报上一期情况"
    if due.since is not None:
        yield f"自{_day(due.since, cycle)}起"
    if due.to is not None:
        yield f"至{_day(due.to, cycle)}止"


def _weekly(rule: Rule, day: str) -> str:
    if rule.interval == 1 and day:
        return f"每{day}前"
    return f"每{_times(rule)}周{f'的{day}前' if day else '一次'}"


def _end_of(months: str) -> str:
    """The last day of the months: 每季度末, 每双月末, 每年3月最后一日."""
    if months.endswith("末月"):
        return months.removesuffix("月")
    return months + ("末" if months in ("每月", "每双月", "每单月") else "最后一日")


def _months(rule: Rule, due: Due, cycle: int) -> str:
    """Which months: 每月, 每季度末月, 每3月、9月."""
    months = rule.months
    if not months and rule.frequency == "MONTHLY":
        first = due.since.resolve(cycle).month if due.since else 1
        if rule.interval in (3, 6) and first % rule.interval == 0:
            return "每季度末月" if rule.interval == 3 else "每半年末月"
        return "每月" if rule.interval == 1 else f"每{_times(rule)}个月的"
    if months in (_QUARTERS, _HALVES):
        return "每季度末月" if months == _QUARTERS else "每半年末月"
    if months in (_EVEN, _ODD):
        return "每双月" if months == _EVEN else "每单月"
    return "每年" + "、".join(f"{month}月" for month in months)


def _days(rule: Rule) -> str | None:
    """The days of a month or week, None where they are written in a way that has no plain words."""
    if rule.month_days:
        return "、".join(f"{day}日" if day > 0 else _from_the_end(-day) for day in rule.month_days)
    found = [_weekday(text) for text in dict(rule.parts).get("BYDAY", "").split(",") if text]
    return "、".join(one or "" for one in found) if all(found) else None


def _from_the_end(count: int) -> str:
    return "最后一日" if count == 1 else f"倒数第{count}日"


def _weekday(text: str) -> str | None:
    """周五 of ``FR``, 第1个周五 of ``1FR``, 最后一个周五 of ``-1FR``."""
    found = re.fullmatch(r"([+-]?\d+)?([A-Z]{2})", text)
    if found is None or found[2] not in _WEEKDAYS:
        return None
    place = int(found[1] or 0)
    which = f"第{place}个" if place > 0 else "最后一个" if place == -1 else f"倒数第{-place}个" if place else ""
    return which + _WEEKDAYS[found[2]]


def _times(rule: Rule) -> str:
    return "" if rule.interval == 1 else "两" if rule.interval == 2 else str(rule.interval)


def _day(day: DayOfCycle, cycle: int) -> str:
    found = day.resolve(cycle)
    return f"{found.year}年{found.month}月{found.day}日"

"""What ledgers write in words: time limits and figures, read into plain values and written back the same.

以上, 以下 and 以内 include the number, 超过 and 不足 do not (Civil Code of China, art. 1259).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from workflow.calendars import day_written
from workflow.definition import Comparator
from workflow.moments import parse_day

#: A number beyond this is a slip of the pen, and no float of a YAML file holds it.
_MOST_DIGITS = 15

_WIDE = str.maketrans("０１２３４５６７８９．％〇", "0123456789.%0")
_SEPARATORS = re.compile("[；;、,，]")
_BEFORE = re.compile("(?:之前|以前|前)$")
_SERIAL = re.compile(r"\d{5}")
_NUMERALS = {text: number for number, text in enumerate([*"一二三四五六七八九十", "十一", "十二"], start=1)}
_WEEKDAYS = {"一": "MO", "二": "TU", "三": "WE", "四": "TH", "五": "FR", "六": "SA", "日": "SU", "天": "SU"}
_MONTH = r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])月"
_MONTH_PART = re.compile(_MONTH + "份?(?P<part>底|末|上旬|中旬|下旬)")
_MONTH_DAY = re.compile(_MONTH + r"(?P<day>\d{1,2})[日号]")
_YEAR_END = re.compile(r"(?:(?P<year>\d{4})年度?|本年度?|年度?)(?:底|末|内|终)|全年|下半年")
_QUARTER = re.compile("第?(?P<quarter>[一二三四1234])季度(?:末|底|内)?")
_MONTHLY = re.compile(r"每(?:个)?月(?P<day>\d{1,2})[日号]")
_WEEKLY = re.compile("每周(?P<day>[一二三四五六日天])")
_PARTS = {"底": None, "末": None, "下旬": None, "上旬": 10, "中旬": 20}

_END = "FREQ=MONTHLY;BYMONTHDAY=-1"
_QUARTERLY = "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"
_HALF_YEARLY = "FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1"
_EACH = re.compile("每(?:个)?(月|季度|季|半年)(?:底|末)?")
_RULES = {"月": _END, "季度": _QUARTERLY, "季": _QUARTERLY, "半年": _HALF_YEARLY}
_NAMED_RULES = {_END: "每月底", _QUARTERLY: "每季度末", _HALF_YEARLY: "每半年"}

LIMITS_SAID = "6月底前、6月30日前、年底前、2021-06-30、每月底、每月20日、每季度末或每半年"
FIGURES_SAID = "≥300个、不低于80%、60亿元以上、≤49微克/立方米，几项之间用分号隔开"

SIGNS: Mapping[Comparator, str] = MappingProxyType(
    {"at-least": "≥", "at-most": "≤", "above": "＞", "below": "＜", "equals": "＝"}
)
_BEFORE_NUMBER: Mapping[str, Comparator] = {
    "≥": "at-least", "≧": "at-least", ">=": "at-least", "＞＝": "at-least", "不低于": "at-least",
    "不少于": "at-least", "不小于": "at-least", "至少": "at-least", "达到": "at-least",
    "≤": "at-most", "≦": "at-most", "<=": "at-most", "＜＝": "at-most", "不超过": "at-most", "不高于": "at-most",
    "不大于": "at-most", "不多于": "at-most", "至多": "at-most",
    ">": "above", "＞": "above", "超过": "above", "高于": "above", "大于": "above", "多于": "above",
    "<": "below", "＜": "below", "低于": "below", "小于": "below", "少于": "below", "不足": "below",
    "=": "equals", "＝": "equals", "等于": "equals",
}  # fmt: skip
_AFTER_NUMBER: Mapping[str, Comparator] = {
    "及以上": "at-least", "以上": "at-least", "及以下": "at-most", "以下": "at-most", "以内": "at-most",
}  # fmt: skip
_NUMBER = r"(?P<number>\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_COMPARED = re.compile(
    rf"(?P<label>.*?)\s*(?P<word>{'|'.join(sorted(map(re.escape, _BEFORE_NUMBER), key=len, reverse=True))})"
    rf"\s*{_NUMBER}\s*(?P<unit>.*)"
)
_BOUNDED = re.compile(rf"(?P<label>.*?)\s*{_NUMBER}\s*(?P<unit>[^\d]*?)(?P<word>{'|'.join(_AFTER_NUMBER)})")
_LOST = re.compile("(?P<label>.*?)[（(]?(?:原文)?(?:数字|数值)?残缺[）)]?")
LOST = "原文数字残缺"


@dataclass(frozen=True)
class TimeLimit:
    """完成时限: days as definitions write them (``04-end``, ``06-30``, ``2021-06-30``), or an RFC 5545 rule."""

    days: tuple[str, ...] = ()
    rule: str = ""

    def __str__(self) -> str:
        """As offices write it."""
        return _rule_said(self.rule) if self.rule else "、".join(map(_day_said, self.days))


@dataclass(frozen=True)
class Figure:
    """目标值: one figure to be reached; without a label it is the task itself that is counted.

    ``value`` is None where the document has lost the number.
    """

    label: str
    comparator: Comparator
    value: Decimal | None
    unit: str = ""

    def __str__(self) -> str:
        """As offices write it."""
        if self.value is None:
            return f"{self.label}{LOST}"
        return f"{self.label}{SIGNS[self.comparator]}{self.value:f}{self.unit}"


def parse_limit(written: str) -> TimeLimit:
    """A time limit from a cell; raises ValueError in Chinese, saying what may be written."""
    text = re.sub(r"\s+", "", written.translate(_WIDE))
    if rule := _rule(text):
        return TimeLimit(rule=rule)
    days = tuple(_day(part, written) for part in _SEPARATORS.split(text) if part)
    if not days:
        raise ValueError(f"不能为空，请写成 {LIMITS_SAID}")
    if len(set(days)) != len(days):
        raise ValueError(f"“{_brief(written)}”中同一天写了两遍")
    return TimeLimit(days=days)


def parse_figures(written: str) -> tuple[Figure, ...]:
    """The figures of a cell, none for an empty one; raises ValueError in Chinese."""
    found = tuple(_figure(part.strip()) for part in re.split("[；;\n]", written) if part.strip())
    labels = [one.label for one in found]
    for label in labels:
        if labels.count(label) > 1:
            raise ValueError(f"“{_brief(label)}”写了两遍" if label else "几项目标值须各写名称，如 签约项目≥300个")
    return found


def figures_said(figures: tuple[Figure, ...]) -> str:
    """Several figures as one cell."""
    return "；".join(map(str, figures))


def limit_of_rule(rule: str) -> TimeLimit | None:
    """The time limit of an RFC 5545 rule, None for one that ledgers have no words for."""
    said = _rule_said(rule)
    return TimeLimit(rule=rule) if said and _rule(said) == rule else None


def _rule(text: str) -> str:
    """The rule that a recurring limit means, empty when it is none."""
    loose = _BEFORE.sub("", text)
    if each := _EACH.fullmatch(loose):
        return _RULES[each[1]]
    if weekly := _WEEKLY.fullmatch(loose):
        return f"FREQ=WEEKLY;BYDAY={_WEEKDAYS[weekly['day']]}"
    monthly = _MONTHLY.fullmatch(loose)
    if monthly and 1 <= int(monthly["day"]) <= 31:
        return f"FREQ=MONTHLY;BYMONTHDAY={int(monthly['day'])}"
    return ""


def _rule_said(rule: str) -> str:
    if rule in _NAMED_RULES:
        return _NAMED_RULES[rule]
    if weekly := re.fullmatch("FREQ=WEEKLY;BYDAY=([A-Z]{2})", rule):
        names = {code: name for name, code in reversed(_WEEKDAYS.items())}
        return f"每周{names[weekly[1]]}" if weekly[1] in names else ""
    monthly = re.fullmatch(r"FREQ=MONTHLY;BYMONTHDAY=(\d{1,2})", rule)
    return f"每月{monthly[1]}日" if monthly else ""


def _day(text: str, written: str) -> str:
    """One day as definitions write it; raises ValueError."""
    loose = _BEFORE.sub("", text)
    if _SERIAL.fullmatch(loose):
        raise ValueError(f"“{loose}”是日期的序号，请把单元格格式改为日期")
    day = _named_day(loose)
    if day is None:
        try:
            day = day_written(loose).isoformat()
        except ValueError:
            raise ValueError(f"“{_brief(written)}”看不出截止日期，请写成 {LIMITS_SAID}") from None
    return str(parse_day(day))


def _named_day(text: str) -> str | None:
    if found := _MONTH_PART.fullmatch(text):
        return _month_day(found, _PARTS[found["part"]])
    if found := _MONTH_DAY.fullmatch(text):
        return _month_day(found, int(found["day"]))
    if found := _YEAR_END.fullmatch(text):
        return f"{found['year']}-12-31" if found["year"] else "12-end"
    if text in ("上半年", "上半年内", "上半年底", "上半年末"):
        return "06-end"
    if found := _QUARTER.fullmatch(text):
        quarter = _NUMERALS.get(found["quarter"]) or int(found["quarter"])
        return f"{quarter * 3:02d}-end"
    return None


def _month_day(found: re.Match[str], day: int | None) -> str:
    month = _NUMERALS.get(found["month"]) or int(found["month"])
    if not found["year"]:
        return f"{month:02d}-{'end' if day is None else f'{day:02d}'}"
    if day is None and 1 <= month <= 12:
        day = calendar.monthrange(int(found["year"]), month)[1]
    return f"{found['year']}-{month:02d}-{day or 0:02d}"


def _day_said(day: str) -> str:
    found = parse_day(day)
    if found.year or found.shift:
        return day
    if found.day is None:
        return "年底前" if found.month == 12 else f"{found.month}月底前"
    return f"{found.month}月{found.day}日前"


def _figure(written: str) -> Figure:
    text = written.translate(_WIDE)
    if lost := _LOST.fullmatch(text):
        return Figure(lost["label"].strip(), "at-least", None)
    if found := _COMPARED.fullmatch(text):
        comparator, after = _BEFORE_NUMBER[found["word"]], found["unit"].strip()
        if after.endswith(tuple(_AFTER_NUMBER)):
            raise ValueError(f"“{_brief(written)}”写了两种比较，只留一种，如 ≥300个")
    elif found := _BOUNDED.fullmatch(text):
        comparator, after = _AFTER_NUMBER[found["word"]], found["unit"].strip()
    else:
        missing = bool(re.search(r"\d", text))
        why = "没有写明是不低于还是不超过" if missing else "看不出是多少"
        raise ValueError(f"“{_brief(written)}”{why}，请写成 {FIGURES_SAID}")
    label = found["label"].strip(" ：:").removesuffix("控制在").strip()
    return Figure(label, comparator, _number(found["number"], written), _unit(after, written))


def _unit(text: str, written: str) -> str:
    if len(text) > 20:
        raise ValueError(f"“{_brief(written)}”的单位太长，最多20字")
    if re.match(r"[\d.,，～~—-]", text):
        raise ValueError(f"“{_brief(written)}”看不出是多少，请写成 {FIGURES_SAID}")
    return text


def _number(text: str, written: str) -> Decimal:
    digits = re.sub("[,，]", "", text)
    if len(digits.replace(".", "")) > _MOST_DIGITS:
        raise ValueError(f"“{_brief(written)}”的数字过长")
    return Decimal(f"{Decimal(digits).normalize():f}")


def _brief(text: str) -> str:
    """A text fit to be quoted in a sentence of one line."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:40] + "…"

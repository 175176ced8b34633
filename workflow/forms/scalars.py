"""Single values as people write them, read into the types of a form; every fault is a ValueError in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

#: A unit's name or code → the roster's name for it, None for what the roster does not have.
Units = Callable[[str], str | None]

_DAY = re.compile(r"(\d{4})([-/.年])(\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,，]\d{3})+(?:\.\d*)?")


def blank(value: object) -> bool:
    """Whether a value says nothing."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def unstorable(text: str) -> bool:
    """Whether a text has NUL or half a surrogate pair, which PostgreSQL and UTF-8 have no place for."""
    return "\x00" in text or any(0xD800 <= ord(sign) <= 0xDFFF for sign in text)


def text(value: object, *, longest: int, one_line: bool) -> str:
    """A text of at most ``longest`` characters, with plain newlines."""
    if not isinstance(value, str):
        raise ValueError("须是文字")
    if unstorable(value):
        raise ValueError("含有无法保存的字符")
    kept = value.replace("\r\n", "\n").strip()
    if len(kept) > longest:
        raise ValueError(f"最多{longest}字，现有{len(kept)}字")
    if one_line and "\n" in kept:
        raise ValueError("只能写一行")
    return kept


def integer(value: object) -> int:
    """A whole number of at most 15 digits."""
    number = _number(value)
    if number != number.to_integral_value():
        raise ValueError("须是整数")
    return int(number)


def decimal(value: object) -> str:
    """A number of at most 15 digits before and 8 after the point, kept as it was written."""
    return format(_number(value), "f")


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError("须是数字")
    if isinstance(value, int) and abs(value) >= 10**15:
        raise ValueError("数字过大或小数位过多")
    written = str(value).strip()
    if len(written) > 64:
        raise ValueError("数字过大或小数位过多")
    if _GROUPED.fullmatch(written):
        # Copied from a spreadsheet, 12,000 has its thousands set apart.
        written = written.replace(",", "").replace("，", "")
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise ValueError("须是数字") from None
    if not number.is_finite() or number.adjusted() >= 15 or int(number.as_tuple().exponent) < -8:
        raise ValueError("数字过大或小数位过多")
    return number


def day(value: object) -> str:
    """An ISO date; 2022/1/4, 2022.1.4 and 2022年1月4日 are read too, as spreadsheets write them."""
    found = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        if found is None:
            raise ValueError
        return date(int(found[1]), int(found[3]), int(found[4])).isoformat()
    except ValueError:
        raise ValueError("须是日期，写成 2022-01-04") from None


def yes_no(value: object) -> bool:
    """True or False, also as people write them."""
    if value in (True, "true", "yes", "是"):
        return True
    if value in (False, "false", "no", "否"):
        return False
    raise ValueError("须是“是”或“否”")


def choice(value: object, options: Sequence[str]) -> str:
    """One of the options."""
    if value not in options:
        raise ValueError(f"只能选：{'、'.join(options)}")
    return str(value)


def unit(value: object, units: Units) -> str:
    """The roster's name of a unit written by name or code."""
    if not isinstance(value, str):
        raise ValueError("须是单位名称")
    if unstorable(value):
        raise ValueError("含有无法保存的字符")
    found = units(value.strip())
    if found is None:
        raise ValueError(f"花名册中没有单位“{_short(value.strip())}”")
    return found


def day_shown(value: str) -> str:
    """An ISO date as people read it."""
    found = date.fromisoformat(value)
    return f"{found.year}年{found.month}月{found.day}日"


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:30] + "…"

"""What a request's values are refused for, in Chinese; nothing of the program's inside comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_SAID = {
    "missing": "必填",
    "json_invalid": "不是有效的 JSON",
    "extra_forbidden": "不认识这一项",
    "string_too_short": "太短",
    "string_too_long": "太长",
    "bool_parsing": "须是 true 或 false",
    "bool_type": "须是 true 或 false",
    "literal_error": "不是允许的取值",
    "enum": "不是允许的取值",
    "greater_than_equal": "太小",
    "greater_than": "太小",
    "less_than_equal": "太大",
    "less_than": "太大",
    "too_long": "太多",
}
_BY_KIND = (
    (("string",), "须是文字"),
    (("int",), "须是整数"),
    (("float", "decimal", "finite"), "须是数字"),
    (("datetime", "timezone"), "须是时间，写成 2022-01-05T09:00:00+08:00"),
    (("date",), "须是日期，写成 2022-01-04"),
    (("dict", "model", "mapping"), "须是 JSON 对象"),
    (("list", "tuple"), "须是列表"),
)
_MOST = 20


def explained(errors: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Each fault as (where, what)."""
    for error in errors[:_MOST]:
        yield _place(error["loc"]), _text(error)


def _place(where: Sequence[int | str]) -> str:
    """``body`` is left out before a name, since that is where fields are."""
    parts = [str(part)[:64] for part in where]
    if len(parts) > 1 and parts[0] == "body":
        parts = [part for part in parts[1:] if not part.isdigit()] or ["body"]
    return ".".join(parts)


def _text(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind in _SAID:
        return _SAID[kind]
    return next((text for starts, text in _BY_KIND if kind.startswith(starts)), "不正确")

"""What a unit fills in: read into values of the form's types, checked for completeness, hashed.

Reading refuses what cannot be stored (unknown fields, wrong types, too long, NUL); completeness is asked only
when the unit submits, so that an unfinished draft can be kept.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from workflow.definition import FormField, Obligation
from workflow.refusals import ContentIncomplete, ContentUnreadable

Fields = dict[str, Any]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

#: Characters of a reason or remark.
MAX_REMARK = 2000


def read(obligation: Obligation, given: Mapping[str, object], *, files: Fields) -> Fields:
    """The values of a form as they are stored; ``files`` are the file fields, which are changed by uploads only.

    Raises ContentUnreadable with the faults by field.
    """
    faults: dict[str, str] = {}
    values: Fields = dict(files)
    for name, value in given.items():
        field = obligation.form.get(name)
        if field is None:
            faults[name[:64]] = "表单中没有这一项"
        elif field.type != "file" and not _blank(value):
            try:
                values[name] = _value(field, value)
            except ValueError as fault:
                faults[name] = str(fault)
    if faults:
        raise ContentUnreadable(summary=_summary(obligation, faults), errors=faults)
    return values


def check_complete(obligation: Obligation, values: Mapping[str, Any]) -> None:
    """Raises ContentIncomplete with the missing and unacceptable fields."""
    faults: dict[str, str] = {}
    for name, field in obligation.form.items():
        value = values.get(name)
        if _blank(value):
            if field.required:
                faults[name] = "请上传文件" if field.type == "file" else "必填"
        elif field.type in ("integer", "decimal") and (text := _outside(field, Decimal(str(value)))):
            faults[name] = text
    if faults:
        raise ContentIncomplete(summary=_summary(obligation, faults), errors=faults)


def remark(comment: str) -> str:
    """A reason or remark as it goes into history; raises ContentUnreadable for what no database keeps."""
    text = comment.strip()
    if unstorable(text):
        raise ContentUnreadable(summary="说明中含有无法保存的字符", errors={"comment": "含有无法保存的字符"})
    if len(text) > MAX_REMARK:
        raise ContentUnreadable(summary=f"说明最多{MAX_REMARK}字", errors={"comment": f"最多{MAX_REMARK}字"})
    return text


def unstorable(text: str) -> bool:
    """Whether a text has NUL or half a surrogate pair, which PostgreSQL and UTF-8 have no place for."""
    return "\x00" in text or any(0xD800 <= ord(sign) <= 0xDFFF for sign in text)


def content_hash(obligation_id: str, values: Mapping[str, Any], *, definition_version: str) -> str:
    """SHA-256 over the form's values (files by their own SHA-256) and the definition they answer to."""
    written = json.dumps([obligation_id, definition_version, values], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def shown(field: FormField, value: Any) -> str:
    """A stored value as people read it."""
    if _blank(value):
        return "（未填写）"
    if field.type == "yes-no":
        return "是" if value else "否"
    if field.type == "choices":
        return "、".join(value)
    if field.type == "date":
        day = date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    if field.type == "file":
        return "、".join(str(file["name"]) for file in value)
    return str(value)


def _value(field: FormField, value: object) -> Any:
    match field.type:
        case "text" | "paragraph":
            return _text(field, value)
        case "integer":
            return _integer(value)
        case "decimal":
            return _decimal(value)
        case "date":
            return _date(value)
        case "yes-no":
            return _yes_no(value)
        case "choice":
            return _choice(field, value)
    if not isinstance(value, (list, tuple)):
        raise ValueError("须是选项的列表")
    return list(dict.fromkeys(_choice(field, one) for one in value))


def _text(field: FormField, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("须是文字")
    if unstorable(value):
        raise ValueError("含有无法保存的字符")
    text = value.replace("\r\n", "\n").strip()
    if len(text) > field.max_length:
        raise ValueError(f"最多{field.max_length}字，现有{len(text)}字")
    if field.type == "text" and "\n" in text:
        raise ValueError("只能写一行")
    return text


def _integer(value: object) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise ValueError("须是整数")
    return int(number)


def _decimal(value: object) -> str:
    return format(_number(value), "f")


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError("须是数字")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError("须是数字") from None
    if not number.is_finite() or number.adjusted() >= 15 or int(number.as_tuple().exponent) < -8:
        raise ValueError("数字过大或小数位过多")
    return number


def _date(value: object) -> str:
    text = str(value).strip()
    try:
        # Python also takes weeks, and reads 20220104.5 as a day.
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("须是日期，写成 2022-01-04") from None


def _yes_no(value: object) -> bool:
    if value in (True, "true", "yes", "是"):
        return True
    if value in (False, "false", "no", "否"):
        return False
    raise ValueError("须是“是”或“否”")


def _choice(field: FormField, value: object) -> str:
    if value not in field.options:
        raise ValueError(f"只能选：{'、'.join(field.options)}")
    return str(value)


def _outside(field: FormField, number: Decimal) -> str | None:
    if field.at_least is not None and number < field.at_least:
        return f"不得少于{field.at_least}"
    if field.at_most is not None and number > field.at_most:
        return f"不得多于{field.at_most}"
    return None


def _blank(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _summary(obligation: Obligation, faults: Mapping[str, str]) -> str:
    labels = {name: field.label for name, field in obligation.form.items()}
    return "；".join(f"“{labels.get(name, name)}”{text}" for name, text in list(faults.items())[:8])

"""What a unit fills in: read into values of the form's types, checked for completeness, hashed.

Reading refuses what cannot be stored (unknown fields, wrong types, too long, NUL); completeness is asked only
when the unit submits, so that an unfinished draft can be kept. A fault is named by its field; one in a table by
``<field>.<row>.<column>``, rows counted from 1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from workflow.definition import FormField, Obligation, Sum
from workflow.forms import scalars, tabular
from workflow.forms.scalars import Units, blank, unstorable
from workflow.refusals import ContentIncomplete, ContentUnreadable

__all__ = ["MAX_REMARK", "Fields", "check_complete", "content_hash", "read", "remark", "shown", "unstorable"]

Fields = dict[str, Any]

#: Characters of a reason or remark.
MAX_REMARK = 2000


def _nobody(name: str) -> str | None:
    return None


def read(obligation: Obligation, given: Mapping[str, object], *, files: Fields, units: Units = _nobody) -> Fields:
    """The values of a form as they are stored; ``files`` are the file fields, which are changed by uploads only.

    ``units`` gives the roster's name for a unit's name or code. Raises ContentUnreadable with the faults by field.
    """
    faults: dict[str, str] = {}
    read_: Fields = dict(files)
    for name, value in given.items():
        field = obligation.form.get(name)
        if field is None:
            faults[name[:64]] = "表单中没有这一项"
        elif field.type == "table":
            rows, wrong = tabular.read(field, value or [], units=units)
            faults |= _placed(name, wrong)
            if rows:
                read_[name] = rows
        elif field.type != "file" and not blank(value):
            try:
                read_[name] = _value(field, value, units)
            except ValueError as fault:
                faults[name] = str(fault)
    if faults:
        raise ContentUnreadable(summary=_summary(obligation, faults), errors=faults)
    return read_


def check_complete(obligation: Obligation, values: Mapping[str, Any], *, also: Mapping[str, str] | None = None) -> None:
    """Raises ContentIncomplete with what is missing, does not fit, or does not agree with another field.

    ``also`` are faults by field that somebody else has found.
    """
    faults: dict[str, str] = {}
    for name, field in obligation.form.items():
        faults |= _placed(name, _missing(field, values.get(name)))
    sound = {name: value for name, value in values.items() if name in obligation.form and name not in faults}
    for name, text in (*_days_apart(obligation, sound), *_sums(obligation, sound, faults)):
        faults.setdefault(name, text)
    faults = {**(also or {}), **faults}
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


def content_hash(obligation_id: str, values: Mapping[str, Any], *, definition_version: str) -> str:
    """SHA-256 over the form's values (files by their own SHA-256) and the definition they answer to."""
    written = json.dumps([obligation_id, definition_version, values], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def shown(field: FormField, value: Any) -> str:
    """A stored value as people read it."""
    if blank(value):
        return "（未填写）"
    if misfits(field, value):
        return str(value)
    match field.type:
        case "yes-no":
            return "是" if value else "否"
        case "choices":
            return "、".join(value)
        case "date":
            return scalars.day_shown(value)
        case "file":
            return "、".join(str(file["name"]) for file in value)
        case "table":
            return tabular.shown(field, value)
    return str(value)


def misfits(field: FormField, value: Any) -> dict[str, str]:
    """The faults by place of a stored value that does not fit the field: an earlier definition asked another thing."""
    if blank(value):
        return {}
    if field.type == "table":
        return tabular.read(field, value, units=str)[1]
    try:
        if field.type != "file":
            _value(field, value, str)
        elif not (isinstance(value, list) and all(isinstance(one, Mapping) and "sha256" in one for one in value)):
            return {"": "请重新上传文件"}
    except ValueError as fault:
        return {"": str(fault)}
    return {}


def _value(field: FormField, value: object, units: Units) -> Any:
    match field.type:
        case "text" | "paragraph":
            return scalars.text(value, longest=field.max_length, one_line=field.type == "text")
        case "integer":
            return scalars.integer(value)
        case "decimal":
            return scalars.decimal(value)
        case "date":
            return scalars.day(value)
        case "yes-no":
            return scalars.yes_no(value)
        case "choice":
            return scalars.choice(value, field.options)
        case "unit":
            return scalars.unit(value, units)
    if not isinstance(value, (list, tuple)):
        raise ValueError("须是选项的列表")
    return list(dict.fromkeys(scalars.choice(one, field.options) for one in value))


def _placed(name: str, faults: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}.{place}" if place else name: text for place, text in faults.items()}


def _missing(field: FormField, value: Any) -> dict[str, str]:
    if blank(value):
        if field.required:
            return {"": "请上传文件" if field.type == "file" else "必填"}
        return tabular.missing(field, []) if field.type == "table" else {}
    if faults := misfits(field, value):
        return faults
    if field.type == "table":
        return tabular.missing(field, value)
    outside = _outside(field, Decimal(str(value))) if field.type in ("integer", "decimal") else None
    return {"": outside} if outside else {}


def _outside(field: FormField, number: Decimal) -> str | None:
    if field.at_least is not None and number < field.at_least:
        return f"不得少于{field.at_least}"
    if field.at_most is not None and number > field.at_most:
        return f"不得多于{field.at_most}"
    return None


def _days_apart(obligation: Obligation, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Dates that stand on the wrong side of another; ISO dates compare as texts."""
    for name, field in obligation.form.items():
        for other, wrong in ((field.not_before, "早于"), (field.not_after, "晚于")):
            mine, theirs = str(given.get(name) or ""), str(given.get(other or "") or "")
            if not mine or not theirs or other not in obligation.form:
                continue
            if mine < theirs if wrong == "早于" else mine > theirs:
                yield name, f"不得{wrong}“{obligation.form[other].label}”（{scalars.day_shown(theirs)}）"


def _sums(obligation: Obligation, given: Mapping[str, Any], faults: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Totals that differ from the sum of their parts; a part left empty counts as nothing."""
    for one in obligation.adds_up:
        named = (one.total, *one.parts)
        if all(blank(given.get(name)) for name in named) or any(name in faults for name in named):
            continue
        total, *parts = (Decimal(str(given.get(name) or 0)) for name in named)
        if total != sum(parts):
            yield one.total, f"合计栏须等于{_parts(obligation, one)}之和（现为 {total} 与 {sum(parts)}）"


def _parts(obligation: Obligation, one: Sum) -> str:
    return "+".join(f"‘{obligation.form[name].label}’" for name in one.parts)


def _summary(obligation: Obligation, faults: Mapping[str, str]) -> str:
    labels = {name: field.label for name, field in obligation.form.items()}
    told = ((name, name.partition(".")[0], text) for name, text in list(faults.items())[:8])
    return "；".join(f"“{labels.get(field, name)}”{text}" for name, field, text in told)

"""Days that a form appoints for what follows from it: they must still lie ahead when it is handed in. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from workflow.definition import Definition


def gone_by(definition: Definition, obligation: str, values: Mapping[str, Any], today: date) -> dict[str, str]:
    """What is wrong, by field: days before ``today`` (Asia/Shanghai) by which a follow-up would be due.

    A cell is named ``field.row.column``, rows counted from 1, as forms name it.
    """
    return {
        place: "已经过去：后续事项以此为期限，须不早于今天"
        for place, day in _appointed(definition, obligation, values)
        if isinstance(day, str) and day and date.fromisoformat(day) < today
    }


def _appointed(definition: Definition, obligation: str, values: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for follow_up in definition.obligations.values():
        for opening in follow_up.opened_by:
            if obligation not in opening.of:
                continue
            if opening.rows is None and follow_up.due.field is not None:
                yield follow_up.due.field, values.get(follow_up.due.field)
            elif opening.rows is not None and opening.rows.due is not None:
                for number, row in enumerate(values.get(opening.rows.field) or (), start=1):
                    yield f"{opening.rows.field}.{number}.{opening.rows.due}", row.get(opening.rows.due)

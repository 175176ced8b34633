"""审签单 that were handed out, held against the entries that say so: each names its number, its hash and its ground."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import select, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import Session

from workflow.tables import History, Sheet

_h = History.__table__  # type: ignore[attr-defined]
_t = Sheet.__table__  # type: ignore[attr-defined]

#: The event of handing one out; it is about the record and no part of what a sheet tells.
HANDED_OUT: Final = "sheet"
#: What the entry says of the sheet, and what people call it.
_FACTS = {"sha256": "文件校验值", "head": "所依据的历史", "round": "轮次"}


def facts_of(sheet: Sheet) -> dict[str, object]:
    """What the entry of a sheet says of it."""
    return {"number": sheet.number, **{fact: getattr(sheet, fact) for fact in _FACTS}}


def ground(session: Session, submission_id: int) -> tuple[str, int]:
    """The end of a history by hash and place, as a sheet tells it: handing one out is no new ground for another."""
    query = select(_h.c.hash, _h.c.seq).where(_h.c.submission_id == submission_id, _h.c.event != HANDED_OUT)
    row = session.execute(query.order_by(_h.c.seq.desc()).limit(1)).first()
    return (row.hash, row.seq) if row is not None else ("", 0)


def disagreements(session: Session, ids: tuple[int, int]) -> Iterator[tuple[int, str, str]]:
    """What does not agree, of the submissions in a range of ids: submission, code, text."""
    facts = type_coerce(_h.c.facts, NullType).label("facts")
    at, made = type_coerce(_h.c.at, NullType).label("at"), type_coerce(_t.c.made_at, NullType).label("made_at")
    told = select(_h.c.submission_id, _h.c.seq, at, _h.c.actor, facts)
    told = told.where(_h.c.submission_id.between(*ids), _h.c.event == HANDED_OUT).order_by(_h.c.submission_id, _h.c.seq)
    entries: dict[tuple[int, str], tuple[Any, dict[str, Any]]] = {}
    for one in session.execute(told):
        read = _read(one.facts)
        entries[(one.submission_id, str(read.get("number")))] = one, read
    sheets = select(_t.c.submission_id, _t.c.number, _t.c.round, _t.c.sha256, _t.c.head, made, _t.c.made_by)
    for sheet in session.execute(sheets.where(_t.c.submission_id.between(*ids)).order_by(_t.c.id)):
        entry, said = entries.pop((sheet.submission_id, sheet.number), (None, {}))
        if entry is None:
            yield sheet.submission_id, "sheet-unrecorded", f"审签单{sheet.number}在历史中没有记载"
            continue
        wrong = [title for fact, title in _FACTS.items() if getattr(sheet, fact) != said.get(fact)]
        wrong += [title for title, same in _stamped(sheet, entry) if not same]
        if wrong:
            text = f"审签单{sheet.number}与历史第{entry.seq}条不一致：{'、'.join(wrong)}"
            yield sheet.submission_id, "sheet-differs", text
    for (submission_id, number), (entry, _) in entries.items():
        yield submission_id, "sheet-missing", f"历史第{entry.seq}条记有审签单{number}，现在已不存在"


def _stamped(sheet: Any, entry: Any) -> tuple[tuple[str, bool], ...]:
    return ("出具时间", sheet.made_at == entry.at), ("出具人", sheet.made_by == entry.actor)


def _read(stored: object) -> dict[str, Any]:
    try:
        read = json.loads(stored) if isinstance(stored, str) else stored
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}

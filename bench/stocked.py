"""A store filled in sets: submissions with a content of 1 KB, a history that verifies, and a message each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from bench.stage import DUE, LAUNCHED, crowd
from workflow import forms, ledger
from workflow.ledger import Entry
from workflow.store import Store
from workflow.tables import Content, History, Message, MessageItem, Programme, Submission

#: Rows that ``stock`` adds for one submission: itself, a content, two entries, a message, its item.
ROWS_EACH = 6
_AT_ONCE = 10_000
#: About 1 KB as it is stored.
_FIELDS = ("advanced", "comparable", "targeted", "indicators", "learning")
FORM = {**dict.fromkeys(_FIELDS, "逐项列明的内容，指标和时限。" * 2), "benchmark-region": "榆林市"}

_s = Submission.__table__  # type: ignore[attr-defined]
_m = Message.__table__  # type: ignore[attr-defined]


def stock(opened: Store, count: int, *, tag: str) -> None:
    """Add ``count`` drafts that were opened and once edited, each with a message that was sent."""
    deadline = crowd(opened, count, tag=tag)
    with opened.read() as session:
        programme = session.execute(select(Programme.id, Programme.version)).one()  # type: ignore[call-overload]
        ids = iter(session.execute(select(_s.c.id).where(_s.c.deadline_id == deadline)).scalars().all())
    digest = forms.content_hash("target-choice", FORM, definition_version=programme.version)
    while part := [*islice(ids, _AT_ONCE)]:
        with opened.write() as session:
            _fill(session, part, digest)
            _tell(session, part, programme.id)


def _fill(session: Session, ids: Sequence[int], digest: str) -> None:
    entries = [*_entries(ids)]
    session.execute(insert(History.__table__), entries)  # type: ignore[attr-defined]
    contents = [
        {"submission_id": one, "version": 1, "fields": FORM, "hash": digest, "saved_at": LAUNCHED, "saved_by": ""}
        for one in ids
    ]
    session.execute(insert(Content.__table__), contents)  # type: ignore[attr-defined]
    heads = [{"which": one["submission_id"], "end": one["hash"]} for one in entries if one["seq"] == 2]
    values = {"head": bindparam("end"), "history_seq": 2, "version": 2, "content_version": 1, "content_hash": digest}
    session.connection().execute(update(_s).where(_s.c.id == bindparam("which")).values(**values), heads)


def _entries(ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    opened, edited = (Entry(event, LAUNCHED, LAUNCHED, "联络员") for event in ("open", "edit"))
    for one in ids:
        first = ledger.chained("", one, 1, opened, "", "draft")
        for seq, entry, source, digest in (
            (1, opened, "", first),
            (2, edited, "draft", ledger.chained(first, one, 2, edited, "draft", "draft")),
        ):
            yield {
                "submission_id": one, "seq": seq, "at": entry.at, "noticed_at": entry.noticed_at,
                "event": entry.event, "source": source, "dest": "draft", "actor": entry.actor, "comment": "",
                "facts": {}, "hash": digest,
            }  # fmt: skip


def _tell(session: Session, ids: Sequence[int], programme: int) -> None:
    letters = [
        {
            "key": f"stock:{one}", "programme_id": programme, "kind": "reminder", "person": "p", "recipient": "p",
            "post_title": "联络员", "created_at": LAUNCHED, "not_before": LAUNCHED, "status": "sent", "attempts": 1,
            "reference": f"{one:032x}", "subject": "【督办】提醒", "body": json.dumps(FORM, ensure_ascii=False),
            "answer": "250 OK", "sent_at": LAUNCHED,
        }
        for one in ids
    ]  # fmt: skip
    session.execute(insert(_m), letters)
    found = session.execute(select(_m.c.id, _m.c.key).where(_m.c.key.in_([one["key"] for one in letters[:1]])))
    first = found.one().id
    items = [
        {
            "message_id": first + place, "submission_id": one, "person": "p", "reason": "due-soon", "rung": "stock",
            "day": DUE.date(), "schedule_version": 1,
        }
        for place, one in enumerate(ids)
    ]  # fmt: skip
    session.execute(insert(MessageItem.__table__), items)  # type: ignore[attr-defined]

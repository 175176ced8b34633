"""Is the record whole? Every history chain recomputed from its entries and compared with what is stored.

An entry's hash covers the entry and the hash before it, so an edited, removed, inserted or reordered entry
shows at its place; the head on the submission shows what was cut off at the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, func, select, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import Session

from workflow import lifecycle
from workflow.ledger import Entry, chained
from workflow.library import pinned
from workflow.refusals import Refusal
from workflow.tables import History, Programme, Submission

_h = History.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]
_p = Programme.__table__  # type: ignore[attr-defined]

#: Rows fetched at a time, and how many entries lie between two calls of ``seen``.
STEP = 2000


@dataclass(frozen=True)
class ChainFault:
    """One thing wrong with a submission's history; ``seq`` is the entry it shows at, 0 when at none."""

    submission_id: int
    seq: int
    code: str
    text: str

    def __str__(self) -> str:
        place = f"第{self.seq}条历史" if self.seq else "历史"
        return f"报送件{self.submission_id}：{place}{self.text}（{self.code}）"


@dataclass(frozen=True)
class Size:
    """How much there is to verify."""

    submissions: int
    entries: int


class _Titles:
    """What standings are called: by the lifecycle of their obligation, as far as its definition can be read."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[int, str], Mapping[str, str]] = {}

    def of(self, row: Row[Any], standing: str) -> str:
        """The Chinese title, the name itself where nobody knows it."""
        place = (row.programme_id, row.obligation)
        if place not in self._known:
            self._known[place] = self._titles(*place)
        return self._known[place].get(standing, standing)

    def _titles(self, programme_id: int, obligation: str) -> Mapping[str, str]:
        text = self._session.execute(select(_p.c.source_text).where(_p.c.id == programme_id)).scalar_one_or_none()
        try:
            found = [lifecycle.of(pinned(text or "").definition, obligation)]
        except (Refusal, KeyError):
            # Somebody made it unreadable: that is told elsewhere, the chain is looked at all the same.
            found = [*lifecycle.BUILT_IN.values()]
        return {one.name: one.title for machine in found for one in machine.standings}


def size(session: Session) -> Size:
    """The number of submissions and of history entries."""
    counts = (session.execute(select(func.count()).select_from(table)).scalar_one() for table in (_s, _h))
    return Size(*counts)


def verify(session: Session, *, seen: Callable[[int], object] = lambda _entries: None) -> Iterator[ChainFault]:
    """Every fault of every chain, by submission; reads as it goes, so memory stays the same whatever the size.

    ``seen`` hears how many more entries have been looked at. One statement reads heads and entries, so that
    a service at work meanwhile does not look like a fault.
    """
    # Instants and facts come as they are stored: what somebody made unreadable is a fault, not a crash.
    at, noticed_at, facts = (type_coerce(column, NullType) for column in (_h.c.at, _h.c.noticed_at, _h.c.facts))
    joined = select(
        _s.c.id, _s.c.programme_id, _s.c.obligation, _s.c.head, _s.c.history_seq, _s.c.standing.label("now_standing"),
        _h.c.seq, at.label("at"), noticed_at.label("noticed_at"), _h.c.event, _h.c.source, _h.c.dest, _h.c.actor,
        _h.c.comment, facts.label("facts"), _h.c.hash,
    ).select_from(_s.outerjoin(_h, _h.c.submission_id == _s.c.id))  # fmt: skip
    rows = session.execute(joined.order_by(_s.c.id, _h.c.seq), execution_options={"yield_per": STEP})
    titles = _Titles(session)
    for _, chain in groupby(_counted(rows, seen), key=lambda row: row.id):
        yield from _chain(chain, titles)
    yield from _orphans(session)


def _counted(rows: Iterable[Row[Any]], seen: Callable[[int], object]) -> Iterator[Row[Any]]:
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if number % STEP == 0:
            seen(STEP)
    seen(number % STEP)


def _chain(rows: Iterable[Row[Any]], titles: _Titles) -> Iterator[ChainFault]:
    before, expected, standing = "", 1, ""
    row = None
    for row in rows:
        if row.seq is None:
            yield ChainFault(row.id, 0, "history-missing", "全部缺失")
            return
        yield from _entry(row, before, expected, standing, titles)
        before, expected, standing = row.hash, row.seq + 1, row.dest
    assert row is not None
    if row.history_seq != row.seq:
        yield ChainFault(row.id, row.seq, "end-missing", f"是最后一条，但报送件记有{row.history_seq}条")
    elif row.head != row.hash:
        yield ChainFault(row.id, row.seq, "head-differs", "的校验值与报送件所记的不一致")
    elif row.now_standing != row.dest:
        now, then = titles.of(row, row.now_standing), titles.of(row, row.dest)
        yield ChainFault(row.id, row.seq, "state-differs", f"记为“{then}”，报送件现为“{now}”")


def _entry(row: Row[Any], before: str, expected: int, standing: str, titles: _Titles) -> Iterator[ChainFault]:
    if row.seq != expected:
        yield ChainFault(row.id, row.seq, "entry-missing", f"之前缺少第{expected}条")
        # What stood before is gone: this entry's own hash can only be trusted from here on.
        return
    if _digest(row, before) != row.hash:
        yield ChainFault(row.id, row.seq, "entry-changed", "与校验值不符，内容被改动过")
    elif row.source != standing:
        yield ChainFault(row.id, row.seq, "state-jumps", f"从“{titles.of(row, row.source)}”开始，与上一条的结果不衔接")


def _digest(row: Row[Any], before: str) -> str | None:
    """The hash the entry should have, None when it cannot be read."""
    try:
        facts = json.loads(row.facts) if isinstance(row.facts, str) else row.facts
        entry = Entry(row.event, _instant(row.at), _instant(row.noticed_at), row.actor, row.comment, facts)
        return chained(before, row.id, row.seq, entry, row.source, row.dest)
    except (ValueError, TypeError):
        return None


def _instant(stored: str | datetime) -> datetime:
    """SQLite keeps UTC as plain text, PostgreSQL hands out aware instants."""
    if isinstance(stored, datetime):
        return stored
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _orphans(session: Session) -> Iterator[ChainFault]:
    """Entries of submissions that are no longer there."""
    alone = (
        select(_h.c.submission_id, func.count().label("entries"))
        .where(~select(_s.c.id).where(_s.c.id == _h.c.submission_id).exists())
        .group_by(_h.c.submission_id)
        .order_by(_h.c.submission_id)
    )
    for row in session.execute(alone, execution_options={"yield_per": STEP}):
        yield ChainFault(row.submission_id, 0, "submission-missing", f"还在（{row.entries}条），报送件本身已不存在")

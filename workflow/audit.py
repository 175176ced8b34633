"""Is the record whole? Every history chain recomputed from its entries and compared with what is stored.

An entry's hash covers the entry and the hash before it, so an edited, removed, inserted or reordered entry
shows at its place; the head on the submission shows what was cut off at the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType
from sqlmodel import Session

from workflow import ledger, lifecycle, stamps
from workflow.library import pinned
from workflow.refusals import Refusal
from workflow.tables import History, Programme, Submission

_h = History.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]
_p = Programme.__table__  # type: ignore[attr-defined]

#: Rows fetched at a time, and how many entries lie between two calls of ``seen``.
STEP = 2000
#: How long SQLite's text of an instant is.
_STORED = len("2022-01-04 09:00:00.000000")
_EMPTY: Mapping[str, Any] = {}


class RecordUnreadable(Refusal):
    """历史记录读不出来，无法核验：{reason}。请先备份数据库，再从备份恢复。"""

    code = "record-unreadable"


@contextmanager
def readable() -> Iterator[None]:
    """Raises RecordUnreadable where the database cannot even be asked: a table is gone, a page is damaged."""
    try:
        yield
    except DBAPIError as fault:
        raise RecordUnreadable(reason=str(fault.orig).splitlines()[0]) from fault


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

    def of(self, place: tuple[int, str], standing: str) -> str:
        """The Chinese title in a programme's obligation, the name itself where nobody knows it."""
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
    yield from _walked(session, _joined(), seen)
    yield from _orphans(session)


def of_submission(session: Session, submission_id: int) -> Iterator[ChainFault]:
    """Every fault of one chain."""
    return _walked(session, _joined().where(_s.c.id == submission_id), lambda _entries: None)


def _walked(session: Session, joined: Select[Any], seen: Callable[[int], object]) -> Iterator[ChainFault]:
    rows = session.execute(joined, execution_options={"yield_per": STEP})
    walk = _Walk(_Titles(session))
    for part in rows.partitions():
        for row in part:
            yield from walk.entry(row) if row[0] == walk.submission else walk.first(row)
        seen(len(part))
    yield from walk.end()


def _joined() -> Select[Any]:
    # Instants and facts come as they are stored: what somebody made unreadable is a fault, not a crash.
    at, noticed_at, facts = (type_coerce(column, NullType) for column in (_h.c.at, _h.c.noticed_at, _h.c.facts))
    of_submission = (_s.c.id, _s.c.programme_id, _s.c.obligation, _s.c.head, _s.c.history_seq, _s.c.standing)
    of_entry = (
        _h.c.seq, at, noticed_at, _h.c.event, _h.c.source, _h.c.dest, _h.c.actor, _h.c.comment, facts, _h.c.hash
    )  # fmt: skip
    joined = _s.outerjoin(_h, _h.c.submission_id == _s.c.id)
    return select(*of_submission, *of_entry).select_from(joined).order_by(_s.c.id, _h.c.seq)


class _Walk:
    """Goes through the entries of one submission after the other, as ``_joined`` lays them out."""

    def __init__(self, titles: _Titles) -> None:
        self._titles = titles
        self.submission = 0
        self._place, self._head, self._length, self._now = (0, ""), "", 0, ""
        self._seq, self._before, self._standing, self._hash = 0, "", "", ""

    def first(self, row: Sequence[Any]) -> Iterator[ChainFault]:
        """The first row of the next submission."""
        yield from self.end()
        self.submission, self._place = row[0], (row[1], row[2])
        self._head, self._length, self._now = row[3], row[4], row[5]
        self._seq, self._before, self._standing = 0, "", ""
        if row[6] is None:
            yield ChainFault(self.submission, 0, "history-missing", "全部缺失")
            return
        yield from self.entry(row)

    def entry(self, row: Sequence[Any]) -> Iterable[ChainFault]:
        """One entry; nothing is made for the many that are as they should be."""
        _, _, _, _, _, _, seq, at, noticed_at, event, source, dest, actor, comment, facts, hash_ = row
        expected, before, standing = self._seq + 1, self._before, self._standing
        # SQLite may hold anything where a number belongs.
        self._seq, self._before, self._standing = seq if isinstance(seq, int) else expected, hash_, dest
        if seq != expected:
            # What stood before is gone: this entry's own hash can only be trusted from here on.
            return (ChainFault(self.submission, seq, "entry-missing", f"之前缺少第{expected}条"),)
        laid_out = self.submission, seq, at, noticed_at, event, source, dest, actor, comment, facts
        if _digest(before, laid_out) != hash_:
            return (ChainFault(self.submission, seq, "entry-changed", "与校验值不符，内容被改动过"),)
        if source != standing:
            began = f"从“{self._title(source)}”开始，与上一条的结果不衔接"
            return (ChainFault(self.submission, seq, "state-jumps", began),)
        return ()

    def end(self) -> Iterator[ChainFault]:
        """What the submission says of its last entry."""
        if not self._seq:
            return
        if self._length != self._seq:
            told = f"是最后一条，但报送件记有{self._length}条"
            yield ChainFault(self.submission, self._seq, "end-missing", told)
        elif self._head != self._before:
            yield ChainFault(self.submission, self._seq, "head-differs", "的校验值与报送件所记的不一致")
        elif self._now != self._standing:
            told = f"记为“{self._title(self._standing)}”，报送件现为“{self._title(self._now)}”"
            yield ChainFault(self.submission, self._seq, "state-differs", told)

    def _title(self, standing: str) -> str:
        return self._titles.of(self._place, standing)


def _digest(before: str, laid_out: tuple[Any, ...]) -> str | None:
    """The hash the entry should have, None when it cannot be read."""
    submission_id, seq, at, noticed_at, event, source, dest, actor, comment, facts = laid_out
    try:
        read = (_EMPTY if facts == "{}" else json.loads(facts)) if isinstance(facts, str) else facts
        if not isinstance(read, dict):
            return None
        content = (submission_id, seq, _stamp(at), _stamp(noticed_at), event, source, dest, actor, comment, read)
        return ledger.hashed(before, content)
    except (ValueError, TypeError, RecursionError):
        return None


def _stamp(stored: str | datetime) -> str:
    """An instant as it is hashed: SQLite keeps UTC as plain text, PostgreSQL hands out aware instants."""
    if isinstance(stored, datetime):
        return stamps.stamp(stored)
    if len(stored) == _STORED:
        # As SQLite stores every instant; what is no instant at all has another hash anyway.
        return f"{stored[:10]}T{stored[11:]}+00:00"
    return stamps.stamp(datetime.fromisoformat(stored).replace(tzinfo=UTC))


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

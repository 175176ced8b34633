"""Do the anchors hold? Each root reckoned anew, each anchored entry looked up, all of it held against a file.

What an outside file proves reaches back: a root covers the root before it, so everything up to the last day whose
root the file has is proven from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from workflow import agreement, anchors, audit
from workflow.agreement import Disagreement
from workflow.anchor_files import Line
from workflow.audit import ChainFault
from workflow.tables import Anchor, AnchoredHead, History, Submission

_a = Anchor.__table__  # type: ignore[attr-defined]
_t = AnchoredHead.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class AnchorFault:
    """One thing wrong with an anchor, or with the entry ``seq`` of a submission that it covers."""

    day: str
    code: str
    text: str
    submission_id: int = 0
    seq: int = 0

    def __str__(self) -> str:
        entry = f"报送件{self.submission_id}：第{self.seq}条历史" if self.submission_id else f"{self.day}的存证"
        return f"{entry}{self.text}（{self.code}）"


@dataclass(frozen=True)
class Reach:
    """How far the anchors go: all of them by their chain, and how many of these a file proves from outside.

    ``open_submissions`` and ``open_entries`` moved since the last anchor.
    """

    days: tuple[date, ...] = ()
    proven: int = 0
    open_submissions: int = 0
    open_entries: int = 0


def everything(
    session: Session, file: Sequence[Line] = (), *, seen: Callable[[int], object] = lambda _entries: None
) -> Iterator[ChainFault | Disagreement | AnchorFault]:
    """Every fault of the chains, of what does not agree with them, then of the anchors.

    ``seen`` hears how many more entries have been looked at.
    """
    yield from audit.verify(session, seen=seen)
    yield from agreement.verify(session)
    yield from verify(session, file)


def verify(session: Session, file: Sequence[Line] = ()) -> Iterator[AnchorFault]:
    """Every fault of the anchors, and of entries that are not what they were when they were anchored."""
    chain = anchors.chain(session)
    yield from _roots(session, chain)
    yield from _unanchored(session)
    yield from _entries(session)
    yield from _file(chain, file)


def reach(session: Session, file: Sequence[Line] = ()) -> Reach:
    """How far the anchors go, for whoever reads the outcome."""
    chain = anchors.chain(session)
    roots = {one.anchor.root for one in file if one.anchor is not None}
    proven = max((place for place, one in enumerate(chain, start=1) if one.root in roots), default=0)
    last = select(_t.c.submission_id, func.max(_t.c.seq).label("seq")).group_by(_t.c.submission_id).subquery()
    ahead = _s.c.history_seq - func.coalesce(last.c.seq, 0)
    moved = select(func.count(), func.coalesce(func.sum(ahead), 0)).select_from(
        _s.outerjoin(last, last.c.submission_id == _s.c.id)
    )
    submissions, entries = session.execute(moved.where(ahead > 0)).one()
    return Reach(tuple(one.day for one in chain), proven, submissions, int(entries))


def never_anchored(session: Session, now: datetime) -> bool:
    """Whether there is no anchor at all, though there should be: history is older than two days."""
    old = select(_h.c.seq).where(_h.c.noticed_at < now - timedelta(days=2)).limit(1)
    return not anchors.last_root(session) and session.execute(old).first() is not None


def _roots(session: Session, chain: Sequence[Anchor]) -> Iterator[AnchorFault]:
    roots = ["", *(one.root for one in chain)]
    for before, one in zip(roots, chain, strict=False):
        if one.before != before:
            yield AnchorFault(one.day.isoformat(), "anchor-unchained", "与上一次存证不衔接，其间的存证被删除或改动过")
        if anchors.root_of(one, anchors.heads(session, one.day)) != one.root:
            yield AnchorFault(one.day.isoformat(), "anchor-changed", "与其所含各件的校验值不符，被改动过")


def _unanchored(session: Session) -> Iterator[AnchorFault]:
    """Heads of a day that has no anchor (any more)."""
    days = select(_t.c.day).distinct().where(~select(_a.c.day).where(_a.c.day == _t.c.day).exists()).order_by(_t.c.day)
    for day in session.execute(days).scalars():
        yield AnchorFault(day.isoformat(), "anchor-missing", "已不存在，但所含各件的校验值还在")


def _entries(session: Session) -> Iterator[AnchorFault]:
    """Anchored entries that are gone or have another hash; the database compares, only faults are read."""
    now = _h.alias()
    differing = (
        select(_t.c.day, _t.c.submission_id, _t.c.seq, now.c.hash)
        .select_from(_t.outerjoin(now, (now.c.submission_id == _t.c.submission_id) & (now.c.seq == _t.c.seq)))
        .where(now.c.hash.is_(None) | (now.c.hash != _t.c.hash))
        .order_by(_t.c.submission_id, _t.c.seq, _t.c.day)
    )
    for row in session.execute(differing, execution_options={"yield_per": anchors.STEP}):
        code, text = ("anchored-missing", "已不存在") if row.hash is None else ("anchored-differs", "的校验值已改变")
        told = f"在{row.day.isoformat()}存证，现在{text}"
        yield AnchorFault(row.day.isoformat(), code, told, row.submission_id, row.seq)


def _file(chain: Sequence[Anchor], file: Sequence[Line]) -> Iterator[AnchorFault]:
    """What a file says that the database does not; lines of letters round the anchors' own are passed over."""
    known = {one.day: anchors.line(one) for one in chain}
    for line in file:
        if line.anchor is None:
            if line.text.lstrip().startswith("{") and line != file[-1]:
                yield AnchorFault(f"文件第{line.number}行", "line-unreadable", "不能读取，被改动过")
            continue
        day = line.anchor.day.isoformat()
        if line.anchor.day not in known:
            yield AnchorFault(day, "anchor-gone", "在文件中有，数据库中没有")
        elif known[line.anchor.day] != anchors.line(line.anchor):
            yield AnchorFault(day, "anchor-differs", "与文件中的不一致")

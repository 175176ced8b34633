"""Daily anchors: one value that covers every history as it stood, and that leaves the machine.

An anchor's root is a SHA-256 over the root before it, the anchor's own day, instant and counts, and one line
``submission seq hash`` for each history that moved since, by submission. Who changes, cuts off or takes away what an
anchor covers has to change that root as well, and the root stands in the office's mail and in a file outside the
database. Everything is made in sets, so that a million histories are never held in memory.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session

from workflow.acts import Act
from workflow.audience import Recipient
from workflow.moments import SHANGHAI
from workflow.refusals import DefinitionRefused
from workflow.stamps import stamp
from workflow.tables import Anchor, AnchoredHead, History, Message, Meta, Programme, Submission

_a = Anchor.__table__  # type: ignore[attr-defined]
_h = AnchoredHead.__table__  # type: ignore[attr-defined]
_e = History.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]
_p = Programme.__table__  # type: ignore[attr-defined]
_m = Message.__table__  # type: ignore[attr-defined]

#: The last local day whose end was looked at; the store's own note, never part of the proof.
_LOOKED = "anchored"
#: Heads fetched at a time.
STEP = 5000


def due(session: Session, now: datetime) -> bool:
    """Whether a day has ended whose end nobody has looked at yet."""
    looked, ended = _looked(session), _ended(now)
    if looked is None or looked < ended:
        return True
    # The clock was set back: a day that it sees end for the first time is looked at all the same.
    return looked > ended and session.get(Anchor, ended) is None


def tend(act: Act) -> int:
    """Anchor the day that ended last when anything moved before its end; returns how many were made.

    Days missed while the service was down are one anchor, of the last of them. After a clock was set back nothing is
    anchored anew, but what moves from then on is.
    """
    day, looked = _ended(act.now), _looked(act.session)
    moved = act.session.get(Anchor, day) is None and _moved_before(act)
    if moved or looked is None or looked < day:
        act.session.merge(Meta(key=_LOOKED, value=day.isoformat()))
    if not moved:
        return 0
    act.session.flush()
    _tell_office(act, anchor(act, day))
    return 1


def anchor(act: Act, day: date) -> Anchor:
    """Anchor every history that moved since the last anchor, as it stands now, under ``day`` (Asia/Shanghai)."""
    session, before = act.session, last_root(act.session)
    session.execute(insert(_a).values(day=day, at=act.now, submissions=0, entries=0, before=before, root=""))
    moved = select(literal(day, _h.c.day.type), _s.c.id, _s.c.history_seq, _s.c.head).where(_moved())
    session.execute(insert(_h).from_select(["day", "submission_id", "seq", "hash"], moved))
    submissions, reaching = session.execute(
        select(func.count(), func.coalesce(func.sum(_h.c.seq), 0)).where(_h.c.day == day)
    ).one()
    entries = int(reaching) - _reached_before(session, day)
    made = Anchor(day=day, at=act.now, submissions=submissions, entries=entries, before=before, root="")
    made.root = root_of(made, heads(session, day))
    values = {"submissions": made.submissions, "entries": made.entries, "root": made.root}
    session.execute(update(_a).where(_a.c.day == day).values(**values))
    return made


def _reached_before(session: Session, day: date) -> int:
    """How many entries of the histories of an anchor the ones before it hold.

    Grouped in one pass: row by row, a database that knows nothing yet of the rows just written looks at all of them
    for each.
    """
    now, earlier = _h.alias(), _h.alias()
    of_day = select(now.c.submission_id).where(now.c.day == day)
    reached = select(func.max(earlier.c.seq).label("seq")).where(
        earlier.c.day != day, earlier.c.submission_id.in_(of_day)
    )
    each = reached.group_by(earlier.c.submission_id).subquery()
    return int(session.execute(select(func.coalesce(func.sum(each.c.seq), 0))).scalar_one())


def heads(session: Session, day: date) -> Iterator[Sequence[Any]]:
    """The heads of one anchor by submission, as (submission, seq, hash); read part by part."""
    query = select(_h.c.submission_id, _h.c.seq, _h.c.hash).where(_h.c.day == day).order_by(_h.c.submission_id)
    yield from session.execute(query, execution_options={"yield_per": STEP})


def root_of(one: Anchor, found: Iterable[Sequence[Any]]) -> str:
    """The root of an anchor over these heads."""
    top = f"{one.before}\n{one.day.isoformat()} {stamp(one.at)} {one.submissions} {one.entries}\n"
    digest = hashlib.sha256(top.encode())
    for submission_id, seq, hash_ in found:
        digest.update(f"{submission_id} {seq} {hash_}\n".encode())
    return digest.hexdigest()


def chain(session: Session) -> list[Anchor]:
    """The anchors one after the other as their roots follow; what hangs on nothing comes last, by day.

    Not by day: a clock that was wrong once must not put them out of order.
    """
    left = {row.day: Anchor(**row._mapping) for row in session.execute(select(_a).order_by(_a.c.day))}
    found, root = list[Anchor](), ""
    by_before: dict[str, list[Anchor]] = {}
    for one in left.values():
        by_before.setdefault(one.before, []).append(one)
    while after := [one for one in by_before.get(root, ()) if one.day in left]:
        found.append(left.pop(after[0].day))
        root = after[0].root
    return found + list(left.values())


def last_root(session: Session) -> str:
    """The root that the next anchor covers, empty before the first."""
    later = _a.alias()
    ends = select(_a.c.root).where(~exists().where(later.c.before == _a.c.root)).order_by(_a.c.day.desc()).limit(1)
    found: str | None = session.execute(ends).scalar()
    return found or ""


def line(one: Anchor) -> str:
    """An anchor as one line of JSON, always the same for the same anchor."""
    said = {
        "day": one.day.isoformat(), "at": stamp(one.at), "submissions": one.submissions, "entries": one.entries,
        "before": one.before, "root": one.root,
    }  # fmt: skip
    return json.dumps(said)


def lines(one: Anchor) -> str:
    """What the office's letter says of an anchor, the line for the check by machine at its end."""
    made = one.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    return "\n".join(
        (
            f"存证日期：{one.day.isoformat()}",
            f"生成时间：{made}（北京时间）",
            f"涉及报送件：{one.submissions}件，新增历史{one.entries}条",
            f"上一存证值：{one.before or '（无，此为第一次）'}",
            f"本次存证值：{one.root}",
            "",
            "请保存本信。需要核验历史记录是否被改动过时，把下面一行存入文本文件，",
            "再执行 duban audit verify --anchors 该文件：",
            line(one),
        )
    )


def _looked(session: Session) -> date | None:
    row = session.get(Meta, _LOOKED)
    return date.fromisoformat(row.value) if row else None


def _midnight(day: date) -> datetime:
    """The first instant of a local day."""
    return datetime.combine(day, datetime.min.time(), SHANGHAI)


def _ended(now: datetime) -> date:
    """The local day that ended last."""
    return now.astimezone(SHANGHAI).date() - timedelta(days=1)


def _moved() -> ColumnElement[bool]:
    """Histories whose end no anchor holds."""
    held = (_h.c.submission_id == _s.c.id, _h.c.seq == _s.c.history_seq, _h.c.hash == _s.c.head)
    unheld: ColumnElement[bool] = (_s.c.history_seq > 0) & ~exists().where(*held)
    return unheld


def _moved_at_all(session: Session) -> bool:
    return session.execute(select(_s.c.id).where(_moved()).limit(1)).first() is not None


def _moved_before(act: Act) -> bool:
    """Whether an entry of a day that has ended is in no anchor."""
    later = _h.alias()
    held = (later.c.submission_id == _e.c.submission_id, later.c.seq >= _e.c.seq)
    entries = _s.join(_e, _e.c.submission_id == _s.c.id)
    query = select(_e.c.seq).select_from(entries).where(_moved(), _e.c.noticed_at < _midnight(act.today))
    return act.session.execute(query.where(~exists().where(*held)).limit(1)).first() is not None


def _tell_office(act: Act, made: Anchor) -> None:
    """One message to each holder of the office's post; it waits for the morning."""
    ready = max(act.now, act.hours.on(act.today))
    rows = [
        {
            "key": f"anchor:{made.day.isoformat()}:{one.person}", "programme_id": programme, "kind": "anchor",
            "person": one.person, "recipient": one.name, "post_title": one.post_title, "created_at": act.now,
            "not_before": ready, "attempts": 0, "status": "queued", "reference": secrets.token_hex(12),
            "subject": "", "body": "", "answer": "",
        }
        for programme, one in _office(act)
    ]  # fmt: skip
    if rows:
        postgresql = act.session.get_bind().dialect.name == "postgresql"
        adding = postgresql_insert(_m) if postgresql else sqlite_insert(_m)
        act.session.execute(adding.on_conflict_do_nothing(), rows)


def _office(act: Act) -> list[tuple[int, Recipient]]:
    """Each holder of the office's post in any programme once, with the newest programme that has them."""
    found: dict[str, tuple[int, Recipient]] = {}
    for programme in act.session.execute(select(_p.c.id).order_by(_p.c.id.desc())).scalars().all():
        try:
            holders = act.audience(programme).holders("office", "")
        except DefinitionRefused:
            continue  # Nobody can read its text any more; that is told elsewhere, the anchor is made all the same.
        for one in holders:
            found.setdefault(one.person, (programme, one))
    return sorted(found.values(), key=lambda pair: pair[1].person)

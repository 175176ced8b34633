"""A running programme as an amendment finds it: deadlines, submissions, and what was written into forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select as pick
from sqlmodel import col, select

from workflow.acts import Act
from workflow.refusals import NotFound
from workflow.tables import Content, Deadline, History, Programme, SignOff, Submission
from workflow.versions import Texts

_d = Deadline.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]
_o = SignOff.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]
_c = Content.__table__  # type: ignore[attr-defined]

#: An occurrence of an obligation.
Place = tuple[str, str]

OPEN = ("draft", "pending", "overdue")
#: The event of history that an amendment leaves.
AMEND = "amend"


@dataclass(frozen=True)
class Running:
    """A programme's rows; ``deadlines`` are the newest of everybody, ``highest`` the newest schedule of anybody.

    ``withdrawn`` are the submissions that an earlier amendment exempted and nobody has touched since.
    """

    programme: Programme
    texts: Texts
    deadlines: Mapping[Place, Deadline]
    highest: Mapping[Place, int]
    own: Mapping[int, Deadline]
    rows: Mapping[Place, Sequence[Submission]]
    withdrawn: frozenset[int]

    @property
    def id(self) -> int:
        """The programme's id."""
        return self.programme.id or 0

    def of(self, obligation: str) -> list[Submission]:
        """Every submission of an obligation."""
        return [row for (name, _), rows in self.rows.items() if name == obligation for row in rows]


def read(act: Act, key: str, *, hold: bool = False) -> Running:
    """The rows of a programme; with ``hold`` nobody changes them until the act ends. Raises NotFound."""
    found = act.session.exec(select(Programme.id).where(Programme.key == key)).first()
    if found is None:
        raise NotFound
    if hold:
        _hold(act, found)
    mine = select(Deadline).where(Deadline.programme_id == found)
    laid_out = list(act.session.exec(mine.order_by(col(Deadline.schedule_version)).execution_options(**_AFRESH)))
    rows = select(Submission).where(Submission.programme_id == found).execution_options(**_AFRESH)
    by_place: dict[Place, list[Submission]] = {}
    for row in act.session.exec(rows.order_by(col(Submission.id))):
        by_place.setdefault((row.obligation, row.occurrence), []).append(row)
    return Running(
        programme=act.programme(found),
        texts=act.texts(found),
        deadlines={_place(one): one for one in laid_out if one.submission_id is None},
        highest={_place(one): one.schedule_version for one in laid_out},
        own={one.id or 0: one for one in laid_out if one.submission_id is not None},
        rows=by_place,
        withdrawn=_withdrawn(act, found),
    )


def used_fields(act: Act, rows: Iterable[Submission], names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Every answer that the present contents of these submissions give in these fields."""
    ids, wanted = [row.id for row in rows if row.content_version], list(names)
    newest = (_s.c.id == _c.c.submission_id) & (_s.c.content_version == _c.c.version)
    for start in range(0, len(ids), 500):
        query = pick(_c.c.fields).join(_s, newest).where(_s.c.id.in_(ids[start : start + 500]))
        for fields in act.session.execute(query).scalars():
            yield from ((name, fields[name]) for name in wanted if fields.get(name) not in (None, "", []))


_AFRESH = {"populate_existing": True}


def _place(deadline: Deadline) -> Place:
    return deadline.obligation, deadline.occurrence


def _withdrawn(act: Act, programme_id: int) -> frozenset[int]:
    last = (_h.c.submission_id == _s.c.id) & (_h.c.seq == _s.c.history_seq) & (_h.c.event == AMEND)
    query = pick(_s.c.id).join(_h, last).where(_s.c.programme_id == programme_id, _s.c.state == "exempt")
    return frozenset(act.session.execute(query).scalars())


def _hold(act: Act, programme_id: int) -> None:
    """Everything an amendment may touch, held in the order that sweeps and signatures take it."""
    mine = pick(_s.c.id).where(_s.c.programme_id == programme_id)
    waiting = (_o.c.submission_id.in_(mine), _o.c.decision.is_(None), _o.c.closed_at.is_(None))
    for query in (
        pick(_d.c.id).where(_d.c.programme_id == programme_id).order_by(_d.c.id),
        pick(_o.c.id).where(*waiting).order_by(_o.c.id),
        mine.order_by(_s.c.id),
    ):
        act.session.execute(query.with_for_update(key_share=True)).all()

"""Acts of the office on many submissions at once (批量办理): chosen, looked at, confirmed, done part by part.

Confirming writes down what is to be done, all of it or nothing; after that each part is a transaction of its own, so
that no request lasts for minutes, and a batch that is left halfway can be carried on. What one submission refuses
stops none of the others: the result names it with the reason. Taking back is in ``workflow.batch_undoing``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, case, func, insert, select
from sqlmodel import col
from sqlmodel import select as pick

from workflow import batch_choices, catalogue, corrections, cursors, events, forms, ledger, relief, urging
from workflow.acts import Act
from workflow.batch_choices import ChoiceChanged, Chosen, Kind, NothingToDo, Order
from workflow.desks import UnitName
from workflow.lifecycle import MOVES
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotFound, QueryRefused, Refusal
from workflow.tables import Batch, BatchItem, Submission, Unit

#: Submissions done in one transaction.
CHUNK = 100
_ORDER = "submission"

_b = Batch.__table__  # type: ignore[attr-defined]
_i = BatchItem.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]

#: What became of an item → which items those are. ``stands`` could not be undone.
OUTCOMES = {
    "waiting": (_i.c.seq == 0) & (_i.c.why == ""),
    "refused": (_i.c.seq == 0) & (_i.c.why != ""),
    "undone": _i.c.undone,
    "stands": (_i.c.seq > 0) & ~_i.c.undone & (_i.c.why != ""),
    "done": (_i.c.seq > 0) & ~_i.c.undone & (_i.c.why == ""),
}


@dataclass(frozen=True)
class Line:
    """One batch and how far it has come; the counts are of submissions.

    ``to_undo`` still wait for being undone; ``filters`` are those of the overdue list, None where they were ticked.
    """

    id: int
    kind: Kind
    at: datetime
    by: str
    comment: str
    until: date | None
    filters: Mapping[str, str] | None
    counts: Mapping[str, int]
    undone_at: datetime | None
    undone_by: str

    @property
    def total(self) -> int:
        """All that were chosen."""
        return sum(self.counts.values())

    @property
    def remaining(self) -> int:
        """What is still to be done, or to be undone."""
        return self.counts["waiting"] + (self.counts["done"] if self.undone_at else 0)

    @property
    def may_undo(self) -> bool:
        """Whether it can be taken back at all, as far as nothing has happened since."""
        return self.kind != "return" and self.undone_at is None and self.counts["done"] > 0


@dataclass(frozen=True)
class Item:
    """What became of one submission; ``outcome`` is a key of ``OUTCOMES``."""

    submission_id: int
    unit: UnitName
    obligation_title: str
    occurrence: str
    heading: str
    outcome: str
    why: str


@dataclass(frozen=True)
class Result:
    """A batch with one page of its submissions; ``reasons`` say how often something stood against doing or undoing."""

    line: Line
    items: tuple[Item, ...]
    next: str | None
    reasons: Mapping[str, int] = field(default_factory=dict)


def begin(act: Act, chosen: Chosen, order: Order, *, fingerprint: str) -> Batch:
    """Write down what is to be done to the submissions of a preview, when they still are as it showed them.

    Raises ChoiceChanged, NothingToDo, CommentMissing, DateRefused, Forbidden, QueryRefused.
    """
    batch_choices.check_role(act, order.kind)
    batch_choices.check_order(act, order)
    seen = batch_choices.preview(act, chosen, order)
    if seen.fingerprint != fingerprint:
        raise ChoiceChanged(standing="", move="")
    if not seen.ready:
        why = "；".join(seen.reasons) or "没有选择任何一件"
        raise NothingToDo(what=MOVES[order.kind], why=why, standing="", move="")
    facts: dict[str, object] = {} if chosen.ticked else {"filters": filters_said(chosen)}
    if order.until is not None:
        facts["until"] = order.until.isoformat()
    made = Batch(act=order.kind, at=act.now, by=act.actor.name, comment=forms.remark(order.comment), facts=facts)
    act.session.add(made)
    act.session.flush()
    rows: list[dict[str, object]] = [
        {"batch_id": made.id, "submission_id": one.id, "seq": 0, "before": {}, "undone": False, "why": one.why}
        for one in (*seen.ready, *seen.left_out)
    ]
    act.session.execute(insert(_i), rows)
    return made


def carry_on(act: Act, batch_id: int) -> int:
    """Do the next part of a batch; returns how many are left. Nobody else does the same part meanwhile."""
    batch = held(act, batch_id)
    for item in _next(act, batch_id, _i.c.seq == 0):
        try:
            with act.session.begin_nested():
                _do(act, batch, item)
        except Refusal as refused:
            item.why = refused.text.rstrip("。")
        act.session.add(item)
    act.session.flush()
    return remaining(act, batch_id, _i.c.seq == 0)


def held(act: Act, batch_id: int) -> Batch:
    """A batch, held until the act ends; raises NotFound, Forbidden."""
    if act.actor.role not in OFFICE:
        raise Forbidden(move="批量办理")
    query = pick(Batch).where(Batch.id == batch_id).with_for_update().execution_options(populate_existing=True)
    found = act.session.exec(query).first()
    if found is None:
        raise NotFound
    return found


def one(act: Act, batch_id: int) -> Line:
    """One batch; raises NotFound, Forbidden."""
    _check_reader(act)
    found = act.session.execute(select(_b).where(_b.c.id == batch_id)).first()
    if found is None:
        raise NotFound
    return _lines(act, [found])[0]


def listing(act: Act, *, limit: int = 50, before: int | None = None) -> tuple[Line, ...]:
    """Batches, the newest first; those with a number below ``before``."""
    _check_reader(act)
    older = [_b.c.id < before] if before is not None else []
    return _lines(act, act.session.execute(select(_b).where(*older).order_by(_b.c.id.desc()).limit(limit)).all())


def result(act: Act, batch_id: int, *, outcome: str = "", limit: int = 50, cursor: str | None = None) -> Result:
    """A batch with a page of its submissions, those of one outcome or all; raises NotFound, Forbidden, QueryRefused."""
    line, size = one(act, batch_id), cursors.page_size(limit)
    if outcome and outcome not in OUTCOMES:
        raise QueryRefused(reason=f"结果（outcome）只能是：{'、'.join(OUTCOMES)}")
    wanted = [_i.c.batch_id == batch_id, *([OUTCOMES[outcome]] if outcome else [])]
    behind = [] if cursor is None else [_i.c.submission_id > cursors.read(cursor, _ORDER, int)[0]]
    columns = (_s.c.programme_id, _s.c.unit, _s.c.obligation, _s.c.occurrence, _s.c.heading, _u.c.name, _u.c.category)
    joined = _i.join(_s, _s.c.id == _i.c.submission_id).join(_u, _u.c.code == _s.c.unit)
    query = select(_i.c.submission_id, _i.c.why, _outcome().label("outcome"), *columns).select_from(joined)
    rows = act.session.execute(query.where(*wanted, *behind).order_by(_i.c.submission_id).limit(size + 1)).all()
    against = select(_i.c.why, func.count().label("many")).where(_i.c.batch_id == batch_id, _i.c.why != "")
    reasons = {row.why: row.many for row in act.session.execute(against.group_by(_i.c.why).order_by(_i.c.why))}
    after = cursors.written(_ORDER, rows[size - 1].submission_id) if len(rows) > size else None
    return Result(line, _items(act, rows[:size]), after, reasons)


def remaining(act: Act, batch_id: int, which: Any) -> int:
    """How many items of a batch have neither been done nor refused."""
    waits = select(func.count()).select_from(_i).where(_i.c.batch_id == batch_id, which, _i.c.why == "")
    found: int = act.session.execute(waits).scalar_one()
    return found


def _next(act: Act, batch_id: int, which: Any) -> Sequence[BatchItem]:
    waits = pick(BatchItem).where(BatchItem.batch_id == batch_id, which, col(BatchItem.why) == "")
    # In the order of their numbers, as everybody locks them who takes several.
    return act.session.exec(waits.order_by(col(BatchItem.submission_id)).limit(CHUNK)).all()


def _do(act: Act, batch: Batch, item: BatchItem) -> None:
    row = ledger.load(act.session, item.submission_id)
    events.lapse_due(act, row)
    before = {
        "standing": row.standing, "seq": row.history_seq, "light": row.light, "deadline": row.deadline_id,
        "due_date": row.due_date.isoformat(), "due_at": row.due_at.isoformat(),
        "extended_from": row.extended_from.isoformat() if row.extended_from else None,
        "last_alert_at": row.last_alert_at.isoformat() if row.last_alert_at else None, "last_rung": row.last_rung,
    }  # fmt: skip
    _ACTS[batch.act](act, batch, item.submission_id)
    item.before, item.seq = before, row.history_seq


def _urge(act: Act, batch: Batch, submission_id: int) -> None:
    # Not at once: what goes to one person becomes one message, and can be taken back for some minutes.
    urging.urge(act, submission_id, comment=batch.comment, at_once=False, more={"batch": batch.id})


def _extend(act: Act, batch: Batch, submission_id: int) -> None:
    until = date.fromisoformat(str(batch.facts["until"]))
    relief.extend(act, submission_id, until=until, comment=batch.comment, more={"batch": batch.id})


def _exempt(act: Act, batch: Batch, submission_id: int) -> None:
    relief.exempt(act, submission_id, comment=batch.comment, more={"batch": batch.id})


def _return(act: Act, batch: Batch, submission_id: int) -> None:
    corrections.return_filing(act, submission_id, comment=batch.comment, more={"batch": batch.id})


_ACTS: Mapping[str, Callable[[Act, Batch, int], None]] = {
    "urge": _urge, "extend": _extend, "exempt": _exempt, "return": _return,
}  # fmt: skip


def _check_reader(act: Act) -> None:
    if act.actor.role not in OFFICE | {"inspector"}:
        raise Forbidden(move="查看批量办理")


def filters_said(chosen: Chosen) -> dict[str, str]:
    """The conditions that are set in a choice, by their names."""
    return {name: str(value) for name, value in vars(chosen.filters).items() if value is not None}


def _outcome() -> Any:
    return case(*((condition, name) for name, condition in OUTCOMES.items()), else_="done")


def _lines(act: Act, rows: Sequence[Row[Any]]) -> tuple[Line, ...]:
    counted = select(_i.c.batch_id, _outcome().label("outcome"), func.count().label("many"))
    # Grouped by its name: written twice, its parameters would make two expressions of it.
    of_these = counted.where(_i.c.batch_id.in_([row.id for row in rows])).group_by(_i.c.batch_id, "outcome")
    counts: dict[int, dict[str, int]] = {row.id: dict.fromkeys(OUTCOMES, 0) for row in rows}
    for row in act.session.execute(of_these):
        counts[row.batch_id][row.outcome] = row.many
    return tuple(_line(row, counts[row.id]) for row in rows)


def _line(row: Row[Any], counts: Mapping[str, int]) -> Line:
    until = row.facts.get("until")
    return Line(
        row.id, row.act, row.at, row.by, row.comment, date.fromisoformat(until) if until else None,
        row.facts.get("filters"), counts, row.undone_at, row.undone_by,
    )  # fmt: skip


def _items(act: Act, rows: Iterable[Row[Any]]) -> tuple[Item, ...]:
    found = list(rows)
    listed = catalogue.by_id(act, {row.programme_id for row in found})
    return tuple(
        Item(
            row.submission_id, UnitName(row.unit, row.name, row.category),
            listed[row.programme_id].obligation(row.obligation).title, row.occurrence, row.heading, row.outcome,
            row.why,
        )
        for row in found
    )  # fmt: skip

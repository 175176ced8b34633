"""What an act on many would do, before anything is done: which submissions, and what stands against some of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy import Row, Select, select

from workflow import asking, desks, openings, overdue, posts, relief, sight, urging
from workflow.acts import Act
from workflow.audience import Audience, Recipient
from workflow.desks import UnitName
from workflow.lifecycle import MOVES, moves_open
from workflow.overdue import Filters
from workflow.permissions import OFFICE
from workflow.refusals import CommentMissing, DateRefused, Forbidden, NotAllowedNow, QueryRefused, Refusal
from workflow.tables import Submission

Kind = Literal["urge", "extend", "exempt", "return"]
KINDS: tuple[Kind, ...] = ("urge", "extend", "exempt", "return")
#: The most submissions of one batch.
MOST = 20_000
_NEEDS_REASON = frozenset({"extend", "exempt", "return"})

_s = Submission.__table__  # type: ignore[attr-defined]
_COLUMNS = (
    "id", "version", "programme_id", "obligation", "occurrence", "heading", "unit", "subject", "owner_post", "standing",
    "state", "waiting_on", "due_date", "due_at",
)  # fmt: skip


class NothingToDo(NotAllowedNow):
    """所选的件没有一件可以{what}，没有办理：{why}。"""


class ChoiceChanged(NotAllowedNow):
    """所选的件刚刚有变化，没有办理。请核对下面的新名单，再确认一次。"""


@dataclass(frozen=True)
class Chosen:
    """Which submissions: those ticked, else all that a filter of the overdue list matches."""

    ids: tuple[int, ...] = ()
    filters: Filters = overdue.ALL

    @property
    def ticked(self) -> bool:
        """Whether they were named one by one."""
        return bool(self.ids)


@dataclass(frozen=True)
class Order:
    """What is to be done to them; ``until`` is the new due date of an extension."""

    kind: Kind
    comment: str = ""
    until: date | None = None


@dataclass(frozen=True)
class One:
    """One chosen submission; ``why`` says what stands against the act, empty where nothing does."""

    id: int
    version: int
    unit: UnitName
    obligation_title: str
    occurrence: str
    heading: str
    state: str
    waiting_on: str
    due_date: date
    why: str = ""


@dataclass(frozen=True)
class Preview:
    """What would be done; ``fingerprint`` is of exactly these submissions as they stand, with what is left out."""

    order: Order
    ready: tuple[One, ...]
    left_out: tuple[One, ...]
    fingerprint: str
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All that were chosen."""
        return len(self.ready) + len(self.left_out)


def preview(act: Act, chosen: Chosen, order: Order) -> Preview:
    """Look at the chosen submissions as they are now; nothing is written. Raises Forbidden, QueryRefused.

    Costs the same few queries for one and, part by part, for thousands.
    """
    check_role(act, order.kind)
    rows = _rows(act, chosen)
    against = dict(_against(act, rows, order))
    units = posts.directory(act.session)
    titles = {row.programme_id: act.definition(row.programme_id).obligations for row in rows}
    lines = [
        One(
            row.id, row.version, desks.unit_name(units, row.unit) or UnitName(row.unit, row.unit),
            titles[row.programme_id][row.obligation].title, row.occurrence, row.heading, row.state, row.waiting_on,
            row.due_date, against.get(row.id, ""),
        )
        for row in rows
    ]  # fmt: skip
    reasons: dict[str, int] = {}
    for why in against.values():
        reasons[why] = reasons.get(why, 0) + 1
    ready = tuple(one for one in lines if not one.why)
    return Preview(order, ready, tuple(one for one in lines if one.why), _fingerprint(order.kind, lines), reasons)


def check_role(act: Act, kind: str) -> None:
    """Raises Forbidden for everybody but the office."""
    if act.actor.role not in OFFICE:
        raise Forbidden(move=f"批量{MOVES[kind]}")


def check_order(act: Act, order: Order) -> None:
    """Raises CommentMissing, DateRefused for what an order lacks."""
    if order.kind == "extend":
        if order.until is None:
            raise DateRefused(reason="请选择新的应报日期")
        if order.until < act.today:
            raise DateRefused(reason="延期须晚于原截止日期和今天")
    if order.kind in _NEEDS_REASON and not order.comment.strip():
        raise CommentMissing(what=f"{MOVES[order.kind]}的理由")


def _rows(act: Act, chosen: Chosen) -> Sequence[Row[Any]]:
    """The chosen submissions in sight, in the order of their numbers."""
    columns = [_s.c[name] for name in _COLUMNS]
    if not chosen.ticked:
        matching = overdue.matching(act, chosen.filters, columns)
        rows = act.session.execute(matching.order_by(_s.c.id).limit(MOST + 1)).all()
    else:
        rows = [row for part in _parts(sorted(set(chosen.ids))) for row in _named(act, columns, part)]
    if len(rows) > MOST:
        raise QueryRefused(reason=f"一次最多批量办理{MOST}件，请缩小范围")
    return rows


def _named(act: Act, columns: Sequence[Any], ids: Sequence[int]) -> Sequence[Row[Any]]:
    query: Select[Any] = select(*columns).where(_s.c.id.in_(ids), *sight.limits(act))
    return act.session.execute(query.order_by(_s.c.id)).all()


def _against(act: Act, rows: Sequence[Row[Any]], order: Order) -> Iterator[tuple[int, str]]:
    """By submission, what stands against the act."""
    open_: dict[tuple[int, str, str], str] = {}
    may = []
    for row in rows:
        place = (row.programme_id, row.obligation, row.standing)
        if place not in open_:
            open_[place] = _not_now(act, row, order.kind)
        if open_[place]:
            yield row.id, open_[place]
        else:
            may.append(row)
    if order.kind == "urge":
        yield from _not_to_urge(act, may)
    elif order.kind == "extend" and order.until is not None:
        yield from _not_later(act, may, order.until)


def _not_now(act: Act, row: Row[Any], kind: str) -> str:
    machine = act.lifecycle(row.programme_id, row.obligation)
    if kind in moves_open(machine, row.standing):
        return ""
    return f"当前为“{machine.standing(row.standing).title}”，不能{MOVES[kind]}"


def _not_later(act: Act, rows: Sequence[Row[Any]], until: date) -> Iterator[tuple[int, str]]:
    for row in rows:
        obligation = act.definition(row.programme_id).obligations[row.obligation]
        try:
            relief.later(act, row, obligation, until)  # type: ignore[arg-type]
        except DateRefused as refused:
            yield row.id, str(refused.facts["reason"])


def _not_to_urge(act: Act, rows: Sequence[Row[Any]]) -> Iterator[tuple[int, str]]:
    audiences = {row.programme_id: act.audience(row.programme_id) for row in rows}
    staff: dict[Any, tuple[Recipient, ...]] = {}
    for part in _parts(rows):
        ids = [row.id for row in part]
        asked = asking.signers(act, [row.id for row in part if row.waiting_on == "approver"])
        last = urging.last_urged(act, ids)
        for row in part:
            people = tuple(asked.get(row.id, ())) or _staff(audiences[row.programme_id], row, staff)
            try:
                urging.rested(act, row, people, last.get(row.id, {}))
            except Refusal as refused:
                yield row.id, refused.text.rstrip("。")


def _staff(audience: Audience, row: Row[Any], known: dict[Any, tuple[Recipient, ...]]) -> tuple[Recipient, ...]:
    place = (row.programme_id, row.waiting_on, openings.concern(row))  # type: ignore[arg-type]
    if place not in known:
        known[place] = urging.staff_of(audience, row)  # type: ignore[arg-type]
    return known[place]


def _fingerprint(kind: str, lines: Sequence[One]) -> str:
    """Changes with every history entry of any of them, and with what is left out."""
    told = ";".join(f"{one.id}.{one.version}{'-' if one.why else ''}" for one in lines)
    return hashlib.sha256(f"{kind}:{told}".encode()).hexdigest()


def _parts(some: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (some[start : start + 500] for start in range(0, len(some), 500))

"""What the clock will set off, in order: deadlines, rungs, chases, messages that wait for their time.

A look ahead at the rows as they stand, as if nobody submitted or signed until then. What would concern no
submission is left out, although the rehearsal clock stops there too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, func, select, text

from workflow import catalogue, deadlines, desks, sweep
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.definition import APPROVER, Definition, Rung
from workflow.rungs import SPEAKS_OF
from workflow.tables import Deadline, Message, RungRow, SignOff, Submission, Unit
from workflow.windows import ALL, Scope, Window

Kind = Literal["deadline", "rung", "chase", "message"]

_d = Deadline.__table__  # type: ignore[attr-defined]
_r = RungRow.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]
_m = Message.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]
_o = SignOff.__table__  # type: ignore[attr-defined]

#: As the partial index on messages that have not gone is written; bound parameters would keep it out.
_UNDER_WAY = text("message.status IN ('queued', 'sending', 'gathering')")
#: What a sweep does first at one instant, it is said first.
_ORDER: Mapping[Kind, int] = {"deadline": 0, "rung": 1, "chase": 2, "message": 3}
#: What a rung says, in the words of the letters it sends.
SAYS = {"reminder": "提醒", "overdue": "逾期通知", "escalation": "升级督办", "notice": "通知"}
MESSAGE_KINDS = {
    "reminder": "提醒",
    "lapse": "逾期通知",
    "escalation": "升级督办",
    "notice": "通知",
    "request": "送审",
    "urge": "催办",
    "receipt": "审签回执",
    "code": "验证码",
    "anchor": "存证",
}


@dataclass(frozen=True)
class Upcoming:
    """One thing that will happen at an instant; ``what`` is the sentence for it.

    ``unit`` is set where one unit has a deadline of its own, ``obligation`` and ``title`` are empty for messages.
    ``label`` is the same in a word or two, ``says`` what a rung says.
    """

    at: datetime
    kind: Kind
    programme: str
    obligation: str
    occurrence: str
    unit: str
    count: int
    to: tuple[str, ...]
    what: str
    title: str = ""
    label: str = ""
    says: str = ""


@dataclass(frozen=True)
class Stop:
    """The next instant at which something happens, and what, in one sentence."""

    at: datetime
    what: str


def ahead(act: Act, *, until: datetime, scope: Scope = ALL) -> tuple[Upcoming, ...]:
    """Everything up to ``until``; what is past its instant but not done yet comes first.

    A narrower ``scope`` has what concerns its submissions, counted among them; messages that wait are told only
    where no single obligation or unit is asked for.
    """
    return _within(act, Window(until), scope)


def next_stop(act: Act) -> Stop | None:
    """The next instant that something happens at, None when nothing is ahead."""
    here = act.now
    while (at := sweep.next_instant(act.session, after=here)) is not None:
        found = _within(act, Window(at, after=here), ALL)
        if found:
            said = [one.what for one in found]
            return Stop(at, "；".join(said[:2]) + (f"；等{len(said)}项" if len(said) > 2 else ""))
        here = at
    return None


def _within(act: Act, window: Window, scope: Scope) -> tuple[Upcoming, ...]:
    lapsing, firing = _deadlines(act, window, scope), _rungs(act, window, scope)
    chased, messages = _chased(act, window, scope), () if scope.of_some else _messages(act, window, scope)
    rows = (*lapsing, *firing, *chased, *messages)
    programmes = catalogue.by_id(act, {row.programme_id for row in rows})
    open_ = _open(act, window, scope) if firing else {}
    holders = _approvers(act, window, scope) if chased else {}
    found = [_lapse(programmes[row.programme_id], row) for row in lapsing]
    for row in firing:
        found += _fire(programmes[row.programme_id], row, open_.get(row.deadline_id, ()))
    for row in chased:
        found += _chase(act, programmes[row.programme_id], row, window, holders.get(_group(row), ()))
    found += [_send(programmes[row.programme_id], row) for row in messages]
    return tuple(sorted(found, key=lambda one: (one.at, _ORDER[one.kind], one.programme, one.obligation, one.what)))


def _deadlines(act: Act, window: Window, scope: Scope) -> Sequence[Row[Any]]:
    owing = _s.c.state.in_(("draft", "pending"))
    query = (
        select(
            _d.c.programme_id, _d.c.obligation, _d.c.occurrence, _d.c.due_at, _d.c.submission_id,
            func.count(_s.c.id).label("owing"), func.min(_u.c.name).label("unit"),
        )
        .join(_s, (_s.c.deadline_id == _d.c.id) & owing)
        .join(_u, _u.c.code == _s.c.unit)
        .where(_d.c.lapsed_at.is_(None), window.holds(_d.c.due_at), *scope.submissions(_s))
        .group_by(_d.c.id, _d.c.programme_id, _d.c.obligation, _d.c.occurrence, _d.c.due_at, _d.c.submission_id)
    )  # fmt: skip
    return act.session.execute(query).all()


def _rungs(act: Act, window: Window, scope: Scope) -> Sequence[Row[Any]]:
    query = (
        select(
            _r.c.deadline_id, _r.c.position, _r.c.fires_at, _d.c.programme_id, _d.c.obligation, _d.c.occurrence,
            _d.c.due_at, _d.c.version, _u.c.name.label("unit"),
        )
        .join(_d, _d.c.id == _r.c.deadline_id)
        .outerjoin(_s, _s.c.id == _d.c.submission_id)
        .outerjoin(_u, _u.c.code == _s.c.unit)
        .where(_r.c.fired_at.is_(None), window.holds(_r.c.fires_at), *scope.dates(_d))
    )  # fmt: skip
    return act.session.execute(query).all()


def _open(act: Act, window: Window, scope: Scope) -> dict[int, list[Row[Any]]]:
    """How many submissions of each deadline with a rung in the window stand where."""
    firing = select(_r.c.deadline_id).where(_r.c.fired_at.is_(None), window.holds(_r.c.fires_at))
    query = select(_s.c.deadline_id, _s.c.state, _s.c.waiting_on, func.count().label("owing")).where(
        _s.c.deadline_id.in_(firing), _s.c.state.in_(("draft", "pending", "overdue")), *scope.submissions(_s)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in act.session.execute(query.group_by(_s.c.deadline_id, _s.c.state, _s.c.waiting_on)):
        found.setdefault(row.deadline_id, []).append(row)
    return found


def _chased(act: Act, window: Window, scope: Scope) -> Sequence[Row[Any]]:
    """Submissions whose approvers are chased, counted where the same chase comes at the same instant."""
    key = (_s.c.programme_id, _s.c.obligation, _s.c.occurrence, _s.c.chase_at, _s.c.chases)
    query = select(*key, func.count().label("owing"), func.min(_s.c.pending_since).label("since"))
    wanted = (_s.c.chase_at.is_not(None), window.holds(_s.c.chase_at), *scope.submissions(_s))
    return act.session.execute(query.where(*wanted).group_by(*key)).all()


def _group(row: Row[Any]) -> tuple[object, ...]:
    return row.programme_id, row.obligation, row.occurrence, row.chase_at, row.chases


def _approvers(act: Act, window: Window, scope: Scope) -> dict[tuple[object, ...], list[str]]:
    key = (_s.c.programme_id, _s.c.obligation, _s.c.occurrence, _s.c.chase_at, _s.c.chases)
    query = (
        select(*key, _o.c.post_title, _o.c.holder)
        .join(_o, _o.c.submission_id == _s.c.id)
        .where(
            _o.c.decision.is_(None), _o.c.closed_at.is_(None), window.holds(_s.c.chase_at), *scope.submissions(_s)
        )
        .distinct()
        .order_by(_o.c.post_title, _o.c.holder)
    )  # fmt: skip
    found: dict[tuple[object, ...], list[str]] = {}
    for row in act.session.execute(query):
        found.setdefault(_group(row), []).append(_approver(row.post_title, row.holder))
    return found


def _messages(act: Act, window: Window, scope: Scope) -> Sequence[Row[Any]]:
    key = (_m.c.programme_id, _m.c.kind, _m.c.not_before)
    waiting = _m.c.status.in_(("queued", "gathering"))
    wanted = [_UNDER_WAY, waiting, window.holds(_m.c.not_before)]
    if scope.programme_id is not None:
        wanted.append(_m.c.programme_id == scope.programme_id)
    query = select(*key, func.count().label("letters")).where(*wanted)
    return act.session.execute(query.group_by(*key)).all()


def _lapse(programme: Listed, row: Row[Any]) -> Upcoming:
    unit = row.unit if row.submission_id is not None else ""
    what = f"{_named(programme.definition, row.obligation, unit)}截止，未报送的{row.owing}件转为逾期"
    return Upcoming(
        row.due_at, "deadline", programme.key, row.obligation, row.occurrence, unit, row.owing, (), what,
        programme.obligation(row.obligation).title, "截止",
    )  # fmt: skip


def _fire(programme: Listed, row: Row[Any], open_: Sequence[Row[Any]]) -> list[Upcoming]:
    ladder = programme.ladder(row.obligation, row.version)
    rung, unit = ladder[row.position], row.unit or ""
    chased = any(one.is_chase for one in ladder)
    late = row.fires_at >= row.due_at
    count = sum(one.owing for one in open_ if concerns(rung, one.state, one.waiting_on, late=late, chased=chased))
    if not count:
        return []
    to = _posts(programme.definition, rung)
    when = desks.rung_title(str(rung.at))
    named = _named(programme.definition, row.obligation, unit)
    label = f"{when}{SAYS[rung.say]}"
    what = f"{named}{label}：发给{'、'.join(to)}，涉及{count}件"
    title = programme.obligation(row.obligation).title
    return [
        Upcoming(
            row.fires_at, "rung", programme.key, row.obligation, row.occurrence, unit, count, to, what, title, label,
            rung.say,
        )
    ]  # fmt: skip


def concerns(rung: Rung, state: str, waiting_on: str, *, late: bool, chased: bool) -> bool:
    """Whether a rung would speak of an open submission that stands so now.

    By a late rung all are overdue, except what the office has: that does not lapse.
    """
    spoken = SPEAKS_OF[rung.say][1]
    if ("overdue" if late and waiting_on != "office" else state) not in spoken:
        return False
    return not (rung.say == "reminder" and chased and waiting_on == "approver")


def _chase(act: Act, programme: Listed, row: Row[Any], window: Window, approvers: Sequence[str]) -> list[Upcoming]:
    """The next chase of a group, and the ones after it in the window if nobody signs."""
    ladder = programme.definition.ladder_of(row.obligation)
    plan = deadlines.chases(ladder, since=row.since, calendar=act.calendar())
    found = []
    for number, (planned, position) in enumerate(plan[row.chases :], start=row.chases):
        at = row.chase_at if number == row.chases else planned
        if at > window.until:
            break
        rung = ladder[position]
        to = tuple(approvers) if APPROVER in rung.to else _posts(programme.definition, rung)
        waited = desks.rung_title(f"pending_for {rung.pending_for}")
        named = _named(programme.definition, row.obligation, "")
        label = f"{waited}，第{number + 1}次催促审签"
        what = f"{named}{label}：{row.owing}件，发给{'、'.join(to[:3])}"
        what += f"等{len(to)}人" if len(to) > 3 else ""
        found.append(
            Upcoming(
                at, "chase", programme.key, row.obligation, row.occurrence, "", row.owing, to, what,
                programme.obligation(row.obligation).title, label,
            )
        )  # fmt: skip
    return found


def _send(programme: Listed, row: Row[Any]) -> Upcoming:
    kind = MESSAGE_KINDS.get(row.kind, row.kind)
    what = f"发送{row.letters}条{kind}消息"
    return Upcoming(row.not_before, "message", programme.key, "", "", "", row.letters, (), what, label=f"{kind}消息")


def _named(definition: Definition, obligation: str, unit: str) -> str:
    title = definition.obligations[obligation].title
    quoted = title if title.startswith("《") else f"“{title}”"
    return f"{unit}{quoted}" if unit else quoted


def _approver(title: str, holder: str) -> str:
    return title if title == holder else f"{title} {holder}"


def _posts(definition: Definition, rung: Rung) -> tuple[str, ...]:
    return tuple("审签人" if post == APPROVER else definition.post_title(post) for post in rung.to)

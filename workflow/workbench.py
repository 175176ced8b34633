"""我的报送: everything one unit owes – what is its move, what waits with somebody else, what is ahead, what is done.

The same few queries whatever the store holds: open submissions come in pages by their date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, and_, func, literal, or_, select, tuple_

from workflow import asking, catalogue, cursors, desks, lifecycle, posts, sight, unopened
from workflow.acts import Act, Actor
from workflow.audience import Recipient
from workflow.catalogue import Listed
from workflow.desks import Lateness, UnitName
from workflow.lifecycle import moves_open
from workflow.refusals import NotFound
from workflow.tables import ExtensionRequest, History, Programme, Submission
from workflow.unopened import Unopened
from workflow.windows import Scope

_s = Submission.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]
_p = Programme.__table__  # type: ignore[attr-defined]
_e = ExtensionRequest.__table__  # type: ignore[attr-defined]

PAGE = 50
#: So far ahead, and so many, are named of what has not opened yet; so many of what was filed.
AHEAD = timedelta(weeks=13)
MOST_AHEAD = 30
MOST_FILED = 20
#: What gives a submission to the unit again, with the office's or the leader's reason.
_GIVEN_BACK = ("return", "reopen")
_TURNS = (*_GIVEN_BACK, "submit", "withdraw")
_OPEN = ("draft", "pending", "overdue")


@dataclass(frozen=True)
class GivenBack:
    """Why the unit has it again; ``event`` is return or reopen."""

    event: str
    by: str
    at: datetime
    comment: str


@dataclass(frozen=True)
class Missing:
    """Another submission of the unit that must be filed first."""

    submission_id: int
    title: str


@dataclass(frozen=True)
class Desk:
    """Whose move it is; ``mobile`` only where the reader may know it."""

    post: str
    name: str
    mobile: str = ""


@dataclass(frozen=True)
class Task:
    """One open submission of the unit.

    ``days_left`` and ``working_days_left`` count to the due date, today not counted, 0 from that day on.
    """

    submission_id: int
    programme: str
    programme_title: str
    obligation_title: str
    heading: str
    occurrence: str
    owner_post: str
    due_date: date
    due_at: datetime
    state: str
    waiting_on: str
    light: str
    late: Lateness
    days_left: int
    working_days_left: int
    started: bool
    may_extend: bool
    extended_from: date | None
    extension_asked: date | None
    given_back: GivenBack | None
    missing: tuple[Missing, ...]
    desks: tuple[Desk, ...]
    since: datetime | None
    chases: int
    chase_at: datetime | None


@dataclass(frozen=True)
class Tasks:
    """One page of open submissions by date; ``next`` is None on the last."""

    items: tuple[Task, ...]
    total: int
    next: str | None


@dataclass(frozen=True)
class Filed:
    """Something handed in for a programme that runs."""

    submission_id: int
    programme: str
    obligation_title: str
    heading: str
    occurrence: str
    due_date: date
    filed_at: datetime
    was_late: bool
    late: Lateness


@dataclass(frozen=True)
class Workbench:
    """A unit's desk; ``on_time`` and ``filed_late`` count in the programmes that run, ``overdue`` what is late."""

    unit: UnitName
    todo: Tasks
    sent: Tasks
    ahead: tuple[Unopened, ...]
    filed: tuple[Filed, ...]
    overdue: int
    on_time: int
    filed_late: int


def as_unit(act: Act, code: str) -> Act:
    """The act as the unit's own people would read; raises NotFound where the actor may not look at that unit."""
    own = sight.own_unit(act)
    if (own is not None and own != code) or all(one.code != code for one in posts.directory(act.session).units()):
        raise NotFound
    return replace(act, actor=Actor(act.actor.name, "unit", code))


def of_unit(act: Act, code: str, *, todo: str | None = None, sent: str | None = None) -> Workbench:
    """A unit's desk, ``todo`` and ``sent`` being the cursors of its two lists; raises NotFound, QueryRefused."""
    as_unit(act, code)
    mine, in_force = _s.c.unit == code, (_s.c.state == "filed") & _running(act, code)
    counts = _counts(act, mine, in_force)
    rows = {
        "todo": _open(act, "todo", todo, mine, _s.c.waiting_on == "unit"),
        "sent": _open(act, "sent", sent, mine, _s.c.waiting_on.in_(("approver", "office"))),
    }
    filed = act.session.execute(
        select(_s).where(mine, in_force).order_by(_s.c.filed_at.desc(), _s.c.id.desc()).limit(MOST_FILED)
    ).all()
    programmes = catalogue.by_id(act, {row.programme_id for row in (*rows["todo"], *rows["sent"], *filed)})
    known = posts.directory(act.session).unit(code)
    shown = {name: _tasks(act, some[:PAGE], programmes) for name, some in rows.items()}
    return Workbench(
        unit=UnitName(known.code, known.name, known.category),
        todo=Tasks(shown["todo"], counts.get("unit", 0), _next("todo", rows["todo"])),
        sent=Tasks(shown["sent"], counts.get("approver", 0) + counts.get("office", 0), _next("sent", rows["sent"])),
        ahead=unopened.ahead(act, opening_until=act.now + AHEAD, scope=Scope(unit=code))[:MOST_AHEAD],
        filed=tuple(_filed(act, row, programmes[row.programme_id]) for row in filed),
        overdue=counts.get("overdue", 0),
        on_time=counts.get("on-time", 0),
        filed_late=counts.get("late", 0),
    )


def _running(act: Act, code: str) -> ColumnElement[bool]:
    """Of programmes that run: the cycle has not passed, whatever day a thing was filed on, or the unit still owes."""
    cycles = select(_p.c.id).where(_p.c.cycle >= act.today.year)
    owed = select(_s.c.programme_id).where(_s.c.unit == code, _s.c.state.in_(_OPEN))
    running: ColumnElement[bool] = _s.c.programme_id.in_(cycles.union(owed))
    return running


def _counts(act: Act, mine: ColumnElement[bool], in_force: ColumnElement[bool]) -> dict[str, int]:
    """How many wait on whom, how many of those are overdue, how many of what runs were filed on time and late."""
    query = select(_s.c.state, _s.c.waiting_on, _s.c.late, func.count().label("many"))
    grouped = query.where(mine, or_(_s.c.state.in_(_OPEN), in_force))
    found: dict[str, int] = {}
    for row in act.session.execute(grouped.group_by(_s.c.state, _s.c.waiting_on, _s.c.late)):
        of_filed = "late" if row.late else "on-time"
        names = {of_filed if row.state == "filed" else row.waiting_on, row.state}
        for name in names:
            found[name] = found.get(name, 0) + row.many
    return found


def _open(
    act: Act, order: Literal["todo", "sent"], cursor: str | None, *wanted: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    """One row more than a page, the nearest date first."""
    place, conditions = (_s.c.due_at, _s.c.id), [*wanted, _s.c.state.in_(_OPEN)]
    if cursor is not None:
        at, number = cursors.read(cursor, order, datetime, int)
        conditions.append(tuple_(*place) > tuple_(literal(at, _s.c.due_at.type), literal(number)))
    return act.session.execute(select(_s).where(*conditions).order_by(*place).limit(PAGE + 1)).all()


def _next(order: str, rows: Sequence[Row[Any]]) -> str | None:
    return cursors.written(order, rows[PAGE - 1].due_at, rows[PAGE - 1].id) if len(rows) > PAGE else None


def _tasks(act: Act, rows: Sequence[Row[Any]], programmes: Mapping[int, Listed]) -> tuple[Task, ...]:
    if not rows:
        return ()
    ids = [row.id for row in rows]
    asked = asking.waiting(act.session, [row.id for row in rows if row.waiting_on == "approver"])
    given_back = _given_back(act, [row.id for row in rows if row.waiting_on == "unit"])
    extensions = _extensions(act, ids)
    missing = _missing(act, [row for row in rows if row.waiting_on == "unit"], programmes)
    return tuple(
        replace(
            _task(act, row, programmes[row.programme_id]),
            desks=tuple(_desk(act, row.unit, one) for one in asked.get(row.id, ())),
            given_back=given_back.get(row.id),
            extension_asked=extensions.get(row.id),
            missing=missing.get(row.id, ()),
        )
        for row in rows
    )


def _task(act: Act, row: Row[Any], listed: Listed) -> Task:
    calendar = act.calendar()
    moves = moves_open(lifecycle.of(listed.definition, row.obligation), row.standing)
    return Task(
        submission_id=row.id, programme=listed.key, programme_title=listed.title,
        obligation_title=listed.obligation(row.obligation).title, heading=row.heading, occurrence=row.occurrence,
        owner_post=listed.definition.post_title(row.owner_post) if row.owner_post else "",
        due_date=row.due_date, due_at=row.due_at, state=row.state, waiting_on=row.waiting_on, light=row.light,
        late=desks.lateness(row, act.now, calendar), days_left=max((row.due_date - act.today).days, 0),
        working_days_left=calendar.working_days(act.today, row.due_date), started=row.content_version > 0,
        may_extend="extend" in moves, extended_from=row.extended_from, extension_asked=None, given_back=None,
        missing=(), desks=(), since=row.pending_since, chases=row.chases, chase_at=row.chase_at,
    )  # fmt: skip


def _desk(act: Act, unit: str, one: Recipient) -> Desk:
    """A unit reads the number of its own head, not that of a leader."""
    known = posts.directory(act.session)
    if not known.knows(one.person):
        return Desk(one.post_title, one.name)
    own = any(held.unit == unit for held in known.posts_of(one.person, act.today))
    shown = own or act.actor.role in sight.READERS
    return Desk(one.post_title, one.name, (known.person(one.person).mobile or "") if shown else "")


def _given_back(act: Act, ids: Sequence[int]) -> dict[int, GivenBack]:
    """Of these, those whose last turn gave them back to the unit."""
    columns = (_h.c.submission_id, _h.c.event, _h.c.at, _h.c.actor, _h.c.comment)
    query = select(*columns).where(_h.c.submission_id.in_(ids), _h.c.event.in_(_TURNS))
    last = {row.submission_id: row for row in act.session.execute(query.order_by(_h.c.submission_id, _h.c.seq))}
    return {
        number: GivenBack(row.event, row.actor, row.at, row.comment)
        for number, row in last.items()
        if row.event in _GIVEN_BACK
    }


def _extensions(act: Act, ids: Sequence[int]) -> dict[int, date]:
    query = select(_e.c.submission_id, _e.c.until).where(_e.c.submission_id.in_(ids), _e.c.answered_at.is_(None))
    return {row.submission_id: row.until for row in act.session.execute(query)}


def _missing(
    act: Act, rows: Sequence[Row[Any]], programmes: Mapping[int, Listed]
) -> dict[int, tuple[Missing, ...]]:  # fmt: skip
    """What must be filed before each of these, of what recurs as it does the one of the same period."""
    needs = {row.id: programmes[row.programme_id].obligation(row.obligation).requires for row in rows}
    wanted = {(row.programme_id, name) for row in rows for name in needs[row.id]}
    if not wanted:
        return {}
    columns = (_s.c.id, _s.c.programme_id, _s.c.obligation, _s.c.occurrence, _s.c.state)
    any_of = or_(*(and_(_s.c.programme_id == one, _s.c.obligation == name) for one, name in sorted(wanted)))
    found = act.session.execute(select(*columns).where(_s.c.unit == rows[0].unit, any_of).order_by(_s.c.due_at)).all()
    missing: dict[int, tuple[Missing, ...]] = {}
    for row in rows:
        prior = [one for one in found if one.programme_id == row.programme_id and one.obligation in needs[row.id]]
        same = {one.obligation for one in prior if one.occurrence == row.occurrence}
        missing[row.id] = tuple(
            Missing(one.id, programmes[one.programme_id].obligation(one.obligation).title)
            for one in prior
            if one.state not in ("filed", "exempt") and (one.occurrence == row.occurrence or one.obligation not in same)
        )
    return missing


def _filed(act: Act, row: Row[Any], listed: Listed) -> Filed:
    late = desks.lateness(row, act.now, act.calendar())
    title = listed.obligation(row.obligation).title
    return Filed(row.id, listed.key, title, row.heading, row.occurrence, row.due_date, row.filed_at, row.late, late)

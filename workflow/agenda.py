"""The dates somebody has to mind: a unit's and the office's deadlines, what a leader decides and watches over."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, case, func, select

from workflow import catalogue, delegations, posts, sight
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.moments import SHANGHAI
from workflow.roster import UNIT_HEAD
from workflow.tables import Deadline, History, SignOff, Submission, Unit

_s = Submission.__table__  # type: ignore[attr-defined]
_d = Deadline.__table__  # type: ignore[attr-defined]
_h = History.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]
_o = SignOff.__table__  # type: ignore[attr-defined]

#: A calendar is for people: what is long past is left out, of what a leader watches sooner.
_BACK_DAYS = 400
_WATCHED_BACK_DAYS = 60
#: So many units are named in one entry of a leader's; so many rows are looked through for their names.
_MOST_NAMED = 20
_MOST_OPEN = 2000

_DATES = (
    _d.c.id, _d.c.programme_id, _d.c.obligation, _d.c.occurrence, _d.c.due_date, _d.c.due_at, _d.c.submission_id,
    _d.c.schedule_version,
)  # fmt: skip
_STILL_OPEN = func.sum(case((_s.c.state.in_(("filed", "exempt")), 0), else_=1))
#: The newest entry in a submission's history: when it last changed.
_LAST = (_h.c.submission_id == _s.c.id) & (_h.c.seq == _s.c.history_seq)


@dataclass(frozen=True)
class Entry:
    """One deadline; ``submission`` is the only one on it, None where several units share it.

    ``uid`` stays the same for one unit's submission when its date is moved; ``sequence`` grows with every change of a
    submission, and of a shared deadline with every move. ``owner`` names the unit whose it is, where that is another.
    """

    uid: str
    programme: str
    programme_title: str
    obligation: str
    obligation_title: str
    duty: str
    occurrence: str
    due_date: date
    due_at: datetime
    units: int
    open_units: int
    submission: int | None
    sequence: int
    changed_at: datetime | None = None
    exempt: bool = False
    heading: str = ""
    owner: str = ""

    @property
    def cut_off(self) -> str:
        """The last moment in time on the due date, as people write it."""
        return _cut_off(self.due_date, self.due_at)


@dataclass(frozen=True)
class Watched:
    """What a leader is to ``sign``, or the date of units they ``watch`` over; ``named`` are the units still open."""

    uid: str
    kind: Literal["sign", "watch"]
    programme_title: str
    obligation_title: str
    heading: str
    occurrence: str
    due_date: date
    due_at: datetime
    units: int
    open_units: int
    named: str
    sequence: int
    changed_at: datetime | None

    @property
    def cut_off(self) -> str:
        """The last moment in time on the due date, as people write it."""
        return _cut_off(self.due_date, self.due_at)


def entries(act: Act) -> tuple[Entry, ...]:
    """Every deadline in sight by date; a unit's own people see what concerns their unit, submission by submission."""
    unit = sight.own_unit(act)
    since = act.today - timedelta(days=_BACK_DAYS)
    found = _shared(act, since) if unit is None else _each(act, since)
    programmes = catalogue.by_id(act, {row.programme_id for row in found})
    if unit is None:
        return tuple(_entry(row, programmes[row.programme_id]) for row in found)
    return tuple(_of_submission(row, programmes[row.programme_id], unit) for row in found)


def of_leader(act: Act, person: str) -> tuple[Watched, ...]:
    """What waits for a person's decision, their own and as a delegate, and the dates of the units they answer for."""
    signing, watching = _signing(act, person), _watching(act, _answers_for(act, person))
    programmes = catalogue.by_id(act, {row.programme_id for row in (*signing, *watching)})
    names = _open_names(act, person) if watching else {}
    mark = hashlib.sha256(person.encode()).hexdigest()[:10]
    found = list(_to_sign(signing, programmes, mark))
    found += [
        _watched("watch", row, programmes[row.programme_id], mark, row.units, row.open, names.get(row.id, ()))
        for row in watching
    ]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.kind, one.uid)))


def _shared(act: Act, since: date) -> list[Row[Any]]:
    """One row for each deadline, without those that an amendment moved: what still stands on them has been filed."""
    query = (
        select(*_DATES, func.count().label("units"), _STILL_OPEN.label("open"), func.min(_s.c.state).label("state"))
        .select_from(_d.join(_s, _s.c.deadline_id == _d.c.id))
        .where(_d.c.due_date >= since)
        .group_by(*_DATES)
        .order_by(_d.c.due_at, _d.c.id)
    )
    return _as_amended(act.session.execute(query).all())


def _each(act: Act, since: date) -> list[Row[Any]]:
    query = (
        select(
            *_DATES, _s.c.id.label("submission"), _s.c.unit, _s.c.state, _s.c.history_seq, _s.c.heading,
            _u.c.name.label("owner"), _h.c.noticed_at.label("changed_at"),
        )
        .select_from(
            _s.join(_d, _d.c.id == _s.c.deadline_id).join(_u, _u.c.code == _s.c.unit).outerjoin(_h, _LAST)
        )
        .where(_s.c.due_date >= since, *sight.limits(act))
        .order_by(_d.c.due_at, _s.c.id)
    )  # fmt: skip
    return list(act.session.execute(query).all())


def _as_amended(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    of_all = [row for row in rows if row.submission_id is None]
    newest = {_place(row): row.id for row in sorted(of_all, key=lambda one: one.schedule_version)}
    return [row for row in rows if row.submission_id is not None or newest[_place(row)] == row.id]


def _place(row: Row[Any]) -> tuple[object, ...]:
    return row.programme_id, row.obligation, row.occurrence


def _entry(row: Row[Any], listed: Listed) -> Entry:
    obligation = listed.obligation(row.obligation)
    return Entry(
        uid=f"{_name(row)}.{listed.key}@duban", programme=listed.key, programme_title=listed.title,
        obligation=row.obligation, obligation_title=obligation.title, duty=obligation.duty,
        occurrence=row.occurrence, due_date=row.due_date, due_at=row.due_at, units=row.units, open_units=row.open,
        submission=row.submission_id, sequence=row.schedule_version - 1,
        exempt=row.submission_id is not None and row.state == "exempt",
    )  # fmt: skip


def _of_submission(row: Row[Any], listed: Listed, unit: str) -> Entry:
    obligation = listed.obligation(row.obligation)
    return Entry(
        uid=f"submission-{row.submission}.{listed.key}@duban", programme=listed.key, programme_title=listed.title,
        obligation=row.obligation, obligation_title=obligation.title, duty=obligation.duty,
        occurrence=row.occurrence, due_date=row.due_date, due_at=row.due_at, units=1,
        open_units=0 if row.state in ("filed", "exempt") else 1, submission=row.submission,
        sequence=row.history_seq, changed_at=row.changed_at, exempt=row.state == "exempt", heading=row.heading,
        owner="" if row.unit == unit else row.owner,
    )  # fmt: skip


def _signing(act: Act, person: str) -> Sequence[Row[Any]]:
    """Requests without a decision, theirs and those of whoever they stand in for today."""
    standing_in = delegations.active(act.session, act.today)
    asked = [person, *(one for one, those in standing_in.items() if any(by.delegate == person for by in those))]
    query = (
        select(*_DATES, _s.c.heading, _u.c.name.label("unit"), _o.c.asked_at)
        .select_from(
            _o.join(_s, _s.c.id == _o.c.submission_id).join(_d, _d.c.id == _s.c.deadline_id)
            .join(_u, _u.c.code == _s.c.unit)
        )
        .where(_o.c.person.in_(asked), _o.c.decision.is_(None), _o.c.closed_at.is_(None))
        .order_by(_d.c.due_at, _o.c.asked_at, _o.c.id)
    )  # fmt: skip
    return act.session.execute(query).all()


def _to_sign(rows: Sequence[Row[Any]], programmes: dict[int, Listed], mark: str) -> Iterable[Watched]:
    """One entry for each deadline: ten units that wait for one leader are one thing to do."""
    groups: dict[int, list[Row[Any]]] = {}
    for row in rows:
        groups.setdefault(row.id, []).append(row)
    for those in groups.values():
        units = list(dict.fromkeys(row.unit for row in those))
        newest = max(those, key=lambda row: row.asked_at)
        yield _watched(
            "sign", newest, programmes[newest.programme_id], mark, len(those), len(those), units, newest.asked_at
        )


def _answers_for(act: Act, person: str) -> tuple[str, ...]:
    """The units that a person's posts supervise today, and those they head."""
    known = posts.directory(act.session)
    held = known.posts_of(person, act.today)
    leading = {row.post for row in held if row.unit is None}
    heading = {row.unit for row in held if row.unit is not None and row.post == UNIT_HEAD}
    return tuple(
        one.code
        for one in known.units()
        if one.code in heading or leading.intersection(known.supervisor_posts(one.code, act.today))
    )


def _of_units(act: Act, units: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (_s.c.unit.in_(units), _s.c.due_date >= act.today - timedelta(days=_WATCHED_BACK_DAYS))


def _watching(act: Act, units: Collection[str]) -> list[Row[Any]]:
    if not units:
        return []
    query = (
        select(
            *_DATES, func.count().label("units"), _STILL_OPEN.label("open"), func.max(_s.c.heading).label("heading"),
            func.max(_h.c.noticed_at).label("changed_at"),
        )
        .select_from(_s.join(_d, _d.c.id == _s.c.deadline_id).outerjoin(_h, _LAST))
        .where(*_of_units(act, units))
        .group_by(*_DATES)
        .order_by(_d.c.due_at, _d.c.id)
    )  # fmt: skip
    return _as_amended(act.session.execute(query).all())


def _open_names(act: Act, person: str) -> dict[int, list[str]]:
    query = (
        select(_s.c.deadline_id, _u.c.name)
        .join(_u, _u.c.code == _s.c.unit)
        .where(*_of_units(act, _answers_for(act, person)), _s.c.state.in_(("draft", "pending", "overdue")))
        .order_by(_s.c.due_at, _u.c.row, _s.c.id)
        .limit(_MOST_OPEN)
    )
    found: dict[int, list[str]] = {}
    for row in act.session.execute(query):
        found.setdefault(row.deadline_id, []).append(row.name)
    return found


def _watched(
    kind: Literal["sign", "watch"], row: Row[Any], listed: Listed, mark: str, units: int, open_: int,
    names: Sequence[str], changed_at: datetime | None = None,
) -> Watched:  # fmt: skip
    named = "、".join(dict.fromkeys(names[:_MOST_NAMED]))
    return Watched(
        uid=f"{kind}-{_name(row)}-{mark}.{listed.key}@duban", kind=kind, programme_title=listed.title,
        obligation_title=listed.obligation(row.obligation).title, heading=row.heading if units == 1 else "",
        occurrence=row.occurrence, due_date=row.due_date, due_at=row.due_at, units=units, open_units=open_,
        named=f"{named}等" if len(names) > _MOST_NAMED else named, sequence=row.schedule_version - 1,
        changed_at=changed_at or row.changed_at,
    )  # fmt: skip


def _name(row: Row[Any]) -> str:
    """What a deadline is called in a feed: the same whatever its date is moved to."""
    return f"{row.obligation}-{row.occurrence}" if row.submission_id is None else f"submission-{row.submission_id}"


def _cut_off(day: date, due_at: datetime) -> str:
    at = due_at.astimezone(SHANGHAI)
    return "24:00" if at.date() > day else at.strftime("%H:%M")

"""The roster and the calendars in the store: imported whole, read as one directory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, delete, func, update
from sqlmodel import Session, col, select

from workflow.calendars import Calendar, DayRule, china
from workflow.roster import LIAISON, Directory, PersonRow, PostRow, Roster, SupervisionRow, UnitRow
from workflow.tables import CalendarDay, Holding, Meta, Person, Supervision, Unit

_Built = TypeVar("_Built", Directory, Calendar)

_cache: WeakKeyDictionary[Engine | Connection, dict[tuple[str, str], Any]] = WeakKeyDictionary()
_lock = Lock()


def directory(session: Session) -> Directory:
    """Units, people and posts as they stand in the store; rebuilt only after an import or a launch."""
    return _remembered(session, "roster", lambda: Directory(export(session), bodies(session)))


def title_of(session: Session, person: str, on: date) -> str:
    """The title a person goes by on a day; a post that signs goes before a liaison's. Empty for one who holds none."""
    known = directory(session)
    titles = known.titles_of(person, on)
    kinds = (row.post for row in known.posts_of(person, on))
    return min(zip(kinds, titles, strict=True), key=lambda pair: pair[0] == LIAISON, default=("", ""))[1]


def revision(session: Session) -> str:
    """What changes with every import and every change of supervision."""
    return _revision(session, "roster")


def bodies(session: Session) -> tuple[UnitRow, ...]:
    """The bodies that definitions name and no roster has."""
    rows = select(Unit).where(Unit.body != "").order_by(col(Unit.code))
    return tuple(UnitRow(u.code, u.name, u.category, body=u.body) for u in session.exec(rows))


def settle_bodies(session: Session, rows: Iterable[UnitRow]) -> None:
    """Add the bodies of a definition, or name them as it names them now."""
    found = list(rows)
    for row in found:
        session.merge(Unit(code=row.code, name=row.name, category=row.category, groups=[], body=row.body))
    if found:
        _bump(session, "roster")


def calendar(session: Session) -> Calendar:
    """China's working days: the announced years, and those imported into this store."""
    return _remembered(session, "calendar", lambda: _calendar(session))


def suppose(session: Session, *, roster: Roster | None = None, calendar: Calendar | None = None) -> None:
    """Let what this session reads be as if another roster, or another calendar, were in force already.

    For a preview in a reading transaction; nothing is written and no other session sees it.
    """
    if roster is not None:
        session.info["roster"] = Directory(roster, bodies(session))
    if calendar is not None:
        session.info["calendar"] = calendar


def import_roster(session: Session, roster: Roster) -> None:
    """Replace posts and supervision, add and update units and people; the roster was checked before.

    Units and people that the new roster lacks stay as rows, since history speaks of them, but such units belong
    to no group and such people hold no post. Why a unit came under a leader stays said while that stands.
    """
    why = {
        (row.post, row.unit, row.since, row.until): row.comment
        for row in session.exec(select(Supervision).where(Supervision.comment != ""))
    }
    session.execute(update(Unit).values(groups=[]))
    for unit in roster.units:
        session.merge(
            Unit(
                code=unit.code,
                name=unit.name,
                category=unit.category,
                groups=list(unit.groups),
                parent=unit.parent,
                row=unit.row,
            )
        )
    session.flush()
    for one in roster.people:
        session.merge(
            Person(
                key=one.key,
                name=one.name,
                email=one.email,
                wecom_id=one.wecom_id,
                mobile=one.mobile,
                row=one.row,
            )
        )
    session.flush()
    session.execute(delete(Holding))
    session.execute(delete(Supervision))
    session.add_all(
        Holding(post=p.post, unit=p.unit, person=p.person, since=p.since, until=p.until, row=p.row)
        for p in roster.posts
    )
    session.add_all(
        Supervision(
            post=s.post,
            unit=s.unit,
            since=s.since,
            until=s.until,
            row=s.row,
            comment=why.get((s.post, s.unit, s.since, s.until), ""),
        )
        for s in roster.supervision
    )
    _bump(session, "roster")


def dropped_adjustments(session: Session, roster: Roster, on: date) -> tuple[SupervisionRow, ...]:
    """领导分工调整 still in force or ahead on a day that the office made here and this roster does not know."""
    made = select(Supervision).where(Supervision.comment != "").order_by("row", "id")
    ahead = made.where(col(Supervision.until).is_(None) | (col(Supervision.until) >= on))
    return tuple(
        SupervisionRow(row.post, row.unit, row.since, row.until, row=row.row)
        for row in session.exec(ahead)
        if not any(_leads(one, row.post, row.unit, max(row.since or on, on)) for one in roster.supervision)
    )


def _leads(row: SupervisionRow, post: str, unit: str, on: date) -> bool:
    begun, lasting = row.since is None or row.since <= on, row.until is None or row.until >= on
    return (row.post, row.unit) == (post, unit) and begun and lasting


def put_person(session: Session, row: PersonRow) -> None:
    """Add a person, or write down how they are reached now; the row was checked before."""
    session.merge(
        Person(key=row.key, name=row.name, email=row.email, wecom_id=row.wecom_id, mobile=row.mobile, row=row.row)
    )
    _bump(session, "roster")


def appoint(session: Session, row: PostRow) -> None:
    """One more post held; the row was checked before."""
    last = session.exec(select(func.max(Holding.row))).one() or 0
    session.add(
        Holding(post=row.post, unit=row.unit, person=row.person, since=row.since, until=row.until, row=last + 1)
    )
    _bump(session, "roster")


def end(session: Session, holding: int, until: date) -> None:
    """Let a post be held until a day and no longer; what would begin only after it falls."""
    row = session.get(Holding, holding)
    assert row is not None
    if row.since is not None and row.since > until:
        session.delete(row)
    else:
        row.until = until
    _bump(session, "roster")


def supervise(session: Session, changes: Mapping[str, str], *, since: date, comment: str) -> None:
    """Put units under other leaders' posts from a day on: what was, ends the day before; what was planned, falls."""
    for row in session.exec(select(Supervision).where(col(Supervision.unit).in_(changes)).order_by("row", "id")).all():
        if row.since is not None and row.since >= since:
            session.delete(row)
        elif row.until is None or row.until >= since:
            row.until = since - timedelta(days=1)
    last = session.exec(select(func.max(Supervision.row))).one() or 0
    session.add_all(
        Supervision(post=post, unit=unit, since=since, row=last + number, comment=comment)
        for number, (unit, post) in enumerate(changes.items(), start=1)
    )
    _bump(session, "roster")


def import_calendar(session: Session, year: int, rules: Iterable[DayRule]) -> None:
    """Replace one year of the calendar."""
    session.execute(delete(CalendarDay).where(col(CalendarDay.year) == year))
    session.add_all(CalendarDay(year=year, day=rule.day, working=rule.working, name=rule.name) for rule in rules)
    _bump(session, "calendar")


def export(session: Session) -> Roster:
    """The roster of the store, in the order it was imported."""
    return Roster(
        units=tuple(
            UnitRow(u.code, u.name, u.category, tuple(u.groups), u.parent, row=u.row)
            for u in session.exec(select(Unit).where(Unit.body == "").order_by("row", "code"))
        ),
        people=tuple(
            PersonRow(p.key, p.name, p.email, p.wecom_id, p.mobile, row=p.row)
            for p in session.exec(select(Person).order_by("row", "key"))
        ),
        posts=tuple(
            PostRow(h.post, h.unit, h.person, h.since, h.until, row=h.row)
            for h in session.exec(select(Holding).order_by("row", "id"))
        ),
        supervision=tuple(
            SupervisionRow(s.post, s.unit, s.since, s.until, row=s.row)
            for s in session.exec(select(Supervision).order_by("row", "id"))
        ),
    )


def _calendar(session: Session) -> Calendar:
    built = china()
    years: dict[int, list[DayRule]] = {}
    for row in session.exec(select(CalendarDay)):
        years.setdefault(row.year, []).append(DayRule(row.day, row.working, row.name))
    for year, rules in years.items():
        built = built.with_year(year, tuple(rules))
    return built


def _revision(session: Session, subject: str) -> str:
    row = session.get(Meta, f"{subject}-revision")
    return row.value if row else "0"


def _bump(session: Session, subject: str) -> None:
    session.merge(Meta(key=f"{subject}-revision", value=str(int(_revision(session, subject)) + 1)))
    session.flush()
    # What this transaction reads next is not committed yet, so nothing of this revision may be shared.
    session.info[f"{subject}-uncommitted"] = True
    session.info.pop(subject, None)


def _remembered(session: Session, subject: str, build: Callable[[], _Built]) -> _Built:
    """Built once for a session, and shared by the sessions of a database that see the same revision."""
    if subject in session.info:
        kept: _Built = session.info[subject]
        return kept
    shared = _shared(session)
    key = (subject, _revision(session, subject))
    with _lock:
        found = None if session.info.get(f"{subject}-uncommitted") else shared.get(key)
    built: _Built = build() if found is None else found
    session.info[subject] = built
    if not session.info.get(f"{subject}-uncommitted"):
        with _lock:
            for old in [one for one in shared if one[0] == subject and one != key]:
                del shared[old]
            shared[key] = built
    return built


def _shared(session: Session) -> dict[tuple[str, str], Any]:
    with _lock:
        return _cache.setdefault(session.get_bind(), {})

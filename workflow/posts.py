"""The roster and the calendars in the store: imported whole, read as one directory."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TypeVar

from sqlalchemy import delete
from sqlmodel import Session, select

from workflow.calendars import Calendar, DayRule, china
from workflow.roster import Directory, PersonRow, PostRow, Roster, SupervisionRow, UnitRow
from workflow.tables import CalendarDay, Holding, Meta, Person, Supervision, Unit

_Built = TypeVar("_Built", Directory, Calendar)

_cache: dict[tuple[int, str, str], object] = {}
_lock = Lock()


def directory(session: Session) -> Directory:
    """Units, people and posts as they stand in the store; rebuilt only after an import."""
    found = _cached(session, "roster")
    if isinstance(found, Directory):
        return found
    return _remember(session, "roster", Directory(export(session)))


def calendar(session: Session) -> Calendar:
    """China's working days: the announced years, and those imported into this store."""
    found = _cached(session, "calendar")
    if isinstance(found, Calendar):
        return found
    built = china()
    years: dict[int, list[DayRule]] = {}
    for row in session.exec(select(CalendarDay)):
        years.setdefault(row.day.year, []).append(DayRule(row.day, row.working, row.name))
    for year, rules in years.items():
        built = built.with_year(year, tuple(rules))
    return _remember(session, "calendar", built)


def import_roster(session: Session, roster: Roster) -> None:
    """Replace posts and supervision, add and update units and people; the roster was checked before.

    Units and people that the new roster lacks stay as rows, since history speaks of them, but hold no post.
    """
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
        Supervision(post=s.post, unit=s.unit, since=s.since, until=s.until, row=s.row) for s in roster.supervision
    )
    _bump(session, "roster")


def import_calendar(session: Session, year: int, rules: Iterable[DayRule]) -> None:
    """Replace one year of the calendar."""
    for row in session.exec(select(CalendarDay)).all():
        if row.day.year == year:
            session.delete(row)
    session.flush()
    session.add_all(CalendarDay(day=rule.day, working=rule.working, name=rule.name) for rule in rules)
    _bump(session, "calendar")


def export(session: Session) -> Roster:
    """The roster of the store, in the order it was imported."""
    return Roster(
        units=tuple(
            UnitRow(u.code, u.name, u.category, tuple(u.groups), u.parent, row=u.row)
            for u in session.exec(select(Unit).order_by("row", "code"))
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


def _revision(session: Session, subject: str) -> str:
    row = session.get(Meta, f"{subject}-revision")
    return row.value if row else "0"


def _bump(session: Session, subject: str) -> None:
    session.merge(Meta(key=f"{subject}-revision", value=str(int(_revision(session, subject)) + 1)))
    session.flush()
    # What this transaction reads next is not committed yet, so nothing of this revision may be remembered.
    session.info[f"{subject}-uncommitted"] = True


def _key(session: Session, subject: str) -> tuple[int, str, str]:
    return id(session.get_bind()), subject, _revision(session, subject)


def _cached(session: Session, subject: str) -> object:
    if session.info.get(f"{subject}-uncommitted"):
        return session.info.get(f"{subject}-built")
    return _cache.get(_key(session, subject))


def _remember(session: Session, subject: str, built: _Built) -> _Built:
    if session.info.get(f"{subject}-uncommitted"):
        session.info[f"{subject}-built"] = built
        return built
    with _lock:
        if len(_cache) > 32:
            _cache.clear()
        _cache[_key(session, subject)] = built
    return built

"""订阅地址: secret addresses by which a calendar is read without signing in – a unit's, or one person's.

The address is told once; only a hash of its secret part is kept. The office makes and revokes any, a unit its own.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlmodel import col

from workflow import cursors, posts, sight
from workflow.acts import Act
from workflow.permissions import OFFICE
from workflow.refusals import FeedRefused, Forbidden, NotFound
from workflow.tables import FeedKey, Person, Unit

#: One unit or person needs an address for each device at most.
MOST_OF_ONE = 10
_ORDER = "-id"

_k = FeedKey.__table__  # type: ignore[attr-defined]
_u = Unit.__table__  # type: ignore[attr-defined]
_p = Person.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class FeedLine:
    """One address in force: whose, since when, made by whom; ``unit`` or ``person`` is empty."""

    id: int
    unit: str
    person: str
    name: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class FeedPage:
    """One page, newest first; ``next`` is None on the last."""

    items: tuple[FeedLine, ...]
    total: int
    next: str | None


@dataclass(frozen=True)
class Made:
    """A new address: ``key`` is its secret part, told this once."""

    line: FeedLine
    key: str


@dataclass(frozen=True)
class Reader:
    """Whose calendar an address opens, under its ``title``; ``unit`` or ``person`` is empty."""

    unit: str
    person: str
    title: str


def listed(act: Act, *, text: str = "", limit: int = 50, cursor: str | None = None) -> FeedPage:
    """The addresses in force: a unit's own, everybody's to those who see all. Raises Forbidden, QueryRefused."""
    wanted = [_k.c.revoked_at.is_(None), *_in_sight(act)]
    if text:
        named = (column.contains(text, autoescape=True) for column in (_u.c.name, _p.c.name))
        wanted.append(or_(_k.c.unit == text, _k.c.person == text, *named))
    size = cursors.page_size(limit)
    after = [] if cursor is None else [_k.c.id < cursors.read(cursor, _ORDER, int)[0]]
    joined = _k.outerjoin(_u, _u.c.code == _k.c.unit).outerjoin(_p, _p.c.key == _k.c.person)
    query = select(_k, _u.c.name.label("unit_name"), _p.c.name.label("person_name")).select_from(joined)
    rows = act.session.execute(query.where(*wanted, *after).order_by(_k.c.id.desc()).limit(size + 1)).all()
    total: int = act.session.execute(select(func.count()).select_from(joined).where(*wanted)).scalar_one()
    return FeedPage(
        tuple(_line(act, row) for row in rows[:size]),
        total,
        cursors.written(_ORDER, rows[size - 1].id) if len(rows) > size else None,
    )


def make(act: Act, *, unit: str = "", person: str = "") -> Made:
    """A new address for a unit or for a person; raises Forbidden, FeedRefused."""
    _may_make(act, unit)
    name = _name(act, unit, person)
    same = _k.c.unit == unit if unit else _k.c.person == person
    query = select(func.count()).select_from(_k).where(_k.c.revoked_at.is_(None), same)
    if act.session.execute(query).scalar_one() >= MOST_OF_ONE:
        raise FeedRefused(reason=f"{name}已有{MOST_OF_ONE}个订阅地址，请先停用不再使用的")
    key = secrets.token_urlsafe(32)
    row = FeedKey(
        unit=unit or None, person=person or None, key_hash=_hash(key), created_at=act.now, created_by=act.actor.name
    )
    act.session.add(row)
    act.session.flush()
    return Made(FeedLine(row.id or 0, unit, person, name, act.now, act.actor.name), key)


def revoke(act: Act, number: int) -> None:
    """End an address at once; raises Forbidden, NotFound, also for another unit's."""
    if act.actor.role not in OFFICE | {"unit"}:
        raise Forbidden(move="停用订阅地址")
    query = select(FeedKey).where(col(FeedKey.id) == number, col(FeedKey.revoked_at).is_(None), *_in_sight(act))
    row = act.session.execute(query.with_for_update()).scalar_one_or_none()
    if row is None:
        raise NotFound
    row.revoked_at = act.now
    act.session.flush()


def reader(act: Act, key: str) -> Reader | None:
    """Whose calendar a key opens; None for one that is unknown or revoked, which nobody can tell apart."""
    query = select(_k.c.unit, _k.c.person).where(_k.c.key_hash == _hash(key), _k.c.revoked_at.is_(None))
    row = act.session.execute(query).first()
    if row is None:
        return None
    known = posts.directory(act.session)
    if row.unit is not None:
        return Reader(row.unit, "", known.unit(row.unit).name)
    return Reader("", row.person, posts.title_of(act.session, row.person, act.today) or known.person(row.person).name)


def _may_make(act: Act, unit: str) -> None:
    own = act.actor.role == "unit" and act.actor.unit is not None and unit == act.actor.unit
    if act.actor.role not in OFFICE and not own:
        raise Forbidden(move="设置该订阅地址")


def _name(act: Act, unit: str, person: str) -> str:
    """What a unit or person is called; raises FeedRefused for none, both, or one that is not in the roster."""
    if bool(unit) == bool(person):
        raise FeedRefused(reason="请选定一个单位或一位领导")
    known = posts.directory(act.session)
    if person:
        if not known.knows(person):
            raise FeedRefused(reason=f"花名册中没有“{person[:60]}”")
        return posts.title_of(act.session, person, act.today) or known.person(person).name
    if all(one.code != unit for one in known.units()):
        raise FeedRefused(reason=f"花名册中没有编码为“{unit[:60]}”的单位")
    return known.unit(unit).name


def _in_sight(act: Act) -> list[ColumnElement[bool]]:
    unit = sight.own_unit(act)
    return [] if unit is None else [_k.c.unit == unit]


def _line(act: Act, row: Row[Any]) -> FeedLine:
    name = row.unit_name or posts.title_of(act.session, row.person, act.today) or row.person_name
    return FeedLine(row.id, row.unit or "", row.person or "", name, row.created_at, row.created_by)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()

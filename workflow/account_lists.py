"""Accounts as the administrator reads them, and the log of who signed in, or tried to; keyset pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, func, or_, select

from workflow import access_records, cursors, logins
from workflow.acts import Act
from workflow.refusals import QueryRefused
from workflow.tables import AccessRecord, Account, AccountIdentity, Login, LoginFailure, Unit

Which = ColumnElement[bool] | bool
STATES: Mapping[str, str] = {
    "working": "可用", "disabled": "已停用", "locked": "已锁定", "one-time": "未改一次性密码", "never": "从未登录",
}  # fmt: skip


@dataclass(frozen=True)
class AccountLine:
    """One account; ``locked`` and ``signed_in_at`` are on the machine's clock, ``providers`` of outside identities."""

    name: str
    role: str
    unit: str
    unit_name: str
    created_at: datetime
    signed_in_at: datetime | None
    sessions: int
    locked: bool
    one_time: bool
    disabled_at: datetime | None
    providers: tuple[str, ...]


@dataclass(frozen=True)
class AccountPage:
    """A page of accounts by name; ``total`` is how many the filter leaves."""

    items: tuple[AccountLine, ...]
    total: int
    next: str


@dataclass(frozen=True)
class SignIn:
    """One sign-in, or one that failed; ``name`` is empty where no account has it."""

    at: datetime
    name: str
    good: bool
    by: str
    place: str
    device: str
    ended_at: datetime | None = None


def listed(
    act: Act, *, wall: datetime, role: str = "", said: str = "", state: str = "", cursor: str = "", limit: int = 50
) -> AccountPage:
    """Accounts by name; ``said`` is a part of a name, a unit's name or its code. Raises Forbidden, QueryRefused."""
    access_records.check(act, "role")
    which = _filtered(act.session, wall=wall, role=role, said=said, state=state)
    joined = select(Account, Unit.name).outerjoin(Unit, col(Unit.code) == col(Account.unit)).where(*which)
    page = joined.order_by(col(Account.name)).limit(cursors.page_size(limit) + 1)
    if cursor:
        (after,) = cursors.read(cursor, "account", str)
        page = page.where(col(Account.name) > after)
    rows = act.session.exec(page).all()
    counted = select(func.count()).select_from(joined.subquery())
    more = cursors.written("account", rows[limit - 1][0].name) if len(rows) > limit else ""
    lines = _lines(act.session, [(row[0], row[1] or "") for row in rows[:limit]], wall=wall)
    return AccountPage(lines, act.session.exec(counted).one(), more)


def everything(act: Act, *, wall: datetime) -> Iterator[AccountLine]:
    """Every account by name, page by page; raises Forbidden."""
    cursor = ""
    while True:
        page = listed(act, wall=wall, cursor=cursor, limit=cursors.LARGEST_PAGE)
        yield from page.items
        if not (cursor := page.next):
            return


def one(act: Act, name: str, *, wall: datetime) -> AccountLine | None:
    """One account; raises Forbidden."""
    access_records.check(act, "role")
    joined = select(Account, Unit.name).outerjoin(Unit, col(Unit.code) == col(Account.unit))
    row = act.session.exec(joined.where(Account.name == name)).first()
    return _lines(act.session, [(row[0], row[1] or "")], wall=wall)[0] if row is not None else None


def sign_ins(
    session: Session, *, failed: bool, name: str = "", cursor: str = "", limit: int = 50
) -> tuple[tuple[SignIn, ...], str]:
    """A page of sign-ins, or of those that failed, newest first, and the cursor of the next; raises QueryRefused."""
    return (_failures if failed else _logins)(session, name, cursor, cursors.page_size(limit))


def _logins(session: Session, name: str, cursor: str, limit: int) -> tuple[tuple[SignIn, ...], str]:
    query = select(Login).order_by(col(Login.began_at).desc(), col(Login.key_hash)).limit(limit + 1)
    if name:
        query = query.where(Login.account == name)
    if cursor:
        at, key = cursors.read(cursor, "login", _INSTANT, str)
        before = (col(Login.began_at) == at) & (col(Login.key_hash) > key)
        query = query.where(col(Login.began_at) <= at, or_(col(Login.began_at) < at, before))
    rows = session.exec(query).all()
    more = cursors.written("login", rows[limit - 1].began_at, rows[limit - 1].key_hash) if len(rows) > limit else ""
    return tuple(
        SignIn(row.began_at, row.account, True, row.by, row.place, row.device, row.ended_at) for row in rows[:limit]
    ), more


def _failures(session: Session, name: str, cursor: str, limit: int) -> tuple[tuple[SignIn, ...], str]:
    query = select(LoginFailure).order_by(col(LoginFailure.id).desc()).limit(limit + 1)
    if name:
        query = query.where(LoginFailure.name == name)
    if cursor:
        (before,) = cursors.read(cursor, "failure", int)
        query = query.where(col(LoginFailure.id) < before)
    rows = session.exec(query).all()
    more = cursors.written("failure", rows[limit - 1].id or 0) if len(rows) > limit else ""
    return tuple(
        SignIn(row.at, "" if row.name.startswith(logins.UNKNOWN) else row.name, False, "password", row.place, "")
        for row in rows[:limit]
    ), more


_INSTANT: type[datetime] = datetime


def _filtered(session: Session, *, wall: datetime, role: str, said: str, state: str) -> list[Which]:
    which: list[Which] = []
    if role:
        which.append(Account.role == role)
    if said:
        places = (col(Account.name), col(Unit.name), col(Account.unit))
        which.append(or_(*(place.icontains(said, autoescape=True) for place in places)))
    if state:
        which += _of_state(session, state, wall)
    return which


def _of_state(session: Session, state: str, wall: datetime) -> list[Which]:
    working = col(Account.disabled_at).is_(None)
    found: Mapping[str, list[Which]] = {
        "working": [working],
        "disabled": [~working],
        "one-time": [working, col(Account.one_time).is_(True)],
        "never": [~exists().where(col(Login.account) == col(Account.name))],
    }
    if state == "locked":
        return [col(Account.name).in_(sorted(_locked(session, wall=wall)))]
    if state not in found:
        raise QueryRefused(reason="没有这种状态")
    return found[state]


def _locked(session: Session, names: Sequence[str] | None = None, *, wall: datetime) -> set[str]:
    """Which accounts are locked; those with too many recent failures are looked at one by one."""
    recent = select(LoginFailure.name).where(col(LoginFailure.at) > wall - logins.SPAN)
    if names is not None:
        recent = recent.where(col(LoginFailure.name).in_(names))
    suspects = session.exec(recent.group_by(LoginFailure.name).having(func.count() >= logins.MOST)).all()
    return {
        name
        for name in suspects
        if not name.startswith(logins.UNKNOWN) and logins.locked(session, name, wall=wall).total_seconds() > 0
    }


def _lines(session: Session, rows: Sequence[tuple[Account, str]], *, wall: datetime) -> tuple[AccountLine, ...]:
    names = [account.name for account, _ in rows]
    locked = _locked(session, names, wall=wall)
    last = dict(_rows(session, select(Login.account, func.max(Login.began_at)), Login, names))
    live = select(Login.account, func.count()).where(col(Login.ended_at).is_(None), col(Login.until) > wall)
    counts = dict(_rows(session, live, Login, names))
    providers = defaultdict[str, set[str]](set)
    for name, provider in session.exec(
        select(AccountIdentity.account, AccountIdentity.provider).where(col(AccountIdentity.account).in_(names))
    ):
        providers[name].add(provider)
    return tuple(
        AccountLine(
            one.name, one.role, one.unit or "", unit, one.created_at, last.get(one.name), counts.get(one.name, 0),
            one.name in locked, one.one_time, one.disabled_at, tuple(sorted(providers[one.name])),
        )
        for one, unit in rows
    )  # fmt: skip


def _rows(session: Session, query: Any, table: type[Login], names: Sequence[str]) -> list[tuple[str, Any]]:
    found = session.exec(query.where(col(table.account).in_(names)).group_by(table.account))
    return [(row[0], row[1]) for row in found]


def records(act: Act, *, about: str = "", cursor: str = "", limit: int = 50) -> tuple[list[AccessRecord], str]:
    """A page of what was done to accounts and tokens; raises Forbidden, QueryRefused."""
    access_records.check(act, "role")
    return access_records.newest(act.session, about=about, cursor=cursor or None, limit=limit)

"""Sessions on the server, and the lock on names and addresses that failed too often.

Both run on the machine's clock, ``wall``: a rehearsal's own stands still or leaps. Of a session only the hash of its
number is kept, so that nobody who reads the store can take one over. Tries are rows: they are counted over all
processes and outlive a restart.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, text, update
from sqlmodel import Session, col, func, select

from workflow import access_records, identities
from workflow.acts import Act
from workflow.identities import Identity
from workflow.refusals import Refusal
from workflow.spans import Spans
from workflow.tables import Account, Login, LoginFailure, Meta, Unit

#: So many failures within SPAN lock a name; the second is for an address, which a whole office may share.
MOST, MOST_OF_A_PLACE = 10, 100
SPAN: Final = timedelta(minutes=15)
#: 网络安全法第二十一条: logs are kept for six months at least.
KEPT: Final = timedelta(days=183)
WAYS = {"password": "密码", "oidc": "统一身份认证", "wecom": "企业微信"}
#: What stands for a name that no account has: a password typed into the wrong box is not kept.
UNKNOWN = "?"


class SignInLocked(Refusal):
    """登录失败次数过多，请{minutes}分钟后再试。"""

    code = "sign-in-locked"


class SessionOver(Refusal):
    """登录期间账号有变动，请重新登录。"""

    code = "not-signed-in"


@dataclass(frozen=True)
class Found:
    """A session in force, with its account and the name of the account's unit."""

    login: Login
    account: Account
    unit_name: str


def attempt(act: Act, name: str, *, place: str, wall: datetime) -> int:
    """Count a try before it is looked at; its number, for ``begin`` or ``take_back``. Raises SignInLocked.

    To be committed whatever comes of it, so that any number of tries at once are no more. A try while it is locked
    is not counted: who waits gets in, whatever somebody else does meanwhile.
    """
    kept = _kept_name(act.session, name)
    if act.session.get_bind().dialect.name == "postgresql":
        act.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"sign-in {kept}"})
    wait = max(
        _wait(act.session, LoginFailure.name == kept, _forgiven(act.session, kept, wall), MOST, wall),
        _wait(act.session, LoginFailure.place == place, wall - SPAN, MOST_OF_A_PLACE, wall) if place else timedelta(),
    )
    if wait > timedelta():
        raise SignInLocked(minutes=math.ceil(wait / timedelta(minutes=1)))
    made = LoginFailure(name=kept, at=wall, place=place)
    act.session.add(made)
    act.session.flush()
    assert made.id is not None
    return made.id


def take_back(act: Act, number: int) -> None:
    """A try that was right after all is no failure."""
    act.session.execute(delete(LoginFailure).where(col(LoginFailure.id) == number))


def locked(session: Session, name: str, *, wall: datetime) -> timedelta:
    """How much longer a name is locked, nothing when it is not."""
    kept = _kept_name(session, name)
    return _wait(session, LoginFailure.name == kept, _forgiven(session, kept, wall), MOST, wall)


def begin(
    act: Act, found: Identity, *, by: str, place: str, device: str, wall: datetime, spans: Spans, attempt: int = 0
) -> str:
    """A new session of an account; its number, told this once. Raises SessionOver.

    Looked at again in the transaction that begins it: the account may have changed since it proved itself.
    """
    account = identities.held(act, found.name)
    if not identities.still(account, found):
        raise SessionOver
    if attempt:
        take_back(act, attempt)
    number = secrets.token_urlsafe(32)
    row = Login(
        key_hash=key_hash(number), account=found.name, by=by, began_at=wall, until=wall + spans.most, place=place[:60],
        device=device[:200],
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    return number


def key_hash(number: str) -> str:
    """What is kept of a session's number."""
    return hashlib.sha256(number.encode(errors="replace")).hexdigest()


def find(session: Session, number: str, *, wall: datetime) -> Found | None:
    """The session of a number, None when it is over or its account is disabled; one statement."""
    query = (
        select(Login, Account, Unit.name)
        .join(Account, col(Account.name) == col(Login.account))
        .outerjoin(Unit, col(Unit.code) == col(Account.unit))
        .where(Login.key_hash == key_hash(number), col(Login.ended_at).is_(None), col(Login.until) > wall)
        .where(col(Account.disabled_at).is_(None))
    )
    row = session.exec(query).first()
    return Found(row[0], row[1], row[2] or "") if row is not None else None


def open_of(session: Session, name: str, *, wall: datetime) -> Sequence[Login]:
    """The sessions of an account that are in force, the newest first."""
    return session.exec(select(Login).where(*_open(name), col(Login.until) > wall).order_by(*_newest())).all()


def end(act: Act, name: str, hashed: str, *, wall: datetime) -> int:
    """End one session of an account; 0 when it was over already."""
    return _end(act, [*_open(name), Login.key_hash == hashed], wall)


def end_others(act: Act, name: str, hashed: str, *, wall: datetime) -> int:
    """End every session of an account but this one; how many there were."""
    return _end(act, [*_open(name), Login.key_hash != hashed, col(Login.until) > wall], wall)


def end_all(act: Act, name: str, *, wall: datetime | None = None) -> int:
    """End every session of an account; how many there were."""
    return _end(act, _open(name), wall or act.now)


def end_everybodys(session: Session, *, wall: datetime) -> None:
    """End every session there is: a store restored from a backup knows those that were left since."""
    session.execute(update(Login).where(col(Login.ended_at).is_(None)).values(ended_at=wall))


def due(session: Session, now: datetime) -> bool:
    """Whether there is anything old enough to go. Never in a rehearsal: its clock is not the one these run on."""
    oldest = session.exec(select(LoginFailure.at).order_by(col(LoginFailure.id)).limit(1)).first()
    first = session.exec(select(func.min(Login.began_at))).one()
    old = any(one is not None and one < now - KEPT - timedelta(days=1) for one in (oldest, first))
    return old and not _rehearses(session)


def tend(act: Act) -> int:
    """Take away failures and ended sessions that were kept long enough; how many."""
    before = act.now - KEPT
    gone = act.session.execute(delete(LoginFailure).where(col(LoginFailure.at) < before))
    over = act.session.execute(delete(Login).where(col(Login.began_at) < before, col(Login.until) < act.now))
    return int(gone.rowcount) + int(over.rowcount)  # type: ignore[attr-defined]


def _rehearses(session: Session) -> bool:
    mode = session.get(Meta, "mode")
    return mode is not None and mode.value == "rehearsal"


def _kept_name(session: Session, name: str) -> str:
    if identities.named(name) and session.get(Account, name) is not None:
        return name
    return UNKNOWN + hashlib.sha256(name.encode(errors="replace")).hexdigest()[:24]


def _forgiven(session: Session, name: str, wall: datetime) -> datetime:
    """From when on failures of a name count: not those before a sign-in that succeeded or an unlocking."""
    succeeded = session.exec(
        select(func.max(Login.began_at)).where(Login.account == name, Login.by == "password")
    ).one()
    unlocked = access_records.last(session, "unlock", name)
    return max(one for one in (wall - SPAN, succeeded, unlocked) if one is not None)


def _wait(session: Session, which: ColumnElement[bool] | bool, since: datetime, most: int, wall: datetime) -> timedelta:
    """How long until fewer than ``most`` failures since an instant are left within SPAN."""
    recent = select(LoginFailure.at).where(which, col(LoginFailure.at) > since, col(LoginFailure.at) <= wall)
    times = session.exec(recent.order_by(col(LoginFailure.at).desc()).limit(most)).all()
    return times[-1] + SPAN - wall if len(times) == most else timedelta()


def _open(name: str) -> list[Any]:
    return [Login.account == name, col(Login.ended_at).is_(None)]


def _newest() -> tuple[Any, ...]:
    return col(Login.began_at).desc(), col(Login.key_hash)


def _end(act: Act, which: Sequence[Any], wall: datetime) -> int:
    ended = act.session.execute(
        update(Login).where(*which).values(ended_at=wall).execution_options(synchronize_session=False)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]

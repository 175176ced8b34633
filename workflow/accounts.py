"""Accounts with passwords and API tokens: who may come in, as whom. Of both only hashes are kept."""

from __future__ import annotations

import hashlib
import math
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, col, select

from workflow.acts import Act, Actor
from workflow.refusals import NotFound, Refusal
from workflow.tables import Account, ApiToken, Unit

ROLES = ("office", "unit", "inspector", "admin")
ADMIN = "admin"
#: How the record calls accounts that belong to no unit.
TITLES = {"office": "领导小组办公室", "unit": "单位", "inspector": "督查室", "admin": "系统管理员"}

_TOKEN = "duban_"
SHORTEST, _LONGEST, _LONGEST_NAME = 8, 200, 64


class AccountTaken(Refusal):
    """账号“{name}”已存在，请另取一个名称。"""

    code = "account-taken"


class AccountRefused(Refusal):
    """不能添加账号或令牌：{reason}"""

    code = "account-refused"


class PasswordRefused(Refusal):
    """密码不可用：{reason}"""

    code = "password-refused"


class PasswordToChange(Refusal):
    """您使用的是一次性密码，请先修改密码。"""

    code = "password-to-change"


class SignInRefused(Refusal):
    """账号或密码不正确。"""

    code = "sign-in-refused"


class SignInLocked(Refusal):
    """登录失败次数过多，请{minutes}分钟后再试。"""

    code = "sign-in-locked"


@dataclass(frozen=True)
class Identity:
    """An account that proved its password; ``stamp`` changes with the password, so that sessions can end.

    ``name`` is the account's, the actor has the name that the record gives: whose account it is, too. With a
    ``one_time`` password nothing can be done but to change it.
    """

    name: str
    actor: Actor
    stamp: str
    one_time: bool = False


class Failures:
    """Failed sign-ins by account name in this process: ten within fifteen minutes lock the name.

    They run on the monotonic clock: in a rehearsal the store's clock stands still.
    """

    MOST = 10
    SECONDS = 15 * 60
    _NAMES = 10_000

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._times: dict[str, deque[float]] = {}

    def attempt(self, name: str) -> float:
        """Count an attempt; returns the seconds to wait instead when the name is locked, 0 when it may try."""
        with self._lock:
            times = self._recent(name)
            if len(times) >= self.MOST:
                return times[0] + self.SECONDS - self._clock()
            times.append(self._clock())
            self._times.pop(name, None)
            self._times[name] = times
            if len(self._times) > self._NAMES:
                del self._times[next(iter(self._times))]
            return 0.0

    def forget(self, name: str) -> None:
        """A sign-in succeeded."""
        with self._lock:
            self._times.pop(name, None)

    def _recent(self, name: str) -> deque[float]:
        times = self._times.get(name, deque(maxlen=self.MOST))
        while times and times[0] <= self._clock() - self.SECONDS:
            times.popleft()
        return times


def add_account(act: Act, name: str, role: str, unit: str | None, password: str) -> Account:
    """Add an account; raises AccountTaken, AccountRefused, PasswordRefused."""
    if not name.strip() or name != name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise AccountRefused(reason=f"账号名称须为1到{_LONGEST_NAME}个可见字符，前后没有空格")
    _check_role(act, role, unit)
    if act.session.get(Account, name) is not None:
        raise AccountTaken(name=name)
    made = Account(name=name, role=role, unit=unit, password_hash=_hashed(password), created_at=act.now)
    act.session.add(made)
    act.session.flush()
    return made


def set_password(act: Act, name: str, password: str) -> None:
    """Change an account's password, which ends its sessions; raises NotFound, PasswordRefused."""
    account = act.session.get(Account, name)
    if account is None:
        raise NotFound
    account.password_hash, account.one_time = _hashed(password), False
    act.session.flush()


def change_password(act: Act, name: str, old: str, new: str, *, failures: Failures) -> None:
    """Change one's own password; raises SignInRefused for a wrong old one, SignInLocked, PasswordRefused."""
    authenticate(act, name, old, failures=failures)
    if new == old:
        raise PasswordRefused(reason="新密码不能与原密码相同")
    set_password(act, name, new)


def ensure_admin(act: Act) -> str | None:
    """On a store without accounts make the administrator's; returns its one-time password, else None."""
    if act.session.exec(select(Account.name).limit(1)).first() is not None:
        return None
    password = secrets.token_urlsafe(12)
    add_account(act, ADMIN, role="admin", unit=None, password=password).one_time = True
    act.session.flush()
    return password


def authenticate(act: Act, name: str, password: str, *, failures: Failures) -> Identity:
    """Who a name and a password are; raises SignInRefused, SignInLocked.

    An unknown name costs the same work as a wrong password, so that names cannot be told by the time it takes.
    """
    wait = failures.attempt(name)
    if wait > 0:
        raise SignInLocked(minutes=math.ceil(wait / 60))
    account = act.session.get(Account, name) if len(name) <= _LONGEST_NAME and name.isprintable() else None
    kept = account.password_hash if account is not None else _nobodys_hash()
    right = _hasher().verify(password[: _LONGEST + 1].encode(errors="replace"), kept)
    if account is None or not right:
        raise SignInRefused
    failures.forget(name)
    return _identity(act.session, account)


def identity(session: Session, name: str, stamp: str) -> Identity | None:
    """The account of a session that began with this stamp; None when it or its password is gone."""
    account = session.get(Account, name)
    if account is None:
        return None
    found = _identity(session, account)
    return found if secrets.compare_digest(found.stamp, stamp) else None


def add_token(act: Act, role: str, unit: str | None) -> str:
    """A new API token, told this once; raises AccountRefused."""
    _check_role(act, role, unit)
    text = _TOKEN + secrets.token_urlsafe(32)
    act.session.add(ApiToken(role=role, unit=unit, token_hash=_token_hash(text), created_at=act.now))
    act.session.flush()
    return text


def token_actor(session: Session, token: str) -> Actor | None:
    """Whom an API token lets in; None for an unknown or revoked one."""
    if not token.startswith(_TOKEN):
        return None
    live = select(ApiToken).where(ApiToken.token_hash == _token_hash(token), col(ApiToken.revoked_at).is_(None))
    row = session.exec(live).first()
    return Actor(f"接口令牌{row.id}", row.role, row.unit) if row is not None else None


def tokens(act: Act) -> list[ApiToken]:
    """The API tokens in force, oldest first."""
    live = select(ApiToken).where(col(ApiToken.revoked_at).is_(None)).order_by(col(ApiToken.id))
    return list(act.session.exec(live))


def revoke_token(act: Act, token_id: int) -> None:
    """End an API token; raises NotFound."""
    row = act.session.get(ApiToken, token_id)
    if row is None:
        raise NotFound
    row.revoked_at = row.revoked_at or act.now
    act.session.flush()


def _check_role(act: Act, role: str, unit: str | None) -> None:
    if role not in ROLES:
        raise AccountRefused(reason=f"角色只能是：{'、'.join(ROLES)}")
    if role != "unit" and unit is not None:
        raise AccountRefused(reason="只有单位账号（unit）须写单位编码")
    if role == "unit" and (unit is None or act.session.get(Unit, unit) is None):
        raise AccountRefused(reason=f"没有编码为“{unit}”的单位" if unit else "单位账号须写单位编码")


def _identity(session: Session, account: Account) -> Identity:
    stamp = hashlib.sha256(f"{account.password_hash}\n{account.role}\n{account.unit}".encode()).hexdigest()
    unit = session.get(Unit, account.unit) if account.unit is not None else None
    named = f"{unit.name if unit else TITLES[account.role]}（{account.name}）"
    return Identity(account.name, Actor(named, account.role, account.unit), stamp[:32], account.one_time)


def _hashed(password: str) -> str:
    if not SHORTEST <= len(password) <= _LONGEST or not password.isprintable():
        raise PasswordRefused(reason=f"须为{SHORTEST}到{_LONGEST}个可见字符")
    return _hasher().hash(password.encode())


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    """Argon2id with the library's recommended cost."""
    return PasswordHash((Argon2Hasher(),))


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))

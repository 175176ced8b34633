"""Accounts: who there is, as whom they act, and what the administrator may do to them.

Passwords stand in ``passwords``, who an account is in ``identities``, sessions and lock-out in ``logins``, API tokens
in ``tokens``, identities of other systems in ``outside_identities``. ``wall`` is always the machine's clock: that of a
rehearsal may stand anywhere.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from workflow import access_records, identities, logins, passwords
from workflow.acts import Act
from workflow.identities import LONGEST_NAME, TITLES, Identity, held
from workflow.refusals import Refusal
from workflow.tables import Account, Unit

ROLES = ("office", "unit", "inspector", "admin")
ADMIN = "admin"


class AccountTaken(Refusal):
    """账号“{name}”已存在，请另取一个名称。"""

    code = "account-taken"


class AccountRefused(Refusal):
    """不能添加账号或令牌：{reason}"""

    code = "account-refused"


class LastAdmin(Refusal):
    """这是最后一个可用的系统管理员账号，不能停用或改作其他角色。请先另设一个系统管理员。"""

    code = "last-admin"


class SignInRefused(Refusal):
    """账号或密码不正确。"""

    code = "sign-in-refused"


def add_account(
    act: Act, name: str, role: str, unit: str | None, password: str, *, wall: datetime | None = None
) -> Account:
    """Add an account; raises Forbidden, AccountTaken, AccountRefused, PasswordRefused."""
    access_records.check(act, "add")
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or any(map(str.isspace, name)):
        raise AccountRefused(reason=f"账号名称须为1到{LONGEST_NAME}个可见字符，其中没有空格")
    check_role(act, role, unit)
    if act.session.get(Account, name) is not None:
        raise AccountTaken(name=name)
    kept = passwords.hashed(password)
    made = Account(name=name, role=role, unit=unit, password_hash=kept, created_at=act.now)
    act.session.add(made)
    access_records.note(act, "add", name, _role_text(act, role, unit), wall=wall)
    act.session.flush()
    return made


def add_with_one_time(act: Act, name: str, role: str, unit: str | None, *, wall: datetime | None = None) -> str:
    """Add an account with a one-time password, which is told this once; raises as ``add_account``."""
    password = passwords.one_time()
    add_account(act, name, role, unit, password, wall=wall).one_time = True
    act.session.flush()
    return password


def set_password(act: Act, name: str, password: str, *, wall: datetime | None = None) -> None:
    """Change an account's password, which ends its sessions; raises NotFound, PasswordRefused."""
    account = held(act, name)
    account.password_hash, account.one_time = passwords.hashed(password), False
    logins.end_all(act, name, wall=wall)
    access_records.note(act, "password", name, wall=wall)
    act.session.flush()


def reset(act: Act, name: str, *, wall: datetime | None = None) -> str:
    """A one-time password for somebody who forgot theirs, told this once; ends the sessions and a lock.

    Raises Forbidden, NotFound.
    """
    access_records.check(act, "reset")
    account, password = held(act, name), passwords.one_time()
    account.password_hash, account.one_time = passwords.hashed(password), True
    logins.end_all(act, name, wall=wall)
    access_records.note(act, "reset", name, wall=wall)
    access_records.note(act, "unlock", name, wall=wall)
    act.session.flush()
    return password


def change_role(act: Act, name: str, role: str, unit: str | None, *, wall: datetime | None = None) -> None:
    """Give an account another role or unit, which ends its sessions; raises Forbidden, NotFound, AccountRefused,
    LastAdmin.
    """
    access_records.check(act, "role")
    account = held(act, name)
    check_role(act, role, unit)
    if (account.role, account.unit) == (role, unit):
        return
    if role != ADMIN:
        _keep_an_admin(act, account)
    before = _role_text(act, account.role, account.unit)
    account.role, account.unit = role, unit
    logins.end_all(act, name, wall=wall)
    access_records.note(act, "role", name, f"{before} → {_role_text(act, role, unit)}", wall=wall)
    act.session.flush()


def disable(act: Act, name: str, *, wall: datetime | None = None) -> None:
    """Let nobody in by an account any more, which ends its sessions; raises Forbidden, NotFound, LastAdmin."""
    access_records.check(act, "disable")
    account = held(act, name)
    if account.disabled_at is not None:
        return
    _keep_an_admin(act, account)
    account.disabled_at = wall or act.now
    logins.end_all(act, name, wall=wall)
    access_records.note(act, "disable", name, wall=wall)
    act.session.flush()


def enable(act: Act, name: str, *, wall: datetime | None = None) -> None:
    """Let an account in again; raises Forbidden, NotFound."""
    access_records.check(act, "enable")
    account = held(act, name)
    if account.disabled_at is not None:
        account.disabled_at = None
        access_records.note(act, "enable", name, wall=wall)
        act.session.flush()


def unlock(act: Act, name: str, *, wall: datetime | None = None) -> None:
    """Forget the failed sign-ins of an account; raises Forbidden, NotFound."""
    access_records.check(act, "unlock")
    held(act, name)
    access_records.note(act, "unlock", name, wall=wall)
    act.session.flush()


def sign_out(act: Act, name: str, *, wall: datetime | None = None) -> int:
    """End every session of an account; how many there were. Raises Forbidden, NotFound."""
    access_records.check(act, "sign-out")
    held(act, name)
    ended = logins.end_all(act, name, wall=wall)
    access_records.note(act, "sign-out", name, wall=wall)
    return ended


def ensure_admin(act: Act) -> str | None:
    """On a store without accounts make the administrator's; returns its one-time password, else None."""
    if act.session.exec(select(Account.name).limit(1)).first() is not None:
        return None
    return add_with_one_time(act, ADMIN, ADMIN, None)


def authenticate(act: Act, name: str, password: str) -> Identity:
    """Who a name and a password are; raises SignInRefused, AccountDisabled.

    An unknown name costs the same work as a wrong password, so that names cannot be told by the time it takes, and
    that an account is disabled is told to nobody without its password. Tries are counted by ``logins.attempt``.
    """
    account = act.session.get(Account, name) if identities.named(name) else None
    if not passwords.matches(password, account.password_hash if account is not None else None) or account is None:
        raise SignInRefused
    return identities.of(act.session, account)


def check_role(act: Act, role: str, unit: str | None) -> None:
    """Raises AccountRefused for a role that there is not, or a unit that does not go with it."""
    if role not in ROLES:
        raise AccountRefused(reason=f"角色只能是：{'、'.join(ROLES)}")
    if role != "unit" and unit is not None:
        raise AccountRefused(reason="只有单位账号（unit）须写单位编码")
    if role == "unit" and (unit is None or act.session.get(Unit, unit) is None):
        raise AccountRefused(reason=f"没有编码为“{unit}”的单位" if unit else "单位账号须写单位编码")


def _role_text(act: Act, role: str, unit: str | None) -> str:
    found = act.session.get(Unit, unit) if unit is not None else None
    return f"{TITLES[role]}：{found.name}" if found is not None else TITLES[role]


def _keep_an_admin(act: Act, account: Account) -> None:
    """Raises LastAdmin when no other administrator could come in; all of them are held meanwhile."""
    if account.role != ADMIN:
        return
    working = select(Account).where(Account.role == ADMIN, col(Account.disabled_at).is_(None))
    others = [one for one in act.session.exec(working.with_for_update()) if one.name != account.name]
    if not others:
        raise LastAdmin

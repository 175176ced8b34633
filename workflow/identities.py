"""As whom an account acts, once it has proved itself: by its password, or by another system's word."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlmodel import Session

from workflow.acts import Act, Actor
from workflow.refusals import NotFound, Refusal
from workflow.tables import Account, Unit

#: How the record calls accounts that belong to no unit.
TITLES = {"office": "领导小组办公室", "unit": "单位", "inspector": "督查室", "admin": "系统管理员"}
LONGEST_NAME = 64


class AccountDisabled(Refusal):
    """该账号已停用，请与系统管理员联系。"""

    code = "account-disabled"


@dataclass(frozen=True)
class Identity:
    """An account that proved who it is; ``stamp`` changes with its password, role and unit.

    ``name`` is the account's, the actor has the name that the record gives: whose account it is, too. With a
    ``one_time`` password nothing can be done but to change it.
    """

    name: str
    actor: Actor
    stamp: str
    one_time: bool = False


def by_name(session: Session, name: str) -> Identity:
    """An account that proved itself elsewhere; raises NotFound, AccountDisabled."""
    account = session.get(Account, name)
    if account is None:
        raise NotFound
    return of(session, account)


def of(session: Session, account: Account) -> Identity:
    """As whom an account acts; raises AccountDisabled."""
    if account.disabled_at is not None:
        raise AccountDisabled
    unit = session.get(Unit, account.unit) if account.unit is not None else None
    return Identity(account.name, actor_of(account, unit.name if unit else ""), stamp_of(account), account.one_time)


def actor_of(account: Account, unit_name: str) -> Actor:
    """Who acts by an account, as the record names them."""
    return Actor(f"{unit_name or TITLES[account.role]}（{account.name}）", account.role, account.unit)


def stamp_of(account: Account) -> str:
    """What changes with an account's password, role and unit."""
    said = f"{account.password_hash}\n{account.role}\n{account.unit}\n{account.disabled_at is None}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def still(account: Account, found: Identity) -> bool:
    """Whether an account is what it was when it proved itself."""
    return secrets.compare_digest(stamp_of(account), found.stamp)


def named(name: str) -> bool:
    """Whether an account could have this name."""
    return len(name) <= LONGEST_NAME and name.isprintable()


def held(act: Act, name: str) -> Account:
    """An account as it is now, kept from others until the act ends; raises NotFound."""
    account = act.session.get(Account, name, populate_existing=True, with_for_update=True) if named(name) else None
    if account is None:
        raise NotFound
    return account

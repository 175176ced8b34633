"""Identities of other systems that may sign in as an account: linked by the administrator, or by a claim they trust.

Nobody gets an account by signing in elsewhere, and an administrator's account is linked by an administrator only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from workflow import access_records, identities
from workflow.acts import Act
from workflow.identities import Identity
from workflow.refusals import NotFound, Refusal
from workflow.tables import Account, AccountIdentity

PROVIDERS: Mapping[str, str] = {"oidc": "统一身份认证", "wecom": "企业微信"}
_LONGEST = 255


class IdentityUnknown(Refusal):
    """您的{provider}身份“{subject}”还没有关联本系统的账号。请把它告诉系统管理员，关联后即可登录。"""

    code = "identity-unknown"


class IdentityNotLinked(Refusal):
    """外部身份没有关联：{reason}"""

    code = "identity-not-linked"


def account_of(session: Session, provider: str, subject: str) -> Identity:
    """The account that an outside identity signs in as; raises IdentityUnknown, AccountDisabled."""
    row = session.get(AccountIdentity, (provider, _kept(provider, subject)))
    if row is None:
        raise IdentityUnknown(provider=PROVIDERS[provider], subject=subject)
    return identities.by_name(session, row.account)


def link(act: Act, provider: str, subject: str, name: str, *, wall: datetime | None = None) -> None:
    """Let an outside identity sign in as an account; raises Forbidden, NotFound, IdentityNotLinked."""
    access_records.check(act, "link")
    _link(act, provider, subject.strip(), identities.held(act, name), wall=wall)


def link_by_claim(act: Act, provider: str, subject: str, claimed: str, *, wall: datetime | None = None) -> Identity:
    """Link an identity to the account whose name the other system claims for it; the operator trusts that claim.

    Raises IdentityUnknown where there is no such account, or it is an administrator's; AccountDisabled.
    """
    account = act.session.get(Account, claimed) if claimed and identities.named(claimed) else None
    if account is None or account.role == "admin":
        raise IdentityUnknown(provider=PROVIDERS[provider], subject=subject)
    found = identities.of(act.session, account)
    _link(act, provider, subject, account, wall=wall)
    return found


def unlink(act: Act, provider: str, subject: str, *, wall: datetime | None = None) -> str:
    """Take an outside identity's way in away; whose account it was. Raises Forbidden, NotFound."""
    access_records.check(act, "unlink")
    row = act.session.get(AccountIdentity, (provider, subject))
    if row is None:
        raise NotFound
    name = row.account
    act.session.delete(row)
    access_records.note(act, "unlink", name, f"{PROVIDERS.get(provider, provider)} {subject}", wall=wall)
    act.session.flush()
    return name


def of_account(session: Session, name: str) -> list[AccountIdentity]:
    """The outside identities of an account."""
    mine = select(AccountIdentity).where(AccountIdentity.account == name)
    return list(session.exec(mine.order_by(col(AccountIdentity.provider), col(AccountIdentity.subject))))


def _link(act: Act, provider: str, subject: str, account: Account, *, wall: datetime | None) -> None:
    if provider not in PROVIDERS:
        raise IdentityNotLinked(reason=f"来源只能是：{'、'.join(PROVIDERS)}")
    if not subject or len(subject) > _LONGEST or not subject.isprintable():
        raise IdentityNotLinked(reason=f"标识须为1到{_LONGEST}个可见字符")
    kept = _kept(provider, subject)
    taken = act.session.get(AccountIdentity, (provider, kept))
    if taken is not None:
        raise IdentityNotLinked(reason=f"“{subject}”已关联账号“{taken.account}”")
    made = AccountIdentity(
        provider=provider, subject=kept, account=account.name, created_at=wall or act.now, created_by=act.actor.name
    )
    act.session.add(made)
    access_records.note(act, "link", account.name, f"{PROVIDERS[provider]} {subject}", wall=wall)
    act.session.flush()


def _kept(provider: str, subject: str) -> str:
    """WeCom's user ids are the same in capitals and small letters; a subject of OIDC is not (Core 1.0, section 2)."""
    return subject.lower() if provider == "wecom" else subject

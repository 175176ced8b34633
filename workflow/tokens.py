"""API tokens: a bearer's role and unit, by a text that is told once; only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlmodel import Session, col, select

from workflow import access_records, accounts
from workflow.accounts import AccountRefused
from workflow.acts import Act, Actor
from workflow.refusals import NotFound
from workflow.tables import ApiToken

_PREFIX = "duban_"
LONGEST_NAME = 60


def add_token(act: Act, role: str, unit: str | None, *, name: str = "", wall: datetime | None = None) -> str:
    """A new API token, told this once; ``name`` says what it is for. Raises Forbidden, AccountRefused."""
    access_records.check(act, "token-add")
    accounts.check_role(act, role, unit)
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise AccountRefused(reason=f"用途最多{LONGEST_NAME}个可见字符")
    text = _PREFIX + secrets.token_urlsafe(32)
    made = ApiToken(
        role=role, unit=unit, token_hash=_hash(text), created_at=act.now, name=name.strip(), created_by=act.actor.name
    )
    act.session.add(made)
    act.session.flush()
    access_records.note(act, "token-add", _titled(made), f"角色 {role}{f'，单位 {unit}' if unit else ''}", wall=wall)
    return text


def token_actor(session: Session, token: str) -> Actor | None:
    """Whom an API token lets in; None for an unknown or revoked one."""
    if not token.startswith(_PREFIX):
        return None
    live = select(ApiToken).where(ApiToken.token_hash == _hash(token), col(ApiToken.revoked_at).is_(None))
    row = session.exec(live).first()
    return Actor(_titled(row), row.role, row.unit) if row is not None else None


def tokens(act: Act) -> list[ApiToken]:
    """The API tokens in force, oldest first."""
    live = select(ApiToken).where(col(ApiToken.revoked_at).is_(None)).order_by(col(ApiToken.id))
    return list(act.session.exec(live))


def revoke_token(act: Act, token_id: int, *, wall: datetime | None = None) -> None:
    """End an API token; raises Forbidden, NotFound."""
    access_records.check(act, "token-revoke")
    row = act.session.get(ApiToken, token_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = wall or act.now
        access_records.note(act, "token-revoke", _titled(row), wall=wall)
        act.session.flush()


def _titled(row: ApiToken) -> str:
    """As the record names it."""
    return f"接口令牌{row.id}（{row.name}）" if row.name else f"接口令牌{row.id}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()

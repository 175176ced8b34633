"""What was done to accounts and tokens, by whom: kept apart from the programmes' history, for whoever asks later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, func, select

from workflow import cursors
from workflow.acts import Act
from workflow.refusals import Forbidden
from workflow.tables import AccessRecord

#: Who may change accounts and tokens; the command line acts as the system.
_MAY = frozenset({"admin", "system"})
ACTS: Mapping[str, str] = {
    "add": "新建账号",
    "password": "修改密码",
    "reset": "重置密码",
    "role": "变更角色",
    "disable": "停用账号",
    "enable": "启用账号",
    "unlock": "解除锁定",
    "sign-out": "退出全部设备",
    "link": "关联外部身份",
    "unlink": "取消关联外部身份",
    "token-add": "发放接口令牌",
    "token-revoke": "作废接口令牌",
}


def check(act: Act, what: str) -> None:
    """Raises Forbidden for everybody but the administrator and the command line."""
    if act.actor.role not in _MAY:
        raise Forbidden(move=ACTS[what])


def note(act: Act, what: str, about: str, detail: str = "", *, wall: datetime | None) -> None:
    """Keep what was done; ``wall`` is the machine's clock where the act's own may be a rehearsal's."""
    act.session.add(AccessRecord(at=wall or act.now, by=act.actor.name, act=what, about=about, detail=detail))


def last(session: Session, what: str, about: str) -> datetime | None:
    """When something was last done to an account."""
    found = select(func.max(AccessRecord.at)).where(AccessRecord.about == about, AccessRecord.act == what)
    return session.exec(found).one()


def newest(session: Session, *, about: str = "", cursor: str | None, limit: int) -> tuple[list[AccessRecord], str]:
    """A page of what was done, newest first, and the cursor of the next; raises QueryRefused."""
    query = select(AccessRecord).order_by(col(AccessRecord.id).desc()).limit(cursors.page_size(limit) + 1)
    if about:
        query = query.where(AccessRecord.about == about)
    if cursor:
        (before,) = cursors.read(cursor, "access", int)
        query = query.where(col(AccessRecord.id) < before)
    rows = list(session.exec(query))
    more = len(rows) > limit
    return rows[:limit], cursors.written("access", rows[limit - 1].id or 0) if more else ""

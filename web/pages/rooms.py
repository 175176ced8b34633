"""Which pages there are to go to: for whom, under which name, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from web.contexts.frame import Link, Room

_DESK = frozenset({"office", "admin"})
_READERS = _DESK | {"inspector"}
_EVERYBODY = _READERS | {"unit"}

#: Each with the roles that may enter.
_ROOMS = (
    (Room("workbench", "/workbench", "我的报送"), frozenset({"unit"})),
    (Room("programmes", "/", "总览"), _EVERYBODY),
    (Room("overdue", "/overdue", "逾期清单"), _EVERYBODY),
    (Room("timeline", "/timeline", "日程"), _EVERYBODY),
    (Room("approvals", "/approvals", "审签"), _DESK),
    (Room("messages", "/messages", "消息"), _EVERYBODY),
    (Room("people", "/people", "单位人员"), _READERS),
    (Room("channels", "/channels", "发送渠道"), _DESK),
    (Room("audit", "/audit", "审计"), _READERS),
    (Room("accounts", "/accounts", "账号"), frozenset({"admin"})),
)
_OUTBOX = Room("outbox", "/outbox", "投递箱")


def rooms(role: str, *, rehearsal: bool) -> tuple[Room, ...]:
    """The main navigation of a role; a rehearsal has its outbox."""
    open_to = tuple(room for room, roles in _ROOMS if role in roles)
    return (*open_to, _OUTBOX) if rehearsal else open_to


@dataclass(frozen=True)
class _Part:
    """A page of one programme: its name in the address after the programme's key, empty for the board."""

    name: str
    label: str
    roles: frozenset[str]


_PARTS = (
    _Part("", "看板", _EVERYBODY),
    _Part("definition", "方案内容", _EVERYBODY),
    _Part("figures", "统计图", _READERS),
    _Part("bulletin", "通报", _READERS),
    _Part("papers", "督办单", _READERS),
    _Part("ledger", "台账", _DESK),
    _Part("amend", "调整方案", _DESK),
)


def parts(key: str, role: str, *, here: str) -> tuple[Link, ...]:
    """The other pages of a programme, by ``parts/rooms.html``; ``here`` is the name of the one that is shown."""
    base = f"/programmes/{quote(key, safe='')}"
    own = [
        Link("" if part.name == here else f"{base}/{part.name}".rstrip("/"), part.label)
        for part in _PARTS
        if role in part.roles
    ]
    return (*own, Link(f"/overdue?{urlencode({'programme': key})}", "逾期清单"))

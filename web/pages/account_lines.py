"""Accounts, sessions and sign-ins as their pages show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast
from urllib.parse import urlencode

from web.contexts.accounts import AccountLine, IdentityLine, RecordLine, SessionLine, SignInLine
from web.contexts.frame import Choice, Link, Role
from web.rendering import WORDS
from workflow import account_lists, accounts, posts
from workflow.access_records import ACTS
from workflow.account_lists import SignIn
from workflow.acts import Act
from workflow.logins import WAYS
from workflow.outside_identities import PROVIDERS
from workflow.tables import AccessRecord, AccountIdentity, Login

_PLACES = (("/accounts", "账号"), ("/accounts/tokens", "接口令牌"), ("/accounts/sign-ins", "登录记录"))
#: Browsers and systems by what they call themselves; the first that fits, since most claim to be several.
_BROWSERS = (
    ("wxwork", "企业微信"), ("MicroMessenger", "微信"), ("Edg", "Edge"), ("360SE|QIHU", "360浏览器"),
    ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("HarmonyOS", "鸿蒙"), ("Android", "Android"), ("iPhone|iPad", "iOS"), ("Mac OS", "macOS"),
    ("UOS", "统信UOS"), ("Kylin", "麒麟"), ("Linux", "Linux"),
)  # fmt: skip


def rooms(here: str) -> tuple[Link, ...]:
    """The lists of this room; the one that is shown has no address."""
    return tuple(Link("" if href == here else href, label) for href, label in _PLACES)


def address(name: str) -> str:
    """The page of one account; its name may be anything that can be printed."""
    return f"/accounts/account?{urlencode({'name': name})}"


def roles(chosen: str) -> tuple[Choice, ...]:
    """The roles an account may have."""
    return tuple(Choice(one, WORDS["role"][one], one == chosen) for one in accounts.ROLES)


def units(act: Act) -> tuple[Choice, ...]:
    """Every unit by its code, for an account or a token."""
    return tuple(Choice(one.code, one.name) for one in posts.directory(act.session).units())


def account(one: account_lists.AccountLine) -> AccountLine:
    """An account in a list."""
    found = (
        ("已停用", one.disabled_at is not None), ("已锁定", one.locked), ("未改一次性密码", one.one_time),
    )  # fmt: skip
    return AccountLine(
        address(one.name), one.name, cast("Role", one.role), one.unit_name or one.unit, one.signed_in_at, one.sessions,
        tuple(mark for mark, applies in found if applies), tuple(PROVIDERS.get(way, way) for way in one.providers),
    )  # fmt: skip


def session(one: Login, mine: str) -> SessionLine:
    """A session; ``mine`` is the hash of the one that is looking."""
    own = one.key_hash == mine
    by = WAYS.get(one.by, one.by)
    return SessionLine(one.began_at, one.until, by, one.place, device(one.device), own, "" if own else one.key_hash)


def identity(one: AccountIdentity) -> IdentityLine:
    """An outside identity."""
    return IdentityLine(
        one.provider, PROVIDERS.get(one.provider, one.provider), one.subject, one.created_at, one.created_by
    )


def record(one: AccessRecord) -> RecordLine:
    """What was done to an account."""
    return RecordLine(one.at, ACTS.get(one.act, one.act), one.about, one.by, one.detail)


def sign_in(one: SignIn) -> SignInLine:
    """A line of the log."""
    href = address(one.name) if one.name else ""
    return SignInLine(one.at, one.name, href, WAYS.get(one.by, one.by), one.place, device(one.device), one.ended_at)


def device(agent: str) -> str:
    """What a browser calls itself in two words, as far as it is known: Chrome · Windows."""
    said = [_first(agent, _BROWSERS), _first(agent, _SYSTEMS)]
    return " · ".join(one for one in said if one) or ("其他程序" if agent else "")


def _first(agent: str, known: Sequence[tuple[str, str]]) -> str:
    return next((title for pattern, title in known if re.search(pattern, agent)), "")

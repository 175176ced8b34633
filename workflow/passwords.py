"""Passwords: Argon2id hashes, what a password must be, and one-time ones. Only hashes are kept."""

from __future__ import annotations

import secrets
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from workflow.refusals import Refusal

SHORTEST, LONGEST = 8, 200
#: Small letters and digits that are told apart on paper: no l, i, o, 1, 0, and no signs.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 5, 4


class PasswordRefused(Refusal):
    """密码不可用：{reason}"""

    code = "password-refused"


class PasswordToChange(Refusal):
    """您使用的是一次性密码，请先修改密码。"""

    code = "password-to-change"


def check(password: str) -> None:
    """Raises PasswordRefused for what cannot be one."""
    if not SHORTEST <= len(password) <= LONGEST or not password.isprintable():
        raise PasswordRefused(reason=f"须为{SHORTEST}到{LONGEST}个可见字符")


def hashed(password: str) -> str:
    """The hash to keep of a password; raises PasswordRefused."""
    check(password)
    return _hasher().hash(password.encode())


def matches(password: str, kept: str | None) -> bool:
    """Whether a password is the one of a hash; without a hash it never is, at the same cost."""
    given = password[: LONGEST + 1].encode(errors="replace")
    right = _hasher().verify(given, kept if kept is not None else _nobodys())
    return right and kept is not None


def one_time() -> str:
    """A password to be handed over and changed at the first sign-in, like abcd-efgh-…; of 99 bits."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    """Argon2id with the library's recommended cost."""
    return PasswordHash((Argon2Hasher(),))


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))

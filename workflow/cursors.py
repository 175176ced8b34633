"""Where a page of a list ended: the last row's sort keys as one opaque text, read back with suspicion."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime

from workflow.refusals import QueryRefused

Key = int | str | datetime

LARGEST_PAGE = 200
_LONGEST = 600
_LARGEST = 2**53


def written(order: str, *keys: Key) -> str:
    """The cursor behind a row of a list in this order."""
    plain = [key.astimezone(UTC).isoformat() if isinstance(key, datetime) else key for key in keys]
    text = json.dumps([order, *plain], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def read(cursor: str, order: str, *kinds: type[Key]) -> tuple[Key, ...]:
    """The keys of a cursor of the same order; raises QueryRefused for anything else."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)) if len(cursor) < _LONGEST else None
    except (UnicodeError, binascii.Error, ValueError, RecursionError):
        values = None
    if not isinstance(values, list) or len(values) != len(kinds) + 1 or values[0] != order:
        raise _unusable()
    return tuple(_key(value, kind) for value, kind in zip(values[1:], kinds, strict=True))


def page_size(limit: int) -> int:
    """``limit`` when a page may be that large; raises QueryRefused."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise QueryRefused(reason=f"每页条数（limit）须在1到{LARGEST_PAGE}之间")
    return limit


def _key(value: object, kind: type[Key]) -> Key:
    if kind is int and type(value) is int and abs(value) < _LARGEST:
        return value
    if isinstance(value, str) and value.isprintable():
        if kind is str:
            return value
        if kind is datetime:
            return _instant(value)
    raise _unusable()


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo is not None else _refuse()
    except (ValueError, OverflowError):
        return _refuse()


def _refuse() -> datetime:
    raise _unusable()


def _unusable() -> QueryRefused:
    return QueryRefused(reason="翻页位置（cursor）无效，请从第一页重新查询")

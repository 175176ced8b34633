"""Places in a stored text for what only its reader may have: links as ``{{link:ID}}``, codes as ``{{code:ID}}``. Pure.

They are filled when a letter is handed over, so that what is stored opens nothing. What people wrote never becomes
such a place: see ``notifier.wording``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_LINK = re.compile(r"\{\{link:([0-9]{1,18})\}\}")
_CODE = re.compile(r"\{\{code:([0-9]{1,18})\}\}")
_NONE: Mapping[int, str] = MappingProxyType({})


def placeholder(link_id: int) -> str:
    """How a link stands in a stored text."""
    return f"{{{{link:{link_id}}}}}"


def code_placeholder(challenge_id: int) -> str:
    """How a one-time code stands in a stored text."""
    return f"{{{{code:{challenge_id}}}}}"


def fill(text: str, urls: Mapping[int, str], codes: Mapping[int, str] = _NONE) -> str:
    """Replace each place by its address or its code; KeyError where one is missing."""
    return _CODE.sub(lambda found: codes[int(found[1])], _LINK.sub(lambda found: urls[int(found[1])], text))


def without_links(text: str) -> str:
    """The text for people who may neither sign nor know the code."""
    return _CODE.sub("（验证码仅限本人）", _LINK.sub("（链接仅限本人）", text))


def links_in(text: str) -> tuple[int, ...]:
    """The link rows a stored text speaks of."""
    return _numbers(_LINK, text)


def codes_in(text: str) -> tuple[int, ...]:
    """The challenges whose codes a stored text has a place for."""
    return _numbers(_CODE, text)


def _numbers(place: re.Pattern[str], text: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(found) for found in place.findall(text)))

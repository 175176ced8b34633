"""What is shown of a stored letter: its links and codes struck out; in a rehearsal, and for the office, filled in.

So a person can play the leader's part. The notifier writes the places, as ``{{link:ID}}`` and ``{{code:ID}}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlmodel import col, select

from workflow.acts import Act
from workflow.tables import Challenge, Link

STRUCK_OUT = "（链接仅限本人，已隐藏）"
NO_CODE = "（验证码仅限本人，已隐藏）"
#: How the line of a letter begins that leads to a request to sign; other links ask for no signature.
SIGN_HERE = "审签："
_LINK = re.compile(r"\{\{link:(\d{1,18})\}\}")
_CODE = re.compile(r"\{\{code:(\d{1,18})\}\}")
_PART = 500


@dataclass(frozen=True)
class Filled:
    """What is put in the places of the bodies of a list; empty where they are struck out."""

    addresses: Mapping[int, str] = field(default_factory=dict)
    codes: Mapping[int, str] = field(default_factory=dict, repr=False)

    def shown(self, body: str) -> str:
        """A body as its reader may see it."""
        linked = _LINK.sub(lambda found: self.addresses.get(int(found[1]), STRUCK_OUT), body)
        return _CODE.sub(lambda found: self.codes.get(int(found[1]), NO_CODE), linked)


def filled(act: Act, bodies: Iterable[str], base_url: str) -> Filled:
    """The addresses and codes of these bodies, for the office in a rehearsal."""
    every = list(bodies)
    links = sorted({int(found) for body in every for found in _LINK.findall(body)})
    codes = sorted({int(found) for body in every for found in _CODE.findall(body)})
    known: dict[int, str] = {}
    for start in range(0, len(links), _PART):
        rows = act.session.exec(select(Link).where(col(Link.id).in_(links[start : start + _PART])))
        known |= {link.id or 0: _address(act, link, base_url) for link in rows}
    told: dict[int, str] = {}
    for start in range(0, len(codes), _PART):
        asked = act.session.exec(select(Challenge).where(col(Challenge.id).in_(codes[start : start + _PART])))
        told |= {one.id or 0: act.links.code(one.salt) for one in asked}
    return Filled(known, told)


def asks_to_sign(body: str) -> bool:
    """Whether a body as it is shown, its links struck out, leads to a request to sign."""
    return f"{SIGN_HERE}{STRUCK_OUT}" in body


def _address(act: Act, link: Link, base_url: str) -> str:
    return f"{base_url}/s/{act.links.token(link)}" + ("/all" if link.purpose == "desk" else "")

"""What a browser carries through a second step, signed with the secret key and short-lived; nothing of it is stored.

A state that goes through WeCom is bound to a link and to a cookie of the browser that set out, so that a link made
by one person and opened by another proves nothing for either.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.responses import Response

from notifier.channels.wecom_identity import WecomIdentity
from workflow.tables import Link

#: How long WeCom, a proof of identity and what was entered are waited for.
SECONDS = 600
#: Browsers keep cookies up to 4096 bytes, name and attributes included.
MOST_KEPT = 3500
BROWSER, PROOF, KEPT = "duban_browser", "duban_proof", "duban_kept"
_STATE = re.compile(r"([0-9a-f]{1,16})z([0-9a-f]{1,12})z([0-9a-f]{64})")


@dataclass(frozen=True)
class Means:
    """What second steps are made with: the key, the open channels, and WeCom where there is an application."""

    secret: bytes = field(default=b"", repr=False)
    base_url: str = ""
    channels: tuple[str, ...] = ()
    identity: WecomIdentity | None = None

    @property
    def back(self) -> str:
        """Where WeCom sends a browser back to; without the link's token, which nobody else is to see."""
        return f"{self.base_url}/wecom/back"

    def give(self, response: Response, name: str, value: str, *, path: str) -> None:
        """Let the browser carry something for a while; an empty value is taken back."""
        secure = self.base_url.startswith("https://")
        age = SECONDS if value else 0
        response.set_cookie(name, value, max_age=age, httponly=True, samesite="lax", secure=secure, path=path)


NO_MEANS = Means()


def fresh_browser() -> str:
    """A number for a browser that sets out to WeCom."""
    return secrets.token_urlsafe(24)


def state(means: Means, link: Link, browser: str) -> str:
    """The state for a link and a browser: letters and digits only, as WeCom asks."""
    ends = int(time.time()) + SECONDS
    return f"{link.id:x}z{ends:x}z{_sealed(means, link.id or 0, ends, browser)}"


def link_of(means: Means, given: str, browser: str) -> int | None:
    """The id of the link that a state was made for, None when it is not this browser's or too old."""
    found = _STATE.fullmatch(given)
    if found is None or not browser:
        return None
    number, ends = int(found[1], 16), int(found[2], 16)
    right = hmac.compare_digest(_sealed(means, number, ends, browser), found[3])
    return number if right and time.time() < ends else None


def proof(means: Means, link: Link, userid: str) -> str:
    """That WeCom named this user to the holder of a link."""
    return _signer(means, "proof").dumps([link.id, link.person, userid])


def proved(means: Means, link: Link, given: str) -> str:
    """The user of a proof for this link and its person, empty when it is none or too old."""
    try:
        number, person, userid = _signer(means, "proof").loads(given, max_age=SECONDS)
    except (BadSignature, TypeError, ValueError):
        return ""
    return str(userid) if (number, person) == (link.id, link.person) else ""


def kept(means: Means, fields: Mapping[str, str], *, link: Link) -> str:
    """What was entered as a cookie's value; what is too long for one is left out, the longest first."""
    left = dict(fields)
    while True:
        value = str(_signer(means, f"kept {link.id}").dumps(left))
        if len(value) <= MOST_KEPT or not left:
            return value
        left.pop(max(left, key=lambda name: len(left[name])))


def carried(means: Means, given: str, *, link: Link) -> dict[str, str]:
    """What was entered, from the cookie; empty when it is none or too old."""
    try:
        found = _signer(means, f"kept {link.id}").loads(given, max_age=SECONDS)
    except (BadSignature, TypeError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _sealed(means: Means, link_id: int, ends: int, browser: str) -> str:
    said = f"duban wecom state {link_id} {ends} {browser}"
    return hmac.new(means.secret, said.encode(), hashlib.sha256).hexdigest()


def _signer(means: Means, what: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        means.secret, salt=f"duban second step {what}", signer_kwargs={"digest_method": hashlib.sha256}
    )

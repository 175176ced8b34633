"""Who a request comes from: a bearer token or a session cookie becomes an Actor.

The cookie carries the session's number and when a page was last opened by it, signed with the secret key; the server
keeps the number's hash, so a session that was left is over wherever its cookie has been copied to. A page that is
opened renews the cookie, nothing in the store. Requests that change something need the session's form token as well;
a bearer token cannot be sent by a foreign page, so it needs none.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.responses import Response

from web.site import Here, Site
from workflow import accounts, identities, logins, tokens
from workflow.acts import Actor
from workflow.identities import Identity
from workflow.passwords import PasswordToChange
from workflow.refusals import Refusal

COOKIE = "duban_session"
FORM_HEADER = "X-Duban-Form"
#: A cookie younger than this is not renewed.
FRESH = timedelta(minutes=1)

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class NotSignedIn(Refusal):
    """请先登录，或在请求中附上有效的接口令牌。"""

    code = "not-signed-in"


class FormTokenRefused(Refusal):
    """页面已过期或请求来源不明，操作没有生效。请刷新页面后重试。"""

    code = "form-token-refused"


@dataclass(frozen=True)
class Visit:
    """From where somebody comes: the address, and what the browser calls itself."""

    place: str = ""
    device: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A session in force: who acts by which account, and the hash of its number, which form tokens are bound to.

    ``number`` is the session's own, ``seen`` when the cookie was last renewed, ``until`` when it ends at the latest.
    """

    actor: Actor
    session_id: str
    name: str
    one_time: bool
    number: str
    seen: datetime
    until: datetime


def visit(request: Request) -> Visit:
    """From where a request comes."""
    return Visit(request.client.host if request.client else "", request.headers.get("user-agent", ""))


def prove(site: Site, name: str, password: str, place: str) -> tuple[Identity, int]:
    """Who a name and a password are, and the number of the try; raises SignInRefused, SignInLocked, AccountDisabled.

    The try is counted first, in a transaction of its own; looking at the password takes long and holds nothing up.
    """
    with site.engine.acting() as act:
        attempt = logins.attempt(act, name, place=place, wall=site.wall())
    with site.engine.looking() as act:
        return accounts.authenticate(act, name, password), attempt


def sign_in(site: Site, name: str, password: str, come: Visit = Visit()) -> str:
    """The cookie value of a new session; raises SignInRefused, SignInLocked, AccountDisabled."""
    found, attempt = prove(site, name, password, come.place)
    return begin(site, found, "password", come, attempt=attempt)


def begin(site: Site, found: Identity, by: str, come: Visit, *, attempt: int = 0) -> str:
    """The cookie value of a new session of somebody who proved who they are; raises SessionOver."""
    wall = site.wall()
    with site.engine.acting() as act:
        number = logins.begin(
            act, found, by=by, place=come.place, device=come.device, wall=wall, spans=site.spans, attempt=attempt
        )
    return cookie_of(site, number, wall)


def cookie_of(site: Site, number: str, seen: datetime) -> str:
    """The cookie of a session by which a page was opened at ``seen``."""
    return str(signer(site).dumps([number, int(seen.timestamp())]))


def set_cookie(response: Response, site: Site, value: str, *, age: timedelta | None = None) -> None:
    """Give the browser its session, for as long as one may last."""
    secure = site.base_url.startswith("https://")
    seconds = int((age if age is not None else site.spans.most).total_seconds())
    response.set_cookie(COOKIE, value, max_age=seconds, httponly=True, samesite="lax", secure=secure, path="/")


def clear_cookie(response: Response) -> None:
    """Take the session back."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")


def renew(request: Request, response: Response, site: Site) -> None:
    """A page was opened: the session is not idle."""
    session = getattr(request.state, "session", None)
    wall = site.wall()
    if isinstance(session, SignedIn) and wall - session.seen > FRESH:
        set_cookie(response, site, cookie_of(site, session.number, wall), age=session.until - wall)


def signed_in(request: Request, site: Here) -> SignedIn | None:
    """The session of a request, None when there is none in force."""
    value = request.cookies.get(COOKIE)
    return session_of(site, value) if value else None


def form_token(secret: bytes, session_id: str) -> str:
    """What a form of this session carries, so that no foreign page can send it."""
    return hmac.new(secret, f"duban form {session_id}".encode(), hashlib.sha256).hexdigest()


def check_form_token(secret: bytes, session_id: str, given: str | None) -> None:
    """Raises FormTokenRefused."""
    wanted = form_token(secret, session_id)
    if not given or not hmac.compare_digest(wanted.encode(), given.encode(errors="replace")):
        raise FormTokenRefused


_bearer = HTTPBearer(auto_error=False, scheme_name="token", description="duban token add 打印的接口令牌")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="session", description="登录后的会话")


def caller(
    request: Request,
    site: Here,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    cookie: Annotated[str | None, Security(_cookie)],
) -> Actor:
    """Who calls; raises NotSignedIn, PasswordToChange, FormTokenRefused. A bearer token counts before a session."""
    if bearer is not None:
        return _of_token(site, bearer.credentials)
    if "authorization" in request.headers or cookie is None:
        raise NotSignedIn
    session = session_of(site, cookie)
    if session is None:
        raise NotSignedIn
    if session.one_time:
        raise PasswordToChange
    if request.method not in _READING:
        check_form_token(site.secret, session.session_id, request.headers.get(FORM_HEADER))
    return session.actor


def subscriber(
    request: Request,
    site: Here,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    cookie: Annotated[str | None, Security(_cookie)],
    token: Annotated[str | None, Query(max_length=200, description="接口令牌，供不能发送请求头的日历软件使用")] = None,
) -> Actor:
    """As ``caller``, with the token in the address for programs that cannot send a header."""
    if token is not None:
        return _of_token(site, token)
    return caller(request, site, bearer, cookie)


Caller = Annotated[Actor, Depends(caller)]
Subscriber = Annotated[Actor, Depends(subscriber)]


def _of_token(site: Site, token: str) -> Actor:
    with site.engine.store.read() as session:
        found = tokens.token_actor(session, token)
    if found is None:
        raise NotSignedIn
    return found


def session_of(site: Site, value: str) -> SignedIn | None:
    """The session of a cookie, None when it is none, idle for too long, or over."""
    try:
        number, seconds = signer(site).loads(value)
        seen = datetime.fromtimestamp(int(seconds), UTC)
    except (BadSignature, TypeError, ValueError, OverflowError, OSError):
        return None
    wall = site.wall()
    if not isinstance(number, str) or wall - seen > site.spans.idle:
        return None
    with site.engine.store.read() as session:
        found = logins.find(session, number, wall=wall)
    if found is None:
        return None
    # A one-time password is to be changed by whoever signed in with it; other systems know nothing of it.
    one_time = found.account.one_time and found.login.by == "password"
    actor = identities.actor_of(found.account, found.unit_name)
    return SignedIn(actor, found.login.key_hash, found.account.name, one_time, number, seen, found.login.until)


def signer(site: Site) -> URLSafeSerializer:
    """What session cookies are signed with."""
    return URLSafeSerializer(site.secret, salt="duban session", signer_kwargs={"digest_method": hashlib.sha256})

"""Who a request comes from: a bearer token or a session cookie becomes an Actor.

A session is a cookie signed with the secret key; it names the account and the stamp of its password, and ends
after twelve hours or when that password changes. Requests that change something need the session's form token
as well; a bearer token cannot be sent by a foreign page, so it needs none.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.responses import Response

from web.site import Here, Site
from workflow import accounts
from workflow.acts import Actor
from workflow.refusals import Refusal

COOKIE = "duban_session"
FORM_HEADER = "X-Duban-Form"
HOURS = 12

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class NotSignedIn(Refusal):
    """请先登录，或在请求中附上有效的接口令牌。"""

    code = "not-signed-in"


class FormTokenRefused(Refusal):
    """页面已过期或请求来源不明，操作没有生效。请刷新页面后重试。"""

    code = "form-token-refused"


@dataclass(frozen=True)
class SignedIn:
    """A session in force: who acts by which account, and the session's own number that form tokens are bound to."""

    actor: Actor
    session_id: str
    name: str
    one_time: bool = False


def sign_in(site: Site, name: str, password: str) -> str:
    """The cookie value of a new session; raises SignInRefused, SignInLocked."""
    with site.engine.looking() as act:
        found = accounts.authenticate(act, name, password, failures=site.failures)
    return signer(site).dumps([found.name, found.stamp, secrets.token_urlsafe(16)])


def set_cookie(response: Response, site: Site, value: str) -> None:
    """Give the browser its session."""
    secure = site.base_url.startswith("https://")
    response.set_cookie(COOKIE, value, max_age=HOURS * 3600, httponly=True, samesite="lax", secure=secure, path="/")


def clear_cookie(response: Response) -> None:
    """Take the session back."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")


def signed_in(request: Request, site: Here) -> SignedIn | None:
    """The session of a request, None when there is none in force."""
    value = request.cookies.get(COOKIE)
    return _session(site, value) if value else None


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
    session = _session(site, cookie)
    if session is None:
        raise NotSignedIn
    if session.one_time:
        raise accounts.PasswordToChange
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
        found = accounts.token_actor(session, token)
    if found is None:
        raise NotSignedIn
    return found


def _session(site: Site, value: str) -> SignedIn | None:
    try:
        loaded = signer(site).loads(value, max_age=HOURS * 3600)
        name, stamp, session_id = map(str, loaded)
    except (BadSignature, TypeError, ValueError):
        return None
    with site.engine.store.read() as session:
        found = accounts.identity(session, name, stamp)
    return SignedIn(found.actor, session_id, found.name, found.one_time) if found else None


def signer(site: Site) -> URLSafeTimedSerializer:
    """What session cookies are signed with."""
    return URLSafeTimedSerializer(site.secret, salt="duban session", signer_kwargs={"digest_method": hashlib.sha256})

"""Signing in by another system: out to an OpenID provider or WeCom, and back with who it is.

What sets out is bound to the browser by a signed cookie that lives ten minutes: the state comes back in the address and
must be the cookie's; nonce and PKCE verifier are derived from it and stand nowhere. Coming back is a GET that begins a
session, as the protocols have it; nothing else is changed by it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from web import access, problems, site
from web.contexts.accounts import UnlinkedPage
from web.contexts.frame import Frame
from web.oidc import Oidc, OidcRefused, OidcSilent
from web.pages.entry import entered, leave
from web.pages.frame import House, frame, local_path, show
from workflow import outside_identities
from workflow.identities import AccountDisabled, Identity
from workflow.logins import SessionOver
from workflow.outside_identities import IdentityNotLinked, IdentityUnknown
from workflow.refusals import NotFound, Refusal

OUTING_COOKIE = "duban_outing"
SECONDS = 600
LOST = "登录没有完成：等待过久，或不是从本浏览器发起的。请重新登录。"
CANCELLED = "对方没有确认您的身份，请重新登录，或改用账号和密码"
_WECOM_CLIENT = "wxwork"

Told = Annotated[str, Query(max_length=4000)]


@dataclass(frozen=True)
class Outing:
    """A way out that has not come back yet: to whom, by which state, and where it goes on afterwards."""

    provider: str
    state: str
    return_to: str


def router(house: House) -> APIRouter:
    """``/login/oidc`` and ``/login/wecom``, out and back; not there where the service is not set up for them."""
    routes = APIRouter(prefix="/login", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/oidc")
    def out_to_oidc(request: Request, return_to: Told = "/") -> Response:
        oidc = _oidc(house)
        outing = _outing("oidc", return_to)
        try:
            goal = oidc.authorize_url(
                back=_back(house, "oidc"), state=outing.state,
                nonce=_derived(house, "nonce", outing), verifier=_derived(house, "verifier", outing),
            )  # fmt: skip
        except (OidcRefused, OidcSilent) as refused:
            return _not_in(house, request, outing, refused)
        return _out(house, outing, goal)

    @routes.get("/oidc/back")
    def back_from_oidc(request: Request, code: Told = "", state: Told = "", iss: Told = "") -> Response:
        oidc = _oidc(house)

        def whose(outing: Outing) -> Identity:
            if not oidc.is_from(iss):
                raise OidcRefused(reason="答复不是来自所设的认证服务，请重新登录")
            claims = oidc.identified(
                code=code, back=_back(house, "oidc"),
                nonce=_derived(house, "nonce", outing), verifier=_derived(house, "verifier", outing),
            )  # fmt: skip
            return _account(house, request, "oidc", str(claims["sub"]), oidc.claimed(claims))

        return _come_back(house, request, "oidc", code, state, whose)

    @routes.get("/wecom")
    def out_to_wecom(request: Request, return_to: Told = "/") -> Response:
        if house.identity is None:
            raise NotFound
        outing = _outing("wecom", return_to)
        inside = _WECOM_CLIENT in request.headers.get("user-agent", "").lower()
        way = house.identity.authorize_url if inside else house.identity.login_url
        return _out(house, outing, way(back=_back(house, "wecom"), state=outing.state))

    @routes.get("/wecom/back")
    def back_from_wecom(request: Request, code: Told = "", state: Told = "") -> Response:
        if house.identity is None:
            raise NotFound
        wecom = house.identity

        def whose(_outing: Outing) -> Identity:
            known = wecom.known(code)
            if not known.userid:
                raise OidcRefused(reason=known.why)
            return _account(house, request, "wecom", known.userid, "")

        return _come_back(house, request, "wecom", code, state, whose)

    return routes


def _oidc(house: House) -> Oidc:
    if house.oidc is None:
        raise NotFound
    return house.oidc


def _outing(provider: str, return_to: str) -> Outing:
    # Letters and digits only: WeCom takes no others.
    return Outing(provider, secrets.token_hex(24), local_path(return_to))


def _out(house: House, outing: Outing, goal: str) -> Response:
    response = RedirectResponse(goal, 303)
    value = _signer(house).dumps([outing.provider, outing.state, outing.return_to])
    secure = house.base_url.startswith("https://")
    response.set_cookie(
        OUTING_COOKIE, value, max_age=SECONDS, httponly=True, samesite="lax", secure=secure, path="/login"
    )
    return response


def _come_back(
    house: House, request: Request, provider: str, code: str, state: str, whose: Callable[[Outing], Identity]
) -> Response:
    """Begin the session of whoever came back; every way out is good for one coming back."""
    outing = _outing_of(house, request)
    if outing is None or outing.provider != provider or not hmac.compare_digest(outing.state.encode(), state.encode()):
        return _page(
            house, request, UnlinkedPage(_bare(house, request), "登录没有完成", LOST, again_href="/login"), 400
        )
    try:
        if not code:
            raise OidcRefused(reason=CANCELLED)
        found = whose(outing)
        here = site.of_request(request)
        leave(house, request)
        cookie = access.begin(here, found, provider, access.visit(request))
    except (OidcRefused, OidcSilent, IdentityUnknown, IdentityNotLinked, AccountDisabled, SessionOver) as refused:
        return _not_in(house, request, outing, refused)
    return _forgotten(entered(house, request, cookie, outing.return_to))


def _account(house: House, request: Request, provider: str, subject: str, claimed: str) -> Identity:
    """Whose account it is; one that a trusted claim names is linked now. Raises IdentityUnknown, AccountDisabled."""
    with house.engine.looking() as act:
        try:
            return outside_identities.account_of(act.session, provider, subject)
        except IdentityUnknown:
            if not claimed:
                raise
    with house.engine.acting() as act:
        wall = site.of_request(request).wall()
        return outside_identities.link_by_claim(act, provider, subject, claimed, wall=wall)


def _not_in(house: House, request: Request, outing: Outing, refused: Refusal) -> Response:
    found = problems.of_refusal(refused)
    page = UnlinkedPage(_bare(house, request), found.title, refused.text, again_href="/login")
    if isinstance(refused, IdentityUnknown):
        page = replace(page, provider=str(refused.facts["provider"]), subject=str(refused.facts["subject"]))
    return _page(house, request, page, found.status)


def _page(house: House, request: Request, page: UnlinkedPage, status: int) -> Response:
    return _forgotten(show(house, request, page, status))


def _bare(house: House, request: Request) -> Frame:
    with house.engine.looking() as act:
        return frame(house, request, act, here="/login")


def _forgotten(response: Response) -> Response:
    response.delete_cookie(OUTING_COOKIE, path="/login", httponly=True, samesite="lax")
    return response


def _outing_of(house: House, request: Request) -> Outing | None:
    try:
        loaded = _signer(house).loads(request.cookies.get(OUTING_COOKIE, ""), max_age=SECONDS)
        provider, state, return_to = map(str, loaded)
    except (BadSignature, TypeError, ValueError):
        return None
    return Outing(provider, state, return_to)


def _derived(house: House, what: str, outing: Outing) -> str:
    """A value of this outing that nobody but us can tell from its state: 43 signs, as PKCE asks (RFC 7636, 4.1)."""
    digest = hmac.new(house.secret, f"duban outing {what} {outing.state}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _back(house: House, provider: str) -> str:
    return f"{house.base_url}/login/{provider}/back"


def _signer(house: House) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(house.secret, salt="duban outing", signer_kwargs={"digest_method": hashlib.sha256})

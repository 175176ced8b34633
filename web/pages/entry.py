"""Signing in and out. A session is always a new one; a form that signs in is bound to the browser it was shown in."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from web import access, problems, site
from web.access import FormTokenRefused
from web.contexts.entry import LoginPage
from web.contexts.frame import Link
from web.pages.frame import House, acting, done, frame, local_path, session_of, show
from workflow import logins
from workflow.accounts import SignInRefused
from workflow.identities import AccountDisabled
from workflow.logins import SessionOver, SignInLocked

VISIT_COOKIE = "duban_visit"
Path = Annotated[str, Query(max_length=2000)]


def router(house: House) -> APIRouter:
    """``/login`` and ``/logout``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/login")
    def form(request: Request, return_to: Path = "/") -> Response:
        if session_of(request) is not None:
            return done(house, return_to)
        return login_form(house, request, return_to=return_to)

    @routes.post("/login")
    def sign_in(
        request: Request,
        name: Annotated[str, Form(max_length=200)] = "",
        password: Annotated[str, Form(max_length=1000)] = "",
        return_to: Annotated[str, Form(max_length=2000)] = "/",
        form_token: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        here = site.of_request(request)
        try:
            access.check_form_token(house.secret, _visit(request), form_token)
            cookie = access.sign_in(here, name.strip(), password, access.visit(request))
        except FormTokenRefused:
            return login_form(house, request, name, "登录页面已过期，请再登录一次。", return_to, 403)
        except (SignInRefused, SignInLocked, AccountDisabled, SessionOver) as refused:
            return login_form(house, request, name, refused.text, return_to, problems.of_refusal(refused).status)
        leave(house, request)
        return entered(house, request, cookie, return_to)

    @routes.post("/logout")
    def sign_out(request: Request, form_token: Annotated[str, Form(max_length=200)] = "") -> Response:
        acting(house, request, form_token)
        leave(house, request)
        response = done(house, "/login", "已退出。", tone="plain")
        access.clear_cookie(response)
        return response

    return routes


def entered(house: House, request: Request, cookie: str, return_to: str) -> Response:
    """On to the page that was asked for, with the new session."""
    response = done(house, return_to)
    access.set_cookie(response, site.of_request(request), cookie)
    response.delete_cookie(VISIT_COOKIE, path="/login", httponly=True, samesite="lax")
    return response


def leave(house: House, request: Request) -> None:
    """End the session that a request came with, if any: its cookie opens nothing any more, wherever there is a copy."""
    session = session_of(request)
    if session is not None:
        with house.engine.acting() as act:
            logins.end(act, session.name, session.session_id, wall=site.of_request(request).wall())


def login_form(
    house: House, request: Request, name: str = "", error: str = "", return_to: str = "/", status: int = 200
) -> Response:
    """The form, bound to the browser it is shown in."""
    visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(16)
    with house.engine.looking() as act:
        around = frame(house, request, act)
    token = access.form_token(house.secret, f"sign-in {visit}")
    around = replace(around, viewer=None, form_token=token, alarm="", rooms=())
    back = local_path(return_to)
    page = LoginPage(around, name, error, back, house.demo_accounts, _ways(house, back))
    response = show(house, request, page, status)
    secure = house.base_url.startswith("https://")
    response.set_cookie(VISIT_COOKIE, visit, httponly=True, samesite="lax", secure=secure, path="/login")
    return response


def _ways(house: House, return_to: str) -> tuple[Link, ...]:
    """The ways in through other systems."""
    query = f"?{urlencode({'return_to': return_to})}" if return_to != "/" else ""
    found = []
    if house.oidc is not None:
        found.append(Link(f"/login/oidc{query}", f"用{house.oidc.title}登录"))
    if house.identity is not None:
        found.append(Link(f"/login/wecom{query}", "用企业微信登录"))
    return tuple(found)


def _visit(request: Request) -> str:
    return f"sign-in {request.cookies.get(VISIT_COOKIE, '')}"

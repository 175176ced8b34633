"""Signing in and out. A session is always a new one; a form that signs in is bound to the browser it was shown in."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from web import access, problems, site
from web.access import FormTokenRefused
from web.contexts.entry import LoginPage
from web.contexts.frame import Frame
from web.pages.frame import House, acting, done, frame, local_path, session_of, show
from workflow.accounts import SignInLocked, SignInRefused

VISIT_COOKIE = "duban_visit"
Path = Annotated[str, Query(max_length=2000)]


def router(house: House) -> APIRouter:
    """``/login`` and ``/logout``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/login")
    def form(request: Request, return_to: Path = "/") -> Response:
        if session_of(request) is not None:
            return done(house, return_to)
        return _form(house, request, return_to=return_to)

    @routes.post("/login")
    def sign_in(
        request: Request,
        name: Annotated[str, Form(max_length=200)] = "",
        password: Annotated[str, Form(max_length=1000)] = "",
        return_to: Annotated[str, Form(max_length=2000)] = "/",
        form_token: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        try:
            access.check_form_token(house.secret, _visit(request), form_token)
            session = access.sign_in(site.of_request(request), name.strip(), password)
        except FormTokenRefused:
            return _form(house, request, name, "登录页面已过期，请再登录一次。", return_to, 403)
        except (SignInRefused, SignInLocked) as refused:
            return _form(house, request, name, refused.text, return_to, problems.of_refusal(refused).status)
        response = done(house, return_to)
        access.set_cookie(response, site.of_request(request), session)
        response.delete_cookie(VISIT_COOKIE, path="/login", httponly=True, samesite="lax")
        return response

    @routes.post("/logout")
    def sign_out(request: Request, form_token: Annotated[str, Form(max_length=200)] = "") -> Response:
        acting(house, request, form_token)
        response = done(house, "/login", "已退出。", tone="plain")
        access.clear_cookie(response)
        return response

    return routes


def _form(
    house: House, request: Request, name: str = "", error: str = "", return_to: str = "/", status: int = 200
) -> Response:
    visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(16)
    with house.engine.looking() as act:
        around = frame(house, request, act)
    token = access.form_token(house.secret, f"sign-in {visit}")
    around = Frame(around.section, None, around.clock, token, around.notices)
    response = show(house, request, LoginPage(around, name, error, local_path(return_to), house.demo_accounts), status)
    secure = house.base_url.startswith("https://")
    response.set_cookie(VISIT_COOKIE, visit, httponly=True, samesite="lax", secure=secure, path="/login")
    return response


def _visit(request: Request) -> str:
    return f"sign-in {request.cookies.get(VISIT_COOKIE, '')}"

"""Changing one's own password; with a one-time password the only page there is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from web import access, problems, site
from web.contexts.entry import PasswordPage
from web.pages.frame import House, acting, done, frame, session_of, show, signed_in
from workflow import accounts
from workflow.accounts import PasswordRefused, SignInLocked, SignInRefused

Typed = Annotated[str, Form(max_length=1000)]


def router(house: House) -> APIRouter:
    """``/password``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/password")
    def form(request: Request) -> Response:
        signed_in(request)
        return _form(house, request)

    @routes.post("/password")
    def change(
        request: Request,
        old: Typed = "",
        new: Typed = "",
        again: Typed = "",
        form_token: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        actor = acting(house, request, form_token)
        session = session_of(request)
        assert session is not None
        here = site.of_request(request)
        try:
            if new != again:
                raise PasswordRefused(reason="两次输入的新密码不一样")
            with house.engine.acting(actor) as act:
                accounts.change_password(act, session.name, old, new, failures=here.failures)
        except SignInRefused:
            return _form(house, request, "原密码不对，密码没有修改。", 422)
        except (PasswordRefused, SignInLocked) as refused:
            return _form(house, request, refused.text, problems.of_refusal(refused).status)
        response = done(house, "/", "密码已修改。")
        # The old password's sessions ended with it, this one too: it goes on as a new one.
        access.set_cookie(response, here, access.sign_in(here, session.name, new))
        return response

    return routes


def _form(house: House, request: Request, error: str = "", status: int = 200) -> Response:
    session = session_of(request)
    assert session is not None
    with house.engine.looking() as act:
        around = frame(house, request, act)
    return show(house, request, PasswordPage(around, session.name, session.one_time, accounts.SHORTEST, error), status)

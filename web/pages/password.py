"""Changing one's own password; with a one-time password the only page there is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from web import access, problems, site
from web.contexts.entry import PasswordPage
from web.pages.frame import House, acting, done, frame, session_of, show, signed_in
from workflow import accounts, identities, logins, passwords
from workflow.accounts import SignInRefused
from workflow.acts import Actor
from workflow.logins import SignInLocked
from workflow.passwords import PasswordRefused

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
        try:
            if new != again:
                raise PasswordRefused(reason="两次输入的新密码不一样")
            if new == old:
                raise PasswordRefused(reason="新密码不能与原密码相同")
            passwords.check(new)
            cookie = _changed(house, request, actor, old, new)
        except SignInRefused:
            return _form(house, request, "原密码不对，密码没有修改。", 422)
        except (PasswordRefused, SignInLocked) as refused:
            return _form(house, request, refused.text, problems.of_refusal(refused).status)
        response = done(house, "/", "密码已修改。")
        access.set_cookie(response, site.of_request(request), cookie)
        return response

    return routes


def _changed(house: House, request: Request, actor: Actor, old: str, new: str) -> str:
    """Prove the old one, set the new one; the sessions of the old one end, this one goes on under a new number.

    A wrong old password counts as a failed sign-in: a session left open must not be a place to guess it.
    """
    session, here, come = session_of(request), site.of_request(request), access.visit(request)
    assert session is not None
    found, attempt = access.prove(here, session.name, old, come.place)
    with house.engine.acting(actor) as act:
        logins.take_back(act, attempt)
        if not identities.still(identities.held(act, session.name), found):
            raise SignInRefused
        wall = here.wall()
        accounts.set_password(act, session.name, new, wall=wall)
        changed = identities.by_name(act.session, session.name)
        number = logins.begin(
            act, changed, by="password", place=come.place, device=come.device, wall=wall, spans=here.spans
        )
    return access.cookie_of(here, number, wall)


def _form(house: House, request: Request, error: str = "", status: int = 200) -> Response:
    session = session_of(request)
    assert session is not None
    with house.engine.looking() as act:
        around = frame(house, request, act)
    page = PasswordPage(around, session.name, session.one_time, passwords.SHORTEST, error)
    return show(house, request, page, status)

"""One's own account: where it is signed in, and leaving the other places."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from web import site
from web.access import SignedIn
from web.contexts.accounts import SessionsPage
from web.contexts.frame import Role
from web.pages import account_lines as lines
from web.pages.frame import House, acting, done, frame, session_of, show, signed_in
from workflow import logins, outside_identities

Token = Annotated[str, Form(max_length=200)]


def router(house: House) -> APIRouter:
    """``/sessions`` and what may be done there."""
    routes = APIRouter(prefix="/sessions", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("")
    def read(request: Request) -> Response:
        signed_in(request)
        return show(house, request, _page(house, request))

    @routes.post("/end")
    def end(request: Request, session: Annotated[str, Form(max_length=64)] = "", form_token: Token = "") -> Response:
        actor, own = acting(house, request, form_token), _own(request)
        with house.engine.acting(actor) as act:
            ended = logins.end(act, own.name, session, wall=site.of_request(request).wall())
        said = "已退出该设备，那里须重新登录。" if ended else "该设备已不在登录状态。"
        return done(house, "/sessions", said, tone="good" if ended else "plain")

    @routes.post("/end-others")
    def end_others(request: Request, form_token: Token = "") -> Response:
        actor, own = acting(house, request, form_token), _own(request)
        with house.engine.acting(actor) as act:
            ended = logins.end_others(act, own.name, own.session_id, wall=site.of_request(request).wall())
        said = f"已退出其他{ended}个设备，那里须重新登录。" if ended else "没有其他设备处于登录状态。"
        return done(house, "/sessions", said, tone="good" if ended else "plain")

    return routes


def _own(request: Request) -> SignedIn:
    session = session_of(request)
    assert session is not None
    return session


def _page(house: House, request: Request) -> SessionsPage:
    own, here = _own(request), site.of_request(request)
    with house.engine.looking() as act:
        around = frame(house, request, act)
        sessions = logins.open_of(act.session, own.name, wall=here.wall())
        outside = outside_identities.of_account(act.session, own.name)
    return SessionsPage(
        frame=around,
        name=own.name,
        role=cast("Role", own.actor.role),
        unit=around.viewer.unit if around.viewer else "",
        lines=tuple(lines.session(one, own.session_id) for one in sessions),
        identities=tuple(lines.identity(one) for one in outside),
        idle_minutes=int(here.spans.idle.total_seconds() // 60),
        most_hours=int(here.spans.most.total_seconds() // 3600),
    )

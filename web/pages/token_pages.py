"""API tokens over HTTP: those in force, a new one that is shown once, the end of one."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from web import problems, site
from web.contexts.accounts import SecretPage, TokenLine, TokensPage
from web.contexts.frame import Link, Role
from web.pages import account_lines as lines
from web.pages.frame import House, Number, acting, done, frame, show, signed_in
from workflow import access_records, posts, tokens
from workflow.accounts import AccountRefused
from workflow.acts import Act

HERE = "/accounts/tokens"
Typed = Annotated[str, Form(max_length=300)]
TOLD = "请保存在使用它的程序里；系统只留校验值，无法再次显示。不再使用时请作废。"


def add_routes(routes: APIRouter, house: House) -> None:
    """``/accounts/tokens`` and what may be done there."""

    @routes.get("/tokens")
    def read(request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _page(house, request, act))

    @routes.post("/tokens")
    def add(request: Request, name: Typed = "", role: Typed = "", unit: Typed = "", form_token: Typed = "") -> Response:
        actor, code = acting(house, request, form_token), unit.split()[0] if unit.split() else None
        try:
            with house.engine.acting(actor) as act:
                if not name.strip():
                    raise AccountRefused(reason="请写明令牌的用途，例如“数据大屏”")
                wall = site.of_request(request).wall()
                text = tokens.add_token(act, role, code if role == "unit" else None, name=name.strip(), wall=wall)
        except AccountRefused as refused:
            with house.engine.looking(actor) as act:
                page = replace(_page(house, request, act, role), name=name, unit=unit, error=refused.text)
                return show(house, request, page, problems.of_refusal(refused).status)
        with house.engine.looking() as act:
            around = frame(house, request, act, "accounts", here=HERE)
        page_of_it = SecretPage(around, lines.rooms(""), "接口令牌", name, text, TOLD, Link(HERE, "返回接口令牌"))
        return show(house, request, page_of_it)

    @routes.post("/tokens/{token_id:int}/revoke")
    def revoke(token_id: Number, request: Request, form_token: Typed = "") -> Response:
        with house.engine.acting(acting(house, request, form_token)) as act:
            tokens.revoke_token(act, token_id, wall=site.of_request(request).wall())
        return done(house, HERE, f"接口令牌{token_id}已作废，立即生效。")


def _page(house: House, request: Request, act: Act, role: str = "office") -> TokensPage:
    """Raises Forbidden."""
    access_records.check(act, "token-add")
    names = posts.directory(act.session)
    return TokensPage(
        frame=frame(house, request, act, "accounts", here=HERE),
        rooms=lines.rooms(HERE),
        lines=tuple(
            TokenLine(
                one.id or 0, one.name, cast("Role", one.role), names.unit(one.unit).name if one.unit else "",
                one.created_at, one.created_by,
            )
            for one in tokens.tokens(act)
        ),
        roles=lines.roles(role),
        units=lines.units(act),
    )  # fmt: skip

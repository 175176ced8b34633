"""Accounts, for the administrator: the list, one account with its acts, API tokens, the log of sign-ins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from web import problems, site
from web.contexts.accounts import AccountPage, AccountsPage, NewAccountPage, SecretPage
from web.contexts.frame import Choice, Link, Pager
from web.pages import account_lines as lines
from web.pages import sign_ins, token_pages
from web.pages.frame import Asked, Cursor, House, acting, done, frame, session_of, show, signed_in, warned
from workflow import access_records, account_lists, accounts, logins, outside_identities
from workflow.accounts import AccountRefused, AccountTaken, LastAdmin
from workflow.acts import Act
from workflow.outside_identities import IdentityNotLinked
from workflow.refusals import NotFound, QueryRefused, Refusal

PAGE = 50
Typed = Annotated[str, Form(max_length=300)]
#: What may be done to one account: the use case, and what is said afterwards.
_ACTS: Mapping[str, tuple[Callable[..., object], str]] = {
    "disable": (accounts.disable, "已停用账号“{name}”，其登录全部退出。"),
    "enable": (accounts.enable, "已启用账号“{name}”。"),
    "unlock": (accounts.unlock, "已解除账号“{name}”的锁定。"),
    "sign-out": (accounts.sign_out, "账号“{name}”已从全部设备退出。"),
}
ONE_TIME = "请当面或电话告知本人。首次登录后须先修改密码，其他事项才能办理。"


def router(house: House) -> APIRouter:
    """``/accounts`` and everything under it."""
    routes = APIRouter(prefix="/accounts", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("")
    def read(request: Request, role: Asked = "", said: Asked = "", state: Asked = "", cursor: Cursor = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            page, status = _list(house, request, act, {"role": role, "said": said.strip(), "state": state}, cursor)
            return show(house, request, page, status)

    @routes.get("/new")
    def form(request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            access_records.check(act, "add")
            return show(house, request, _new(house, request, act))

    @routes.post("/new")
    def add(request: Request, name: Typed = "", role: Typed = "", unit: Typed = "", form_token: Typed = "") -> Response:
        actor, name, wall = acting(house, request, form_token), name.strip(), site.of_request(request).wall()
        try:
            with house.engine.acting(actor) as act:
                password = accounts.add_with_one_time(act, name, role, _unit(role, unit), wall=wall)
        except (AccountRefused, AccountTaken) as refused:
            with house.engine.looking(actor) as act:
                page = replace(_new(house, request, act, role), name=name, unit=unit, error=refused.text)
                return show(house, request, page, problems.of_refusal(refused).status)
        return secret(house, request, "一次性密码", name, password, ONE_TIME, Link(lines.address(name), "查看该账号"))

    @routes.get("/account")
    def one(request: Request, name: Asked = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _account(house, request, act, name))

    @routes.post("/account/reset")
    def reset(request: Request, name: Typed = "", form_token: Typed = "") -> Response:
        with house.engine.acting(acting(house, request, form_token)) as act:
            password = accounts.reset(act, name, wall=site.of_request(request).wall())
        return secret(house, request, "一次性密码", name, password, ONE_TIME, Link(lines.address(name), "查看该账号"))

    @routes.post("/account/role")
    def role(
        request: Request, name: Typed = "", role: Typed = "", unit: Typed = "", form_token: Typed = ""
    ) -> Response:
        def change(act: Act, wall: datetime) -> None:
            accounts.change_role(act, name, role, _unit(role, unit), wall=wall)

        return _done(house, request, name, form_token, change, f"账号“{name}”的角色已变更，须重新登录后生效。")

    @routes.post("/account/link")
    def link(
        request: Request, name: Typed = "", provider: Typed = "", subject: Typed = "", form_token: Typed = ""
    ) -> Response:
        def change(act: Act, wall: datetime) -> None:
            outside_identities.link(act, provider, subject, name, wall=wall)

        return _done(house, request, name, form_token, change, f"已关联，今后可以此身份登录账号“{name}”。")

    @routes.post("/account/unlink")
    def unlink(
        request: Request, name: Typed = "", provider: Typed = "", subject: Typed = "", form_token: Typed = ""
    ) -> Response:
        def change(act: Act, wall: datetime) -> None:
            if outside_identities.unlink(act, provider, subject, wall=wall) != name:
                raise NotFound

        return _done(house, request, name, form_token, change, "已取消关联。")

    @routes.post("/account/{what}")
    def simple(what: str, request: Request, name: Typed = "", form_token: Typed = "") -> Response:
        use_case, said = _ACTS.get(what, (None, ""))
        acting(house, request, form_token)
        if use_case is None:
            raise NotFound

        def change(act: Act, wall: datetime) -> None:
            use_case(act, name, wall=wall)

        return _done(house, request, name, form_token, change, said.format(name=name))

    token_pages.add_routes(routes, house)
    sign_ins.add_routes(routes, house)
    return routes


def secret(house: House, request: Request, what: str, whose: str, text: str, told: str, back: Link) -> Response:
    """A password or token, shown in the answer to the form that made it and nowhere else."""
    with house.engine.looking() as act:
        around = frame(house, request, act, "accounts", here="/accounts")
    return show(house, request, SecretPage(around, lines.rooms(""), what, whose, text, told, back))


def _done(
    house: House, request: Request, name: str, form_token: str, change: Callable[[Act, datetime], None], said: str
) -> Response:
    """Do it and go back to the account; what is refused is said there."""
    actor = acting(house, request, form_token)
    try:
        with house.engine.acting(actor) as act:
            change(act, site.of_request(request).wall())
    except (AccountRefused, LastAdmin, IdentityNotLinked) as refused:
        return _refused(house, request, name, refused)
    return done(house, lines.address(name), said)


def _refused(house: House, request: Request, name: str, refused: Refusal) -> Response:
    with house.engine.looking(signed_in(request)) as act:
        page = replace(_account(house, request, act, name), error=refused.text)
        return show(house, request, page, problems.of_refusal(refused).status)


def _unit(role: str, unit: str) -> str | None:
    """The code that was typed or picked; a role without a unit has none, whatever is left in the field."""
    return (unit.split()[0] if unit.split() else None) if role == "unit" else None


def _list(house: House, request: Request, act: Act, kept: Mapping[str, str], cursor: str) -> tuple[AccountsPage, int]:
    """The page, or all accounts with the reason why this filter cannot be used."""
    around, status, wall = frame(house, request, act, "accounts"), 200, site.of_request(request).wall()
    try:
        found = account_lists.listed(act, wall=wall, cursor=cursor, limit=PAGE, **kept)
    except QueryRefused as refused:
        found, status, kept, cursor = account_lists.listed(act, wall=wall, limit=PAGE), 422, {}, ""
        around = warned(around, f"{refused.text}。现在列出的是全部。")
    asked = {name: value for name, value in kept.items() if value}
    following = f"/accounts?{urlencode({**asked, 'cursor': found.next})}" if found.next else ""
    first = f"/accounts?{urlencode(asked)}" if cursor else ""
    return AccountsPage(
        frame=around,
        rooms=lines.rooms("/accounts"),
        roles=lines.roles(kept.get("role", "")),
        states=tuple(Choice(one, label, one == kept.get("state")) for one, label in account_lists.STATES.items()),
        said=kept.get("said", ""),
        lines=tuple(lines.account(one) for one in found.items),
        pager=Pager(found.total, len(found.items), first, following),
    ), status


def _new(house: House, request: Request, act: Act, role: str = "unit") -> NewAccountPage:
    around = frame(house, request, act, "accounts", here="/accounts/new")
    return NewAccountPage(around, lines.rooms(""), lines.roles(role), lines.units(act))


def _account(house: House, request: Request, act: Act, name: str) -> AccountPage:
    """One account; raises Forbidden, NotFound."""
    wall = site.of_request(request).wall()
    found = account_lists.one(act, name, wall=wall)
    if found is None:
        raise NotFound
    own = session_of(request)
    around = frame(house, request, act, "accounts", here=lines.address(name))
    done_to, _ = account_lists.records(act, about=name, limit=20)
    sessions = logins.open_of(act.session, name, wall=wall)
    return AccountPage(
        frame=around,
        rooms=lines.rooms(""),
        line=lines.account(found),
        created_at=found.created_at,
        disabled=found.disabled_at is not None,
        locked=found.locked,
        own=own is not None and own.name == name,
        roles=lines.roles(found.role),
        units=lines.units(act),
        unit_code=found.unit,
        sessions=tuple(lines.session(one, own.session_id if own else "") for one in sessions),
        identities=tuple(lines.identity(one) for one in outside_identities.of_account(act.session, name)),
        providers=tuple(Choice(one, label) for one, label in outside_identities.PROVIDERS.items()),
        records=tuple(lines.record(one) for one in done_to),
        sign_ins_href=f"/accounts/sign-ins?{urlencode({'name': name})}",
    )

"""The log of sign-ins, of those that failed, and of what was done to accounts, for the administrator."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.contexts.accounts import RecordLine, SignInLine, SignInsPage
from web.contexts.frame import Choice
from web.pages import account_lines as lines
from web.pages.frame import Asked, Cursor, House, frame, show, signed_in
from workflow import access_records, account_lists
from workflow.acts import Act

HERE = "/accounts/sign-ins"
PAGE = 50
KINDS: Mapping[str, str] = {"": "登录", "failed": "登录失败", "acts": "账号变更"}


def add_routes(routes: APIRouter, house: House) -> None:
    """``/accounts/sign-ins``."""

    @routes.get("/sign-ins")
    def read(request: Request, kind: Asked = "", name: Asked = "", cursor: Cursor = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            access_records.check(act, "role")
            return show(house, request, _page(house, request, act, kind if kind in KINDS else "", name.strip(), cursor))


def _page(house: House, request: Request, act: Act, kind: str, name: str, cursor: str) -> SignInsPage:
    """Raises QueryRefused for a cursor of another list."""
    shown: tuple[SignInLine, ...] = ()
    records: tuple[RecordLine, ...] = ()
    if kind == "acts":
        done_to, following = account_lists.records(act, about=name, cursor=cursor, limit=PAGE)
        records = tuple(lines.record(one) for one in done_to)
    else:
        found, following = account_lists.sign_ins(
            act.session, failed=kind == "failed", name=name, cursor=cursor, limit=PAGE
        )
        shown = tuple(lines.sign_in(one) for one in found)
    kept = {"kind": kind, "name": name}
    return SignInsPage(
        frame=frame(house, request, act, "accounts"),
        rooms=lines.rooms(HERE),
        kinds=tuple(Choice(one, label, one == kind) for one, label in KINDS.items()),
        name=name,
        failed=kind == "failed",
        lines=shown,
        records=records,
        shown=len(shown) + len(records),
        first_href=_address(kept) if cursor else "",
        next_href=_address({**kept, "cursor": following}) if following else "",
    )


def _address(query: Mapping[str, str]) -> str:
    said = {name: value for name, value in query.items() if value}
    return f"{HERE}?{urlencode(said)}" if said else HERE

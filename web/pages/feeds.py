"""Calendars by secret addresses: read without signing in; made and revoked at the desk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from documents import feeds
from web import problems
from web.contexts.feeds import FeedLine, FeedsPage, NewFeed
from web.contexts.frame import Pager
from web.pages import people
from web.pages.frame import Asked, Cursor, House, Number, acting, done, frame, show, signed_in, warned
from workflow import agenda, feed_keys, posts
from workflow.acts import Act, Actor
from workflow.feed_keys import Made, Reader
from workflow.permissions import OFFICE
from workflow.refusals import FeedRefused, QueryRefused

HERE = "/feeds"
ICS = "text/calendar; charset=utf-8"
#: How often subscribers are asked to come again.
REFRESH = timedelta(hours=4)

Typed = Annotated[str, Form(max_length=300)]
Token = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class Sent:
    """The form as it was sent."""

    unit: str = ""
    leader: str = ""
    error: str = ""


def router(house: House) -> APIRouter:
    """``/feeds`` and what is done there, ``/calendar/{key}.ics`` for calendar programs."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.api_route("/calendar/{key}.ics", methods=["GET", "HEAD"])
    def read(key: str, request: Request) -> Response:
        with house.engine.looking() as act:
            reader = feed_keys.reader(act, key)
            text = _written(house, act, reader) if reader is not None else ""
        return _answer(request, text) if text else _gone()

    @routes.get(HERE)
    def listing(request: Request, q: Asked = "", cursor: Cursor = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, *_listed(house, request, act, q.strip(), cursor))

    @routes.post(HERE)
    def make(request: Request, unit: Typed = "", leader: Typed = "", form_token: Token = "") -> Response:
        actor, sent = acting(house, request, form_token), Sent(unit.strip(), leader.strip())
        try:
            with house.engine.acting(actor) as act:
                made = _make(act, sent)
        except FeedRefused as refused:
            with house.engine.looking(actor) as act:
                page = _page(house, request, act, sent=replace(sent, error=refused.text))
                return show(house, request, page, problems.of_refusal(refused).status)
        with house.engine.looking(actor) as act:
            return show(house, request, _page(house, request, act, made=made))

    @routes.post(f"{HERE}/{{number:int}}/revoke")
    def revoke(number: Number, request: Request, form_token: Token = "") -> Response:
        with house.engine.acting(acting(house, request, form_token)) as act:
            feed_keys.revoke(act, number)
        return done(house, HERE, "订阅地址已停用，用它订阅的日历不再更新。")

    return routes


def address(house: House, key: str) -> str:
    """Where a calendar is read by its key."""
    return f"{house.base_url}/calendar/{key}.ics"


def _written(house: House, act: Act, reader: Reader) -> str:
    """The calendar of whoever an address belongs to; a unit's shows what its own people see."""
    if reader.unit:
        entries = agenda.entries(replace(act, actor=Actor("日历订阅", "unit", reader.unit)))
        events = feeds.of_deadlines(entries, house.base_url)
    else:
        events = feeds.of_leader(agenda.of_leader(act, reader.person))
    return feeds.calendar(f"督办：{reader.title}", events, refresh=REFRESH)


def _answer(request: Request, text: str) -> Response:
    """The calendar, or that nothing has changed since the subscriber last came (RFC 9110 section 13.1.2)."""
    body = text.encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"Content-Type": ICS, "ETag": tag, "Cache-Control": "private, no-cache"}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers)


def _gone() -> Response:
    """One answer for every address that opens nothing, whether it ever did or not."""
    return Response("没有这个订阅地址。", 404, media_type="text/plain; charset=utf-8")


def _make(act: Act, sent: Sent) -> Made:
    """Raises Forbidden, FeedRefused."""
    if act.actor.role == "unit" and not sent.unit and not sent.leader:
        return feed_keys.make(act, unit=act.actor.unit or "")
    unit = posts.directory(act.session).called(sent.unit) if sent.unit else None
    if sent.unit and unit is None:
        raise FeedRefused(reason=f"花名册中没有“{sent.unit[:60]}”，请从列表中选")
    person = people.everybody(act).key(sent.leader) if sent.leader else ""
    if person is None:
        raise FeedRefused(reason=f"花名册中没有“{sent.leader[:60]}”，请从列表中选")
    return feed_keys.make(act, unit=unit.code if unit else "", person=person)


def _listed(house: House, request: Request, act: Act, text: str, cursor: str) -> tuple[FeedsPage, int]:
    try:
        return _page(house, request, act, text=text, cursor=cursor), 200
    except QueryRefused as refused:
        page = _page(house, request, act)
        return replace(page, frame=warned(page.frame, f"{refused.text}。现在列出的是全部。")), 422


def _page(
    house: House, request: Request, act: Act, *, sent: Sent | None = None, made: Made | None = None, text: str = "",
    cursor: str = "",
) -> FeedsPage:  # fmt: skip
    found, sent = feed_keys.listed(act, text=text, cursor=cursor or None), sent or Sent()
    known, office = posts.directory(act.session), act.actor.role in OFFICE
    everybody = people.everybody(act) if office else None
    return FeedsPage(
        frame=frame(house, request, act, "timeline", here=HERE),
        lines=tuple(_line(act, one) for one in found.items),
        pager=Pager(
            found.total,
            len(found.items),
            _href(text) if cursor else "",
            _href(text, found.next) if found.next else "",
        ),
        made=NewFeed(made.line.name, address(house, made.key), bool(made.line.person)) if made else None,
        own=known.unit(act.actor.unit).name if act.actor.unit else "",
        may_make=act.actor.role != "inspector",
        units=known.names() if office else (),
        leaders=tuple(everybody.by_label)[: everybody.leading] if everybody else (),
        text=text,
        unit=sent.unit,
        leader=sent.leader,
        error=sent.error,
    )


def _line(act: Act, one: feed_keys.FeedLine) -> FeedLine:
    revoke = f"{HERE}/{one.id}/revoke" if act.actor.role != "inspector" else ""
    return FeedLine(one.name, bool(one.person), one.created_at, one.created_by, revoke)


def _href(text: str, cursor: str = "") -> str:
    said = {name: value for name, value in (("q", text), ("cursor", cursor)) if value}
    return f"{HERE}?{urlencode(said)}" if said else HERE

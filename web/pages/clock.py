"""Moving the rehearsal clock from any page: to the next thing due, by an hour, to the morning, to a given time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from web.api.clock import read_instant
from web.pages.frame import House, acting, done
from web.rendering import local, moment
from workflow import mailbag, upcoming
from workflow.acts import Act, Actor
from workflow.moments import SHANGHAI
from workflow.permissions import OFFICE
from workflow.refusals import DateRefused, Forbidden, NotRehearsing, Refusal

HOUR = timedelta(hours=1)
MORNING = time(9)


def router(house: House) -> APIRouter:
    """``POST /clock``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.post("/clock")
    def move(
        request: Request,
        step: Annotated[str, Form(max_length=20)] = "set",
        now: Annotated[str, Form(max_length=40)] = "",
        return_to: Annotated[str, Form(max_length=2000)] = "/",
        form_token: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        if not house.engine.rehearsal:
            raise NotRehearsing
        actor = acting(house, request, form_token)
        if actor.role not in OFFICE:
            raise Forbidden(move="拨动演练时钟")
        try:
            return done(house, return_to, _moved(house, actor, step, now))
        except Refusal as refused:
            return done(house, return_to, refused.text, tone="warning")

    return routes


def _moved(house: House, actor: Actor, step: str, typed: str) -> str:
    """Move the clock; one line on where it stands now and what went out on the way."""
    with house.engine.looking(actor) as act:
        before, target = act.now, _target(act, step, typed)
    house.engine.advance(target)
    with house.engine.looking(actor) as act:
        count = mailbag.sent_between(act, before, target)
    return f"时钟已拨到{moment(target)}，其间发出{count}封信。" if count else f"时钟已拨到{moment(target)}。"


def _target(act: Act, step: str, typed: str) -> datetime:
    """Raises DateRefused when there is nothing ahead, or what was typed is no time."""
    match step:
        case "hour":
            return act.now + HOUR
        case "morning":
            return datetime.combine(local(act.now).date() + timedelta(days=1), MORNING, SHANGHAI)
        case "next":
            stop = upcoming.next_stop(act)
            if stop is None:
                raise DateRefused(reason="后面没有待办事项")
            return stop.at
    try:
        return read_instant(typed)
    except ValueError:
        raise DateRefused(reason="请选择要拨到的日期和时间") from None

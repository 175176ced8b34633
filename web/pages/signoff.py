"""Sign-off links over HTTP: GET and HEAD show and change nothing, POST decides."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from web import rendering
from web.access import FormTokenRefused, check_form_token, form_token
from web.contexts import Page
from web.contexts.signing import DeadLinkPage
from web.downloads import download
from web.pages import signing as views
from web.pages import waiting
from workflow import links, signing
from workflow.acts import Act, Actor
from workflow.engine import Engine
from workflow.refusals import AlreadyDecided, ContentChanged, DecisionIncomplete, LinkUnknown, NotFound
from workflow.signing import Choice
from workflow.tables import SignOff

#: Misses from one address within WINDOW seconds after which further misses are told to wait.
MISSES = 20
WINDOW = 60.0
Reply = tuple[Page, int]


@dataclass(frozen=True)
class Said:
    """What the approver entered."""

    decision: str
    comment: str
    name: str


class Guesses:
    """Counts wrong tokens by address; a valid link behind the same address still works."""

    def __init__(self) -> None:
        self._misses: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def too_many(self, address: str) -> bool:
        """Note a miss; whether this address has missed too often lately."""
        at = time.monotonic()
        with self._lock:
            if len(self._misses) > 10_000:
                self._misses.clear()
            seen = self._misses.setdefault(address, deque(maxlen=MISSES + 1))
            seen.append(at)
            return len(seen) > MISSES and at - seen[0] <= WINDOW


def router(engine: Engine, *, secret: bytes, contact: str) -> APIRouter:
    """The routes under ``/s/``; ``contact`` is who to call when a link is dead."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
    guesses = Guesses()

    def door(token: str) -> views.Door:
        return views.Door(token, form_token(secret, f"sign-off {token}"), contact, engine.rehearsal)

    def dead(request: Request) -> Response:
        address = request.client.host if request.client else ""
        if guesses.too_many(address):
            return HTMLResponse("尝试过于频繁，请一分钟后再试。", 429, {"Retry-After": "60"})
        return _page(DeadLinkPage(contact), 404)

    @routes.api_route("/s/{token}", methods=["GET", "HEAD"])
    def show(token: str, request: Request) -> Response:
        try:
            with engine.looking() as act:
                return _page(*_shown(act, door(token)))
        except LinkUnknown:
            return dead(request)

    @routes.api_route("/s/{token}/all", methods=["GET", "HEAD"])
    def show_all(token: str, request: Request) -> Response:
        try:
            with engine.looking() as act:
                link = links.resolve(act.session, token, act.now)
                if link.purpose == "item":
                    waiting.check_list_open(act, views.request_of(act, link))
                return _page(waiting.sign_all_page(act, link.person, contact=contact, rehearsal=engine.rehearsal), 200)
        except LinkUnknown:
            return dead(request)

    @routes.api_route("/s/{token}/files/{attachment_id}", methods=["GET", "HEAD"])
    def file(token: str, attachment_id: int, request: Request) -> Response:
        try:
            with engine.looking() as act:
                link = links.resolve(act.session, token, act.now)
                found = views.file_of(act, views.request_of(act, link), attachment_id)
                return download(found.data, found.name, found.media_type)
        except (LinkUnknown, NotFound):
            return dead(request)

    @routes.post("/s/{token}")
    def decide(
        token: str,
        request: Request,
        decision: Annotated[str, Form()] = "",
        comment: Annotated[str, Form()] = "",
        name: Annotated[str, Form()] = "",
        content_hash: Annotated[str, Form()] = "",
        form_token: Annotated[str, Form()] = "",
    ) -> Response:
        here, said = door(token), Said(decision, comment, name)
        try:
            with engine.looking() as act:
                asked = views.request_of(act, links.resolve(act.session, token, act.now))
            check_form_token(secret, f"sign-off {token}", form_token)
            if decision not in ("approve", "return"):
                return _again(engine, here, said, "decision", "请选择“同意”或“退回”", 422)
            return _decided(engine, here, asked, said, content_hash)
        except FormTokenRefused:
            return _again(engine, here, said, "decision", "页面已过期，请重新选择后提交", 403)
        except LinkUnknown:
            return dead(request)

    return routes


def _shown(act: Act, door: views.Door) -> Reply:
    link = links.resolve(act.session, door.token, act.now)
    if link.purpose == "desk":
        return waiting.sign_all_page(act, link.person, contact=door.contact, rehearsal=door.rehearsal), 200
    request = views.request_of(act, link)
    return (views.receipt(act, door, request) if request.decision else views.sign_page(act, door, request)), 200


def _decided(engine: Engine, door: views.Door, asked: SignOff, said: Said, content_hash: str) -> Response:
    actor = Actor(signing.named(asked.post_title, asked.holder), "approver")
    choice: Choice = "approve" if said.decision == "approve" else "return"
    assert asked.id is not None
    try:
        with engine.acting(actor) as act:
            # The link is looked at again inside the transaction that decides.
            link = links.resolve(act.session, door.token, act.now)
            signing.sign(
                act, asked.id, choice, comment=said.comment, typed_name=said.name, channel="link",
                content_hash=content_hash, hand=signing.hand_of(act, link),
            )  # fmt: skip
    except DecisionIncomplete as refused:
        return _again(engine, door, said, str(refused.facts["field"]), refused.text, 422)
    except AlreadyDecided:
        with engine.looking() as act:
            return _page(views.decided_otherwise(act, door, _request(act, door), choice), 409)
    except ContentChanged:
        with engine.looking() as act:
            now = _request(act, door)
            return _page(replace(views.sign_page(act, door, now), changed_at=now.asked_at), 409)
    with engine.looking() as act:
        return _page(views.receipt(act, door, _request(act, door)), 200)


def _again(engine: Engine, door: views.Door, said: Said, field: str, error: str, status: int) -> Response:
    """The page once more with what was entered and what is wrong with it."""
    with engine.looking() as act:
        now = _request(act, door)
        if now.decision is not None:
            return _page(views.receipt(act, door, now), 200)
        page = views.sign_page(act, door, now)
    chosen: Choice | None = "approve" if said.decision == "approve" else "return" if said.decision == "return" else None
    page = replace(page, decision=chosen, comment=said.comment, name=said.name)
    errors = {
        "decision": replace(page, decision_error=error),
        "comment": replace(page, comment_error=error),
        "name": replace(page, name_error=error),
    }
    return _page(errors[field], status)


def _request(act: Act, door: views.Door) -> SignOff:
    return views.request_of(act, links.resolve(act.session, door.token, act.now))


def _page(page: Page, status: int) -> Response:
    return HTMLResponse(rendering.render(page), status, {"X-Robots-Tag": "noindex"})

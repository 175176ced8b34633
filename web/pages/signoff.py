"""Sign-off links over HTTP: GET and HEAD show and change nothing, POST decides."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from web.access import form_token
from web.contexts.signing import DeadLinkPage
from web.pages import acknowledge, confirming, deciding, dispute, previews, together, waiting
from web.pages import signing as views
from web.pages.doors import Door, Given, Take, Way, answer
from web.pages.proofs import PROOF, Means
from workflow import links
from workflow.engine import Engine
from workflow.refusals import LinkUnknown, NotFound

#: Misses from one address within WINDOW seconds after which further misses are told to wait.
MISSES = 20
WINDOW = 60.0
#: A decision has some fields, the list of a leader one for each item.
MOST_FIELDS = 2000

#: The list of a leader, and what puts an item among those to approve together, behind a link of either purpose.
TOGETHER = Way(waiting.shown, together.taken, together.stale)
READING = Way(deciding.shown, deciding.read, deciding.stale)

#: What a link opens, by its purpose; any other purpose is a dead link.
WAYS: Mapping[str, Way] = {
    "item": deciding.WAY,
    "dispute": dispute.WAY,
    "acknowledge": acknowledge.WAY,
    "desk": TOGETHER,
}


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


async def sent(request: Request) -> AsyncIterator[Given]:
    """The fields of a form, read before anything is looked up; a file among them counts for nothing."""
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        if len(form.getlist("decision")) > 1:
            fields["decision"] = ""  # Both at once is neither.
    yield {**fields, PROOF: request.cookies.get(PROOF, "")}


Sent = Annotated[Given, Depends(sent)]


def router(engine: Engine, *, secret: bytes, contact: str, means: Means | None = None) -> APIRouter:
    """The routes under ``/s/``; ``contact`` is who to call when a link is dead, ``means`` what second steps take."""
    means = means or Means(secret)
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
    guesses = Guesses()

    def door(token: str) -> Door:
        return Door(token, form_token(secret, f"sign-off {token}"), contact, engine.rehearsal, means)

    def dead(request: Request) -> Response:
        address = request.client.host if request.client else ""
        if guesses.too_many(address):
            return HTMLResponse("尝试过于频繁，请一分钟后再试。", 429, {"Retry-After": "60"})
        return answer(DeadLinkPage(contact), 404)

    def guarded(token: str, request: Request, reply: Callable[[Door], Response]) -> Response:
        try:
            return reply(door(token))
        except (LinkUnknown, NotFound):
            return dead(request)

    def followed(token: str, request: Request, reply: Callable[[Door], Response]) -> Response:
        """As ``guarded``, but a link whose content was handed in anew shows the new content to the same person."""
        try:
            return reply(door(token))
        except (LinkUnknown, NotFound):
            posted = request.method == "POST"
            with engine.looking() as act:
                newer = links.renewed(act.session, token, act.now)
                if newer is None:
                    return dead(request)
                page = views.renewed_page(act, door(act.links.token(newer)), opened=not posted)
            return answer(page, 409 if posted else 200)

    @routes.api_route("/s/{token}", methods=["GET", "HEAD"])
    def show(token: str, request: Request) -> Response:
        return followed(token, request, lambda here: _shown(engine, here))

    @routes.post("/s/{token}")
    def take(token: str, request: Request, given: Sent) -> Response:
        return followed(token, request, lambda here: _chosen(here, given, _way(engine, here))(engine, here, given))

    @routes.api_route("/s/{token}/all", methods=["GET", "HEAD"])
    def show_all(token: str, request: Request) -> Response:
        return guarded(token, request, lambda here: _shown(engine, here, TOGETHER))

    @routes.post("/s/{token}/all")
    def take_all(token: str, request: Request, given: Sent) -> Response:
        return guarded(token, request, lambda here: _chosen(here, given, TOGETHER)(engine, here, given))

    @routes.post("/s/{token}/read")
    def read(token: str, request: Request, given: Sent) -> Response:
        return followed(token, request, lambda here: _chosen(here, given, READING)(engine, here, given))

    @routes.api_route("/s/{token}/files/{attachment_id}", methods=["GET", "HEAD"])
    def file(token: str, attachment_id: int, request: Request) -> Response:
        return guarded(token, request, lambda here: previews.saved(engine, here, attachment_id))

    @routes.api_route("/s/{token}/files/{attachment_id}/view", methods=["GET", "HEAD"])
    def view(token: str, attachment_id: int, request: Request) -> Response:
        return guarded(token, request, lambda here: previews.opened(engine, here, attachment_id))

    @routes.api_route("/s/{token}/files/{attachment_id}/show", methods=["GET", "HEAD"])
    def show_file(token: str, attachment_id: int, request: Request) -> Response:
        return guarded(token, request, lambda here: previews.shown(engine, here, attachment_id))

    @routes.api_route("/s/{token}/signature", methods=["GET", "HEAD"])
    def signature(token: str, request: Request) -> Response:
        return guarded(token, request, lambda here: views.signature(engine, here))

    confirming.add_routes(routes, engine, means=means, door=door, dead=dead, contact=contact)
    return routes


def _shown(engine: Engine, door: Door, way: Way | None = None) -> Response:
    """What a link shows, by its purpose unless it is told."""
    with engine.looking() as act:
        link = door.link(act)
        return answer(*(way or _of(link.purpose)).show(act, door, link))


def _way(engine: Engine, door: Door) -> Way:
    with engine.looking() as act:
        return _of(door.link(act).purpose)


def _of(purpose: str) -> Way:
    """Raises LinkUnknown for a purpose that has no page."""
    if purpose not in WAYS:
        raise LinkUnknown
    return WAYS[purpose]


def _chosen(door: Door, given: Given, way: Way) -> Take:
    """What becomes of a form: taken when it came from a page of this link; raises LinkUnknown where nothing does."""
    chosen = way.take if door.gave(given.get("form_token", "")) else way.stale
    if chosen is None:
        raise LinkUnknown
    return chosen

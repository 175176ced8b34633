"""Search for the desk: one box in the header, a page of what was found, and suggestions while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web.contexts.frame import Link
from web.contexts.search import FoundGroup, FoundLine, SearchPage, SuggestionsPage
from web.pages.frame import Asked, House, frame, show, signed_in
from workflow import search
from workflow.acts import Act
from workflow.search import Group, Hit
from workflow.sight import READERS

#: So many of each kind are listed on the page, and under the box.
LISTED, SUGGESTED = 20, 4
HEADINGS: Mapping[search.Kind, str] = {
    "submission": "报送件", "unit": "单位", "person": "人员", "obligation": "报送事项", "programme": "专项行动",
}  # fmt: skip


def router(house: House) -> APIRouter:
    """``/search`` and ``/search/suggest``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/search")
    def everything(request: Request, q: Asked = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            found = search.search(act, q, limit=LISTED)
            page = SearchPage(frame(house, request, act), q.strip(), _groups(act, found))
            return show(house, request, page)

    @routes.get("/search/suggest")
    def suggest(request: Request, q: Asked = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            found = search.search(act, q, limit=SUGGESTED) if search.worth_asking(q) else ()
            page = SuggestionsPage(q.strip(), _groups(act, found), f"/search?{urlencode({'q': q.strip()})}")
            return show(house, request, page)

    return routes


def _groups(act: Act, found: tuple[Group, ...]) -> tuple[FoundGroup, ...]:
    whole = act.actor.role in READERS
    return tuple(
        FoundGroup(HEADINGS[one.kind], tuple(_line(hit, whole=whole) for hit in one.hits), one.total) for one in found
    )


def _line(hit: Hit, *, whole: bool) -> FoundLine:
    """Where a hit leads; who reads everything is led to the roster, a unit's own people to their lists."""
    key = quote(hit.key, safe="")
    if hit.kind == "submission":
        return FoundLine(f"/submissions/{key}", hit.title, hit.detail)
    if hit.kind == "programme":
        more = (Link(f"/overdue?{urlencode({'programme': hit.key})}", "逾期清单"),)
        return FoundLine(f"/programmes/{key}", hit.title, hit.detail, more)
    if hit.kind == "obligation":
        late = urlencode({"programme": hit.programme, "obligation": hit.key})
        board = f"/programmes/{quote(hit.programme, safe='')}?{urlencode({'obligation': hit.key})}"
        return FoundLine(board, hit.title, hit.detail, (Link(f"/overdue?{late}", "逾期清单"),))
    if hit.kind == "unit":
        overdue = f"/overdue?{urlencode({'unit': hit.key})}"
        return FoundLine(
            f"/people/units/{key}" if whole else overdue, hit.title, hit.detail, (Link(overdue, "逾期清单"),)
        )
    letters = f"/messages?{urlencode({'recipient': hit.key})}"
    return FoundLine(f"/people/persons/{key}" if whole else letters, hit.title, hit.detail, (Link(letters, "消息"),))

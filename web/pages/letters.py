"""Sample letters for the office: plain, as mail shows them, and as WeCom's card."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from notifier.specimens import Specimen, specimens
from web.contexts.letters import LettersPage, SampleLetter, SampleLink
from web.pages.frame import POLICY, House, frame, show, signed_in
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotFound

#: The letter brings its own styles and may do nothing else; only our page may show it in a frame.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)


def router(house: House) -> APIRouter:
    """``/letters``, ``/letters/{name}`` and the HTML part alone under ``/letters/{name}/html``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/letters")
    def letters(request: Request) -> Response:
        return _page(house, request, specimens()[0].name)

    @routes.get("/letters/{name}")
    def letter(name: str, request: Request) -> Response:
        return _page(house, request, name)

    @routes.get("/letters/{name}/html")
    def html(name: str, request: Request) -> Response:
        _check(request)
        return HTMLResponse(_specimen(name).letter(house.base_url).html, headers={POLICY: LETTER_POLICY})

    return routes


def _check(request: Request) -> None:
    if signed_in(request).role not in OFFICE:
        raise Forbidden(move="查看样信")


def _specimen(name: str) -> Specimen:
    found = next((one for one in specimens() if one.name == name), None)
    if found is None:
        raise NotFound
    return found


def _page(house: House, request: Request, name: str) -> Response:
    _check(request)
    chosen = _specimen(name)
    kinds = tuple(SampleLink(f"/letters/{one.name}", one.title, one.name == name) for one in specimens())
    with house.engine.looking(signed_in(request)) as act:
        page = LettersPage(frame(house, request, act, "channels"), kinds, _sample(chosen, house.base_url))
        return show(house, request, page)


def _sample(chosen: Specimen, base_url: str) -> SampleLetter:
    letter = chosen.letter(base_url)
    return SampleLetter(
        title=chosen.title,
        recipient=chosen.facts.post_title,
        subject=letter.subject,
        text=letter.text,
        html_href=f"/letters/{chosen.name}/html",
        card_title=letter.subject,
        card=letter.card,
        button=letter.link_label if letter.link else "",
    )

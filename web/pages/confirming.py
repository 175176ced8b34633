"""The second step of a decision by link: the page that asks for a code, and the way through WeCom and back.

Sending a code is a POST's; every GET here only shows, redirects, or gives the browser something to carry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from web.contexts.confirming import IdentityLostPage
from web.pages import proofs
from web.pages import second_steps as steps
from web.pages import signing as views
from web.pages.doors import Door, Given, answer
from web.pages.proofs import BROWSER, KEPT, PROOF, Means
from workflow import challenges, posts
from workflow.acts import Act
from workflow.engine import Engine
from workflow.refusals import (
    CodeRefused,
    CodeUnreachable,
    ConfirmationNeeded,
    IdentityRefused,
    LinkUnknown,
    Refusal,
)
from workflow.tables import Link, SignOff

#: Proves in the deciding transaction who holds the link, and says it as the record keeps it.
Proved = Callable[[Act, Link, SignOff], str]

#: How a rehearsal without a WeCom application names what it pretends.
PRETENDED = "rehearsal"
NOT_YOURS = "企业微信中的登录人与本件的审签人不是同一人，不能以此审签。"


def confirmed(engine: Engine, door: Door, given: Given, decide: Callable[[Proved | None], Response]) -> Response:
    """Decide, with a second step where one is asked for: ``decide`` is tried without, then with what proves it."""
    try:
        return decide(None)
    except ConfirmationNeeded as needed:
        proved = proof_of(engine, door, given, needed)
    if isinstance(proved, Response):
        return proved
    try:
        return decide(proved)
    except (CodeRefused, IdentityRefused) as refusal:
        return refused(engine, door, given, refusal)


def proof_of(engine: Engine, door: Door, given: Given, needed: ConfirmationNeeded) -> Proved | Response:
    """What the form brought to prove who it is; the page that asks for it where that is nothing yet."""
    if needed.kind == "wecom":
        return _identity_of(engine, door, given)
    if "code" not in given or "anew" in given:
        return _asks(engine, door, given)
    if not given["code"].strip():
        return refused(engine, door, given, CodeRefused(reason="请输入六位验证码。"))
    try:
        with engine.acting() as act:
            link = door.link(act)
            number = challenges.attempt(act, views.request_of(act, link), link.person)
    except CodeRefused as refusal:
        return refused(engine, door, given, refusal)
    code = given["code"]
    return lambda act, link, request: challenges.check(act, request, link.person, code, number=number)


def refused(engine: Engine, door: Door, given: Given, refusal: Refusal) -> Response:
    """The page once more with what was entered, and why it is not signed yet."""
    with engine.looking() as act:
        link = door.link(act)
        request = views.request_of(act, link)
        if request.decision is not None:
            return answer(views.receipt(act, door, request))
        if isinstance(refusal, IdentityRefused):
            return answer(steps.wecom_page(act, door, request, given, error=refusal.text), 422)
        live = challenges.live(act, request, link.person)
        return answer(steps.code_page(act, door, request, given, live, error=refusal.text), 422)


def _asks(engine: Engine, door: Door, given: Given) -> Response:
    """Send a code unless one is under way, and ask for it."""
    ways = door.means.channels or ((challenges.OUTBOX,) if engine.rehearsal else ())
    try:
        with engine.acting() as act:
            link = door.link(act)
            request = views.request_of(act, link)
            made = challenges.ask(act, request, link.person, ways=ways, anew="anew" in given)
            page = steps.code_page(act, door, request, given, made)
    except (CodeRefused, CodeUnreachable) as refusal:
        return refused(engine, door, given, refusal)
    return answer(page)


def _identity_of(engine: Engine, door: Door, given: Given) -> Proved | Response:
    with engine.looking() as act:
        link = door.link(act)
        if proofs.proved(door.means, link, given.get(PROOF, "")):
            return lambda act, link, _request: _identified(engine, act, door, link, given)
        page = steps.wecom_page(act, door, views.request_of(act, link), given)
        fields = dict(steps.kept(given))
        response = answer(page)
        door.means.give(response, KEPT, proofs.kept(door.means, fields, link=link), path=door.here)
    return response


def _identified(engine: Engine, act: Act, door: Door, link: Link, given: Given) -> str:
    """The proof looked at again in the deciding transaction: the roster may have changed since."""
    userid = proofs.proved(door.means, link, given.get(PROOF, ""))
    if engine.rehearsal and door.means.identity is None and userid == PRETENDED:
        return f"wecom:{PRETENDED}"
    if not _is_theirs(act, link, userid):
        raise IdentityRefused(reason=NOT_YOURS)
    return "wecom"


def _is_theirs(act: Act, link: Link, userid: str) -> bool:
    """WeCom's user ids are the same in capitals and small letters."""
    known = posts.directory(act.session).person(link.person).wecom_id
    return bool(known) and bool(userid) and userid.casefold() == str(known).casefold()


def add_routes(
    routes: APIRouter,
    engine: Engine,
    *,
    means: Means,
    door: Callable[[str], Door],
    dead: Callable[[Request], Response],
    contact: str,
) -> None:
    """The way through WeCom: out, back, and the page on which the decision is sent after all."""

    @routes.api_route("/s/{token}/wecom", methods=["GET", "HEAD"])
    def out(token: str, request: Request, anyway: Annotated[str, Query(max_length=1)] = "") -> Response:
        here = door(token)
        try:
            with engine.looking() as act:
                link = here.link(act)
                page = steps.wecom_page(act, here, _undecided(act, link), {})
                if page.pretended:
                    return _onward(means, here, link, PRETENDED)
                if not page.go:
                    return answer(page, 422)
                if not anyway and "wxwork" not in request.headers.get("user-agent", "").lower():
                    return answer(replace(page, outside=True, go=f"{page.go}?anyway=1"))
                return _to_wecom(means, link)
        except LinkUnknown:
            return dead(request)

    @routes.api_route("/wecom/back", methods=["GET", "HEAD"])
    def back(
        request: Request,
        code: Annotated[str, Query(max_length=2000)] = "",
        state: Annotated[str, Query(max_length=2000)] = "",
    ) -> Response:
        number = proofs.link_of(means, state, request.cookies.get(BROWSER, ""))
        try:
            with engine.looking() as act:
                link = act.session.get(Link, number) if number is not None else None
                if link is None or means.identity is None:
                    return answer(IdentityLostPage(contact), 400)
                here = door(act.links.token(link))
                _undecided(act, here.link(act))
        except LinkUnknown:
            return dead(request)
        # Asked outside any transaction: WeCom may take its time.
        known = means.identity.known(code)
        with engine.looking() as act:
            if known.userid and _is_theirs(act, link, known.userid):
                return _onward(means, here, link, known.userid)
            page = steps.wecom_page(act, here, views.request_of(act, link), {}, error=known.why or NOT_YOURS)
            return answer(page, 422)

    @routes.api_route("/s/{token}/known", methods=["GET", "HEAD"])
    def known(token: str, request: Request) -> Response:
        here = door(token)
        try:
            with engine.looking() as act:
                link = here.link(act)
                asked = _undecided(act, link)
                userid = proofs.proved(means, link, request.cookies.get(PROOF, ""))
                entered = proofs.carried(means, request.cookies.get(KEPT, ""), link=link)
                if not userid or entered.get("decision") not in ("approve", "return"):
                    return RedirectResponse(here.here, 303)
                return answer(steps.known_page(act, here, link, asked, entered))
        except LinkUnknown:
            return dead(request)


def _undecided(act: Act, link: Link) -> SignOff:
    """The request of an item's link that still waits; raises LinkUnknown."""
    request = views.request_of(act, link) if link.purpose == "item" else None
    if request is None or request.decision is not None:
        raise LinkUnknown
    return request


def _to_wecom(means: Means, link: Link) -> Response:
    assert means.identity is not None
    browser = proofs.fresh_browser()
    response = RedirectResponse(
        means.identity.authorize_url(back=means.back, state=proofs.state(means, link, browser)), 303
    )
    means.give(response, BROWSER, browser, path="/wecom")
    return response


def _onward(means: Means, door: Door, link: Link, userid: str) -> Response:
    response = RedirectResponse(f"{door.here}/known", 303)
    means.give(response, PROOF, proofs.proof(means, link, userid), path=door.here)
    return response

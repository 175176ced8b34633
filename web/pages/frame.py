"""The frame round every office page: who is signed in, the rehearsal clock, and notices that show once.

A notice travels from a POST to the page it leads to in a signed cookie that lives a minute; showing it takes
the cookie away. Nothing here changes the store.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, cast
from urllib.parse import quote

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import AfterValidator

from notifier.channels.wecom_identity import WecomIdentity
from web import access, rendering, site
from web.access import NotSignedIn, SignedIn
from web.api.values import Storable
from web.contexts import Page
from web.contexts.entry import SampleAccount
from web.contexts.frame import Clock, Frame, NextDue, Notice, Role, Section, Viewer
from web.contexts.letters import LettersPage
from web.oidc import Oidc
from web.pages.rooms import rooms
from web.shell import HEADERS
from workflow import holding, posts, upcoming
from workflow.acts import Act, Actor
from workflow.desks import Desk
from workflow.engine import Engine
from workflow.lifecycle import FILING
from workflow.passwords import PasswordToChange
from workflow.permissions import OFFICE
from workflow.refusals import NotFound

POLICY = "Content-Security-Policy"
SCRIPTED = f"{HEADERS[POLICY]}; script-src 'self'"
DESK = f"{SCRIPTED}; connect-src 'self'"
FRAMING = f"{DESK}; frame-src 'self'"
NOTICE_COOKIE = "duban_notice"
NOTICE_SECONDS = 60
#: Short enough for a cookie even when every sign is escaped.
LONGEST_NOTICE = 200
Tone = Literal["good", "plain", "warning"]
_KNOWN_STANDINGS = frozenset(standing.title for standing in FILING.standings)

#: What a filter's fields may say.
Asked = Annotated[str, Query(max_length=100), Storable]
Cursor = Annotated[str, Query(max_length=1000), Storable]


def _of_a_row(number: int) -> int:
    if not 0 < number < 2**31:
        raise NotFound
    return number


#: The number of a row in an address; one that no row can have is not found.
Number = Annotated[int, AfterValidator(_of_a_row)]

# A browser drops tabs and newlines and reads a backslash as a slash, so only plain signs may follow.
_LOCAL = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?", re.ASCII)


@dataclass(frozen=True)
class House:
    """What the pages are built on; ``contact`` is who to call, ``demo_accounts`` is empty but in the demo.

    ``channels`` are the configured ones of ``mail`` and ``wecom``, ``groups`` how many addresses the office's has.
    ``identity`` and ``oidc`` are the other systems people may sign in by, ``anchors_at`` is the anchors' file.
    """

    engine: Engine
    secret: bytes
    base_url: str
    contact: str
    demo_accounts: tuple[SampleAccount, ...] = ()
    channels: tuple[str, ...] = ()
    groups: int = 0
    identity: WecomIdentity | None = None
    oidc: Oidc | None = None
    anchors_at: Path | None = None


def session_of(request: Request) -> SignedIn | None:
    """The session of a request, looked up once."""
    if not hasattr(request.state, "session"):
        request.state.session = access.signed_in(request, site.of_request(request))
    return cast("SignedIn | None", request.state.session)


def signed_in(request: Request) -> Actor:
    """Who is signed in; raises NotSignedIn and PasswordToChange, which become the way to the page that helps."""
    session = session_of(request)
    if session is None:
        raise NotSignedIn
    if session.one_time and request.url.path not in ("/password", "/logout"):
        raise PasswordToChange
    return session.actor


def acting(house: House, request: Request, form_token: str) -> Actor:
    """Who acts by this form; raises NotSignedIn, FormTokenRefused."""
    actor = signed_in(request)
    session = session_of(request)
    assert session is not None
    access.check_form_token(house.secret, session.session_id, form_token)
    return actor


def frame(house: House, request: Request, act: Act, section: Section = "none", *, here: str = "") -> Frame:
    """The frame of a page; ``here`` is its own address where the request's is that of a form."""
    session = session_of(request)
    return Frame(
        section=section,
        viewer=_viewer(act, session.actor) if session else None,
        clock=_clock(act, here or address_of(request), session) if house.engine.rehearsal else None,
        form_token=access.form_token(house.secret, session.session_id) if session else "",
        notices=_notices(house, request),
        alarm=_alarm(act, session),
        stalled=session is not None and session.actor.role in OFFICE and site.of_request(request).stalled,
        rooms=rooms(session.actor.role, rehearsal=house.engine.rehearsal) if session else (),
    )


def show(house: House, request: Request, page: Page, status: int = 200) -> Response:
    """The page as a response; a notice it shows is not shown again."""
    response = HTMLResponse(rendering.render(page), status, {"Cache-Control": "no-store", POLICY: _policy(page)})
    access.renew(request, response, site.of_request(request))
    if NOTICE_COOKIE in request.cookies:
        response.delete_cookie(NOTICE_COOKIE, path="/", httponly=True, samesite="lax")
    return response


def _policy(page: Page) -> str:
    """Scripts of this site add comfort to the desk; the sample letter is the one frame."""
    return FRAMING if isinstance(page, LettersPage) else DESK


def warned(around: Frame, text: str) -> Frame:
    """The same frame with one more notice, on why something was not done."""
    return replace(around, notices=(*around.notices, Notice("warning", text)))


def done(house: House, to: str, text: str = "", *, tone: Tone = "good") -> Response:
    """On to a page of this site after a POST, with one line about what was done."""
    response = RedirectResponse(local_path(to), 303)
    if text:
        secure = house.base_url.startswith("https://")
        value = _signer(house).dumps([tone, text[:LONGEST_NOTICE]])
        response.set_cookie(
            NOTICE_COOKIE, value, max_age=NOTICE_SECONDS, httponly=True, samesite="lax", secure=secure, path="/"
        )
    return response


def local_path(wanted: str) -> str:
    """``wanted`` when it is an address of this site, else the overview."""
    return wanted if len(wanted) <= 2000 and _LOCAL.fullmatch(wanted) else "/"


def own_word(standing: str) -> str:
    """The word a lifecycle has of its own for a state, empty where it is one of the five everybody knows."""
    return "" if standing in _KNOWN_STANDINGS else standing


def occurrence_of(occurrence: str, programme: str) -> str:
    """An occurrence as people tell it apart: nothing where it is the one of the programme's year."""
    return "" if programme.endswith(f"-{occurrence}") else occurrence


def desk_text(desks: Sequence[Desk], unit: str) -> str:
    """Whose desk it is: posts, without the name of the unit they are of, and whoever holds them."""
    said = (
        (one.post.removeprefix(unit) or one.post) + ("" if one.name in ("", one.post) else f"（{one.name}）")
        for one in desks
    )
    return "、".join(dict.fromkeys(said))


def address_of(request: Request) -> str:
    """The path and query of a request, as a browser would ask for it again."""
    query = request.url.query
    return quote(request.url.path, safe="/") + (f"?{query}" if query else "")


def _viewer(act: Act, actor: Actor) -> Viewer:
    unit = posts.directory(act.session).unit(actor.unit).name if actor.unit else ""
    return Viewer(actor.name, cast("Role", actor.role), unit)


def _clock(act: Act, here: str, session: SignedIn | None) -> Clock:
    may_move = session is not None and session.actor.role in OFFICE
    stop = upcoming.next_stop(act) if may_move else None
    return Clock(act.now, NextDue(stop.at, stop.what) if stop else None, here, may_move)


def _alarm(act: Act, session: SignedIn | None) -> str:
    """Why nothing is sent, told on every page to those who can release it."""
    if session is None or session.actor.role not in OFFICE:
        return ""
    return "；".join(hold.text for hold in holding.holds(act.session))


def _notices(house: House, request: Request) -> tuple[Notice, ...]:
    value = request.cookies.get(NOTICE_COOKIE)
    if not value:
        return ()
    try:
        tone, text = _signer(house).loads(value, max_age=NOTICE_SECONDS)
    except (BadSignature, TypeError, ValueError):
        return ()
    return (Notice(tone, text),)


def _signer(house: House) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(house.secret, salt="duban notice")

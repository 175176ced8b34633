"""The pages: every route that people read in a browser, and how a refusal looks to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from notifier.channels.wecom_identity import WecomIdentity
from web.contexts.entry import ProblemPage, SampleAccount
from web.contexts.frame import Frame
from web.oidc import Oidc
from web.pages import (
    accounts,
    agenda,
    amending,
    approvals,
    assets,
    auditing,
    batches,
    board,
    bulletins,
    calendars,
    channels,
    clock,
    directory,
    entry,
    feeds,
    figures,
    glances,
    launching,
    ledgers,
    letters,
    load,
    mail,
    outside_identity,
    overdue,
    overview,
    papers,
    password,
    programme,
    roster_files,
    scores,
    search,
    sessions,
    sheets,
    signoff,
    staffing,
    submission,
    supervision,
    verify,
    versions,
    workbench,
)
from web.pages.frame import House, address_of, frame, show
from web.pages.proofs import Means
from workflow.engine import Engine

__all__ = ["add_to", "routers"]


def routers(
    engine: Engine,
    *,
    secret: bytes,
    base_url: str,
    contact: str,
    demo_accounts: Sequence[SampleAccount] = (),
    channels_open: Sequence[str] = (),
    groups: int = 0,
    identity: WecomIdentity | None = None,
    oidc: Oidc | None = None,
    anchors_at: Path | None = None,
) -> list[APIRouter]:
    """Every router of the pages; ``demo_accounts`` are shown with their passwords on the sign-in page.

    ``channels_open`` are the configured channels, ``groups`` the number of the office's group addresses, ``identity``
    asks WeCom who somebody is, ``oidc`` an OpenID provider; ``anchors_at`` is the anchors' file.
    """
    house = House(
        engine, secret, base_url.rstrip("/"), contact, tuple(demo_accounts), tuple(channels_open), groups,
        identity, oidc, anchors_at,
    )  # fmt: skip
    rooms = (
        figures, bulletins, papers,
        search, entry, password, sessions, accounts, outside_identity, auditing, overview, launching,
        directory, staffing, roster_files, calendars, amending, board, glances, versions, ledgers, scores,
        programme, sheets, submission, overdue, batches, approvals, supervision,
        mail, channels, letters, clock, verify, feeds, workbench, agenda, load,
    )  # fmt: skip
    means = Means(secret, house.base_url, house.channels, identity)
    leaders = signoff.router(engine, secret=secret, contact=contact, means=means)
    return [assets.router(), leaders, *(r.router(house) for r in rooms)]


def add_to(
    app: FastAPI,
    engine: Engine,
    *,
    secret: bytes,
    base_url: str,
    contact: str,
    demo_accounts: Sequence[SampleAccount] = (),
    channels_open: Sequence[str] = (),
    groups: int = 0,
    identity: WecomIdentity | None = None,
    oidc: Oidc | None = None,
    anchors_at: Path | None = None,
) -> None:
    """Give an application its pages, and refusals the looks of a page."""
    rooms = routers(
        engine, secret=secret, base_url=base_url, contact=contact, demo_accounts=demo_accounts,
        channels_open=channels_open, groups=groups, identity=identity, oidc=oidc, anchors_at=anchors_at,
    )  # fmt: skip
    for room in rooms:
        app.include_router(room)
    app.state.html_problem = _problems(House(engine, secret, base_url.rstrip("/"), contact))


def _problems(house: House) -> Callable[[Request, int, str, str], Response]:
    """A refusal as a page; who must sign in or change a password first is sent there."""

    def page(request: Request, status: int, title: str, detail: str) -> Response:
        problem = request.state.problem
        if problem.code == "not-signed-in":
            back = address_of(request) if request.method in ("GET", "HEAD") else _near(request)
            return RedirectResponse("/login" + (f"?{urlencode({'return_to': back})}" if back != "/" else ""), 303)
        if problem.code == "password-to-change":
            return RedirectResponse("/password", 303)
        around = _frame(house, request, status)
        return show(house, request, ProblemPage(around, status, title, detail, problem.code, _near(request)), status)

    return page


def _frame(house: House, request: Request, status: int) -> Frame:
    """After a fault of ours nothing more is asked of the store."""
    if status >= 500:
        return Frame("none", None, None, "")
    with house.engine.looking() as act:
        return frame(house, request, act, here=_near(request))


def _near(request: Request) -> str:
    """The page nearest to an address that gave no page: what a form was on, else the overview."""
    parts = request.url.path.split("/")
    if parts[1] == "submissions" and len(parts) > 3 and parts[2].isdecimal():
        return f"/submissions/{parts[2]}"
    return "/approvals" if parts[1] == "approvals" and len(parts) > 2 else "/"

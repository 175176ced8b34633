"""Launching a programme over HTTP, in three steps: ``/programmes/new``.

What is handed in is kept as a draft of whoever hands it in; nothing is in force before the last step, which takes
the roster in and launches in one transaction.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Annotated, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from web import handed_in, problems
from web.contexts.launching import LaunchPeoplePage, LaunchPreviewPage
from web.contexts.roster import RowFault
from web.downloads import download
from web.pages import launch_start, launch_views, rosters
from web.pages.frame import House, acting, done, frame, show, signed_in
from web.pages.launch_progress import BIG, Agreed, Launches
from web.pages.launch_start import Handed, Word
from web.pages.launch_views import HERE, check
from web.pages.overview import board_href
from workflow import drafts, launching, second_channels, shelf
from workflow.acts import Act, Actor
from workflow.drafts import Kept
from workflow.launching import Foreseen, Wanted
from workflow.library import FaultyDefinition, Pinned
from workflow.refusals import NotFound, Refusal
from workflow.roster_merges import Mode

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STALE = "您看到的预览之后情况有了变化，没有启动。以下是最新的预览，请重新核对。"
_LOST = "请勾选确认，或者先导出最新花名册再修改。"
_CHANGED = "请逐个核对受影响的单位，确属同一单位的再勾选确认；不是的，请回上一步更换花名册。"
_UNTICKED = "还没有启动，没有写入任何内容：有须勾选确认的内容，见下方说明。"


def router(house: House) -> APIRouter:
    """``/programmes/new`` and its steps."""
    routes = APIRouter(prefix=HERE, default_response_class=HTMLResponse, include_in_schema=False)
    launches = Launches()
    launch_start.add_to(routes, house)
    _second_step(routes, house)
    _last_step(routes, house, launches)

    @routes.get("/samples/{name}/{what}.xlsx")
    def sample(name: str, what: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            check(act)
        found = {"roster": shelf.named(name).roster, "ledger": shelf.named(name).ledger}.get(what)
        if found is None:
            raise NotFound
        return download(found.read_bytes(), f"{name}-{what}.xlsx", _XLSX)

    return routes


def _second_step(routes: APIRouter, house: House) -> None:
    @routes.get("/{draft}")
    def people(draft: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _people(house, request, act, drafts.read(act, "launch", draft)))

    @routes.post("/{draft}")
    def given(
        draft: str,
        request: Request,
        cycle: Word = "",
        mode: Word = "add",
        without: Annotated[list[str], Form()] = [],  # noqa: B006 – read only
        roster: Handed = None,
        ledger: Handed = None,
        form_token: Word = "",
    ) -> Response:
        actor = acting(house, request, form_token)
        files = {name: handed_in.of_upload(one) for name, one in (("roster", roster), ("ledger", ledger))}
        new = {name: one for name, one in files.items() if one is not None}
        facts = {
            "cycle": unicodedata.normalize("NFKC", cycle).strip(),
            "mode": mode if mode in ("add", "replace") else "add",
        }
        with house.engine.acting(actor) as act:
            drafts.change(act, "launch", draft, facts=facts, files=new, dropped=list(without))
        return _given(house, request, actor, draft)


def _last_step(routes: APIRouter, house: House, launches: Launches) -> None:
    @routes.get("/{draft}/preview")
    def preview(draft: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _preview(house, request, act, drafts.read(act, "launch", draft))[0])

    @routes.get("/{draft}/messages")
    def messages(draft: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            kept = drafts.read(act, "launch", draft)
            wanted = _wanted(act, kept)
            around = frame(house, request, act, "programmes")
            return show(house, request, launch_views.messages(around, kept, wanted, launching.first_days(act, wanted)))

    @routes.post("/{draft}/publish")
    def publish(
        draft: str,
        request: Request,
        shown: Word = "",
        drop_adjustments: Word = "",
        accept_changes: Word = "",
        form_token: Word = "",
    ) -> Response:
        actor = acting(house, request, form_token)
        agreed = Agreed(drop_adjustments == "yes", accept_changes == "yes")
        return _publish(house, request, actor, draft, launches, shown=shown, agreed=agreed)

    @routes.get("/{draft}/progress")
    def progress(draft: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            check(act)
            launch = launches.of(draft, act.actor.name)
            if launch.programme:
                return _arrived(house, request, launch.programme)
            return show(house, request, launch.page(frame(house, request, act, "programmes")))


def _arrived(house: House, request: Request, key: str) -> Response:
    """On to the board; a page that asks by script goes there as a whole."""
    response = done(house, board_href(key), f"已启动：{key}")
    if "hx-request" in request.headers:
        response.headers["HX-Redirect"] = response.headers["location"]
        response.status_code = 200
        del response.headers["location"]
    return response


def _people(
    house: House,
    request: Request,
    act: Act,
    kept: Kept,
    errors: dict[str, str] | None = None,
    faults: dict[str, tuple[RowFault, ...]] | None = None,
) -> LaunchPeoplePage:
    pinned = _pinned(kept)
    around = frame(house, request, act, "programmes", here=f"{HERE}/{kept.key}")
    cycle = kept.facts.get("cycle") or str(launch_views.usual_cycle(pinned, act.today))
    return launch_views.people_page(
        around, act, kept, pinned, cycle=cycle, mode=kept.facts.get("mode", "add"), errors=errors or {},
        faults=faults or {},
    )  # fmt: skip


def _given(house: House, request: Request, actor: Actor, draft: str) -> Response:
    """The year, the roster and the ledger were handed in: on to the preview, or back with what is wrong."""
    errors: dict[str, str] = {}
    faults: dict[str, tuple[RowFault, ...]] = {}
    with house.engine.looking(actor) as act:
        kept = drafts.read(act, "launch", draft)
        cycle = _cycle(kept)
        if cycle is None:
            errors["cycle"] = "请填年份，例如 2022。"
        else:
            faults = _read(act, kept, cycle, errors)
    if not errors and not faults:
        return done(house, f"{HERE}/{draft}/preview")
    with house.engine.acting(actor) as act:
        # What cannot be read is not kept.
        drafts.change(act, "launch", draft, facts={}, dropped=list(faults))
    with house.engine.looking(actor) as act:
        kept = drafts.read(act, "launch", draft)
        return show(house, request, _people(house, request, act, kept, errors, faults), 422)


def _read(act: Act, kept: Kept, cycle: int, errors: dict[str, str]) -> dict[str, tuple[RowFault, ...]]:
    """What is wrong with what was handed in, by file; what is wrong with the year goes among the errors."""
    try:
        pinned = _pinned(kept, cycle)
    except FaultyDefinition as refused:
        named = "；".join(f"第{one.line}行：{one.text}" for one in refused.faults[:5])
        errors["cycle"] = f"方案不能用于{cycle}年：{named}"
        return {}
    mode, roster, ledger = cast("Mode", kept.facts["mode"]), kept.files.get("roster"), kept.files.get("ledger")
    try:
        handed_in.launch_of(act, pinned, cycle, roster_file=roster, ledger=None, mode=mode)
    except Refusal as refused:
        return {"roster": rosters.row_faults(refused)}
    try:
        handed_in.launch_of(act, pinned, cycle, roster_file=None, ledger=ledger, mode=mode)
    except Refusal as refused:
        return {"ledger": rosters.row_faults(refused)}
    return {}


def _cycle(kept: Kept) -> int | None:
    typed = kept.facts.get("cycle", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and 2000 <= int(typed) <= 2100 else None


def _pinned(kept: Kept, cycle: int | None = None) -> Pinned:
    if "definition" in kept.files:
        return handed_in.definition(kept.files["definition"], cycle=cycle)
    return shelf.load(kept.facts["shelf"], cycle=cycle)


def _wanted(act: Act, kept: Kept) -> Wanted:
    """What a draft is to launch; raises NotFound for one that has not come so far, and what reading raises."""
    cycle = _cycle(kept)
    if cycle is None:
        raise NotFound
    return handed_in.launch_of(
        act, _pinned(kept, cycle), cycle, roster_file=kept.files.get("roster"), ledger=kept.files.get("ledger"),
        mode=cast("Mode", kept.facts["mode"]),
    )  # fmt: skip


def _preview(house: House, request: Request, act: Act, kept: Kept) -> tuple[LaunchPreviewPage, tuple[Wanted, Foreseen]]:
    around = frame(house, request, act, "programmes", here=f"{HERE}/{kept.key}/preview")
    ways = second_channels.ways_open(house.channels, rehearsal=house.engine.rehearsal)
    wanted = _wanted(act, kept)
    found = launching.foresee(act, wanted, ways=ways)
    return launch_views.preview(around, act, kept, wanted, found), (wanted, found)


def _publish(
    house: House, request: Request, actor: Actor, draft: str, launches: Launches, *, shown: str, agreed: Agreed
) -> Response:
    with house.engine.looking(actor) as act:
        page, (wanted, found) = _preview(house, request, act, drafts.read(act, "launch", draft))
    if shown != found.shown:
        return show(house, request, replace(page, error=_STALE), 409)
    if (lost := page.must_confirm and not agreed.dropping) | (changed := bool(page.caution) and not agreed.changing):
        page = replace(page, confirm_error=_LOST if lost else "", accept_error=_CHANGED if changed else "")
        return show(house, request, replace(page, error=_UNTICKED, ticked=agreed.changing), 422)
    if found.plan.submissions > BIG and not found.plan.wrong:
        launches.begin(house.engine, actor, draft, wanted, agreed)
        return done(house, f"{HERE}/{draft}/progress")
    try:
        with house.engine.acting(actor) as act:
            made = launching.publish(
                act, wanted, drop_adjustments=agreed.dropping, accept_changes=agreed.changing
            )  # fmt: skip
            drafts.drop(act, draft)
    except Refusal as refused:
        status = problems.of_refusal(refused).status
        return show(house, request, replace(page, error=refused.text), status)
    return done(house, board_href(made.key), f"已启动：{page.title} {wanted.cycle}，{found.plan.submissions}件")

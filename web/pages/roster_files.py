"""The roster as a file: handed out as .xlsx, and taken in again after a preview of what it changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from documents import roster_sheets
from web import handed_in, problems
from web.contexts.roster import RosterPage
from web.downloads import download
from web.pages import rosters
from web.pages.directory import rooms
from web.pages.frame import House, acting, done, frame, show, signed_in
from web.pages.launch_start import Handed, Word
from workflow import drafts, personnel, posts, roster_merges, second_channels, staff
from workflow.acts import Act, Actor
from workflow.drafts import Kept
from workflow.permissions import OFFICE
from workflow.personnel import Outlook
from workflow.refusals import ChangedMeanwhile, Forbidden, Refusal
from workflow.roster import Roster
from workflow.roster_merges import Mode

HERE = "/people/roster"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STALE = "您看到的预览之后情况有了变化，没有导入。以下是最新的预览，请重新核对。"
_LOST = "请勾选确认，或者先导出最新花名册再修改。"


def router(house: House) -> APIRouter:
    """``/people/roster`` and the files beside it."""
    routes = APIRouter(prefix="/people", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/roster.xlsx")
    def export(request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            staff.check_reader(act)
            name = f"花名册{act.today:%Y%m%d}.xlsx"
            return download(roster_sheets.workbook(posts.export(act.session)), name, XLSX)

    @routes.get("/roster-template.xlsx")
    def template(request: Request) -> Response:
        signed_in(request)
        return download(roster_sheets.workbook(Roster()), "空白花名册.xlsx", XLSX)

    @routes.get("/roster")
    def begin(request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _page(house, request, act))

    @routes.post("/roster")
    def hand_in(request: Request, file: Handed = None, mode: Word = "replace", form_token: Word = "") -> Response:
        actor = acting(house, request, form_token)
        return _handed_in(house, request, actor, handed_in.of_upload(file), _mode(mode))

    @routes.get("/roster/{draft}")
    def preview(draft: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _preview(house, request, act, drafts.read(act, "roster", draft))[0])

    @routes.post("/roster/{draft}")
    def take_in(
        draft: str,
        request: Request,
        shown: Word = "",
        comment: Annotated[str, Form(max_length=2000)] = "",
        drop_adjustments: Word = "",
        form_token: Word = "",
    ) -> Response:
        actor = acting(house, request, form_token)
        return _taken_in(house, request, actor, draft, shown, comment.strip(), dropping=drop_adjustments == "yes")

    return routes


def _mode(typed: str) -> Mode:
    return "add" if typed == "add" else "replace"


def _page(house: House, request: Request, act: Act) -> RosterPage:
    staff.check_reader(act)
    return RosterPage(
        frame=frame(house, request, act, "people", here=HERE),
        rooms=rooms(HERE),
        may_change=act.actor.role in OFFICE,
        modes=rosters.modes("replace") if rosters.counts(act) else (),
        counts=rosters.counts(act),
    )


def _handed_in(house: House, request: Request, actor: Actor, file: drafts.File | None, mode: Mode) -> Response:
    with house.engine.looking(actor) as act:
        if actor.role not in OFFICE:
            raise Forbidden(move="导入花名册")
        page = replace(_page(house, request, act), modes=rosters.modes(mode))
        if file is None:
            return show(house, request, replace(page, error="请先选择花名册文件（.xlsx）。"), 422)
        try:
            roster_merges.require_sound(posts.export(act.session), handed_in.roster(file), mode)
        except Refusal as refused:
            again = replace(page, faults=rosters.row_faults(refused), file=file.name)
            return show(house, request, again, problems.of_refusal(refused).status)
    with house.engine.acting(actor) as act:
        draft = drafts.begin(act, "roster", facts={"mode": mode}, files={"roster": file})
    return done(house, f"{HERE}/{draft}")


def _preview(house: House, request: Request, act: Act, kept: Kept) -> tuple[RosterPage, Outlook]:
    mode, ways = _mode(kept.facts["mode"]), _ways(house)
    page = _page(house, request, act)
    seen = personnel.outlook(act, handed_in.roster(kept.files["roster"]), mode, ways=ways)
    return replace(
        page,
        modes=rosters.modes(mode),
        file=kept.files["roster"].name,
        outlook=rosters.outlook(act, seen),
        mode=roster_merges.MODES[mode],
        action=f"{HERE}/{kept.key}",
        shown=seen.shown,
        must_confirm=bool(seen.lost),
    ), seen


def _taken_in(
    house: House, request: Request, actor: Actor, draft: str, shown: str, comment: str, *, dropping: bool
) -> Response:
    with house.engine.looking(actor) as act:
        kept = drafts.read(act, "roster", draft)
        page, seen = _preview(house, request, act, kept)
    page = replace(page, comment=comment)
    if shown != seen.shown:
        return show(house, request, replace(page, error=_STALE), problems.of_refusal(ChangedMeanwhile()).status)
    if page.must_confirm and not dropping:
        return show(house, request, replace(page, confirm_error=_LOST), 422)
    try:
        with house.engine.acting(actor) as act:
            done_ = personnel.take_in(
                act, handed_in.roster(kept.files["roster"]), _mode(kept.facts["mode"]), drop_adjustments=dropping,
                ways=_ways(house), comment=comment or f"导入“{kept.files['roster'].name}”",
            )  # fmt: skip
            drafts.drop(act, draft)
    except Refusal as refused:
        return show(house, request, replace(page, error=refused.text), problems.of_refusal(refused).status)
    moved = sum(bool(one.to) for one in done_.moves)
    return done(house, "/people/changes", f"已导入花名册：{len(done_.changes)}处变动，移交待签件{moved}件。")


def _ways(house: House) -> tuple[str, ...]:
    return second_channels.ways_open(house.channels, rehearsal=house.engine.rehearsal)

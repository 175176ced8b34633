"""Amending a programme over HTTP: ``/programmes/{key}/amend``.

A changed definition is handed in and kept as a draft; its preview is a GET. What is confirmed is just what was
shown: when something has moved since, the new preview is shown instead.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web import handed_in, problems
from web.contexts.amending import AmendmentPreview, AmendPage, DateLine, UnitsLine, WordsLine
from web.contexts.programme import VersionLine
from web.downloads import download
from web.pages import rosters
from web.pages.frame import House, acting, done, frame, occurrence_of, show, signed_in
from web.pages.launch_start import Handed, Word
from web.pages.overview import provisional
from web.pages.rooms import parts
from workflow import amendments, bundles, catalogue, drafts
from workflow.acts import Act, Actor
from workflow.amendments import Amendment, DateMoved, Opened, Withdrawn
from workflow.catalogue import Listed
from workflow.drafts import Kept
from workflow.library import FaultyDefinition, Pinned
from workflow.permissions import OFFICE
from workflow.refusals import ChangedMeanwhile, Forbidden, NotFound, Refusal
from workflow.versions import Version

_STALE = "您看到的预览之后情况有了变化，没有修订。以下是最新的预览，请重新核对。"
_YAML = "application/yaml"
#: So much of a version's hash tells it from others.
_SHORT = 8


def router(house: House) -> APIRouter:
    """``/programmes/{key}/amend``: handing in, the preview, applying it."""
    routes = APIRouter(prefix="/programmes/{key}/amend", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("")
    def begin(key: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _page(house, request, act, key))

    @routes.get("/definition.yaml")
    def text(key: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            listed = _running(act, key)
            main, _ = bundles.unbundled(listed.texts.pairs[0][1])
            return download(main.encode(), f"{key}.yaml", _YAML)

    @routes.post("")
    def hand_in(key: str, request: Request, file: Handed = None, form_token: Word = "") -> Response:
        actor = acting(house, request, form_token)
        return _handed_in(house, request, actor, key, handed_in.of_upload(file))

    @routes.get("/{draft}")
    def preview(key: str, draft: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            page = _page(house, request, act, key)
            kept, pinned = _kept(act, key, draft)
            return show(house, request, replace(page, preview=_preview(act, key, kept, pinned)))

    @routes.post("/{draft}")
    def apply(
        key: str,
        draft: str,
        request: Request,
        shown: Word = "",
        comment: Word = "",
        confirm_earlier: Word = "",
        form_token: Word = "",
    ) -> Response:
        actor = acting(house, request, form_token)
        return _applied(house, request, actor, key, draft, shown, comment.strip(), confirm_earlier == "yes")

    return routes


def _running(act: Act, key: str) -> Listed:
    """Raises NotFound before Forbidden: a unit learns of no programme that it has no part in."""
    listed = catalogue.by_key(act, key)
    if act.actor.role not in OFFICE:
        raise Forbidden(move="修订方案")
    return listed


def _page(house: House, request: Request, act: Act, key: str) -> AmendPage:
    listed = _running(act, key)
    here = f"/programmes/{quote(key, safe='')}/amend"
    versions = catalogue.versions_of(act, key)
    return AmendPage(
        frame=frame(house, request, act, "programmes", here=here),
        rooms=parts(key, act.actor.role, here="amend"),
        key=key,
        title=listed.title,
        cycle=listed.cycle,
        action=here,
        text_href=f"{here}/definition.yaml",
        versions=tuple(_version(one, first=one is versions[-1]) for one in versions),
    )


def _handed_in(house: House, request: Request, actor: Actor, key: str, file: drafts.File | None) -> Response:
    with house.engine.looking(actor) as act:
        page = _page(house, request, act, key)
        if file is None:
            return show(house, request, replace(page, error="请先选择修改后的方案定义文件。"), 422)
        try:
            _pinned(act, key, file)
        except FaultyDefinition as refused:
            faults = rosters.text_faults(refused, file.data.decode("utf-8", errors="replace").removeprefix("\ufeff"))
            return show(house, request, replace(page, faults=faults, file=file.name), 422)
    with house.engine.acting(actor) as act:
        draft = drafts.begin(act, "amendment", facts={"programme": key}, files={"definition": file})
    return done(house, f"{page.action}/{draft}")


def _pinned(act: Act, key: str, file: drafts.File) -> Pinned:
    listed = catalogue.by_key(act, key)
    parts_ = handed_in.parts_of(listed.texts.pairs[0][1])
    return handed_in.definition(file, cycle=listed.cycle, parts=parts_)


def _kept(act: Act, key: str, draft: str) -> tuple[Kept, Pinned]:
    """A draft for this programme; raises NotFound."""
    kept = drafts.read(act, "amendment", draft)
    if kept.facts["programme"] != key:
        raise NotFound
    return kept, _pinned(act, key, kept.files["definition"])


def _applied(
    house: House, request: Request, actor: Actor, key: str, draft: str, shown: str, comment: str, confirmed: bool
) -> Response:
    with house.engine.looking(actor) as act:
        page = _page(house, request, act, key)
        kept, pinned = _kept(act, key, draft)
        preview = replace(_preview(act, key, kept, pinned), comment=comment)
    if not comment:
        preview = replace(preview, comment_error="请写明修订的依据或理由。")
    if preview.earlier and not confirmed:
        preview = replace(preview, earlier_error="有截止日期提前，请勾选确认。")
    if preview.comment_error or preview.earlier_error:
        return show(house, request, replace(page, preview=preview), 422)
    try:
        with house.engine.acting(actor) as act:
            if shown != _shown(amendments.plan(act, key, pinned)):
                raise ChangedMeanwhile
            amendments.apply(act, key, pinned, comment=comment, confirm_earlier=confirmed)
            drafts.drop(act, draft)
    except ChangedMeanwhile:
        return show(house, request, replace(page, error=_STALE, preview=preview), 409)
    except Refusal as refused:
        status = problems.of_refusal(refused).status
        return show(house, request, replace(page, error=refused.text, preview=preview), status)
    return done(house, page.action, f"已修订：现行版本 {pinned.version[:_SHORT]}，已通知{preview.told}人")


def _version(one: Version, *, first: bool) -> VersionLine:
    return VersionLine(one.version[:_SHORT], one.since, one.actor, "启动" if first else "修订", one.comment)


def _shown(planned: Amendment) -> str:
    """What a preview showed, in few signs; nothing secret, only the same or another."""
    return hashlib.sha256(repr(planned).encode()).hexdigest()[:16]


def _preview(act: Act, key: str, kept: Kept, pinned: Pinned) -> AmendmentPreview:
    planned = amendments.plan(act, key, pinned)
    years = provisional(planned.provisional)
    return AmendmentPreview(
        before=planned.before[:_SHORT],
        after=planned.after[:_SHORT],
        moved=tuple(_date(one, key) for one in planned.moved),
        opened=tuple(_opened(one, key) for one in planned.opened),
        withdrawn=tuple(_withdrawn(one, key) for one in planned.withdrawn),
        changed=tuple(WordsLine(one.title, one.what, one.before, one.after) for one in planned.changed),
        relaid=planned.relaid,
        cancelled=planned.cancelled,
        told=planned.told,
        notes=planned.notes,
        warnings=(years,) if years else (),
        wrong=planned.wrong,
        earlier=len(planned.earlier),
        action=f"/programmes/{quote(key, safe='')}/amend/{kept.key}",
        shown=_shown(planned),
        file=kept.files["definition"].name,
    )


def _date(one: DateMoved, key: str) -> DateLine:
    kept = {"已报送": one.filed, "免报": one.exempt, "另有更晚的延期": one.extended}
    stays = "，".join(f"{what}{count}件" for what, count in kept.items() if count)
    return DateLine(
        one.title, occurrence_of(one.occurrence, key), one.before, one.after, one.before_at, one.after_at,
        one.following, one.back, stays, one.earlier,
    )  # fmt: skip


def _opened(one: Opened, key: str) -> UnitsLine:
    return UnitsLine(one.title, occurrence_of(one.occurrence, key), one.units, one.due_date, one.opens_at)


def _withdrawn(one: Withdrawn, key: str) -> UnitsLine:
    return UnitsLine(one.title, occurrence_of(one.occurrence, key), one.units, filed=one.filed)

"""The first step of a launch: one of the definitions that are here, or one that is handed in and checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from web import handed_in
from web.api.values import Storable
from web.contexts.launching import LaunchPage
from web.pages import launch_views, rosters
from web.pages.frame import House, acting, done, frame, show, signed_in
from web.pages.launch_views import HERE, check
from workflow import drafts, shelf
from workflow.acts import Act, Actor
from workflow.drafts import Kept
from workflow.library import FaultyDefinition

Word = Annotated[str, Form(max_length=200), Storable]
Handed = Annotated[UploadFile | None, File()]


def add_to(routes: APIRouter, house: House) -> None:
    """``/programmes/new``, and the same for a draft that is gone back to."""

    @routes.get("")
    def choose(request: Request) -> Response:
        return _start(house, request, None)

    @routes.get("/{draft}/definition")
    def choose_again(draft: str, request: Request) -> Response:
        return _start(house, request, draft)

    @routes.post("")
    def chosen(request: Request, chosen: Word = "", file: Handed = None, form_token: Word = "") -> Response:
        return _defined(house, request, acting(house, request, form_token), None, chosen, file)

    @routes.post("/{draft}/definition")
    def chosen_again(
        draft: str, request: Request, chosen: Word = "", file: Handed = None, form_token: Word = ""
    ) -> Response:
        return _defined(house, request, acting(house, request, form_token), draft, chosen, file)


def _start(house: House, request: Request, draft: str | None) -> Response:
    with house.engine.looking(signed_in(request)) as act:
        check(act)
        kept = drafts.read(act, "launch", draft) if draft else None
        return show(house, request, _start_page(house, request, act, kept))


def _start_page(house: House, request: Request, act: Act, kept: Kept | None) -> LaunchPage:
    chosen = kept.facts.get("shelf", "") if kept else ""
    return LaunchPage(
        frame=frame(house, request, act, "programmes", here=HERE),
        action=f"{HERE}/{kept.key}/definition" if kept else HERE,
        shelf=launch_views.shelved(chosen),
        kept=kept.files["definition"].name if kept and "definition" in kept.files else "",
    )


def _defined(
    house: House, request: Request, actor: Actor, draft: str | None, chosen: str, upload: UploadFile | None
) -> Response:
    """A definition was chosen or handed in: kept when it can be read, else the form again with its faults."""
    file = handed_in.of_upload(upload)
    try:
        if file is not None:
            handed_in.definition(file)
            chosen = ""
        elif chosen:
            shelf.load(chosen)
        elif draft is None:
            return _not_defined(house, request, actor, draft, error="请选择一个方案定义，或上传一份。")
    except FaultyDefinition as refused:
        return _not_defined(house, request, actor, draft, faulty=refused, file=file)
    files = {"definition": file} if file else {}
    with house.engine.acting(actor) as act:
        if draft is None:
            draft = drafts.begin(act, "launch", facts={"shelf": chosen}, files=files)
        elif files or chosen:
            gone = () if files else ("definition",)
            drafts.change(act, "launch", draft, facts={"shelf": chosen}, files=files, dropped=gone)
    return done(house, f"{HERE}/{draft}")


def _not_defined(
    house: House,
    request: Request,
    actor: Actor,
    draft: str | None,
    *,
    error: str = "",
    faulty: FaultyDefinition | None = None,
    file: drafts.File | None = None,
) -> Response:
    with house.engine.looking(actor) as act:
        check(act)
        page = _start_page(house, request, act, drafts.read(act, "launch", draft) if draft else None)
    if faulty is None:
        return show(house, request, replace(page, error=error), 422)
    text = file.data.decode("utf-8", errors="replace").removeprefix("\ufeff") if file else ""
    named = file.name if file else faulty.faults[0].file
    return show(house, request, replace(page, faults=rosters.text_faults(faulty, text), file=named), 422)

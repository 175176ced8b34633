"""审签单 over HTTP: the page that is printed, the Word file that is handed out, the drawn signatures on it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from documents import signoff_sheet, word
from web import access, rendering
from web.contexts.frame import Decision
from web.contexts.sheets import SheetEvent, SheetFile, SheetPage, SheetStep
from web.downloads import download, picture
from web.pages.frame import House, Number, acting, session_of, signed_in
from workflow import sheet_lines, sheets
from workflow.refusals import NotFound
from workflow.sheets import SheetFacts, Stamp


def router(house: House) -> APIRouter:
    """``/submissions/{id}/sheet``; stands before the moves of a submission, which take any other name."""
    routes = APIRouter(prefix="/submissions", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/{submission_id:int}/sheet")
    def read(submission_id: Number, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            told = sheets.facts(act, submission_id)
            page = _page(house, request, told, sheets.issued(act, submission_id))
            page = replace(page, contradictions=sheets.contradictions(act, submission_id))
        return HTMLResponse(rendering.render(page), headers={"Cache-Control": "no-store"})

    @routes.get("/{submission_id:int}/sheet/drawn/{sign_off_id:int}")
    def drawn(submission_id: Number, sign_off_id: Number, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            steps = sheets.facts(act, submission_id).steps
        found = next((one.drawn for one in steps if one.id == sign_off_id), b"")
        if not found:
            raise NotFound
        return picture(found)

    @routes.post("/{submission_id:int}/sheet")
    def issue(
        submission_id: Number, request: Request, form_token: Annotated[str, Form(max_length=200)] = ""
    ) -> Response:
        write = partial(signoff_sheet.write, verify_at=verify_at(house))
        with house.engine.acting(acting(house, request, form_token)) as act:
            sheet, made = sheets.issue(act, submission_id, write)
        return download(made, f"审签单{sheet.number}.docx", word.DOCX)

    return routes


def verify_at(house: House) -> str:
    """Where a sheet is checked."""
    return f"{house.base_url}/verify"


def step_of(one: sheet_lines.SheetStep, *, drawn_href: str = "") -> SheetStep:
    """A step as pages show it."""
    decision: Decision | None = None
    if one.decision:
        decision = "approve" if one.decision == "approve" else "return"
    return SheetStep(
        round=one.round, step=one.step, post=one.post, holder=one.holder, by=one.by, name=one.typed_name,
        decision=decision, decided_at=one.decided_at, comment=one.comment, channel=one.channel, confirmed=one.confirmed,
        content_version=one.content_version, content_hash=one.content_hash, disputed_at=one.disputed_at,
        dispute=one.dispute, drawn_href=drawn_href, number=one.number,
    )  # fmt: skip


def _page(house: House, request: Request, told: SheetFacts, stamp: Stamp | None) -> SheetPage:
    here = f"/submissions/{told.submission_id}"
    session = session_of(request)
    return SheetPage(
        form_token=access.form_token(house.secret, session.session_id) if session else "",
        action=f"{here}/sheet",
        back_href=here,
        number=stamp.number if stamp else "",
        made_at=stamp.made_at if stamp else None,
        made_by=stamp.made_by if stamp else "",
        programme=told.programme,
        cycle=told.cycle,
        unit=told.unit,
        about=told.about,
        obligation=told.obligation,
        occurrence=told.occurrence,
        due_date=told.due_date,
        first_due=told.first_due,
        submitted_at=told.submitted_at,
        filed=signoff_sheet.filed(told),
        steps=tuple(step_of(one, drawn_href=f"{here}/sheet/drawn/{one.id}" if one.drawn else "") for one in told.steps),
        events=tuple(SheetEvent(one.at, one.what, one.who, one.comment) for one in told.events),
        files=tuple(SheetFile(one.name, one.size, one.sha256) for one in told.attachments),
        head=told.head,
        entries=told.seq,
        verify_at=verify_at(house),
        nature=signoff_sheet.NATURE,
    )

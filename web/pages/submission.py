"""One submission over HTTP: reading it, filling it in, submitting it, and the acts of the office."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from web import problems
from web.downloads import download, picture
from web.pages import contents, moves, record
from web.pages.contents import Kept
from web.pages.frame import House, Number, acting, done, show, signed_in
from web.pages.moves import Asked
from workflow import dossier, submissions
from workflow.acts import Actor
from workflow.dossier import Dossier
from workflow.paper_filings import Scan
from workflow.refusals import ContentChanged, Forbidden, NotFound, Refusal

#: A form has some dozen fields and a table some thousand cells; more parts than these are not one of ours.
MOST_PARTS = 8000


async def sent(request: Request) -> AsyncIterator[FormData]:
    """The parts of a form whose fields are named by the definition."""
    async with request.form(max_files=50, max_fields=MOST_PARTS) as form:
        yield form


Sent = Annotated[FormData, Depends(sent)]


def router(house: House) -> APIRouter:
    """``/submissions/{id}`` and what is done there."""
    routes = APIRouter(prefix="/submissions", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/{submission_id:int}")
    def read(submission_id: Number, request: Request, fill: str = "", rows: str = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            found = dossier.of(act, submission_id)
            return show(house, request, record.page(house, request, act, found, filling=bool(fill), grown=rows))

    @routes.get("/{submission_id:int}/files/{attachment_id:int}")
    def file(submission_id: Number, attachment_id: Number, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            found = dossier.attachment(act, submission_id, attachment_id)
            return download(found.data, found.name, found.media_type)

    @routes.get("/signatures/{sign_off_id:int}")
    def signature(sign_off_id: Number, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return picture(dossier.signature(act, sign_off_id))

    @routes.post("/{submission_id:int}/content")
    def keep(submission_id: Number, request: Request, form: Sent) -> Response:
        actor = acting(house, request, str(form.get("form_token", "")))
        return _kept(house, request, actor, submission_id, form)

    @routes.post("/{submission_id:int}/paper")
    async def paper(
        submission_id: Number,
        request: Request,
        comment: Annotated[str, Form()] = "",
        received: Annotated[str, Form(max_length=40)] = "",
        signed_by: Annotated[str, Form(max_length=500)] = "",
        form_token: Annotated[str, Form(max_length=200)] = "",
        scan: UploadFile | None = None,
    ) -> Response:
        data = await scan.read() if scan is not None else b""
        kept = Scan(scan.filename or "", scan.content_type or "", data) if scan is not None and scan.filename else None
        asked = Asked("paper", comment, received, to=signed_by, scan=kept)
        actor = await run_in_threadpool(acting, house, request, form_token)
        return await run_in_threadpool(_made, house, request, actor, submission_id, asked)

    @routes.post("/{submission_id:int}/{move}")
    def make(
        submission_id: Number,
        move: str,
        request: Request,
        comment: Annotated[str, Form()] = "",
        until: Annotated[str, Form(max_length=40)] = "",
        approver: Annotated[str, Form(max_length=20)] = "",
        content_hash: Annotated[str, Form(max_length=100)] = "",
        kind: Annotated[str, Form(max_length=100)] = "",
        to: Annotated[str, Form(max_length=500)] = "",
        on_paper: Annotated[str, Form(max_length=10)] = "",
        form_token: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        actor = acting(house, request, form_token)
        asked = Asked(move, comment, until, approver, content_hash, kind=kind, to=to, on_paper=on_paper == "yes")
        return _made(house, request, actor, submission_id, asked)

    return routes


def _kept(house: House, request: Request, actor: Actor, submission_id: int, form: FormData) -> Response:
    """Saved first, in a transaction of its own: what cannot be submitted yet is at least a draft."""
    found = _dossier(house, actor, submission_id)
    given = contents.read(form, found)
    try:
        with house.engine.acting(actor) as act:
            version = contents.keep(act, submission_id, given)
    except (NotFound, Forbidden):
        raise
    except Refusal as refused:
        kept = Kept(
            given.values, _faults(refused), _said(refused, found),
            newer=isinstance(refused, ContentChanged), grown=given.grown,
        )  # fmt: skip
        return _form_again(house, request, actor, submission_id, kept, refused)
    if given.grown:
        rows = f"/submissions/{submission_id}?{urlencode({'fill': 1, 'rows': given.grown})}#field-{quote(given.grown)}"
        return done(house, rows, "草稿已保存。" if given.changed else "")
    if given.then != "submit":
        return done(house, _after(actor, submission_id), "草稿已保存。")
    try:
        with house.engine.acting(actor) as act:
            row = submissions.submit(act, submission_id, if_version=version)
    except Refusal as refused:
        kept = Kept(given.values, _faults(refused), f"草稿已保存，还没有提交。{_said(refused, found)}")
        return _form_again(house, request, actor, submission_id, kept, refused)
    said = "已提交审签，审签人会收到链接。" if row.waiting_on == "approver" else "已报送领导小组办公室。"
    return done(house, f"/submissions/{submission_id}", said)


def _made(house: House, request: Request, actor: Actor, submission_id: int, asked: Asked) -> Response:
    found = _dossier(house, actor, submission_id)
    try:
        with house.engine.acting(actor) as act:
            said = moves.make(act, found, asked)
    except (NotFound, Forbidden):
        raise
    except Refusal as refused:
        with house.engine.looking(actor) as act:
            again = replace(asked, error=refused.text)
            page = record.page(house, request, act, dossier.of(act, submission_id), asked=again)
            return show(house, request, page, problems.of_refusal(refused).status)
    return done(house, f"/submissions/{submission_id}", said)


def _dossier(house: House, actor: Actor, submission_id: int) -> Dossier:
    with house.engine.looking(actor) as act:
        return dossier.of(act, submission_id)


def _form_again(
    house: House, request: Request, actor: Actor, submission_id: int, kept: Kept, refused: Refusal
) -> Response:
    with house.engine.looking(actor) as act:
        page = record.page(house, request, act, dossier.of(act, submission_id), filling=True, kept=kept)
        return show(house, request, page, problems.of_refusal(refused).status)


def _faults(refused: Refusal) -> dict[str, str]:
    errors = refused.facts.get("errors")
    return {str(name): str(text) for name, text in errors.items()} if isinstance(errors, dict) else {}


def _said(refused: Refusal, found: Dossier) -> str:
    """The sentence of a refusal, unless its faults are told one by one beside their fields."""
    faults, fields = _faults(refused), {line.name for line in found.form}
    return "" if faults and fields.issuperset(name.partition(".")[0] for name in faults) else refused.text


def _after(actor: Actor, submission_id: int) -> str:
    """Where to go on after saving: units are in the form anyway, the office has opened it."""
    return f"/submissions/{submission_id}" + ("" if actor.role == "unit" else "?fill=1")

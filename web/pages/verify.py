"""``/verify``: a file held against the record by the number of its 审签单; no account, nothing kept."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from web.contexts.sheets import Verified, VerifyPage
from web.pages.frame import House, frame, show
from web.pages.sheets import step_of
from web.pages.signoff import Guesses
from workflow import sheets
from workflow.sheets import Known

_NUMBER = re.compile(r"SQD-\d{4}-\d{6,9}", re.ASCII)
_CHUNK = 1024 * 1024


def router(house: House) -> APIRouter:
    """GET shows the form, POST compares; both are open to anybody, and misses are counted by address."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
    guesses = Guesses()

    def answer(request: Request, page: VerifyPage, status: int = 200) -> Response:
        return show(house, request, page, status)

    @routes.get("/verify")
    def form(request: Request) -> Response:
        with house.engine.looking() as act:
            return answer(request, VerifyPage(frame(house, request, act)))

    @routes.post("/verify")
    def check(
        request: Request, file: UploadFile | None = None, number: Annotated[str, Form(max_length=100)] = ""
    ) -> Response:
        wanted = number.strip().upper()
        sha256 = _sha256(file) if file is not None and file.filename else ""
        plain = _NUMBER.fullmatch(wanted) is not None
        with house.engine.looking() as act:
            around = frame(house, request, act, here="/verify")
            found = sheets.known(act, wanted, sha256) if plain and sha256 else None
        if not plain or not sha256:
            what = "请选择要核验的文件。" if plain else "请填写编号，形式如 SQD-2022-000123。"
            return answer(request, VerifyPage(around, number=number.strip(), error=what), 422)
        if found is not None:
            return answer(request, VerifyPage(around, "match", wanted, found=_verified(found)))
        # A miss tells nothing of whether there is such a number.
        if guesses.too_many(request.client.host if request.client else ""):
            refused = answer(request, VerifyPage(around, "wait", wanted), 429)
            refused.headers["Retry-After"] = "60"
            return refused
        return answer(request, VerifyPage(around, "differs", wanted))

    return routes


def _sha256(file: UploadFile) -> str:
    """Read part by part and forgotten."""
    digest = hashlib.sha256()
    while part := file.file.read(_CHUNK):
        digest.update(part)
    return digest.hexdigest()


def _verified(found: Known) -> Verified:
    return Verified(
        number=found.number, made_at=found.made_at, attachment=found.matched, programme=found.programme,
        unit=found.unit, obligation=found.obligation, occurrence=found.occurrence,
        steps=tuple(step_of(one) for one in found.steps), moved_on=found.moved_on, stands=found.stands,
    )  # fmt: skip

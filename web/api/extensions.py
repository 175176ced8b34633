"""Requests for more time, and papers entered later: asked by the unit, answered by the office."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from web.access import Caller
from web.api import answers
from web.api.answers import SubmissionAnswer
from web.api.moves import MoveBody, Plain
from web.api.values import PREFIX, Answer, Cursor, Id, Instant, Limit, Storable, UnitAnswer, Word, problems
from web.site import Here, Site
from workflow import extensions, ledger, paper_filings, permissions
from workflow.acts import Act, Actor
from workflow.paper_filings import Scan
from workflow.refusals import AttachmentRefused, NotFound
from workflow.tables import ExtensionRequest

router = APIRouter(prefix=PREFIX, tags=["延期与补录"])

_ANSWERING = problems("not-found", "not-allowed-now", "changed-meanwhile", "comment-missing", "date-refused")
#: A file of 20 MB, written in base64.
_LONGEST_FILE = 28_000_000


class RequestAnswer(Answer):
    """一份延期申请；answer 为空表示等候答复"""

    id: int = Field(examples=[3])
    submission: int = Field(validation_alias="submission_id", examples=[17])
    programme: str = Field(examples=["ordos-benchmarking-2022"])
    unit: UnitAnswer
    obligation: str = Field(examples=["target-choice"])
    obligation_title: str = Field(examples=["报送建标学习对象"])
    occurrence: str = Field(examples=["2022"])
    heading: str
    state: str = Field(description="报送件现在的状态", examples=["draft"])
    due_date: date = Field(description="现在的截止日", examples=["2022-01-04"])
    first_due: date = Field(description="最初的截止日，考核以此为准", examples=["2022-01-04"])
    until: date = Field(description="申请延至", examples=["2022-01-14"])
    reason: str = Field(examples=["学习对象须报上级确认"])
    asked_at: Instant
    asked_by: str
    answer: str = Field(
        description="granted 同意，declined 不同意，withdrawn 单位撤回，closed 已报送或免报而终止", examples=["granted"]
    )
    granted_until: date | None = Field(description="实际准予延至")
    answered_at: Instant | None
    answered_by: str
    comment: str


class RequestList(Answer):
    """延期申请的一页，最近的在前"""

    items: tuple[RequestAnswer, ...]
    total: int
    next: str | None


class AskBody(BaseModel):
    """申请延至某日（含当日），须写理由"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"until": "2022-01-14", "reason": "学习对象须报上级确认"}]}
    )

    until: date
    reason: Annotated[str, Field(max_length=extensions.LONGEST_REASON), Storable]


class GrantBody(MoveBody):
    """同意延期；不写 until 即按申请的日期"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"until": "2022-01-10", "comment": ""}]})

    until: date | None = None


class ScanBody(BaseModel):
    """扫描件，内容以 base64 写出"""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=200), Storable]
    media_type: Annotated[str, Field(max_length=100), Storable] = "application/pdf"
    data: Annotated[str, Field(max_length=_LONGEST_FILE)]


class PaperBody(MoveBody):
    """补录纸质件：收到日期决定是否逾期，signed_by 为纸上的签字人"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "received": "2022-01-04",
                    "signed_by": "副市长（分管教育）",
                    "comment": "网络故障，先报纸质件",
                }
            ]
        },
    )

    received: date
    signed_by: Annotated[str, Field(max_length=paper_filings.LONGEST_NAME), Storable]
    scan: ScanBody | None = None


@router.get("/extension-requests", responses=problems("query-refused"))
def list_extension_requests(
    site: Here,
    actor: Caller,
    programme: Word = None,
    unit: Annotated[Word, Query(description="单位编码或名称的一部分")] = None,
    answer: Literal["waiting", "granted", "declined", "withdrawn", "closed"] | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> RequestList:
    """延期申请；单位账号只见本单位的。"""
    with site.engine.looking(actor) as act:
        found = extensions.listing(act, programme=programme, unit=unit, answer=answer, limit=limit, cursor=cursor)
    return RequestList.model_validate(found)


@router.post(
    "/submissions/{submission_id}/extension-requests",
    responses=_ANSWERING | problems("not-found", "content-unreadable"),
)
def ask_extension(site: Here, actor: Caller, submission_id: Id, body: AskBody) -> RequestAnswer:
    """单位申请延期；同时只能有一份等候答复，截止日在办公室答复前不变。"""
    with site.engine.acting(actor) as act:
        asked = extensions.ask(act, submission_id, until=body.until, reason=body.reason)
        return RequestAnswer.model_validate(extensions.one(act, asked.id or 0))


@router.post("/submissions/{submission_id}/extension-requests/{request_id}/grant", responses=_ANSWERING)
def grant_extension(
    site: Here, actor: Caller, submission_id: Id, request_id: Id, body: GrantBody | None = None
) -> RequestAnswer:
    """办公室同意延期，可以另定日期；最初的截止日仍有记录。"""
    said = body or GrantBody()
    with _answering(site, actor, submission_id, request_id) as act:
        extensions.grant(act, request_id, until=said.until, comment=said.comment)
        return RequestAnswer.model_validate(extensions.one(act, request_id))


@router.post("/submissions/{submission_id}/extension-requests/{request_id}/decline", responses=_ANSWERING)
def decline_extension(
    site: Here, actor: Caller, submission_id: Id, request_id: Id, body: MoveBody | None = None
) -> RequestAnswer:
    """办公室不同意延期，须写理由；截止日不变。"""
    with _answering(site, actor, submission_id, request_id) as act:
        extensions.decline(act, request_id, comment=(body or Plain).comment)
        return RequestAnswer.model_validate(extensions.one(act, request_id))


@router.post("/submissions/{submission_id}/extension-requests/{request_id}/withdraw", responses=_ANSWERING)
def withdraw_extension(site: Here, actor: Caller, submission_id: Id, request_id: Id) -> RequestAnswer:
    """单位撤回尚未答复的延期申请。"""
    with _answering(site, actor, submission_id, request_id) as act:
        extensions.withdraw(act, request_id)
        return RequestAnswer.model_validate(extensions.one(act, request_id))


@router.post(
    "/submissions/{submission_id}/paper",
    responses=_ANSWERING | problems("content-unreadable", "attachment-refused"),
)
def enter_paper(site: Here, actor: Caller, submission_id: Id, body: PaperBody) -> SubmissionAnswer:
    """办公室补录纸质件：按收到日期判定是否逾期，等候中的审签随即结束。"""
    with site.engine.acting(actor) as act:
        paper_filings.enter(
            act, submission_id, received=body.received, signed_by=body.signed_by, comment=body.comment,
            scan=_scan(body.scan),
        )  # fmt: skip
        return answers.submission(act, submission_id)


@contextmanager
def _answering(site: Site, actor: Actor, submission_id: int, request_id: int) -> Iterator[Act]:
    """One act on a request; raises NotFound where it is not this submission's, Forbidden, as the submission would."""
    with site.engine.acting(actor) as act:
        permissions.check(act, ledger.load(act.session, submission_id), "extension-asked")
        found = act.session.get(ExtensionRequest, request_id)
        if found is None or found.submission_id != submission_id:
            raise NotFound
        yield act


def _scan(given: ScanBody | None) -> Scan | None:
    if given is None:
        return None
    try:
        return Scan(given.name, given.media_type, base64.b64decode(given.data, validate=True))
    except binascii.Error:
        raise AttachmentRefused(reason="扫描件不是有效的 base64") from None

"""Submissions: lists, one in full, its content and its files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from web.access import Caller
from web.api import answers
from web.api.answers import SubmissionAnswer, SummaryList
from web.api.values import PREFIX, Answer, Cursor, Id, Limit, Storable, Word, file_of, problems
from web.downloads import download
from web.site import Here
from workflow import attachments, dossier, submissions
from workflow.lifecycle import State, WaitingOn

router = APIRouter(prefix=PREFIX, tags=["报送件"])

#: What a browser may be told a file is; anything else is just bytes.
_EDITING = problems("not-found", "not-allowed-now", "changed-meanwhile", "content-changed", "content-unreadable")


class ContentBody(BaseModel):
    """填报内容：字段名与值；文件由附件接口上传。if_version 为您所见的版本，已不是最新时不写入。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"fields": {"benchmark-region": "江苏省徐州市"}, "if_version": 0}]},
    )

    fields: dict[str, Any]
    if_version: int | None = Field(default=None, ge=0, le=2_147_483_647)


class AttachmentAdded(Answer):
    """上传的附件，以及由此产生的内容版本"""

    id: int
    field: str
    name: str
    media_type: str
    size: int
    sha256: str
    content_version: int
    content_hash: str


@router.get("/submissions", responses=problems("query-refused"))
def list_submissions(
    site: Here,
    actor: Caller,
    programme: Word = None,
    unit: Annotated[Word, Query(description="单位编码或名称的一部分")] = None,
    obligation: Word = None,
    state: State | None = None,
    waiting_on: WaitingOn | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> SummaryList:
    """报送件；单位账号只见本单位承担的、参与配合的，以及公开涉及本单位且已报送的。"""
    with site.engine.looking(actor) as act:
        return SummaryList.model_validate(
            dossier.submissions(
                act, programme=programme, unit=unit, obligation=obligation, state=state, waiting_on=waiting_on,
                limit=limit, cursor=cursor,
            )
        )  # fmt: skip


@router.get("/submissions/{submission_id}", responses=problems("not-found"))
def get_submission(site: Here, actor: Caller, submission_id: Id) -> SubmissionAnswer:
    """一件报送件：内容、审签、经过、附件、消息，以及现在可做的操作。"""
    with site.engine.looking(actor) as act:
        return answers.submission(act, submission_id)


@router.put("/submissions/{submission_id}/content", responses=_EDITING)
def put_content(site: Here, actor: Caller, submission_id: Id, body: ContentBody) -> SubmissionAnswer:
    """保存填报内容，形成新版本；未写到的字段清空，附件不变。"""
    with site.engine.acting(actor) as act:
        submissions.save(act, submission_id, body.fields, if_version=body.if_version)
        return answers.submission(act, submission_id)


@router.post(
    "/submissions/{submission_id}/attachments",
    status_code=201,
    responses=_EDITING | problems("attachment-refused", "not-found", "not-allowed-now", "body-too-large"),
)
def add_attachment(
    site: Here,
    actor: Caller,
    submission_id: Id,
    file: Annotated[UploadFile, File(description="文件，不超过20MB")],
    field: Annotated[str | None, Form(max_length=64, description="表单中的附件项，只有一项时可不写"), Storable] = None,
) -> AttachmentAdded:
    """上传附件；附件以 SHA-256 计入审签的内容。"""
    # One byte more than is allowed tells that there is more; the rest is never read into memory.
    data = file.file.read(attachments.MAX_ATTACHMENT + 1)
    with site.engine.acting(actor) as act:
        kept = attachments.attach(
            act, submission_id, field=field, name=file.filename or "", data=data,
            media_type=file.content_type or "",
        )  # fmt: skip
        summary = dossier.of(act, submission_id).summary
        return AttachmentAdded.model_validate(
            {
                **{name: getattr(kept, name) for name in ("id", "field", "name", "media_type", "size", "sha256")},
                "content_version": summary.content_version,
                "content_hash": summary.content_hash,
            }
        )


@router.get(
    "/submissions/{submission_id}/attachments/{attachment_id}",
    response_class=Response,
    responses=file_of("application/octet-stream", "文件内容") | problems("not-found"),
)
def get_attachment(site: Here, actor: Caller, submission_id: Id, attachment_id: Id) -> Response:
    """下载附件。"""
    with site.engine.looking(actor) as act:
        found = dossier.attachment(act, submission_id, attachment_id)
        return download(found.data, found.name, found.media_type)


@router.delete("/submissions/{submission_id}/attachments/{attachment_id}", responses=_EDITING)
def remove_attachment(site: Here, actor: Caller, submission_id: Id, attachment_id: Id) -> SubmissionAnswer:
    """从内容中去掉一个附件；以前的版本仍保留它。"""
    with site.engine.acting(actor) as act:
        attachments.detach(act, submission_id, attachment_id)
        return answers.submission(act, submission_id)

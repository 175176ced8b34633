"""Messages: the proof that people were told, by page and as files; undelivered ones sent again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from documents import message_sheet
from web.access import Caller
from web.api.values import PREFIX, Answer, Cursor, Id, Instant, Limit, UnitAnswer, Word, file_of, problems
from web.downloads import disposition
from web.site import Here
from workflow import mailbag, resending

router = APIRouter(prefix=PREFIX, tags=["消息"])

Status = Literal["queued", "held", "sending", "sent", "failed", "cancelled"]


class AddresseeAnswer(Answer):
    """收件人：编号、姓名、职务，均为当时所记"""

    person: str = Field(examples=["fsz-jiaoyu"])
    name: str = Field(examples=["副市长（分管教育和卫生健康）"])
    post: str = Field(examples=["副市长（分管教育和卫生健康）"])


class AcknowledgementAnswer(Answer):
    """签收情况；by 为签收期限，发出前及不再需要签收时为空"""

    by: Instant | None
    acknowledged_at: Instant | None
    passed_on_at: Instant | None = Field(description="未在期限内签收、转告他人的时间")


class SubjectAnswer(Answer):
    """消息涉及的一件报送件；dropped 为发送时未写入的原因"""

    submission: int = Field(examples=[17])
    programme: str = Field(examples=["ordos-benchmarking-2022"])
    unit: UnitAnswer
    obligation: str = Field(examples=["target-choice"])
    obligation_title: str = Field(examples=["报送建标学习对象"])
    occurrence: str = Field(examples=["2022"])
    reason: str = Field(examples=["escalation"])
    dropped: str | None = Field(examples=["已不再逾期：已报送"])
    acknowledgement: AcknowledgementAnswer | None = Field(default=None, description="要求签收的，签收情况；否则为空")


class AttemptAnswer(Answer):
    """一次投递；at 为业务时间（演练时为虚拟时间），begun_at、ended_at 为本机时间"""

    channel: str = Field(
        description="mail、wecom、outbox；office-1 等为抄送工作群；空为没有可用的渠道", examples=["mail"]
    )
    at: Instant
    begun_at: Instant
    ended_at: Instant | None
    outcome: Literal["delivered", "put-off", "refused", "under-way", "unknown"] = Field(
        description="unknown 为投递时服务中断，可能已送达", examples=["delivered"]
    )
    answer: str = Field(description="对方服务器的答复", examples=["250 2.0.0 Ok: queued"])
    copied: bool = Field(description="抄送工作群，不作为送达本人的依据", examples=[False])


class MessageAnswer(Answer):
    """一条消息及其送达情况"""

    id: int = Field(examples=[203])
    kind: str = Field(examples=["escalation"])
    recipient: AddresseeAnswer
    channel: str | None = Field(examples=["mail"])
    status: Status = Field(examples=["sent"])
    attempts: int = Field(examples=[1])
    answer: str = Field(description="对方服务器的答复", examples=["250 2.0.0 Ok: queued"])
    message_id: str = Field(
        description="邮件 Message-ID 的左半部分，或企业微信消息的编号；重新发送时不变",
        examples=["5b1f6c2a9d0e4f7785c1a3d2"],
    )
    created_at: Instant
    not_before: Instant
    sent_at: Instant | None
    subject: str = Field(examples=["【升级督办】市教育体育局逾期2天，请督促：报送建标学习对象"])
    body: str = Field(description="发送时的正文；审签链接已隐去")
    items: tuple[SubjectAnswer, ...]
    attempts_history: tuple[AttemptAnswer, ...] = Field(description="每一次投递，先后为序")


class MessageList(Answer):
    """消息列表的一页，新的在前"""

    items: tuple[MessageAnswer, ...]
    total: int
    next: str | None


@dataclass(frozen=True)
class Filters:
    """What the list and its files may be narrowed by."""

    submission: int | None
    recipient: str | None
    status: Status | None


def filters(
    submission: Annotated[int | None, Query(ge=1, le=2_147_483_647, description="报送件编号")] = None,
    recipient: Annotated[Word, Query(description="收件人编号，或姓名、职务的一部分")] = None,
    status: Status | None = None,
) -> Filters:
    """The filters that the list and its files share."""
    return Filters(submission, recipient, status)


Wanted = Annotated[Filters, Depends(filters)]


@router.get("/messages", responses=problems("query-refused"))
def list_messages(site: Here, actor: Caller, wanted: Wanted, limit: Limit = 50, cursor: Cursor = None) -> MessageList:
    """送达记录：渠道、次数、答复、编号。单位账号只见本单位人员收到的、关于本单位的消息。"""
    with site.engine.looking(actor) as act:
        return MessageList.model_validate(
            mailbag.messages(act, **vars(wanted), limit=limit, cursor=cursor, links_at=site.links_at)
        )


@router.get(
    "/messages.xlsx",
    response_class=Response,
    responses=file_of(message_sheet.XLSX, "Excel 工作簿") | problems("query-refused"),
)
def messages_xlsx(site: Here, actor: Caller, wanted: Wanted) -> Response:
    """送达记录导出为 Excel：每条消息按所涉报送件逐行列出。"""
    with site.engine.looking(actor) as act:
        content = message_sheet.write_xlsx(mailbag.everything(act, **vars(wanted)), act.now)
        return _file(content, f"消息送达记录_{act.today}.xlsx", message_sheet.XLSX)


@router.get(
    "/messages.csv", response_class=Response, responses=file_of("text/csv", "CSV 文件") | problems("query-refused")
)
def messages_csv(site: Here, actor: Caller, wanted: Wanted) -> Response:
    """送达记录导出为 CSV。"""
    with site.engine.looking(actor) as act:
        content = message_sheet.write_csv(mailbag.everything(act, **vars(wanted)))
        return _file(content, f"消息送达记录_{act.today}.csv", "text/csv; charset=utf-8")


@router.get("/messages/{message_id}", responses=problems("not-found"))
def get_message(site: Here, actor: Caller, message_id: Id) -> MessageAnswer:
    """一条消息。"""
    with site.engine.looking(actor) as act:
        return MessageAnswer.model_validate(mailbag.one(act, message_id, links_at=site.links_at))


@router.post("/messages/{message_id}/resend", responses=problems("not-found", "not-allowed-now"))
def resend_message(site: Here, actor: Caller, message_id: Id) -> MessageAnswer:
    """办公室重新发送一条未送达的消息：发送时按当时的情况重写，编号不变；已不属实的不再发送。"""
    with site.engine.acting(actor) as act:
        resending.resend(act, message_id)
        return MessageAnswer.model_validate(mailbag.one(act, message_id, links_at=site.links_at))


def _file(content: bytes, name: str, media_type: str) -> Response:
    return Response(content, headers={"Content-Disposition": disposition(name), "Content-Type": media_type})

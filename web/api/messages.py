"""Messages: the proof that people were told."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from web.access import Caller
from web.api.values import PREFIX, Answer, Cursor, Id, Instant, Limit, UnitAnswer, Word, problems
from web.site import Here
from workflow import mailbag

router = APIRouter(prefix=PREFIX, tags=["消息"])

Status = Literal["queued", "held", "sending", "sent", "failed", "cancelled"]


class AddresseeAnswer(Answer):
    """收件人：编号、姓名、职务，均为当时所记"""

    person: str = Field(examples=["fsz-jiaoyu"])
    name: str
    post: str


class SubjectAnswer(Answer):
    """消息涉及的一件报送件；dropped 为发送时未写入的原因"""

    submission: int
    programme: str
    unit: UnitAnswer
    obligation: str
    obligation_title: str
    occurrence: str
    reason: str = Field(examples=["escalation"])
    dropped: str | None


class MessageAnswer(Answer):
    """一条消息及其送达情况"""

    id: int
    kind: str = Field(examples=["escalation"])
    recipient: AddresseeAnswer
    channel: str | None = Field(examples=["mail"])
    status: Status
    attempts: int
    answer: str = Field(description="对方服务器的答复", examples=["250 OK"])
    message_id: str = Field(description="邮件 Message-ID 的左半部分，或企业微信消息的编号")
    created_at: Instant
    not_before: Instant
    sent_at: Instant | None
    subject: str
    body: str
    items: tuple[SubjectAnswer, ...]


class MessageList(Answer):
    """消息列表的一页，新的在前"""

    items: tuple[MessageAnswer, ...]
    total: int
    next: str | None


@router.get("/messages", responses=problems("query-refused"))
def list_messages(
    site: Here,
    actor: Caller,
    submission: Annotated[int | None, Query(ge=1, le=2_147_483_647, description="报送件编号")] = None,
    recipient: Annotated[Word, Query(description="收件人编号，或姓名、职务的一部分")] = None,
    status: Status | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> MessageList:
    """送达记录：渠道、次数、答复、编号。单位账号只见本单位人员收到的、关于本单位的消息。"""
    with site.engine.looking(actor) as act:
        return MessageList.model_validate(
            mailbag.messages(
                act, submission=submission, recipient=recipient, status=status, limit=limit, cursor=cursor,
                links_at=site.links_at,
            )
        )  # fmt: skip


@router.get("/messages/{message_id}", responses=problems("not-found"))
def get_message(site: Here, actor: Caller, message_id: Id) -> MessageAnswer:
    """一条消息。"""
    with site.engine.looking(actor) as act:
        return MessageAnswer.model_validate(mailbag.one(act, message_id, links_at=site.links_at))

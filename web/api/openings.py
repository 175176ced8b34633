"""What people open besides the calendar: a duty opened by hand, a finding with what follows from it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from web.access import Caller
from web.api import answers
from web.api.answers import SubmissionAnswer
from web.api.values import PREFIX, Answer, Id, Instant, Key, Storable, UnitAnswer, problems
from web.site import Here
from workflow import by_hand, findings
from workflow.acts import Act
from workflow.desks import unit_name
from workflow.posts import directory
from workflow.signing import MAX_COMMENT
from workflow.tables import Submission

router = APIRouter(prefix=PREFIX, tags=["开启事项"])

Comment = Annotated[str, Field(max_length=MAX_COMMENT), Storable]


class OpenBody(BaseModel):
    """开启哪一事项；unit 为单位编码或名称，不写则为全部报送主体；按开启日推算期限的事项可以不写 due"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"obligation": "inspection", "unit": "KJJ", "due": "2022-05-20", "comment": "群众反映集中"}]
        },
    )

    obligation: Annotated[str, Field(max_length=100), Storable]
    unit: Annotated[str, Field(max_length=200), Storable] | None = None
    due: date | None = None
    comment: Comment = ""


class FindingBody(BaseModel):
    """检查发现：类别和情况"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kind": "problem", "comment": "台账与现场不符"}]}
    )

    kind: Annotated[str, Field(max_length=100), Storable]
    comment: Comment = ""


class OpenedSubmission(Answer):
    """新开启的一件"""

    id: int = Field(examples=[901])
    obligation: str
    occurrence: str
    unit: UnitAnswer
    subject: UnitAnswer | None
    due_date: date
    due_at: Instant


class OpenedList(Answer):
    """新开启的各件"""

    items: tuple[OpenedSubmission, ...]
    total: int


@router.post(
    "/programmes/{key}/open",
    status_code=201,
    responses=problems("not-found", "opening-refused", "already-open", "date-refused", "comment-missing"),
)
def open_obligation(site: Here, actor: Caller, key: Key, body: OpenBody) -> OpenedList:
    """适时开启没有固定日期的事项，或直接开启后续事项，须写理由；督查室只能开启后续事项。"""
    with site.engine.acting(actor) as act:
        rows = by_hand.open_now(
            act, key, body.obligation, unit=body.unit or None, due=body.due, comment=body.comment
        )  # fmt: skip
        return OpenedList(items=tuple(_opened(act, row) for row in rows), total=len(rows))


@router.post(
    "/submissions/{submission_id}/finding",
    responses=problems("not-found", "changed-meanwhile", "finding-refused", "comment-missing", "content-unreadable"),
)
def record_finding(site: Here, actor: Caller, submission_id: Id, body: FindingBody) -> SubmissionAnswer:
    """记录检查发现，报送与否均可；方案规定由此引出的事项同时开启。"""
    with site.engine.acting(actor) as act:
        findings.record(act, submission_id, kind=body.kind, comment=body.comment)
        return answers.submission(act, submission_id)


def _opened(act: Act, row: Submission) -> OpenedSubmission:
    known = directory(act.session)
    return OpenedSubmission.model_validate(
        {
            **{name: getattr(row, name) for name in ("id", "obligation", "occurrence", "due_date", "due_at")},
            "unit": unit_name(known, row.unit),
            "subject": unit_name(known, row.subject),
        }
    )

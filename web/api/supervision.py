"""领导分工调整: which leader supervises which unit from a day on, and what goes over with it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from web.access import Caller
from web.api.values import PREFIX, Answer, DeskAnswer, Storable, problems
from web.site import Here
from workflow import handovers
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden
from workflow.signing import MAX_COMMENT

router = APIRouter(prefix=PREFIX, tags=["代签与分工"])

Name = Annotated[str, Field(max_length=200), Storable]


class MovedAnswer(Answer):
    """一件待签件由谁移交给谁；to 为空表示该职务无人担任，留在原处"""

    sign_off: int = Field(validation_alias="sign_off_id", examples=[12])
    submission: int = Field(validation_alias="submission_id", examples=[17])
    programme: str = Field(examples=["对标先进提升创建工作"])
    unit: str = Field(examples=["市教育体育局"])
    obligation: str = Field(examples=["报送建标学习对象"])
    due_date: date
    from_: DeskAnswer = Field(serialization_alias="from")
    to: tuple[DeskAnswer, ...]
    why: str = Field(examples=["领导分工调整"])


class SupervisionAnswer(Answer):
    """移交了哪些待签件；preview 为真时只是预览，没有改动"""

    preview: bool
    items: tuple[MovedAnswer, ...]
    total: int
    next: str | None = None


class SupervisionBody(BaseModel):
    """领导分工调整：单位编码与新的分管职务，自某日起；preview 为真时只预览，不改动"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "changes": {"JYTYJ": "副市长（分管商务和文化旅游）"},
                    "since": "2022-01-06",
                    "comment": "市政府领导分工通知",
                    "preview": True,
                }
            ]
        },
    )

    changes: dict[Name, Name] = Field(min_length=1, max_length=2000)
    since: date
    comment: Annotated[str, Field(max_length=MAX_COMMENT), Storable] = ""
    preview: bool = False


@router.post("/supervision", responses=problems("supervision-refused", "comment-missing", "changed-meanwhile"))
def change_supervision(site: Here, actor: Caller, body: SupervisionBody) -> SupervisionAnswer:
    """领导分工调整：单位改由另一职务分管，手上的待签件一并移交；先用 preview 看会移交哪些。"""
    if body.preview:
        if actor.role not in OFFICE:
            raise Forbidden(move="调整领导分工")
        with site.engine.looking(actor) as act:
            return _moves(handovers.preview(act, supervision=body.changes, since=body.since), preview=True)
    with site.engine.acting(actor) as act:
        moves = handovers.supervise(act, body.changes, since=body.since, comment=body.comment)
        return _moves(moves, preview=False)


def _moves(moves: tuple[handovers.Move, ...], *, preview: bool) -> SupervisionAnswer:
    return SupervisionAnswer.model_validate({"preview": preview, "items": moves, "total": len(moves)})

"""督办单: made, listed, withdrawn, handed out as Word files."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from documents import urging_sheet, word
from web.access import Caller
from web.api.moves import Comment, MoveBody
from web.api.values import PREFIX, Answer, Cursor, Id, Instant, Key, Limit, Storable, file_of, problems
from web.downloads import download
from web.site import Here, Site
from workflow import urging_sheets
from workflow.acts import Actor
from workflow.paper_items import Colour
from workflow.urging_sheets import MOST, Order, Paper

router = APIRouter(prefix=PREFIX, tags=["督办单"])

Code = Annotated[str, Field(max_length=100), Storable]
Wanted = Annotated[list[int] | None, Query(max_length=MOST, description="督办单编号（id），不写为最近的")]
_FILES = problems("not-found", "paper-refused")


class PaperItemAnswer(Answer):
    """督办单所列的一件；first_due 为延期前的截止日，desk 为出具时卡在谁处"""

    submission: int = Field(validation_alias="submission_id", examples=[17])
    title: str = Field(examples=["报送建标学习对象"])
    occurrence: str
    due: date
    first_due: date | None
    days_late: int = Field(validation_alias="days", examples=[3])
    waiting_on: str = Field(examples=["unit"])
    desk: str = Field(examples=["联络员、主要负责同志"])


class PaperAnswer(Answer):
    """一份督办单；撤回的编号不再使用"""

    id: int = Field(examples=[3])
    number: str = Field(examples=["督〔2022〕第3号"])
    unit: str = Field(description="单位编码", examples=["KJJ"])
    unit_name: str = Field(examples=["市科学技术局"])
    colour: Colour = Field(description="blue 提醒、yellow 警示、red 督办")
    reply_by: date
    words: str
    items: tuple[PaperItemAnswer, ...]
    issued_at: Instant
    issued_by: str
    withdrawn_at: Instant | None
    withdrawn_by: str


class PapersAnswer(Answer):
    """督办单，新的在前"""

    items: tuple[PaperAnswer, ...]
    total: int
    next: str | None = None


class PapersBody(BaseModel):
    """给这些单位各出具一份：列入其全部逾期件，或只列 obligation 的、submissions 中的；不写 colour 按各单位的亮灯"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"units": ["KJJ"], "reply_by": "2022-01-12", "words": "请主要负责同志过问。"}]},
    )

    units: list[Code] = Field(min_length=1, max_length=MOST)
    reply_by: date
    colour: Colour | None = None
    words: Comment = ""
    obligation: Code = ""
    submissions: list[int] = Field(default_factory=list, max_length=1000)


@router.get("/programmes/{key}/papers", responses=problems("not-found", "query-refused"))
def list_papers(site: Here, actor: Caller, key: Key, limit: Limit = 50, cursor: Cursor = None) -> PapersAnswer:
    """已出具的督办单。"""
    with site.engine.looking(actor) as act:
        return PapersAnswer.model_validate(urging_sheets.listing(act, key, limit=limit, cursor=cursor))


@router.post("/programmes/{key}/papers", responses=problems("not-found", "paper-refused", "date-refused"))
def issue_papers(site: Here, actor: Caller, key: Key, body: PapersBody) -> PapersAnswer:
    """出具督办单：编号按年连续，并记入所列报送件的经过。"""
    order = Order(
        tuple(body.units), body.reply_by, body.colour or "", body.words, body.obligation, tuple(body.submissions)
    )
    with site.engine.acting(actor) as act:
        made = urging_sheets.issue(act, key, order)
    return PapersAnswer.model_validate({"items": made, "total": len(made)})


@router.post(
    "/programmes/{key}/papers/{paper_id}/withdraw",
    responses=problems("not-found", "not-allowed-now", "comment-missing"),
)
def withdraw_paper(site: Here, actor: Caller, key: Key, paper_id: Id, body: MoveBody) -> PaperAnswer:
    """撤回督办单，须写理由；编号不再使用。"""
    with site.engine.acting(actor) as act:
        return PaperAnswer.model_validate(urging_sheets.withdraw(act, key, paper_id, comment=body.comment))


@router.get(
    "/programmes/{key}/papers.docx", response_class=Response, responses=file_of(word.DOCX, "Word 文件") | _FILES
)
def papers_docx(site: Here, actor: Caller, key: Key, paper: Wanted = None) -> Response:
    """督办单合为一个 Word 文件，每份另起一页。"""
    found = _wanted(site, actor, key, paper)
    name = urging_sheet.file_name(found[0]) if len(found) == 1 else f"督办单_{key}.docx"
    return download(urging_sheet.write(found), name, word.DOCX)


@router.get(
    "/programmes/{key}/papers.zip", response_class=Response, responses=file_of(urging_sheet.ZIP, "压缩包") | _FILES
)
def papers_zip(site: Here, actor: Caller, key: Key, paper: Wanted = None) -> Response:
    """督办单每份一个 Word 文件，合为压缩包。"""
    return download(urging_sheet.write_zip(_wanted(site, actor, key, paper)), f"督办单_{key}.zip", urging_sheet.ZIP)


def _wanted(site: Site, actor: Actor, key: str, ids: list[int] | None) -> tuple[Paper, ...]:
    with site.engine.looking(actor) as act:
        if ids is None:
            return urging_sheets.listing(act, key, limit=MOST).items[::-1]
        return urging_sheets.papers(act, key, ids)

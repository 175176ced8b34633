"""The board of one programme: units × obligations."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from documents import board_sheet
from web.access import Caller
from web.api.obligations import CountsAnswer
from web.api.values import PREFIX, Answer, DeskAnswer, Instant, Key, UnitAnswer, Word, file_of, problems
from web.downloads import XLSX, download
from web.site import Here
from workflow import board
from workflow.board import Filters
from workflow.definition import Light
from workflow.lifecycle import State, WaitingOn

router = APIRouter(prefix=PREFIX, tags=["方案"])


class ColumnAnswer(Answer):
    """一列：一个事项的一个期次；日期为未延期单位的截止日"""

    obligation: str = Field(examples=["target-choice"])
    title: str
    occurrence: str = Field(examples=["2022"])
    heading: str = Field(description="该日期要完成的事，各期相同时为空")
    stage: str
    due_date: date
    due_at: Instant
    counts: CountsAnswer


class CellAnswer(Answer):
    """一件报送件"""

    submission: int = Field(validation_alias="submission_id")
    obligation: str
    occurrence: str
    state: State
    standing: str = Field(examples=["逾期（待审签）"])
    light: Light
    waiting_on: WaitingOn
    stuck_with: tuple[DeskAnswer, ...]
    due_date: date
    due_at: Instant
    filed_at: Instant | None
    late: bool
    days_late: int
    working_days_late: int
    extended_from: date | None


class RowAnswer(Answer):
    """一个单位；不承担的事项为空；subject 为本行各件所涉及的单位"""

    unit: UnitAnswer
    subject: UnitAnswer | None
    cells: tuple[CellAnswer | None, ...]


class BoardAnswer(Answer):
    """看板：counts 和各列件数为整个方案，rows 按条件筛选"""

    key: str
    title: str
    cycle: int
    as_of: Instant
    counts: CountsAnswer
    columns: tuple[ColumnAnswer, ...]
    rows: tuple[RowAnswer, ...] = Field(validation_alias="lines")


def filters(
    category: Word = None,
    unit: Annotated[Word, Query(description="单位编码或名称的一部分")] = None,
    obligation: Word = None,
    state: State | None = None,
    light: Light | None = None,
    waiting_on: WaitingOn | None = None,
) -> Filters:
    """The filters that the board and its file share."""
    return Filters(category, unit, obligation, state, light, waiting_on)


Wanted = Annotated[Filters, Depends(filters)]


@router.get("/programmes/{key}/board", responses=problems("not-found"))
def get_board(site: Here, actor: Caller, key: Key, wanted: Wanted) -> BoardAnswer:
    """单位 × 事项：状态、亮灯、卡在谁处。条件留下至少有一件符合的单位；单位账号只见与本单位有关的。"""
    with site.engine.looking(actor) as act:
        return BoardAnswer.model_validate(board.board(act, key, wanted))


@router.get(
    "/programmes/{key}/board.xlsx",
    response_class=Response,
    responses=file_of(XLSX, "Excel 工作簿") | problems("not-found"),
)
def board_xlsx(site: Here, actor: Caller, key: Key, wanted: Wanted) -> Response:
    """看板导出为 Excel：每格有颜色也有文字，A3 横向打印。"""
    with site.engine.looking(actor) as act:
        found, today = board.board(act, key, wanted), act.today
    return download(board_sheet.write_xlsx(found), f"{found.title}{found.cycle}看板_{today}.xlsx", XLSX)

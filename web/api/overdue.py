"""The overdue list, by page and as files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from documents import overdue_sheet
from web.access import Caller
from web.api.values import (
    PREFIX,
    Answer,
    Cursor,
    DeskAnswer,
    Instant,
    Limit,
    UnitAnswer,
    Word,
    file_of,
    problems,
)
from web.downloads import disposition
from web.site import Here
from workflow import overdue
from workflow.definition import Light
from workflow.lifecycle import WaitingOn
from workflow.overdue import Filters

router = APIRouter(prefix=PREFIX, tags=["逾期"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
Sort = Literal["-days_late", "days_late", "due", "-due", "unit", "-unit", "alert", "-alert"]


class StuckAnswer(DeskAnswer):
    """卡在谁处及其电话；单位账号不含电话"""

    mobile: str = Field(examples=["13800000000"])


class ItemAnswer(Answer):
    """一件逾期的报送件；stuck_with 为卡在谁处"""

    id: int = Field(validation_alias="submission_id", description="报送件编号", examples=[17])
    programme: str = Field(examples=["ordos-benchmarking-2022"])
    obligation: str = Field(examples=["target-choice"])
    obligation_title: str = Field(examples=["报送建标学习对象"])
    occurrence: str = Field(examples=["2022"])
    unit: UnitAnswer
    due_date: date = Field(examples=["2022-01-04"])
    due_at: Instant = Field(description="从这一刻起为逾期")
    days_late: int = Field(examples=[2])
    working_days_late: int = Field(examples=[2])
    waiting_on: WaitingOn
    stuck_with: tuple[StuckAnswer, ...]
    last_alert_at: Instant | None
    rung: str | None = Field(description="最近一次督办的梯次", examples=["+1wd 09:00"])
    rung_title: str = Field(examples=["截止后1个工作日"])
    light: Light
    heading: str = Field(description="同一事项中各件的区别", examples=["某路段改造未完工"])
    subject: UnitAnswer | None = Field(description="由其他单位报送时，本件所涉及的单位")


class OverdueList(Answer):
    """逾期清单的一页；total 和各项件数为筛选后的全部"""

    items: tuple[ItemAnswer, ...]
    total: int
    next: str | None
    by_category: dict[str, int] = Field(examples=[{"党委部门": 4}])
    by_obligation: dict[str, int] = Field(examples=[{"target-choice": 61}])
    as_of: Instant


def filters(
    programme: Word = None,
    obligation: Word = None,
    category: Word = None,
    unit: Annotated[Word, Query(description="单位编码或名称的一部分")] = None,
    waiting_on: WaitingOn | None = None,
    min_days: Annotated[int | None, Query(ge=0, le=36_500, description="至少逾期几天")] = None,
) -> Filters:
    """The filters that the list and its files share."""
    return Filters(programme, obligation, category, unit, waiting_on, min_days)


Wanted = Annotated[Filters, Depends(filters)]


@router.get("/overdue", responses=problems("query-refused"))
def list_overdue(
    site: Here, actor: Caller, wanted: Wanted, sort: Sort = "-days_late", limit: Limit = 50, cursor: Cursor = None
) -> OverdueList:
    """谁逾期、逾期几天、卡在谁处。"""
    with site.engine.looking(actor) as act:
        page = overdue.listing(act, **vars(wanted), sort=sort, limit=limit, cursor=cursor)
    return OverdueList.model_validate(page)


@router.get(
    "/overdue.xlsx", response_class=Response, responses=file_of(XLSX, "Excel 工作簿") | problems("query-refused")
)
def overdue_xlsx(site: Here, actor: Caller, wanted: Wanted, sort: Sort = "-days_late") -> Response:
    """逾期清单导出为 Excel。"""
    with site.engine.looking(actor) as act:
        items, as_of, today = overdue.everything(act, wanted, sort=sort), act.now, act.today
    return _file(overdue_sheet.write_xlsx(items, as_of), f"逾期清单_{today}.xlsx", XLSX)


@router.get(
    "/overdue.csv", response_class=Response, responses=file_of("text/csv", "CSV 文件") | problems("query-refused")
)
def overdue_csv(site: Here, actor: Caller, wanted: Wanted, sort: Sort = "-days_late") -> Response:
    """逾期清单导出为 CSV。"""
    with site.engine.looking(actor) as act:
        items, today = overdue.everything(act, wanted, sort=sort), act.today
    return _file(overdue_sheet.write_csv(items), f"逾期清单_{today}.csv", CSV)


def _file(content: bytes, name: str, media_type: str) -> Response:
    return Response(content, headers={"Content-Disposition": disposition(name), "Content-Type": media_type})

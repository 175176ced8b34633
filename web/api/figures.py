"""The figures of a programme, as numbers and as an Excel workbook."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from documents import figure_sheet
from web.access import Caller
from web.api.overdue import XLSX
from web.api.values import PREFIX, Answer, Instant, Key, Storable, file_of, problems
from web.downloads import download
from web.site import Here
from workflow import figures
from workflow.figures import Figures, Tally

router = APIRouter(prefix=PREFIX, tags=["统计与通报"])

PeriodAsked = Annotated[
    str, Query(max_length=20, description="期间：2022、2022H1、2022Q1 或 2022-03", examples=["2022Q1"]), Storable
]


class TallyAnswer(Answer):
    """已到期的件怎样了；rate 按最初截止日，rate_with_extensions 把延期内报送的也算按时；没有到期的为 null"""

    due: int = Field(examples=[61])
    in_time: int = Field(examples=[52])
    in_extension: int = Field(description="晚于最初截止日、在批准的延期内", examples=[1])
    late: int = Field(examples=[6])
    overdue: int = Field(examples=[2])
    exempt: int = Field(examples=[1])
    not_due: int = Field(examples=[0])
    rate: float | None = Field(examples=[0.8525])
    rate_with_extensions: float | None = Field(examples=[0.8689])


class TurnAnswer(Answer):
    """审签用时，按工作小时计（工作日 9 时至 17 时）；ninetieth 为九成不超过"""

    count: int = Field(examples=[54])
    median: float = Field(examples=[2.5])
    ninetieth: float = Field(examples=[11.0])


class StepAnswer(Answer):
    """逾期天数从 since 到 until（含）的件数；until 为 null 表示以上"""

    since: int = Field(examples=[1])
    until: int | None = Field(examples=[3])
    late: int
    overdue: int


class LitAnswer(Answer):
    """某日 24 时（统计当日为现在）各灯的件数"""

    day: date
    green: int
    yellow: int
    red: int


class FiguresAnswer(Answer):
    """一个方案在一个期间的统计，只计各单位的；office 为办公室和工作机构自身的。月份为最初截止日的，审签为作出决定的"""

    programme: str = Field(examples=["ordos-benchmarking-2022"])
    period: str = Field(examples=["2022Q1"])
    as_of: Instant
    total: TallyAnswer
    office: TallyAnswer
    by_month: dict[str, TallyAnswer]
    by_category: dict[str, TallyAnswer]
    lateness: tuple[StepAnswer, ...]
    sign_off: TurnAnswer | None
    sign_off_by_post: dict[str, TurnAnswer]
    sign_off_by_month: dict[str, TurnAnswer]
    lights: tuple[LitAnswer, ...]


@router.get("/programmes/{key}/figures", responses=problems("not-found", "query-refused"))
def read_figures(site: Here, actor: Caller, key: Key, period: PeriodAsked = "") -> FiguresAnswer:
    """按时率（按月、按类别）、逾期时长、审签用时、亮灯变化；不写期间为全年。"""
    with site.engine.looking(actor) as act:
        return _answer(figures.of(act, key, period))


@router.get(
    "/programmes/{key}/figures.xlsx",
    response_class=Response,
    responses=file_of(XLSX, "Excel 工作簿") | problems("not-found", "query-refused"),
)
def figures_xlsx(site: Here, actor: Caller, key: Key, period: PeriodAsked = "") -> Response:
    """统计导出为 Excel，每张统计图一个工作表。"""
    with site.engine.looking(actor) as act:
        found = figures.of(act, key, period)
    return download(figure_sheet.write_xlsx(found), f"统计_{key}_{found.period.name}.xlsx", XLSX)


def tally(one: Tally) -> TallyAnswer:
    """A tally as the API gives it."""
    return TallyAnswer(
        due=one.due, in_time=one.of("in-time"), in_extension=one.of("in-extension"), late=one.of("late"),
        overdue=one.of("overdue"), exempt=one.of("exempt"), not_due=one.of("open"), rate=one.rate,
        rate_with_extensions=one.extended_rate,
    )  # fmt: skip


def _answer(found: Figures) -> FiguresAnswer:
    turns = found.turns
    return FiguresAnswer.model_validate(
        {
            "programme": found.key,
            "period": found.period.name,
            "as_of": found.as_of,
            "total": tally(found.total),
            "office": tally(found.office),
            "by_month": {month: tally(one) for month, one in found.by_month.items()},
            "by_category": {name: tally(one) for name, one in found.by_category.items()},
            "lateness": found.lateness,
            "sign_off": turns.total,
            "sign_off_by_post": turns.by_post,
            "sign_off_by_month": turns.by_month,
            "lights": found.lights,
        }
    )

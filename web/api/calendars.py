"""放假安排: the years, one year's days, and a notice taken in."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Path, UploadFile
from pydantic import Field

from web import handed_in
from web.access import Caller
from web.api.launches import DryRun
from web.api.values import PREFIX, Answer, Instant, problems
from web.site import Here
from workflow import holidays
from workflow.drafts import FileRefused
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden

router = APIRouter(prefix=PREFIX, tags=["放假安排"])


class YearAnswer(Answer):
    """一个年度：provisional 为尚未公布，工作日按周一至周五和法定节日推算"""

    year: int
    provisional: bool
    imported: bool
    off: int = Field(description="放假天数")
    worked: int = Field(description="调休上班天数")


class YearList(Answer):
    """各年度"""

    items: tuple[YearAnswer, ...]
    total: int
    next: str | None = None


class DayAnswer(Answer):
    """一个放假或调休上班的日子"""

    day: date
    working: bool
    name: str


class YearDetail(Answer):
    """一个年度的放假和调休"""

    year: int
    provisional: bool
    days: tuple[DayAnswer, ...]


class MovedAnswer(Answer):
    """移动的一项提醒；now_due 为已到时、装入后立即发出"""

    title: str
    what: str
    before: Instant
    after: Instant
    now_due: bool


class FixedAnswer(Answer):
    """截止日期不变，但按新安排推算会是另一天"""

    programme: str
    title: str
    occurrence: str
    stays: date
    would_be: date


class NoticeAnswer(Answer):
    """装入一年的放假安排会改变什么"""

    preview: bool
    year: int
    provisional: bool = Field(description="此前为暂定")
    days: tuple[DayAnswer, ...]
    moved: tuple[MovedAnswer, ...]
    fixed: tuple[FixedAnswer, ...]
    unnamed: tuple[str, ...] = Field(description="文件中没有的节日")


@router.get("/calendars", responses=problems())
def list_calendars(site: Here, actor: Caller) -> YearList:
    """各年度放假安排是否已公布。"""
    with site.engine.looking(actor) as act:
        items = tuple(YearAnswer.model_validate(one) for one in holidays.years(act))
    return YearList(items=items, total=len(items))


@router.get("/calendars/{year}", responses=problems())
def get_calendar_year(site: Here, actor: Caller, year: Annotated[int, Path(ge=1949, le=9998)]) -> YearDetail:
    """一个年度的放假和调休上班。"""
    with site.engine.looking(actor) as act:
        calendar = act.calendar()
        days = holidays.days_of(calendar, year)
    return YearDetail(
        year=year, provisional=calendar.provisional(year),
        days=tuple(DayAnswer(day=day, working=working, name=name) for day, working, name in days),
    )  # fmt: skip


@router.post("/calendars", responses=problems("calendar-refused", "workbook-refused"))
def import_calendar(
    site: Here,
    actor: Caller,
    file: Annotated[UploadFile, File(description="一年的放假安排（.csv），三列：日期、类型（休/班）、名称")],
    dry_run: DryRun = False,
) -> NoticeAnswer:
    """装入一年的放假安排，并按它重排尚未发出的提醒。"""
    if actor.role not in OFFICE:
        raise Forbidden(move="装入放假安排")
    sent = handed_in.of_upload(file)
    if sent is None:
        raise FileRefused(reason="没有收到文件（file）")
    year, rules = handed_in.holidays(sent)
    with site.engine.acting(actor) as act:
        found = holidays.foresee(act, year, rules) if dry_run else holidays.take_in(act, year, rules)
    return NoticeAnswer.model_validate({**vars(found), "preview": dry_run})

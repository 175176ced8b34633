"""Launching a programme: what it would create, or the launch itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from pydantic import Field
from starlette.responses import Response

from web import handed_in
from web.access import Caller
from web.api.staff_values import RosterOutlookAnswer, outlook
from web.api.values import PREFIX, Answer, Instant, Storable, problems
from web.site import Here
from workflow import launching, shelf
from workflow.acts import Actor
from workflow.drafts import FileRefused
from workflow.launching import Foreseen, Wanted
from workflow.permissions import OFFICE
from workflow.personnel import Touched
from workflow.refusals import Forbidden
from workflow.roster_merges import Mode

router = APIRouter(prefix=PREFIX, tags=["方案"])

DryRun = Annotated[bool, Query(description="为真时只预览，不写入")]


class PlannedAnswer(Answer):
    """将建立的一期：截止日期、报送单位编码、何时开放（空为立即）"""

    obligation: str = Field(examples=["target-choice"])
    title: str
    occurrence: str
    due_date: date
    units: tuple[str, ...]
    opens_at: Instant | None


class AlikeAnswer(Answer):
    """日期和事项相近的已启动方案，share 为相同部分所占的比例"""

    programme: str
    share: float


class DifferenceAnswer(Answer):
    """一项不同：名称、某一职务或分管领导，原来的和以后的"""

    what: str = Field(examples=["名称"])
    before: str
    after: str


class TouchedAnswer(Answer):
    """一个还有未完成事项、会被花名册改动的单位；open 为未完成的件数"""

    unit: str
    name: str
    open: int
    differences: tuple[DifferenceAnswer, ...]


class LaunchAnswer(Answer):
    """启动方案会建立什么、有何问题；wrong 非空时不能启动"""

    preview: bool
    key: str = Field(examples=["ordos-benchmarking-2022"])
    version: str = Field(description="方案定义的 SHA-256")
    submissions: int = Field(description="立即建立的件数")
    obligations: tuple[PlannedAnswer, ...]
    wrong: tuple[str, ...]
    late: tuple[str, ...] = Field(description="启动时截止日期已过的")
    cautions: tuple[str, ...]
    provisional_years: tuple[int, ...]
    alike: tuple[AlikeAnswer, ...]
    roster: RosterOutlookAnswer | None
    touched: tuple[TouchedAnswer, ...] = Field(
        description="花名册会改动的、还有未完成事项的单位；不空时须填 accept_changes"
    )


_REFUSALS = problems(
    "definition-refused", "workbook-refused", "roster-refused", "ledger-refused", "launch-refused", "already-launched",
    "not-found",
)  # fmt: skip
_PREVIEW: dict[int | str, dict[str, Any]] = {200: {"description": "预览（dry_run=1），没有写入", "model": LaunchAnswer}}


@router.post("/programmes", status_code=201, responses=_PREVIEW | _REFUSALS)
def launch_programme(
    site: Here,
    actor: Caller,
    response: Response,
    cycle: Annotated[int, Form(ge=2000, le=2100, description="年度", examples=[2022])],
    definition: Annotated[UploadFile | None, File(description="方案定义（.yaml）；不传则写 shelf")] = None,
    shelf_name: Annotated[
        str, Form(alias="shelf", max_length=100, description="definitions/ 中的方案名，如 ordos-benchmarking"), Storable
    ] = "",
    roster: Annotated[UploadFile | None, File(description="花名册（.xlsx）；不传则用现有人员")] = None,
    ledger: Annotated[UploadFile | None, File(description="任务台账（.xlsx 或 .csv）")] = None,
    mode: Annotated[Mode, Form(description="花名册：add 补充现有的，replace 代替现有的")] = "add",
    drop_adjustments: Annotated[bool, Form(description="确认取消花名册中没有的领导分工调整")] = False,
    accept_changes: Annotated[
        bool, Form(description="确认花名册改动还有未完成事项的单位（预览中的 touched）；不同城市的单位编码可能相同")
    ] = False,
    dry_run: DryRun = False,
) -> LaunchAnswer:
    """启动方案：导入花名册并建立全部报送件，一次写入或全部不写入。"""
    if actor.role not in OFFICE:
        raise Forbidden(move="启动方案")
    wanted = _wanted(site, actor, cycle, definition, shelf_name, (roster, ledger), mode)
    with site.engine.looking(actor) as act:
        answer = _answer(launching.foresee(act, wanted), preview=dry_run)
    if dry_run:
        response.status_code = 200
        return answer
    with site.engine.acting(actor) as act:
        launching.publish(act, wanted, drop_adjustments=drop_adjustments, accept_changes=accept_changes)
    return answer


def _wanted(
    site: Here,
    actor: Actor,
    cycle: int,
    definition: UploadFile | None,
    shelf_name: str,
    files: tuple[UploadFile | None, UploadFile | None],
    mode: Mode,
) -> Wanted:
    own = handed_in.of_upload(definition)
    if own is None and not shelf_name:
        raise FileRefused(reason="请上传方案定义（definition）或写明方案名（shelf）")
    pinned = handed_in.definition(own, cycle=cycle) if own else shelf.load(shelf_name, cycle=cycle)
    roster, ledger = map(handed_in.of_upload, files)
    with site.engine.looking(actor) as act:
        return handed_in.launch_of(act, pinned, cycle, roster_file=roster, ledger=ledger, mode=mode)


def _answer(found: Foreseen, *, preview: bool) -> LaunchAnswer:
    plan = found.plan
    return LaunchAnswer(
        preview=preview,
        key=plan.key,
        version=found.version,
        submissions=plan.submissions,
        obligations=tuple(PlannedAnswer.model_validate(one) for one in plan.obligations),
        wrong=plan.wrong,
        late=found.late,
        cautions=plan.cautions,
        provisional_years=plan.provisional,
        alike=tuple(AlikeAnswer(programme=key, share=share) for key, share in plan.alike),
        roster=outlook(found.people) if found.people else None,
        touched=tuple(map(_touched, found.people.touched)) if found.people else (),
    )


def _touched(one: Touched) -> TouchedAnswer:
    said = (DifferenceAnswer(what=what, before=before, after=after) for what, before, after in one.differences)
    return TouchedAnswer(unit=one.unit, name=one.name, open=one.open, differences=tuple(said))

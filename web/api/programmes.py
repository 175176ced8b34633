"""Programmes: the list, and one with its obligations, forms, ladders and dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from web.access import Caller
from web.api.values import PREFIX, Answer, Instant, Key, problems
from web.site import Here
from workflow import outline, overview
from workflow.definition import Rung, Step
from workflow.outline import ObligationOutline

router = APIRouter(prefix=PREFIX, tags=["方案"])


class CountsAnswer(Answer):
    """各状态的件数；filed_late 是 filed 中逾期报送的"""

    draft: int
    pending: int
    filed: int
    overdue: int
    exempt: int
    filed_late: int
    total: int


class NextDeadlineAnswer(Answer):
    """最近一个仍有未报送件的截止日期"""

    obligation: str = Field(examples=["target-choice"])
    obligation_title: str
    occurrence: str
    due_date: date
    due_at: Instant
    open_count: int


class ProgrammeAnswer(Answer):
    """一个方案的概况"""

    key: str = Field(examples=["ordos-benchmarking-2022"])
    title: str = Field(examples=["对标先进提升创建工作"])
    cycle: int = Field(examples=[2022])
    document: str
    version: str = Field(description="方案定义的 SHA-256")
    launched_at: Instant
    starts: date | None
    ends: date | None = Field(description="最后阶段没有终点时为空")
    units: int
    counts: CountsAnswer
    next_deadline: NextDeadlineAnswer | None
    provisional_years: tuple[int, ...] = Field(description="放假安排尚未载入的年份，工作日可能变动")


class ProgrammeList(Answer):
    """方案列表"""

    items: tuple[ProgrammeAnswer, ...]
    total: int
    next: str | None = None


class StageAnswer(Answer):
    """一个阶段及其在本年度的起止日"""

    id: str
    title: str
    clause: str
    since: date
    until: date | None


class FieldAnswer(Answer):
    """表单中的一项"""

    name: str = Field(examples=["benchmark-region"])
    label: str = Field(examples=["建标学习对象所在地区"])
    type: str = Field(examples=["text"])
    required: bool
    help: str
    options: tuple[str, ...]
    at_least: int | None
    at_most: int | None
    max_length: int


class CriterionAnswer(Answer):
    """报送成果须达到的一条要求"""

    name: str
    title: str
    help: str


class StepAnswer(Answer):
    """审签的一步：由谁审签，哪些分组的单位由谁代替"""

    by: str = Field(examples=["supervising-leader"])
    exceptions: dict[str, str] = Field(examples=[{"party-departments": "unit-head"}])
    need: str = Field(description="all、any，或所需人数", examples=["all"])


class RungAnswer(Answer):
    """督办梯次的一级；at 相对截止日，pending_for 相对送审日"""

    at: str | None = Field(examples=["+1wd 09:00"])
    pending_for: str | None
    every: str | None
    at_most: int
    to: tuple[str, ...]
    say: str
    light: str | None


class OccurrenceAnswer(Answer):
    """一个期次；rungs 与梯次逐级对应，按送审日计的一级为空"""

    occurrence: str
    due_date: date
    due_at: Instant
    rungs: tuple[Instant | None, ...]


class ObligationAnswer(Answer):
    """一个报送事项"""

    id: str = Field(examples=["target-choice"])
    title: str
    clause: str | None
    duty: str
    stage: str | None
    owed_by: str
    requires: tuple[str, ...]
    form: tuple[FieldAnswer, ...]
    criteria: tuple[CriterionAnswer, ...]
    sign_off: tuple[StepAnswer, ...]
    receivers: tuple[str, ...]
    ladder: tuple[RungAnswer, ...]
    occurrences: tuple[OccurrenceAnswer, ...]


class ProgrammeDetail(ProgrammeAnswer):
    """一个方案及其全部报送事项"""

    stages: tuple[StageAnswer, ...]
    posts: dict[str, str] = Field(description="职务代号与名称")
    obligations: tuple[ObligationAnswer, ...]


@router.get("/programmes", responses=problems())
def list_programmes(site: Here, actor: Caller) -> ProgrammeList:
    """全部方案，新启动的在前；单位账号只见有本单位报送件的方案。"""
    with site.engine.looking(actor) as act:
        found = overview.programmes(act)
    return ProgrammeList(items=tuple(ProgrammeAnswer.model_validate(one) for one in found), total=len(found))


@router.get("/programmes/{key}", responses=problems("not-found"))
def get_programme(site: Here, actor: Caller, key: Key) -> ProgrammeDetail:
    """一个方案：阶段、报送事项、表单、审签、督办梯次和日期。"""
    with site.engine.looking(actor) as act:
        found = outline.of(act, key)
    return ProgrammeDetail.model_validate(
        {
            **vars(found.overview),
            "stages": found.stages,
            "posts": found.posts,
            "obligations": [_obligation(one) for one in found.obligations],
        }
    )


def _obligation(one: ObligationOutline) -> dict[str, Any]:
    return {
        **vars(one),
        "form": [{"name": name, **dict(field)} for name, field in one.form.items()],
        "criteria": [{"name": name, **dict(criterion)} for name, criterion in one.criteria.items()],
        "sign_off": [_step(step) for step in one.sign_off],
        "ladder": [_rung(rung) for rung in one.ladder],
    }


def _step(step: Step) -> StepAnswer:
    return StepAnswer(by=step.by, exceptions=step.exceptions, need=str(step.need))


def _rung(rung: Rung) -> RungAnswer:
    at, pending_for, every = (str(one) if one else None for one in (rung.at, rung.pending_for, rung.every))
    return RungAnswer(
        at=at, pending_for=pending_for, every=every, at_most=rung.at_most, to=rung.to, say=rung.say, light=rung.light
    )

"""Programmes: the list, and one with its obligations, forms, ladders and dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from web.access import Caller
from web.api.definitions import (
    BodyAnswer,
    CoverageAnswer,
    DamageAnswer,
    HolderAnswer,
    PlannedAnswer,
    PlannedPartAnswer,
    RolloverAnswer,
    SourceAnswer,
)
from web.api.obligations import CountsAnswer, ObligationAnswer, described
from web.api.values import PREFIX, Answer, Instant, Key, problems
from web.site import Here
from workflow import catalogue, outline, overview
from workflow.outline import Outline
from workflow.staffing import Staffed

router = APIRouter(prefix=PREFIX, tags=["方案"])

#: Who is named for a body.
HELD = ("head", "liaison")


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


class ProgrammeDetail(ProgrammeAnswer):
    """一个方案及其全部报送事项"""

    source: SourceAnswer
    published: str | None = Field(description="印发时间的写法", examples=["-1/12-31 08:30"])
    stages: tuple[StageAnswer, ...]
    posts: dict[str, str] = Field(description="职务代号与名称")
    groups: dict[str, str] = Field(description="分组代号与名称")
    findings: dict[str, str] = Field(description="检查发现的类别")
    bodies: tuple[BodyAnswer, ...]
    planned: PlannedAnswer | None
    coverage: tuple[CoverageAnswer, ...]
    rollover: RolloverAnswer | None
    damaged: tuple[DamageAnswer, ...]
    obligations: tuple[ObligationAnswer, ...]


class VersionAnswer(Answer):
    """方案定义的一个版本：何时起施行，由谁因何修订；首个版本即启动时的定义"""

    version: str = Field(description="方案定义的 SHA-256")
    since: Instant
    actor: str = Field(examples=["系统管理员（命令行）"])
    comment: str = Field(examples=["会议推迟"])
    current: bool = Field(description="现行版本")


class VersionList(Answer):
    """一个方案的全部版本，新的在前"""

    items: tuple[VersionAnswer, ...]
    total: int
    next: str | None = None


@router.get("/programmes", responses=problems())
def list_programmes(site: Here, actor: Caller) -> ProgrammeList:
    """全部方案，新启动的在前；单位账号只见有本单位报送件的方案。"""
    with site.engine.looking(actor) as act:
        found = overview.programmes(act)
    return ProgrammeList(items=tuple(ProgrammeAnswer.model_validate(one) for one in found), total=len(found))


@router.get("/programmes/{key}", responses=problems("not-found"))
def get_programme(site: Here, actor: Caller, key: Key) -> ProgrammeDetail:
    """一个方案的全部内容：阶段、工作机构、报送事项、表单、目标、审签、督办梯次、亮灯、日期和进度；单位只见与本单位有关的。"""
    with site.engine.looking(actor) as act:
        found = outline.of(act, key)
    return _detail(found)


@router.get("/programmes/{key}/versions", responses=problems("not-found"))
def list_versions(site: Here, actor: Caller, key: Key) -> VersionList:
    """一个方案的定义历次修订的记录，新的在前。"""
    with site.engine.looking(actor) as act:
        found = catalogue.versions_of(act, key)
    return VersionList(items=tuple(VersionAnswer.model_validate(one) for one in found), total=len(found))


def _detail(found: Outline) -> ProgrammeDetail:
    definition = found.definition
    return ProgrammeDetail.model_validate(
        {
            **vars(found.overview),
            "source": definition.source,
            "published": str(definition.published) if definition.published else None,
            "stages": found.stages,
            "posts": found.posts,
            "groups": found.groups,
            "findings": {key: one.title for key, one in definition.findings.items()},
            "bodies": [_body(one) for one in found.bodies],
            "planned": _planned(found),
            "coverage": definition.coverage,
            "rollover": definition.rollover,
            "damaged": definition.damaged,
            "obligations": [described(one, definition) for one in found.obligations],
        }
    )


def _body(one: Staffed) -> dict[str, Any]:
    held = {name: [HolderAnswer(post=who.post_title, name=who.name) for who in getattr(one, name)] for name in HELD}
    return {**vars(one), **held}


def _planned(found: Outline) -> PlannedAnswer | None:
    planned = found.definition.planned
    if planned is None:
        return None
    parts = (
        PlannedPartAnswer(key=key, title=part.title, count=part.count, tasks=found.tasks.get(key, 0))
        for key, part in planned.parts.items()
    )
    return PlannedAnswer(clause=planned.clause, total=planned.total, parts=tuple(parts))

"""Obligations as the API gives them: form, owner, dates with their counts, sign-off, ladder, what opens them."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from web.api.definitions import (
    DueAnswer,
    LifecycleAnswer,
    LightRuleAnswer,
    OpeningAnswer,
    OwnerAnswer,
    SumAnswer,
    TargetAnswer,
)
from web.api.values import Answer, Instant
from workflow import wording
from workflow.definition import Definition, Rung, Step, Target
from workflow.outline import ObligationOutline


class CountsAnswer(Answer):
    """各状态的件数；filed_late 是 filed 中逾期报送的"""

    draft: int
    pending: int
    filed: int
    overdue: int
    exempt: int
    filed_late: int
    total: int


class ColumnAnswer(Answer):
    """表格的一列"""

    label: str = Field(examples=["完成时限"])
    type: str = Field(examples=["date"])
    required: bool
    options: tuple[str, ...]


class FieldAnswer(Answer):
    """表单中的一项；at_least、at_most 限定数字，在表格中限定行数"""

    name: str = Field(examples=["benchmark-region"])
    label: str = Field(examples=["建标学习对象所在地区"])
    type: str = Field(examples=["text"])
    required: bool
    help: str
    options: tuple[str, ...]
    at_least: int | None
    at_most: int | None
    max_length: int
    columns: dict[str, ColumnAnswer] = Field(description="表格的列，其他类型为空")
    accepts: tuple[str, ...] = Field(description="可上传的文件种类，空为不限", examples=[["docx", "pdf"]])
    not_before: str | None = Field(description="不得早于哪一个日期栏")
    not_after: str | None = Field(description="不得晚于哪一个日期栏")


class CriterionAnswer(Answer):
    """报送成果须达到的一条要求"""

    name: str
    title: str
    help: str
    weight: int | None = Field(description="评分项的权重，百分比；为空表示不评分")
    weights: dict[str, int] = Field(description="按分组另定的权重")


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
    heading: str = Field(description="各期内容不同时，本期应办的事")
    counts: CountsAnswer


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
    part: str | None = Field(description="属于方案的哪一部分")
    leader: str | None = Field(description="责任领导的职务代号")
    cooperating: tuple[str, ...] = Field(description="配合单位或分组")
    owner: OwnerAnswer
    owner_text: str = Field(examples=["各成员单位"])
    due: DueAnswer
    due_text: str = Field(examples=["2022年1月4日前"])
    opens: str | None = Field(description="到期前多久开启，为空则启动时即开启", examples=["-10d"])
    opened_by: tuple[OpeningAnswer, ...] = Field(description="由哪些事件引出，为空则不由事件引出")
    targets: tuple[TargetAnswer, ...]
    adds_up: tuple[SumAnswer, ...]
    lights: tuple[LightRuleAnswer, ...] = Field(description="亮灯规则，方案未写时为通用规则")
    lifecycle: LifecycleAnswer
    visibility: str = Field(description="open，或 hidden：不向所涉单位显示", examples=["open"])
    retired: bool = Field(description="方案修订后不再要求")


def described(one: ObligationOutline, definition: Definition) -> dict[str, Any]:
    """What ``ObligationAnswer`` is made of."""
    written = one.written
    return {
        **vars(one),
        "form": [{"name": name, **dict(field)} for name, field in one.form.items()],
        "criteria": [{"name": name, **dict(criterion)} for name, criterion in one.criteria.items()],
        "sign_off": [_step(step) for step in one.sign_off],
        "ladder": [_rung(rung) for rung in one.ladder],
        "part": written.part,
        "leader": written.leader,
        "cooperating": written.cooperating,
        "owner": written.owed_by,
        "due": {**written.due.model_dump(mode="json"), "kind": written.due.kind},
        "opens": str(written.opens) if written.opens else None,
        "opened_by": [{**dict(by), "text": wording.opening(definition, one.id, by)} for by in written.opened_by],
        "targets": [_target(name, target) for name, target in written.targets.items()],
        "adds_up": written.adds_up,
        "visibility": written.visibility,
    }


def _target(name: str, one: Target) -> dict[str, Any]:
    value = None if one.value == "damaged" else f"{one.value.normalize():f}"
    return {**dict(one), "name": name, "value": value, "text": wording.target(one)}


def _step(step: Step) -> StepAnswer:
    return StepAnswer(by=step.by, exceptions=step.exceptions, need=str(step.need))


def _rung(rung: Rung) -> RungAnswer:
    at, pending_for, every = (str(one) if one else None for one in (rung.at, rung.pending_for, rung.every))
    return RungAnswer(
        at=at, pending_for=pending_for, every=every, at_most=rung.at_most, to=rung.to, say=rung.say, light=rung.light
    )

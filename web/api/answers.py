"""A submission as the API gives it, in lists and in full."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field

from web.api.messages import MessageAnswer
from web.api.obligations import CriterionAnswer, FieldAnswer
from web.api.values import Answer, DeskAnswer, Instant, UnitAnswer
from workflow import dossier
from workflow.acts import Act
from workflow.definition import Light
from workflow.lifecycle import State, WaitingOn


class ExtensionAnswer(Answer):
    """延期：from 为最初的截止日，until 为现在的截止日；列表中不含由谁、何时、为何"""

    first_due: date = Field(serialization_alias="from")
    until: date
    granted_at: Instant | None
    granted_by: str
    comment: str


class SummaryAnswer(Answer):
    """一件报送件"""

    id: int = Field(examples=[17])
    programme: str = Field(examples=["ordos-benchmarking-2022"])
    obligation: str = Field(examples=["target-choice"])
    obligation_title: str = Field(examples=["报送建标学习对象"])
    occurrence: str = Field(examples=["2022"])
    unit: UnitAnswer
    state: State
    standing: str = Field(description="状态及所在环节", examples=["逾期（待审签）"])
    waiting_on: WaitingOn
    stuck_with: tuple[DeskAnswer, ...]
    due_date: date = Field(examples=["2022-01-04"])
    due_at: Instant = Field(description="从这一刻起为逾期")
    filed_at: Instant | None
    late: bool = Field(description="逾期后才报送")
    days_late: int
    working_days_late: int
    light: Light
    content_version: int
    content_hash: str
    extension: ExtensionAnswer | None
    last_alert_at: Instant | None
    rung: str | None = Field(description="最近一次督办的梯次", examples=["+1wd 09:00"])
    rung_title: str = Field(examples=["截止后1个工作日"])
    heading: str = Field(description="同一事项中各件的区别", examples=["某路段改造未完工"])
    subject: UnitAnswer | None = Field(description="由其他单位报送时，本件所涉及的单位")
    owner_post: str = Field(description="由个人承担时的职务", examples=["主要负责同志"])


class FormAnswer(FieldAnswer):
    """表单中的一项及其内容"""

    value: Any
    shown: str


class PrerequisiteAnswer(Answer):
    """须先报送的事项"""

    id: int
    obligation: str
    obligation_title: str
    state: State
    filed_at: Instant | None


class SignOffAnswer(Answer):
    """一步中的一位审签人；asked_at 为空表示尚未送审、届时将由其审签"""

    id: int | None
    step: int = Field(description="从1起")
    post: str
    holder: str
    asked_at: Instant | None
    decision: str | None = Field(description="approve 同意，return 退回", examples=["approve"])
    decided_at: Instant | None
    comment: str
    typed_name: str
    channel: str = Field(description="link 审签链接，office 办公室代录", examples=["link"])
    decided_by: str = Field(description="凭链接作出决定的人；代录的为空", examples=["副秘书长 张某"])
    on_behalf_of: str = Field(description="授权代签的，为其所代的审签人", examples=["副市长（分管教育和卫生健康）"])
    confirmed: str = Field(description="已通过的身份核实，如 code:mail、wecom", examples=["code:mail"])
    disputed_at: Instant | None = Field(description="何时被声明不是本人操作")


class HistoryAnswer(Answer):
    """一条经过；at 为生效时间，noticed_at 为系统处理时间"""

    seq: int
    at: Instant
    noticed_at: Instant
    event: str = Field(examples=["lapse"])
    title: str = Field(examples=["转为逾期"])
    source: str
    dest: str
    actor: str
    comment: str
    facts: dict[str, Any]
    hash: str


class AttachmentAnswer(Answer):
    """一个附件，大小以字节计"""

    id: int
    field: str = Field(examples=["plan"])
    name: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: Instant
    uploaded_by: str


class RelativeAnswer(Answer):
    """由事件相连的另一件；because 为引出它的事件"""

    id: int
    obligation: str = Field(examples=["rectification"])
    obligation_title: str = Field(examples=["限期整改"])
    heading: str
    unit: UnitAnswer
    subject: UnitAnswer | None
    state: State
    standing: str
    light: Light
    due_date: date
    event: str = Field(examples=["light-red"])
    because: str = Field(examples=["亮红灯"])
    opened_at: Instant


class TargetAnswer(Answer):
    """一项指标；met 为空表示尚无数字或原文目标残缺，so_far 只用于全年累计的指标"""

    name: str
    label: str = Field(examples=["签约项目"])
    wanted: str = Field(examples=["不低于300个"])
    unit: str = Field(examples=["个"])
    clause: str | None
    damaged: bool = Field(description="原文的目标数字残缺")
    over: str = Field(description="occurrence 每次，cycle 全年累计", examples=["cycle"])
    value: Decimal | None
    so_far: Decimal | None = Field(description="本件与同一责任单位已报送各期之和")
    met: bool | None


class LightAnswer(Answer):
    """灯的一次变化；because 为事件、操作或督办梯次的时点"""

    seq: int = Field(description="在历史中的序号")
    at: Instant
    before: Light
    after: Light
    because: str = Field(examples=["target-unmet"])
    text: str = Field(examples=["绿灯转红灯：目标未达到"])


class RatingAnswer(Answer):
    """一项评分；weight 为百分比"""

    name: str
    title: str
    weight: int
    points: int | None


class ScoreAnswer(Answer):
    """按所在分组权重计的总分；有一项未评时 total 为空"""

    group: str
    ratings: tuple[RatingAnswer, ...]
    total: Decimal | None = Field(examples=["86.50"])


class SubmissionAnswer(SummaryAnswer):
    """一件报送件的全部情况"""

    cycle: int
    stage: str
    duty: str
    content: dict[str, Any]
    saved_at: Instant | None
    saved_by: str
    form: tuple[FormAnswer, ...]
    criteria: tuple[CriterionAnswer, ...]
    prerequisites: tuple[PrerequisiteAnswer, ...]
    sign_off: tuple[SignOffAnswer, ...]
    history: tuple[HistoryAnswer, ...]
    attachments: tuple[AttachmentAnswer, ...]
    moves: tuple[str, ...] = Field(description="现在可以做的操作", examples=[["edit", "submit"]])
    messages: tuple[MessageAnswer, ...]
    cause: RelativeAnswer | None = Field(description="由哪一件引起；无从属或不可见时为空")
    because: str = Field(description="由该件的什么事件引起", examples=["亮红灯"])
    follow_ups: tuple[RelativeAnswer, ...] = Field(description="由本件的事件引出的各件")
    findings: dict[str, str] = Field(description="可以记录的检查发现类别", examples=[{"problem": "发现问题"}])
    lights: tuple[LightAnswer, ...]
    targets: tuple[TargetAnswer, ...]
    score: ScoreAnswer | None = Field(description="没有评分项时为空")


class SummaryList(Answer):
    """报送件列表的一页"""

    items: tuple[SummaryAnswer, ...]
    total: int
    next: str | None


def submission(act: Act, submission_id: int) -> SubmissionAnswer:
    """The whole of one submission as it stands in this act; raises NotFound."""
    act.session.flush()
    found = dossier.of(act, submission_id)
    return SubmissionAnswer.model_validate(
        {
            **vars(found),
            **vars(found.summary),
            "rung_title": found.summary.rung_title,
            "content": found.sheet.fields,
            "saved_at": found.sheet.saved_at,
            "saved_by": found.sheet.saved_by,
            "form": [
                {"name": line.name, **dict(line.field), "value": line.value, "shown": line.shown} for line in found.form
            ],
            "criteria": [{"name": name, **dict(one)} for name, one in found.criteria.items()],
        }
    )

"""What a definition holds, as the API gives it: every part beside the dates, counts and bodies of today."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from web.api.values import Answer


class DatedAnswer(Answer):
    """几个日期之一，及当日应办的事"""

    on: str = Field(examples=["04-end"])
    key: str | None
    title: str | None
    until: str | None


class DueAnswer(Answer):
    """截止时间的写法；kind 说明用哪一种，其余各项照方案定义"""

    kind: str = Field(examples=["every"], description="on、dates、every、within、after、opened、field、by_hand 之一")
    on: str | None = Field(examples=["01-04"])
    dates: tuple[DatedAnswer, ...]
    every: str | None = Field(examples=["FREQ=MONTHLY;BYMONTHDAY=30"], description="RFC 5545 重复规则")
    missing_day: str | None
    period: str
    since: str | None
    to: str | None
    within: str | None
    after: str | None
    by: str | None
    opened: str | None
    field: str | None
    by_hand: bool | None
    until: str | None = Field(examples=["17:30"])
    on_holiday: str


class CountAnswer(Answer):
    """数目的上下限"""

    at_least: int
    at_most: int | None


class DrawnAnswer(Answer):
    """从一个分组中随机抽取"""

    source: str
    count: CountAnswer


class OwnerAnswer(Answer):
    """由谁报送的写法"""

    named: str | None = Field(examples=["member-units"], description="分组、工作机构、职务或 concerned")
    units: tuple[str, ...]
    each: str | None
    of: str | None
    draw: tuple[DrawnAnswer, ...]
    rota: str | None
    subjects: str | None
    by: str | None


class TargetAnswer(Answer):
    """一项目标值；原文数字残缺的 value 为空"""

    name: str
    label: str = Field(examples=["签约项目"])
    comparator: str = Field(examples=["at-least"])
    value: str | None = Field(examples=["300"])
    unit: str = Field(examples=["个"])
    over: str = Field(description="occurrence 逐期比较，cycle 全年累计")
    clause: str | None
    text: str = Field(examples=["签约项目：不低于300个"])


class SumAnswer(Answer):
    """表单中须合计相等的数字"""

    total: str
    parts: tuple[str, ...]


class LightRuleAnswer(Answer):
    """一条亮灯规则"""

    when: str = Field(examples=["overdue"])
    light: str = Field(examples=["yellow"])
    times: int


class ConditionAnswer(Answer):
    """前一事项某栏的填报内容"""

    field: str
    answer: str | bool | int


class RowsAnswer(Answer):
    """按表格逐行引出"""

    field: str
    unit: str
    due: str | None
    title: str


class OpeningAnswer(Answer):
    """引出本事项的一种事件"""

    event: str = Field(examples=["light-red"])
    of: tuple[str, ...]
    kind: str | None
    condition: ConditionAnswer | None
    rows: RowsAnswer | None
    text: str = Field(examples=["任一事项亮红灯后，由领导小组办公室对该单位办理"])


class StandingAnswer(Answer):
    """流程中的一个状态"""

    name: str
    state: str
    waiting_on: str
    title: str


class MoveAnswer(Answer):
    """流程中的一步"""

    trigger: str
    source: str
    dest: str
    guards: tuple[str, ...]
    timed: bool


class LifecycleAnswer(Answer):
    """报送件的流程"""

    name: str = Field(examples=["filing"])
    initial: str
    standings: tuple[StandingAnswer, ...]
    moves: tuple[MoveAnswer, ...]


class PlannedPartAnswer(Answer):
    """方案的一个部分：原定任务数和现有任务数"""

    key: str
    title: str = Field(examples=["重点指标"])
    count: int = Field(examples=[13])
    tasks: int


class PlannedAnswer(Answer):
    """方案原定的任务总数"""

    clause: str | None
    total: int
    parts: tuple[PlannedPartAnswer, ...]


class HolderAnswer(Answer):
    """今日任职人"""

    post: str
    name: str


class BodyAnswer(Answer):
    """一个工作机构，及其今日的负责人和联系人"""

    key: str = Field(examples=["office"])
    title: str = Field(examples=["领导小组办公室"])
    clause: str | None
    seat: str | None
    led_by: str | None
    contact: str | None
    members: CountAnswer | None
    head: tuple[HolderAnswer, ...]
    liaison: tuple[HolderAnswer, ...]


class CoverageAnswer(Answer):
    """一个分组的每个单位须且只须承担其中一项"""

    title: str
    clause: str | None
    of: str
    by: tuple[str, ...]


class RolloverAnswer(Answer):
    """转入下一年度的内容"""

    obligation: str
    field: str
    status: str
    keep: tuple[str, ...]
    archive: tuple[str, ...]


class DamageAnswer(Answer):
    """原文残缺之处"""

    clause: str
    what: str


class SourceAnswer(Answer):
    """依据的文件"""

    document: str
    issued: date
    printed: date | None

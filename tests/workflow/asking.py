"""A programme whose form asks everything a form can ask, owed every month."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import select

from tests.workflow.small import small_roster
from tests.workflow.world import World, local
from workflow import library, submissions
from workflow.definition import Obligation
from workflow.library import Pinned
from workflow.roster import Roster
from workflow.tables import Submission

NOW = local("2022-01-03 09:00")
MONTHLY = "monthly"

TEXT = """\
programme: asking
title: 月度调度
source: {document: 调度方案, issued: 2022-01-01}
cycle: 2022
groups:
  counties: {title: 旗区, units: [单位U2, 单位U3]}
  border: {title: 边境旗区, units: [单位U3]}
obligations:
  monthly:
    title: 月度调度
    duty: 每月填报项目、指标和测评
    owed_by: member-units
    due: {every: "FREQ=MONTHLY;BYMONTHDAY=10", from: 01-01, to: 03-end}
    form:
      partner: {label: 配合单位, type: unit, required: true}
      projects:
        label: 重点项目
        type: table
        at_least: 1
        at_most: 40
        columns:
          title: {label: 项目名称, required: true}
          unit: {label: 责任单位, type: unit}
          due: {label: 完成时限, type: date, required: true}
          stage: {label: 进度, type: choice, options: [在办, 办结]}
          money: {label: 投资, type: decimal}
          id: {label: 件数, type: integer}
      started: {label: 开工日期, type: date}
      ended: {label: 竣工日期, type: date, not_before: started}
      reported: {label: 公示日期, type: date, not_after: ended}
      votes: {label: 参评人数, type: integer, required: true}
      excellent: {label: 优, type: integer}
      good: {label: 良, type: integer}
      plan: {label: 工作方案, type: file, accepts: [docx, pdf]}
    adds_up: [{total: votes, parts: [excellent, good]}]
    targets:
      signed: {label: 签约项目, value: 300, unit: 个, over: cycle, clause: 三（二）1}
      invested: {label: 完成投资额, value: damaged, unit: 亿元}
      solved: {label: 办结率, comparator: above, value: 95, unit: "%"}
    criteria:
      work: {title: 任务完成, weight: 60, weights: {counties: 70, border: 90}}
      idea: {title: 机制创新, weight: 40, weights: {counties: 30, border: 10}}
    sign_off: [{by: unit-head}]
"""

ROW = {"title": "供热管网", "unit": "单位U1", "due": "2022-06-30", "stage": "在办", "money": "12000.50", "id": 3}
CONTENT: Mapping[str, object] = {
    "partner": "单位U2",
    "projects": [ROW],
    "started": "2022-01-01",
    "ended": "2022-03-01",
    "reported": "2022-02-01",
    "votes": 30,
    "excellent": 20,
    "good": 10,
    "signed": "120",
    "invested": "1.5",
    "solved": "95",
    "work": 90,
    "idea": 85,
}


def asking() -> Pinned:
    """The programme."""
    return library.parse(TEXT.encode(), name="asking.yaml")


def obligation() -> Obligation:
    """The one thing it asks."""
    return asking().definition.obligations[MONTHLY]


def roster(units: int = 3) -> Roster:
    """Units U1 … named 单位U1 …; U2 and U3 are counties, U3 of the border too."""
    return small_roster(units=units)


def launched(url: str) -> World:
    """The programme launched on a fresh database."""
    return World.launched(url, now=NOW, pinned=asking(), roster=roster())


def number(world: World, unit: str = "U1", occurrence: str = "2022-01") -> int:
    """The id of a unit's submission for a month."""
    with world.store.read() as session:
        found = select(Submission.id).where(Submission.unit == unit, Submission.occurrence == occurrence)
        one = session.exec(found).one()
        assert one is not None
        return one


def save(world: World, one: int, given: Mapping[str, object] = CONTENT) -> Submission:
    """Keep a draft."""
    with world.act(NOW) as act:
        return submissions.save(act, one, given, if_version=None)

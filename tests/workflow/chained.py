"""A programme with everything that follows: talks, reports, rectifications, problems row by row, secret inspections."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from tests.workflow.small import small_roster
from tests.workflow.world import OFFICE, World, local
from workflow import followups, library, submissions
from workflow.acts import Actor
from workflow.definition import Event
from workflow.library import Pinned
from workflow.roster import Roster, UnitRow
from workflow.tables import Deadline, History, Submission

KEY = "chained-2022"
LAUNCHED = local("2022-03-01 09:00")
MONDAY = local("2022-03-07 10:00")
INSPECTOR = Actor("督查员", "inspector")

TEXT = """\
programme: chained
title: 连环方案
source: {document: 连环方案, issued: 2022-02-01}
cycle: 2022
posts: {mayor: 市长, deputy: 甲副市长}
groups:
  counties: {title: 县区}
bodies:
  patrol: {title: 督查组, led_by: mayor, contact: deputy}
findings: {false-data: {title: 数据弄虚作假}, problem: {title: 发现问题}, model: {title: 经验做法}}
obligations:
  node:
    title: 节点任务
    owed_by: member-units
    due: 03-31
    with: [单位U4]
    form: {text: {label: 进展, type: paragraph, required: true}}
    ladder: units
  warning-talk:
    title: 警示约谈
    owed_by: office
    opened_by: [{event: light-red}]
    due: {opened: +5wd}
    form: {outcome: {label: 结论, type: choice, required: true, options: [不需整改, 需整改]}}
    ladder: own
  written-report:
    title: 书面报告
    owed_by: concerned
    opened_by: [{event: filed, of: [warning-talk], if: {field: outcome, is: 需整改}}]
    due: {opened: +10wd}
    form: {rectify-by: {label: 整改完成日期, type: date, required: true}}
    ladder: units
  rectification:
    title: 限期整改
    owed_by: concerned
    opened_by: [{event: filed, of: [written-report]}]
    due: {field: rectify-by, until: "17:30"}
    form: {done: {label: 整改情况, type: paragraph, required: true}}
    ladder: units
  correction:
    title: 问题改正
    owed_by: concerned
    opened_by: [{event: finding, kind: problem}]
    due: {opened: +10wd}
    form: {done: {label: 改正情况, type: paragraph, required: true}}
    ladder: units
  referral:
    title: 移交处理
    owed_by: office
    opened_by: [{event: finding, kind: false-data}]
    due: {opened: +3wd}
    form: {facts: {label: 事实, type: paragraph, required: true}}
    visibility: hidden
    ladder: own
  lesson:
    title: 学习借鉴
    owed_by: member-units
    opened_by: [{event: finding, kind: model}]
    due: {opened: +10d}
    form: {text: {label: 体会, type: paragraph, required: true}}
  problem-list:
    title: 问题清单
    owed_by: office
    due: 04-20
    form:
      problems:
        label: 问题
        type: table
        required: true
        columns:
          unit: {label: 单位, type: unit, required: true}
          what: {label: 问题, type: text, required: true}
          due: {label: 时限, type: date}
  problem:
    title: 问题办理
    owed_by: concerned
    opened_by: [{event: filed, of: [problem-list], rows: {field: problems, unit: unit, due: due, title: what}}]
    due: {opened: +5wd}
    form: {result: {label: 结果, type: paragraph, required: true}}
    ladder: units
  praise:
    title: 通报表扬
    owed_by: office
    opened_by: [{event: filed, of: [problem-list], rows: {field: problems, unit: unit, title: what}}]
    due: {opened: +20wd}
    form: {text: {label: 通报, type: paragraph, required: true}}
  inspection:
    title: 四不两直督查
    owed_by: patrol
    due: {by_hand: true}
    with: [counties]
    form: {seen: {label: 情况, type: paragraph, required: true}}
    visibility: hidden
    ladder: own
  planned-inspection:
    title: 定期暗访
    owed_by: {subjects: member-units, by: patrol}
    due: 05-20
    opens: -3wd
    form: {seen: {label: 情况, type: paragraph, required: true}}
    visibility: hidden
    ladder: own
  open-review:
    title: 现场评议
    owed_by: {subjects: member-units, by: office}
    due: 06-20
    form: {mark: {label: 得分, type: integer, required: true}}
    ladder: reviewed
  call-up:
    title: 专题汇报
    owed_by: member-units
    due: {by_hand: true, until: "12:00"}
    form: {text: {label: 汇报, type: paragraph, required: true}}
    ladder: units
ladders:
  units:
    - {at: -3wd 09:00, to: [liaison]}
    - {at: due, to: [owner], say: overdue}
    - {at: +1wd 09:00, to: [owner, cooperating], say: escalation, light: red}
  own:
    - {at: -1wd 09:00, to: [owner]}
    - {at: due, to: [owner], say: overdue}
    - {at: +2wd 09:00, to: [owner], say: escalation, light: red}
  reviewed:
    - {at: -1wd 09:00, to: [owner, subject], say: notice}
"""


def chained(text: str = TEXT) -> Pinned:
    """The programme, or one with another text."""
    return library.parse(text.encode(), name="chained.yaml")


def roster(units: int = 5) -> Roster:
    """Units U1, U2 …; the last one is a county."""
    made = small_roster(units=units)
    county = made.units[-1]
    rows = (*made.units[:-1], UnitRow(county.code, county.name, county.category, (*county.groups, "县区")))
    return replace(made, units=rows)


def launched(url: str, *, text: str = TEXT, units: int = 5, now: datetime = LAUNCHED) -> World:
    """The programme launched for these units."""
    return World.launched(url, now=now, pinned=chained(text), roster=roster(units))


class Chain:
    """Short ways to let things happen in a launched world, and to see what came of it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def raise_(
        self,
        event: Event,
        *ids: int,
        now: datetime = MONDAY,
        kind: str | None = None,
        comment: str = "",
    ) -> int:
        """An event on these submissions."""
        with self.world.act(now) as act:
            return followups.happened(act, 1, event, ids, kind=kind, comment=comment)

    def write(self, number: int, fields: dict[str, Any], *, now: datetime = MONDAY) -> None:
        """Fill in, without handing in."""
        with self.world.act(now) as act:
            submissions.save(act, number, fields, if_version=None)

    def file(self, number: int, fields: dict[str, Any], *, now: datetime = MONDAY, actor: Actor = OFFICE) -> None:
        """Fill in and hand in."""
        with self.world.act(now, actor) as act:
            submissions.save(act, number, fields, if_version=None)
            submissions.submit(act, number)

    def reopen(self, number: int, *, now: datetime = MONDAY) -> None:
        """Put it back."""
        with self.world.act(now) as act:
            submissions.reopen(act, number, comment="重新核对")

    def all(self, obligation: str) -> list[Submission]:
        """Every submission of an obligation, oldest first."""
        with self.world.store.read() as session:
            found = select(Submission).where(Submission.obligation == obligation).order_by(col(Submission.id))
            return list(session.exec(found))

    def only(self, obligation: str) -> Submission:
        """The one submission of an obligation."""
        (found,) = self.all(obligation)
        return found

    def id_of(self, obligation: str, unit: str = "", subject: str = "") -> int:
        """The number of a submission, by its owner or by whom it is about."""
        for row in self.all(obligation):
            if unit in ("", row.unit) and subject in ("", row.subject):
                return row.id or 0
        raise AssertionError(f"no {obligation} of {unit or subject}")

    def deadlines(self, obligation: str) -> list[Deadline]:
        """The deadlines of an obligation, oldest first."""
        with self.world.store.read() as session:
            found = select(Deadline).where(Deadline.obligation == obligation).order_by(col(Deadline.id))
            return list(session.exec(found))

    def first_entry(self, row: Submission) -> History:
        """How a submission came to be."""
        with self.world.store.read() as session:
            found = select(History).where(History.submission_id == row.id, History.seq == 1)
            return session.exec(found).one()


def day(text: str) -> date:
    """A day as ISO text."""
    return date.fromisoformat(text)

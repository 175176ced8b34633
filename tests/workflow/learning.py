"""A programme with a list of what is being learned, filed in every way there is, at the end of its cycle."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

from tests.workflow.small import small_roster
from tests.workflow.world import World, local
from workflow import library, rollovers, submissions
from workflow.acts import Act
from workflow.library import Pinned
from workflow.rollovers import RolloverPlan
from workflow.tables import Content, Programme, Submission

KEY = "learning-2022"
NOW, NEXT = local("2022-02-01 09:00"), local("2022-12-20 09:00")
TEXT = """\
programme: learning
title: 对标学习
source: {document: 对标学习方案, issued: 2022-01-20}
cycle: 2022
obligations:
  list:
    title: 学习清单
    owed_by: member-units
    due: 03-10
    form:
      items:
        label: 学习内容
        type: table
        columns:
          what: {label: 内容, required: true}
          status: {label: 状态, type: choice, options: [学习中, 已学有所成, 中止]}
          share: {label: 进度, type: integer}
          level: {label: 难度, type: choice, options: [高, 低]}
      remark: {label: 备注, type: paragraph}
rollover: {obligation: list, field: items, status: status, keep: [学习中], archive: [已学有所成]}
"""


def row(what: str, status: str, share: int = 10) -> dict[str, Any]:
    return {"what": what, "status": status, "share": share, "level": "高"}


A, B, C, D = row("甲", "学习中"), row("乙", "已学有所成", 100), row("丙", "中止"), row("丁", "学习中", 40)


def definition(*changes: tuple[str, str], cycle: int = 2023) -> Pinned:
    """The definition with pieces of its text replaced."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return library.parse(text.encode(), name="learning.yaml", cycle=cycle)


def launched(url: str, pinned: Pinned | None = None) -> World:
    world = World.launched(url, now=NOW, pinned=pinned or definition(cycle=2022), roster=small_roster(units=4))
    with world.act(NOW) as act:
        save(act, world.id_of("U1", "list"), [A, B, C, D])
        submissions.submit(act, world.id_of("U1", "list"))
        save(act, world.id_of("U2", "list"), [A])
        save(act, world.id_of("U4", "list"), [B, D])
        submissions.submit(act, world.id_of("U4", "list"))
        submissions.return_filing(act, world.id_of("U4", "list"), comment="请补充")
        save(act, world.id_of("U4", "list"), [A, A, A])
    return world


def save(act: Act, number: int, rows: list[dict[str, Any]]) -> None:
    submissions.save(act, number, {"items": rows, "remark": "说明"}, if_version=None)


def plan(world: World, newer: Pinned | None = None, *, cycle: int = 2023) -> RolloverPlan:
    with world.look(NEXT) as act:
        return rollovers.plan(act, KEY, cycle, newer=newer)


def roll(world: World, newer: Pinned | None = None, *, cycle: int = 2023) -> Programme:
    with world.act(NEXT) as act:
        return rollovers.apply(act, KEY, cycle, newer=newer)


def drafts(world: World, programme: Programme) -> dict[str, tuple[str, int, list[dict[str, Any]] | None]]:
    """By unit: state, content version, and the items of that version."""
    with world.store.read() as session:
        found = session.exec(select(Submission).where(Submission.programme_id == programme.id)).all()
        contents = {one.id: session.get(Content, (one.id, one.content_version)) for one in found}
    kept = {number: content.fields.get("items") if content else None for number, content in contents.items()}
    return {one.unit: (one.state, one.content_version, kept[one.id]) for one in found}

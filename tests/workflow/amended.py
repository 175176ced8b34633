"""Amended definitions for tests: the text of a running programme with a few words changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import lru_cache

import pytest
from sqlmodel import col, select

from notifier.channels import open_channels
from notifier.deliveries import Mailroom
from tests.workflow.small import small_roster
from tests.workflow.world import DEFINITION, OFFICE, World, local
from workflow import amendments, clock, library
from workflow.amendments import Amendment
from workflow.library import Pinned
from workflow.tables import Deadline, MessageItem, RungRow, Submission

NOW = local("2022-02-01 10:00")
UNITS = 6

#: A programme with what Ordos 2022 has not got: several dates, occurrences that open later, groups of its own.
TEXT = """\
programme: amendable
title: 小方案
source: {document: 小方案, issued: 2022-02-01}
cycle: 2022
posts: {mayor: 市长}
groups:
  few: [单位U1, 单位U2]
obligations:
  plan:
    title: 报送方案
    owed_by: member-units
    due: 03-10
    form:
      text: {label: 方案, type: paragraph, required: true}
      count: {label: 数量, type: integer}
    sign_off: [{by: supervising-leader}]
    ladder: only
  visit:
    title: 走访企业
    owed_by: few
    due: 04-20
    form: {text: {label: 情况, type: paragraph, required: true}}
    ladder: only
  report:
    title: 季报
    owed_by: member-units
    due: [{on: 06-30, key: second}, {on: 09-30, key: third}]
    opens: -20d
    form: {text: {label: 情况, type: paragraph, required: true}}
    ladder: only
ladders:
  only:
    - {at: -3wd 09:00, to: [liaison]}
    - {at: -1wd 09:00, to: [liaison, unit-head]}
    - {at: due, to: [liaison], say: overdue}
    - {at: +2wd 09:00, to: [unit-head], say: escalation, light: red}
    - {pending_for: 1wd, to: [approver], every: 1wd, at_most: 2}
"""


@lru_cache(maxsize=1)
def running() -> Pinned:
    """The programme as it is launched."""
    return library.parse(TEXT.encode(), name="running.yaml")


@lru_cache(maxsize=64)
def small_reworded(*changes: tuple[str, str]) -> Pinned:
    """The same with each of these words changed, which stand in it once."""
    return _reworded(TEXT, changes)


@lru_cache(maxsize=64)
def ordos_reworded(obligation: str, before: str, after: str) -> Pinned:
    """The Ordos definition with words of one obligation changed, the first time they stand in it."""
    text = DEFINITION.read_text(encoding="utf-8")
    head, mark, tail = text.partition(f"\n  {obligation}:\n")
    assert mark and before in tail
    return library.parse((head + mark + tail.replace(before, after, 1)).encode(), name="amended.yaml", cycle=2022)


def _reworded(text: str, changes: tuple[tuple[str, str], ...]) -> Pinned:
    for before, after in changes:
        assert text.count(before) == 1, f"{before} stands {text.count(before)} times"
        text = text.replace(before, after)
    return library.parse(text.encode(), name="amended.yaml")


@pytest.fixture
def amendable(database_url: str) -> Iterator[World]:
    """The small programme launched for six units under one leader, on each kind of database in turn."""
    roster = small_roster(units=UNITS, leaders=1)
    with closing(World.launched(database_url, now=NOW, pinned=running(), roster=roster)) as world:
        yield world


def amend(
    world: World, pinned: Pinned, *, now: datetime, comment: str = "", confirm_earlier: bool = False
) -> Amendment:
    """Amend the world's programme at ``now``."""
    with world.act(now) as act:
        return amendments.apply(act, world.key, pinned, comment=comment, confirm_earlier=confirm_earlier)


def planned(world: World, pinned: Pinned, *, now: datetime) -> Amendment:
    """What amending would do; nothing is written by asking."""
    before = world.dump()
    with world.look(now, OFFICE) as act:
        found = amendments.plan(act, world.key, pinned)
    assert world.dump() == before
    return found


def advance(world: World, target: datetime) -> None:
    """Move the clock, sending into the rehearsal's outbox what is ready on the way."""
    room = Mailroom(world.store, open_channels(None, None, []), world.links, "http://localhost", rehearsal=True)
    clock.advance(world.store, target, world.links, deliver=room.deliver)


def rows(world: World, obligation: str, *, occurrence: str | None = None) -> dict[str, Submission]:
    """The submissions of an obligation by unit; of one occurrence where it has several."""
    wanted = [Submission.obligation == obligation]
    wanted += [Submission.occurrence == occurrence] if occurrence else []
    with world.store.read() as session:
        return {row.unit: row for row in session.exec(select(Submission).where(*wanted).order_by(col(Submission.id)))}


def schedules_of(world: World, obligation: str) -> list[Deadline]:
    """The deadlines of everybody for an obligation, oldest schedule first."""
    with world.store.read() as session:
        found = select(Deadline).where(Deadline.obligation == obligation, col(Deadline.submission_id).is_(None))
        return list(session.exec(found.order_by(col(Deadline.due_at), col(Deadline.schedule_version))))


def rungs_of(world: World, deadline_id: int) -> list[tuple[int, bool]]:
    """The rungs of a deadline: place in the ladder, and whether it will still fire."""
    with world.store.read() as session:
        found = select(RungRow).where(RungRow.deadline_id == deadline_id).order_by(col(RungRow.position))
        return [(one.position, one.fired_at is None) for one in session.exec(found)]


def heard(world: World, reason: str) -> list[tuple[str, int]]:
    """Everybody who was told something for a reason and is not spared it, with the submission."""
    with world.store.read() as session:
        items = session.exec(select(MessageItem).where(col(MessageItem.dropped).is_(None)))
        return sorted((one.person, one.submission_id) for one in items if one.reason.partition(":")[0] == reason)

"""Journeys and listed works of the Shanxi definition, lived through: what is filed opens what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import pytest
from sqlmodel import select

from tests.definitions.test_shanxi import LAUNCH, PINNED, ROSTER
from tests.workflow.world import World, local
from workflow import by_hand, submissions
from workflow.refusals import ContentIncomplete
from workflow.tables import Submission


@pytest.fixture
def taiyuan(sqlite_url: str) -> Iterator[World]:
    """The programme launched on a store of its own."""
    with closing(World.launched(sqlite_url, now=LAUNCH, pinned=PINNED, roster=ROSTER, cycle=2019)) as launched:
        yield launched


def of_obligation(world: World, obligation: str) -> list[Submission]:
    with world.store.read() as session:
        return list(session.exec(select(Submission).where(Submission.obligation == obligation)))


def test_a_journey_is_recorded_when_there_is_one_and_its_lessons_are_handed_out(taiyuan: World) -> None:
    now = local("2019-03-04 10:00")
    taiyuan.advance(now)
    assert of_obligation(taiyuan, "study-trip") == []
    site = {"place": "安徽省合肥市", "site": "科学中心", "day": "2019-02-27", "learned": "成果转化机制"}
    with taiyuan.act(now) as act:
        [trip] = by_hand.open_now(act, taiyuan.key, "study-trip", due=date(2019, 3, 8), comment="考察团已返回")
        assert trip.id is not None
        values = {"left": "2019-02-26", "back": "2019-02-28", "sites": [site]}
        submissions.save(act, trip.id, values, if_version=None)
        submissions.submit(act, trip.id)
        caused_by = trip.id
    [lessons] = of_obligation(taiyuan, "trip-follow-up")
    # Ten working days after Monday, March 4.
    assert (lessons.unit, str(lessons.due_date), lessons.cause_id) == ("OFFICE", "2019-03-18", caused_by)


def test_each_of_a_hundred_works_is_watched_by_itself_and_fewer_are_not_a_ledger(taiyuan: World) -> None:
    now = local("2019-03-04 10:00")
    taiyuan.advance(now)
    works = [
        {
            "no": str(number), "work": f"工程{number}", "unit": "市住房和城乡建设局", "person": "分管副局长",
            "target": "主体完工", "done-by": str(date(2019, 6, 1) + timedelta(days=number)),
        }
        for number in range(1, 101)
    ]  # fmt: skip
    [ledger] = of_obligation(taiyuan, "works-ledger")
    assert ledger.id is not None
    with taiyuan.refusing(ContentIncomplete), taiyuan.act(now) as act:
        submissions.save(act, ledger.id, {"works": works[:99]}, if_version=None)
        submissions.submit(act, ledger.id)
    with taiyuan.act(now) as act:
        submissions.save(act, ledger.id, {"works": works}, if_version=None)
        submissions.submit(act, ledger.id)
    assert of_obligation(taiyuan, "listed-work") == []
    taiyuan.sign("OFFICE", "works-ledger", now=now)
    items = of_obligation(taiyuan, "listed-work")
    assert len(items) == 100 and {row.unit for row in items} == {"ZJJ"}
    assert {(row.heading, str(row.due_date)) for row in items} == {(row["work"], row["done-by"]) for row in works}

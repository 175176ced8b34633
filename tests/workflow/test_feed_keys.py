"""Subscription addresses: who may make and end them, and that only a hash of one is kept."""

from __future__ import annotations

import pytest

from tests.workflow.world import LAUNCH, OFFICE, World
from workflow import feed_keys
from workflow.acts import Actor
from workflow.feed_keys import Made
from workflow.refusals import FeedRefused, Forbidden, NotFound

UNIT, FOREIGN = "JYTYJ", "KJJ"
LEADER = "fsz-jiaoyu"
LIAISON = Actor("市教育体育局联络员", "unit", UNIT)
INSPECTOR = Actor("督查室", "inspector")


def made(world: World, *, unit: str = "", person: str = "", actor: Actor = OFFICE) -> Made:
    with world.act(LAUNCH, actor) as act:
        return feed_keys.make(act, unit=unit, person=person)


def opens(world: World, key: str) -> bool:
    with world.look() as act:
        return feed_keys.reader(act, key) is not None


def test_an_address_opens_one_calendar_until_it_is_revoked(world: World) -> None:
    of_unit, of_leader = made(world, unit=UNIT, actor=LIAISON), made(world, person=LEADER)
    with world.look() as act:
        assert feed_keys.reader(act, of_unit.key) == feed_keys.Reader(UNIT, "", "市教育体育局")
        found = feed_keys.reader(act, of_leader.key)
        assert found == feed_keys.Reader("", LEADER, "副市长（分管教育和卫生健康）")
    assert of_unit.key not in repr(world.dump()) and of_leader.key not in repr(world.dump())
    with world.act(LAUNCH, LIAISON) as act:
        feed_keys.revoke(act, of_unit.line.id)
    assert not opens(world, of_unit.key) and opens(world, of_leader.key)


def test_a_unit_sees_and_ends_only_its_own(sqlite_world: World) -> None:
    own, other = made(sqlite_world, unit=UNIT), made(sqlite_world, unit=FOREIGN)
    with sqlite_world.look(actor=LIAISON) as act:
        assert [one.id for one in feed_keys.listed(act).items] == [own.line.id]
    with sqlite_world.refusing(NotFound), sqlite_world.act(LAUNCH, LIAISON) as act:
        feed_keys.revoke(act, other.line.id)
    for unit, person in ((FOREIGN, ""), ("", LEADER), ("", "")):
        with sqlite_world.refusing(Forbidden):
            made(sqlite_world, actor=LIAISON, unit=unit, person=person)


def test_an_inspector_reads_the_list_and_changes_nothing(sqlite_world: World) -> None:
    number = made(sqlite_world, unit=UNIT).line.id
    with sqlite_world.look(actor=INSPECTOR) as act:
        assert feed_keys.listed(act, text="教育").total == 1
    with sqlite_world.refusing(Forbidden), sqlite_world.act(LAUNCH, INSPECTOR) as act:
        feed_keys.revoke(act, number)
    with sqlite_world.refusing(Forbidden):
        made(sqlite_world, unit=UNIT, actor=INSPECTOR)


@pytest.mark.parametrize(("unit", "person"), [("", ""), (UNIT, LEADER), ("没有", ""), ("", "nobody")])
def test_an_address_is_of_one_unit_or_one_person_of_the_roster(sqlite_world: World, unit: str, person: str) -> None:
    with sqlite_world.refusing(FeedRefused):
        made(sqlite_world, unit=unit, person=person)


def test_nobody_has_more_addresses_than_devices(sqlite_world: World) -> None:
    numbers = [made(sqlite_world, unit=UNIT).line.id for _ in range(feed_keys.MOST_OF_ONE)]
    with sqlite_world.refusing(FeedRefused):
        made(sqlite_world, unit=UNIT)
    with sqlite_world.act(LAUNCH) as act:
        feed_keys.revoke(act, numbers[0])
    assert made(sqlite_world, unit=UNIT).key
    with sqlite_world.look(actor=OFFICE) as act:
        first = feed_keys.listed(act, limit=6)
        second = feed_keys.listed(act, limit=6, cursor=first.next)
    assert (first.total, len(first.items), len(second.items), second.next) == (10, 6, 4, None)


def test_what_is_revoked_already_is_not_found(sqlite_world: World) -> None:
    number = made(sqlite_world, unit=UNIT).line.id
    with sqlite_world.act(LAUNCH) as act:
        feed_keys.revoke(act, number)
    for gone in (number, 77):
        with sqlite_world.refusing(NotFound), sqlite_world.act(LAUNCH) as act:
            feed_keys.revoke(act, gone)

"""History: an entry for each change of state, chained so that tampering is found."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import text

from tests.workflow.chains import broken_chains
from tests.workflow.world import World, local
from workflow import ledger, submissions
from workflow.ledger import Entry

NOW, LATE = local("2022-01-04 10:00"), local("2022-01-05 10:00")


def a_long_story(world: World) -> None:
    """One submission through nearly everything."""
    number = world.id_of("KJJ")
    world.hand_in("KJJ", now=NOW)
    with world.act(NOW) as act:
        submissions.urge(act, number, comment="请尽快")
        submissions.withdraw(act, number)
    world.hand_in("KJJ", now=NOW, said="乙")
    world.sign("KJJ", now=NOW, choice="return")
    world.sweep(local("2022-01-05 00:00:07"))
    with world.act(LATE) as act:
        submissions.extend(act, number, until=date(2022, 1, 6), comment="疫情")
    world.sweep(local("2022-01-07"))
    world.file("KJJ", now=local("2022-01-07 10:00"))
    with world.act(local("2022-01-08 10:00")) as act:
        submissions.reopen(act, number, comment="内容有误")
        submissions.exempt(act, number, comment="不再承担")


def test_every_change_of_state_has_its_entry(world: World) -> None:
    a_long_story(world)
    told = [(entry.event, entry.dest) for entry in world.history("KJJ")]
    assert told == [
        ("launch", "draft"), ("edit", "draft"), ("submit", "pending"), ("urge", "pending"), ("withdraw", "draft"),
        ("edit", "draft"), ("submit", "pending"), ("return", "draft"), ("lapse", "overdue-draft"), ("extend", "draft"),
        ("light", "draft"), ("lapse", "overdue-draft"), ("edit", "overdue-draft"), ("submit", "overdue-pending"),
        ("approve", "filed"), ("reopen", "overdue-draft"), ("exempt", "exempt"), ("light", "exempt"),
    ]  # fmt: skip
    entries = world.history("KJJ")
    assert [one.seq for one in entries] == [*range(1, len(entries) + 1)]
    assert all(before.dest == after.source for before, after in pairwise(entries))
    assert all(before.noticed_at <= after.noticed_at for before, after in pairwise(entries))
    assert world.submission("KJJ").head == entries[-1].hash


def test_an_undisturbed_chain_verifies(world: World) -> None:
    a_long_story(world)
    world.sweep(local("2022-03-01"))
    assert world.broken_chains() == []


TAMPERED = [
    "UPDATE history SET comment = '伪造' WHERE seq = 4",
    "UPDATE history SET actor = '他人' WHERE seq = 8",
    "UPDATE history SET at = noticed_at WHERE event = 'lapse'",
    "UPDATE history SET noticed_at = '2022-01-01 00:00:00' WHERE seq = 3",
    "UPDATE history SET facts = '{\"until\": \"2022-01-09\"}' WHERE event = 'extend'",
    "UPDATE history SET dest = 'filed' WHERE seq = 5",
    "UPDATE history SET event = 'approve' WHERE event = 'withdraw'",
    "DELETE FROM history WHERE seq = 6",
    "DELETE FROM history WHERE seq = 18",
    "UPDATE history SET seq = 99 WHERE seq = 7",
    "UPDATE submission SET head = '' WHERE history_seq = 18",
    "UPDATE submission SET standing = 'filed' WHERE history_seq = 18",
]


def test_tampering_is_found_by_reckoning_again(sqlite_world: World, subtests: pytest.Subtests) -> None:
    a_long_story(sqlite_world)
    number = sqlite_world.id_of("KJJ")
    for statement in TAMPERED:
        which = "id" if statement.startswith("UPDATE submission") else "submission_id"
        with subtests.test(statement), sqlite_world.store.write() as session:
            tampering = session.begin_nested()
            assert session.execute(text(f"{statement} AND {which} = {number}")).rowcount >= 1  # type: ignore[attr-defined]
            assert broken_chains(session) != []
            tampering.rollback()
            assert broken_chains(session) == []


def test_the_hash_of_an_entry_does_not_depend_on_the_zone_it_was_written_in() -> None:
    here = Entry("submit", NOW, NOW, "联络员", "", {"乙": 1, "甲": [2]})
    utc = Entry("submit", NOW.astimezone(), NOW.astimezone(), "联络员", "", {"甲": [2], "乙": 1})
    assert ledger.chained("x", 1, 2, here, "draft", "pending") == ledger.chained("x", 1, 2, utc, "draft", "pending")
    assert ledger.chained("y", 1, 2, here, "draft", "pending") != ledger.chained("x", 1, 2, here, "draft", "pending")

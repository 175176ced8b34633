"""The next cycle: what is still being learned is kept, what is learned archived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest
from sqlmodel import col, select

from tests.workflow.learning import KEY, NEXT, NOW, A, B, C, D, definition, drafts, launched, plan, roll, save
from tests.workflow.small import small_roster
from tests.workflow.world import World, local
from workflow import ledger, posts, rollovers, submissions
from workflow.inheritance import CARRIED_OVER
from workflow.tables import Carried, Deadline, Programme, Submission


@pytest.fixture
def learning(database_url: str) -> Iterator[World]:
    """Four units: one has filed four items, one a draft, one nothing, one has been given its list back."""
    with closing(launched(database_url)) as world:
        yield world


@pytest.fixture
def one(sqlite_url: str) -> Iterator[World]:
    """The same where the database does not matter."""
    with closing(launched(sqlite_url)) as world:
        yield world


def test_what_is_being_learned_becomes_the_draft_of_the_next_cycle(learning: World) -> None:
    programme = roll(learning)
    assert (programme.key, programme.cycle) == ("learning-2023", 2023)
    assert drafts(learning, programme) == {
        "U1": ("draft", 1, [A, D]),
        "U2": ("draft", 0, None),
        "U3": ("draft", 0, None),
        "U4": ("draft", 1, [D]),
    }
    assert not learning.broken_chains()


def test_history_says_that_it_was_carried_over(learning: World) -> None:
    programme = roll(learning)
    with learning.look(NEXT) as act:
        number = act.session.exec(
            select(Submission.id).where(Submission.programme_id == programme.id, Submission.unit == "U1")
        ).one()
        entries = ledger.history_of(act.session, number or 0)
    assert [(one.event, one.comment) for one in entries] == [("launch", ""), ("edit", CARRIED_OVER)]
    assert entries[1].facts["carried_from"] == source_of(learning, "U1")
    assert CARRIED_OVER == "上年度结转"


def source_of(world: World, unit: str) -> int:
    with world.store.read() as session:
        found = select(Submission.id).join(Programme, col(Programme.id) == col(Submission.programme_id))
        return session.exec(found.where(Programme.key == KEY, Submission.unit == unit)).one() or 0


def test_what_was_carried_over_can_be_changed_and_filed(learning: World) -> None:
    programme = roll(learning)
    with learning.act(NEXT) as act:
        mine = select(Submission.id).where(Submission.programme_id == programme.id, Submission.unit == "U1")
        number = act.session.exec(mine).one() or 0
        submissions.save(act, number, {"items": [A, {**D, "status": "已学有所成"}]}, if_version=1)
        submissions.submit(act, number)
    assert drafts(learning, programme)["U1"][0:2] == ("filed", 2)


def test_what_is_learned_is_archived_with_its_cycle(learning: World) -> None:
    roll(learning)
    with learning.look(NEXT) as act:
        this, following = rollovers.archived(act, KEY), rollovers.archived(act, "learning-2023")
    assert this == following
    assert [(one.unit, one.unit_name, one.cycle, one.values) for one in this.rows] == [
        ("U1", "单位U1", 2022, B),
        ("U4", "单位U4", 2022, B),
    ]
    assert this.columns == (("what", "内容"), ("status", "状态"), ("share", "进度"), ("level", "难度"))


def test_the_archive_grows_from_cycle_to_cycle(learning: World) -> None:
    programme = roll(learning)
    with learning.act(NEXT) as act:
        mine = select(Submission.id).where(Submission.programme_id == programme.id, Submission.unit == "U4")
        number = act.session.exec(mine).one() or 0
        submissions.save(act, number, {"items": [{**D, "status": "已学有所成"}]}, if_version=None)
        submissions.submit(act, number)
        rollovers.apply(act, "learning-2023", 2024)
        found = {key: rollovers.archived(act, key).rows for key in (KEY, "learning-2023", "learning-2024")}
    assert [(one.unit, one.cycle) for one in found["learning-2023"]] == [("U1", 2022), ("U4", 2022), ("U4", 2023)]
    assert found["learning-2024"] == found["learning-2023"]
    assert [one.cycle for one in found[KEY]] == [2022, 2022]


def test_the_preview_lists_what_stays_behind(one: World) -> None:
    before = one.dump()
    planned = plan(one)
    assert one.dump() == before
    first, last = planned.inherited
    assert (first.unit, first.kept, first.archived, first.other) == ("U1", (A, D), (B,), (C,))
    assert (last.unit, last.kept, last.archived, last.other) == ("U4", (D,), (B,), ())
    assert planned.without == ("U2", "U3")
    assert planned.wrong == planned.launch.wrong == ()
    assert planned.launch.submissions == 4


def test_what_was_filed_counts_also_after_it_was_given_back(one: World) -> None:
    assert [item.kept for item in plan(one).inherited if item.unit == "U4"] == [(D,)]


def test_a_newer_definition_moves_the_dates(learning: World) -> None:
    programme = roll(learning, definition(("due: 03-10", "due: 04-20")))
    with learning.store.read() as session:
        deadline = session.exec(select(Deadline).where(Deadline.programme_id == programme.id)).one()
    assert deadline.due_date == date(2023, 4, 20)
    assert drafts(learning, programme)["U1"] == ("draft", 1, [A, D])


def test_rows_wait_for_an_obligation_that_opens_later(learning: World) -> None:
    programme = roll(learning, definition(("due: 03-10", "due: 03-10\n    opens: -10d")))
    assert drafts(learning, programme) == {}
    learning.sweep(local("2023-02-27 09:00"))
    assert drafts(learning, programme) == {}
    learning.sweep(local("2023-02-28 09:00"))
    assert drafts(learning, programme)["U1"] == ("draft", 1, [A, D])
    with learning.store.read() as session:
        waiting = select(Carried.unit).where(col(Carried.submission_id).is_(None))
        assert session.exec(waiting).all() == []
    assert not learning.broken_chains()


def test_where_it_recurs_the_first_occurrence_takes_the_rows(learning: World) -> None:
    programme = roll(learning, definition(("due: 03-10", "due: [03-10, 09-10]")))
    with learning.store.read() as session:
        found = select(Submission.occurrence, Submission.content_version).where(
            Submission.programme_id == programme.id, Submission.unit == "U1"
        )
        assert sorted(session.exec(found).all()) == [("2023-03", 1), ("2023-09", 0)]


def test_the_newest_filed_of_several_occurrences_counts(sqlite_url: str) -> None:
    several = definition(("due: 03-10", "due: [03-10, 09-10]"), cycle=2022)
    with closing(World.launched(sqlite_url, now=NOW, pinned=several, roster=small_roster(units=1))) as world:
        with world.act(NOW) as act:
            for occurrence, rows in (("2022-09", [D]), ("2022-03", [A, B])):
                number = act.session.exec(select(Submission.id).where(Submission.occurrence == occurrence)).one() or 0
                save(act, number, rows)
                submissions.submit(act, number)
        (found,) = plan(world).inherited
        assert (found.kept, found.archived) == ((D,), ())


def test_a_unit_that_left_the_group_is_named_and_its_rows_wait(one: World) -> None:
    roster = small_roster(units=4)
    units = tuple(
        unit if unit.code != "U1" else type(unit)(unit.code, unit.name, unit.category) for unit in roster.units
    )
    with one.act(NEXT) as act:
        posts.import_roster(act.session, type(roster)(units, roster.people, roster.posts, roster.supervision))
    assert [item.placed for item in plan(one).inherited] == [False, True]
    assert "U1" not in drafts(one, roll(one))


def test_a_column_that_nothing_kept_has_may_go(one: World) -> None:
    with one.act(NOW) as act:
        for unit in ("U1", "U4"):
            if unit == "U1":
                submissions.return_filing(act, one.id_of(unit, "list"), comment="请补充")
            save(act, one.id_of(unit, "list"), [{"what": "甲", "status": "学习中"}])
            submissions.submit(act, one.id_of(unit, "list"))
    newer = definition(("          share: {label: 进度, type: integer}\n", ""))
    assert drafts(one, roll(one, newer))["U4"] == ("draft", 1, [{"what": "甲", "status": "学习中"}])

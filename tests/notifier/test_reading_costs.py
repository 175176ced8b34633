"""What reading a letter costs: the same few look-ups for one row and for sixty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from sqlalchemy import event
from sqlmodel import select

from notifier import reading
from tests.notifier.test_reading import BASE, EDUCATION, MAYOR, MONDAY, messages, read
from tests.workflow.world import World, local, ordos_roster
from workflow import posts
from workflow.acts import Act
from workflow.tables import Message


@contextmanager
def counted(act: Act) -> Iterator[list[str]]:
    """The look-ups that go to the database meanwhile; roster and calendar are in memory already."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            said.append(statement)

    engine = act.session.get_bind()
    assert posts.directory(act.session) and posts.calendar(act.session)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_letter_of_sixty_rows_costs_the_statements_of_one(world: World) -> None:
    """Items, submissions, sign-offs, the programme; links to sign, or who stands in for whoever else is asked."""
    world.hand_in(EDUCATION, now=MONDAY)
    with world.act(MONDAY) as act:
        of_one = messages(world, "request", MAYOR)
        with counted(act) as for_one:
            reading.read(act, of_one[-1], base_url=BASE, rehearsal=False)
    world.advance(local("2022-01-07 09:00"))
    with world.act(local("2022-01-07 09:00")) as act:
        digest = messages(world, "escalation", "office-duty-1")[-1]
        with counted(act) as for_sixty:
            found = reading.read(act, digest, base_url=BASE, rehearsal=False)
    assert found.facts is not None
    assert len(found.facts.matters) == 61
    assert (len(for_one), len(for_sixty)) == (5, 5)


def test_a_batch_costs_the_statements_of_one_letter(world: World) -> None:
    with world.act(MONDAY) as act:
        found = list(act.session.exec(select(Message).where(Message.kind == "notice")))
        with counted(act) as said:
            looked = reading.look(act, found)
            facts = [reading.read(act, one, base_url=BASE, rehearsal=False, looked=looked).facts for one in found]
    assert len(found) == len([one for one in facts if one]) == 61
    assert len(said) == 4


def test_sixty_signatures_of_one_leader_cost_the_statements_of_two(sqlite_url: str) -> None:
    """Links were issued when the requests were made: none is made here, and all are found at once."""
    supervision = tuple(replace(one, post="常务副市长") for one in ordos_roster().supervision)
    with closing(World.launched(sqlite_url, roster=replace(ordos_roster(), supervision=supervision))) as world:
        units = list(dict.fromkeys(one.unit for one in supervision))
        for unit in units:
            world.hand_in(unit, now=MONDAY)
        read(world, "request", "fsz-changwu")
        with world.act(MONDAY) as act:
            message = messages(world, "request", "fsz-changwu")[-1]
            with counted(act) as said:
                found = reading.read(act, message, base_url=BASE, rehearsal=False)
    assert found.facts is not None
    assert len(found.facts.matters) == len(units) > 50
    assert len(found.links) == len(units) + 1
    assert len(said) == 6

"""How submissions come to be by the calendar: drawn, in turn, about others; who may read them from then on."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlmodel import select

from tests.workflow.chained import TEXT, Chain, day, launched
from tests.workflow.world import World, local
from workflow.tables import Deadline, Involved

DRAWN = """\
  drawn-review:
    title: 抽评
    owed_by: {draw: [{from: counties, count: 1}, {from: member-units, count: {at_least: 1, at_most: 2}}]}
    due: {every: "FREQ=MONTHLY;BYMONTHDAY=20", from: 04-01, to: 06-end}
    opens: -5d
    form: {text: {label: 汇报, type: paragraph, required: true}}
    ladder: own
  on-duty:
    title: 轮值
    owed_by: {rota: member-units}
    due: {every: "FREQ=MONTHLY;BYMONTHDAY=10", from: 04-01, to: 06-end}
    form: {text: {label: 记录, type: paragraph, required: true}}
ladders:
"""
OPENED = local("2022-05-17 09:00")


@pytest.fixture
def chain(database_url: str) -> Iterator[Chain]:
    with closing(launched(database_url, text=TEXT.replace("ladders:\n", DRAWN))) as world:
        yield Chain(world)


def involved(world: World, number: int) -> list[tuple[str, str]]:
    with world.store.read() as session:
        rows = session.exec(select(Involved).where(Involved.submission_id == number))
        return sorted((row.unit, row.part) for row in rows)


def test_cooperating_units_and_the_unit_it_is_openly_about_may_read_it(chain: Chain) -> None:
    assert involved(chain.world, chain.id_of("node", "U1")) == [("U4", "cooperating")]
    assert involved(chain.world, chain.id_of("node", "U4")) == []
    assert involved(chain.world, chain.id_of("open-review", subject="U2")) == [("U2", "subject")]


def test_hidden_submission_is_not_shared_with_the_unit_it_is_about(chain: Chain) -> None:
    chain.world.sweep(OPENED)
    assert len(chain.all("planned-inspection")) == 5
    assert [involved(chain.world, row.id or 0) for row in chain.all("planned-inspection")] == [[]] * 5


def test_occurrence_opens_before_its_due_day_and_not_earlier(chain: Chain) -> None:
    chain.world.sweep(local("2022-05-17 08:59"))
    assert chain.all("planned-inspection") == []
    chain.world.sweep(OPENED)
    row = chain.all("planned-inspection")[0]
    assert (chain.first_entry(row).event, chain.first_entry(row).at) == ("open", OPENED)
    assert row.due_date == day("2022-05-20")
    chain.world.sweep(OPENED)
    assert len(chain.all("planned-inspection")) == 5


def test_draw_is_made_when_it_opens_and_recorded(chain: Chain) -> None:
    chain.world.advance(local("2022-04-15 09:00"))
    rows = chain.all("drawn-review")
    assert 2 <= len(rows) <= 3 and len({row.unit for row in rows}) == len(rows)
    assert "U5" in {row.unit for row in rows}
    assert chain.first_entry(rows[0]).facts == {"drawn_from": ["counties", "member-units"]}
    assert {row.occurrence for row in rows} == {"2022-04"}


def test_draw_comes_out_the_same_in_another_store_with_the_same_key(sqlite_url: str, postgresql_url: str) -> None:
    drawn = []
    for url in (sqlite_url, postgresql_url):
        with closing(launched(url, text=TEXT.replace("ladders:\n", DRAWN))) as world:
            world.advance(local("2022-06-15 09:00"))
            drawn.append([(row.occurrence, row.unit) for row in Chain(world).all("drawn-review")])
    assert drawn[0] == drawn[1]
    assert {occurrence for occurrence, _ in drawn[0]} == {"2022-04", "2022-05", "2022-06"}


def test_units_take_turns_occurrence_by_occurrence(chain: Chain) -> None:
    rows = sorted(chain.all("on-duty"), key=lambda row: row.due_date)
    assert [(row.occurrence, row.unit) for row in rows] == [("2022-04", "U1"), ("2022-05", "U2"), ("2022-06", "U3")]


def test_unit_under_review_hears_when_a_rung_names_it(chain: Chain) -> None:
    chain.world.advance(local("2022-06-17 10:00"))
    (letter,) = chain.world.letters(person="u2-liaison")[-1:]
    assert ("open-review", "notice") in {(item.obligation, item.reason) for item in letter.items}


def test_nobody_of_an_inspected_unit_hears_of_a_hidden_inspection(chain: Chain) -> None:
    chain.world.advance(local("2022-05-25 12:00"))
    told = {
        letter.person
        for letter in chain.world.letters()
        for item in letter.items
        if item.obligation == "planned-inspection"
    }
    assert told == {"leader-1", "mayor"}


def test_deadlines_of_the_future_wait_without_submissions(chain: Chain) -> None:
    with chain.world.store.read() as session:
        waiting = session.exec(select(Deadline).where(Deadline.obligation == "drawn-review")).all()
    assert [(one.number, one.opened_at) for one in waiting] == [(0, None), (1, None), (2, None)]

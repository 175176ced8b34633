"""Targets met or not, over an occurrence and over the cycle; ratings weighted by the unit's group."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal

import pytest
from sqlmodel import select

from tests.workflow.asking import CONTENT, NOW, asking, launched, number, obligation, roster, save
from tests.workflow.world import OFFICE, World
from workflow import dossier, scores, submissions
from workflow.definition import Comparator, Obligation
from workflow.roster import Directory
from workflow.scores import Figure
from workflow.tables import SignOff

OBLIGATION = obligation()


@pytest.fixture
def asked(database_url: str) -> Iterator[World]:
    """The monthly programme, on each kind of database."""
    with closing(launched(database_url)) as world:
        yield world


def filed(world: World, unit: str, occurrence: str, signed: str) -> int:
    """A month handed in and signed."""
    one = number(world, unit, occurrence)
    save(world, one, {**CONTENT, "signed": signed})
    with world.act(NOW) as act:
        submissions.submit(act, one)
    with world.store.read() as session:
        requests = session.exec(select(SignOff).where(SignOff.submission_id == one)).all()
    for request in requests:
        world.decide(request, "approve", now=NOW)
    return one


def signed(world: World, one: int) -> Figure:
    """How the target over the cycle stands."""
    with world.look(NOW, OFFICE) as act:
        return next(figure for figure in dossier.of(act, one).targets if figure.name == "signed")


def measured(**values: object) -> dict[str, Figure]:
    return {one.name: one for one in scores.measured(OBLIGATION, values, others=[])}


def test_a_target_stands_beside_its_figure() -> None:
    found = measured(signed="300", invested="1.5", solved="95")
    assert (found["signed"].met, found["signed"].wanted, found["signed"].clause) == (True, "不低于300个", "三（二）1")
    assert (found["solved"].met, found["solved"].value, found["solved"].so_far) == (False, Decimal(95), None)


def test_a_damaged_target_judges_nothing() -> None:
    found = measured(invested="1.5")["invested"]
    assert (found.met, found.damaged, found.wanted) == (None, True, "原文数字残缺，以补正为准")


def test_without_a_figure_nothing_is_met() -> None:
    assert {one.met for one in measured().values()} == {None}
    assert {one.met for one in measured(signed="很多", solved=[{"id": 1}], invested=True).values()} == {None}


@pytest.mark.parametrize(
    ("comparator", "met"),
    [
        ("at-least", [False, True, True]),
        ("at-most", [True, True, False]),
        ("above", [False, False, True]),
        ("below", [True, False, False]),
        ("equals", [False, True, False]),
    ],
)
def test_each_comparator_draws_its_own_line(comparator: Comparator, met: list[bool]) -> None:
    one = Obligation.model_validate(
        {"title": "甲", "owed_by": "member-units", "due": "01-04",
         "targets": {"x": {"label": "甲", "comparator": comparator, "value": "0.3"}}}
    )  # fmt: skip
    found = [scores.measured(one, {"x": value}, others=[])[0].met for value in ("0.29", "0.30", "0.31")]
    assert found == met


def test_a_target_over_the_cycle_adds_what_the_unit_has_filed(asked: World) -> None:
    filed(asked, "U1", "2022-01", "120")
    filed(asked, "U2", "2022-01", "900")
    save(asked, number(asked, "U1", "2022-03"), {**CONTENT, "signed": "1000"})
    february = number(asked, "U1", "2022-02")
    save(asked, february, {**CONTENT, "signed": "150"})
    before = signed(asked, february)
    assert (before.value, before.so_far, before.met) == (Decimal(150), Decimal(270), False)
    save(asked, february, {**CONTENT, "signed": "180"})
    after = signed(asked, february)
    assert (after.so_far, after.met) == (Decimal(300), True)


@pytest.mark.parametrize(
    ("unit", "total", "group"),
    [("U1", Decimal("88"), ""), ("U2", Decimal("88.5"), "旗区"), ("U3", Decimal("88.5"), "旗区")],
)
def test_ratings_are_weighed_by_the_first_group_of_the_unit(unit: str, total: Decimal, group: str) -> None:
    found = scores.score(asking().definition, OBLIGATION, CONTENT, unit=Directory(roster()).unit(unit))
    assert found is not None
    assert (found.total, found.group) == (total, group)
    assert sum(one.weight for one in found.ratings) == 100


def test_a_missing_rating_leaves_the_total_open() -> None:
    unit = Directory(roster()).unit("U1")
    found = scores.score(asking().definition, OBLIGATION, {**CONTENT, "idea": None}, unit=unit)
    assert found is not None
    assert (found.total, [one.points for one in found.ratings]) == (None, [90, None])


def test_where_nothing_is_rated_there_is_no_score() -> None:
    plain = OBLIGATION.model_copy(update={"criteria": {}})
    assert scores.score(asking().definition, plain, CONTENT, unit=Directory(roster()).unit("U1")) is None

"""Who owes an occurrence, for every way a definition may say it; who hears for bodies and posts."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from tests.workflow.chained import TEXT, chained, roster
from workflow import bodies, coverage
from workflow.audience import Audience, Concern
from workflow.definition import Obligation
from workflow.links import LinkMaker
from workflow.owing import Owing, fixed, owing
from workflow.roster import UNIT_HEAD, Directory, PersonRow, PostRow, Roster, UnitRow

DAY = date(2022, 3, 7)
LINKS = LinkMaker(b"a key for tests")

DUTY = """\
  asked:
    title: 待查事项
    owed_by: OWNER
    due: 05-20
ladders:
"""


def audience(owner: str, *, units: int = 6, more: Roster | None = None) -> tuple[Audience, Obligation]:
    definition = chained(TEXT.replace("ladders:\n", DUTY.replace("OWNER", owner))).definition
    known = bodies.known(Audience(definition, Directory(more or roster(units)), DAY))
    return known, definition.obligations["asked"]


def owed(owner: str, *, number: int = 0, lot: str = "甲", units: int = 6) -> list[tuple[str, str, str]]:
    known, duty = audience(owner, units=units)
    return [(one.unit, one.post, one.subject) for one in owing(known, duty, number=number, lot=LINKS.lot(lot))]


def codes(owner: str, **more: object) -> list[str]:
    return [unit for unit, _, _ in owed(owner, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("owner", "found"),
    [
        ("member-units", [(f"U{number}", "", "") for number in range(1, 7)]),
        ("counties", [("U6", "", "")]),
        ("office", [("chained.office", "", "")]),
        ("patrol", [("chained.patrol", "", "")]),
        ("deputy", [("chained.deputy", "", "")]),
        ("[单位U2, U1, 单位U2]", [("U2", "", ""), ("U1", "", "")]),
        ("{each: unit-head, of: counties}", [("U6", "unit-head", "")]),
        ("{subjects: counties, by: patrol}", [("chained.patrol", "", "U6")]),
        ("{subjects: counties, by: office}", [("chained.office", "", "U6")]),
    ],
)
def test_owners_are_those_the_definition_names(owner: str, found: list[tuple[str, str, str]]) -> None:
    assert owed(owner) == found


def test_units_take_turns_in_the_order_of_the_roster() -> None:
    assert [owed("{rota: member-units, each: unit-head}", number=number) for number in (0, 1, 5, 6, 7)] == [
        [("U1", "unit-head", "")],
        [("U2", "unit-head", "")],
        [("U6", "unit-head", "")],
        [("U1", "unit-head", "")],
        [("U2", "unit-head", "")],
    ]


def test_draw_comes_out_the_same_for_the_same_key_and_occurrence() -> None:
    drawn = codes("{draw: [{from: member-units, count: 3}]}", units=40)
    assert drawn == codes("{draw: [{from: member-units, count: 3}]}", units=40)
    assert drawn != codes("{draw: [{from: member-units, count: 3}]}", units=40, lot="乙")
    assert len(drawn) == 3 and drawn == sorted(drawn, key=lambda code: int(code[1:]))


def test_nobody_without_the_key_foresees_a_draw() -> None:
    assert LINKS.lot("甲").random() != LinkMaker(b"another key").lot("甲").random()
    assert LINKS.lot("甲").random() != Random("甲").random()


def test_draw_keeps_between_at_least_and_at_most() -> None:
    owner = "{draw: [{from: member-units, count: {at_least: 2, at_most: 4}}]}"
    numbers = {len(codes(owner, units=20, lot=str(turn))) for turn in range(60)}
    assert numbers == {2, 3, 4}


def test_draw_takes_all_where_there_are_not_so_many() -> None:
    assert codes("{draw: [{from: member-units, count: 9}]}", units=3) == ["U1", "U2", "U3"]


def test_no_unit_is_drawn_twice() -> None:
    for turn in range(20):
        drawn = codes("{draw: [{from: counties, count: 1}, {from: member-units, count: 5}]}", lot=str(turn))
        assert sorted(drawn) == [f"U{number}" for number in range(1, 7)]


def test_every_unit_may_be_drawn() -> None:
    drawn = {code for turn in range(80) for code in codes("{draw: [{from: member-units, count: 2}]}", lot=str(turn))}
    assert drawn == {f"U{number}" for number in range(1, 7)}


@pytest.mark.parametrize("owner", ["{draw: [{from: member-units, count: 1}]}", "{rota: member-units}"])
def test_whoever_is_drawn_or_takes_turns_is_not_known_beforehand(owner: str) -> None:
    known, duty = audience(owner)
    assert fixed(known, duty) == ()
    assert coverage.gaps(known) == []


def test_concerned_is_known_only_to_the_event() -> None:
    known, _ = audience("member-units")
    assert fixed(known, known.definition.obligations["correction"]) == ()


def test_body_is_spoken_to_through_its_posts() -> None:
    known, _ = audience("patrol")
    said = [(one.person, one.post_title) for one in known.owners(Concern("chained.patrol"))]
    assert said == [("leader-1", "甲副市长"), ("mayor", "市长")]
    assert [one.person for one in audience("deputy")[0].owners(Concern("chained.deputy"))] == ["leader-1"]
    assert [one.person for one in known.owners(Concern("chained.office"))] == ["duty"]
    assert [one.person for one in known.holders("patrol", "U1")] == ["leader-1", "mayor"]


def test_post_that_owes_personally_hears_alone() -> None:
    known, _ = audience("member-units")
    assert [one.person for one in known.owners(Concern("U2", owner_post="unit-head"))] == [f"u2-{UNIT_HEAD.lower()}"]
    assert len(known.owners(Concern("U2"))) == 2


def with_body(*, staffed: bool) -> Roster:
    made = roster(2)
    posts = [PostRow("liaison", "DCZ", "dcz")] if staffed else []
    return replace(
        made,
        units=(*made.units, UnitRow("DCZ", "督查组", "工作机构")),
        people=(*made.people, PersonRow("dcz", "督查组值班员", "dcz@example.cn")),
        posts=(*made.posts, *posts),
    )


def test_unit_of_the_roster_with_the_title_of_a_body_is_that_body() -> None:
    known, duty = audience("patrol", more=with_body(staffed=True))
    assert owing(known, duty, number=0, lot=Random(0)) == (Owing("DCZ"),)
    assert "patrol" not in {row.body.partition("/")[2] for row in bodies.missing(known)}
    assert [one.person for one in known.owners(Concern("DCZ"))] == ["dcz", "mayor"]


def test_unit_without_a_liaison_that_is_a_body_hears_through_the_bodys_posts() -> None:
    known, _ = audience("patrol", more=with_body(staffed=False))
    assert [one.person for one in known.owners(Concern("DCZ"))] == ["leader-1", "mayor"]


def test_body_of_another_programme_under_the_same_title_is_not_ours() -> None:
    definition = chained().definition
    foreign = UnitRow("other.office", "领导小组办公室", "工作机构", body="other/office")
    known = bodies.known(Audience(definition, Directory(roster(2), [foreign]), DAY))
    assert known.owners_named("office") == ("chained.office",)


@pytest.mark.parametrize(
    ("party", "concern", "people"),
    [
        ("owner", Concern("U1", "node"), ["u1-liaison", "u1-unit-head"]),
        ("cooperating", Concern("U1", "node"), ["u4-liaison"]),
        ("cooperating", Concern("U4", "node"), []),
        ("subject", Concern("chained.office", "open-review", "U3"), ["u3-liaison"]),
        ("subject", Concern("chained.patrol", "inspection", "U3"), []),
        ("cooperating", Concern("chained.patrol", "inspection", "U3"), ["u6-liaison"]),
        ("cooperating", Concern("chained.patrol", "inspection", "U6"), []),
        ("leader", Concern("U1", "node"), []),
    ],
)
def test_rungs_reach_the_parties_of_a_submission(party: str, concern: Concern, people: list[str]) -> None:
    known, _ = audience("member-units")
    assert [one.person for one in known.reached([party], concern)] == people


def test_leader_of_a_duty_is_reached_by_its_rungs() -> None:
    definition = chained(TEXT.replace("    with: [单位U4]\n", "    with: [单位U4]\n    leader: deputy\n")).definition
    known = Audience(definition, Directory(roster()), DAY)
    assert [one.person for one in known.reached(["leader"], Concern("U1", "node"))] == ["leader-1"]


COVERAGE = """\
coverage:
  - {title: 评议全覆盖, of: member-units, by: [BY]}
obligations:
"""


@pytest.mark.parametrize(
    ("by", "gaps"),
    [
        ("node", []),
        ("open-review", []),
        ("node, open-review", [f"“评议全覆盖”重复安排了2次“单位U{number}”" for number in range(1, 6)]),
        ("call-up", []),
        ("problem-list", [f"“评议全覆盖”没有覆盖“单位U{number}”" for number in range(1, 6)]),
    ],
)
def test_coverage_names_the_units_left_out_or_covered_twice(by: str, gaps: list[str]) -> None:
    text = TEXT.replace("obligations:\n", COVERAGE.replace("BY", by), 1)
    known = bodies.known(Audience(chained(text).definition, Directory(roster()), DAY))
    assert coverage.gaps(known) == gaps

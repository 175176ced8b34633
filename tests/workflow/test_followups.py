"""Events open obligations: for whom, by when, once, in chains, in sets."""

from contextlib import closing
from datetime import timedelta

from tests.statements import noted
from tests.workflow.chained import KEY, LAUNCHED, MONDAY, TEXT, Chain, chained, day, launched
from tests.workflow.world import World, local
from workflow import followups
from workflow.ledger import CHUNK

LATER = MONDAY + timedelta(hours=1)


def talk(chain: Chain, unit: str = "U1") -> int:
    """A red light on the unit's node has opened a talk."""
    chain.raise_("light-red", chain.id_of("node", unit))
    return chain.id_of("warning-talk", subject=unit)


def test_red_light_opens_a_talk_about_the_unit_within_five_working_days(chain: Chain) -> None:
    node = chain.id_of("node", "U1")
    assert chain.raise_("light-red", node) == 1
    row = chain.only("warning-talk")
    assert (row.unit, row.subject, row.cause_id) == ("chained.office", "U1", node)
    assert (row.state, row.due_date) == ("draft", day("2022-03-14"))
    entry = chain.first_entry(row)
    assert (entry.event, entry.at) == ("open", MONDAY)
    assert entry.facts == {"cause": node, "event": "light-red", "because": "亮红灯"}
    assert not chain.world.broken_chains()


def test_whole_chain_from_the_red_light_to_the_rectification(chain: Chain) -> None:
    talked = talk(chain)
    chain.file(talked, {"outcome": "需整改"})
    chain.raise_("filed", talked)
    report = chain.only("written-report")
    assert (report.unit, report.subject, report.cause_id, report.due_date) == ("U1", "", talked, day("2022-03-21"))
    chain.file(report.id or 0, {"rectify-by": "2022-04-12"})
    chain.raise_("filed", report.id or 0)
    rectification = chain.only("rectification")
    assert (rectification.unit, rectification.cause_id) == ("U1", report.id)
    assert (rectification.due_date, rectification.due_at) == (day("2022-04-12"), local("2022-04-12 17:30"))


def test_condition_that_does_not_hold_opens_nothing(chain: Chain) -> None:
    talked = talk(chain)
    chain.file(talked, {"outcome": "不需整改"})
    assert chain.raise_("filed", talked) == 0
    assert chain.all("written-report") == []


def test_second_identical_event_opens_nothing_while_the_first_is_open(chain: Chain) -> None:
    node = chain.id_of("node", "U1")
    talk(chain)
    assert chain.raise_("light-red", node, now=LATER) == 0
    chain.file(chain.id_of("warning-talk"), {"outcome": "不需整改"})
    assert chain.raise_("light-red", node, now=LATER) == 1
    assert [row.state for row in chain.all("warning-talk")] == ["filed", "draft"]
    assert len({row.occurrence for row in chain.all("warning-talk")}) == 2


def test_filing_reopened_and_filed_again_opens_no_duplicate(chain: Chain) -> None:
    talked = talk(chain)
    for _ in range(2):
        chain.file(talked, {"outcome": "需整改"})
        chain.raise_("filed", talked)
        chain.reopen(talked)
    assert len(chain.all("written-report")) == 1


def test_same_event_on_several_submissions_shares_a_deadline(chain: Chain) -> None:
    nodes = [row.id or 0 for row in chain.all("node")]
    assert chain.raise_("light-red", *nodes) == 5
    rows = chain.all("warning-talk")
    (deadline,) = chain.deadlines("warning-talk")
    assert {row.deadline_id for row in rows} == {deadline.id}
    assert [row.subject for row in rows] == ["U1", "U2", "U3", "U4", "U5"]
    assert (deadline.occurrence, deadline.opened_at, deadline.opens_at) == (f"2022-03-07-{nodes[0]}", MONDAY, None)


def test_ladder_of_a_follow_up_fires_and_it_lapses(chain: Chain) -> None:
    talk(chain)
    chain.world.advance(local("2022-03-17 12:00"))
    row = chain.only("warning-talk")
    assert (row.state, row.light) == ("overdue", "red")
    reasons = [item.reason for letter in chain.world.letters(person="duty") for item in letter.items]
    assert [one for one in reasons if one != "notice"][:4] == ["opened", "reminder", "overdue", "escalation"]


def test_one_person_is_told_once_of_everything_an_event_opens(chain: Chain) -> None:
    chain.raise_("light-red", *(row.id or 0 for row in chain.all("node")))
    (letter,) = chain.world.letters(person="duty")
    assert (letter.kind, letter.ready) == ("notice", MONDAY)
    assert [item.reason for item in letter.items] == ["opened"] * 5


def test_rungs_already_past_stay_silent(chain: Chain) -> None:
    talked = talk(chain)
    chain.file(talked, {"outcome": "需整改"})
    chain.raise_("filed", talked)
    number = chain.id_of("written-report", "U1")
    chain.file(number, {"rectify-by": "2022-03-08"})
    chain.raise_("filed", number)
    chain.world.sweep(LATER)
    letters = chain.world.letters(person="u1-liaison")
    assert all(item.reason != "reminder" for letter in letters for item in letter.items)
    assert "opened" in {item.reason for letter in letters for item in letter.items}


def test_day_that_has_gone_by_becomes_the_earliest_left(chain: Chain) -> None:
    talked = talk(chain)
    chain.file(talked, {"outcome": "需整改"})
    chain.raise_("filed", talked)
    number = chain.id_of("written-report", "U1")
    evening = local("2022-03-07 18:00")
    chain.file(number, {"rectify-by": "2022-03-07"}, now=evening)
    chain.raise_("filed", number, now=evening)
    assert chain.only("rectification").due_date == day("2022-03-08")


def test_finding_opens_by_its_kind(chain: Chain) -> None:
    node = chain.id_of("node", "U2")
    assert chain.raise_("finding", node, kind="problem", comment="台账不符") == 1
    row = chain.only("correction")
    entry = chain.first_entry(row)
    assert (row.unit, entry.comment) == ("U2", "台账不符")
    assert entry.facts == {"cause": node, "event": "finding:problem", "because": "检查发现：发现问题"}
    assert chain.all("referral") == []
    assert chain.raise_("finding", node, kind="false-data") == 1
    assert chain.only("referral").subject == "U2"


def test_group_that_owes_a_follow_up_owes_it_unit_by_unit(chain: Chain) -> None:
    chain.raise_("finding", chain.id_of("node", "U2"), kind="model")
    assert [(row.unit, row.subject) for row in chain.all("lesson")] == [
        ("U1", "U2"), ("U2", ""), ("U3", "U2"), ("U4", "U2"), ("U5", "U2"),
    ]  # fmt: skip


LOOP = """\
  ping:
    title: 甲事项
    owed_by: concerned
    opened_by: [{event: overdue, of: [node, pong]}]
    due: {opened: +1d}
    ladder: own
  pong:
    title: 乙事项
    owed_by: concerned
    opened_by: [{event: overdue, of: [ping]}]
    due: {opened: +1d}
    ladder: own
ladders:
"""


def test_loop_of_follow_ups_does_not_run_away(database_url: str) -> None:
    with closing(launched(database_url, text=TEXT.replace("ladders:\n", LOOP))) as world:
        chain = Chain(world)
        assert chain.raise_("overdue", chain.id_of("node", "U1")) == 1
        assert chain.all("pong") == []
        assert chain.raise_("overdue", chain.id_of("ping")) == 1
        assert chain.raise_("overdue", chain.id_of("pong")) == 0
        assert len(chain.all("ping")) == 1
        chain.file(chain.id_of("ping"), {})
        assert chain.raise_("overdue", chain.id_of("pong")) == 1


def test_what_can_lead_to_itself_is_known_from_the_definition() -> None:
    definition = chained(TEXT.replace("ladders:\n", LOOP)).definition
    loops = {name for name in definition.obligations if followups.looping(definition, name)}
    assert {"warning-talk", "written-report", "ping", "pong"} < loops
    assert not loops & {"node", "problem-list", "problem", "inspection", "call-up"}


def test_nobody_gives_himself_a_talk(chain: Chain) -> None:
    listed = chain.id_of("problem-list")
    assert chain.raise_("light-red", listed) == 0
    assert chain.raise_("light-red", talk(chain)) == 0


def test_event_without_follow_up_asks_the_database_nothing(sqlite_chain: Chain) -> None:
    with sqlite_chain.world.act(MONDAY) as act:
        assert act.definition(1)
        with noted() as statements:
            assert followups.happened(act, 1, "target-unmet", [1, 2, 3]) == 0
    assert statements == []


def test_a_thousand_at_once_cost_a_handful_of_statements(sqlite_url: str) -> None:
    with closing(launched(sqlite_url, units=1000)) as world:
        chain = Chain(world)
        nodes = [row.id or 0 for row in chain.all("node")]
        with noted() as statements:
            assert chain.raise_("light-red", *nodes) == 1000
        assert len(nodes) == 1000 < CHUNK
        assert len(statements) < 40
        (letter,) = world.letters(person="duty")
        assert len(letter.items) == 1000


def test_a_thousand_that_lapse_together_open_theirs_as_a_set(sqlite_url: str) -> None:
    text = TEXT.replace("opened_by: [{event: light-red}]", "opened_by: [{event: overdue, of: [node]}]")
    with closing(launched(sqlite_url, text=text, units=1000)) as world:
        with noted() as statements:
            swept = world.sweep(local("2022-04-01 00:00"))
        assert swept.lapsed == 1000
        assert len(Chain(world).all("warning-talk")) == 1000
        assert len(statements) < 150


def test_launch_opens_no_follow_up(sqlite_chain: Chain) -> None:
    kinds = {
        row.obligation for name in ("node", "correction", "problem", "inspection") for row in sqlite_chain.all(name)
    }
    assert kinds == {"node"}
    assert sqlite_chain.world.key == KEY and LAUNCHED < MONDAY


def test_events_of_another_programme_open_nothing(sqlite_chain: Chain) -> None:
    with sqlite_chain.world.act(MONDAY) as act:
        assert followups.happened(act, 1, "light-red", [999_999]) == 0


def test_world_is_untouched_when_nothing_matches(sqlite_chain: Chain) -> None:
    before = sqlite_chain.world.dump()
    assert sqlite_chain.raise_("filed", sqlite_chain.id_of("node", "U1")) == 0
    assert sqlite_chain.world.dump() == before
    assert isinstance(sqlite_chain.world, World)

"""Lights by rule, every change of one told in history, and targets that a filing misses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from tests.workflow.rectifying import rectifying, text
from tests.workflow.small import small_roster
from tests.workflow.world import OFFICE, World, local
from workflow import ledger, library, lights, submissions
from workflow.definition import LightEvent, LightRule
from workflow.lights import DEFAULTS, turned
from workflow.refusals import NotAllowedNow
from workflow.tables import Submission

MARCH = local("2022-03-01 10:00")
DUE = local("2022-03-11")
NIGHT = local("2022-03-11 04:00")
RUNG = local("2022-03-11 09:00")
LATE = local("2022-03-11 10:00")

#: Rules, event, the light before, how often it has happened, the light after (None where it stays).
TURNS: list[tuple[tuple[LightRule, ...], LightEvent, str, int, str | None]] = [
    (DEFAULTS, "overdue", "green", 1, "yellow"),
    (DEFAULTS, "overdue", "yellow", 1, None),
    (DEFAULTS, "overdue", "red", 1, None),
    (DEFAULTS, "filed-late", "green", 1, "yellow"),
    (DEFAULTS, "filed-late", "red", 1, "yellow"),
    (DEFAULTS, "filed-in-time", "red", 1, "green"),
    (DEFAULTS, "filed-in-time", "green", 1, None),
    (DEFAULTS, "target-unmet", "green", 1, "red"),
    (DEFAULTS, "returned", "green", 5, None),
    (DEFAULTS, "finding", "green", 5, None),
    ((LightRule(when="returned", light="yellow", times=2),), "returned", "green", 1, None),
    ((LightRule(when="returned", light="yellow", times=2),), "returned", "green", 2, "yellow"),
    ((LightRule(when="returned", light="yellow", times=2),), "returned", "green", 3, "yellow"),
    ((LightRule(when="returned", light="yellow", times=2),), "overdue", "green", 3, None),
    ((LightRule(when="finding", light="yellow"), LightRule(when="finding", light="red", times=3)), "finding", "green",
     2, "yellow"),
    ((LightRule(when="finding", light="yellow"), LightRule(when="finding", light="red", times=3)), "finding", "yellow",
     3, "red"),
    ((LightRule(when="returned", light="green"),), "returned", "red", 1, None),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "event", "before", "times", "after"), TURNS)
def test_an_event_turns_on_the_light_of_its_rule(
    rules: tuple[LightRule, ...], event: LightEvent, before: str, times: int, after: str | None
) -> None:
    assert turned(rules, event, before=before, times=times) == after


@contextmanager
def launched(url: str, *, more: str = "", rest: str = "", lifecycle: str = "filing") -> Iterator[World]:
    pinned = rectifying(lifecycle=lifecycle, more=more, rest=rest)
    with closing(World.launched(url, now=MARCH, pinned=pinned, roster=small_roster(units=3))) as world:
        yield world


def changes(world: World, unit: str, obligation: str = "report") -> list[tuple[str, str, str]]:
    with world.look() as act:
        found = lights.changes(ledger.history_of(act.session, world.id_of(unit, obligation)))
    return [(one.before, one.after, one.because) for one in found]


def test_every_change_of_a_light_is_told_once(database_url: str) -> None:
    with launched(database_url) as world:
        world.sweep(DUE)
        assert changes(world, "U1") == [("green", "yellow", "overdue")]
        world.sweep(RUNG)
        assert changes(world, "U1") == [("green", "yellow", "overdue"), ("yellow", "red", "+1wd 09:00")]
        world.file("U1", "report", now=LATE)
        assert world.submission("U1", "report").light == "yellow"
        with world.act(LATE) as act:
            submissions.exempt(act, world.id_of("U2", "report"), comment="已撤并")
            submissions.extend(act, world.id_of("U3", "report"), until=local("2022-04-01").date(), comment="疫情")
        assert changes(world, "U1")[2:] == [("red", "yellow", "filed-late")]
        assert changes(world, "U2")[2:] == [("red", "green", "exempt")]
        assert changes(world, "U3")[2:] == [("red", "green", "extend")]
        for unit in ("U1", "U2", "U3"):
            told = changes(world, unit)
            assert [one[0] for one in told] == ["green", *(one[1] for one in told[:-1])]
            assert told[-1][1] == world.submission(unit, "report").light
        assert world.broken_chains() == []


def test_the_change_that_rides_with_a_lapse_is_dated_at_the_deadline(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.sweep(NIGHT)
        with world.look() as act:
            [change] = lights.changes(ledger.history_of(act.session, world.id_of("U1", "report")))
        assert (change.at, change.seq) == (DUE, 2)
        assert [one.event for one in world.history("U1", "report")] == ["launch", "lapse"]
        assert lights.shown(world.history("U1", "report")[-1].facts["light"]) == "绿灯转黄灯：逾期"


def test_a_rung_says_in_history_that_it_lit(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.advance(RUNG)
        last = world.history("U1", "report")[-1]
        assert (last.event, last.source, last.dest) == ("light", "overdue-draft", "overdue-draft")
        assert last.facts == {"from": "yellow", "to": "red", "because": "+1wd 09:00"}
        assert lights.shown(last.facts) == "黄灯转红灯：截止后1个工作日督办"
        world.sweep(local("2022-03-20"))
        assert len(changes(world, "U1")) == 2


RETURNED = "    lights: strict\n    sign_off: [{by: deputy}]\n"
STRICT = "lights:\n  strict: [{when: returned, light: yellow, times: 2}, {when: returned, light: red, times: 3}]\n"


def test_returns_are_counted(database_url: str) -> None:
    with launched(database_url, more=RETURNED, rest=STRICT) as world:
        for count, light in ((1, "green"), (2, "yellow"), (3, "red")):
            world.hand_in("U1", "report", now=MARCH, said=f"第{count}稿")
            assert world.sign("U1", "report", now=MARCH, choice="return").light == light
        assert changes(world, "U1") == [("green", "yellow", "returned"), ("yellow", "red", "returned")]
        assert world.broken_chains() == []


def test_written_rules_leave_no_built_in_one(sqlite_url: str) -> None:
    with launched(sqlite_url, more="    lights: strict\n", rest=STRICT) as world:
        world.sweep(DUE)
        assert (world.submission("U1", "report").state, changes(world, "U1")) == ("overdue", [])


TWICE = "lights:\n  strict: [{when: overdue, light: yellow}, {when: overdue, light: red, times: 2}]\n"


def test_the_second_lapse_weighs_more(database_url: str) -> None:
    with launched(database_url, more="    lights: strict\n", rest=TWICE) as world:
        world.sweep(DUE)
        assert world.submission("U1", "report").light == "yellow"
        with world.act(NIGHT) as act:
            submissions.extend(act, world.id_of("U1", "report"), until=local("2022-03-12").date(), comment="补材料")
        world.sweep(local("2022-03-13"))
        assert world.submission("U1", "report").light == "red"
        assert [one[2] for one in changes(world, "U1")] == ["overdue", "extend", "overdue"]


TARGET = "    targets: {signed: {label: 签约, value: 300, unit: 个}}\n"


def test_a_missed_target_is_red(database_url: str) -> None:
    with launched(database_url, more=TARGET) as world:
        for unit, figure in (("U1", "299.5"), ("U2", "300")):
            with world.act(MARCH) as act:
                submissions.save(act, world.id_of(unit, "report"), {"text": "已办", "signed": figure}, if_version=None)
            world.submit(unit, "report", now=MARCH)
        assert changes(world, "U1") == [("green", "red", "target-unmet")]
        assert changes(world, "U2") == []
        filed = next(one for one in world.history("U1", "report") if one.event == "submit")
        assert filed.facts == {"filed": "in-time", "unmet": ["signed"]}


SUMMED = TARGET.replace("unit: 个}", "unit: 个, over: cycle}")
CAPPED = TARGET.replace("unit: 个}", "unit: 个, comparator: at-most, over: cycle}")


@contextmanager
def twice(url: str, more: str) -> Iterator[tuple[World, list[int]]]:
    """Two occurrences of one unit, each with a figure to report."""
    halves = text(lifecycle="filing", more=more).replace(
        "due: 03-10", "due: [{on: 03-10, key: a}, {on: 06-10, key: b}]"
    )
    pinned = library.parse(halves.encode(), name="twice.yaml")
    with closing(World.launched(url, now=MARCH, pinned=pinned, roster=small_roster())) as world:
        with world.look() as act:
            found = act.session.exec(select(Submission.id).order_by(col(Submission.due_at))).all()
        yield world, [number for number in found if number is not None]


#: Which target, the figures of both occurrences, the lights after each filing.
SUMS = [
    (SUMMED, (100, 250), ["green green", "green green"]),
    (SUMMED, (100, 150), ["green green", "green red"]),
    (CAPPED, (301, 1), ["red green", "red red"]),
    (CAPPED, (100, 200), ["green green", "green green"]),
]


@pytest.mark.parametrize(("more", "figures", "shown"), SUMS)
def test_a_sum_is_judged_when_it_can_no_longer_be_reached(
    sqlite_url: str, more: str, figures: tuple[int, int], shown: list[str]
) -> None:
    with twice(sqlite_url, more) as (world, numbers):
        for number, figure, lit in zip(numbers, figures, shown, strict=True):
            with world.act(MARCH) as act:
                submissions.save(act, number, {"text": "已办", "signed": str(figure)}, if_version=None)
                submissions.submit(act, number)
                assert " ".join(ledger.load(act.session, one).light for one in numbers) == lit


FOLLOWED = """\
  talk:
    title: 约谈
    owed_by: office
    opened_by: [{event: EVENT, of: [report]}]
    due: {opened: +5wd}
    form: {record: {label: 约谈记录, type: paragraph, required: true}}
"""


def follow_ups(world: World) -> list[str]:
    """The units whose submissions have opened the follow-up."""
    cause = aliased(Submission)
    joined = select(cause.unit).join(Submission, col(Submission.cause_id) == cause.id)
    with world.look() as act:
        return sorted(act.session.exec(joined.where(Submission.obligation == "talk")))


@contextmanager
def followed(url: str, event: str, *, more: str = "") -> Iterator[World]:
    rest = text(lifecycle="filing", more=more).replace("ladders:\n", FOLLOWED.replace("EVENT", event) + "ladders:\n")
    pinned = library.parse(rest.encode(), name="followed.yaml")
    with closing(World.launched(url, now=MARCH, pinned=pinned, roster=small_roster(units=3))) as world:
        yield world


def test_a_lapse_opens_what_follows_for_each(database_url: str) -> None:
    with followed(database_url, "overdue") as world:
        world.file("U2", "report", now=MARCH)
        world.sweep(DUE)
        assert follow_ups(world) == ["U1", "U3"]


def test_a_lapse_that_somebody_meets_first_opens_it_too(sqlite_url: str) -> None:
    with followed(sqlite_url, "light-yellow") as world:
        world.fill("U1", "report", now=LATE)
        assert follow_ups(world) == ["U1"]


def test_the_light_of_a_rung_opens_what_follows(database_url: str) -> None:
    with followed(database_url, "light-red") as world:
        world.advance(NIGHT)
        assert follow_ups(world) == []
        world.file("U1", "report", now=NIGHT)
        world.advance(RUNG)
        assert follow_ups(world) == ["U2", "U3"]


def test_a_return_opens_what_follows(sqlite_url: str) -> None:
    with followed(sqlite_url, "returned") as world:
        world.file("U1", "report", now=MARCH)
        with world.act(MARCH, OFFICE) as act:
            submissions.return_filing(act, world.id_of("U1", "report"), comment="不实")
        assert follow_ups(world) == ["U1"]


@pytest.mark.parametrize(
    ("event", "units"), [("filed", ["U1", "U2"]), ("filed-late", ["U2"]), ("target-unmet", ["U1"])]
)
def test_a_filing_opens_what_follows(sqlite_url: str, event: str, units: list[str]) -> None:
    with followed(sqlite_url, event, more=TARGET) as world:
        for unit, figure, now in (("U1", "1", MARCH), ("U2", "300", LATE)):
            with world.act(now) as act:
                submissions.save(act, world.id_of(unit, "report"), {"text": "已办", "signed": figure}, if_version=None)
            world.submit(unit, "report", now=now)
        assert follow_ups(world) == units


def test_a_refused_move_turns_no_light(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        number = world.id_of("U1", "report")
        with world.refusing(NotAllowedNow), world.act(MARCH) as act:
            submissions.return_filing(act, number, comment="退")

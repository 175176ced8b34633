"""受理: what reaches the office counts from then, waits there without lapsing, and is filed when it is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

import pytest

from tests.workflow.rectifying import rectifying
from tests.workflow.small import small_roster
from tests.workflow.world import OFFICE, World, local
from workflow import dossier, ledger, lights, overdue, submissions
from workflow.acts import Actor
from workflow.refusals import CommentMissing, Forbidden, NotAllowedNow, Refusal

MARCH = local("2022-03-01 10:00")
MORNING = local("2022-03-09 09:00")
DUE = local("2022-03-11")
LATE = local("2022-03-11 10:00")
WEEK_LATER = local("2022-03-18 10:00")
LIAISON = Actor("联络员", "unit", "U1")
SIGNED = "    sign_off: [{by: deputy}]\n"
RECEIVED = "    receiver: [office, mayor]\n"


@contextmanager
def launched(url: str, more: str = "") -> Iterator[World]:
    pinned = rectifying(lifecycle="receipt", more=more)
    with closing(World.launched(url, now=MARCH, pinned=pinned, roster=small_roster(units=2))) as world:
        yield world


def accept(world: World, unit: str = "U1", *, now: datetime) -> None:
    with world.act(now) as act:
        submissions.accept(act, world.id_of(unit, "report"), comment="已核对")


def standing(world: World, unit: str = "U1") -> tuple[str, str, str, bool]:
    row = world.submission(unit, "report")
    return row.standing, row.state, row.waiting_on, row.late


def told(world: World, reason: str) -> list[tuple[str, str]]:
    return [
        (letter.kind, letter.person)
        for letter in world.letters()
        for item in letter.items
        if item.reason.partition(":")[0] == reason
    ]


@pytest.mark.parametrize("more", ["", SIGNED], ids=["unsigned", "signed"])
def test_what_arrives_in_time_stays_in_time_however_long_the_office_takes(database_url: str, more: str) -> None:
    with launched(database_url, more) as world:
        world.file("U1", "report", now=MORNING)
        assert standing(world) == ("received", "pending", "office", False)
        assert world.submission("U1", "report").pending_since == MORNING
        assert world.sweep(DUE).lapsed == 1
        world.sweep(WEEK_LATER)
        assert standing(world) == ("received", "pending", "office", False)
        accept(world, now=WEEK_LATER)
        row = world.submission("U1", "report")
        assert standing(world) == ("filed", "filed", "none", False)
        assert (row.filed_at, row.light) == (WEEK_LATER, "green")
        assert world.history("U1", "report")[-1].facts == {"filed": "in-time"}
        assert world.broken_chains() == []


@pytest.mark.parametrize("more", ["", SIGNED], ids=["unsigned", "signed"])
def test_what_arrives_late_is_late_by_the_day_it_arrived(database_url: str, more: str) -> None:
    with launched(database_url, more) as world:
        world.sweep(DUE)
        world.file("U1", "report", now=LATE)
        assert standing(world) == ("received", "pending", "office", True)
        for now in (WEEK_LATER, local("2022-04-18 10:00")):
            with world.look(now, OFFICE) as act:
                summary = dossier.of(act, world.id_of("U1", "report")).summary
            assert (summary.days_late, summary.standing) == (1, "待受理")
        accept(world, now=WEEK_LATER)
        assert standing(world) == ("filed", "filed", "none", True)
        with world.look(WEEK_LATER, OFFICE) as act:
            found = dossier.of(act, world.id_of("U1", "report")).summary
            history = lights.changes(ledger.history_of(act.session, world.id_of("U1", "report")))
        assert (found.days_late, found.light) == (1, "yellow")
        assert [(one.after, one.because) for one in history] == [("yellow", "overdue")]


def test_a_signature_at_the_last_instant_arrives_in_time(sqlite_url: str) -> None:
    with launched(sqlite_url, SIGNED) as world:
        world.hand_in("U1", "report", now=MORNING)
        world.sign("U1", "report", now=local("2022-03-10 23:59:59.999999"))
        assert standing(world) == ("received", "pending", "office", False)
    with launched(sqlite_url.replace(".db", "-2.db"), SIGNED) as world:
        world.hand_in("U1", "report", now=MORNING)
        world.sign("U1", "report", now=DUE)
        assert standing(world) == ("received", "pending", "office", True)


def test_only_the_office_accepts(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.file("U1", "report", now=MORNING)
        number = world.id_of("U1", "report")
        for role in ("unit", "approver", "inspector"):
            actor = Actor("某人", role, "U1" if role == "unit" else None)
            with world.refusing(Forbidden), world.act(MORNING, actor) as act:
                submissions.accept(act, number)
        accept(world, now=MORNING)
        assert standing(world)[0] == "filed"


#: What is tried on which unit's submission: U1 waits for the office, U2 is a draft.
REFUSED: list[tuple[str, str, type[Refusal]]] = [
    ("accept", "U2", NotAllowedNow),
    ("edit", "U1", NotAllowedNow),
    ("submit", "U1", NotAllowedNow),
    ("extend", "U1", NotAllowedNow),
    ("urge", "U1", NotAllowedNow),
    ("return", "U1", CommentMissing),
]


@pytest.mark.parametrize(("move", "unit", "kind"), REFUSED)
def test_an_illegal_move_writes_nothing(sqlite_url: str, move: str, unit: str, kind: type[Refusal]) -> None:
    with launched(sqlite_url) as world:
        world.file("U1", "report", now=MORNING)
        number = world.id_of(unit, "report")
        with world.refusing(kind), world.act(MORNING) as act:
            match move:
                case "accept":
                    submissions.accept(act, number)
                case "edit":
                    submissions.save(act, number, {"text": "改"}, if_version=None)
                case "submit":
                    submissions.submit(act, number)
                case "extend":
                    submissions.extend(act, number, until=local("2022-04-01").date(), comment="延")
                case "urge":
                    submissions.urge(act, number)
                case "return":
                    submissions.return_filing(act, number, comment=" ")


def test_nothing_is_accepted_twice(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.file("U1", "report", now=MORNING)
        accept(world, now=MORNING)
        with world.refusing(NotAllowedNow), world.act(MORNING) as act:
            submissions.accept(act, world.id_of("U1", "report"))


def test_the_office_returns_what_it_does_not_accept(database_url: str) -> None:
    with launched(database_url) as world:
        world.file("U1", "report", now=MORNING)
        world.file("U2", "report", now=MORNING)
        with world.act(MORNING) as act:
            submissions.return_filing(act, world.id_of("U1", "report"), comment="缺少附件")
        assert standing(world) == ("draft", "draft", "unit", False)
        world.sweep(DUE)
        assert standing(world)[:2] == ("overdue-draft", "overdue")
        with world.act(LATE) as act:
            submissions.return_filing(act, world.id_of("U2", "report"), comment="数据不实")
        row = world.submission("U2", "report")
        assert standing(world, "U2") == ("overdue-draft", "overdue", "unit", False)
        assert (row.light, row.pending_since) == ("yellow", None)
        assert [kind for kind, person in told(world, "returned") if person.endswith("-liaison")] == ["notice", "notice"]


def test_a_unit_may_take_back_what_the_office_has_not_accepted(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.file("U1", "report", now=MORNING)
        with world.act(MORNING, LIAISON) as act:
            submissions.withdraw(act, world.id_of("U1", "report"))
        assert standing(world) == ("draft", "draft", "unit", False)


def test_the_unit_hears_that_it_was_accepted(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.file("U1", "report", now=MORNING)
        assert told(world, "accepted") == []
        accept(world, now=MORNING)
        assert told(world, "accepted") == [("notice", "u1-liaison")]


def test_reminders_of_what_the_office_has_go_to_the_office(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.file("U1", "report", now=local("2022-03-02 10:00"))
        world.sweep(MORNING)
        reminded = {(item.unit, letter.person) for letter in world.letters("reminder") for item in letter.items}
        assert reminded == {("U1", "duty"), ("U2", "u2-liaison")}
        with world.look(MORNING, OFFICE) as act:
            one = dossier.of(act, world.id_of("U1", "report"))
        assert [(desk.post, desk.name) for desk in one.summary.stuck_with] == [("领导小组办公室", "值班员")]
        assert set(one.moves) == {"accept", "return", "withdraw", "exempt"}


def test_nobody_is_escalated_over_what_the_office_has(sqlite_url: str) -> None:
    with launched(sqlite_url) as world:
        world.file("U1", "report", now=MORNING)
        world.advance(WEEK_LATER)
        said = {item.unit for kind in ("lapse", "escalation") for one in world.letters(kind) for item in one.items}
        assert said == {"U2"}
        with world.look(WEEK_LATER, OFFICE) as act:
            assert [item.unit.code for item in overdue.listing(act).items] == ["U2"]


@pytest.mark.parametrize("more", [RECEIVED, RECEIVED + SIGNED], ids=["unsigned", "signed"])
def test_receivers_hear_once_it_is_filed(sqlite_url: str, more: str) -> None:
    with launched(sqlite_url, more) as world:
        world.file("U1", "report", now=MORNING)
        assert told(world, "received") == []
        accept(world, now=MORNING)
        assert told(world, "received") == [("notice", "mayor")]


def test_receivers_hear_of_what_is_filed_without_a_receipt(database_url: str) -> None:
    pinned = rectifying(lifecycle="filing", more=RECEIVED)
    with closing(World.launched(database_url, now=MARCH, pinned=pinned, roster=small_roster(units=2))) as world:
        world.file("U1", "report", now=MORNING)
        assert told(world, "received") == [("notice", "mayor")]
        with world.act(MORNING) as act:
            submissions.return_filing(act, world.id_of("U1", "report"), comment="补充")
        world.submit("U1", "report", now=MORNING)
        assert told(world, "received") == [("notice", "mayor"), ("notice", "mayor")]

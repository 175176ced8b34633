"""Two people, or a person and the clock, at the same submission at the same time: one wins, the other is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from threading import Barrier
from time import monotonic

import pytest
from sqlalchemy import text

from tests.patterns import Patterns
from tests.workflow.small import LADDER, small, small_roster
from tests.workflow.world import World, local
from workflow import signing, submissions
from workflow.acts import Act
from workflow.launch import launch
from workflow.refusals import (
    AlreadyDecided,
    ChangedMeanwhile,
    ContentChanged,
    LinkUnknown,
    NotAllowedNow,
    Refusal,
)
from workflow.signing import Choice
from workflow.tables import SignOff

ROUNDS = 24
NOW, LATE = local("2022-03-01 10:00"), local("2022-03-11 00:00")
TOLD = (AlreadyDecided, ChangedMeanwhile, ContentChanged, LinkUnknown, NotAllowedNow)

Deed = Callable[[Act], object]


def prepare(url: str) -> None:
    """As many units as rounds, each with its report filled in; any of three leaders may sign."""
    red = LADDER + "    - {at: +1wd 09:00, to: [unit-head], say: escalation, light: red}\n"
    pinned = small(sign_off="[{by: supervising-leader, need: any}]", ladder=red)
    world = World.launched(url, now=NOW, pinned=pinned, roster=small_roster(units=ROUNDS))
    with closing(world), world.act(NOW) as act:
        for number in range(1, ROUNDS + 1):
            submissions.save(act, world.id_of(f"U{number}", "report"), {"text": "总结"}, if_version=0)


@pytest.fixture
def many(patterns: Patterns, database_kind: str) -> Iterator[World]:
    """A copy of what was prepared, on each kind of database in turn."""
    with patterns.copy(database_kind, prepare) as url, closing(World.opened(url)) as world:
        yield world


def submit_all(world: World) -> None:
    with world.act(NOW) as act:
        for number in range(1, ROUNDS + 1):
            submissions.submit(act, world.id_of(f"U{number}", "report"))


@dataclass
class Race:
    """Runs deeds at the same time, each in its own transaction."""

    world: World
    threads: ThreadPoolExecutor

    def run(self, *deeds: Deed) -> list[Refusal | None]:
        """What each deed was refused with, None for those that went through."""
        barrier = Barrier(len(deeds))
        return list(self.threads.map(lambda deed: self._one(deed, barrier), deeds))

    def _one(self, deed: Deed, barrier: Barrier) -> Refusal | None:
        barrier.wait(timeout=60)
        try:
            with self.world.act(NOW) as act:
                deed(act)
        except Refusal as refused:
            return refused
        return None


@pytest.fixture
def race(many: World) -> Iterator[Race]:
    with ThreadPoolExecutor(3) as threads:
        yield Race(many, threads)


def sign(request: SignOff, choice: Choice) -> Deed:
    return partial(
        signing.sign, sign_off_id=request.id or 0, choice=choice, comment="意见", typed_name="张", channel="link",
        content_hash=request.content_hash,
    )  # fmt: skip


def one_wins(said: Sequence[Refusal | None]) -> None:
    assert [one for one in said if one is None] == [None]
    assert all(isinstance(one, TOLD) for one in said if one is not None)


def test_one_of_two_opposite_clicks_wins(race: Race) -> None:
    submit_all(race.world)
    for number in range(1, ROUNDS + 1):
        request = race.world.open_requests(f"U{number}", "report")[0]
        said = race.run(sign(request, "approve"), sign(request, "return"))
        one_wins(said)
        state = race.world.submission(f"U{number}", "report").state
        assert state == ("filed" if said[0] is None else "draft")
    assert race.world.broken_chains() == []


def test_one_of_three_approvers_wins_where_any_may_sign(race: Race) -> None:
    submit_all(race.world)
    for number in range(1, ROUNDS + 1):
        requests = race.world.open_requests(f"U{number}", "report")
        choices: tuple[Choice, ...] = ("approve", "return", "approve")
        one_wins(race.run(*(sign(*pair) for pair in zip(requests, choices, strict=True))))
        assert race.world.open_requests(f"U{number}", "report") == []
    assert race.world.broken_chains() == []


@pytest.mark.parametrize("other", [submissions.withdraw, submissions.exempt])
def test_a_signature_and_what_ends_the_asking_do_not_both_happen(race: Race, other: Callable[..., object]) -> None:
    submit_all(race.world)
    for number in range(1, ROUNDS + 1):
        row = race.world.id_of(f"U{number}", "report")
        request = race.world.open_requests(f"U{number}", "report")[1]
        one_wins(race.run(sign(request, "approve"), partial(other, submission_id=row, comment="理由")))
    assert race.world.broken_chains() == []


def test_the_same_click_twice_is_one_decision(race: Race) -> None:
    submit_all(race.world)
    for number in range(1, ROUNDS + 1):
        request = race.world.open_requests(f"U{number}", "report")[0]
        assert race.run(sign(request, "approve"), sign(request, "approve")) == [None, None]
        history = race.world.history(f"U{number}", "report")
        assert [entry.event for entry in history].count("approve") == 1


def test_one_of_two_writers_of_the_same_version_wins(race: Race) -> None:
    for number in range(1, ROUNDS + 1):
        row = race.world.id_of(f"U{number}", "report")
        save = partial(submissions.save, submission_id=row, if_version=1)
        one_wins(race.run(partial(save, given={"text": "甲"}), partial(save, given={"text": "乙"})))
        assert race.world.submission(f"U{number}", "report").content_version == 2


def test_handing_in_twice_asks_once(race: Race) -> None:
    for number in range(1, ROUNDS + 1):
        row = race.world.id_of(f"U{number}", "report")
        one_wins(race.run(*[partial(submissions.submit, submission_id=row)] * 2))
        assert len(race.world.requests(f"U{number}", "report")) == 3


def test_units_that_hand_in_together_share_their_leaders_messages(race: Race) -> None:
    for number in range(1, ROUNDS - 1, 3):
        rows = [race.world.id_of(f"U{number + turn}", "report") for turn in range(3)]
        said = race.run(*(partial(submissions.submit, submission_id=row) for row in rows))
        assert said == [None, None, None]
    letters = race.world.letters("request")
    assert len(letters) == 3
    assert {len(one.items) for one in letters} == {ROUNDS}


def test_the_deadline_and_a_signature_in_time_both_count(race: Race) -> None:
    submit_all(race.world)
    requests = [race.world.open_requests(f"U{number}", "report")[0] for number in range(1, ROUNDS + 1)]

    def sweep(_: Act | None) -> object:
        return race.world.sweep(LATE)

    swept = race.threads.submit(sweep, None)
    refused = [race.run(sign(request, "approve"))[0] for request in requests]
    assert swept.result().failed == 0  # type: ignore[attr-defined]
    for number, why in enumerate(refused, start=1):
        row = race.world.submission(f"U{number}", "report")
        assert row.standing == ("filed" if why is None else "overdue-pending")
        assert (row.late, isinstance(why, ChangedMeanwhile)) == (False, why is not None)
    assert race.world.broken_chains() == []


def wait_for_a_blocked_session(world: World) -> None:
    """Until PostgreSQL shows somebody waiting for a lock; bounded, and without sleeping."""
    blocked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    until = monotonic() + 30
    while monotonic() < until:
        with world.store.read() as session:
            if session.execute(blocked).scalar():
                return
    raise AssertionError("nobody waited")


def meeting_the_sweep(world: World, deed: Deed, *, now: datetime = NOW, sweep_at: datetime = LATE) -> None:
    """The deed is done but not committed when the sweep comes by."""
    with ThreadPoolExecutor(1) as threads:
        with world.act(now) as act:
            deed(act)
            swept = threads.submit(world.sweep, sweep_at)
            if world.store.dialect == "postgresql":
                wait_for_a_blocked_session(world)
        assert swept.result().failed == 0


def test_the_sweep_passes_over_who_was_given_more_time_meanwhile(many: World) -> None:
    row = many.id_of("U7", "report")
    meeting_the_sweep(many, lambda act: submissions.extend(act, row, until=date(2022, 3, 20), comment="延"))
    assert many.submission("U7", "report").standing == "draft"
    assert many.submission("U8", "report").standing == "overdue-draft"
    assert many.sweep(local("2022-03-21")).lapsed == 1


def test_what_is_given_back_as_the_deadline_passes_is_overdue(many: World) -> None:
    row = many.id_of("U7", "report")
    many.submit("U7", "report", now=NOW)
    many.decide(many.open_requests("U7", "report")[0], "approve", now=NOW)
    meeting_the_sweep(many, lambda act: submissions.reopen(act, row, comment="有误"))
    assert many.submission("U7", "report").standing == "overdue-draft"
    assert many.broken_chains() == []


def test_a_signature_in_flight_keeps_its_light(many: World) -> None:
    many.submit("U7", "report", now=NOW)
    many.sweep(LATE)
    request, later = many.open_requests("U7", "report")[0], local("2022-03-11 09:00")
    meeting_the_sweep(many, sign(request, "approve"), now=LATE, sweep_at=later)
    assert (many.submission("U7", "report").light, many.submission("U8", "report").light) == ("yellow", "red")


def test_one_of_two_launches_wins(many: World) -> None:
    pinned = small(sign_off="[{by: mayor}]")
    with ThreadPoolExecutor(2) as threads:
        race = Race(many, threads)
        said = race.run(*[partial(launch, pinned=pinned, cycle=2023)] * 2)
    assert sorted(one.code for one in said if one is not None) == ["already-launched"]


def test_an_approver_who_signs_as_the_chase_comes_is_not_chased_again(many: World) -> None:
    submit_all(many)
    request = many.open_requests("U7", "report")[0]
    meeting_the_sweep(many, sign(request, "approve"), sweep_at=local("2022-03-02 09:00"))
    row = many.submission("U7", "report")
    assert (row.state, row.chase_at) == ("filed", None)
    assert "U7" not in {unit for one in many.letters("reminder") for unit in one.units}

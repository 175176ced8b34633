"""The clock of a running service jumps: ahead, and nothing goes out by itself; back, and nothing repeats."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select
from structlog.testing import capture_logs

from notifier.channels import Channels
from notifier.deliveries import Mailroom
from tests.workflow.world import LINKS, World, local
from workflow import holding, sweep
from workflow.engine import Engine
from workflow.jumps import Reading
from workflow.tables import Message, Submission
from workflow.ticker import Ticker

START = local("2021-12-31 08:30")
SECONDS = timedelta(seconds=5)


@dataclass
class Clocks:
    """Both clocks of a machine; ``sleep`` lets time go by on both, ``jump`` moves the wall clock alone."""

    wall: datetime = START
    steady: timedelta = timedelta(0)

    def read(self) -> Reading:
        return Reading(self.wall, self.steady)

    def pass_(self, length: timedelta) -> None:
        self.wall, self.steady = self.wall + length, self.steady + length

    def jump(self, length: timedelta) -> None:
        self.wall += length


@dataclass
class Service:
    """A live service without its threads: every tick is made by the test."""

    world: World
    clocks: Clocks = field(default_factory=Clocks)

    def __post_init__(self) -> None:
        # A wall of its own: leases end by it, and it is the clock under test.
        room = Mailroom(
            self.world.store, Channels({}, []), LINKS, "https://duban.example.cn", rehearsal=False,
            wall=lambda: self.clocks.wall,
        )  # fmt: skip
        self.engine = Engine(self.world.store, LINKS, deliver=room.deliver)
        self.ticker = self.started()

    def started(self) -> Ticker:
        """A ticker as after the start of a process."""
        return Ticker(self.engine, read_clocks=self.clocks.read)

    def tick(self, length: timedelta = SECONDS) -> None:
        """Let time go by, then sweep and send."""
        self.clocks.pass_(length)
        self.ticker.tick()

    def jump(self, length: timedelta) -> None:
        """Set the clock, then sweep and send."""
        self.clocks.jump(length)
        self.tick()

    def statuses(self) -> Counter[str]:
        with self.world.store.read() as session:
            return Counter(session.exec(select(Message.status)).all())

    def states(self) -> Counter[str]:
        with self.world.store.read() as session:
            return Counter(session.exec(select(Submission.state)).all())

    def causes(self) -> list[str]:
        with self.world.store.read() as session:
            return [hold.cause for hold in holding.holds(session)]

    def swept(self) -> datetime | None:
        with self.world.store.read() as session:
            return sweep.last(session)


@pytest.fixture
def service(world: World) -> Service:
    """Ordos 2022, its launch notices settled; nobody has an address, so that what is tried ends as failed."""
    made = Service(world)
    made.tick(timedelta(hours=1))
    assert set(made.statuses()) == {"failed"}
    return made


def test_nothing_goes_out_after_a_jump_ahead(service: Service) -> None:
    with capture_logs() as logged:
        service.jump(timedelta(days=5, hours=3))
    assert service.causes() == ["clock-jump"]
    assert "clock jumped ahead, outbox held" in [entry["event"] for entry in logged]
    tried = service.statuses()["failed"]
    service.tick()
    service.tick(timedelta(hours=2))
    assert service.statuses()["failed"] == tried
    assert service.statuses()["queued"] > 0


def test_the_sweep_goes_on_after_a_jump_ahead(service: Service) -> None:
    service.jump(timedelta(days=5, hours=3))
    assert service.states()["overdue"] == 61
    assert service.swept() == service.clocks.wall


def test_what_waited_before_a_jump_is_held_and_goes_out_once_released(service: Service) -> None:
    service.world.hand_in("JYTYJ", now=service.clocks.wall)
    service.tick()
    assert service.statuses()["queued"] == 1
    service.jump(timedelta(hours=1))
    assert service.statuses()["held"] == 1 and service.statuses()["queued"] == 0
    with service.engine.acting() as act:
        assert holding.release(act.session) == 1
    assert service.causes() == []
    before = service.statuses()["failed"]
    service.tick()
    assert service.statuses()["failed"] == before + 1
    assert service.causes() == []


def test_a_second_jump_keeps_the_first_in_mind(service: Service) -> None:
    service.jump(timedelta(hours=1))
    right = service.clocks.wall - timedelta(hours=1)
    service.jump(timedelta(hours=2))
    with service.world.store.read() as session:
        (hold,) = holding.holds(session)
    assert hold.jump is not None and hold.jump.before <= right < hold.jump.after
    assert "本机时钟向前跳了1小时（由2021-12-31 09:30跳到2021-12-31 10:30）" in hold.text


def test_a_service_that_was_down_has_not_jumped(service: Service) -> None:
    service.clocks.jump(timedelta(days=5, hours=3))
    service.ticker = service.started()
    service.tick()
    assert service.causes() == []
    assert service.states()["overdue"] == 61 and service.statuses()["queued"] == 0


def test_a_machine_that_slept_has_not_jumped(service: Service) -> None:
    service.tick(timedelta(days=5, hours=3))
    assert service.causes() == []
    assert service.statuses()["queued"] == 0


def test_five_minutes_are_put_right_without_alarm(service: Service) -> None:
    service.jump(timedelta(minutes=5))
    assert service.causes() == []


def test_a_clock_set_back_repeats_nothing_and_takes_nothing_back(service: Service) -> None:
    service.tick(timedelta(days=5, hours=3))
    # The store's notes of which day it looked at last follow the clock; nothing comes of that.
    before, latest = service.world.dump(without=["meta"]), service.swept()
    with capture_logs() as logged:
        service.jump(timedelta(days=-2))
        service.tick(timedelta(hours=1))
    assert "clock set back" in [entry["event"] for entry in logged]
    assert service.world.dump(without=["meta"]) == before
    assert service.swept() == latest
    assert service.causes() == []


def test_sweeps_go_on_after_the_clock_was_set_back(service: Service) -> None:
    service.tick(timedelta(days=1))
    service.jump(timedelta(hours=-3))
    service.world.hand_in("JYTYJ", now=service.clocks.wall)
    before = service.statuses()["failed"]
    service.tick(timedelta(minutes=11))
    assert service.statuses()["failed"] == before + 1, "the request has been tried"
    service.tick(timedelta(days=6))
    assert service.states()["overdue"] == 61
    assert service.swept() == service.clocks.wall


def test_a_false_clock_put_right_waits_for_a_person_still(service: Service) -> None:
    service.jump(timedelta(hours=6))
    service.jump(timedelta(hours=-6))
    assert service.causes() == ["clock-jump"]


def test_a_jump_that_could_not_be_noted_is_found_again(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(holding, "hold_for_jump", refuse)
        with capture_logs() as logged:
            service.jump(timedelta(hours=6))
    assert [entry["event"] for entry in logged] == ["tick failed"]
    service.tick()
    assert service.causes() == ["clock-jump"]


def test_a_rehearsal_does_not_care_for_the_machines_clock(sqlite_world: World) -> None:
    clocks = Clocks()
    ticker = Ticker(Engine(sqlite_world.store, LINKS, rehearsal=True), read_clocks=clocks.read)
    ticker.tick()
    clocks.jump(timedelta(days=30))
    ticker.tick()
    with sqlite_world.store.read() as session:
        assert holding.holds(session) == ()
        assert not session.exec(select(Submission.id).where(col(Submission.state) == "overdue")).all()

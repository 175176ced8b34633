"""A running service whose clock jumps, with a real mail server behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.notifier.post_office import PostOffice, message_id
from tests.workflow.world import LINKS, World, local
from workflow import holding
from workflow.engine import Engine
from workflow.jumps import Reading
from workflow.ticker import Ticker

START = local("2022-01-03 08:30")
LIAISON = "jytyj-liaison"


class Machine:
    """A service on a machine whose clocks are moved by the test."""

    def __init__(self, office: PostOffice) -> None:
        self.office, self.now, self.steady = office, START, timedelta(0)
        self.engine = Engine(office.world.store, LINKS, deliver=self._deliver)
        self.ticker = Ticker(self.engine, read_clocks=lambda: Reading(self.now, self.steady))
        self.go_on(timedelta(0))

    def _deliver(self, now: datetime) -> object:
        # Leases end by the same clock.
        return self.office.deliver(now, wall=lambda: self.now)

    def go_on(self, length: timedelta, *, jump: timedelta = timedelta(0)) -> None:
        """Let time go by, set the clock, then sweep and send."""
        self.steady += length
        self.now += length + jump
        self.ticker.tick()

    def subjects(self) -> list[str]:
        """What the liaison has been told."""
        return [str(mail.message["Subject"]) for mail in self.office.mails_to(LIAISON)]


def test_what_a_false_clock_makes_due_goes_out_only_when_a_person_says_so(office: PostOffice) -> None:
    machine = Machine(office)
    before = machine.subjects()
    assert before
    machine.go_on(timedelta(seconds=5), jump=timedelta(days=2))
    machine.go_on(timedelta(hours=1))
    assert machine.subjects() == before, "the lapse is queued, and waits"
    with machine.engine.acting() as act:
        holding.release(act.session)
    machine.go_on(timedelta(seconds=5))
    assert machine.subjects()[-1].startswith("【逾期】市教育体育局逾期1天")
    with office.world.store.read() as session:
        assert not holding.is_held(session)


def test_a_false_clock_put_right_before_the_release_sends_what_is_true(office: PostOffice) -> None:
    machine = Machine(office)
    office.world.hand_in("JYTYJ", now=machine.now)
    machine.go_on(timedelta(seconds=5), jump=timedelta(hours=6))
    assert office.mails_to("fsz-jiaoyu") == []
    office.world.sign("JYTYJ", now=machine.now)
    machine.go_on(timedelta(seconds=5), jump=-timedelta(hours=6))
    with machine.engine.acting() as act:
        holding.release(act.session)
    machine.go_on(timedelta(hours=7))
    assert office.asked_of("fsz-jiaoyu") == []
    assert office.one("request", "fsz-jiaoyu").answer == "已不再需要审签"


def test_a_clock_set_back_sends_nothing_twice(office: PostOffice) -> None:
    machine = Machine(office)
    machine.go_on(timedelta(days=2))
    sent = Counter(message_id(mail) for mail in office.smtp.mails)
    machine.go_on(timedelta(seconds=5), jump=-timedelta(days=2))
    machine.go_on(timedelta(days=1))
    assert Counter(message_id(mail) for mail in office.smtp.mails) == sent
    machine.go_on(timedelta(days=1, hours=1))
    assert max(Counter(message_id(mail) for mail in office.smtp.mails).values()) == 1
    assert {one.status for one in office.messages()} <= {"sent", "cancelled", "queued"}


def test_wecom_is_held_as_mail_is(sqlite_world: World, opened: Callable[..., PostOffice]) -> None:
    machine = Machine(opened(sqlite_world, wecom=True))
    before = len(machine.office.wecom.shown)
    machine.go_on(timedelta(seconds=5), jump=timedelta(days=2))
    assert len(machine.office.wecom.shown) == before > 0
    with machine.engine.acting() as act:
        holding.release(act.session)
    machine.go_on(timedelta(minutes=2))
    assert len(machine.office.wecom.shown) > before

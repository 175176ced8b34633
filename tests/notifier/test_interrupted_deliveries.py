"""Cut lines, crashes, rivals: a message may come again with the same Message-ID, and nothing else repeats."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import update
from sqlmodel import col, select
from structlog.testing import capture_logs

from notifier import claims
from notifier.channels import open_channels
from notifier.claims import LEASE
from notifier.deliveries import Mailroom
from notifier.marks import MOST_ATTEMPTS, Marks
from tests.doubles.smtp import SmtpDouble
from tests.notifier.post_office import BASE, PostOffice, message_id
from tests.workflow.world import LAUNCH, LINKS, World
from workflow.store import Store
from workflow.tables import Attempt, Message, Submission, Unit

WALL = datetime(2022, 1, 1, tzinfo=UTC)
KILLS_AFTER_THE_DOT = (7, 33)
KILL_BEFORE_THE_DOT = 45


class Crash(BaseException):
    """What ends a process, as far as its own code can see."""


class KillingDouble(SmtpDouble):
    """A mail server that kills the sender at chosen mails: after taking one over, or before its final dot."""

    def __init__(self) -> None:
        super().__init__()
        self.victim: subprocess.Popen[bytes] | None = None
        self.after_dot = list(KILLS_AFTER_THE_DOT)
        self.before_dot = [KILL_BEFORE_THE_DOT]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.before_dot and len(self.mails) >= self.before_dot[0]:
            self._kill(self.before_dot)
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if self.after_dot and len(self.mails) >= self.after_dot[0]:
            self._kill(self.after_dot)
        return answer

    def _kill(self, occasions: list[int]) -> None:
        assert self.victim is not None
        occasions.pop(0)
        os.kill(self.victim.pid, signal.SIGKILL)
        self.victim.wait()


def test_a_cut_after_the_final_dot_repeats_the_message_with_its_message_id(office: PostOffice) -> None:
    office.smtp.cuts = 1
    office.deliver(LAUNCH)
    (again,) = [one for one in office.messages() if one.status == "queued"]
    assert "可能已送达" in again.answer
    office.deliver(LAUNCH + timedelta(minutes=1))
    came = Counter(message_id(mail) for mail in office.smtp.mails)
    assert came.pop(f"<{again.reference}@example.cn>") == 2
    assert set(came.values()) == {1}
    assert len(came) == 60
    assert {one.status for one in office.messages()} == {"sent"}


def test_a_crash_before_the_mark_repeats_one_message_after_the_lease(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as between_answer_and_mark, pytest.raises(Crash):
        between_answer_and_mark.setattr(Marks, "write", die)
        office.deliver(LAUNCH, wall=lambda: WALL)
    assert len(office.smtp.mails) == 1
    claimed = [one for one in office.messages() if one.status == "sending"]
    office.deliver(LAUNCH, wall=lambda: WALL + LEASE - timedelta(seconds=1))
    assert {one.status for one in office.messages() if one not in claimed} <= {"sent", "sending"}
    assert Counter(message_id(mail) for mail in office.smtp.mails).most_common(1)[0][1] == 1
    office.deliver(LAUNCH, wall=lambda: WALL + LEASE)
    assert {one.status for one in office.messages()} == {"sent"}
    came = Counter(message_id(mail) for mail in office.smtp.mails)
    assert sorted(came.values()) == [1] * 60 + [2]
    assert came[message_id(office.smtp.mails[0])] == 2


def test_a_service_that_starts_takes_back_what_its_dead_self_had_claimed(
    sqlite_world: World, opened: Callable[..., PostOffice]
) -> None:
    office = opened(sqlite_world)
    while claims.claim(office.world.store, LAUNCH, WALL, office.room.ways):
        pass
    assert office.deliver(LAUNCH, wall=lambda: WALL) == 0
    office.room.take_back_claims()
    assert office.deliver(LAUNCH, wall=lambda: WALL) == 61


def test_whoever_lost_a_claim_changes_nothing_any_more(office: PostOffice) -> None:
    store = office.world.store
    first = claims.claim(store, LAUNCH, WALL, office.room.ways)
    assert first is not None
    second = claims.claim(store, LAUNCH, WALL + LEASE, office.room.ways)
    assert second is not None and set(first.ids) & set(second.ids)
    claims.give_back(store, first, first.ids)
    held = {one.id for one in office.messages() if one.status == "sending"}
    assert set(second.ids) <= held
    batch = office.room.desk.write(first, LAUNCH)
    assert not {one.message_id for one in batch} & set(second.ids)


def test_a_letter_that_cannot_be_written_delays_no_other(office: PostOffice) -> None:
    gone = update(Submission).where(col(Submission.id) == office.world.id_of("ZZB")).values(obligation="gone")
    with office.world.store.write() as session:
        session.execute(gone)
    now = LAUNCH
    with capture_logs() as log:
        assert office.deliver(now) == 61
    assert [entry["event"] for entry in log] == ["letter not written"]
    assert len(office.smtp.mails) == 60
    (stuck,) = [one for one in office.messages() if one.status != "sent"]
    assert (stuck.status, stuck.attempts) == ("queued", 1)
    assert stuck.answer == "未能写成，系统内部错误（KeyError），请联系管理员"
    with capture_logs():
        for _ in range(MOST_ATTEMPTS):
            now += timedelta(hours=2)
            office.deliver(now)
    assert [one.status for one in office.messages() if one.id == stuck.id] == ["failed"]


def test_a_message_that_spoils_the_look_ups_delays_no_other(office: PostOffice) -> None:
    moved = update(Submission).where(col(Submission.id) == office.world.id_of("ZZB")).values(unit="NEW")
    with office.world.act(LAUNCH) as act:
        assert act.audience(1).directory  # in memory before the row that it lacks
        act.session.add(Unit(code="NEW", name="尚未装入的单位"))
        act.session.flush()
        act.session.execute(moved)
    with capture_logs() as log:
        office.deliver(LAUNCH)
    assert [entry["event"] for entry in log] == ["batch not readable", "letter not written"]
    assert Counter(one.status for one in office.messages()) == {"sent": 60, "queued": 1}


def test_two_mailrooms_at_once_send_each_message_once(launched_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "BATCH", 3)
    start = Barrier(2)

    def deliver(url: str) -> int:
        with closing(World.opened(launched_url)) as world, closing(open_channels(url, None, [])) as channels:
            room = Mailroom(world.store, channels, world.links, BASE)
            start.wait()
            return sum(iter(lambda: room.deliver(LAUNCH), 0))

    with SmtpDouble() as server, ThreadPoolExecutor(2) as pool:
        dealt = list(pool.map(deliver, [server.url()] * 2))
        came = Counter(message_id(mail) for mail in server.mails)
    assert sum(dealt) == 61
    assert sorted(came.values()) == [1] * 61


def test_kills_lose_nothing_and_repeat_only_what_was_not_marked_yet(launched_url: str) -> None:
    """Kills after the final dot and before it: each repeats the one message that was under way, at most."""
    with KillingDouble() as server:
        codes = []
        for run in range(4):
            arguments = [launched_url, server.url(), LINKS.secret.decode(), LAUNCH.isoformat(), str(run * 10)]
            server.victim = subprocess.Popen([sys.executable, "-m", "tests.notifier.courier", *arguments])
            codes.append(server.victim.wait())
    with closing(Store.open(launched_url)) as store, closing(World(store, "")) as world:
        stored = world.letters()
        assert {one.status for one in stored} == {"sent"}
    came = Counter(message_id(mail) for mail in server.mails)
    assert codes == [-signal.SIGKILL] * 3 + [0]
    assert len(came) == len(stored) == 61
    repeats = sum(came.values()) - len(came)
    assert len(KILLS_AFTER_THE_DOT) <= repeats <= len(codes[:-1])
    senders = {message_id(mail): mail.recipients for mail in server.mails}
    assert len(set(senders.values())) == 61
    # Every repeat is explained by an attempt whose answer nobody noted.
    with closing(Store.open(launched_url)) as store, store.read() as session:
        tries = session.exec(select(Message.reference, Attempt.outcome).join(Attempt)).all()
    lost = Counter(f"<{reference}@example.cn>" for reference, outcome in tries if not outcome)
    assert all(times - 1 <= lost[number] for number, times in came.items())
    assert Counter(outcome for _, outcome in tries)["delivered"] == 61

"""Workers and web processes on one PostgreSQL, killed while deadlines pass: ``python -m tests.acceptance.workers``.

Every submission is lapsed once, has one history entry for it and is told of once to each who hears of it; a mail
comes twice only where its answer was lost by a kill. Processes come and go on the way. Prints what was counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from random import Random
from urllib.error import HTTPError, URLError

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text

from tests.acceptance.worker_crew import Crew, Kind, Member
from tests.acceptance.worker_store import LINKS, due, judged, prepare, standing, wave
from tests.databases import fresh_database
from tests.doubles.smtp import SmtpDouble
from workers import queue_schema
from workflow import clock, errands
from workflow.store import Store

#: Seconds after which a trial that gets nowhere fails.
PATIENCE = 180
#: Seconds within which whatever dead workers had in hand must be done by others.
TAKEN_OVER = 60
_REFERENCE = re.compile(r"<([0-9a-f]{24})@")


@dataclass(frozen=True)
class Size:
    """How much lapses, in how many waves, under how many kills, by how many processes."""

    submissions: int = 100_000
    waves: int = 20
    kills: int = 30
    workers: int = 4
    webs: int = 2
    #: Seconds between two kills, and between two waves.
    every: float = 4.0
    #: Units that owe them, where it shall not be one for 400 submissions.
    owing: int = 0

    @property
    def units(self) -> int:
        """How many units owe them."""
        return self.owing or max(20, self.submissions // 400)


class PausingMail(SmtpDouble):
    """A mail server that lets whoever calls wait while it is told to."""

    paused = False
    waiting = 0

    async def handle_RCPT(  # noqa: N802 – aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """RCPT TO, answered when the pause is over."""
        self.waiting += 1
        while self.paused:
            await asyncio.sleep(0.05)
        return await super().handle_RCPT(server, session, envelope, address, options)


@dataclass
class Trial:
    """One run."""

    store: Store
    crew: Crew
    mail: PausingMail
    size: Size
    slowest: float = 0.0
    busy: int = 0
    answered: Counter[int] = field(default_factory=Counter)

    def go(self) -> dict[str, object]:
        """Let everything lapse under kills; what was counted."""
        for _ in range(self.size.workers):
            self.crew.start("worker")
        for _ in range(self.size.webs):
            self.crew.start("serve")
        self.until_up()
        begun = time.monotonic()
        self._under_kills()
        self._come_and_go()
        self.until_done()
        lapsed = time.monotonic() - begun
        for one in [*self.crew.members]:
            self.crew.stop(one)
        expected = self.size.submissions + self.size.units
        came = Counter(reference(mail.message) for mail in self.mail.mails)
        return {
            "seconds": round(lapsed, 1), "killed": dict(Counter(self.crew.killed)), "kills with work open": self.busy,
            "longest without progress": round(self.slowest, 1), "healthz": dict(self.answered),
            **judged(self.store, expected, came),
        }  # fmt: skip

    def until_up(self) -> None:
        """Wait until every worker gives signs of life."""
        until = time.monotonic() + PATIENCE
        while self._living() < self.size.workers:
            self.look_round()
            assert time.monotonic() < until, self.crew.said()[-3000:]

    def _under_kills(self) -> None:
        """Let wave after wave fall due, and kill one at random every few seconds."""
        for turn in range(max(self.size.kills, self.size.waves)):
            if turn < self.size.waves:
                fall_due(self.store, turn)
            until = time.monotonic() + self.size.every
            while time.monotonic() < until:
                self.look_round()
            if turn < self.size.kills:
                self.busy += bool(self.open())
                self.crew.kill()

    def open(self) -> int:
        """How much is due, or on its way, and not done."""
        seen = standing(self.store)
        return sum(number for name, number in seen.items() if name != "drafts") + due(self.store)

    def _left(self, but: str) -> dict[str, int]:
        left = standing(self.store)
        # What is not due yet has its rung ahead as well.
        return {name: number for name, number in left.items() if not but or name not in (but, "rungs")}

    def _living(self) -> int:
        with self.store.read() as session:
            return errands.look(session).workers

    def _come_and_go(self) -> None:
        """One worker more and one fewer, one web process more and one fewer, all asked politely."""
        kinds: tuple[Kind, ...] = ("worker", "serve")
        for kind in kinds:
            self.crew.start(kind)
            self.crew.stop(self.crew.of(kind)[0])

    def until_done(self, *, but: str = "") -> None:
        """Wait until nothing is left to do, but for what is named."""
        seen, since = self._left(but), time.monotonic()
        while any(seen.values()):
            self.look_round()
            found = self._left(but)
            if found != seen:
                self.slowest = max(self.slowest, time.monotonic() - since)
                seen, since = found, time.monotonic()
            assert time.monotonic() - since < PATIENCE, (seen, self.crew.said()[-3000:])

    def look_round(self) -> None:
        """A moment in which the crew has the machine; then whether a web process says that all is well."""
        assert self.crew.all_alive(), self.crew.said()[-3000:]
        time.sleep(0.2)
        for one in self.crew.of("serve"):
            status = health(one)
            if status:
                self.answered[status] += 1


def health(member: Member) -> int:
    """The status of a web process's ``/healthz``, 0 while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{member.port}/healthz", timeout=5) as answer:
            json.load(answer)
            return int(answer.status)
    except HTTPError as told:
        return told.code
    except (URLError, OSError):
        return 0


def run(size: Size, *, seed: int = 1) -> dict[str, object]:
    """One trial; what was counted. Raises AssertionError."""
    with opened(size, seed) as trial:
        add_waves(trial)
        return trial.go()


def take_over() -> dict[str, object]:
    """Kill every worker while it sends: how long until others have sent all of it. Raises AssertionError."""
    with opened(Size(100, 1, 0, 2, 0), 1) as trial:
        add_waves(trial)
        for _ in range(2):
            trial.crew.start("worker")
        trial.until_up()
        trial.until_done(but="drafts")
        trial.mail.paused, trial.mail.waiting = True, 0
        fall_due(trial.store, 0)
        while not trial.mail.waiting:
            trial.look_round()
        for _ in range(2):
            trial.crew.kill(trial.crew.of("worker")[0])
        trial.mail.paused, killed = False, time.monotonic()
        trial.until_done()
        seconds = time.monotonic() - killed
        assert seconds <= TAKEN_OVER, seconds
        came = Counter(reference(mail.message) for mail in trial.mail.mails)
        return {"taken over within": round(seconds, 1), **judged(trial.store, 100 + trial.size.units, came)}


def add_waves(trial: Trial) -> None:
    """Add what shall lapse, in waves that nobody has let fall due yet."""
    size, later = trial.size, datetime.now(UTC) + timedelta(days=1)
    for number in range(size.waves):
        share = size.submissions // size.waves + (number < size.submissions % size.waves)
        wave(trial.store, share, due=later, tag=f"wave-{number}")


@contextmanager
def opened(size: Size, seed: int) -> Iterator[Trial]:
    """A store of its own with a launched programme, a mail server, nobody at work yet."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="duban-workers-")))
        url = stack.enter_context(fresh_database("postgresql", folder))
        store = Store.open(url)
        stack.callback(store.close)
        store.migrate()
        queue_schema.settle(url)
        clock.settle_mode(store, rehearsal=False)
        prepare(store, units=size.units)
        mail = stack.enter_context(PausingMail())
        settings = {
            "DUBAN_DATABASE_URL": url, "DUBAN_SECRET_KEY": LINKS.secret.decode(), "DUBAN_WORKERS": "1",
            "DUBAN_MAIL_URL": mail.url("from=duban@example.cn"), "DUBAN_ANCHOR_FILE": str(folder / "anchors"),
            "DUBAN_REHEARSAL": "0",
        }  # fmt: skip
        crew = Crew(folder, settings, Random(seed))
        stack.callback(crew.end)
        yield Trial(store, crew, mail, size)


def fall_due(store: Store, number: int) -> None:
    """Let a wave fall due now."""
    values = {"due": datetime.now(UTC), "tag": f"wave-{number}"}
    with store.write() as session:
        (deadline,) = session.execute(_DUE, values).scalars()
        for statement in (_DUE_ROWS, _DUE_RUNG):
            session.execute(statement, {"due": values["due"], "deadline": deadline})


_DUE = text("UPDATE deadline SET due_at = :due WHERE occurrence = :tag RETURNING id")
_DUE_ROWS = text("UPDATE submission SET due_at = :due WHERE deadline_id = :deadline")
_DUE_RUNG = text("UPDATE rung SET fires_at = :due WHERE deadline_id = :deadline")


def reference(mail: EmailMessage) -> str:
    found = _REFERENCE.search(str(mail["Message-ID"]))
    assert found is not None
    return found[1]


def main() -> None:
    """Run it at full size and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=Size.submissions)
    parser.add_argument("--waves", type=int, default=Size.waves)
    parser.add_argument("--kills", type=int, default=Size.kills)
    parser.add_argument("--workers", type=int, default=Size.workers)
    parser.add_argument("--webs", type=int, default=Size.webs)
    parser.add_argument("--every", type=float, default=Size.every, help="seconds between kills, and waves")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    size = Size(given.submissions, given.waves, given.kills, given.workers, given.webs, given.every)
    for name, value in {**take_over(), **run(size, seed=given.seed)}.items():
        print(f"{name}: {value}", flush=True)


if __name__ == "__main__":
    main()

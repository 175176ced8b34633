"""Thousands of alerts through servers that fail, by processes that are killed: ``python -m tests.acceptance.alerts``.

Each alert is delivered or listed as undelivered; it comes twice only where an answer was lost, with the same number;
no limit is ever passed; nobody is told the same thing twice on a day. Prints the counts.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlmodel import col, func, select

from tests.acceptance.alert_judgement import judged
from tests.acceptance.alert_servers import FailingMail, FailingWecom
from tests.acceptance.alert_worker import Clocks
from tests.databases import binaries, running_server
from tests.workflow.small import small
from workflow import notices, posts
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.launch import launch
from workflow.links import LinkMaker
from workflow.moments import SHANGHAI
from workflow.roster import LIAISON, MEMBER_UNITS, OFFICE, UNIT_HEAD, PersonRow, PostRow, Roster, UnitRow
from workflow.store import Store
from workflow.tables import Message, Programme, Submission

KEY = "a key for the acceptance of alerts"
LINKS = LinkMaker(KEY.encode())
LAUNCH = datetime(2022, 2, 7, 9, 0, tzinfo=SHANGHAI)
#: So many alerts one after the other, each a minute later, for one person: more than WeCom shows in a minute.
HOT = 40
UNDER_WAY = ("queued", "gathering", "sending")


@dataclass
class Trial:
    """One run: its store, its servers, its workers."""

    store: Store
    url: str
    clocks: Clocks
    file: Path
    mail: FailingMail
    wecom: FailingWecom
    rate: int
    random: Random
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    killed: int = 0

    def start(self) -> None:
        """One more worker."""
        mail = self.mail.url(f"from=duban@example.cn&rate={self.rate}")
        arguments = [self.url, mail, self.wecom.url(), KEY, str(self.file)]
        command = [sys.executable, "-m", "tests.acceptance.alert_worker", *arguments]
        self.workers.append(subprocess.Popen(command, stdin=subprocess.PIPE))

    def kill(self) -> None:
        """Kill one at whatever it is doing, and start another in its place."""
        victim = self.workers.pop(self.random.randrange(len(self.workers)))
        victim.send_signal(signal.SIGKILL)
        _buried(victim)
        self.killed += 1
        self.start()

    def stop(self) -> None:
        """Let every worker end by itself."""
        for worker in self.workers:
            assert worker.stdin is not None
            worker.stdin.close()
        codes = [worker.wait() for worker in self.workers]
        self.workers.clear()
        assert not any(codes), codes

    @property
    def seen(self) -> int:
        """How much the servers have been asked so far."""
        return self.mail.asked + self.wecom.calls["message/send"]

    def finish(self, kills: int) -> None:
        """Wait until nothing is on its way, killing on the way; where nothing moves, time goes by."""
        every = max(self._open() // (kills + 1), 1)
        next_kill = self.seen + every
        last, since = self.seen, time.monotonic()
        while self._open():
            assert all(worker.poll() is None for worker in self.workers)
            a_moment()
            if kills and self.seen >= next_kill:
                self.kill()
                kills, next_kill = kills - 1, self.seen + every
            if self.seen != last:
                last, since = self.seen, time.monotonic()
            elif time.monotonic() - since > 0.6:
                self.clocks.set_now(self.clocks.now + timedelta(minutes=10))
                self.clocks.put_ahead(61)
                since = time.monotonic()

    def let_go(self) -> None:
        """Wait until what is ready has gone, or for a moment where a limit keeps it back."""
        ready = (col(Message.status).in_(UNDER_WAY), col(Message.not_before) <= self.clocks.now)
        for _ in range(20):
            a_moment()
            with self.store.read() as session:
                if session.exec(select(func.count()).select_from(Message).where(*ready)).one() == 0:
                    return

    def _open(self) -> int:
        with self.store.read() as session:
            waiting = select(func.count()).select_from(Message).where(col(Message.status).in_(UNDER_WAY))
            return session.exec(waiting).one()


def a_moment() -> None:
    """A moment in which the workers have the machine."""
    time.sleep(0.05)


def roster(people: int) -> Roster:
    """Units of two people each; one of them has WeCom as well, every hundredth person has an address nobody knows."""
    rows, persons, held = [], [PersonRow("duty", "值班员", "duty@example.cn")], [PostRow(OFFICE, None, "duty")]
    for number in range((people + 1) // 2):
        code = f"U{number}"
        rows.append(UnitRow(code, f"单位{number}", "部门", (MEMBER_UNITS,)))
        for place, post in enumerate((LIAISON, UNIT_HEAD)):
            key = f"p{2 * number + place}"
            persons.append(PersonRow(key, f"{code}经办", f"{key}@example.cn", key if place else None))
            held.append(PostRow(post, code, key))
    return Roster(tuple(rows), tuple(persons), tuple(held), ())


def queue(store: Store, now: datetime, people: Sequence[str], occasion: str) -> int:
    """One alert for each of these people, asked for twice; how many were new."""
    with store.write() as session:
        act, programme = Act(session, now, LINKS), session.exec(select(Programme)).one()
        units = {row.unit: row.id or 0 for row in session.exec(select(Submission))}
        names = posts.directory(session)
        topics = [
            notices.Topic(
                Recipient(person, names.person(person).name, LIAISON, "经办"),
                units[f"U{int(person[1:]) // 2}"], "notice", occasion,
            )
            for person in people
        ]  # fmt: skip
        envelope = notices.Envelope("notice", programme.id or 0, occasion, now)
        new = notices.tell(act, envelope, topics)
        again = notices.Envelope("urge", programme.id or 0, f"{occasion}:again", now)
        assert notices.tell(act, again, list(topics)) == 0
        return new


def hot(store: Store, now: datetime, person: str) -> int:
    """Many alerts to one person, about as many units, a minute apart."""
    with store.write() as session:
        act, programme = Act(session, now, LINKS), session.exec(select(Programme)).one()
        numbers = session.exec(select(Submission.id).order_by(col(Submission.id)).limit(HOT)).all()
        told = Recipient(person, "经办", LIAISON, "经办")
        return sum(
            notices.tell(
                act,
                notices.Envelope("notice", programme.id or 0, f"hot:{place}", now + timedelta(minutes=place)),
                [notices.Topic(told, number or 0, "notice", f"hot:{place}")],
            )
            for place, number in enumerate(numbers)
        )


def run(*, alerts: int, people: int, kills: int, database: str, seed: int = 1) -> dict[str, object]:
    """The whole trial on one kind of database; what was counted. Raises AssertionError."""
    with ExitStack() as stack:
        trial = stack.enter_context(_opened(people, alerts, database, seed))
        begun, queued, rounds = time.monotonic(), 0, -(-alerts // people)
        for place in range(rounds):
            day = LAUNCH + timedelta(days=1 + place, hours=2)
            several = [f"p{number}" for number in range(min(people, alerts - place * people))]
            trial.clocks.set_now(max(day, trial.clocks.now))
            queued += queue(trial.store, day, several, f"round:{place}")
            trial.finish(kills // rounds)
        spent = time.monotonic() - begun
        person = "p3"
        queued += hot(trial.store, trial.clocks.now, person)
        for _ in range(HOT):
            trial.clocks.set_now(trial.clocks.now + timedelta(minutes=1))
            trial.let_go()
        trial.finish(0)
        trial.stop()
        return {
            "database": database,
            "alerts": queued,
            "seconds": round(spent, 1),
            **judged(trial.store, trial.mail, trial.wecom, trial.rate),
            "killed": trial.killed,
        }


@contextmanager
def _opened(people: int, alerts: int, database: str, seed: int) -> Iterator[Trial]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="duban-alerts-")))
        url = f"sqlite:///{folder}/duban.db"
        if database == "postgresql":
            programs = binaries()
            assert programs is not None, "PostgreSQL is not there"
            url = stack.enter_context(running_server(programs)).create("alerts")
        store = Store.open(url)
        stack.callback(store.close)
        store.migrate()
        with store.write() as session:
            posts.import_roster(session, roster(people))
        with store.write() as session:
            # Without a ladder: what is sent is what the trial queues. Nobody signs.
            launch(Act(session, LAUNCH, LINKS), small(sign_off="[{by: unit-head}]", ladder=_QUIET), 2022)
        clocks = Clocks.at(folder / "clocks")
        clocks.set_now(LAUNCH)
        unknown = {f"p{number}@example.cn" for number in range(8, people, 100)}
        mail = stack.enter_context(FailingMail(clocks.wall, seed, unknown))
        wecom = stack.enter_context(FailingWecom(clocks.wall, seed))
        wecom.absent = {f"p{number}" for number in range(9, people, 100)}
        rate = max(alerts // 25, 10)
        trial = Trial(store, url, clocks, folder / "clocks", mail, wecom, rate, Random(seed))
        stack.callback(_end, trial)
        for _ in range(2 if database == "postgresql" else 1):
            trial.start()
        trial.finish(0)
        yield trial


_QUIET = "    - {at: due, to: [office], say: overdue}\n"


def _end(trial: Trial) -> None:
    for worker in trial.workers:
        worker.kill()
        _buried(worker)


def _buried(worker: subprocess.Popen[bytes]) -> None:
    assert worker.stdin is not None
    worker.stdin.close()
    worker.wait()


def main() -> None:
    """Run it at full size and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=3_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for database in given.database or ("sqlite", "postgresql"):
        found = run(alerts=given.alerts, people=given.people, kills=given.kills, database=database, seed=given.seed)
        print("\n".join(f"{name}: {value}" for name, value in found.items()), end="\n\n", flush=True)


if __name__ == "__main__":
    main()

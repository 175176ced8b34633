"""A signature against whatever may come at the same moment: ``python -m tests.acceptance.races``.

Two threads, each in a transaction of its own, are let go together on one submission: a leader agrees, and the leader
returns it on another page, the unit hands in another text or takes it back, the office gives it to somebody else, or
the deadline passes. Exactly one of them may have happened; the other is told so and has written nothing. Whoever lost
the last race of its kind has a head start in the next, so that the two keep meeting in the middle.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, Event
from time import perf_counter

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.databases import binaries, running_server
from tests.workflow.small import small, small_roster
from tests.workflow.world import APPROVER, OFFICE, World, local
from workflow import handovers, signing, submissions
from workflow.acts import Act, Actor
from workflow.ledger import history_of
from workflow.refusals import (
    AlreadyDecided,
    ChangedMeanwhile,
    ContentChanged,
    LinkUnknown,
    NotAllowedNow,
    ReassignRefused,
    Refusal,
)
from workflow.tables import SignOff, Submission

NOW = local("2022-03-01 10:00")
BLINK = timedelta(microseconds=1)
#: What a loser may be told.
TOLD = (AlreadyDecided, ChangedMeanwhile, ContentChanged, LinkUnknown, NotAllowedNow, ReassignRefused)
#: Opponent → the events that its victory leaves in history after the unit handed in.
OPPONENTS = {
    "return": ("return",),
    "resubmit": ("withdraw", "edit", "submit"),
    "withdraw": ("withdraw",),
    "reassign": ("reassign",),
    "deadline": ("lapse",),
}
#: The most races in one store: every deadline of its own day, and a year for all of them.
BATCH = 1000
STEP = 0.0003
ERRORS = Console(stderr=True)

Deed = Callable[[Act], object]


@dataclass
class Tally:
    """What came of it: who won how often, what losers were told, and every race that went wrong."""

    won: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Runner:
    """One side of a race: what it does, at what instant, as whom; the clock's side sweeps."""

    deed: Deed | None
    now: datetime
    actor: Actor = OFFICE


def prepare(url: str, races: int) -> World:
    """As many units as races, each with its report handed in to one leader; every fifth with a deadline of its own."""
    ladder = "    - {at: due, to: [liaison], say: overdue}\n"
    roster = small_roster(units=races, leaders=1)
    world = World.launched(url, now=NOW, pinned=small(ladder=ladder), roster=roster)
    for number in range(races):
        one = world.id_of(f"U{number + 1}", "report")
        with world.act(NOW) as act:
            submissions.save(act, one, {"text": "总结"}, if_version=0)
            submissions.submit(act, one)
            if opponent_of(number) == "deadline":
                submissions.extend(act, one, until=date(2022, 3, 11) + timedelta(days=number // 5), comment="另定")
    return world


def opponent_of(number: int) -> str:
    """Whom the signature meets in this race."""
    return list(OPPONENTS)[number % len(OPPONENTS)]


@dataclass
class Course:
    """Runs races in one world; ``lead`` is how long the signature waits, by opponent, less than nothing the other."""

    world: World
    threads: ThreadPoolExecutor
    tally: Tally
    lead: dict[str, float] = field(default_factory=dict)

    def run(self, number: int) -> None:
        """One race, judged."""
        opponent, unit = opponent_of(number), f"U{number + 1}"
        row = self.world.submission(unit, "report")
        [request] = self.world.open_requests(unit, "report")
        now = row.due_at - BLINK if opponent == "deadline" else NOW
        sides = (Runner(agreeing(request), now, APPROVER), opposing(opponent, row, request))
        lead = self.lead.get(opponent, 0.0)
        said = self._together(sides, (max(lead, 0.0), max(-lead, 0.0)))
        signed = said[0] is None
        self.lead[opponent] = lead + (STEP if signed else -STEP)
        self.tally.won[opponent, "signature" if signed else opponent] += 1
        self.tally.told.update((opponent, one.code) for one in said if one is not None)
        if fault := self._fault(opponent, row, said):
            self.tally.wrong.append(f"{unit} {opponent}: {fault}")

    def _together(self, sides: Sequence[Runner], waits: Sequence[float]) -> list[Refusal | None]:
        barrier = Barrier(len(sides))
        return list(self.threads.map(partial(self._one, barrier), sides, waits))

    def _one(self, barrier: Barrier, side: Runner, wait: float) -> Refusal | None:
        barrier.wait(timeout=60)
        Event().wait(wait)
        try:
            if side.deed is None:
                self.world.sweep(side.now)
            else:
                with self.world.act(side.now, side.actor) as act:
                    side.deed(act)
        except Refusal as refused:
            return refused
        return None

    def _fault(self, opponent: str, before: Submission, said: Sequence[Refusal | None]) -> str:
        """What is wrong with the outcome, empty where exactly one side has happened."""
        with self.world.store.read() as session:
            told = [entry.event for entry in history_of(session, before.id or 0) if entry.seq > before.history_seq]
        happened = [event for event in told if event != "light"]
        signed = said[0] is None
        if happened != list(("approve",) if signed else OPPONENTS[opponent]):
            return f"history says {happened} after {[type(one).__name__ for one in said]}"
        if opponent != "deadline" and (said[1] is None) == signed:
            return "both or neither went through"
        if any(one is not None and not isinstance(one, TOLD) for one in said):
            return f"told {[type(one).__name__ for one in said]}"
        return self._misplaced(before, opponent, signed)

    def _misplaced(self, before: Submission, opponent: str, signed: bool) -> str:
        unit = before.unit
        row, open_ = self.world.submission(unit, "report"), self.world.open_requests(unit, "report")
        found = (row.state, row.late, row.round, row.content_version, len(open_))
        wanted = {
            "signature": ("filed", False, 1, 1, 0),
            "return": ("draft", False, 1, 1, 0),
            "resubmit": ("pending", False, 2, 2, 1),
            "withdraw": ("draft", False, 1, 1, 0),
            "reassign": ("pending", False, 1, 1, 1),
            "deadline": ("overdue", False, 1, 1, 1),
        }["signature" if signed else opponent]
        return "" if found == wanted else f"stands at {found}, not {wanted}"


def agreeing(request: SignOff, *, choice: signing.Choice = "approve") -> Deed:
    """The leader decides on the text that was shown."""
    return partial(
        signing.sign, sign_off_id=request.id or 0, choice=choice, comment="意见", typed_name="张", channel="link",
        content_hash=request.content_hash, hand=signing.Hand(request.person, request.holder),
    )  # fmt: skip


def opposing(opponent: str, row: Submission, request: SignOff) -> Runner:
    """The other side of a race."""
    number, unit = row.id or 0, Actor(row.unit, "unit", row.unit)
    match opponent:
        case "return":
            return Runner(agreeing(request, choice="return"), NOW, APPROVER)
        case "resubmit":
            return Runner(partial(_again, number=number), NOW, unit)
        case "withdraw":
            return Runner(partial(submissions.withdraw, submission_id=number, comment="有误"), NOW, unit)
        case "reassign":
            deed = partial(handovers.reassign, sign_off_id=request.id or 0, to="mayor", comment="改派")
            return Runner(deed, NOW)
    return Runner(None, row.due_at)


def _again(act: Act, *, number: int) -> object:
    submissions.withdraw(act, number, comment="有误")
    submissions.save(act, number, {"text": "另一份总结"}, if_version=1)
    return submissions.submit(act, number)


def race(url: str, races: int, tally: Tally, *, watched: bool = False) -> None:
    """Run so many races on a fresh database; the deadlines last, for they pass for everybody."""
    with closing(prepare(url, races)) as world, ThreadPoolExecutor(2) as threads:
        course = Course(world, threads, tally)
        order = sorted(range(races), key=lambda number: (opponent_of(number) == "deadline", number))
        for number in track(order, "racing", console=ERRORS, transient=True) if watched else order:
            course.run(number)
        tally.wrong += [f"chain: {one}" for one in world.broken_chains()]


@contextmanager
def places(kinds: Sequence[str]) -> Iterator[dict[str, Callable[[int], str]]]:
    """Where fresh databases are made, by kind; raises SystemExit where there is no PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, Callable[[int], str]] = {
            "sqlite": lambda number: f"sqlite:///{Path(folder) / f'races{number}.db'}"
        }
        programs = binaries()
        if "postgresql" not in kinds:
            yield {kind: found[kind] for kind in kinds}
        elif programs is None:
            raise SystemExit("could not run: PostgreSQL is not there")
        else:
            with running_server(programs) as server:
                found["postgresql"] = lambda number: server.create(f"races{number}")
                yield {kind: found[kind] for kind in kinds}


def main() -> None:
    """Race on the databases asked for, print who won and what the losers were told; exit 1 when a race went wrong."""
    parser = argparse.ArgumentParser(description="A signature against whatever may come at the same moment.")
    parser.add_argument("--races", type=int, default=1000, help="races on each database, the opponents in turn")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    chosen = parser.parse_args()
    kinds = ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,)
    table = Table("database", "against", "races", "signature won", "the other won", "the loser was told")
    wrong: list[str] = []
    began = perf_counter()
    with places(kinds) as made:
        for kind, fresh in made.items():
            tally = Tally()
            for number, start in enumerate(range(0, chosen.races, BATCH)):
                race(fresh(number), min(BATCH, chosen.races - start), tally, watched=True)
            _add(table, kind, tally)
            wrong += [f"{kind}: {one}" for one in tally.wrong]
    Console(width=120).print(table)
    print(f"{chosen.races} races on each of {len(kinds)} in {perf_counter() - began:.0f} s: {len(wrong)} went wrong")
    print("\n".join(wrong[:50]), end="\n" if wrong else "")
    sys.exit(bool(wrong))


def _add(table: Table, kind: str, tally: Tally) -> None:
    for opponent in OPPONENTS:
        signed, lost = tally.won[opponent, "signature"], tally.won[opponent, opponent]
        told = "\n".join(f"{code} {times}" for (of, code), times in sorted(tally.told.items()) if of == opponent)
        table.add_row(kind, opponent, str(signed + lost), str(signed), str(lost), told)


if __name__ == "__main__":
    main()

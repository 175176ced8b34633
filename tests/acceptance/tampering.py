"""Random tamperings with an anchored record, each of them found: ``python -m tests.acceptance.tampering``.

Somebody with the whole database in hand, who knows how entries are chained and reckons anew what they like, stands
against the anchors, and where they reckon these anew as well, against the file outside. Every tampering is rolled
back before the next.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter

from rich.console import Console
from rich.progress import track
from sqlmodel import Session

from tests.acceptance.tamperings import KINDS, Hand
from tests.databases import fresh_database
from tests.workflow.small import small, small_roster
from tests.workflow.world import World, local
from workflow import anchor_files, proofs, submissions
from workflow.anchor_files import AnchorFile, Line

SEED = 20220104
UNITS = tuple(f"U{number}" for number in range(1, 9))
DAYS = ("2022-03-02", "2022-03-03", "2022-03-08", "2022-03-11", "2022-03-14")
ERRORS = Console(stderr=True)


@dataclass
class Tally:
    """What came of it: how many of each kind, what they were found by, and which were not found."""

    done: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)


def record(url: str, folder: Path) -> tuple[World, list[Line]]:
    """A year in small with five anchors, their file, and something that came after the last."""
    world = World.launched(
        url, now=local("2022-03-01 09:00"), roster=small_roster(units=len(UNITS)),
        pinned=small(sign_off="[{by: supervising-leader, need: 2}, {by: mayor}]"),
    )  # fmt: skip
    for number, day in enumerate(DAYS):
        world.sweep(local(f"{day} 00:00:05"))
        for place, unit in enumerate(UNITS):
            if (place + number) % 3 == 0 and world.submission(unit, "report").waiting_on == "unit":
                _work(world, unit, day, "return" if (place + number) % 2 else "approve")
    world.sweep(local("2022-03-15 00:00:05"))
    file = AnchorFile(folder / "duban.anchors")
    file.follow(world.store)
    with world.act(local("2022-03-15 09:00")) as act:
        submissions.urge(act, world.id_of(UNITS[1], "report"), comment="请尽快")
    return world, anchor_files.read(file.path)


def _work(world: World, unit: str, day: str, choice: str) -> None:
    now = local(f"{day} 10:00")
    world.hand_in(unit, "report", now=now, said=day)
    while asked := world.open_requests(unit, "report"):
        world.decide(asked[0], "return" if choice == "return" else "approve", now=now)


def tamper(world: World, file: Sequence[Line], count: int, *, seed: int = SEED) -> Tally:
    """Do ``count`` tamperings, one kind after the other, and look for each."""
    tally, random = Tally(), Random(seed)
    assert not _found(world, file), "the record is whole before anybody touches it"
    for number in track(range(count), "tampering", console=ERRORS, disable=not ERRORS.is_terminal):
        kind = KINDS[number % len(KINDS)]
        with world.store.write() as session:
            kind(Hand(session, random))
            session.flush()
            codes = _codes(session, file)
            session.rollback()
        tally.done[kind.__name__] += 1
        tally.codes.update(codes)
        if not codes:
            tally.missed.append(f"{number} {kind.__name__}")
    assert not _found(world, file), "nothing of it was kept"
    return tally


def _found(world: World, file: Sequence[Line]) -> set[str]:
    with world.store.read() as session:
        return _codes(session, file)


def _codes(session: Session, file: Sequence[Line]) -> set[str]:
    return {one.code for one in proofs.everything(session, file)}


def main() -> None:
    """Tamper, tell what was found, and fail when anything was not."""
    parser = argparse.ArgumentParser(prog="tests.acceptance.tampering", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="duban-tampering-") as name,
        fresh_database(asked.database, Path(name)) as url,
    ):
        world, file = record(url, Path(name))
        with closing(world):
            began = perf_counter()
            tally = tamper(world, file, asked.count, seed=asked.seed)
    for kind, number in sorted(tally.done.items()):
        print(f"{kind:<28}{number:>7}")
    print("found by: " + ", ".join(f"{code} {number}" for code, number in tally.codes.most_common()))
    took = f"{perf_counter() - began:.0f} s"
    print(f"{asked.count} tamperings on {asked.database}, {len(tally.missed)} not found, {took}")
    sys.exit(1 if tally.missed else 0)


if __name__ == "__main__":
    main()

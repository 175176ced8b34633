"""A sweep killed anywhere and begun again leaves the same rows as one that was never disturbed."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing

from sqlmodel import col, select

from tests.workflow.world import ROOT, World, local
from workflow import submissions
from workflow.tables import Deadline, History, RungRow, Submission

DATED = {"submission_id", "seq", "at", "event", "source", "dest", "actor", "comment", "facts"}
PREPARED = local("2022-02-07 08:00")
#: A missed reminder with chases beside it, then a lapse with what it says.
INSTANTS = ["2022-02-08 09:00", "2022-02-11 09:00"]


def prepare(world: World) -> None:
    """Some units have handed in their work plans, one has more time."""
    world.sweep(PREPARED)
    for unit in ("KJJ", "GXJ", "ZZB"):
        world.file(unit, "research-trip", now=PREPARED)
        world.hand_in(unit, "work-plan", now=PREPARED)
    with world.act(PREPARED) as act:
        submissions.extend(act, world.id_of("MZJ", "research-trip"), until=local("2022-02-13").date(), comment="延")


def outcome(world: World) -> dict[str, list[object]]:
    """What was decided and said, without ids, references and the instants of noticing."""
    with world.store.read() as session:
        rows = session.exec(select(Submission).order_by(col(Submission.id))).all()
        history = session.exec(select(History).order_by(col(History.submission_id), col(History.seq))).all()
        rungs = session.exec(select(RungRow).order_by(col(RungRow.id))).all()
        lapsed = [one.lapsed_at is not None for one in session.exec(select(Deadline).order_by(col(Deadline.id)))]
    return {
        "submissions": [row.model_dump(exclude={"head", "last_alert_at"}) for row in rows],
        "history": [one.model_dump(include=DATED) for one in history],
        "messages": [
            *sorted((one.kind, one.person, one.status, sorted(map(str, one.items))) for one in world.letters())
        ],
        "rungs": [(one.position, one.fires_at, one.fired_at is not None) for one in rungs],
        "deadlines": [*lapsed],
    }


def test_a_killed_sweep_is_finished_by_the_next(world: World, launched_url: str, other_launched_url: str) -> None:
    prepare(world)
    with closing(World.opened(other_launched_url)) as other:
        prepare(other)
        for instant in INSTANTS:
            assert other.sweep(local(instant)).failed == 0
        expected = outcome(other)
    world.close()
    ran = subprocess.run(
        [sys.executable, "-m", "tests.workflow.kill", launched_url, "20220104", *map(str, map(local, INSTANTS))],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ran.stdout) >= 4
    with closing(World.opened(launched_url)) as survived:
        assert outcome(survived) == expected
        assert survived.broken_chains() == []

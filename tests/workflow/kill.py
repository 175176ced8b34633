"""Sweeps a store in processes that die in the middle; run as ``python -m tests.workflow.kill URL SEED INSTANT…``.

Each process kills itself with SIGKILL before a random statement; the next begins a second later, until one gets
through. Chunks are small, so that there are many middles. Prints how many died.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import closing
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import event

from tests.workflow.world import World, ordos
from workflow import ledger, library
from workflow.calendars import china

CHUNK = 20
#: A process lives for so many statements at most.
LONGEST_LIFE = 60


def sweep_until_killed(url: str, now: datetime, life: int) -> None:
    """One sweep in this process, which dies before its ``life``-th statement."""
    left = [life]

    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    with closing(World.opened(url)) as world:
        for engine in (world.store.writer, world.store._reader):
            event.listen(engine, "before_cursor_execute", count)
            event.listen(engine, "commit", count)
        world.sweep(now)


def main() -> None:
    """Every instant in turn, with as many processes as it takes."""
    url, seed, *instants = sys.argv[1:]
    ledger.CHUNK = CHUNK
    # Read once here, and known to every process that is forked.
    library.pinned(ordos().text), china()
    chance, killed = Random(int(seed)), 0
    for instant in map(datetime.fromisoformat, instants):
        while True:
            child = os.fork()
            if child == 0:
                sweep_until_killed(url, instant + timedelta(seconds=killed), chance.randint(1, LONGEST_LIFE))
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            if os.waitstatus_to_exitcode(status) == 0:
                break
            if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
                sys.exit("a process failed instead of being killed")
            killed += 1
    print(killed)


if __name__ == "__main__":
    main()

"""Moves a store in processes that die in the middle; run as ``python -m tests.commands.kill_move SOURCE TARGET SEED``.

Each process kills itself with SIGKILL at a random step of the connection to the target, until copying and then
confirming get through. Chunks are small, so that there are many middles. Prints how many died.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from workflow.moving import moves, targets

CHUNK = 7
#: A process lives for so many statements at most; it lives longer the more have died.
LONGEST_LIFE = 60


def live(act: Callable[[], object], life: int) -> None:
    """Do it in this process, which dies before its ``life``-th statement or block of rows to the target."""
    left = [life]

    def counting(step: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*arguments, **options)

        return counted

    psycopg.Cursor.execute = counting(psycopg.Cursor.execute)  # type: ignore[method-assign]
    psycopg.Copy.write = counting(psycopg.Copy.write)  # type: ignore[method-assign]
    act()


def main() -> None:
    """Copying, then confirming, with as many processes as it takes."""
    source, target, chance = Path(sys.argv[1]), sys.argv[2], Random(int(sys.argv[3]))
    targets.CHUNK = CHUNK
    killed = 0
    acts: tuple[Callable[[], object], ...] = (
        lambda: moves.copy(source, target, lambda *_: None),
        lambda: moves.confirm(source, target, lambda *_: None, now=datetime.now(UTC)),
    )
    for act in acts:
        while True:
            child = os.fork()
            if child == 0:
                live(act, chance.randint(1, LONGEST_LIFE * (1 + killed)))
                os._exit(0)
            ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            if ended == 0:
                break
            if ended != -signal.SIGKILL:
                sys.exit("a process failed instead of being killed")
            killed += 1
    print(killed)


if __name__ == "__main__":
    main()

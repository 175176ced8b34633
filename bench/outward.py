"""``python -m bench.outward``: W6 – a deadline and the mails that follow it, by 1, 2 and 4 workers on PostgreSQL.

One sweeps at a time, so what grows with the workers is the delivery; with more workers than cores it does not. Prints
seconds, and checks that every submission lapsed once and every mail arrived once.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from tests.acceptance.worker_store import due, standing
from tests.acceptance.workers import Size, add_waves, fall_due, opened, reference

WORKERS = (1, 2, 4)
PATIENCE_SECONDS = 900


def main() -> None:
    """Print one line for each number of workers."""
    parser = argparse.ArgumentParser(prog="bench.outward", description=__doc__)
    parser.add_argument("--submissions", type=int, default=20_000, help="that lapse together")
    parser.add_argument("--mails", type=int, default=2_000, help="that tell of it, about")
    sizes = parser.parse_args()
    table = Table(title=f"W6: {sizes.submissions:,} lapse, {sizes.mails:,} mails tell of it, on one PostgreSQL")
    for heading in ("workers", "lapsed in", "told in", "mails a second"):
        table.add_column(heading, justify="right")
    for workers in WORKERS:
        table.add_row(str(workers), *_measured(workers, sizes.submissions, sizes.mails))
    Console().print(table)


def _measured(workers: int, submissions: int, mails: int) -> tuple[str, str, str]:
    size = Size(submissions, 1, 0, workers, 0, owing=mails // 2)
    with opened(size, 1) as trial:
        add_waves(trial)
        for _ in range(workers):
            trial.crew.start("worker")
        trial.until_up()
        trial.until_done(but="drafts")
        before, begun = len(trial.mail.mails), time.monotonic()
        fall_due(trial.store, 0)
        _wait(lambda: not due(trial.store))
        lapsed = time.monotonic() - begun
        _wait(lambda: not any(standing(trial.store).values()))
        told = time.monotonic() - begun - lapsed
        for one in [*trial.crew.members]:
            trial.crew.stop(one)
        came = Counter(reference(mail.message) for mail in trial.mail.mails)
        assert set(came.values()) == {1}
        sent = len(trial.mail.mails) - before
        return f"{lapsed:.1f} s", f"{told:.1f} s", f"{sent / told:.0f}"


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < until
        time.sleep(0.1)


if __name__ == "__main__":
    main()

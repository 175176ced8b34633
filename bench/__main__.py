"""``make bench``: prints, for each workload and database, both times and their ratio, pair by pair."""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from functools import partial

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench import mailing, sink, stage, workloads
from workflow.store import Store

Workload = Callable[[Store, int], tuple[workloads.Timed, workloads.Timed]]
ERRORS = Console(stderr=True)


def main() -> None:
    """Run every workload on every database that can run here."""
    sizes = _arguments()
    table = Table(title="duban beside hand-written SQL (W5: one raw connection), same database, one run")
    for heading in ("workload", "database", "size", "duban", "raw", "raw ÷ duban (median of pairs)"):
        table.add_column(heading, justify="right" if heading not in ("workload", "database") else "left")
    with stage.databases() as places:
        if "PostgreSQL" not in places:
            print("could not run: PostgreSQL is not there", file=sys.stderr)
        for kind, place in places.items():
            for name, workload, size in (
                ("W1 approval cycle", workloads.cycle, sizes.cycles),
                ("W2 deadline fires", workloads.lapse, sizes.lapse),
                ("W3 overdue page", workloads.listing, sizes.rows),
            ):
                table.add_row(name, kind, str(size), *_pairs(kind, place, name, workload, size, sizes.pairs))
            for name, which, delivery in (("W5 mail", "mail", mailing.mail), ("W5 WeCom", "wecom", mailing.wecom)):
                with sink.running(which) as port:
                    through = partial(delivery, port=port)
                    table.add_row(
                        name, kind, str(sizes.mails), *_pairs(kind, place, name, through, sizes.mails, sizes.pairs)
                    )
    Console().print(table)


def _pairs(kind: str, place: str, name: str, workload: Workload, size: int, pairs: int) -> tuple[str, str, str]:
    with stage.store(kind, place, name.replace(" ", "-")) as opened:
        duban, raw = workload(opened, size)
        duban(), raw()
        timed = [(duban(), raw()) for _ in track(range(pairs), f"{name} on {kind}", console=ERRORS)]
    ratios = [theirs / ours for ours, theirs in timed]
    ours, theirs = (statistics.median(one) for one in zip(*timed, strict=True))
    spread = f"{statistics.median(ratios):.2f} × ({min(ratios):.2f}–{max(ratios):.2f})"
    return _shown(ours), _shown(theirs), spread


def _shown(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5, help="counted pairs of each workload")
    parser.add_argument("--cycles", type=int, default=200, help="W1: approval cycles a run")
    parser.add_argument("--lapse", type=int, default=20_000, help="W2: submissions that lapse together")
    parser.add_argument("--mails", type=int, default=2_000, help="W5: alerts to as many people")
    parser.add_argument("--rows", type=int, default=200_000, help="W3: submissions in the store, 5 %% late")
    return parser.parse_args()


main()

"""``python -m bench.moving``: how fast a stocked store moves from a file to PostgreSQL, step by step."""

from __future__ import annotations

import argparse
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench import stage, stocked
from workflow.moving import moves
from workflow.store import Store


class Watch:
    """Hears what a move does and keeps when each step began."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, float]] = []
        self._rows: dict[str, int] = {}

    def hears(self, what: str, more: int, total: int) -> None:
        """One report of progress."""
        step = what.split()[0]
        if not self._steps or self._steps[-1][0] != step:
            self._steps.append((step, time.perf_counter()))
        self._rows[step] = self._rows.get(step, 0) + more

    def told(self) -> str:
        """Each step with its seconds and rows a second; the last one includes hashing the record."""
        ends = [*(at for _, at in self._steps[1:]), time.perf_counter()]
        lines = []
        for (step, begun), end in zip(self._steps, ends, strict=True):
            rows, seconds = self._rows[step], end - begun
            lines.append(f"  {step}: {rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} rows/s")
        return "\n".join(lines)


def main() -> None:
    """Stock a file, copy it, add some more, confirm; prints seconds and rows a second."""
    parser = argparse.ArgumentParser(prog="bench.moving", description=__doc__)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--later", type=int, default=1_000, help="submissions added between copying and confirming")
    sizes = parser.parse_args()
    with stage.databases() as places:
        if "PostgreSQL" not in places:
            raise SystemExit("could not run: PostgreSQL is not there")
        source = Path(f"{places['SQLite'].removeprefix('sqlite:///')}move.db")
        begun = time.perf_counter()
        with stage.store("SQLite", places["SQLite"], "move") as opened:
            stocked.stock(opened, sizes.submissions, tag="first")
        print(f"stocked {source.stat().st_size / 1e6:,.0f} MB in {time.perf_counter() - begun:.1f} s", flush=True)
        begun, watch = time.perf_counter(), Watch()
        moved = moves.copy(source, places["PostgreSQL"], watch.hears)
        print(f"copied {moved.rows:,} rows in {time.perf_counter() - begun:.1f} s\n{watch.told()}", flush=True)
        with closing(Store.open(f"sqlite:///{source}")) as opened:
            stocked.stock(opened, sizes.later, tag="later")
        begun = time.perf_counter()
        again = moves.confirm(source, places["PostgreSQL"], watch.hears, now=datetime.now(UTC))
        print(f"confirmed with {again.rows - moved.rows:,} rows more in {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()

"""What was measured of many lists: the middle and the worst, as a table for people and as JSON for ``bench.growth``."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence

from rich.table import Table

Times = Sequence[float]
Found = dict[str, Times]


def p50(times: Times) -> float:
    """The middle, in milliseconds."""
    return statistics.median(times) * 1000


def p99(times: Times) -> float:
    """What 99 of 100 stay under, in milliseconds; of fewer runs the worst."""
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.99))] * 1000


def table(kind: str, by_size: Mapping[int, Found]) -> Table:
    """Each list at each size, and how much slower the largest is than the smallest."""
    sizes = [*by_size]
    shown_in = Table(title=f"lists on {kind}, p50 / p99 in ms by submissions in the store")
    shown_in.add_column("list")
    for size in sizes:
        shown_in.add_column(f"{size:,}", justify="right")
    shown_in.add_column("grown", justify="right")
    for name in by_size[sizes[0]]:
        shown = [by_size[size].get(name) for size in sizes]
        cells = [f"{p50(one):.1f} / {p99(one):.1f}" if one else "–" for one in shown]
        first, last = shown[0], shown[-1]
        shown_in.add_row(name, *cells, f"× {p50(last) / p50(first):.1f}" if first and last else "–")
    return shown_in


def kept(found: Mapping[str, Mapping[int, Found]]) -> str:
    """The same as JSON, with the machine."""
    figures = {
        kind: {
            str(size): {name: [round(p50(times), 2), round(p99(times), 2)] for name, times in lists.items()}
            for size, lists in by_size.items()
        }
        for kind, by_size in found.items()
    }
    about = {"machine": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    return json.dumps({"about": about, "lists": figures}, ensure_ascii=False, indent=1) + "\n"

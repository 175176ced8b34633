"""``python -m bench.growth numbers.json growth.svg``: how lists grow with the store, drawn from what was measured."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

#: The lists that are drawn, with their colours.
DRAWN = {
    "逾期清单": "#b3261e", "总览": "#1b4d89", "报送件接口 · 已报送": "#5b3f8f", "消息": "#8a5a00",
    "查找": "#1f6f43", "空转一次（清扫）": "#444444",
}  # fmt: skip
WIDTH, HEIGHT, LEFT, TOP, LEGEND = 760, 380, 60, 40, 190
FROM_MS, TO_MS, LIMIT_MS = 1.0, 10_000.0, 200.0

Sizes = Mapping[str, Mapping[str, Sequence[float]]]


def main() -> None:
    """Draw the p50 of each list at each size, both axes by powers of ten."""
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__)
    parser.add_argument("numbers", type=Path)
    parser.add_argument("drawing", type=Path)
    chosen = parser.parse_args()
    found: Mapping[str, Sizes] = json.loads(chosen.numbers.read_text(encoding="utf-8"))["lists"]
    panels = "".join(_panel(place, kind, sizes) for place, (kind, sizes) in enumerate(found.items()))
    size = f'width="{WIDTH}" height="{HEIGHT * len(found)}" viewBox="0 0 {WIDTH} {HEIGHT * len(found)}"'
    style = 'font-family="sans-serif" font-size="12" fill="#1b1b1b"'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n{panels}</svg>\n'
    chosen.drawing.write_text(drawing, encoding="utf-8")


def _panel(place: int, kind: str, sizes: Sizes) -> str:
    numbers = sorted(int(size) for size in sizes)
    lines = [f'<g transform="translate(0 {place * HEIGHT})">', f'<text x="{LEFT}" y="20">{kind}，p50，毫秒</text>']
    lines += _grid(numbers)
    for row, (name, colour) in enumerate(DRAWN.items()):
        points = [(n, sizes[str(n)][name][0]) for n in numbers if name in sizes[str(n)]]
        if not points:
            continue
        path = " ".join(f"{_x(n, numbers):.1f},{_y(ms):.1f}" for n, ms in points)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [f'<circle cx="{_x(n, numbers):.1f}" cy="{_y(ms):.1f}" r="3" fill="{colour}"/>' for n, ms in points]
        where = f'x="{WIDTH - LEGEND + 16}" y="{TOP + 16 + 20 * row}"'
        lines.append(f'<text {where} fill="{colour}">{name}  {points[-1][1]:.0f}</text>')
    return "\n".join([*lines, "</g>\n"])


def _grid(numbers: Sequence[int]) -> Iterator[str]:
    right = WIDTH - LEGEND
    for power in range(int(math.log10(FROM_MS)), int(math.log10(TO_MS)) + 1):
        y = _y(10.0**power)
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#d5d9e0"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10**power}</text>'
    limit = f'y1="{_y(LIMIT_MS):.1f}" y2="{_y(LIMIT_MS):.1f}"'
    yield f'<line x1="{LEFT}" x2="{right}" {limit} stroke="#b3261e" stroke-dasharray="4 4"/>'
    for number in numbers:
        x = _x(number, numbers)
        yield f'<text x="{x:.1f}" y="{HEIGHT - 18}" text-anchor="middle">{number:,} 件</text>'


def _x(number: int, numbers: Sequence[int]) -> float:
    first, last = math.log10(numbers[0]), math.log10(numbers[-1])
    share = (math.log10(number) - first) / (last - first) if last > first else 0.5
    return LEFT + 30 + share * (WIDTH - LEGEND - LEFT - 60)


def _y(milliseconds: float) -> float:
    low, high = math.log10(FROM_MS), math.log10(TO_MS)
    share = (math.log10(max(milliseconds, FROM_MS)) - low) / (high - low)
    return HEIGHT - 40 - share * (HEIGHT - 40 - TOP)


if __name__ == "__main__":
    main()

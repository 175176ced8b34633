"""Small drawings laid out by the server: a line over months, stacked columns over days, bars of categories.

Pure geometry in units that are about a pixel of a phone: 340 wide, texts of 11. What is drawn comes out of templates
as SVG; nothing here knows a colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from web.contexts.figures import Area, Fill, Label, Mark, Plot, Shape, Stroke

WIDTH = 340.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 8.0, 12.0, 22.0
_PLOT = 150.0
_LEGEND = 16.0
_SHAPES: Mapping[str, Shape] = {"first": "circle", "second": "square"}
Series = Literal["first", "second"]


@dataclass(frozen=True)
class Line:
    """A series by its points from 0 to 1, None where there is no value; ``name`` stands in the legend."""

    name: str
    series: Series
    points: tuple[float | None, ...]


@dataclass(frozen=True)
class Band:
    """One kind of segment, in the order in which segments are laid; ``values`` one for each column or bar."""

    name: str
    fill: Fill
    values: tuple[float, ...]


def lines(id: str, title: str, says: str, *, over: Sequence[str], series: Sequence[Line]) -> Plot:
    """Shares from 0 to 100 % over named places, one line a series with marks of its own."""
    xs = _places(len(over))
    strokes, labels = _scale([(share / 4, f"{share * 25}%") for share in range(5)])
    marks: list[Mark] = []
    for line in series:
        at = [(x, _y(point)) for x, point in zip(xs, line.points, strict=True) if point is not None]
        marks += [Mark(_round(x), _round(y), _SHAPES[line.series], line.series) for x, y in at]
        if len(at) > 1:
            strokes.append(Stroke(_points(at), line.series))
    labels += _under(over, xs)
    base = _TOP + _PLOT + _BOTTOM
    legend_marks, legend = _line_legend(series, base)
    height = base + (_LEGEND if legend else 0)
    return Plot(id, WIDTH, height, title, says, (), tuple(strokes), (*marks, *legend_marks), (*labels, *legend))


def columns(id: str, title: str, says: str, *, over: Sequence[str], bands: Sequence[Band]) -> Plot:
    """Stacked columns over named places; an empty name is a place without a label."""
    most = max((sum(values) for values in zip(*(band.values for band in bands), strict=True)), default=0)
    top, ticks = _rounded(most)
    strokes, labels = _scale([(tick / top, _figure(tick)) for tick in ticks])
    xs, wide = _places(len(over)), (WIDTH - _LEFT - _RIGHT) / max(len(over), 1)
    gap = min(6.0, wide * 0.25)
    areas = []
    for place, x in enumerate(xs):
        y = _TOP + _PLOT
        for band in bands:
            tall = band.values[place] / top * _PLOT
            if tall:
                y -= tall
                areas.append(
                    Area(_round(x - wide / 2 + gap / 2), _round(y), _round(wide - gap), _round(tall), band.fill)
                )
    labels += _under(over, xs)
    base = _TOP + _PLOT + _BOTTOM
    swatches, legend, rows = _legend(bands, base)
    height = base + rows * _LEGEND
    return Plot(id, WIDTH, height, title, says, (*areas, *swatches), tuple(strokes), (), (*labels, *legend))


def bars(
    id: str, title: str, says: str, *, over: Sequence[str], bands: Sequence[Band], values: Sequence[str], whole: bool
) -> Plot:
    """A bar for each name, its name above it and its value at the end; ``whole`` fills every bar to the full width."""
    sums = [sum(band.values[place] for band in bands) for place in range(len(over))]
    room = max(map(_wide, values), default=0) * 1.1 + 12
    most, full, tall = max(sums, default=0) or 1, WIDTH - room, 14.0
    areas: list[Area] = []
    labels: list[Label] = []
    y = 2.0
    for place, name in enumerate(over):
        labels.append(Label(0, y + 10, _cut(name)))
        scale = full / ((sums[place] if whole else most) or 1)
        x = 0.0
        for band in bands:
            wide = band.values[place] * scale
            if wide:
                areas.append(Area(_round(x), y + 14, _round(wide), tall, band.fill))
                x += wide
        labels.append(Label(WIDTH - 2 if whole else _round(x + 6), y + 25.5, values[place], _end(whole), strong=True))
        y += 38
    swatches, legend, rows = _legend(bands, y) if len(bands) > 1 else ((), (), 0)
    return Plot(id, WIDTH, y + rows * _LEGEND, title, says, (*areas, *swatches), (), (), (*labels, *legend))


def _end(whole: bool) -> Literal["start", "end"]:
    return "end" if whole else "start"


def _cut(name: str) -> str:
    """A name that fits the width; the table has it in full."""
    return name if len(name) <= 28 else f"{name[:27]}…"


def _places(number: int) -> list[float]:
    wide = (WIDTH - _LEFT - _RIGHT) / max(number, 1)
    return [_LEFT + wide * (place + 0.5) for place in range(number)]


def _y(share: float) -> float:
    return _TOP + _PLOT * (1 - share)


def _scale(ticks: Iterable[tuple[float, str]]) -> tuple[list[Stroke], list[Label]]:
    strokes, labels = [], []
    for share, text in ticks:
        y = _round(_y(share))
        strokes.append(Stroke(f"{_LEFT:g},{y:g} {WIDTH - _RIGHT:g},{y:g}", "grid" if share else "axis"))
        labels.append(Label(_LEFT - 4, y + 4, text, "end"))
    return strokes, labels


def _under(over: Sequence[str], xs: Sequence[float]) -> list[Label]:
    """Names under their places, every second or third left out where they would run into each other."""
    named = [(name, x) for name, x in zip(over, xs, strict=True) if name]
    widest = max((_wide(name) for name, _ in named), default=0)
    found: list[Label] = []
    free = 0.0
    for name, x in named:
        if x - widest / 2 >= free:
            found.append(Label(_round(x), _TOP + _PLOT + 15, name, "middle"))
            free = x + widest / 2 + 1
    return found


def _line_legend(series: Sequence[Line], y: float) -> tuple[list[Mark], list[Label]]:
    if len(series) < 2:
        return [], []
    marks, labels, x = [], [], _LEFT
    for line in series:
        marks.append(Mark(_round(x), y + 7, _SHAPES[line.series], line.series))
        labels.append(Label(_round(x + 8), y + 11, line.name))
        x += 22 + _wide(line.name)
    return marks, labels


def _legend(bands: Sequence[Band], y: float) -> tuple[tuple[Area, ...], tuple[Label, ...], int]:
    swatches, labels, x, rows = [], [], 0.0, 1
    for band in bands:
        wide = 30 + _wide(band.name)
        if x + wide > WIDTH:
            x, rows = 0.0, rows + 1
        top = y + (rows - 1) * _LEGEND
        swatches.append(Area(_round(x), top + 2, 14, 11, band.fill))
        labels.append(Label(_round(x + 18), top + 11.5, band.name))
        x += wide
    return tuple(swatches), tuple(labels), rows


def _rounded(most: float) -> tuple[float, list[float]]:
    """A round number not below ``most``, and the ticks up to it."""
    step = 1.0
    while most / step > 5:
        for factor in (2, 5, 10):
            if most / (step * factor) <= 5:
                step *= factor
                break
        else:
            step *= 10
    number = max(1, -(-int(most) // int(step)) if most == int(most) else int(most / step) + 1)
    return step * number, [step * tick for tick in range(number + 1)]


def _figure(value: float) -> str:
    return f"{value / 10_000:g}万" if value >= 100_000 else f"{value:g}"


def _wide(text: str) -> float:
    """About how wide a text of size 11 is."""
    return sum(11.0 if ord(sign) > 255 else 6.2 for sign in text)


def _points(at: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{_round(x):g},{_round(y):g}" for x, y in at)


def _round(value: float) -> float:
    return round(value, 1)

"""The figures of a programme: drawings as plain shapes, each with its numbers as a table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from web.contexts.frame import Choice, Frame, Link

Anchor = Literal["start", "middle", "end"]
#: What an area or a line stands for; the stylesheet and the pattern give each its look, in print without colour too.
Fill = Literal["good", "extended", "late", "overdue", "green", "yellow", "red", "plain"]
Shape = Literal["circle", "square"]


@dataclass(frozen=True)
class Label:
    """A text at a place, `strong` where it is a value."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    strong: bool = False


@dataclass(frozen=True)
class Area:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: Fill


@dataclass(frozen=True)
class Stroke:
    """A line through points, written as SVG writes them; `series` is its dash pattern."""

    points: str
    series: Literal["axis", "grid", "first", "second"]


@dataclass(frozen=True)
class Mark:
    """A point of a line."""

    x: float
    y: float
    shape: Shape
    series: Literal["first", "second"]


@dataclass(frozen=True)
class Plot:
    """One drawing in units of its own; `says` tells in words what is to be seen."""

    id: str
    width: float
    height: float
    title: str
    says: str
    areas: tuple[Area, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    marks: tuple[Mark, ...] = ()
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Numbers:
    """The numbers behind a drawing; the first cell of a row is its heading."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Figure:
    """One figure: what its numbers mean in one line, the drawing (None where there is nothing to draw), the table."""

    id: str
    title: str
    meaning: str
    plot: Plot | None
    numbers: Numbers


@dataclass(frozen=True)
class Headline:
    """One number above the figures."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class FiguresPage:
    """The figures of one programme over a period; ``counted`` says what the numbers above the drawings count."""

    frame: Frame
    title: str
    cycle: int
    as_of: datetime
    rooms: tuple[Link, ...]
    action: str
    period: str
    periods: tuple[Choice, ...]
    counted: str
    headlines: tuple[Headline, ...]
    figures: tuple[Figure, ...]
    exports: tuple[Link, ...]

"""Drawings: everything within the frame, areas as large as their numbers, names that do not run into each other."""

from __future__ import annotations

from itertools import pairwise

import pytest

from web import plots
from web.contexts.figures import Plot
from web.plots import Band, Line

MANY = tuple(f"{month}月" if week == 0 else "" for month in range(1, 13) for week in range(4))


def inside(plot: Plot) -> None:
    for area in plot.areas:
        assert area.x >= 0 and area.x + area.width <= plot.width + 0.2, area
        assert area.y >= 0 and area.y + area.height <= plot.height, area
    for label in plot.labels:
        wide = sum(11.0 if ord(sign) > 255 else 6.2 for sign in label.text)
        begin = {"start": label.x, "middle": label.x - wide / 2, "end": label.x - wide}[label.anchor]
        assert begin >= -1 and begin + wide <= plot.width + 1 and label.y <= plot.height, label


def columns(*, over: tuple[str, ...] = MANY) -> Plot:
    bands = (Band("绿灯", "green", (90.0,) * len(over)), Band("红灯", "red", (30.0,) * len(over)))
    return plots.columns("lights", "亮灯变化", "", over=over, bands=bands)


def test_columns_are_as_high_as_their_numbers_and_stand_on_each_other() -> None:
    plot = columns()
    inside(plot)
    green, red = plot.areas[0], plot.areas[1]
    assert (green.fill, red.fill) == ("green", "red") and green.height == pytest.approx(3 * red.height, abs=0.2)
    assert red.y + red.height == pytest.approx(green.y, abs=0.2)
    assert len([one for one in plot.labels if one.text.endswith("月")]) == 12


def test_names_that_would_run_into_each_other_are_left_out() -> None:
    plot = columns(over=tuple(f"{day}日" for day in range(1, 32)))
    shown = [one.x for one in plot.labels if one.text.endswith("日")]
    assert 4 < len(shown) < 20 and min(b - a for a, b in pairwise(shown)) > 20


def test_a_line_has_a_gap_nowhere_drawn_and_a_mark_for_each_value() -> None:
    series = (Line("按最初截止日", "first", (0.0, 1.0, None)), Line("含延期", "second", (0.5, None, None)))
    plot = plots.lines("rate", "按时率", "", over=("1月", "2月", "3月"), series=series)
    inside(plot)
    assert [one.series for one in plot.strokes if one.series in ("first", "second")] == ["first"]
    ys = [one.y for one in plot.marks if one.series == "first"]
    assert ys[0] > ys[1] and {one.shape for one in plot.marks if one.series == "second"} == {"square"}


@pytest.mark.parametrize("whole", [True, False])
def test_bars_are_as_long_as_their_numbers(whole: bool) -> None:
    bands = (Band("按时", "good", (30, 0, 5)), Band("尚未报送", "overdue", (10, 0, 5)))
    names = ("自治区垂直管理部门", "没有", "名称很长的一类单位" * 5)
    plot = plots.bars("cat", "各类", "", over=names, bands=bands, values=("75.0%", "–", "50.0%"), whole=whole)
    inside(plot)
    first, second, third, fourth = plot.areas[:4]
    assert first.width == pytest.approx(3 * second.width, abs=0.2) and third.width == fourth.width
    assert (first.width + second.width == pytest.approx(third.width + fourth.width, abs=0.2)) == whole


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (5, 5), (7, 8), (61, 80), (253, 300), (999_999, 1_000_000)])
def test_a_scale_ends_on_a_round_number_not_below_the_highest(most: int, top: int) -> None:
    plot = plots.columns("a", "a", "", over=("1月",), bands=(Band("a", "green", (float(most),)),))
    highest = next(one.text for one in plot.labels if one.y == 16)
    assert highest == (f"{top // 10_000}万" if top >= 100_000 else str(top))

"""A programme's year drawn to scale: months, stages, due days and today. Coordinates only, the template draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from web.contexts.programme import DueMark, MonthMark, StageBar, Timeline, Tone
from workflow.outline import Outline, StageSpan

#: How wide the drawing is, with a margin for a mark that stands on its edge.
WIDTH, MARGIN = 1000, 16
#: Where the first stage stands, how high a stage is, and what the due days need below.
TOP, STAGE, BELOW = 44, 28, 82
#: A date needs so much room on its row.
ROOM = 40
#: Beyond so many days their marks are small.
DENSE = 40
#: Today is drawn up to so many days outside of the programme.
BEYOND = 31


@dataclass(frozen=True)
class _Scale:
    """The first and the last day that are drawn."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """Where a day begins, to a tenth of a unit."""
        inner = WIDTH - 2 * MARGIN
        return round(MARGIN + inner * (day - self.first).days / ((self.last - self.first).days + 1), 1)


def drawn(outline: Outline, today: date) -> Timeline | None:
    """The timeline of a programme, None where it has neither stages nor dates."""
    dues = _dues(outline)
    days = [*(one.day for one in dues), *(stage.since for stage in outline.stages)]
    days += [stage.until for stage in outline.stages if stage.until]
    if not days:
        return None
    near = min(days) - timedelta(days=BEYOND) <= today <= max(days) + timedelta(days=BEYOND)
    scale = _whole_months(min([*days, today] if near else days), max([*days, today] if near else days))
    base = TOP + STAGE * len(outline.stages) + 34
    now_x = scale.x(today) if near else None
    return Timeline(
        width=WIDTH,
        height=base + BELOW - 34,
        base=base,
        months=_months(scale),
        stages=tuple(_stage(stage, TOP + STAGE * row, scale) for row, stage in enumerate(outline.stages)),
        dues=tuple(_labelled(dues, scale)),
        dense=len(dues) > DENSE,
        now=today,
        now_x=now_x,
        now_at_end=now_x is not None and now_x > WIDTH - 120,
    )


def _dues(outline: Outline) -> list[DueMark]:
    """The days on which something is due, with what is; titles that recur on a day are named once."""
    by_day: dict[date, list[tuple[str, Tone]]] = {}
    for one in outline.obligations:
        for occurrence in one.occurrences:
            counts = occurrence.counts
            done = counts.total > 0 and counts.filed + counts.exempt == counts.total
            tone: Tone = "late" if counts.overdue else "done" if done else "ahead"
            title = f"{one.title}：{occurrence.heading}" if occurrence.heading else one.title
            by_day.setdefault(occurrence.due_date, []).append((title, tone))
    return [_due(day, by_day[day]) for day in sorted(by_day)]


def _due(day: date, found: Sequence[tuple[str, Tone]]) -> DueMark:
    tones = {tone for _, tone in found}
    tone: Tone = "late" if "late" in tones else "ahead" if "ahead" in tones else "done"
    return DueMark(0.0, day, len(found), tone, tuple(dict.fromkeys(title for title, _ in found)))


def _labelled(dues: Sequence[DueMark], scale: _Scale) -> Iterator[DueMark]:
    """The days in their places; dates are written on two rows as far as they have room, the fullest days first."""
    rows: dict[date, int] = {}
    taken: tuple[list[float], list[float]] = ([], [])
    for one in sorted(dues, key=lambda one: (-one.count, one.day)):
        x = scale.x(one.day)
        free = [row for row in (0, 1) if all(abs(x - other) >= ROOM for other in taken[row])]
        if free:
            rows[one.day] = free[0]
            taken[free[0]].append(x)
    for one in dues:
        label = f"{one.day.month}/{one.day.day}" if one.day in rows else ""
        yield replace(one, x=scale.x(one.day), label=label, row=rows.get(one.day, 0))


def _stage(stage: StageSpan, y: int, scale: _Scale) -> StageBar:
    x = scale.x(stage.since)
    end = scale.x(stage.until + timedelta(days=1)) if stage.until else float(WIDTH - MARGIN)
    return StageBar(x, y, round(max(end - x, 4), 1), stage.title, stage.clause, stage.since, stage.until)


def _whole_months(first: date, last: date) -> _Scale:
    after = (last.replace(day=1) + timedelta(days=32)).replace(day=1)
    return _Scale(first.replace(day=1), after - timedelta(days=1))


def _months(scale: _Scale) -> tuple[MonthMark, ...]:
    """Every month; of more than fourteen only each third is named, and each January with its year."""
    starts = [scale.first]
    while (after := (starts[-1] + timedelta(days=32)).replace(day=1)) <= scale.last:
        starts.append(after)
    step = 1 if len(starts) <= 14 else 3
    return tuple(MonthMark(scale.x(month), _month(month, scale.first, step)) for month in starts)


def _month(month: date, first: date, step: int) -> str:
    if (month.month - 1) % step:
        return ""
    return f"{month.year}年{month.month}月" if month.month == 1 or month == first else f"{month.month}月"

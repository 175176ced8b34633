"""The overview and the board: every programme at a glance, and one programme as units × obligations."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web.contexts.frame import Choice, Light, Link, State, StateCounts, WaitingOn
from web.contexts.overview import (
    BoardCell,
    BoardColumn,
    BoardGroup,
    BoardPage,
    BoardRow,
    NextDeadline,
    ProgrammeLine,
    ProgrammesPage,
)
from web.pages.frame import Asked, House, frame, occurrence_of, show, signed_in
from web.rendering import WORDS
from workflow import board, overview
from workflow.acts import Act
from workflow.overview import Counts

#: Beyond so many units only the groups with something overdue arrive unfolded.
UNFOLDED = 120


def router(house: House) -> APIRouter:
    """``/`` and ``/programmes/{key}``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/")
    def programmes(request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            lines = tuple(_line(one) for one in overview.programmes(act))
            return show(house, request, ProgrammesPage(frame(house, request, act, "programmes"), lines, act.now))

    @routes.get("/programmes/{key}")
    def programme(key: str, request: Request, state: Asked = "", category: Asked = "", text: Asked = "") -> Response:
        wanted = board.Filters(category=category or None, unit=text.strip() or None, state=state or None)
        with house.engine.looking(signed_in(request)) as act:
            found = board.board(act, key, wanted)
            return show(house, request, _board(house, request, act, found, wanted))

    return routes


def _line(one: overview.Overview) -> ProgrammeLine:
    return ProgrammeLine(
        key=one.key,
        title=one.title,
        cycle=one.cycle,
        document=one.document,
        starts=one.starts,
        ends=one.ends,
        units=one.units,
        counts=_counts(one.counts),
        next_deadline=_deadline(one.next_deadline),
        board_href=_board_href(one.key),
        overdue_href=f"/overdue?{urlencode({'programme': one.key})}",
        provisional=_provisional(one.provisional_years),
    )


def _deadline(one: overview.NextDeadline | None) -> NextDeadline | None:
    return NextDeadline(one.obligation_title, one.due_date, one.due_at, one.open_count) if one else None


def _provisional(years: tuple[int, ...]) -> str:
    if not years:
        return ""
    named = "、".join(f"{year}年" for year in years)
    return f"{named}放假安排尚未公布，工作日暂按周一至周五计算，公布并导入后重新计算。"


def _board(house: House, request: Request, act: Act, found: board.Board, wanted: board.Filters) -> BoardPage:
    filtered = wanted != board.ALL
    return BoardPage(
        frame=frame(house, request, act, "programmes"),
        title=found.title,
        cycle=found.cycle,
        as_of=found.as_of,
        counts=_counts(found.counts),
        columns=tuple(_column(column, found.key) for column in found.columns),
        groups=_groups(found.lines, all_open=filtered or len(found.lines) <= UNFOLDED),
        states=tuple(Choice(code, word, code == wanted.state) for code, word in WORDS["state"].items()),
        categories=tuple(Choice(name, name, name == wanted.category) for name in found.categories),
        text=wanted.unit or "",
        board_href=_board_href(found.key),
        links=(Link(f"/overdue?{urlencode({'programme': found.key})}", "逾期清单"),),
    )


def _board_href(key: str) -> str:
    return f"/programmes/{quote(key, safe='')}"


def _counts(counts: Counts) -> StateCounts:
    return StateCounts(**asdict(counts))


def _column(column: board.Column, programme: str) -> BoardColumn:
    return BoardColumn(
        obligation=column.title,
        occurrence=occurrence_of(column.occurrence, programme),
        stage=column.stage,
        due_date=column.due_date,
        counts=_counts(column.counts),
    )


def _groups(lines: tuple[board.Line, ...], *, all_open: bool) -> tuple[BoardGroup, ...]:
    by_category: dict[str, list[board.Line]] = {}
    for line in lines:
        by_category.setdefault(line.unit.category, []).append(line)
    return tuple(_group(category, some, all_open=all_open) for category, some in by_category.items())


def _group(category: str, lines: list[board.Line], *, all_open: bool) -> BoardGroup:
    cells = [cell for line in lines for cell in line.cells if cell is not None]
    counts = overview.counted((cell.state, cell.late, 1) for cell in cells)
    rows = tuple(BoardRow(line.unit.name, tuple(_cell(cell, line.unit.name) for cell in line.cells)) for line in lines)
    return BoardGroup(category or "未分类", _counts(counts), rows, all_open or counts.overdue > 0)


def _cell(cell: board.Cell | None, unit: str) -> BoardCell | None:
    if cell is None:
        return None
    asked = cell.stuck_with if cell.waiting_on == "approver" else ()
    return BoardCell(
        href=f"/submissions/{cell.submission_id}",
        state=cast("State", cell.state),
        light=cast("Light", cell.light),
        waiting_on=cast("WaitingOn", cell.waiting_on),
        desk="、".join(dict.fromkeys(desk.post.removeprefix(unit) or desk.post for desk in asked)),
        days_late=cell.days_late,
        extended_to=cell.due_date if cell.extended_from else None,
    )

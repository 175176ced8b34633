"""The overview and the board: every programme at a glance, and one programme as units × obligations."""

from __future__ import annotations

from dataclasses import asdict, replace
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
from web.pages import cautions
from web.pages.frame import Asked, House, frame, occurrence_of, own_word, show, signed_in
from web.rendering import WORDS
from workflow import board, overview
from workflow.acts import Act
from workflow.overview import Counts

#: Beyond so many units only the groups with something overdue arrive unfolded.
UNFOLDED = 120


def router(house: House) -> APIRouter:
    """``/`` and ``/programmes/{key}``, the board."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/")
    def programmes(request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            lines = tuple(_line(one) for one in overview.programmes(act))
            around = frame(house, request, act, "programmes")
            return show(house, request, ProgrammesPage(around, lines, act.now, cautions.of_office(act)))

    @routes.get("/programmes/{key}")
    def the_board(
        key: str,
        request: Request,
        state: Asked = "",
        category: Asked = "",
        text: Asked = "",
        obligation: Asked = "",
        occurrence: Asked = "",
    ) -> Response:
        wanted = board.Filters(category or None, text.strip() or None, obligation or None, state or None)
        with house.engine.looking(signed_in(request)) as act:
            found = _of_columns(board.board(act, key, wanted), obligation, occurrence)
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
        programme_href=programme_href(one.key),
        board_href=board_href(one.key),
        overdue_href=f"/overdue?{urlencode({'programme': one.key})}",
        provisional=provisional(one.provisional_years),
    )


def _deadline(one: overview.NextDeadline | None) -> NextDeadline | None:
    return NextDeadline(one.obligation_title, one.due_date, one.due_at, one.open_count) if one else None


def provisional(years: tuple[int, ...]) -> str:
    """That the holidays of some years are not announced yet; empty where all are."""
    if not years:
        return ""
    named = "、".join(f"{year}年" for year in years)
    return f"{named}放假安排尚未公布，工作日暂按周一至周五计算，公布并导入后重新计算。"


def _of_columns(found: board.Board, obligation: str, occurrence: str) -> board.Board:
    """The board with the columns of one obligation alone, or of one occurrence; an empty name is any."""
    wanted = [
        place
        for place, column in enumerate(found.columns)
        if obligation in ("", column.obligation) and occurrence in ("", column.occurrence)
    ]
    if len(wanted) == len(found.columns):
        return found
    lines = (replace(line, cells=tuple(line.cells[place] for place in wanted)) for line in found.lines)
    return replace(
        found,
        columns=tuple(found.columns[place] for place in wanted),
        lines=tuple(line for line in lines if any(line.cells)),
    )


def _board(house: House, request: Request, act: Act, found: board.Board, wanted: board.Filters) -> BoardPage:
    filtered = wanted != board.ALL
    return BoardPage(
        frame=frame(house, request, act, "programmes"),
        title=found.title,
        cycle=found.cycle,
        as_of=found.as_of,
        counts=_counts(found.counts),
        groups=_groups(found, all_open=filtered or len(found.lines) <= UNFOLDED),
        states=tuple(Choice(code, word, code == wanted.state) for code, word in WORDS["state"].items()),
        categories=tuple(Choice(name, name, name == wanted.category) for name in found.categories),
        text=wanted.unit or "",
        board_href=board_href(found.key),
        links=(
            Link(programme_href(found.key), "方案内容"),
            Link(f"/overdue?{urlencode({'programme': found.key})}", "逾期清单"),
        ),
    )


def programme_href(key: str) -> str:
    """The address of what a programme's definition says."""
    return f"{board_href(key)}/definition"


def board_href(key: str) -> str:
    """The address of a programme's board."""
    return f"/programmes/{quote(key, safe='')}"


def _counts(counts: Counts) -> StateCounts:
    return StateCounts(**asdict(counts))


def _column(column: board.Column, programme: str) -> BoardColumn:
    return BoardColumn(
        obligation=column.title,
        occurrence=column.heading or occurrence_of(column.occurrence, programme),
        stage=column.stage,
        due_date=column.due_date,
        counts=_counts(column.counts),
    )


def _groups(found: board.Board, *, all_open: bool) -> tuple[BoardGroup, ...]:
    by_category: dict[str, list[board.Line]] = {}
    for line in found.lines:
        by_category.setdefault(line.unit.category, []).append(line)
    return tuple(_group(found, category, some, all_open=all_open) for category, some in by_category.items())


def _group(found: board.Board, category: str, lines: list[board.Line], *, all_open: bool) -> BoardGroup:
    """A category's part of the board, without the columns that nobody in it has."""
    cells = [cell for line in lines for cell in line.cells if cell is not None]
    counts = overview.counted((cell.state, cell.late, 1) for cell in cells)
    places = [place for place in range(len(found.columns)) if any(line.cells[place] for line in lines)]
    return BoardGroup(
        category=category or "未分类",
        counts=_counts(counts),
        columns=tuple(_column(found.columns[place], found.key) for place in places),
        rows=tuple(
            BoardRow(line.name, tuple(_cell(line.cells[place], line.unit.name) for place in places)) for line in lines
        ),
        opened=all_open or counts.overdue > 0,
    )


def _cell(cell: board.Cell | None, unit: str) -> BoardCell | None:
    if cell is None:
        return None
    asked = cell.stuck_with if cell.waiting_on == "approver" else ()
    return BoardCell(
        href=f"/submissions/{cell.submission_id}",
        state=cast("State", cell.state),
        light=cast("Light", cell.light),
        standing=own_word(cell.standing),
        waiting_on=cast("WaitingOn", cell.waiting_on),
        desk="、".join(dict.fromkeys(desk.post.removeprefix(unit) or desk.post for desk in asked)),
        days_late=cell.days_late,
        extended_to=cell.due_date if cell.extended_from else None,
    )

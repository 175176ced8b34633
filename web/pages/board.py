"""The board of one programme: units × obligations, or tasks with their units, in groups that unfold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import cast
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web.contexts.board import BoardCell, BoardColumn, BoardGroup, BoardPage, BoardRow, TaskCell, TaskRow
from web.contexts.frame import Choice, Light, Link, State, WaitingOn
from web.pages.frame import Asked, House, frame, occurrence_of, own_word, show, signed_in
from web.pages.overview import board_href, counts_of
from web.pages.rooms import parts
from web.rendering import WORDS
from workflow import board, board_groups, board_tasks
from workflow.acts import Act
from workflow.board import Filters
from workflow.board_groups import Group, Outline
from workflow.board_tasks import TaskLine
from workflow.scores import rated

#: Beyond so many lines only groups with something overdue arrive unfolded, and of those no more than these.
UNFOLDED = 120
_WAITING = ("unit", "approver", "office")


@dataclass(frozen=True)
class Wanted:
    """The board as it stands in the address; empty strings are not set. ``open`` is the group to unfold."""

    key: str
    state: str = ""
    light: str = ""
    waiting_on: str = ""
    category: str = ""
    text: str = ""
    obligation: str = ""
    occurrence: str = ""
    layout: str = ""

    @property
    def filters(self) -> Filters:
        """What of it are conditions."""
        return Filters(
            self.category or None, self.text or None, self.obligation or None, self.state or None,
            self.light or None, self.waiting_on or None,
        )  # fmt: skip

    @property
    def said(self) -> dict[str, str]:
        """What is set, as it stands in the address."""
        return {name: value for name, value in asdict(self).items() if value and name != "key"}

    def address(self, **changes: str) -> str:
        """The address of this board, some of it changed."""
        said = {name: value for name, value in {**self.said, **changes}.items() if value}
        return board_href(self.key) + (f"?{urlencode(said)}" if said else "")


def router(house: House) -> APIRouter:
    """``/programmes/{key}``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/programmes/{key}")
    def the_board(
        key: str,
        request: Request,
        state: Asked = "",
        light: Asked = "",
        waiting_on: Asked = "",
        category: Asked = "",
        text: Asked = "",
        obligation: Asked = "",
        occurrence: Asked = "",
        layout: Asked = "",
        open: Asked = "",
    ) -> Response:
        wanted = Wanted(key, state, light, waiting_on, category, text.strip(), obligation, occurrence, layout)
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _page(house, request, act, wanted, open))

    return routes


def _page(house: House, request: Request, act: Act, wanted: Wanted, open_: str) -> BoardPage:
    found = board_groups.outline(
        act, wanted.key, wanted.filters, occurrence=wanted.occurrence or None, layout=wanted.layout
    )
    other = "tasks" if found.layout == "units" else "units"
    listed = found.listed
    return BoardPage(
        frame=frame(house, request, act, "programmes"),
        rooms=parts(listed.key, act.actor.role, here=""),
        title=listed.title,
        cycle=listed.cycle,
        as_of=found.as_of,
        counts=counts_of(found.counts),
        groups=_groups(act, found, wanted, open_),
        states=_choices(WORDS["state"], wanted.state),
        lights=_choices({code: word for code, word in WORDS["light"].items() if code != "none"}, wanted.light),
        waiting_on=_choices({code: WORDS["waiting"][code] for code in _WAITING}, wanted.waiting_on),
        categories=tuple(Choice(name, name, name == wanted.category) for name in found.categories if name),
        text=wanted.text,
        board_href=board_href(listed.key),
        layout=found.layout,
        turned=Link(wanted.address(layout=other), "改为按事项列" if other == "tasks" else "改为按单位列"),
        exports=(Link(_export(wanted), "导出 Excel"),),
        links=(Link(f"{board_href(listed.key)}/scores", "评分"),) if rated(listed.definition) else (),
        narrowed=_narrowed(found, wanted),
        kept=tuple(
            (name, value) for name, value in wanted.said.items() if name in ("obligation", "occurrence", "layout")
        ),
    )


def _choices(words: dict[str, str] | object, chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(code, word, code == chosen) for code, word in cast("dict[str, str]", words).items())


def _export(wanted: Wanted) -> str:
    said = {("unit" if name == "text" else name): value for name, value in wanted.said.items()}
    said = {name: value for name, value in said.items() if name not in ("occurrence", "layout")}
    path = f"/api/v1{board_href(wanted.key)}/board.xlsx"
    return f"{path}?{urlencode(said)}" if said else path


def _narrowed(found: Outline, wanted: Wanted) -> str:
    if not wanted.obligation or not found.columns:
        return ""
    occurrence = occurrence_of(wanted.occurrence, found.listed.key) if wanted.occurrence else ""
    return f"{found.columns[0].title}{f' {occurrence}' if occurrence else ''}"


def _groups(act: Act, found: Outline, wanted: Wanted, open_: str) -> tuple[BoardGroup, ...]:
    opened = _opened(found, open_)
    folded = [_folded(found, number, group, wanted) for number, group in enumerate(found.groups)]
    if found.layout == "tasks":
        tasks = board_tasks.lines(act, found, opened)
        made = [
            replace(one, opened=True, tasks=tuple(_task(found, line, wanted) for line in tasks[group.key]))
            if group.key in tasks
            else one
            for one, group in zip(folded, found.groups, strict=True)
        ]
        return tuple(made)
    lines = board_groups.lines(act, found, opened)
    return tuple(
        _of_units(found, one, lines[group.key], wanted) if group.key in lines else one
        for one, group in zip(folded, found.groups, strict=True)
    )


def _opened(found: Outline, open_: str) -> list[Group]:
    """The group that was asked for alone, all where they are few, else those with something overdue, not too many."""
    if open_:
        return [group for group in found.groups if group.key == open_]
    if found.size <= UNFOLDED:
        return list(found.groups)
    opened: list[Group] = []
    for group in found.groups:
        if group.counts.overdue and sum(len(one.members) for one in (*opened, group)) <= UNFOLDED:
            opened.append(group)
    return opened


def _folded(found: Outline, number: int, group: Group, wanted: Wanted) -> BoardGroup:
    anchor = f"group-{number + 1}"
    href = f"{wanted.address(layout=found.layout, open=group.key)}#{anchor}"
    return BoardGroup(anchor, group.title, len(group.members), counts_of(group.counts), opened=False, href=href)


def _of_units(found: Outline, group: BoardGroup, lines: Sequence[board.Line], wanted: Wanted) -> BoardGroup:
    """A part of the board, without the columns that nobody in it has."""
    places = [place for place in range(len(found.columns)) if any(line.cells[place] for line in lines)]
    rows = (
        BoardRow(line.name, tuple(_cell_or_none(line.cells[place], line.unit.name) for place in places))
        for line in lines
    )
    columns = tuple(_column(found.columns[place], found.listed.key, wanted) for place in places)
    return replace(group, opened=True, size=len(lines), columns=columns, rows=tuple(rows))


def _column(column: board.Column, programme: str, wanted: Wanted) -> BoardColumn:
    return BoardColumn(
        obligation=column.title,
        occurrence=column.heading or occurrence_of(column.occurrence, programme),
        stage=column.stage,
        due_date=column.due_date,
        counts=counts_of(column.counts),
        href="" if wanted.obligation else wanted.address(obligation=column.obligation, layout="units"),
    )


def _task(found: Outline, line: TaskLine, wanted: Wanted) -> TaskRow:
    ahead = [one.due_date for one in line.columns if one.due_at > found.as_of]
    several = len(line.columns) > 1
    return TaskRow(
        number=line.number,
        title=line.title,
        clause=line.clause,
        due_date=min(ahead) if ahead else max(one.due_date for one in line.columns),
        dates=len(line.columns),
        counts=counts_of(line.counts),
        cells=tuple(_task_cell(found, one, several=several) for one in line.cells),
        href=wanted.address(obligation=line.obligation, layout="units"),
    )


def _task_cell(found: Outline, one: board_tasks.TaskCell, *, several: bool) -> TaskCell:
    unit = one.unit.name + (f"（{one.subject.name}）" if one.subject else "")
    occurrence = occurrence_of(one.occurrence, found.listed.key) if several else ""
    return TaskCell(unit, occurrence, _cell(one.cell, one.unit.name))


def _cell_or_none(cell: board.Cell | None, unit: str) -> BoardCell | None:
    return None if cell is None else _cell(cell, unit)


def _cell(cell: board.Cell, unit: str) -> BoardCell:
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

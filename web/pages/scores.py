"""The scores of a programme: ``/programmes/{key}/scores``, and the same as a workbook."""

from __future__ import annotations

from itertools import groupby
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from documents import score_sheet
from web.contexts.frame import Link, State
from web.contexts.scores import ScoredLine, ScoreGroup, ScoresPage, ScoreTable
from web.downloads import XLSX, download
from web.pages.frame import House, frame, occurrence_of, show, signed_in
from web.pages.measures import plain
from web.pages.overview import board_href
from web.pages.rooms import parts
from workflow import score_lists
from workflow.acts import Act
from workflow.score_lists import Scored, Table


def router(house: House) -> APIRouter:
    """``/programmes/{key}/scores``."""
    routes = APIRouter(prefix="/programmes", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/{key}/scores")
    def listing(key: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _page(house, request, act, key))

    @routes.get("/{key}/scores.xlsx")
    def file(key: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            found, now, today = score_lists.of(act, key), act.now, act.today
        return download(score_sheet.write_xlsx(found, now), f"{found.listed.title}评分_{today}.xlsx", XLSX)

    return routes


def _page(house: House, request: Request, act: Act, key: str) -> ScoresPage:
    found = score_lists.of(act, key)
    here = f"{board_href(found.listed.key)}/scores"
    return ScoresPage(
        frame=frame(house, request, act, "programmes"),
        rooms=(*parts(found.listed.key, act.actor.role, here="scores"), Link("", "评分")),
        title=found.listed.title,
        cycle=found.listed.cycle,
        as_of=act.now,
        tables=tuple(_table(one, found.listed.key) for one in found.tables),
        exports=(Link(f"{here}.xlsx", "导出 Excel"),) if found.tables else (),
    )


def _table(one: Table, programme: str) -> ScoreTable:
    groups = groupby(one.lines, key=lambda line: line.score.group)
    return ScoreTable(
        one.title,
        occurrence_of(one.occurrence, programme),
        one.criteria,
        tuple(_group(title, tuple(lines)) for title, lines in groups),
    )


def _group(title: str, lines: tuple[Scored, ...]) -> ScoreGroup:
    weights = tuple(rating.weight for rating in lines[0].score.ratings)
    return ScoreGroup(title, weights, tuple(map(_line, lines)))


def _line(one: Scored) -> ScoredLine:
    return ScoredLine(
        place="" if one.place is None else str(one.place),
        unit=one.unit.name,
        href=f"/submissions/{one.submission_id}",
        state=cast("State", one.state),
        points=tuple("" if rating.points is None else str(rating.points) for rating in one.score.ratings),
        total="" if one.score.total is None else plain(one.score.total),
    )

"""The overview: every programme at a glance, with what waits for the office itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import cast
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from web.contexts.frame import Light, State, StateCounts
from web.contexts.overview import LightCounts, NextDeadline, OfficeDesk, OfficeTask, ProgrammeLine, ProgrammesPage
from web.pages import cautions
from web.pages.chain import titled
from web.pages.frame import Asked, House, frame, occurrence_of, show, signed_in
from workflow import catalogue, office_tasks, overview
from workflow.catalogue import Listed
from workflow.overview import Counts
from workflow.permissions import OFFICE


def router(house: House) -> APIRouter:
    """``/``; a unit's own people are led to what they owe, unless they ask for all."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/")
    def programmes(request: Request, all: Asked = "") -> Response:
        actor = signed_in(request)
        if actor.role == "unit" and not all:
            return RedirectResponse("/workbench", 303)
        with house.engine.looking(actor) as act:
            listed = catalogue.every(act)
            lines = tuple(_line(one) for one in overview.of(act, listed))
            page = ProgrammesPage(
                frame(house, request, act, "programmes"), lines, act.now, cautions.of_office(act),
                _desk(listed, office_tasks.of(act, listed)) if actor.role in OFFICE else None,
            )  # fmt: skip
            return show(house, request, page)

    return routes


def _desk(listed: Sequence[Listed], queue: office_tasks.Queue) -> OfficeDesk:
    titles = {one.key: f"{one.title} {one.cycle}" for one in listed}
    return OfficeDesk(
        tuple(_task(titles, one) for one in queue.accept), queue.to_accept,
        tuple(_task(titles, one) for one in queue.own), queue.owed,
    )  # fmt: skip


def _task(titles: Mapping[str, str], one: office_tasks.Waiting) -> OfficeTask:
    # What is about a unit is told from others by it.
    occurrence = "" if one.unit else occurrence_of(one.occurrence, one.programme)
    title = titled(one.obligation_title, one.heading) + (f" {occurrence}" if occurrence else "")
    return OfficeTask(
        f"/submissions/{one.submission_id}", title, one.unit, titles[one.programme], cast("State", one.state),
        cast("Light", one.light), one.due_date,
    )  # fmt: skip


def _line(one: overview.Overview) -> ProgrammeLine:
    return ProgrammeLine(
        key=one.key,
        title=one.title,
        cycle=one.cycle,
        document=one.document,
        starts=one.starts,
        ends=one.ends,
        units=one.units,
        counts=counts_of(one.counts),
        deadlines=tuple(map(_deadline, one.deadlines)),
        lights=LightCounts(**asdict(one.lights)),
        programme_href=programme_href(one.key),
        board_href=board_href(one.key),
        overdue_href=f"/overdue?{urlencode({'programme': one.key})}",
        provisional=provisional(one.provisional_years),
    )


def _deadline(one: overview.NextDeadline) -> NextDeadline:
    return NextDeadline(one.obligation_title, one.due_date, one.due_at, one.open_count)


def provisional(years: tuple[int, ...]) -> str:
    """That the holidays of some years are not announced yet; empty where all are."""
    if not years:
        return ""
    named = "、".join(f"{year}年" for year in years)
    return f"{named}放假安排尚未公布，工作日暂按周一至周五计算，公布并导入后重新计算。"


def programme_href(key: str) -> str:
    """The address of what a programme's definition says."""
    return f"{board_href(key)}/definition"


def board_href(key: str) -> str:
    """The address of a programme's board."""
    return f"/programmes/{quote(key, safe='')}"


def counts_of(counts: Counts) -> StateCounts:
    """Counts as pages show them."""
    return StateCounts(**asdict(counts))

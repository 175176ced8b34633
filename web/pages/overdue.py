"""The overdue list: filters, one page of fifty, and the same list as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web.contexts.frame import Chip, Choice, Light, Link, Pager, WaitingOn
from web.contexts.overdue import OverdueFilter, OverdueLine, OverduePage
from web.pages.frame import Asked, Cursor, House, desk_text, frame, occurrence_of, show, signed_in, warned
from web.rendering import WORDS
from workflow import catalogue, overdue, posts
from workflow.acts import Act
from workflow.refusals import QueryRefused

PAGE = 50
SORTS = {"-days_late": "逾期久的在前", "days_late": "逾期短的在前", "unit": "按单位"}
WAITING_ON = ("unit", "approver", "office")
EXPORTS = {"/api/v1/overdue.xlsx": "导出 Excel", "/api/v1/overdue.csv": "导出 CSV"}


@dataclass(frozen=True)
class Wanted:
    """The filter as it stands in the address; empty strings are not set."""

    programme: str = ""
    obligation: str = ""
    category: str = ""
    unit: str = ""
    waiting_on: str = ""
    min_days: str = ""
    sort: str = ""

    def address(self, path: str = "/overdue", **changes: str) -> str:
        """The address of this filter, some of it changed."""
        said = {name: value for name, value in {**vars(self), **changes}.items() if value}
        return f"{path}?{urlencode(said)}" if said else path

    @property
    def days(self) -> int | None:
        """The fewest days; raises QueryRefused for what is no number."""
        if not self.min_days.strip():
            return None
        try:
            return int(self.min_days)
        except ValueError:
            raise QueryRefused(reason="“至少逾期（天）”须是整数") from None


def router(house: House) -> APIRouter:
    """``/overdue``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/overdue")
    def listing(
        request: Request,
        programme: Asked = "",
        obligation: Asked = "",
        category: Asked = "",
        unit: Asked = "",
        waiting_on: Asked = "",
        min_days: Asked = "",
        sort: Asked = "",
        cursor: Cursor = "",
    ) -> Response:
        wanted = Wanted(programme, obligation, category, unit.strip(), waiting_on, min_days.strip(), sort)
        with house.engine.looking(signed_in(request)) as act:
            page, status = _listed(house, request, act, wanted, cursor)
            return show(house, request, page, status)

    return routes


def _listed(house: House, request: Request, act: Act, wanted: Wanted, cursor: str) -> tuple[OverduePage, int]:
    """The page, or the unfiltered first page with the reason why this filter cannot be used."""
    try:
        return _page(house, request, act, wanted, cursor), 200
    except QueryRefused as refused:
        page = _page(house, request, act, Wanted(), "")
        around = warned(page.frame, f"{refused.text}。现在列出的是全部。")
        kept = replace(page.filter, unit=wanted.unit, min_days=wanted.min_days)
        return replace(page, frame=around, filter=kept), 422


def _page(house: House, request: Request, act: Act, wanted: Wanted, cursor: str) -> OverduePage:
    found = overdue.listing(
        act,
        programme=wanted.programme or None,
        obligation=wanted.obligation or None,
        category=wanted.category or None,
        unit=wanted.unit or None,
        waiting_on=wanted.waiting_on or None,
        min_days=wanted.days,
        sort=wanted.sort or "-days_late",
        limit=PAGE,
        cursor=cursor or None,
    )
    return OverduePage(
        frame=frame(house, request, act, "overdue"),
        as_of=found.as_of,
        by_category=_chips(wanted, "category", found.by_category, {}),
        by_obligation=_chips(wanted, "obligation", found.by_obligation, found.obligation_titles),
        filter=_filter(act, wanted),
        lines=tuple(_line(item) for item in found.items),
        pager=Pager(
            found.total,
            len(found.items),
            wanted.address() if cursor else "",
            wanted.address(cursor=found.next) if found.next else "",
        ),
        exports=tuple(Link(wanted.address(path), label) for path, label in EXPORTS.items()) if found.total else (),
    )


def _chips(wanted: Wanted, facet: str, counts: Mapping[str, int], titles: Mapping[str, str]) -> tuple[Chip, ...]:
    """One chip for each value; the chosen one takes its filter off again."""
    chosen = getattr(wanted, facet)
    return tuple(
        Chip(
            wanted.address(**{facet: "" if value == chosen else value}),
            titles.get(value, value) or "未分类",
            count,
            value == chosen,
        )
        for value, count in counts.items()
    )


def _filter(act: Act, wanted: Wanted) -> OverdueFilter:
    programmes = catalogue.every(act)
    obligations = catalogue.obligation_titles(act, programmes)
    categories = dict.fromkeys(row.category for row in posts.directory(act.session).units() if row.category)
    return OverdueFilter(
        programmes=_choices({one.key: f"{one.title} {one.cycle}" for one in programmes}, wanted.programme),
        obligations=_choices(obligations, wanted.obligation),
        categories=_choices({name: name for name in categories}, wanted.category),
        waiting_on=_choices({code: WORDS["waiting"][code] for code in WAITING_ON}, wanted.waiting_on),
        sorts=_choices(SORTS, wanted.sort),
        unit=wanted.unit,
        min_days=wanted.min_days,
    )


def _choices(words: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in words.items())


def _line(item: overdue.Item) -> OverdueLine:
    return OverdueLine(
        unit=item.unit.name,
        category=item.unit.category,
        obligation=item.obligation_title,
        occurrence=occurrence_of(item.occurrence, item.programme),
        href=f"/submissions/{item.submission_id}",
        due_date=item.due_date,
        due_at=item.due_at,
        days_late=item.days_late,
        working_days_late=item.working_days_late,
        light=cast("Light", item.light),
        waiting_on=cast("WaitingOn", item.waiting_on),
        desk=desk_text(item.stuck_with, item.unit.name),
        last_alert_at=item.last_alert_at,
        rung=item.rung_title,
    )

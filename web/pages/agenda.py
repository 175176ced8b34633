"""日程 over HTTP: the weeks ahead with deadlines, rungs, working days and holidays, as a list or as months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web.contexts.agenda import AgendaFilter, AgendaPage, DayLine, FiredLine, HappeningLine, Mark
from web.contexts.frame import Choice, Link
from web.pages import months
from web.pages.frame import Asked, House, frame, occurrence_of, show, signed_in, warned
from web.pages.overview import provisional
from web.rendering import clock_time
from workflow import catalogue, posts, sight, timeline
from workflow.acts import Act
from workflow.refusals import QueryRefused
from workflow.timeline import Day, Happening, Timeline
from workflow.windows import Scope

HERE = "/timeline"
SPANS = {2: "2 周", 6: "6 周", 13: "13 周"}
VIEWS = {"list": "逐日", "month": "月历"}
#: By what a rung says, else by what it is.
MARKS: Mapping[str, Mark] = {
    "reminder": "reminder", "notice": "notice", "overdue": "overdue", "escalation": "escalation",
    "deadline": "due", "later": "later", "chase": "chase", "message": "message",
}  # fmt: skip
#: So far ahead a day may be asked for: the next year's plans.
FARTHEST = timedelta(days=800)


@dataclass(frozen=True)
class Wanted:
    """The filter as it stands in the address; empty strings are not set."""

    weeks: str = ""
    since: str = ""
    programme: str = ""
    obligation: str = ""
    unit: str = ""
    view: str = ""

    def address(self, **changes: str) -> str:
        """The address of this filter, some of it changed."""
        said = {name: value for name, value in {**vars(self), **changes}.items() if value}
        return f"{HERE}?{urlencode(said)}" if said else HERE

    @property
    def span(self) -> int:
        """How many weeks; what is none of the choices is the shortest that shows a month."""
        return int(self.weeks) if self.weeks in map(str, SPANS) else 6

    def first(self, today: date) -> date:
        """The first day, today or later; raises QueryRefused for what is no day."""
        if not self.since:
            return today
        try:
            found = date.fromisoformat(self.since)
        except ValueError:
            raise QueryRefused(reason="起始日期（since）须写成 2022-01-04") from None
        if found > today + FARTHEST:
            raise QueryRefused(reason="起始日期（since）太远")
        return max(found, today)


def router(house: House) -> APIRouter:
    """``/timeline``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get(HERE)
    def the_days(
        request: Request,
        weeks: Asked = "",
        since: Asked = "",
        programme: Asked = "",
        obligation: Asked = "",
        unit: Asked = "",
        view: Asked = "",
    ) -> Response:
        wanted = Wanted(weeks, since, programme, obligation, unit.strip(), view if view in VIEWS else "")
        with house.engine.looking(signed_in(request)) as act:
            try:
                page, status = _page(house, request, act, wanted), 200
            except QueryRefused as refused:
                page, status = _page(house, request, act, Wanted(view=wanted.view)), 422
                page = replace(page, frame=warned(page.frame, f"{refused.text}。现在列出的是全部。"))
            return show(house, request, page, status)

    return routes


def _page(house: House, request: Request, act: Act, wanted: Wanted) -> AgendaPage:
    since = wanted.first(act.today)
    until = since + timedelta(days=7 * wanted.span - 1)
    found = timeline.ahead(act, since=since, until=until, scope=_scope(act, wanted))
    shown = found.days[-1].day
    view = wanted.view or "list"
    return AgendaPage(
        frame=frame(house, request, act, "timeline"),
        as_of=act.now,
        since=since,
        until=shown,
        filter=_filter(act, wanted),
        views=tuple(Link("" if name == view else wanted.address(view=name), label) for name, label in VIEWS.items()),
        strip=months.strip(found.days) if any(one.happenings for one in found.days) else None,
        days=_folded([_day(act, one, wanted) for one in found.days]) if view == "list" else (),
        months=months.months(found.days, act.today, wanted.address(view="list")) if view == "month" else (),
        fired=_fired(found),
        feeds_href="/feeds",
        provisional=provisional(found.provisional),
        now_href=wanted.address(since="") if since > act.today else "",
        rest_href=wanted.address(since=found.rest.isoformat()) if found.rest else "",
        next_href="" if found.rest else wanted.address(since=(until + timedelta(days=1)).isoformat()),
    )


def _scope(act: Act, wanted: Wanted) -> Scope:
    """Which submissions; a unit's own people have theirs only. Raises QueryRefused for what is not there."""
    programme = catalogue.id_of(act, wanted.programme) if wanted.programme else None
    own = sight.own_unit(act)
    if own is not None or not wanted.unit:
        return Scope(programme, wanted.obligation, own or "")
    unit = posts.directory(act.session).called(wanted.unit)
    if unit is None:
        raise QueryRefused(reason=f"花名册中没有“{wanted.unit}”，请写单位全称或编码")
    return Scope(programme, wanted.obligation, unit.code)


def _filter(act: Act, wanted: Wanted) -> AgendaFilter:
    programmes = catalogue.every(act)
    chosen = [one for one in programmes if wanted.programme in ("", one.key)]
    own = sight.own_unit(act) is not None
    return AgendaFilter(
        spans=_choices({str(weeks): label for weeks, label in SPANS.items()}, str(wanted.span)),
        programmes=_choices({one.key: f"{one.title} {one.cycle}" for one in programmes}, wanted.programme),
        obligations=_choices(catalogue.obligation_titles(act, chosen), wanted.obligation),
        unit=wanted.unit,
        units=() if own else posts.directory(act.session).names(),
        own=own,
        view=wanted.view,
    )


def _choices(words: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in words.items())


def _day(act: Act, one: Day, wanted: Wanted) -> DayLine:
    lines = tuple(_line(act, happening, wanted) for happening in one.happenings)
    return DayLine(one.day, months.kind_of(one), one.name, _off(act, one.day), one.day == act.today, lines)


def _folded(days: Sequence[DayLine]) -> tuple[DayLine, ...]:
    """The days that say something; the days of one holiday on which nothing happens are one."""
    found: list[DayLine] = []
    for one in days:
        before = found[-1] if found else None
        quiet = one.kind == "holiday" and not one.lines
        goes_on = before and not before.lines and before.name == one.name and before.kind == "holiday"
        if quiet and before and goes_on and (before.until or before.day) == one.day - timedelta(days=1):
            found[-1] = replace(before, until=one.day)
        elif one.lines or one.kind in ("holiday", "made-up"):
            found.append(one)
    return tuple(found)


def _off(act: Act, day: date) -> str:
    """How far off a day is."""
    days = (day - act.today).days
    if days < 2:
        return "今天" if days == 0 else "明天"
    return f"{days}天后（{act.calendar().working_days(act.today, day)}个工作日）"


def _line(act: Act, one: Happening, wanted: Wanted) -> HappeningLine:
    whole_day = one.kind in ("deadline", "later")
    opened = {"programme": one.programme, "obligation": one.obligation, "occurrence": one.occurrence}
    return HappeningLine(
        mark=_mark(one),
        clock="" if whole_day else clock_time(one.at),
        label=one.label,
        title=one.title,
        href=_board(opened) if one.obligation and one.kind != "later" else "",
        occurrence=occurrence_of(one.occurrence, one.programme),
        open_=_open(act, one),
        to="、".join(one.to[:4]) + (f"等{len(one.to)}人" if len(one.to) > 4 else ""),
        unit=one.unit if wanted.unit == "" else "",
        opens_on=one.opens_on,
    )


def _mark(one: Happening) -> Mark:
    return MARKS[one.says if one.kind == "rung" else one.kind]


def _open(act: Act, one: Happening) -> str:
    if one.kind == "message":
        return f"{one.count} 条"
    if act.actor.role == "unit":
        return "本单位未报" if one.count and one.kind == "deadline" else ""
    if one.kind == "later":
        return f"{one.count} 家应报" if one.count else "开启时确定"
    return f"{one.count} 件未报" if one.kind in ("deadline", "rung") else f"{one.count} 件待签"


def _board(place: Mapping[str, str]) -> str:
    said = {name: value for name, value in place.items() if name != "programme" and value}
    return f"/programmes/{quote(place['programme'], safe='')}?{urlencode(said)}"


def _fired(found: Timeline) -> tuple[FiredLine, ...]:
    return tuple(FiredLine(one.at, one.said, one.messages, one.sent) for one in found.fired)

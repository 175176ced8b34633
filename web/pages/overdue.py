"""The overdue list: filters, sorting, one page of fifty, the same list as a file, and what the office does from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from web import problems
from web.contexts.frame import Chip, Choice, Light, Link, Pager, WaitingOn
from web.contexts.overdue import Acting, Contact, Head, OverdueFilter, OverdueLine, OverduePage, Waiting
from web.pages.frame import (
    Asked,
    Cursor,
    House,
    acting,
    desk_text,
    done,
    frame,
    local_path,
    occurrence_of,
    show,
    signed_in,
    warned,
)
from web.rendering import WORDS
from workflow import catalogue, extensions, overdue, posts, submissions
from workflow.acts import Act
from workflow.permissions import OFFICE
from workflow.refusals import NotFound, QueryRefused, Refusal

PAGE = 50
SORTS = {
    "-days_late": "逾期久的在前",
    "days_late": "逾期短的在前",
    "unit": "按单位",
    "-unit": "按单位倒序",
    "alert": "最久未督办的在前",
    "-alert": "最近督办的在前",
}
WAITING_ON = ("unit", "approver", "office")
EXPORTS = {"/api/v1/overdue.xlsx": "导出 Excel", "/api/v1/overdue.csv": "导出 CSV"}
#: What is done with what is ticked, the usual first.
ACTS = {"urge": "催办所选", "extend": "延期", "exempt": "免报", "return": "退回"}
#: Requests for more time that are listed above the list.
_MOST_REQUESTS = 5


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

    @property
    def filters(self) -> overdue.Filters:
        """The same as the list takes it; raises QueryRefused."""
        return overdue.Filters(
            self.programme or None, self.obligation or None, self.category or None, self.unit or None,
            self.waiting_on or None, self.days,
        )  # fmt: skip


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

    @routes.post("/overdue/urge")
    def urge(
        request: Request,
        id: Annotated[int, Form(ge=1, lt=2**31)],
        back: Annotated[str, Form(max_length=2000)] = "/overdue",
        form_token: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        actor = acting(house, request, form_token)
        try:
            with house.engine.acting(actor) as act:
                stuck = submissions.stuck_with(act, submissions.urge(act, id))
                said = "、".join(dict.fromkeys(one.post_title for one in stuck))
        except NotFound:
            raise
        except Refusal as refused:
            with house.engine.looking(actor) as act:
                page = _page(house, request, act, Wanted(), "")
                page = replace(page, frame=warned(page.frame, f"没有催办：{refused.text}"))
                return show(house, request, page, problems.of_refusal(refused).status)
        return done(house, _near(back), f"已催办：{said}。")

    return routes


def _near(back: str) -> str:
    """The list as it was filtered, whatever the form says."""
    return back if local_path(back) == back and back.partition("?")[0] == "/overdue" else "/overdue"


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
        act, **vars(wanted.filters), sort=wanted.sort or "-days_late", limit=PAGE, cursor=cursor or None
    )
    programmes = catalogue.every(act)
    several = len(programmes) > 1 and not wanted.programme
    asked = extensions.waiting(act, limit=_MOST_REQUESTS) if act.actor.role in OFFICE else ()
    counted = extensions.count_waiting(act) if len(asked) == _MOST_REQUESTS else len(asked)
    return OverduePage(
        frame=frame(house, request, act, "overdue", here=wanted.address()),
        as_of=found.as_of,
        by_category=_chips(wanted, "category", found.by_category, {}),
        by_obligation=_chips(wanted, "obligation", found.by_obligation, found.obligation_titles),
        filter=_filter(act, wanted, programmes),
        lines=tuple(_line(item, several=several) for item in found.items),
        pager=Pager(
            found.total,
            len(found.items),
            wanted.address() if cursor else "",
            wanted.address(cursor=found.next) if found.next else "",
        ),
        exports=tuple(Link(wanted.address(path), label) for path, label in EXPORTS.items()) if found.total else (),
        unit_head=_head(wanted, "单位", ("unit", "-unit")),
        due_head=_head(wanted, "应报日期", ("-days_late", "days_late")),
        late_head=_head(wanted, "逾期", ("-days_late", "days_late")),
        alert_head=_head(wanted, "最近督办", ("alert", "-alert")),
        several=several,
        acting=_acting(wanted) if act.actor.role in OFFICE and found.total else None,
        requests=tuple(_request(one) for one in asked),
        more_requests=counted - len(asked),
    )


def _acting(wanted: Wanted) -> Acting:
    """Acts on what is ticked, and on all that the filter matches: the preview asks the filter again."""
    whole = replace(wanted, sort="")
    return Acting(
        kinds=tuple(Choice(kind, label, kind == "urge") for kind, label in ACTS.items()),
        whole=tuple(
            Link(whole.address("/batches/new", act=kind, all="1"), label)
            for kind, label in (("urge", "催办这些"), ("extend", "延期这些"))
        ),
        back=wanted.address(),
    )


def _head(wanted: Wanted, label: str, orders: tuple[str, str]) -> Head:
    """A column's head: a click sorts by the first of its orders, another one the other way round."""
    now = wanted.sort or "-days_late"
    other = orders[1] if now == orders[0] else orders[0]
    # Late days run against the date; the list that begins with the latest is descending in them.
    falling = now.startswith("-") != (label == "应报日期")
    return Head(wanted.address(sort=other), label, ("descending" if falling else "ascending") if now in orders else "")


def _request(one: extensions.Line) -> Waiting:
    title = f"{one.obligation_title}：{one.heading}" if one.heading else one.obligation_title
    here = f"/submissions/{one.submission_id}"
    return Waiting(
        f"{here}#acts", f"{here}/grant-extension", one.id, one.unit.name, title, one.due_date, one.until,
        one.reason, one.asked_at,
    )  # fmt: skip


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


def _filter(act: Act, wanted: Wanted, programmes: list[catalogue.Listed]) -> OverdueFilter:
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


def _line(item: overdue.Item, *, several: bool) -> OverdueLine:
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
        number=item.submission_id,
        programme=item.programme_title if several else "",
        heading=item.heading,
        about=item.subject.name if item.subject else "",
        contacts=tuple(Contact(desk_text([one], item.unit.name), one.mobile) for one in item.stuck_with),
        messages_href=f"/messages?{urlencode({'submission': item.submission_id})}" if item.last_alert_at else "",
    )

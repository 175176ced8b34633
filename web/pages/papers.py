"""督办单 of a programme: made for one unit or for many, listed, withdrawn: ``/programmes/{key}/papers``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from web import problems
from web.api.values import Storable
from web.contexts.papers import NewPaperPage, PaperForm, PapersPage
from web.pages import paper_forms
from web.pages.frame import Asked, Cursor, House, Number, acting, done, frame, show, signed_in
from web.pages.paper_forms import PAGE, address
from web.pages.rooms import parts
from workflow import catalogue, paper_items, urging_sheets
from workflow.acts import Act
from workflow.paper_items import Filters
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotFound, QueryRefused, Refusal
from workflow.urging_sheets import MOST, Order, PaperRefused

Short = Annotated[str, Form(max_length=200), Storable]
Several = Annotated[list[str], Form(max_length=MOST + 1)]


@dataclass(frozen=True)
class Typed:
    """The form as it was sent, and why it was refused."""

    units: tuple[str, ...] = ()
    submissions: tuple[str, ...] = ()
    colour: str = ""
    reply_by: str = ""
    words: str = ""
    obligation: str = ""
    error: str = ""


@dataclass(frozen=True)
class Wanted:
    """What the page shows: the filter of units, the place in the list, the papers just made."""

    category: str = ""
    obligation: str = ""
    min_days: str = ""
    cursor: str = ""
    made: tuple[int, ...] = ()
    typed: Typed = field(default_factory=Typed)


def router(house: House) -> APIRouter:
    """``/programmes/{key}/papers``."""
    routes = APIRouter(prefix="/programmes/{key}/papers", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("")
    def listing(
        key: str,
        request: Request,
        category: Asked = "",
        obligation: Asked = "",
        min_days: Asked = "",
        cursor: Cursor = "",
        made: Asked = "",
    ) -> Response:
        wanted = Wanted(category, obligation, min_days.strip(), cursor, paper_forms.span(made))
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _page(house, request, act, key, wanted))

    @routes.get("/new")
    def new(key: str, request: Request, unit: Asked = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _new(house, request, act, key, unit, Typed()))

    @routes.post("")
    def issue(
        key: str,
        request: Request,
        unit: Several = [],  # noqa: B006 – read, never changed
        submission: Annotated[list[str], Form(max_length=1000)] = [],  # noqa: B006
        single: Short = "",
        colour: Short = "",
        reply_by: Short = "",
        words: Annotated[str, Form(max_length=20_000), Storable] = "",
        obligation: Short = "",
        form_token: Short = "",
    ) -> Response:
        typed = Typed(tuple(unit), tuple(submission), colour, reply_by, words, obligation)
        return _issued(house, request, key, typed, form_token, alone=bool(single))

    @routes.post("/{paper_id}/withdraw")
    def withdraw(key: str, paper_id: Number, request: Request, comment: Short = "", form_token: Short = "") -> Response:
        with house.engine.acting(acting(house, request, form_token)) as act:
            taken = urging_sheets.withdraw(act, key, paper_id, comment=comment)
        return done(house, address(key), f"已撤回{taken.number}，编号不再使用。")

    return routes


def _issued(house: House, request: Request, key: str, typed: Typed, form_token: str, *, alone: bool) -> Response:
    actor = acting(house, request, form_token)
    try:
        with house.engine.acting(actor) as act:
            made = urging_sheets.issue(act, key, _order(typed, alone=alone))
    except (NotFound, Forbidden):
        raise
    except Refusal as refused:
        kept = Typed(**{**vars(typed), "error": refused.text})
        status = problems.of_refusal(refused).status
        with house.engine.looking(actor) as act:
            if alone:
                return show(house, request, _new(house, request, act, key, "".join(typed.units[:1]), kept), status)
            wanted = Wanted(obligation=typed.obligation, typed=kept)
            return show(house, request, _page(house, request, act, key, wanted), status)
    numbers = made[0].number if len(made) == 1 else f"{made[0].number}至{made[-1].number}，共{len(made)}份"
    shown = urlencode({"made": f"{made[0].id}-{made[-1].id}"})
    return done(house, f"{address(key)}?{shown}", f"已出具{numbers}，并记入所列报送件的经过。")


def _order(typed: Typed, *, alone: bool) -> Order:
    try:
        day = date.fromisoformat(typed.reply_by)
        chosen = tuple(int(one) for one in typed.submissions)
    except ValueError:
        raise PaperRefused(reason="请填写反馈期限，如 2022-04-13") from None
    if alone and not chosen:
        raise PaperRefused(reason="没有选择事项")
    return Order(typed.units, day, typed.colour, typed.words, typed.obligation, chosen)


def _page(house: House, request: Request, act: Act, key: str, wanted: Wanted) -> PapersPage:
    found = urging_sheets.listing(act, key, limit=PAGE, cursor=wanted.cursor or None)
    listed, here, writes = catalogue.by_key(act, key), address(key), act.actor.role in OFFICE
    owing, total = _owing(act, listed, wanted) if writes else ((), 0)
    return PapersPage(
        frame=frame(house, request, act, "programmes", here=here),
        title=listed.title,
        cycle=listed.cycle,
        rooms=parts(key, act.actor.role, here="papers"),
        here=here,
        made=paper_forms.made(key, wanted.made),
        categories=paper_forms.categories(act, wanted.category),
        obligations=paper_forms.obligations(listed, wanted.obligation),
        min_days=wanted.min_days,
        units=tuple(paper_forms.unit(key, one, wanted.typed.units) for one in owing),
        total_units=total,
        form=_form(act, here, wanted.typed, "") if writes else None,
        obligation=wanted.obligation,
        lines=tuple(paper_forms.line(key, one, writes=writes) for one in found.items),
        pager=paper_forms.pager(key, found, wanted.cursor),
    )


def _owing(act: Act, listed: catalogue.Listed, wanted: Wanted) -> tuple[tuple[paper_items.Owing, ...], int]:
    if wanted.min_days and not (wanted.min_days.isdecimal() and len(wanted.min_days) < 6):
        raise QueryRefused(reason="“至少逾期（天）”须是整数")
    filters = Filters(wanted.category, wanted.obligation, int(wanted.min_days or 0))
    own = paper_items.own_units(catalogue.audiences(act, [listed])[listed.id])
    return paper_items.owing(act, listed, filters, own=own)


def _new(house: House, request: Request, act: Act, key: str, unit: str, typed: Typed) -> NewPaperPage:
    if act.actor.role not in OFFICE:
        raise Forbidden(move="出具督办单")
    listed, here = catalogue.by_key(act, key), address(key)
    audience = catalogue.audiences(act, [listed])[listed.id]
    row = audience.directory.called(unit)
    if row is None or row.code != unit or unit in paper_items.own_units(audience):
        raise NotFound
    items = paper_items.items(act, listed, [unit], ahead=True).get(unit, ())
    overdue = [one for one in items if one.overdue]
    chosen = {int(one) for one in typed.submissions if one.isdecimal()}
    chosen = chosen if typed.error else {one.submission_id for one in overdue or items}
    colour = paper_items.colour_of(one.light for one in overdue)
    return NewPaperPage(
        frame=frame(house, request, act, "programmes", here=f"{here}/new?{urlencode({'unit': unit})}"),
        title=listed.title,
        cycle=listed.cycle,
        rooms=parts(key, act.actor.role, here="papers"),
        here=here,
        unit=row.name,
        unit_code=row.code,
        items=tuple(paper_forms.item(one, chosen) for one in items),
        form=_form(act, here, typed, colour),
    )


def _form(act: Act, here: str, typed: Typed, colour: str) -> PaperForm:
    """``colour`` is what the lights of one unit ask for; of many each has its own."""
    day = typed.reply_by or act.calendar().shift(act.today, paper_forms.REPLY_DAYS).isoformat()
    chosen = typed.colour if typed.error else colour
    return paper_forms.form(here, chosen, by_light=not colour, reply_by=day, words=typed.words, error=typed.error)

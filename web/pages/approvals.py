"""The sign-off desk over HTTP: what waits with whom, 改派, 授权代签, 外出."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web import problems
from web.pages import desk_forms, desk_lists, people
from web.pages.desk_forms import HERE, NOTHING, Reading, Sent
from web.pages.frame import Asked, House, Number, acting, done, show, signed_in
from web.pages.submission import Sent as Parts
from web.rendering import day
from workflow import absences, delegations, handovers, second_channels
from workflow.acts import Act
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotFound, Refusal

#: Reads a form and does what it asks, all in one transaction; returns the line that says what was done.
Doing = Callable[[Act, Sent, Reading], str]

_FIELDS = frozenset({"principal", "delegate", "person", "since", "until", "comment", "to"})


def router(house: House) -> APIRouter:
    """``/approvals`` and what the office does there."""
    routes = APIRouter(prefix=HERE, default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("")
    def approvals(
        request: Request,
        person: Asked = "",
        principal: Asked = "",
        since: Asked = "",
        until: Asked = "",
    ) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            check(act, "查看审签情况")
            wanted = {"principal": principal, "since": since, "until": until}
            prefilled = Sent("grant", {name: value for name, value in wanted.items() if value})
            page = desk_lists.page(house, request, act, prefilled if principal else NOTHING, chosen=person)
            return show(house, request, page)

    @routes.post("/delegations")
    def grant(request: Request, form: Parts) -> Response:
        return _acted(house, request, desk_forms.read(form, "grant"), partial(_grant, house), "#delegations")

    @routes.post("/delegations/{number}/withdraw")
    def end(number: Number, request: Request, form: Parts) -> Response:
        sent = desk_forms.read(form, f"end-{number}")
        return _acted(house, request, sent, lambda act, _, typed: _end(act, number, typed), "#delegations")

    @routes.post("/absences")
    def note(request: Request, form: Parts) -> Response:
        return _acted(house, request, desk_forms.read(form, "note"), _note, "#absences")

    @routes.post("/absences/{number}/withdraw")
    def back(number: Number, request: Request, form: Parts) -> Response:
        sent = desk_forms.read(form, f"back-{number}")
        return _acted(house, request, sent, lambda act, _, __: _back(act, number), "#absences")

    @routes.post("/reassign")
    def reassign(request: Request, form: Parts) -> Response:
        return _acted(house, request, desk_forms.read(form, "reassign"), partial(_reassign, house), "#queues")

    return routes


def check(act: Act, move: str) -> None:
    """Raises Forbidden for everybody but the office."""
    if act.actor.role not in OFFICE:
        raise Forbidden(move=move)


def _acted(house: House, request: Request, sent: Sent, doing: Doing, anchor: str) -> Response:
    """Do what a form asks, or show it again with what is wrong; nothing is written then."""
    actor = acting(house, request, sent.values.get("form_token", ""))
    try:
        with house.engine.acting(actor) as act:
            check(act, "办理审签事务")
            said = doing(act, sent, Reading(sent, people.everybody(act)))
    except (NotFound, Forbidden):
        raise
    except Refusal as refused:
        again = sent.refused(refused, _FIELDS)
        with house.engine.looking(actor) as act:
            page = desk_lists.page(house, request, act, again, chosen=sent.values.get("person", ""))
            return show(house, request, page, problems.of_refusal(refused).status)
    return done(house, f"{HERE}{anchor}", said)


def _grant(house: House, act: Act, _: Sent, typed: Reading) -> str:
    principal, delegate = typed.person("principal"), typed.person("delegate")
    since, until = typed.day("since"), typed.day("until")
    comment = typed.reason("授权的依据")
    typed.settle()
    row = delegations.grant(
        act, principal=principal, delegate=delegate, since=since, until=until, comment=comment
    )  # fmt: skip
    begins = "代签人随即收到链接" if row.since <= act.today else f"{day(row.since)}起代签人收到链接"
    unable = second_channels.in_place_of(act, principal, delegate, ways=_ways(house), on=max(since, act.today))
    return "".join([f"已授权代签：{typed.text('delegate')}代{typed.text('principal')}，{begins}。", *_noted(unable)])


def _end(act: Act, number: int, typed: Reading) -> str:
    comment = typed.reason("撤销的理由")
    typed.settle()
    delegations.withdraw(act, number, comment=comment)
    return "已撤销授权，代签人的链接随即失效。"


def _note(act: Act, _: Sent, typed: Reading) -> str:
    person, since, until = typed.person("person"), typed.day("since"), typed.day("until")
    typed.settle()
    absences.note(act, person=person, since=since, until=until, comment=typed.text("comment"))
    return f"已登记外出：{typed.text('person')}，{day(since)}至{day(until)}。"


def _back(act: Act, number: int) -> str:
    absences.withdraw(act, number)
    return "已撤销外出登记。"


def _reassign(house: House, act: Act, _: Sent, typed: Reading) -> str:
    chosen, to, comment = typed.ticked(), typed.person("to"), typed.reason("改派的理由")
    typed.settle()
    unable: dict[str, None] = {}
    for number in chosen:
        asked = handovers.reassign(act, number, to=to, comment=comment)
        unable |= dict.fromkeys(second_channels.of_request(act, asked, ways=_ways(house)))
    return "".join([f"已改派{len(chosen)}件给{typed.text('to')}，原审签链接随即失效。", *_noted(unable)])


def _ways(house: House) -> tuple[str, ...]:
    return second_channels.ways_open(house.channels, rehearsal=house.engine.rehearsal)


def _noted(unable: Iterable[str]) -> Iterator[str]:
    return (f"注意：{text}。" for text in unable)

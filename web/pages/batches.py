"""Acts on many: the preview asks the choice again, confirming does what it showed, the result can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from web import problems
from web.contexts.batches import BatchesPage, BatchLine, BatchNewPage, BatchPage, BatchRow, Reason
from web.contexts.frame import Choice, Pager
from web.pages.batch_forms import Choosing, Said, asked, in_words, sent
from web.pages.frame import Asked, Cursor, House, Number, acting, done, frame, show, signed_in
from web.rendering import WORDS
from workflow import batch_choices, batch_undoing, batches
from workflow.acts import Act, Actor
from workflow.batch_choices import Order, Preview
from workflow.batches import Line
from workflow.lifecycle import MOVES
from workflow.permissions import OFFICE
from workflow.refusals import DateRefused, Forbidden, NotFound, Refusal

#: Rows of a preview that are named one by one.
MOST_NAMED = 50
#: How much later an extension is offered.
WEEK = timedelta(days=7)
_EXPLAINED = {
    "urge": "给正卡住的一方各发一次催办；同一人的多件合为一条消息，几分钟内发出，发出前可以撤销。",
    "extend": "改到新的应报日期，此前未发的提醒作废；原应报日期仍有记录。此后没有新经过的，可以撤销。",
    "exempt": "这些单位不再承担此事项，不再提醒。此后没有新经过的，可以撤销。",
    "return": "以办公室名义退回单位修改，理由发给单位，审签链接失效。退回后不能撤销。",
}
_UNDO = {
    "urge": "还没有发出的催办随即取消；已经发出的不能撤销。",
    "extend": "恢复原应报日期和原状态；此后已有新经过的不动。已通知的单位会再收到一次通知。",
    "exempt": "恢复免报前的状态；此后已有新经过的、免报前正待审签的不动。已通知的单位会再收到一次通知。",
}
_OUTCOMES = {"done": "已办", "refused": "未办", "waiting": "待办", "undone": "已撤销", "stands": "未能撤销"}


def router(house: House) -> APIRouter:
    """``/batches``."""
    routes = APIRouter(prefix="/batches", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("")
    def listing(request: Request, before: Annotated[int | None, Query(ge=1, lt=2**31)] = None) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            lines = batches.listing(act, before=before)
            older = f"/batches?{urlencode({'before': lines[-1].id})}" if len(lines) == 50 else ""
            shown = tuple(_line(act, one) for one in lines)
            return show(house, request, BatchesPage(frame(house, request, act, "overdue"), shown, older))

    @routes.get("/new")
    def preview(
        request: Request, choosing: Annotated[Choosing, Depends(asked)], all: Asked = "", until: Asked = ""
    ) -> Response:
        actor = signed_in(request)
        if not choosing.ids and not all:
            return done(house, choosing.back, "还没有勾选，请先勾选要办理的件。", tone="warning")
        with house.engine.looking(actor) as act:
            return show(house, request, _preview(house, request, act, choosing, Said(until_text=until)))

    @routes.post("")
    def confirm(
        request: Request,
        choosing: Annotated[Choosing, Depends(sent)],
        fingerprint: Annotated[str, Form(max_length=64)] = "",
        comment: Annotated[str, Form()] = "",
        until: Annotated[str, Form(max_length=40)] = "",
        form_token: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        actor, said = acting(house, request, form_token), Said(comment, until)
        try:
            with house.engine.acting(actor) as act:
                order = Order(choosing.kind, said.comment, said.until)
                number = batches.begin(act, choosing.chosen, order, fingerprint=fingerprint).id or 0
        except (NotFound, Forbidden):
            raise
        except Refusal as refused:
            with house.engine.looking(actor) as act:
                page = _preview(house, request, act, choosing, _refused(said, refused))
                return show(house, request, page, 422 if page.until_error else problems.of_refusal(refused).status)
        _go_on(house, actor, number)
        return done(house, f"/batches/{number}")

    @routes.get("/{number:int}")
    def result(number: Number, request: Request, outcome: Asked = "", cursor: Cursor = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _result(house, request, act, number, outcome, cursor))

    @routes.post("/{number:int}/continue")
    def carry_on(number: Number, request: Request, form_token: Annotated[str, Form(max_length=200)] = "") -> Response:
        _go_on(house, acting(house, request, form_token), number)
        return done(house, f"/batches/{number}")

    @routes.post("/{number:int}/undo")
    def undo(
        number: Number,
        request: Request,
        comment: Annotated[str, Form()] = "",
        form_token: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        actor = acting(house, request, form_token)
        try:
            with house.engine.acting(actor) as act:
                batch_undoing.begin(act, number, comment=comment)
        except (NotFound, Forbidden):
            raise
        except Refusal as refused:
            with house.engine.looking(actor) as act:
                page = _result(house, request, act, number, "", "", error=refused.text)
                return show(house, request, page, problems.of_refusal(refused).status)
        _go_on(house, actor, number)
        return done(house, f"/batches/{number}")

    return routes


def _go_on(house: House, actor: Actor, number: int) -> None:
    """The next part, forward or back."""
    with house.engine.acting(actor) as act:
        undoing = batches.held(act, number).undone_at is not None
        (batch_undoing if undoing else batches).carry_on(act, number)


def _preview(house: House, request: Request, act: Act, choosing: Choosing, said: Said) -> BatchNewPage:
    seen, until_error = _seen(act, choosing, said)
    return BatchNewPage(
        frame=frame(house, request, act, "overdue", here=choosing.back),
        verb=MOVES[choosing.kind],
        explained=_EXPLAINED[choosing.kind],
        chosen="勾选的" if choosing.ids else in_words(act, batches.filters_said(choosing.chosen)),
        total=seen.total,
        ready=len(seen.ready),
        ready_rows=tuple(_row(one) for one in seen.ready[:MOST_NAMED]),
        left_out=len(seen.left_out),
        left_out_rows=tuple(_row(one) for one in seen.left_out[:MOST_NAMED]),
        reasons=tuple(Reason(why, count) for why, count in seen.reasons.items()),
        kept=(*choosing.kept, ("fingerprint", seen.fingerprint)),
        back=choosing.back,
        reason_needed=choosing.kind != "urge",
        comment=said.comment,
        until=seen.order.until,
        until_text=said.until_text,
        until_error=until_error,
        error="" if until_error else said.error,
    )


def _refused(said: Said, refused: Refusal) -> Said:
    """The form as it was sent, with the fault beside the field it is about."""
    if isinstance(refused, DateRefused):
        return replace(said, until_error=refused.text)
    return replace(said, error=refused.text)


def _seen(act: Act, choosing: Choosing, said: Said) -> tuple[Preview, str]:
    """What is chosen comes to this, and this is wrong with the date.

    A date that suits none of them is the date's fault: they stay chosen, as they are without any date.
    """
    if choosing.kind != "extend":
        return batch_choices.preview(act, choosing.chosen, Order(choosing.kind, said.comment)), ""
    order = Order("extend", said.comment, said.until or act.today + WEEK)
    seen = batch_choices.preview(act, choosing.chosen, order)
    if seen.ready:
        return seen, said.until_error
    undated = batch_choices.preview(act, choosing.chosen, replace(order, until=None))
    if not undated.ready:
        return seen, ""
    if not said.until_text:
        order = replace(order, until=max(one.due_date for one in undated.ready) + WEEK)
    fault = "；".join(why for why in seen.reasons if why not in undated.reasons)
    wrong = said.until_error or (f"日期不可用：{fault}。" if said.until_text else "")
    return replace(undated, order=order), wrong


def _row(one: batch_choices.One) -> BatchRow:
    title = f"{one.obligation_title}：{one.heading}" if one.heading else one.obligation_title
    return BatchRow(f"/submissions/{one.id}", one.unit.name, title, WORDS["state"][one.state], one.why)


def _result(
    house: House, request: Request, act: Act, number: int, outcome: str, cursor: str, *, error: str = ""
) -> BatchPage:
    found = batches.result(act, number, outcome=outcome, cursor=cursor or None)
    here = f"/batches/{number}"
    line = found.line
    return BatchPage(
        frame=frame(house, request, act, "overdue", here=here),
        line=_line(act, line),
        rows=tuple(_outcome(one) for one in found.items),
        pager=Pager(
            line.counts[outcome] if outcome else line.total,
            len(found.items),
            _here(here, outcome) if cursor else "",
            _here(here, outcome, found.next) if found.next else "",
        ),
        reasons=tuple(Reason(why, count) for why, count in found.reasons.items()),
        outcomes=tuple(
            Choice(_here(here, name), f"{word} {line.counts[name]}", name == outcome)
            for name, word in _OUTCOMES.items()
            if line.counts[name]
        ),
        action=here,
        may_undo=line.may_undo and act.actor.role in OFFICE,
        undo_help=_UNDO.get(line.kind, ""),
        error=error,
    )


def _here(path: str, outcome: str, cursor: str = "") -> str:
    said = {name: value for name, value in (("outcome", outcome), ("cursor", cursor)) if value}
    return f"{path}?{urlencode(said)}" if said else path


def _outcome(one: batches.Item) -> BatchRow:
    title = f"{one.obligation_title}：{one.heading}" if one.heading else one.obligation_title
    return BatchRow(f"/submissions/{one.submission_id}", one.unit.name, title, _OUTCOMES[one.outcome], one.why)


def _line(act: Act, line: Line) -> BatchLine:
    counts = line.counts
    return BatchLine(
        href=f"/batches/{line.id}",
        verb=MOVES[line.kind],
        at=line.at,
        by=line.by,
        total=line.total,
        done=counts["done"] + counts["undone"] + counts["stands"],
        refused=counts["refused"],
        remaining=line.remaining,
        undone=counts["undone"],
        stands=counts["stands"],
        comment=line.comment,
        chosen="勾选的件" if line.filters is None else in_words(act, line.filters),
        until=line.until,
        undone_at=line.undone_at,
        undone_by=line.undone_by,
    )

"""我的报送 over HTTP: a unit's own desk, and the same as the office looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web.contexts.frame import Link
from web.contexts.workbench import (
    AheadLine,
    Countdown,
    DeskLine,
    FiledLine,
    GivenBack,
    Matter,
    Nearness,
    NewsLine,
    SentLine,
    TodoLine,
    WorkbenchPage,
)
from web.pages.frame import Asked, Cursor, House, frame, occurrence_of, show, signed_in, warned
from web.pages.overview import provisional
from web.rendering import days, short_moment
from workflow import feed_keys, mailbag, posts, workbench
from workflow.acts import Act
from workflow.asking import named
from workflow.desks import Lateness
from workflow.moments import SHANGHAI
from workflow.refusals import QueryRefused
from workflow.unopened import Unopened
from workflow.upcoming import MESSAGE_KINDS
from workflow.workbench import Filed, Task, Workbench

HERE = "/workbench"
#: So many working days before its date a thing is near.
NEAR = 3
MOST_NEWS = 5


def router(house: House) -> APIRouter:
    """``/workbench``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get(HERE)
    def the_desk(request: Request, unit: Asked = "", todo: Cursor = "", sent: Cursor = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, *_page(house, request, act, unit.strip(), todo, sent))

    return routes


def _page(house: House, request: Request, act: Act, unit: str, todo: str, sent: str) -> tuple[WorkbenchPage, int]:
    code = act.actor.unit if act.actor.role == "unit" else _code(act, unit)
    bare = WorkbenchPage(
        frame(house, request, act, "workbench", here=_here(unit)), act.now, "", act.actor.role == "unit", house.contact
    )
    if code is None:
        units = posts.directory(act.session).names()
        around = warned(bare.frame, f"花名册中没有“{unit}”，请从列表中选。") if unit else bare.frame
        return replace(bare, frame=around, units=units, asked=unit), 422 if unit else 200
    try:
        return _filled(act, bare, workbench.of_unit(act, code, todo=todo or None, sent=sent or None)), 200
    except QueryRefused as refused:
        around = warned(bare.frame, f"{refused.text}。现在从头列出。")
        return _filled(act, replace(bare, frame=around), workbench.of_unit(act, code)), 422


def _code(act: Act, unit: str) -> str | None:
    """The code of a unit by code or name, None where there is none; the office's own bodies count as well."""
    found = posts.directory(act.session).called(unit) if unit else None
    return found.code if found else None


def _here(unit: str, **more: str) -> str:
    said = {name: value for name, value in {"unit": unit, **more}.items() if value}
    return f"{HERE}?{urlencode(said)}" if said else HERE


def _filled(act: Act, bare: WorkbenchPage, found: Workbench) -> WorkbenchPage:
    reading = workbench.as_unit(act, found.unit.code)
    code = "" if bare.own else found.unit.code
    news = mailbag.messages(reading, limit=MOST_NEWS)
    todo = [_todo(act, one, own=bare.own) for one in found.todo.items]
    return replace(
        bare,
        unit=found.unit.name,
        given_back=tuple(line for line in todo if line.given_back),
        fresh=tuple(line for line in todo if not line.given_back),
        todo_total=found.todo.total,
        todo_more=_here(code, todo=found.todo.next) if found.todo.next else "",
        sent=tuple(_sent(act, one) for one in found.sent.items),
        sent_total=found.sent.total,
        sent_more=_here(code, sent=found.sent.next) if found.sent.next else "",
        overdue=found.overdue,
        ahead=tuple(_ahead(one) for one in found.ahead),
        filed=tuple(_filed(one) for one in found.filed),
        on_time=found.on_time,
        filed_late=found.filed_late,
        news=tuple(
            NewsLine(f"/messages/{one.id}", _subject(one), one.recipient.name, one.sent_at or one.not_before)
            for one in news.items
        ),
        news_href="/messages",
        feeds=feed_keys.listed(reading, limit=1).total,
        code=found.unit.code,
        provisional=_provisional(act, [one.due_date for one in (*found.todo.items, *found.sent.items)]),
    )


def _subject(one: mailbag.MessageLine) -> str:
    """What is not written yet is called by its kind."""
    return one.subject or f"{MESSAGE_KINDS.get(one.kind, one.kind)}（待发）"


def _provisional(act: Act, dates: Sequence[date]) -> str:
    years = sorted({day.year for day in dates})
    return provisional(tuple(year for year in years if act.calendar().provisional(year)))


def _todo(act: Act, task: Task, *, own: bool) -> TodoLine:
    href = f"/submissions/{task.submission_id}"
    back = task.given_back
    asked = task.extension_asked
    return TodoLine(
        matter=_matter(task),
        countdown=_countdown(act, task),
        act=Link(f"{href}?fill=1", _next_step(task)) if own else Link(href, "查看"),
        given_back=GivenBack(back.by, back.at, back.comment, back.event == "reopen") if back else None,
        missing=tuple(Link(f"/submissions/{one.submission_id}", one.title) for one in task.missing),
        extension_href=f"{href}#extension" if own and task.may_extend and asked is None else "",
        extension_asked=asked,
    )


def _next_step(task: Task) -> str:
    if task.given_back:
        return "补充后再报"
    if task.state == "overdue":
        return "马上补报"
    return "继续填报" if task.started else "填报"


def _sent(act: Act, task: Task) -> SentLine:
    desks = tuple(DeskLine(named(one.post, one.name), one.mobile) for one in task.desks)
    return SentLine(
        matter=_matter(task),
        countdown=_countdown(act, task),
        desks=desks or (DeskLine("领导小组办公室"),),
        since=task.since,
        chased=_chased(task) if task.waiting_on == "approver" else "",
    )


def _chased(task: Task) -> str:
    """Who is being chased: not the unit, which has done its part."""
    said = f"系统已催促{task.chases}次" if task.chases else ""
    ahead = f"下一次催促 {short_moment(task.chase_at)}" if task.chase_at else ""
    return "，".join(part for part in (said, ahead) if part)


def _matter(one: Task | Filed) -> Matter:
    programme = one.programme_title if isinstance(one, Task) else ""
    personally = one.owner_post if isinstance(one, Task) else ""
    return Matter(
        one.obligation_title, f"/submissions/{one.submission_id}", programme,
        occurrence_of(one.occurrence, one.programme), one.heading, personally,
    )  # fmt: skip


def _countdown(act: Act, task: Task) -> Countdown:
    words, nearness = _words(act, task)
    return Countdown(nearness, words, task.due_date, task.due_at, task.extended_from)


def _words(act: Act, task: Task) -> tuple[str, Nearness]:
    """How far off the date is, and how near that is."""
    if task.state == "overdue":
        return f"已逾期{_span(task.late)}", "late"
    if act.now >= task.due_at:
        return "已到截止时间", "late"
    if task.days_left == 0:
        at = task.due_at.astimezone(SHANGHAI)
        return (f"今天 {at:%H:%M} 截止" if at.date() == task.due_date else "今天截止"), "today"
    near: Nearness = "soon" if task.working_days_left <= NEAR else "later"
    working = f"{task.working_days_left}个工作日" if task.working_days_left else "没有工作日"
    return f"{'明天截止' if task.days_left == 1 else f'还有{task.days_left}天'}（{working}）", near


def _span(late: Lateness) -> str:
    return f"{late.days}天（{late.working_days}个工作日）" if late.days else "（不足1天）"


def _filed(one: Filed) -> FiledLine:
    late = f"迟报 {days(one.late.days)}" if one.was_late else ""
    return FiledLine(_matter(one), one.due_date, one.filed_at, late)


def _ahead(one: Unopened) -> AheadLine:
    occurrence = occurrence_of(one.occurrence, one.programme)
    return AheadLine(
        Matter(one.obligation_title, "", one.programme_title, occurrence, one.heading), one.opens_at, one.due_date
    )

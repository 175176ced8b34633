"""The audit: the histories of all programmes searched, the record checked, the daily anchors with where they went."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlmodel import col

from documents import history_sheet
from web import site
from web.contexts.auditing import AnchorLine, AuditPage, Check, HistoryFilter, HistoryLine
from web.contexts.frame import Choice, Link
from web.downloads import download
from web.pages.frame import Asked, Cursor, House, acting, done, frame, show, signed_in, warned
from web.rendering import WORDS
from workflow import anchor_files, catalogue, chronicle, papers, verifying
from workflow.acts import Act
from workflow.anchor_files import AnchorsUnreadable
from workflow.chronicle import Line, Wanted
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, QueryRefused
from workflow.sight import READERS
from workflow.tables import Anchor, Message

PAGE, ANCHORS = 50, 10
Kept = Mapping[str, str]


def router(house: House) -> APIRouter:
    """``/audit``, its files, and the check of the record."""
    routes = APIRouter(prefix="/audit", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("")
    def read(
        request: Request, since: Asked = "", until: Asked = "", who: Asked = "", what: Asked = "", unit: Asked = "",
        programme: Asked = "", submission: Asked = "", cursor: Cursor = "",
    ) -> Response:  # fmt: skip
        kept = _kept(since, until, who, what, unit, programme, submission)
        with house.engine.looking(signed_in(request)) as act:
            if act.actor.role not in READERS:
                raise Forbidden(move="查阅历史记录")
            page, status = _page(house, request, act, kept, cursor)
            return show(house, request, page, status)

    @routes.get("/history.{kind}")
    def export(
        kind: Literal["csv", "xlsx"], request: Request, since: Asked = "", until: Asked = "", who: Asked = "",
        what: Asked = "", unit: Asked = "", programme: Asked = "", submission: Asked = "",
    ) -> Response:  # fmt: skip
        kept = _kept(since, until, who, what, unit, programme, submission)
        with house.engine.looking(signed_in(request)) as act:
            found, name = chronicle.everything(act, _wanted(act, kept)), f"历史记录_{act.today}.{kind}"
            if kind == "xlsx":
                return download(history_sheet.write_xlsx(found, act.now), name, history_sheet.XLSX)
            return download(history_sheet.write_csv(found), name, "text/csv; charset=utf-8")

    @routes.post("/check")
    def check(request: Request, form_token: Annotated[str, Form(max_length=200)] = "") -> Response:
        wall = site.of_request(request).wall
        with house.engine.acting(acting(house, request, form_token)) as act:
            begun, now = verifying.begin(act, wall=wall()), act.now
        work = threading.Thread(
            target=verifying.run, args=(house.engine.store, begun), name="duban-verifying", daemon=True,
            kwargs={"file": house.anchors_at, "now": now, "wall": wall},
        )  # fmt: skip
        # Kept where whoever stops the service, or tests it, can wait for it.
        request.app.state.verifying = work
        work.start()
        return done(house, "/audit", "已开始核验，可以离开本页，稍后回来看结果。", tone="plain")

    return routes


def _kept(*given: str) -> Kept:
    names = ("since", "until", "who", "what", "unit", "programme", "submission")
    return {name: value.strip() for name, value in zip(names, given, strict=True)}


def _wanted(act: Act, kept: Kept) -> Wanted:
    """Raises QueryRefused."""
    first, last = chronicle.span(act, kept["since"], kept["until"])
    number = kept["submission"]
    if number and not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise QueryRefused(reason="报送件编号须是数字，见报送件页面的地址")
    return Wanted(
        first, last, kept["who"], kept["what"], kept["unit"], kept["programme"], int(number) if number else None
    )


def _page(house: House, request: Request, act: Act, kept: Kept, cursor: str) -> tuple[AuditPage, int]:
    """The page, or the last month with the reason why this filter cannot be used."""
    around, status = frame(house, request, act, "audit"), 200
    try:
        wanted = _wanted(act, kept)
        found = chronicle.search(act, wanted, cursor=cursor, limit=PAGE)
    except QueryRefused as refused:
        kept, cursor, status = _kept(*[""] * 7), "", 422
        wanted = _wanted(act, kept)
        found = chronicle.search(act, wanted, limit=PAGE)
        around = warned(around, f"{refused.text}。现在列出的是最近{chronicle.DAYS}天的。")
    lines, notes = _anchors(house, act)
    exports = (("/audit/history.xlsx", "导出 Excel"), ("/audit/history.csv", "导出 CSV"))
    return AuditPage(
        frame=around,
        may_check=act.actor.role in OFFICE,
        check=_check(house, request, act),
        anchors=lines,
        anchor_notes=notes,
        filter=_filter(act, kept, wanted),
        lines=tuple(_line(one) for one in found.items),
        first_href=_address("/audit", kept) if cursor else "",
        next_href=_address("/audit", {**kept, "cursor": found.next}) if found.next else "",
        exports=tuple(Link(_address(path, kept), label) for path, label in exports) if found.items else (),
    ), status


def _filter(act: Act, kept: Kept, wanted: Wanted) -> HistoryFilter:
    return HistoryFilter(
        since=wanted.since.isoformat(),
        until=wanted.until.isoformat(),
        who=kept["who"],
        unit=kept["unit"],
        submission=kept["submission"],
        events=tuple(Choice(event, label, event == kept["what"]) for event, label in papers.EVENTS.items()),
        programmes=tuple(
            Choice(one.key, one.definition.title, one.key == kept["programme"]) for one in catalogue.every(act)
        ),
    )


def _line(one: Line) -> HistoryLine:
    return HistoryLine(
        href=f"/submissions/{one.submission}",
        at=one.at,
        noticed_at=one.noticed_at if one.noticed_at - one.at >= timedelta(minutes=1) else None,
        what=one.title,
        who=one.actor,
        unit=one.unit,
        obligation=one.obligation,
        occurrence=one.occurrence,
        comment=one.comment,
    )


def _check(house: House, request: Request, act: Act) -> Check | None:
    found = verifying.last(act.session)
    if found is None:
        return None
    state, outcome = found.state, found.outcome
    if state == "running" and found.is_over(site.of_request(request).wall()):
        state, outcome = "broken", "核验中途停止（服务可能重启过），请重新核验"
    share = min(100, found.done * 100 // found.total) if found.total else 0
    return Check(
        state, state == "done" and not found.count, found.by, found.begun_at, found.heard_at, share, outcome,
        found.count, found.faults, found.notes,
    )  # fmt: skip


def _anchors(house: House, act: Act) -> tuple[tuple[AnchorLine, ...], tuple[str, ...]]:
    """The last anchors, newest first, and what is to be known of where they went."""
    recent = act.session.execute(select(Anchor).order_by(col(Anchor.day).desc()).limit(ANCHORS)).scalars().all()
    notes, roots = list[str](), None
    if house.anchors_at is not None:
        try:
            roots = {one.anchor.root for one in anchor_files.read(house.anchors_at) if one.anchor is not None}
            notes = [one for one in (anchor_files.lacking(act.session, house.anchors_at),) if one]
        except AnchorsUnreadable as refused:
            notes = [refused.text]
    mailed = _mailed(act, [one.day for one in recent])
    in_file = {True: "有", False: "没有"}
    return tuple(
        AnchorLine(
            one.day, one.at, one.submissions, one.entries, one.root, mailed.get(one.day.isoformat(), ()),
            in_file[one.root in roots] if roots is not None else "未设",
        )
        for one in recent
    ), tuple(notes)  # fmt: skip


def _mailed(act: Act, days: Sequence[date]) -> Mapping[str, tuple[str, ...]]:
    """To whom the letter of each day went, with what became of it; the letters' keys begin with their day."""
    found = defaultdict[str, tuple[str, ...]](tuple)
    if days:
        key = col(Message.key)
        written = key.between(f"anchor:{min(days)}", f"anchor:{max(days) + timedelta(days=1)}")
        letters = select(Message).where(written, col(Message.kind) == "anchor").order_by(col(Message.id))
        for one in act.session.execute(letters).scalars():
            said = f"{one.post_title or one.recipient}（{WORDS['status'][one.status]}）"
            found[one.key.split(":")[1]] += (said,)
    return found


def _address(path: str, query: Kept) -> str:
    said = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(said)}" if said else path

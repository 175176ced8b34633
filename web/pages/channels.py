"""The channels for the office: how each does, held messages and their release, undelivered ones sent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from notifier.answers import in_chinese
from web.api.values import Storable
from web.contexts.channels import ChannelLine, ChannelNote, ChannelsPage, HeldKind, UndeliveredLine
from web.contexts.frame import Choice, Link, Pager
from web.pages.frame import Cursor, House, acting, done, frame, occurrence_of, show, signed_in, warned
from web.pages.mail import CHANNELS
from workflow import channel_notes, holding, mailbag, resending
from workflow.acts import Act
from workflow.channel_notes import Note, Notes, Tally
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotFound, QueryRefused, Refusal
from workflow.upcoming import MESSAGE_KINDS

log = structlog.get_logger(__name__)

PAGE = 50
#: So many submissions of one message are named.
NAMED = 3
HERE = "/channels"

FormToken = Annotated[str, Form(max_length=200)]


def router(house: House) -> APIRouter:
    """``/channels``, ``POST /channels/release`` and ``POST /channels/resend``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/channels")
    def channels(request: Request, cursor: Cursor = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            _check(act, "查看发送渠道")
            page, status = _page(house, request, act, cursor)
            return show(house, request, page, status)

    @routes.post("/channels/release")
    def release(request: Request, form_token: FormToken = "") -> Response:
        with house.engine.acting(acting(house, request, form_token)) as act:
            _check(act, "放行消息")
            causes = [hold.cause for hold in holding.holds(act.session)]
            freed = holding.release(act.session)
        log.warning("outbox released", by=act.actor.name, causes=causes, messages=freed)
        return done(house, HERE, f"已放行{f'{freed}条消息' if freed else ''}，仍然属实的随即发出。")

    @routes.post("/channels/resend")
    def resend(
        request: Request,
        one: Annotated[str, Form(max_length=20)] = "",
        kind: Annotated[str, Form(max_length=20), Storable] = "",
        message: Annotated[list[str], Form(max_length=PAGE)] = [],  # noqa: B006 – read, never changed
        form_token: FormToken = "",
    ) -> Response:
        try:
            with house.engine.acting(acting(house, request, form_token)) as act:
                found = _resent(act, one, kind, message)
        except (QueryRefused, resending.NotUndelivered) as refused:
            return done(house, HERE, refused.text, tone="warning")
        passed = f"；另有{found.passed_over}条已不是未送达，没有再发" if found.passed_over else ""
        return done(house, HERE, f"{found.queued}条消息将重新发送{passed}。")

    return routes


def _check(act: Act, move: str) -> None:
    if act.actor.role not in OFFICE:
        raise Forbidden(move=move)


def _resent(act: Act, one: str, kind: str, several: list[str]) -> resending.Resent:
    """One button's message, a kind (``all``: every kind), or what was ticked."""
    if one:
        return resending.resend_exactly(act, [_number(one)])
    if kind:
        return resending.resend_kind(act, None if kind == "all" else kind)
    if not several:
        raise QueryRefused(reason="没有选择消息，请先勾选要重新发送的")
    return resending.resend_selected(act, [_number(number) for number in several])


def _number(typed: str) -> int:
    if not typed.isascii() or not typed.isdecimal() or not 0 < int(typed) < 2**31:
        raise NotFound
    return int(typed)


def _page(house: House, request: Request, act: Act, cursor: str) -> tuple[ChannelsPage, int]:
    around, status = frame(house, request, act, "channels"), 200
    try:
        found = mailbag.messages(act, status="failed", limit=PAGE, cursor=cursor or None)
    except Refusal as refused:
        around, status, cursor = warned(around, refused.text), 422, ""
        found = mailbag.messages(act, status="failed", limit=PAGE)
    return ChannelsPage(
        frame=around,
        as_of=act.now,
        channels=_channels(house, act),
        causes=tuple(hold.text for hold in holding.holds(act.session)),
        held=tuple(HeldKind(MESSAGE_KINDS.get(kind, kind), count) for kind, count in holding.held(act.session).items()),
        kinds=_kinds(act),
        undelivered=tuple(_undelivered(one) for one in found.items),
        pager=Pager(
            found.total, len(found.items), HERE if cursor else "", f"{HERE}?cursor={found.next}" if found.next else ""
        ),
    ), status


def _kinds(act: Act) -> tuple[Choice, ...]:
    counts = resending.undelivered(act)
    every = (Choice("all", f"全部重新发送（{sum(counts.values())} 条）"),) if len(counts) > 1 else ()
    named = (
        Choice(kind, f"重新发送全部{MESSAGE_KINDS.get(kind, kind)}（{count} 条）") for kind, count in counts.items()
    )
    return (*every, *named)


def _channels(house: House, act: Act) -> tuple[ChannelLine, ...]:
    """The channels of the settings, whatever else was used before, and what has no channel yet."""
    notes, tallies = channel_notes.read(act.session), channel_notes.tallies(act)
    lines = [_channel(name, _standing(house, name), notes, tallies) for name in ("wecom", "mail")]
    if (house.engine.rehearsal and not house.channels) or "outbox" in tallies:
        lines.append(_channel("outbox", "演练专用，信都在投递箱", notes, tallies))
    if "" in tallies:
        lines.append(_line("未定（发送时选定）", "先试企业微信，再试邮件", Notes(), tallies[""]))
    groups = [channel_notes.office_name(place) for place in range(1, house.groups + 1)]
    return (*lines, *(_group(place, notes.get(name, Notes())) for place, name in enumerate(groups, start=1)))


def _channel(name: str, standing: str, notes: Mapping[str, Notes], tallies: Mapping[str, Tally]) -> ChannelLine:
    return _line(CHANNELS[name], standing, notes.get(name, Notes()), tallies.get(name, Tally()))


def _standing(house: House, name: str) -> str:
    settings = {"mail": "DUBAN_MAIL_URL", "wecom": "DUBAN_WECOM_URL"}
    return "已配置" if name in house.channels else f"未配置（{settings[name]}）"


def _line(title: str, standing: str, notes: Notes, tally: Tally) -> ChannelLine:
    return ChannelLine(
        name=title, standing=standing, success=_note(notes.success), failure=_note(notes.failure),
        queued=tally.queued, held=tally.held, failed=tally.failed, oldest=tally.oldest,
    )  # fmt: skip


def _group(place: int, notes: Notes) -> ChannelLine:
    return ChannelLine(
        name=f"办公室工作群 {place}", standing="已配置，只收抄件", success=_note(notes.success),
        failure=_note(notes.failure), counts=False,
    )  # fmt: skip


def _note(note: Note | None) -> ChannelNote | None:
    return ChannelNote(note.at, note.answer, in_chinese(note.answer)) if note else None


def _undelivered(one: mailbag.MessageLine) -> UndeliveredLine:
    kind = MESSAGE_KINDS.get(one.kind, one.kind)
    about = [_about(item) for item in one.items]
    more = [Link(f"/messages/{one.id}", f"……共 {len(about)} 件")] if len(about) > NAMED else []
    return UndeliveredLine(
        id=one.id,
        href=f"/messages/{one.id}",
        at=one.created_at,
        post=one.recipient.post,
        name=one.recipient.name,
        kind=kind,
        subject=one.subject or f"（{kind}，没有写成）",
        about=(*about[:NAMED], *more),
        channel=CHANNELS.get(one.channel or "", "无"),
        attempts=one.attempts,
        reason=in_chinese(one.answer) or "对方没有说明原因",
        answer=one.answer,
    )


def _about(item: mailbag.Subject) -> Link:
    occurrence = occurrence_of(item.occurrence, item.programme)
    said = " · ".join(part for part in (item.unit.name, item.obligation_title, occurrence) if part)
    return Link(f"/submissions/{item.submission}", said)

"""Messages over HTTP: the proof of their delivery, one message, and the mailbox of a rehearsal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from notifier.answers import in_chinese
from web.contexts.frame import Choice, Link, MessageStatus, Pager
from web.contexts.mail import (
    AttemptLine,
    Letter,
    Matter,
    MessageLine,
    MessagePage,
    MessagesPage,
    OutboxDay,
    OutboxKind,
    OutboxLine,
    OutboxPage,
    PersonProof,
)
from web.pages.frame import Asked, Cursor, House, Number, frame, show, signed_in, warned
from web.rendering import WORDS, day_of
from workflow import letter_places, mailbag, posts
from workflow.acts import Act
from workflow.attempts import OUTCOMES, Try
from workflow.refusals import NotRehearsing, QueryRefused
from workflow.upcoming import MESSAGE_KINDS

PAGE = 50
#: What people read for a way out; ``outbox`` is the rehearsal's own mailbox.
CHANNELS: Mapping[str, str] = {"mail": "邮件", "wecom": "企业微信", "outbox": "演练投递箱"}
EXPORTS = {"/api/v1/messages.xlsx": "导出 Excel", "/api/v1/messages.csv": "导出 CSV"}


def router(house: House) -> APIRouter:
    """``/messages``, ``/messages/{id}``, and in a rehearsal ``/outbox`` and ``/outbox/{id}``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/messages")
    def messages(
        request: Request, status: Asked = "", recipient: Asked = "", submission: Asked = "", cursor: Cursor = ""
    ) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            page, code = _messages(house, request, act, status, recipient.strip(), submission.strip(), cursor)
            return show(house, request, page, code)

    @routes.get("/messages/{message_id:int}")
    def message(message_id: Number, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _message(house, request, act, mailbag.one(act, message_id)))

    @routes.get("/outbox")
    def outbox(request: Request, kind: Asked = "", recipient: Asked = "", cursor: Cursor = "") -> Response:
        return _mailbox(house, request, {"kind": kind, "recipient": recipient.strip(), "cursor": cursor}, None)

    @routes.get("/outbox/{message_id:int}")
    def letter(
        message_id: Number, request: Request, kind: Asked = "", recipient: Asked = "", cursor: Cursor = ""
    ) -> Response:
        return _mailbox(house, request, {"kind": kind, "recipient": recipient.strip(), "cursor": cursor}, message_id)

    return routes


def _messages(
    house: House, request: Request, act: Act, status: str, recipient: str, submission: str, cursor: str
) -> tuple[MessagesPage, int]:
    """The page, or all messages with the reason why this filter cannot be used."""
    around, code = frame(house, request, act, "messages"), 200
    kept = {"status": status, "recipient": recipient, "submission": submission}
    try:
        found = mailbag.messages(
            act, status=status or None, recipient=recipient or None, submission=_number(submission),
            limit=PAGE, cursor=cursor or None,
        )  # fmt: skip
    except QueryRefused as refused:
        found, cursor, code = mailbag.messages(act, limit=PAGE), "", 422
        kept = {}
        around = warned(around, f"{refused.text}。现在列出的是全部。")
    return MessagesPage(
        frame=around,
        as_of=act.now,
        statuses=tuple(Choice(one, WORDS["status"][one], one == status) for one in mailbag.STATUSES),
        recipient=recipient,
        submission=submission,
        lines=tuple(_line(one) for one in found.items),
        pager=_pager(found, "/messages", kept, cursor),
        exports=tuple(Link(_address_of(path, kept), label) for path, label in EXPORTS.items()) if found.total else (),
        person=_person(act, kept.get("recipient", "")) if found.total else None,
    ), code


def _person(act: Act, key: str) -> PersonProof | None:
    """Whose list it is, where it is narrowed to one person of the roster."""
    directory = posts.directory(act.session)
    if not directory.knows(key):
        return None
    person, counts = directory.person(key), mailbag.of_person(act, key)
    ways = (("邮箱", person.email), ("企业微信", person.wecom_id))
    return PersonProof(
        name=person.name,
        posts=directory.titles_of(key, act.today),
        addresses=tuple(f"{title} {where}" for title, where in ways if where),
        counts=tuple((WORDS["status"][status], count) for status, count in counts.items() if count),
    )


def _number(typed: str) -> int | None:
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 15:
        raise QueryRefused(reason="报送件编号须是数字，见报送件页面的地址")
    return int(typed)


def _line(one: mailbag.MessageLine) -> MessageLine:
    kind = MESSAGE_KINDS.get(one.kind, one.kind)
    return MessageLine(
        href=f"/messages/{one.id}",
        created_at=one.created_at,
        post=one.recipient.post,
        name=one.recipient.name,
        kind=kind,
        subject=one.subject or f"（{kind}，发送时生成）",
        channel=CHANNELS.get(one.channel or "", "未定"),
        status=cast("MessageStatus", one.status),
        attempts=one.attempts,
        answer=one.answer,
        message_id=one.message_id,
        person_href=_address_of("/messages", {"recipient": one.recipient.person}),
    )


def _message(house: House, request: Request, act: Act, one: mailbag.MessageLine) -> MessagePage:
    return MessagePage(
        frame=frame(house, request, act, "messages"),
        line=_line(one),
        address=_address(act, one),
        text=one.body,
        not_before=one.not_before,
        sent_at=one.sent_at,
        about=tuple(_matter(item) for item in one.items),
        tries=tuple(_try(one, rehearsal=house.engine.rehearsal) for one in one.attempts_history),
    )


def _try(one: Try, *, rehearsal: bool) -> AttemptLine:
    """In a rehearsal on its virtual clock, else to the second on the machine's."""
    seconds = (one.ended_at - one.begun_at).total_seconds() if one.ended_at else 0.0
    meaning = in_chinese(one.answer)
    return AttemptLine(
        at=one.at if rehearsal else one.begun_at,
        way=one.way,
        outcome=OUTCOMES[one.outcome],
        good=one.outcome == "delivered",
        answer=one.answer,
        meaning=meaning if meaning not in one.answer else "",
        took=f"用时{seconds:.1f}秒" if seconds >= 0.1 else "",
    )


def _matter(item: mailbag.Subject) -> Matter:
    link = Link(f"/submissions/{item.submission}", f"{item.unit.name} · {item.obligation_title}")
    return Matter(link, item.dropped or "", item.acknowledgement.text if item.acknowledgement else "")


def _address(act: Act, one: mailbag.MessageLine) -> str:
    """Where a message goes or went; of a person the roster no longer has nothing is known."""
    person = posts.directory(act.session).person(one.recipient.person)
    return (person.wecom_id if one.channel == "wecom" else person.email) or ""


def _mailbox(house: House, request: Request, kept: Mapping[str, str], chosen: int | None) -> Response:
    """Raises NotRehearsing on a live service, NotFound for a letter that is not there, QueryRefused."""
    if not house.engine.rehearsal:
        raise NotRehearsing
    with house.engine.looking(signed_in(request)) as act:
        found = mailbag.messages(
            act, status="sent", kind=kept["kind"] or None, recipient=kept["recipient"] or None,
            limit=PAGE, cursor=kept["cursor"] or None,
        )  # fmt: skip
        opened = mailbag.one(act, chosen, links_at=house.base_url) if chosen is not None else None
        page = OutboxPage(
            frame=frame(house, request, act, "outbox"),
            kinds=_kinds(kept),
            kind=kept["kind"],
            recipient=kept["recipient"],
            days=_days(found, kept, chosen),
            letter=_letter(act, opened) if opened else None,
            list_href=_address_of("/outbox", kept),
            pager=_pager(found, "/outbox", {**kept, "cursor": ""}, kept["cursor"]),
        )
        return show(house, request, page)


def _kinds(kept: Mapping[str, str]) -> tuple[OutboxKind, ...]:
    """The sign-off letters first: they are what a rehearsal is looking for."""
    words = {"": "全部", mailbag.WITH_LINK: "待审签", **MESSAGE_KINDS}
    del words["request"]  # Its letters are among those with a link.
    return tuple(
        OutboxKind(_address_of("/outbox", {**kept, "kind": kind, "cursor": ""}), label, kind == kept["kind"])
        for kind, label in words.items()
    )


def _days(found: mailbag.MessagePage, kept: Mapping[str, str], chosen: int | None) -> tuple[OutboxDay, ...]:
    days: dict[object, list[OutboxLine]] = {}
    for one in found.items:
        signs = letter_places.asks_to_sign(one.body)
        line = OutboxLine(
            href=_address_of(f"/outbox/{one.id}", kept),
            at=one.sent_at or one.not_before,
            recipient=one.recipient.post or one.recipient.name,
            subject=one.subject,
            kind="待审签" if signs else MESSAGE_KINDS.get(one.kind, one.kind),
            signs=signs,
            chosen=one.id == chosen,
        )
        days.setdefault(day_of(line.at), []).append(line)
    return tuple(OutboxDay(day_of(lines[0].at), tuple(lines)) for lines in days.values())


def _letter(act: Act, one: mailbag.MessageLine) -> Letter:
    return Letter(
        recipient=one.recipient.post or one.recipient.name,
        address=_address(act, one),
        at=one.sent_at or one.not_before,
        channel=CHANNELS.get(one.channel or "", ""),
        subject=one.subject,
        text=one.body,
        proof_href=f"/messages/{one.id}",
    )


def _pager(found: mailbag.MessagePage, path: str, kept: Mapping[str, str], cursor: str) -> Pager:
    following = _address_of(path, {**kept, "cursor": found.next}) if found.next else ""
    return Pager(found.total, len(found.items), _address_of(path, kept) if cursor else "", following)


def _address_of(path: str, query: Mapping[str, str]) -> str:
    said = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(said)}" if said else path

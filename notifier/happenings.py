"""What an item of a message tells of beside its submission: a decision, a code, a message that nobody signed for.

An item names it by the number behind the colon of its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlmodel import col, select

from notifier.placeholders import code_placeholder
from notifier.wording import day_text, moment_text
from workflow.acts import Act
from workflow.asking import named
from workflow.extension_answers import ANSWERS
from workflow.signing import CHOICES
from workflow.tables import Challenge, ExtensionRequest, Message, MessageItem, SignOff

#: Reasons that tell of a request to sign, decided or given to somebody else; nobody is asked by them.
OF_A_REQUEST = ("decided", "disputed", "handed-over", "code")
#: Reasons that tell of a unit's request for more time.
OF_MORE_TIME = ("extension-asked", "extension-declined")
#: What the record says of a second step → how it is written.
CONFIRMED = {"code": "已核验动态验证码", "wecom": "已核验企业微信身份"}

_Row = TypeVar("_Row", Challenge, Message, ExtensionRequest)


@dataclass(frozen=True)
class Happening:
    """One thing that happened; ``void`` says why it is of no use any more."""

    sign_off: SignOff | None = None
    challenge: Challenge | None = None
    message: Message | None = None
    more_time: ExtensionRequest | None = None
    void: str = ""


NOTHING = Happening()


def look(act: Act, items: Sequence[MessageItem], sign_offs: Iterable[SignOff]) -> Mapping[int, Happening]:
    """What these items tell of, by item; a look-up only where there are codes or messages among them."""
    numbers = {item.id or 0: (reason, number) for item in items for reason, number in (_parts(item.reason),) if number}
    known = {one.id or 0: one for one in sign_offs}
    codes = _rows(act, Challenge, {number for reason, number in numbers.values() if reason == "code"})
    messages = _rows(act, Message, {number for reason, number in numbers.values() if reason == "unacknowledged"})
    answered = _answered(act, messages)
    more_time = _rows(act, ExtensionRequest, {number for reason, number in numbers.values() if reason in OF_MORE_TIME})
    found: dict[int, Happening] = {}
    for item in items:
        reason, number = numbers.get(item.id or 0, ("", 0))
        if reason == "code" and number in codes:
            challenge = codes[number]
            request = known.get(challenge.sign_off_id)
            found[item.id or 0] = Happening(request, challenge, void=_no_use(challenge, request, act.now))
        elif reason in OF_A_REQUEST and number in known:
            found[item.id or 0] = Happening(known[number])
        elif reason in OF_MORE_TIME and number in more_time:
            found[item.id or 0] = _of_more_time(reason, more_time[number])
        elif reason == "unacknowledged" and number in messages:
            signed = (number, item.submission_id) in answered
            found[item.id or 0] = Happening(message=messages[number], void="已签收" if signed else "")
    return found


def told(
    one: Happening, reason: str, *, reader: str, asked: Sequence[SignOff], back: bool = False, filed: bool = False
) -> str:
    """What happened, in a line; ``asked`` are the requests open on the submission now.

    ``back`` if its unit has it again, ``filed`` if nobody has to sign any more.
    """
    if one.message is not None:
        at = one.message.sent_at or one.message.not_before
        who = named(one.message.post_title, one.message.recipient)
        return f"{moment_text(at)}发给{who}的通知尚未签收"
    if one.more_time is not None:
        return f"申请延至{day_text(one.more_time.until)}" + ("" if reason == "extension-asked" else "，未同意")
    if one.sign_off is None or reason == "code":
        return ""
    if reason == "handed-over":
        return _gone(one.sign_off, asked, back=back, filed=filed)
    return _disputed(one.sign_off) if reason == "disputed" else _decided(one.sign_off, reader)


def said(one: Happening, reason: str) -> str:
    """The comment that goes with it, empty where history has it."""
    if one.more_time is not None:
        return one.more_time.reason if reason == "extension-asked" else one.more_time.comment
    if one.sign_off is None:
        return ""
    return {"decided": one.sign_off.comment, "disputed": one.sign_off.dispute}.get(reason, "")


def code_of(one: Happening) -> str:
    """The place for its code, empty where it is no code."""
    return code_placeholder(one.challenge.id or 0) if one.challenge else ""


def _of_more_time(reason: str, request: ExtensionRequest) -> Happening:
    """A request that has its answer asks nobody any more."""
    answered = reason == "extension-asked" and request.answered_at is not None
    return Happening(more_time=request, void=f"延期申请已{ANSWERS[request.answer]}" if answered else "")


def _decided(request: SignOff, reader: str) -> str:
    parts = [_decision(request)]
    if request.delegation_id is not None and reader == request.decided_by:
        parts.append(f"代{named(request.post_title, request.holder)}")
    elif request.delegation_id is not None:
        parts.append(f"由{named(request.decided_by_title, request.decided_by_name)}代签")
    elif not request.decided_by:
        parts.append("由领导小组办公室代录")
    if confirmed := CONFIRMED.get(request.confirmed.partition(":")[0]):
        parts.append(confirmed)
    return "，".join(parts)


def _gone(old: SignOff, asked: Sequence[SignOff], *, back: bool, filed: bool) -> str:
    """Where a request has gone: to whoever was asked when it was closed, as far as they still are."""
    if old.closed_at is None:
        return "授权代签已结束，不再由您审签"
    if back:
        return "已退回单位，不再由您审签"
    if filed:
        return "已由他人或凭纸质件办结，您不必再审签"
    since = [new for new in asked if new.step == old.step and old.closed_at and new.asked_at >= old.closed_at]
    return "已移交" + ("、".join(named(new.post_title, new.holder) for new in since) or "他人")


def _disputed(request: SignOff) -> str:
    asked = named(request.post_title, request.holder)
    by = f"{named(request.decided_by_title, request.decided_by_name)}（代 {asked}）" if request.delegation_id else asked
    when = f"；{moment_text(request.disputed_at)}表示不是本人操作" if request.disputed_at else ""
    return f"{by}，{_decision(request)}{when}"


def _decision(request: SignOff) -> str:
    at = f"，{moment_text(request.decided_at)}" if request.decided_at else ""
    return f"{CHOICES.get(request.decision or '', '未决定')}{at}"


def _no_use(challenge: Challenge, request: SignOff | None, now: datetime) -> str:
    if challenge.used_at is not None or challenge.expires_at <= now:
        return "验证码已失效"
    waits = request is not None and request.decision is None and request.closed_at is None
    return "" if waits else "已不再需要审签"


def _answered(act: Act, messages: Iterable[int]) -> set[tuple[int, int]]:
    """Which (message, submission) pairs were signed for."""
    found: set[tuple[int, int]] = set()
    for part in _pieces(sorted(messages)):
        signed = select(MessageItem.message_id, MessageItem.submission_id).where(
            col(MessageItem.message_id).in_(part), col(MessageItem.acknowledged_at).is_not(None)
        )
        found |= {(message, submission) for message, submission in act.session.exec(signed)}
    return found


def _rows(act: Act, table: type[_Row], numbers: Iterable[int]) -> dict[int, _Row]:
    found: dict[int, _Row] = {}
    for part in _pieces(sorted(numbers)):
        rows = select(table).where(col(table.id).in_(part)).execution_options(populate_existing=True)
        found |= {row.id or 0: row for row in act.session.exec(rows)}
    return found


def _parts(written: str) -> tuple[str, int]:
    """A reason with its number, 0 where it has none."""
    reason, _, number = written.partition(":")
    return reason, int(number) if number.isdecimal() else 0


def _pieces(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + 500] for start in range(0, len(values), 500))

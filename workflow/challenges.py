"""The six-digit code: a second step before a decision by link, over another channel than the link came by.

A code lives ten minutes and is good for one decision on one content by one person. Guessing is bounded by rows: every
try is counted in a transaction of its own before it is looked at, so that any number of tries at once are no more.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from workflow import asking, ledger, notices, posts
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.refusals import CodeRefused, CodeUnreachable, LinkUnknown
from workflow.tables import Challenge, Message, MessageItem, SignOff

LIFE: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
#: Codes for one person and request within LIFE, and within a day.
MOST_CODES, MOST_A_DAY = 3, 10
#: What a rehearsal without channels delivers to.
OUTBOX = "outbox"
WAYS = {"wecom": "企业微信", "mail": "电子邮件", OUTBOX: "演练投递箱"}

USED_UP = f"验证码已失效：每个验证码{int(LIFE.total_seconds()) // 60}分钟内有效，最多可试{MOST_TRIES}次。请重新获取。"
TOO_MANY = "获取验证码过于频繁，请{wait}后再试。"


def ask(
    act: Act, request: SignOff, person: str, *, ways: Sequence[str], arrived_by: str | None = None, anew: bool = False
) -> Challenge:
    """The live code of a person for a request, else a new one, queued at once; with ``anew`` always a new one.

    ``ways`` are the channels that are open, ``arrived_by`` the one the link is known to have come by beside those its
    messages went by. Raises CodeUnreachable when no other reaches the person, CodeRefused after too many codes,
    LinkUnknown when nothing is asked any more.
    """
    assert request.id is not None
    held = asking.held(act.session, request.id)
    if held.decision is not None or held.closed_at is not None:
        raise LinkUnknown
    current = None if anew else live(act, held, person)
    if current is not None:
        return current
    channel = _other_way(act, held, person, ways, arrived_by)
    _check_count(act, held, person)
    made = Challenge(
        sign_off_id=request.id, person=person, content_hash=held.content_hash, salt=secrets.token_hex(16),
        channel=channel, created_at=act.now, expires_at=act.now + LIFE,
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    _queue(act, held, made)
    return made


def attempt(act: Act, request: SignOff, person: str) -> int:
    """Count a try at the newest code before it is looked at; returns whose try it is, for ``check``.

    To be committed whatever comes of it. Raises CodeRefused when there is no code left to try.
    """
    newest = _newest(act.session, request, person)
    if newest is None:
        raise CodeRefused(reason=USED_UP)
    counted = act.session.execute(
        update(Challenge)
        .where(
            col(Challenge.id) == newest.id, col(Challenge.tries) < MOST_TRIES,
            col(Challenge.used_at).is_(None), col(Challenge.expires_at) > act.now,
        )
        .values(tries=Challenge.tries + 1)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if counted.rowcount != 1:  # type: ignore[attr-defined]
        raise CodeRefused(reason=USED_UP)
    assert newest.id is not None
    return newest.id


def check(act: Act, request: SignOff, person: str, code: str, *, number: int) -> str:
    """Use up a code in the transaction that decides; what the record says of it, as ``code:mail``.

    ``number`` is what ``attempt`` counted. Raises CodeRefused for any other code, or one of another request, content
    or person.
    """
    found = act.session.get(Challenge, number, populate_existing=True)
    meant = (request.id, person, request.content_hash)
    if found is None or (found.sign_off_id, found.person, found.content_hash) != meant:
        raise CodeRefused(reason=USED_UP)
    right = hmac.compare_digest(act.links.code(found.salt).encode(), _digits(code).encode(errors="replace"))
    if not right:
        left = MOST_TRIES - found.tries
        raise CodeRefused(reason=f"验证码不正确，还可再试{left}次。" if left > 0 else USED_UP)
    used = act.session.execute(
        update(Challenge)
        .where(col(Challenge.id) == number, col(Challenge.used_at).is_(None), col(Challenge.expires_at) > act.now)
        .values(used_at=act.now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise CodeRefused(reason=USED_UP)
    return f"code:{found.channel}"


def live(act: Act, request: SignOff, person: str) -> Challenge | None:
    """The code that a person may still enter for a request."""
    newest = _newest(act.session, request, person)
    return newest if newest is not None and _is_live(newest, act.now) else None


def arrived(session: Session, request: SignOff, person: str) -> frozenset[str]:
    """The channels by which messages with this link went to a person; those with any of their links, if none did."""
    went = (
        select(Message.channel)
        .join(MessageItem, col(MessageItem.message_id) == col(Message.id))
        .where(
            MessageItem.person == person, col(Message.channel).is_not(None), col(MessageItem.dropped).is_(None),
            col(Message.status).in_(["sending", "sent"]), col(Message.kind).not_in(["code", "receipt"]),
        )
    )  # fmt: skip
    own = session.exec(went.where(MessageItem.sign_off_id == request.id).distinct()).all()
    if not own:
        own = session.exec(
            went.where(col(MessageItem.sign_off_id).is_not(None)).order_by(col(Message.id).desc()).limit(1)
        ).all()
    return frozenset(one for one in own if one)


def reaching(act: Act, person: str, ways: Sequence[str]) -> tuple[str, ...]:
    """Which of the open channels reach a person, the preferred one first."""
    found = posts.directory(act.session).person(person)
    where = {"wecom": found.wecom_id, "mail": found.email, OUTBOX: person}
    return tuple(way for way in WAYS if way in ways and where[way])


def _other_way(act: Act, request: SignOff, person: str, ways: Sequence[str], arrived_by: str | None) -> str:
    reached = reaching(act, person, ways)
    taken = arrived(act.session, request, person) | ({arrived_by} if arrived_by else set())
    left = [way for way in reached if way not in taken or way == OUTBOX]
    if left:
        return left[0]
    if len(reached) > 1:
        both = "、".join(WAYS[way] for way in reached)
        raise CodeUnreachable(reason=f"链接已先后经{both}发送给您，没有另外的渠道可用。")
    known = f"您在本系统只有{WAYS[reached[0]]}一种联系方式。" if reached else "您在本系统没有可用的联系方式。"
    raise CodeUnreachable(reason=known)


def _check_count(act: Act, request: SignOff, person: str) -> None:
    for most, span, wait in ((MOST_CODES, LIFE, "十分钟"), (MOST_A_DAY, timedelta(days=1), "一天")):
        sent = select(func.count()).where(
            Challenge.sign_off_id == request.id, Challenge.person == person, Challenge.created_at > act.now - span
        )
        if act.session.exec(sent).one() >= most:
            raise CodeRefused(reason=TOO_MANY.format(wait=wait))


def _newest(session: Session, request: SignOff, person: str) -> Challenge | None:
    mine = select(Challenge).where(
        Challenge.sign_off_id == request.id, Challenge.person == person,
        Challenge.content_hash == request.content_hash,
    )  # fmt: skip
    newest = mine.order_by(col(Challenge.id).desc()).limit(1)
    return session.exec(newest.execution_options(populate_existing=True)).first()


def _is_live(challenge: Challenge, now: datetime) -> bool:
    return challenge.used_at is None and challenge.tries < MOST_TRIES and now < challenge.expires_at


def _queue(act: Act, request: SignOff, challenge: Challenge) -> None:
    """The code's own message, tied to its channel; only the challenge's number is in it."""
    row = ledger.load(act.session, request.submission_id)
    name = posts.directory(act.session).person(challenge.person).name
    told = Recipient(challenge.person, name, request.post, request.post_title if name == request.holder else name)
    reason = f"code:{challenge.id}"
    envelope = notices.Envelope("code", row.programme_id, reason, act.now)
    notices.tell(act, envelope, [notices.Topic(told, request.submission_id, reason, reason)])
    if challenge.channel == OUTBOX:
        return
    carried = select(MessageItem.message_id).where(
        MessageItem.submission_id == request.submission_id, MessageItem.reason == reason
    )
    act.session.execute(
        update(Message)
        .where(col(Message.id).in_(carried))
        .values(channel=challenge.channel)
        .execution_options(synchronize_session=False)
    )


def _digits(code: str) -> str:
    """What was typed as plain digits: full-width ones and spaces are how a Chinese keyboard writes them."""
    return "".join(unicodedata.normalize("NFKC", code).split())[:12]

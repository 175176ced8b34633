"""A small programme whose leader confirms a decision by a second step, and short ways to take it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from tests.workflow.small import small, small_roster
from tests.workflow.world import APPROVER, World, local
from workflow import challenges, notices, signing
from workflow.audience import Recipient
from workflow.roster import Roster
from workflow.signing import Choice, Hand
from workflow.tables import Challenge, Message, MessageItem, SignOff

NOW = local("2022-03-08 10:00")
LEADER = "leader-1"
WAYS = ("wecom", "mail")


def roster(*, wecom: str | None = "leader.one", email: str | None = "leader.1@example.cn") -> Roster:
    """One unit under one leader, who can be reached so; the others by mail alone."""
    made = small_roster(leaders=1)
    people = tuple(
        replace(one, wecom_id=wecom, email=email) if one.key == LEADER else one for one in made.people
    )  # fmt: skip
    return Roster(made.units, people, made.posts, made.supervision)


@contextmanager
def asked(
    url: str, confirm: str = "code", *, given: Roster | None = None, sent_by: str | None = "wecom"
) -> Iterator[World]:
    """A launched world in which the leader is asked; the request's message went out by ``sent_by``."""
    pinned = small(sign_off=f"[{{by: supervising-leader, confirm: {confirm}}}]")
    with closing(World.launched(url, now=NOW, pinned=pinned, roster=given or roster())) as world:
        world.hand_in("U1", "report", now=NOW)
        if sent_by:
            went_by(world, sent_by)
        yield world


def went_by(world: World, channel: str) -> None:
    """The messages with the leader's link have been sent by this channel."""
    with world.store.write() as session:
        about = select(MessageItem.message_id).where(col(MessageItem.sign_off_id).is_not(None))
        for message in session.exec(select(Message).where(col(Message.id).in_(about), Message.status == "queued")):
            message.status, message.channel = "sent", channel


def request_again(world: World, channel: str) -> None:
    """One more message with the same link, sent by another channel."""
    request = request_of(world)
    with world.act(NOW) as act:
        told = Recipient(LEADER, request.holder, request.post, request.post_title)
        topic = notices.Topic(told, request.submission_id, "chase:1", "chase:1", sign_off_id=request.id)
        notices.tell(act, notices.Envelope("reminder", 1, "again", NOW), [topic])
    went_by(world, channel)


def request_of(world: World) -> SignOff:
    """The one open request."""
    (found,) = world.open_requests("U1", "report")
    return found


def ask(
    world: World, *, now: datetime = NOW, ways: Sequence[str] = WAYS, person: str = LEADER, anew: bool = False
) -> Challenge:
    """Have a code sent."""
    with world.act(now, APPROVER) as act:
        return challenges.ask(act, request_of(world), person, ways=ways, anew=anew)


def code_of(world: World, challenge: Challenge) -> str:
    """What its reader reads."""
    return world.links.code(challenge.salt)


def enter(
    world: World, code: str, *, now: datetime = NOW, request: SignOff | None = None, person: str = LEADER,
    choice: Choice = "approve",
) -> SignOff:  # fmt: skip
    """What the page does with a code: count the try, then decide with it."""
    request = request or request_of(world)
    with world.act(now, APPROVER) as act:
        number = challenges.attempt(act, request, person)
    with world.act(now, APPROVER) as act:
        confirmed = challenges.check(act, request, person, code, number=number)
        return signing.sign(
            act, request.id or 0, choice, comment="请补充", typed_name="甲", channel="link",
            content_hash=request.content_hash, hand=Hand(person, "甲副市长", confirmed=confirmed),
        )  # fmt: skip


def tries(world: World) -> list[int]:
    """How often each code was tried."""
    with world.store.read() as session:
        return [one.tries for one in session.exec(select(Challenge).order_by(col(Challenge.id)))]


def other_than(code: str) -> str:
    """Six digits that are not these."""
    return f"{(int(code) + 1) % 1_000_000:06d}"

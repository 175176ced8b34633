"""A small programme whose alerts are to be signed for, and short ways to send, sign and look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from sqlmodel import col, select

from tests.workflow.small import small, small_roster
from tests.workflow.world import APPROVER, World, local
from workflow import acknowledgements, links
from workflow.acknowledgements import Alert
from workflow.tables import Link, Message, MessageItem

MARCH = local("2022-03-01 10:00")
#: The first instant after the deadline of March 10, a Thursday.
LAPSE = local("2022-03-11 00:00")
#: One working day after a letter sent at the lapse: over the weekend.
OVER = local("2022-03-14 00:00")
LADDER = """\
    - {at: due, to: [liaison], say: overdue, acknowledge: {within: 1wd, to: [unit-head]}}
    - {at: +5wd 09:00, to: [unit-head], say: escalation}
    - {pending_for: 1wd, to: [approver], every: 1wd, at_most: 2, acknowledge: {within: 1d 15:00, to: [mayor]}}
"""


@contextmanager
def alerting(url: str, *, units: int = 2, ladder: str = LADDER) -> Iterator[World]:
    """The programme launched for these units, one leader over all of them."""
    roster = small_roster(units=units, leaders=1)
    with closing(World.launched(url, now=MARCH, pinned=small(ladder=ladder), roster=roster)) as world:
        yield world


def send(world: World, now: datetime) -> list[int]:
    """Let everything that is ready go out, as a delivery marks it."""
    with world.act(now) as act:
        ready = select(Message).where(Message.status == "queued", Message.not_before <= now).order_by(col(Message.id))
        gone = list(act.session.exec(ready))
        for message in gone:
            message.status, message.sent_at = "sent", now
        act.session.flush()
        ids = [message.id or 0 for message in gone]
        acknowledgements.sent(act.session, ids, now)
        return ids


def lapsed(world: World, now: datetime = LAPSE) -> None:
    """The deadline passes and its alerts go out."""
    world.sweep(now)
    send(world, now)


def items(world: World, reason: str = "overdue") -> list[MessageItem]:
    """What was said for a reason, in the order it was queued."""
    with world.store.read() as session:
        found = select(MessageItem).where(col(MessageItem.reason).startswith(reason)).order_by(col(MessageItem.id))
        return list(session.exec(found))


def link_to(world: World, person: str, now: datetime = LAPSE) -> Link:
    """The link by which a person signs for the alert they got."""
    with world.act(now) as act:
        item = select(MessageItem).where(MessageItem.person == person, MessageItem.ack_within != "")
        found = act.session.exec(item.order_by(col(MessageItem.id))).first()
        assert found is not None
        message = act.session.get(Message, found.message_id)
        assert message is not None
        link = act.links.for_message(act.session, message, now)
        act.session.expunge(link)
        return link


def acknowledge(world: World, link: Link, now: datetime) -> Alert:
    """A click, by the token as it came."""
    with world.act(now, APPROVER) as act:
        return acknowledgements.acknowledge(act, links.resolve(act.session, act.links.token(link), now))

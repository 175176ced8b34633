"""A post office over a launched world: a mailroom, a real SMTP server, WeCom's double."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from notifier.channels import open_channels
from notifier.deliveries import Mailroom
from tests.doubles.smtp import Arrived, SmtpDouble
from tests.doubles.wecom import WecomDouble
from tests.workflow.world import World, ordos_roster
from workflow import clock
from workflow.links import resolve
from workflow.tables import Attempt, Link, Message, MessageItem

BASE = "https://duban.example.cn"


@dataclass(frozen=True)
class PostOffice:
    """What a test sends through and what arrived; ``room`` may be replaced by one with other options."""

    world: World
    smtp: SmtpDouble
    wecom: WecomDouble
    room: Mailroom

    @classmethod
    @contextmanager
    def opened(
        cls, world: World, *, mail: bool = True, wecom: bool = False, smtp: SmtpDouble | None = None, **options: Any
    ) -> Iterator[PostOffice]:
        """Open the named channels; ``options`` are the mailroom's."""
        with smtp or SmtpDouble() as server, WecomDouble() as double:
            channels = open_channels(server.url() if mail else None, double.url() if wecom else None, [])
            try:
                yield cls(world, server, double, Mailroom(world.store, channels, world.links, BASE, **options))
            finally:
                channels.close()

    def deliver(self, now: datetime, **options: Any) -> int:
        """One delivery; ``options`` are the mailroom's for this time."""
        return replace(self.room, **options).deliver(now)

    def advance(self, target: datetime) -> None:
        """Move the rehearsal clock, sending on the way."""
        clock.advance(self.world.store, target, self.world.links, deliver=self.room.deliver)

    def messages(self, kind: str | None = None, *, person: str | None = None) -> list[Message]:
        """Messages as they are stored now, in the order they were queued."""
        with self.world.store.read() as session:
            found = session.exec(select(Message).order_by(col(Message.id))).all()
        return [one for one in found if kind in (None, one.kind) and person in (None, one.person)]

    def one(self, kind: str, person: str) -> Message:
        """The only message of a kind to a person."""
        (found,) = self.messages(kind, person=person)
        return found

    def items(self, message: Message) -> list[MessageItem]:
        """What a message speaks of, in the order it was queued."""
        with self.world.store.read() as session:
            found = select(MessageItem).where(MessageItem.message_id == message.id)
            return list(session.exec(found.order_by(col(MessageItem.id))).all())

    def mails_to(self, person: str) -> list[Arrived]:
        """The mails that reached a person of the sample roster, in order."""
        return [mail for mail in self.smtp.mails if mail.recipients == (address(person),)]

    def asked_of(self, person: str) -> list[Arrived]:
        """Those of them that are not receipts of the person's own decisions."""
        receipts = {f"<{one.reference}@example.cn>" for one in self.messages("receipt")}
        return [mail for mail in self.mails_to(person) if message_id(mail) not in receipts]

    def tries(self, message: Message) -> list[Attempt]:
        """The attempts of a message, in order."""
        with self.world.store.read() as session:
            found = select(Attempt).where(Attempt.message_id == message.id).order_by(col(Attempt.id))
            return list(session.exec(found).all())

    def opened_by(self, text: str, now: datetime) -> list[Link]:
        """What the links of a letter open, each once, in the order of the letter; raises LinkUnknown."""
        with self.world.store.read() as session:
            return [resolve(session, token, now) for token in tokens(text)]


def address(person: str) -> str:
    """The mail address of a person of the sample roster."""
    return next(str(one.email) for one in ordos_roster().people if one.key == person)


def tokens(text: str) -> list[str]:
    """The tokens of a letter's links, each once."""
    return list(dict.fromkeys(re.findall(rf"{re.escape(BASE)}/s/([A-Za-z0-9_-]{{43}})(?![A-Za-z0-9_-])", text)))


def message_id(mail: Arrived) -> str:
    """The Message-ID of a mail."""
    return str(mail.message["Message-ID"])

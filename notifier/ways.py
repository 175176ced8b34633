"""Which channel a message goes by, and how often that channel may be used."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from notifier.channels import Address, Channels
from notifier.channels.limits import Limit
from notifier.wording import one_line
from workflow.posts import directory

OUTBOX = "outbox"
#: The channel of a message that nothing reaches.
NONE = ""
CHANNEL_TITLES = {"mail": "邮件", "wecom": "企业微信"}


@dataclass(frozen=True)
class Ways:
    """The ways out of a store; a rehearsal without channels has its outbox page."""

    channels: Channels
    rehearsal: bool = False

    def of(self, address: Address, wanted: str | None) -> str:
        """The channel to try: the wanted one where it is open and reaches the person, else the preferred one."""
        open_ = self.channels.for_address(address)
        if wanted in open_:
            return wanted
        if not open_ and self.rehearsal and not self.channels.names:
            return OUTBOX
        return open_[0] if open_ else NONE

    def after(self, address: Address, channel: str) -> str | None:
        """The next channel that reaches the person when this one does not."""
        ways = self.channels.for_address(address)
        left = ways[ways.index(channel) + 1 :] if channel in ways else ()
        return left[0] if left else None

    def limits(self, channel: str) -> tuple[Limit, ...]:
        """How often the channel may be used; none for what is not a channel."""
        return self.channels.limits(channel)


def address_of(session: Session, person: str) -> Address:
    """Where the roster says that a person can be reached today."""
    found = directory(session).person(person)
    return Address(one_line(found.name), found.email, found.wecom_id)

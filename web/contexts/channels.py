"""The channels: how each does, what is held, what did not arrive."""

from dataclasses import dataclass
from datetime import datetime

from web.contexts.frame import Choice, Frame, Link, Pager


@dataclass(frozen=True)
class ChannelNote:
    """What the other side said last: in its own words, and in Chinese where that is known."""

    at: datetime
    answer: str
    meaning: str = ""


@dataclass(frozen=True)
class ChannelLine:
    """One channel; `counts` is false for the office's group, which gets copies that nobody counts."""

    name: str
    standing: str
    success: ChannelNote | None = None
    failure: ChannelNote | None = None
    counts: bool = True
    queued: int = 0
    held: int = 0
    failed: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True)
class HeldKind:
    """How many messages of a kind are held."""

    kind: str
    count: int


@dataclass(frozen=True)
class UndeliveredLine:
    """One message that did not arrive: to whom, about what, why, after how many tries."""

    id: int
    href: str
    at: datetime
    post: str
    name: str
    kind: str
    subject: str
    about: tuple[Link, ...]
    channel: str
    attempts: int
    reason: str
    answer: str


@dataclass(frozen=True)
class ChannelsPage:
    """All channels. `causes` say why messages are held, empty when they go out.

    `kinds` are the kinds of undelivered messages, each sent again by one button.
    """

    frame: Frame
    as_of: datetime
    channels: tuple[ChannelLine, ...]
    causes: tuple[str, ...]
    held: tuple[HeldKind, ...]
    kinds: tuple[Choice, ...]
    undelivered: tuple[UndeliveredLine, ...]
    pager: Pager

"""Messages: the proof of their delivery, and the rehearsal's mailbox."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Choice, Frame, Link, MessageStatus, Pager


@dataclass(frozen=True)
class MessageLine:
    """One message and what became of it; `kind` and `channel` are in Chinese (提醒, 邮件 …)."""

    href: str
    created_at: datetime
    post: str
    name: str
    kind: str
    subject: str
    channel: str
    status: MessageStatus
    attempts: int
    answer: str = ""
    message_id: str = ""
    person_href: str = ""


@dataclass(frozen=True)
class PersonProof:
    """Whose proof of delivery a list is: one person's, with how many messages of each status there are."""

    name: str
    posts: tuple[str, ...]
    addresses: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class MessagesPage:
    """Delivery proof, newest first; `exports` is the same list as files. `person` is set where it is one person's."""

    frame: Frame
    as_of: datetime
    statuses: tuple[Choice, ...]
    recipient: str
    submission: str
    lines: tuple[MessageLine, ...]
    pager: Pager
    exports: tuple[Link, ...] = ()
    person: PersonProof | None = None


@dataclass(frozen=True)
class AttemptLine:
    """One attempt to deliver a message: when, by what way, with what answer; `took` is in Chinese, empty if unknown."""

    at: datetime
    way: str
    outcome: str
    good: bool
    answer: str = ""
    meaning: str = ""
    took: str = ""


@dataclass(frozen=True)
class Matter:
    """One submission a message speaks of; `dropped` says why it was left out when the message was sent.

    `acknowledged` says whether it was signed for (签收), empty where that was not asked.
    """

    link: Link
    dropped: str = ""
    acknowledged: str = ""


@dataclass(frozen=True)
class MessagePage:
    """One message with its text. Sign-off links in `text` are already struck out by the caller."""

    frame: Frame
    line: MessageLine
    address: str
    text: str
    not_before: datetime
    sent_at: datetime | None
    about: tuple[Matter, ...]
    tries: tuple[AttemptLine, ...] = ()


@dataclass(frozen=True)
class OutboxLine:
    """One letter in the rehearsal's mailbox; `at` is on the virtual clock, `kind` is in Chinese.

    `signs` marks a letter with a sign-off link.
    """

    href: str
    at: datetime
    recipient: str
    subject: str
    kind: str
    signs: bool = False
    chosen: bool = False


@dataclass(frozen=True)
class OutboxDay:
    """The letters of one virtual day."""

    day: date
    lines: tuple[OutboxLine, ...]


@dataclass(frozen=True)
class OutboxKind:
    """A kind of letters that is one click away."""

    href: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Letter:
    """A letter as its recipient reads it; web addresses in `text` become links. `proof_href` shows its delivery."""

    recipient: str
    address: str
    at: datetime
    channel: str
    subject: str
    text: str
    proof_href: str


@dataclass(frozen=True)
class OutboxPage:
    """The rehearsal's mailbox; `letter` is None when none is chosen. `list_href` keeps the filter.

    `kind` is the chosen kind as it stands in the address.
    """

    frame: Frame
    kinds: tuple[OutboxKind, ...]
    kind: str
    recipient: str
    days: tuple[OutboxDay, ...]
    letter: Letter | None
    list_href: str
    pager: Pager

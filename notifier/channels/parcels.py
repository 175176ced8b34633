"""What goes out – a parcel to one person – and the receipt that says what became of it."""

from __future__ import annotations

import html
import re
import threading
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

from apprise import NotifyType, OverflowMode
from apprise.plugins.base import NotifyBase

from notifier.channels.limits import Limit

MARK_OF_CUT = "…"


class ChannelUrlRefused(ValueError):
    """A channel's address in the settings cannot be used; the text is Chinese and holds no part of it."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where one person can be reached; `None` where there is no such way."""

    name: str
    email: str | None
    wecom_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message to one person, the same over every attempt to deliver it.

    `reference` is its identity: the left part of the Message-ID in mail, the printed number in WeCom.
    `thread` is the reference that mails of one matter hang on. `card` is WeCom's short text, `brief` stands
    for a text that is too long for it, `calendar` is iCalendar text for a mail to carry. Texts and link stay
    out of `repr`: whoever reads a link can sign.
    """

    to: Address
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    reference: str
    thread: str | None = None
    link: str | None = field(default=None, repr=False)
    link_label: str = "查看"
    card: str = field(default="", repr=False)
    brief: str = field(default="", repr=False)
    calendar: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one attempt.

    `answer` is the provider's own answer, kept as proof and free of secrets; `permanent` says that another
    attempt on the same channel cannot help; `message_id` is the Message-ID or WeCom's msgid, "" if none;
    `rest_seconds` is how long the whole channel should be left alone.
    """

    delivered: bool
    permanent: bool
    answer: str
    message_id: str = ""
    rest_seconds: int = 0

    @classmethod
    def accepted(cls, answer: str, message_id: str = "") -> Self:
        """Of a message that the provider took over."""
        return cls(delivered=True, permanent=False, answer=answer, message_id=message_id)

    @classmethod
    def refused(cls, answer: str, message_id: str = "") -> Self:
        """Of a message that this channel will never deliver."""
        return cls(delivered=False, permanent=True, answer=answer, message_id=message_id)

    @classmethod
    def put_off(cls, answer: str, message_id: str = "", *, rest_seconds: int = 0) -> Self:
        """Of a message that may be tried again later."""
        return cls(delivered=False, permanent=False, answer=answer, message_id=message_id, rest_seconds=rest_seconds)


class Carrier(NotifyBase, ABC):  # type: ignore[no-untyped-call]
    """An Apprise plugin that carries parcels and keeps the receipt of each.

    `NotifyBase.notify` takes extra keywords but does not pass them to `send`, and it strips bodies. So the
    parcel waits in the calling thread's hand, and `send` takes it from there, whole.
    """

    # Apprise gives this no type that a plugin could keep to.
    url_identifier: Any = None
    request_rate_per_sec = 0
    category = "custom"

    def __init__(self, options: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.options = options or {}
        self.host, self.login, self.secret = str(self.host), str(self.user or ""), str(self.password or "")
        self.url_identifier = (self.schema, self.login, self.secret, self.host, self.port)
        # One parcel is one message, whatever ?overflow= the address asks for.
        self.overflow_mode = OverflowMode.UPSTREAM
        self._hand = threading.local()

    @staticmethod
    def parse_url(url: str, verify_host: bool = False, *_: Any, **__: Any) -> dict[str, Any] | None:
        """The address in parts; `options` is its query. A colon in the password stays, unlike in Apprise."""
        try:
            results, given = NotifyBase.parse_url(url, verify_host=verify_host), urlsplit(url)
        except ValueError:
            return None
        if not results or given.fragment:  # a bare # in the password would make it the host
            return None
        return results | {"user": given.username, "password": given.password, "options": results["qsd"]}

    def url(self, privacy: bool = False, *_: Any, **__: Any) -> str:
        """The address again; with `privacy` without the password."""
        secret = "****" if privacy else quote(self.secret, safe="")
        login = f"{quote(self.login, safe='')}:{secret}@" if self.login else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.schema}://{login}{self.host}{port}/?{urlencode(self.url_parameters() | self.options)}"

    def carry(self, parcel: Parcel) -> Receipt:
        """Send the parcel through Apprise and hand back its receipt; faults outside are receipts too."""
        body = parcel.text or parcel.subject or parcel.reference
        self.notify(body=body, title=parcel.subject, parcel=parcel)
        receipt = getattr(self._hand, "receipt", None)
        return receipt if isinstance(receipt, Receipt) else Receipt.put_off("Apprise 未受理 (not taken)")

    def notify(self, *args: Any, parcel: Parcel | None = None, **kwargs: Any) -> bool:
        """Apprise's own entrance, with the parcel as one more keyword."""
        self._hand.parcel, self._hand.receipt = parcel, None
        try:
            return super().notify(*args, **kwargs)
        finally:
            self._hand.parcel = None

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **_: Any) -> bool:
        """Called by Apprise; without a parcel there is nobody to send to."""
        parcel = getattr(self._hand, "parcel", None)
        if not isinstance(parcel, Parcel):
            self.logger.warning("%s carries parcels only, a notification was not sent", self.service_name)
            return False
        receipt = self.deliver(parcel)
        self._hand.receipt = receipt
        return receipt.delivered

    def redacted(self, text: str) -> str:
        """The text without the password, wherever the other side repeats it."""
        return text.replace(self.secret, "***") if self.secret else text

    @property
    def limits(self) -> tuple[Limit, ...]:
        """How often the provider lets itself be called; none unless told."""
        return ()

    @abstractmethod
    def deliver(self, parcel: Parcel) -> Receipt:
        """Hand one parcel to the provider."""

    @abstractmethod
    def close(self) -> None:
        """Give back the connection; the next parcel opens a new one."""


def seconds_of(value: str | None, default: float) -> float:
    """A time-out from a channel's address, in seconds. Raises ChannelUrlRefused outside 0–600."""
    if value is None:
        return default
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 600:
        raise ChannelUrlRefused("timeout 应为 0 到 600 之间的秒数")
    return seconds


def count_of(value: str | None, name: str, most: int = 1_000_000) -> int | None:
    """A number from a channel's address, None where it is not given. Raises ChannelUrlRefused."""
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 0 < int(value) <= most:
        raise ChannelUrlRefused(f"{name} 应为 1 到 {most} 之间的整数")
    return int(value)


def wire_text(text: str) -> str:
    """The text without what no provider takes: NUL, and halves of surrogate pairs (shown as ?)."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def has_control(value: str) -> bool:
    """Whether a one-line value holds a line break or another control character."""
    return any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in value)


def within_bytes(text: str, limit: int, *, markup: bool = False) -> str:
    """The text cut to `limit` UTF-8 bytes, never inside a character, with … where something is missing.

    With `markup` the result is HTML-escaped, a line break is `<br>`, and the limit counts the escaped bytes.
    """
    signs = [_escaped(sign) if markup else sign for sign in text]
    if sum(map(_size, signs)) <= limit:
        return "".join(signs)
    room, kept = limit - _size(MARK_OF_CUT), 0
    for sign in signs:
        room -= _size(sign)
        if room < 0:
            break
        kept += 1
    return "".join(signs[:kept]) + MARK_OF_CUT


def byte_pieces(text: str, limit: int) -> Iterator[str]:
    """The whole text in pieces of at most `limit` UTF-8 bytes, broken at line ends where possible."""
    rest = text
    while _size(rest) > limit:
        piece = rest.encode()[:limit].decode("utf-8", "ignore")
        line_end = piece.rfind("\n") + 1
        piece = piece[:line_end] if line_end else piece
        yield piece
        rest = rest[len(piece) :]
    yield rest


def _escaped(sign: str) -> str:
    return "<br>" if sign == "\n" else html.escape(sign)


def _size(text: str) -> int:
    return len(text.encode())

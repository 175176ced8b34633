"""The ways out of duban: mail and WeCom for one person, any Apprise address for the office's group."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote

import apprise
from apprise.manager_plugins import NotificationManager

from notifier.channels.limits import Limit
from notifier.channels.mail import SmtpMail
from notifier.channels.parcels import (
    Address,
    Carrier,
    ChannelUrlRefused,
    Parcel,
    Receipt,
    byte_pieces,
    wire_text,
)
from notifier.channels.wecom import WecomApp
from notifier.channels.wecom_identity import WecomIdentity

__all__ = ["Address", "ChannelUrlRefused", "Channels", "Parcel", "Receipt", "open_channels"]

# Group bots with limits of this size count bytes where Apprise counts characters (WeCom: 2,048).
SHORT_MESSAGE = range(1000, 4097)
LEAST_PIECE = 256
PLUGINS: dict[type[Carrier], tuple[str, ...]] = {SmtpMail: ("smtp", "smtps"), WecomApp: ("wecomapp",)}


@dataclass(frozen=True, slots=True)
class Office:
    """One of OFFICE_URLS, and what must not be repeated of it."""

    service: apprise.Apprise
    secrets: tuple[str, ...]


class Channels:
    """The channels named in the settings, open until `close`. Safe to share between threads."""

    def __init__(self, carriers: dict[str, Carrier], offices: Sequence[Office]) -> None:
        self._carriers = carriers
        self._offices = tuple(offices)

    @property
    def names(self) -> tuple[str, ...]:
        """The configured ones of "mail" and "wecom"."""
        return tuple(self._carriers)

    @property
    def identity(self) -> WecomIdentity | None:
        """How a person's WeCom client tells who they are, None where no WeCom application is configured."""
        app = self._carriers.get("wecom")
        return WecomIdentity(app) if isinstance(app, WecomApp) else None

    def for_address(self, address: Address) -> tuple[str, ...]:
        """The channels that reach this address, the preferred one first: WeCom, then mail."""
        reachable = {"wecom": address.wecom_id, "mail": address.email}
        return tuple(name for name, where in reachable.items() if where and name in self._carriers)

    def limits(self, channel: str) -> tuple[Limit, ...]:
        """How often a channel may be used; none for one that is not open."""
        carrier = self._carriers.get(channel)
        return carrier.limits if carrier is not None else ()

    def send(self, channel: str, parcel: Parcel) -> Receipt:
        """One attempt on one channel. Faults of the outside are told in the receipt, never raised."""
        carrier = self._carriers.get(channel)
        if carrier is None:
            return Receipt.refused(f"渠道未配置 (channel not configured): {channel}")
        return carrier.carry(parcel)

    @property
    def groups(self) -> int:
        """How many addresses OFFICE_URLS has."""
        return len(self._offices)

    def pieces(self, group: int, subject: str, text: str) -> int:
        """How many messages a text is to a group; groups are counted from 1."""
        return len(_pieces(self._offices[group - 1].service, wire_text(subject), wire_text(text) or subject))

    def tell_group(self, group: int, subject: str, text: str) -> Receipt:
        """A message to one of OFFICE_URLS.

        May take seconds: bundled Apprise services pace themselves. They do not hand on the provider's
        answer, so the receipt says what Apprise saw.
        """
        return _told(self._offices[group - 1], wire_text(subject), wire_text(text))

    def close(self) -> None:
        """Give back every connection."""
        for carrier in self._carriers.values():
            carrier.close()


def open_channels(mail_url: str | None, wecom_url: str | None, office_urls: Sequence[str]) -> Channels:
    """Read the channels' addresses; nothing is connected before the first message.

    Raises ChannelUrlRefused, in Chinese and without any part of the address.
    """
    _keep_addresses_out_of_the_log()
    _register()
    carriers: dict[str, Carrier] = {}
    if mail_url:
        carriers["mail"] = _carrier("MAIL_URL", mail_url, SmtpMail)
    if wecom_url:
        carriers["wecom"] = _carrier("WECOM_URL", wecom_url, WecomApp)
    return Channels(carriers, [_office(place, url) for place, url in enumerate(office_urls, 1)])


def _carrier(setting: str, url: str, plugin: type[Carrier]) -> Carrier:
    starts = tuple(f"{schema}://" for schema in PLUGINS[plugin])
    if not url.lower().startswith(starts):
        raise ChannelUrlRefused(f"{setting} 应以 {' 或 '.join(starts)} 开头")
    try:
        with _silent():
            carrier = apprise.Apprise.instantiate(url, suppress_exceptions=False)
    except ChannelUrlRefused as fault:
        raise ChannelUrlRefused(f"{setting} 无法使用：{fault}") from None
    except (TypeError, ValueError):
        carrier = None
    if not isinstance(carrier, plugin):
        raise ChannelUrlRefused(f"{setting} 无法识别，请检查格式；密码中的特殊字符须写成 %XX")
    return carrier


def _register() -> None:
    known = NotificationManager()  # type: ignore[no-untyped-call]
    with warnings.catch_warnings():
        # The first look loads the bundled services, some of which import what Python is about to drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        missing = [plugin for plugin, schemas in PLUGINS.items() if schemas[0] not in known]
    for plugin in missing:
        known.add(plugin)  # type: ignore[no-untyped-call]


def _office(place: int, url: str) -> Office:
    service = apprise.Apprise()
    with _silent():
        known = service.add(url)
    if not known or not len(service):
        raise ChannelUrlRefused(f"OFFICE_URLS 的第 {place} 个地址无法识别，请检查格式")
    parts = re.split(r"[/:@?&=,\s]+", url.partition("://")[2])
    secrets = {form for part in parts for form in (part, unquote(part)) if len(form) >= 4}
    return Office(service, tuple(sorted(secrets, key=len, reverse=True)))


def _told(office: Office, subject: str, text: str) -> Receipt:
    pieces = _pieces(office.service, subject, text or subject)
    answers: list[str] = []
    for number, piece in enumerate(pieces, 1):
        title = subject if len(pieces) == 1 else f"{subject}（{number}/{len(pieces)}）"
        result = office.service.notify(body=piece, title=title, body_format=apprise.NotifyFormat.TEXT)
        said = "; ".join(entry.message for entry in result.logs())
        answers.append(f"{result.status.name} {said}".strip())
        if not result:
            return Receipt.put_off(_redacted(answers[-1], office.secrets))
    return Receipt.accepted(_redacted(answers[-1], office.secrets), "")


def _pieces(service: apprise.Apprise, subject: str, text: str) -> list[str]:
    limit = min(plugin.body_maxlen for plugin in service)
    if limit not in SHORT_MESSAGE:
        return [text]
    # Room for the title, which such services put into the body, and for its （n/m）.
    return list(byte_pieces(text, max(LEAST_PIECE, limit - len(subject.encode()) - 24)))


def _redacted(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text[:500]


def _is_told(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.INFO


def _is_secret(_record: logging.LogRecord) -> bool:
    return False


def _keep_addresses_out_of_the_log() -> None:
    # Below INFO both print whole addresses: webhook keys, passwords, tokens. A filter is added only once.
    for name in ("apprise", "urllib3.connectionpool"):
        logging.getLogger(name).addFilter(_is_told)


@contextmanager
def _silent() -> Iterator[None]:
    # An address that Apprise cannot read may be printed by it as it stands.
    log = logging.getLogger("apprise")
    log.addFilter(_is_secret)
    try:
        yield
    finally:
        log.removeFilter(_is_secret)

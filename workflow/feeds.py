"""Calendar entries: events as the iCalendar text (RFC 5545) that Outlook, WeCom and phones read, in feeds and mails."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import icalendar

#: RFC 5545 section 3.1 lets no control character into a text but the tab and the escaped line end.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Event:
    """One entry of a feed: an instant ``at``, or a whole local ``day`` – one of the two.

    ``uid`` stays the same over every edition of the feed, so that a moved event moves and is not doubled.
    ``sequence`` grows with every such move and ``modified`` is when it last changed; a ``cancelled`` one stays in the
    feed to say so. It has no alarm, for the letters remind.
    """

    uid: str
    summary: str
    at: datetime | None = None
    day: date | None = None
    description: str = ""
    sequence: int | None = None
    modified: datetime | None = None
    cancelled: bool = False

    def __post_init__(self) -> None:
        if (self.at is None) == (self.day is None):
            raise ValueError("an event has either an instant or a day")
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError(f"naive datetime refused: {self.at!r}")

    @property
    def moment(self) -> datetime:
        """The instant of the event in UTC; a day's is its first moment there."""
        if self.at is not None:
            return self.at.astimezone(UTC)
        assert self.day is not None
        return datetime.combine(self.day, time(0, 0), UTC)


def calendar(
    title: str, events: Iterable[Event], *, stamp: datetime | None = None, refresh: timedelta | None = None
) -> str:
    """The feed, lines ended by CR LF; without a title its entries go into the reader's own calendar.

    ``stamp`` is when it was made; without it each event carries when it changed or its own instant, so that the
    same events give the same text. ``refresh`` asks subscribers to come again after so long (RFC 7986 section 5.7).
    Instants are written in UTC, which needs no time zone table.
    """
    feed = icalendar.Calendar()
    feed.add("prodid", "-//duban//duban//ZH")
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("method", "PUBLISH")
    # Not in the RFC, so the library would not escape it by itself; every reader shows it as the feed's name.
    if title:
        feed["x-wr-calname"] = icalendar.vText(_line(title))
    if refresh is not None:
        feed.add("refresh-interval", icalendar.vDuration(refresh), parameters={"VALUE": "DURATION"})
        feed["x-published-ttl"] = icalendar.vDuration(refresh)
    for event in events:
        feed.add_component(_entry(event, stamp))
    written: bytes = feed.to_ical()
    return written.decode()


def _entry(event: Event, stamp: datetime | None) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", _line(event.uid))
    entry.add("dtstamp", (stamp or event.modified or event.moment).astimezone(UTC))
    if event.day is not None:
        entry.add("dtstart", event.day)
        entry.add("dtend", event.day + timedelta(days=1))
    else:
        entry.add("dtstart", event.moment)
    entry.add("summary", _line(event.summary))
    if event.description:
        entry.add("description", _text(event.description))
    if event.sequence is not None:
        entry.add("sequence", event.sequence)
    if event.modified is not None:
        entry.add("last-modified", event.modified.astimezone(UTC))
    if event.cancelled:
        entry.add("status", "CANCELLED")
    # Neither blocks the reader's day.
    entry.add("transp", "TRANSPARENT")
    return entry


def _text(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _line(text: str) -> str:
    return " ".join(_text(text).split())

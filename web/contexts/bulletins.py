"""The 通报 of a period: the facts that will be in it, and the office's own words."""

from dataclasses import dataclass
from datetime import datetime

from web.contexts.frame import Choice, Frame, Link


@dataclass(frozen=True)
class BulletinLine:
    """A paragraph; `lead` is a heading that stands before it, empty where there is none."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class BulletinTable:
    """A table as it will be in the document; the first cell of a row is its heading."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class BulletinSection:
    """A section under its heading."""

    title: str
    lines: tuple[BulletinLine, ...]
    tables: tuple[BulletinTable, ...]


@dataclass(frozen=True)
class BulletinPage:
    """A circular before it is downloaded; `until` is the instant its facts stand at, in words.

    `usual_opening` is what stands there while the office has written none; `hidden` counts the obligations that are
    kept out of it.
    """

    frame: Frame
    title: str
    cycle: int
    rooms: tuple[Link, ...]
    action: str
    period: str
    periods: tuple[Choice, ...]
    subject: str
    until: str
    ended: bool
    hidden: int
    sections: tuple[BulletinSection, ...]
    may_write: bool
    number: str
    opening: str
    usual_opening: str
    measures: str
    error: str
    updated_at: datetime | None
    updated_by: str
    download: str

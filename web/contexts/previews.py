"""An attachment laid out on a page of its own, for a phone that has no program to open it with."""

from dataclasses import dataclass
from datetime import datetime

from documents.previews import Grid


@dataclass(frozen=True)
class Passage:
    """A heading of some level (2 and deeper, 0 for a paragraph), or the rows of a table."""

    level: int
    text: str
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class PreviewPage:
    """An attachment on a page: its tables, its text, or its picture; `why` it cannot be shown otherwise.

    `missing` is what the original has beside what is shown. `picture_href` is the picture itself.
    `unsafe`: nobody should open the file, so the page does not lead to it.
    """

    rehearsal_now: datetime | None
    name: str
    unit: str
    obligation: str
    size: int
    sha256: str
    href: str
    back_href: str
    contact: str
    grids: tuple[Grid, ...] = ()
    blocks: tuple[Passage, ...] = ()
    missing: tuple[str, ...] = ()
    cut: str = ""
    picture_href: str = ""
    why: str = ""
    unsafe: bool = False

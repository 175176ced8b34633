"""A roster taken in, as it is shown before it is done; and what is wrong with a file that was handed in."""

from dataclasses import dataclass

from web.contexts.approvals import MoveLine
from web.contexts.frame import Choice, Frame, Link


@dataclass(frozen=True)
class RowFault:
    """One thing wrong with a workbook: where, as people see it, and what."""

    place: str
    text: str


@dataclass(frozen=True)
class TextFault:
    """One thing wrong with a text: where, what, and the line as it is written, before and after the place."""

    line: int
    column: int
    text: str
    before: str
    after: str


@dataclass(frozen=True)
class SheetChanges:
    """What changes in one table of a roster; `more` differences are not listed."""

    title: str
    added: int
    changed: int
    removed: int
    lines: tuple[tuple[str, str], ...] = ()
    more: int = 0


@dataclass(frozen=True)
class RosterOutlook:
    """What taking a roster in would do, nothing of it done yet.

    `lost` are adjustments of the leaders' division of work that it would undo, `gaps` what programmes would lack.
    """

    sheets: tuple[SheetChanges, ...]
    moves: tuple[MoveLine, ...] = ()
    lost: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything would change."""
        return any(one.added or one.changed or one.removed for one in self.sheets)


@dataclass(frozen=True)
class RosterPage:
    """Handing a roster in, and the preview of what it changes once it was read."""

    frame: Frame
    rooms: tuple[Link, ...]
    may_change: bool
    modes: tuple[Choice, ...]
    counts: str
    faults: tuple[RowFault, ...] = ()
    error: str = ""
    file: str = ""
    outlook: RosterOutlook | None = None
    mode: str = ""
    action: str = ""
    shown: str = ""
    comment: str = ""
    comment_error: str = ""
    must_confirm: bool = False
    confirm_error: str = ""

"""A programme's ledger of tasks: out as a workbook, in again with what would change row by row."""

from dataclasses import dataclass
from typing import Literal

from web.contexts.frame import Frame, Link


@dataclass(frozen=True)
class LedgerPart:
    """One part of the ledger; `planned` is None where the document gives no number."""

    title: str
    planned: int | None
    present: int


@dataclass(frozen=True)
class LedgerPage:
    """The ledger as it is, and where to hand in another; `faults` are what was wrong with the one handed in.

    `exports` are the files to edit, `board_href` shows how every task stands.
    """

    frame: Frame
    rooms: tuple[Link, ...]
    title: str
    cycle: int
    parts: tuple[LedgerPart, ...]
    total: int
    action: str
    board_href: str
    exports: tuple[Link, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class LedgerCell:
    """One cell of a row, before and after; empty where it had, or has, nothing."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class LedgerRow:
    """One task that comes (`added`), goes (`removed`) or changes; `row` is its line in the sheet, 0 where it goes."""

    kind: Literal["added", "removed", "changed"]
    number: str
    title: str
    row: int
    cells: tuple[LedgerCell, ...]


@dataclass(frozen=True)
class LedgerPreviewPage:
    """What importing would do: rows, then what follows from them. `wrong` stops it.

    `earlier` are dates that people must confirm. `same` rows stay. `version` is the one that the preview was made on.
    """

    frame: Frame
    rooms: tuple[Link, ...]
    title: str
    cycle: int
    file: str
    rows: tuple[LedgerRow, ...]
    same: int
    outcome: tuple[str, ...]
    earlier: tuple[str, ...]
    wrong: tuple[str, ...]
    notes: tuple[str, ...]
    action: str
    back_href: str
    version: str
    comment: str = ""
    confirmed: bool = False
    error: str = ""

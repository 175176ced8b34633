"""Acts on many: what would be done, what was done and what was not, and all there have been."""

from dataclasses import dataclass
from datetime import date, datetime

from web.contexts.frame import Choice, Frame, Pager


@dataclass(frozen=True)
class BatchRow:
    """One submission of a preview or a result; `why` is what stood against the act."""

    href: str
    unit: str
    obligation: str
    state: str
    why: str = ""


@dataclass(frozen=True)
class Reason:
    """Why some are left out, and how many."""

    why: str
    count: int


@dataclass(frozen=True)
class BatchNewPage:
    """The preview of an act on many, with the form that confirms it; nothing has been done yet.

    `kept` are the hidden fields that say which submissions. `until` is asked for by an extension only, with
    what was typed and what is wrong with it; `reason_needed` says whether words are required. `error` is why a
    confirmation did nothing.
    """

    frame: Frame
    verb: str
    explained: str
    chosen: str
    total: int
    ready: int
    ready_rows: tuple[BatchRow, ...]
    left_out: int
    left_out_rows: tuple[BatchRow, ...]
    reasons: tuple[Reason, ...]
    kept: tuple[tuple[str, str], ...]
    back: str
    reason_needed: bool = False
    comment: str = ""
    until: date | None = None
    until_text: str = ""
    until_error: str = ""
    error: str = ""


@dataclass(frozen=True)
class BatchLine:
    """One act on many and how far it has come."""

    href: str
    verb: str
    at: datetime
    by: str
    total: int
    done: int
    refused: int
    remaining: int
    undone: int
    stands: int
    comment: str = ""
    chosen: str = ""
    until: date | None = None
    undone_at: datetime | None = None
    undone_by: str = ""


@dataclass(frozen=True)
class BatchPage:
    """The result of one act on many; while `line.remaining` it goes on by itself, or by a button without scripts.

    `may_undo` with `undo_help`, what undoing does; `outcomes` filter the rows.
    """

    frame: Frame
    line: BatchLine
    rows: tuple[BatchRow, ...]
    pager: Pager
    reasons: tuple[Reason, ...]
    outcomes: tuple[Choice, ...]
    action: str
    may_undo: bool = False
    undo_help: str = ""
    error: str = ""


@dataclass(frozen=True)
class BatchesPage:
    """Every act on many, the newest first."""

    frame: Frame
    lines: tuple[BatchLine, ...]
    next_href: str = ""

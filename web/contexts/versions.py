"""The versions of a submission's content, two of them side by side."""

from dataclasses import dataclass
from datetime import datetime

from web.contexts.frame import Choice, Frame, Link
from workflow.comparisons import Change


@dataclass(frozen=True)
class FateLine:
    """What was done with a version while it was the newest."""

    at: datetime
    what: str
    who: str
    comment: str = ""


@dataclass(frozen=True)
class VersionLine:
    """One version; `hash` is the beginning of what a signature on it names. `role` says which side it is shown on."""

    number: int
    saved_at: datetime
    saved_by: str
    hash: str
    fates: tuple[FateLine, ...]
    role: str = ""


@dataclass(frozen=True)
class VersionsPage:
    """Every version, and the changes from `before` to `after`; both empty while there are not two versions.

    `same` are the labels of what says the same in both.
    """

    frame: Frame
    programme: Link
    submission: Link
    versions: tuple[VersionLine, ...]
    before: tuple[Choice, ...]
    after: tuple[Choice, ...]
    changes: tuple[Change, ...]
    same: tuple[str, ...]
    compared: str = ""

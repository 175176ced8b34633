"""The scores of a programme, one table for each occurrence of what is rated."""

from dataclasses import dataclass
from datetime import datetime

from web.contexts.frame import Frame, Link, State


@dataclass(frozen=True)
class ScoredLine:
    """One rated unit; `points` are in the order of the criteria, empty where missing, as are `total` and `place`."""

    place: str
    unit: str
    href: str
    state: State
    points: tuple[str, ...]
    total: str


@dataclass(frozen=True)
class ScoreGroup:
    """The units that are rated by the same weights; `weights` are in percent, `title` is empty where all are."""

    title: str
    weights: tuple[int, ...]
    lines: tuple[ScoredLine, ...]


@dataclass(frozen=True)
class ScoreTable:
    """One occurrence of a rated obligation."""

    title: str
    occurrence: str
    criteria: tuple[str, ...]
    groups: tuple[ScoreGroup, ...]


@dataclass(frozen=True)
class ScoresPage:
    """The scores as they stand; a unit sees those about itself."""

    frame: Frame
    rooms: tuple[Link, ...]
    title: str
    cycle: int
    as_of: datetime
    tables: tuple[ScoreTable, ...]
    exports: tuple[Link, ...]

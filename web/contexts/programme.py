"""One programme in the words of its definition: source, versions, timeline, plan, bodies, every obligation."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.contexts.frame import Frame, Link, StateCounts

Tone = Literal["done", "late", "ahead"]


@dataclass(frozen=True)
class VersionLine:
    """A text the programme is or was pinned to; `short` is the beginning of its hash, `act` what brought it."""

    short: str
    since: datetime
    actor: str
    act: str
    comment: str = ""


@dataclass(frozen=True)
class MonthMark:
    """A month on the timeline, at `x` of its width."""

    x: float
    label: str


@dataclass(frozen=True)
class StageBar:
    """A stage: where it stands on the timeline, and its days; `until` is None where it is open-ended."""

    x: float
    y: int
    width: float
    title: str
    clause: str
    since: date
    until: date | None


@dataclass(frozen=True)
class DueMark:
    """A day on which something is due: how many things, and how they stand. `label` is empty where it has no room."""

    x: float
    day: date
    count: int
    tone: Tone
    titles: tuple[str, ...]
    label: str = ""
    row: int = 0


@dataclass(frozen=True)
class Timeline:
    """The year as a drawing, and the same facts to read; `now_x` is None when today lies outside of it.

    `base` is the line of the due days, whose marks are small where they are `dense`.
    """

    width: int
    height: int
    base: int
    months: tuple[MonthMark, ...]
    stages: tuple[StageBar, ...]
    dues: tuple[DueMark, ...]
    dense: bool
    now: date
    now_x: float | None
    now_at_end: bool


@dataclass(frozen=True)
class PlanLine:
    """One part of the plan: how many tasks the document names, how many the programme has."""

    title: str
    planned: int
    present: int


@dataclass(frozen=True)
class Plan:
    """The parts of the plan, and both sums."""

    clause: str
    parts: tuple[PlanLine, ...]
    planned: int
    present: int


@dataclass(frozen=True)
class BodyLine:
    """A body as it is staffed today; `members` is how many it should have, in words."""

    title: str
    clause: str
    seat: str
    head: str
    liaison: str
    members: str = ""


@dataclass(frozen=True)
class Place:
    """A place of the document that has lost text or figures."""

    clause: str
    what: str


@dataclass(frozen=True)
class Point:
    """One thing an obligation says, in as many lines as it takes."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class WeightLine:
    """The weight of a criterion in percent, in general and for each group of the table."""

    title: str
    weights: tuple[str, ...]


@dataclass(frozen=True)
class Weights:
    """Criteria by groups of units."""

    groups: tuple[str, ...]
    lines: tuple[WeightLine, ...]


@dataclass(frozen=True)
class Occasion:
    """One occurrence of an obligation, `opened` once its submissions exist; `alerts` are the instants of its rungs."""

    day: date
    title: str
    counts: StateCounts
    href: str
    opened: bool
    alerts: tuple[datetime | None, ...]


@dataclass(frozen=True)
class DutyLine:
    """One obligation in words. `alerts` head the columns of its occasions; `more` counts those not listed."""

    key: str
    clause: str
    title: str
    duty: str
    owner: str
    when: str
    counts: StateCounts
    occasions: tuple[Occasion, ...]
    alerts: tuple[str, ...]
    points: tuple[Point, ...]
    weights: Weights | None = None
    hidden: bool = False
    retired: bool = False
    more: int = 0


@dataclass(frozen=True)
class DutyGroup:
    """The obligations of a part, a stage or a section; `opened` groups are unfolded when the page arrives."""

    title: str
    span: str
    counts: StateCounts
    duties: tuple[DutyLine, ...]
    opened: bool


@dataclass(frozen=True)
class ProgrammePage:
    """One programme as it stands in its definition; `own` says that only what concerns one unit is shown.

    `issued` and `printed` are the days of the document, `published` when it was handed out. `after_anything` are
    the follow-ups that any obligation may have.
    """

    frame: Frame
    title: str
    cycle: int
    as_of: datetime
    document: str
    issued: date
    printed: date | None
    published: datetime | None
    units: int
    own: bool
    counts: StateCounts
    version: VersionLine
    earlier: tuple[VersionLine, ...]
    timeline: Timeline | None
    plan: Plan | None
    bodies: tuple[BodyLine, ...]
    groups: tuple[DutyGroup, ...]
    after_anything: tuple[str, ...]
    coverage: tuple[Point, ...]
    rollover: str
    damaged: tuple[Place, ...]
    rooms: tuple[Link, ...]
    provisional: str = ""

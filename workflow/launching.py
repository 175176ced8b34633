"""A launch in steps: what a definition, a year and a roster would come to, then all of it in one transaction.

Days are Asia/Shanghai. What is foreseen is read, never written; publishing takes the roster in and launches, or
does neither.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workflow import launch, personnel, posts, rehearsal, roster_scopes, second_channels
from workflow.acts import Act
from workflow.calendars import Calendar, DayRule, china
from workflow.delegations import require_office
from workflow.launch import Plan, Seen
from workflow.library import Pinned
from workflow.personnel import Outlook
from workflow.rehearsal import Line
from workflow.roster import Roster
from workflow.roster_merges import Mode
from workflow.tables import Programme

#: Obligations already late at launch that are named one by one.
MOST_LATE = 8
#: The days after a launch whose messages are counted out beforehand.
FIRST_DAYS = 7
#: More submissions than these are not tried out beforehand: it would take minutes.
MOST_TRIED = 5000


@dataclass(frozen=True)
class Wanted:
    """What is to be launched: a definition for a year, with a roster to take in where one was handed in."""

    pinned: Pinned
    cycle: int
    roster: Roster | None = None
    mode: Mode = "add"

    @property
    def key(self) -> str:
        """The public key that the programme will have."""
        return launch.key_of(self.pinned.definition, self.cycle)


@dataclass(frozen=True)
class Foreseen:
    """What a launch would do; ``people`` is what its roster would, None where none was handed in."""

    plan: Plan
    people: Outlook | None
    late: tuple[str, ...]
    version: str

    @property
    def shown(self) -> str:
        """The same for the same foresight and for no other; nothing secret."""
        said = f"{self.version}\n{self.plan}\n{self.people.shown if self.people else ''}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Sending:
    """What goes out at one instant: of one kind, to so many people, about these obligations."""

    at: datetime
    kind: str
    people: int
    titles: tuple[str, ...]


def foresee(act: Act, wanted: Wanted, *, ways: Sequence[str] = second_channels.ALL_WAYS) -> Foreseen:
    """What publishing now would do and what is wrong with it; raises RosterRefused.

    From here on this reading act sees people as they would stand; it must write nothing afterwards.
    """
    people = None if wanted.roster is None else personnel.outlook(act, _roster(act, wanted), wanted.mode, ways=ways)
    plan = launch.plan(act, wanted.pinned, wanted.cycle)
    return Foreseen(plan, people, tuple(late_at_once(plan, act.today)), wanted.pinned.version)


def publish(
    act: Act,
    wanted: Wanted,
    *,
    drop_adjustments: bool = False,
    accept_changes: bool = False,
    ways: Sequence[str] = second_channels.ALL_WAYS,
    seen: Seen = lambda _done, _of: None,
) -> Programme:
    """Take the roster in and launch, all or nothing.

    Raises Forbidden, RosterRefused, AdjustmentsLost, RunningUnitsChanged unless ``accept_changes``, AlreadyLaunched,
    LaunchRefused.
    """
    require_office(act, "启动方案")
    if wanted.roster is not None:
        why = f"启动方案“{wanted.key}”"
        personnel.take_in(
            act, _roster(act, wanted), wanted.mode, drop_adjustments=drop_adjustments, accept_changes=accept_changes,
            ways=ways, comment=why,
        )  # fmt: skip
    return launch.launch(act, wanted.pinned, wanted.cycle, seen=seen)


def _roster(act: Act, wanted: Wanted) -> Roster:
    """The roster as it is taken in: added to one that other plans run on, its groups are for this plan alone."""
    assert wanted.roster is not None
    return (
        wanted.roster if wanted.mode == "replace" else roster_scopes.apart(act, wanted.pinned.definition, wanted.roster)
    )


def late_at_once(planned: Plan, today: date) -> Iterator[str]:
    """What is late the moment it is launched: a launch with last year's cycle mails a whole city."""
    late = [one for one in planned.obligations if one.due_date < today]
    for one in late[:MOST_LATE]:
        days = (today - one.due_date).days
        yield f"“{one.title}”的截止日期已过去{days}天，启动后{len(one.units)}个单位立即为逾期并收到通知"
    if more := late[MOST_LATE:]:
        count = sum(len(one.units) for one in more)
        yield f"另有{len(more)}期的截止日期已过，启动后{count}件立即为逾期并收到通知"


def first_days(act: Act, wanted: Wanted) -> tuple[Sending, ...] | None:
    """What would go out at once and in the first days if nobody handed anything in, from a trial run in memory.

    None where the programme is too large to be tried out, or cannot be launched. The run knows this programme alone.
    """
    found = foresee(act, wanted)
    if found.plan.wrong or found.plan.submissions > MOST_TRIED:
        return None
    roster = found.people.after if found.people else posts.export(act.session)
    done = rehearsal.rehearse(
        wanted.pinned, roster, cycle=wanted.cycle, start=act.now, end=act.now + timedelta(days=FIRST_DAYS),
        years=_imported(act.calendar()),
    )  # fmt: skip
    return tuple(_sendings(wanted, done.lines))


def _sendings(wanted: Wanted, lines: Sequence[Line]) -> Iterator[Sending]:
    people: Counter[tuple[datetime, str]] = Counter()
    titles: defaultdict[tuple[datetime, str], dict[str, None]] = defaultdict(dict)
    for line in lines:
        if line.type == "alert":
            people[line.at, line.kind] += len(line.recipients)
            for item in line.items:
                titles[line.at, line.kind][wanted.pinned.definition.obligations[item.obligation].title] = None
    for (at, kind), count in sorted(people.items()):
        yield Sending(at, kind, count, tuple(titles[at, kind]))


def _imported(calendar: Calendar) -> dict[int, tuple[DayRule, ...]]:
    """The years that this store has and a new one would not."""
    usual = china()
    return {year: calendar.rules(year) for year in calendar.years() if calendar.rules(year) != usual.rules(year)}

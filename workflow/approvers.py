"""Who holds how much since when, and how fast they sign: the load of everybody who is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Integer, case, cast, func, text
from sqlalchemy import select as pick

from workflow import absences, delegations, posts
from workflow.acts import Act
from workflow.tables import SignOff, Submission

_sign_off = SignOff.__table__  # type: ignore[attr-defined]
_submission = Submission.__table__  # type: ignore[attr-defined]

# Written out, so that the index of open requests serves.
_OPEN = text("sign_off.decision IS NULL AND sign_off.closed_at IS NULL")

#: Decisions of so many days tell how fast somebody signs.
TURN_AROUND = timedelta(days=90)


@dataclass(frozen=True)
class Load:
    """What waits for one person: how much, since when, how much of it overdue.

    ``delegates`` are the names of those who may sign for them today, ``absent_until`` the last day they are away;
    ``post`` is the title they hold today, or were last asked by.
    """

    person: str
    post: str
    name: str
    waiting: int
    oldest: datetime
    overdue: int
    delegates: tuple[str, ...] = ()
    absent_until: date | None = None
    mobile: str = ""


@dataclass(frozen=True)
class TurnAround:
    """How many requests somebody decided in the last days, and in how many hours half of them were."""

    decided: int
    median_hours: int


@dataclass(frozen=True)
class Pace:
    """A person's load beside their pace; ``load`` is None where nothing waits, ``turn_around`` where none was decided.

    ``place`` is the place among those whom something waits for, who has most first; 0 for the others.
    """

    person: str
    post: str
    name: str
    load: Load | None
    turn_around: TurnAround | None
    place: int


def load(act: Act) -> tuple[Load, ...]:
    """Everybody whom something waits for, who has most first; of those with as much, who has it longest."""
    of = _sign_off.c
    # Both from what their indexes hold: fifty thousand open requests are not looked up one by one.
    late_ones = pick(_submission.c.id).where(text("submission.state = 'overdue'"))
    late = func.sum(case((of.submission_id.in_(late_ones), 1), else_=0))
    counted = pick(of.person, func.count(), func.min(of.asked_at), late).where(_OPEN).group_by(of.person)
    known, away = posts.directory(act.session), absences.away(act, act.today)
    standing_in = delegations.active(act.session, act.today)
    found = [
        Load(
            person, _title(act, person), known.person(person).name, waiting, oldest,
            int(overdue), tuple(known.person(one.delegate).name for one in standing_in.get(person, ())),
            away.get(person), known.person(person).mobile or "",
        )
        for person, waiting, oldest, overdue in act.session.execute(counted)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.waiting, one.oldest, one.person)))


def _title(act: Act, person: str) -> str:
    """The title a person holds today, else the one they were last asked by."""
    held = posts.title_of(act.session, person, act.today)
    asked = pick(func.max(_sign_off.c.post_title)).where(_OPEN, _sign_off.c.person == person)
    return held or str(act.session.execute(asked).scalar_one())


def paces(act: Act) -> tuple[Pace, ...]:
    """Everybody whom something waits for or who decided lately, in the order of ``load``, the idle after them."""
    loads, known = load(act), posts.directory(act.session)
    turns, titles = _turn_arounds(act)
    busy = [Pace(one.person, one.post, one.name, one, turns.get(one.person), at) for at, one in enumerate(loads, 1)]
    waiting = {one.person for one in loads}
    idle = [
        Pace(person, posts.title_of(act.session, person, act.today) or titles[person], known.person(person).name,
             None, turn, 0)
        for person, turn in turns.items()
        if person not in waiting
    ]  # fmt: skip
    return (*busy, *sorted(idle, key=lambda one: (one.post, one.person)))


def _turn_arounds(act: Act) -> tuple[dict[str, TurnAround], dict[str, str]]:
    """By person, and the title they were last asked by: whole hours are counted in the store, the middle found here.

    Only what somebody decided by a link counts, their own or a delegate's: not what the office entered for them.
    """
    of, hours = _sign_off.c, _hours(act)
    query = (
        pick(of.person, hours.label("hours"), func.count().label("many"), func.max(of.post_title).label("title"))
        .where(of.decided_at > act.now - TURN_AROUND, of.decided_at <= act.now, of.decision.is_not(None))
        .where(of.channel == "link")
        .group_by(of.person, hours)
    )
    counts: dict[str, dict[int, int]] = {}
    titles: dict[str, str] = {}
    for row in act.session.execute(query):
        counts.setdefault(row.person, {})[int(row.hours)] = row.many
        titles[row.person] = row.title
    return {person: TurnAround(sum(one.values()), median(one)) for person, one in counts.items()}, titles


def median(counts: Mapping[int, int]) -> int:
    """The middle of values that are counted, the lower one of two; raises ValueError for none."""
    wanted = (sum(counts.values()) + 1) // 2
    for value, place in _running(sorted(counts.items())):
        if place >= wanted > 0:
            return value
    raise ValueError("nothing was counted")


def _running(counts: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Each value with how many are not above it."""
    place = 0
    for value, many in counts:
        place += many
        yield value, place


def _hours(act: Act) -> ColumnElement[int]:
    """Whole hours from the request to the decision, in the words of the database."""
    of = _sign_off.c
    if act.session.get_bind().dialect.name == "sqlite":
        minutes = func.round((func.julianday(of.decided_at) - func.julianday(of.asked_at)) * 1440)
        return cast(minutes / 60, Integer)
    return cast(func.floor(func.extract("epoch", of.decided_at - of.asked_at) / 3600), Integer)

"""What an amended definition asks of a running programme: which occurrences stay, move, come and go, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workflow import bodies, deadlines, owing
from workflow.acts import Act
from workflow.amendments.changes import timed
from workflow.amendments.running import OPEN, Place, Running
from workflow.audience import Audience
from workflow.deadlines import Occurrence
from workflow.definition import Definition, Obligation
from workflow.owing import Owing
from workflow.posts import directory
from workflow.tables import Deadline, Submission

_Key = tuple[str, str]


@dataclass(frozen=True)
class Kept:
    """An occurrence that is open and still asked for.

    ``following`` get its new schedule where it is ``anew``; ``own`` keep a later date of their own, under the new
    ladder; ``extended`` keep everything. ``again`` were withdrawn by an earlier amendment and are asked again.
    """

    before: Deadline
    after: Occurrence
    anew: bool
    following: tuple[Submission, ...] = ()
    own: tuple[Submission, ...] = ()
    extended: tuple[Submission, ...] = ()
    withdrawn: tuple[Submission, ...] = ()
    again: tuple[Submission, ...] = ()
    added: tuple[Owing, ...] = ()
    too_late: tuple[Owing, ...] = ()
    filed: int = 0
    exempt: int = 0

    @property
    def moved(self) -> bool:
        """Whether its date is another one."""
        return self.before.due_at != self.after.due_at


@dataclass(frozen=True)
class Came:
    """An occurrence that nobody has yet: new, or laid out anew in place of ``before``; ``owed`` by whom as of today."""

    after: Occurrence
    owed: tuple[Owing, ...]
    before: Deadline | None = None


@dataclass(frozen=True)
class Went:
    """An occurrence that is no longer asked for; ``before`` is its deadline where nobody has it yet."""

    obligation: str
    occurrence: str
    unopened: Deadline | None
    withdrawn: tuple[Submission, ...]
    filed: int


@dataclass(frozen=True)
class Draft:
    """Everything that would become of a programme's occurrences, with the people of today."""

    before: Audience
    after: Audience
    kept: tuple[Kept, ...] = ()
    came: tuple[Came, ...] = ()
    went: tuple[Went, ...] = ()
    reassigned: Mapping[int, str] = field(default_factory=dict)

    @property
    def asked(self) -> tuple[Kept | Came, ...]:
        """Every occurrence that the definition asks for and that is open or changes."""
        return (*self.kept, *self.came)

    @property
    def left(self) -> tuple[Kept | Went, ...]:
        """Every occurrence that submissions may be withdrawn from."""
        return (*self.kept, *self.went)


def draft(act: Act, running: Running, definition: Definition) -> Draft:
    """Compare what the rows are with what the definition asks; raises ValueError for a day that the cycle lacks."""
    cycle, calendar = running.programme.cycle, act.calendar()
    asked = {_place(one): one for one in deadlines.occurrences(definition, cycle, calendar)}
    live = {_place(one) for one in deadlines.occurrences(running.texts.current, cycle, calendar)}
    sides = Draft(_audience(act, running.texts.current), _audience(act, definition))
    kept, came = [], []
    for place, occurrence in asked.items():
        before = running.deadlines.get(place)
        if before is not None and before.opened_at is not None:
            kept.append(_kept(act, running, sides, occurrence, live=place in live))
        elif before is None or _differs(running, definition, before, occurrence):
            came.append(Came(occurrence, _owed(act, sides.after, occurrence), before))
    went = tuple(_went(running, place) for place in _gone(running, definition, live - asked.keys()))
    return Draft(sides.before, sides.after, tuple(kept), tuple(came), went, _reassigned(running, sides, kept))


def open_rows(running: Running, obligation: str) -> list[Submission]:
    """The submissions of an obligation that are not settled."""
    return [row for row in running.of(obligation) if row.state in OPEN]


def _audience(act: Act, definition: Definition) -> Audience:
    return bodies.known(Audience(definition, directory(act.session), act.today))


def _place(one: Occurrence) -> Place:
    return one.obligation, one.key


def _key(row: Submission) -> _Key:
    return row.unit, row.subject


def _owed(act: Act, audience: Audience, one: Occurrence) -> tuple[Owing, ...]:
    lot = act.links.lot(f"plan:{one.obligation}:{one.key}")
    return owing.owing(audience, audience.definition.obligations[one.obligation], number=one.number, lot=lot)


def _fixed(audience: Audience, obligation: str) -> dict[_Key, Owing]:
    known: Obligation | None = audience.definition.obligations.get(obligation)
    return {(one.unit, one.subject): one for one in owing.fixed(audience, known)} if known else {}


def _by_lot(audience: Audience, obligation: str) -> bool:
    """Whether units are drawn or take turns: who has been asked stays asked."""
    known = audience.definition.obligations.get(obligation)
    return known is not None and bool(known.owed_by.draw or known.owed_by.rota)


def _differs(running: Running, definition: Definition, before: Deadline, after: Occurrence) -> bool:
    """Whether an occurrence that nobody has yet must be laid out anew."""
    now = (before.due_at, before.opens_at, before.heading, before.number)
    then = (after.due_at, after.opens_at, after.heading, after.number)
    return now != then or _ladder_changed(running, definition, before)


def _ladder_changed(running: Running, definition: Definition, before: Deadline) -> bool:
    laid_out = running.texts.ladder(before.obligation, before.version)
    return timed(laid_out) != timed(definition.ladder_of(before.obligation))


def _kept(act: Act, running: Running, sides: Draft, after: Occurrence, *, live: bool) -> Kept:
    place = _place(after)
    before, rows = running.deadlines[place], running.rows.get(place, ())
    name, fixed_by_lot = after.obligation, _by_lot(sides.after, after.obligation)
    owed, owed_before = _fixed(sides.after, name), _fixed(sides.before, name)
    open_ = [row for row in rows if row.state in OPEN]
    gone = owed_before.keys() - owed.keys() if not fixed_by_lot and not _by_lot(sides.before, name) else set()
    withdrawn = tuple(row for row in open_ if _key(row) in gone)
    staying = [row for row in open_ if _key(row) not in gone]
    relaid = before.heading != after.heading or _ladder_changed(running, sides.after.definition, before)
    moved = before.due_at != after.due_at
    extended = [row for row in staying if _keeps_date(running, row, after, moved=moved)]
    again = tuple(row for row in rows if row.id in running.withdrawn and (_key(row) in owed or fixed_by_lot))
    new = tuple(one for key, one in owed.items() if key not in {_key(row) for row in rows})
    in_time = act.now < after.due_at
    anew = moved or not live or (relaid and bool(staying))
    return Kept(
        before, after, anew,
        following=tuple(row for row in staying if row not in extended) if anew else (),
        own=tuple(row for row in extended if relaid and not _rearmed(running, row)),
        extended=tuple(extended), withdrawn=withdrawn, again=again if in_time else (),
        added=new if in_time else (), too_late=() if in_time else new,
        filed=sum(row.state == "filed" for row in rows), exempt=sum(row.state == "exempt" for row in rows),
    )  # fmt: skip


def _keeps_date(running: Running, row: Submission, after: Occurrence, *, moved: bool) -> bool:
    """Whether a unit keeps a deadline of its own: a later date, or a ladder counted anew for the same date."""
    if row.deadline_id not in running.own:
        return False
    if row.extended_from is not None:
        return row.due_at >= after.due_at
    return not moved and _rearmed(running, row)


def _rearmed(running: Running, row: Submission) -> bool:
    own = running.own.get(row.deadline_id)
    return own is not None and own.rearmed_on is not None


def _gone(running: Running, definition: Definition, no_longer: set[Place]) -> Iterator[Place]:
    """Occurrences that the calendar no longer has, and all of those whose obligation is gone."""
    removed = running.texts.current.obligations.keys() - definition.obligations.keys()
    of_removed = {place for place in (*running.deadlines, *running.rows) if place[0] in removed}
    yield from sorted(no_longer | of_removed)


def _went(running: Running, place: Place) -> Went:
    before, rows = running.deadlines.get(place), running.rows.get(place, ())
    return Went(
        *place, before if before is not None and before.opened_at is None else None,
        tuple(row for row in rows if row.state in OPEN), sum(row.state == "filed" for row in rows),
    )  # fmt: skip


def _reassigned(running: Running, sides: Draft, kept: list[Kept]) -> dict[int, str]:
    """Open submissions that another post owes personally from now on."""
    found = {}
    for one in kept:
        owed = _fixed(sides.after, one.after.obligation)
        for row in running.rows.get(_place(one.after), ()):
            asked = owed.get(_key(row))
            if row.state in OPEN and asked is not None and asked.post != row.owner_post:
                found[row.id or 0] = asked.post
    return found

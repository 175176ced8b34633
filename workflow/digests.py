"""Before anything is sent: what can wait is put off, and what goes to one person at one instant becomes one message.

Messages are queued by kind and programme as things happen; here, when they are ready and nobody has begun to
write them, they are looked at together. ``workflow.waits`` says what may wait, decision record 0005 why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar

from sqlalchemy import Row, Select, delete, select, update
from sqlmodel import Session

from workflow import deadlines, holding, waits
from workflow.acts import Act
from workflow.calendars import Calendar
from workflow.hours import Hours
from workflow.links import LinkMaker
from workflow.moments import SHANGHAI
from workflow.store import Store
from workflow.tables import Deadline, Message, MessageItem, Submission
from workflow.waits import Matter

#: Kinds from the most urgent: a message made of several has the kind of the first.
URGENCY = ("escalation", "lapse", "urge", "request", "reminder", "notice")
TOLD_ALREADY = "当天另有一条同样的消息"
_PART = 500

_Of = TypeVar("_Of")
_message = Message.__table__  # type: ignore[attr-defined]
_item = MessageItem.__table__  # type: ignore[attr-defined]
_submission = Submission.__table__  # type: ignore[attr-defined]

_OPEN = ("draft", "pending", "overdue")


@dataclass
class _Letter:
    """A message that is ready, with what it still says."""

    id: int
    key: str
    programme_id: int
    kind: str
    person: str
    by_rung: bool
    ready: datetime
    items: list[Row[Any]] = field(default_factory=list)

    @property
    def launched(self) -> bool:
        """Whether it tells of a programme's start."""
        return self.key.startswith(f"{self.programme_id}:launch:")

    @property
    def reasons(self) -> set[str]:
        """Why it was queued, each once."""
        return {item.reason.partition(":")[0] for item in self.items}


def nothing(_session: Session) -> None:
    """Nothing more happens in the transaction."""


def settle(
    store: Store, now: datetime, links: LinkMaker, hours: Hours, *, also: Callable[[Session], object] = nothing
) -> bool:
    """Put off what can wait and join the rest, person by person; in one transaction, and again without effect.

    ``also`` is done in the same transaction. False, and neither is done, where nothing new is ready.
    """
    with store.read() as session:
        if session.execute(_ready(now).limit(1)).first() is None or holding.is_held(session):
            return False
    with store.write() as session:
        act = Act(session, now, links, hours=hours)
        letters = _letters(act)
        calendar = act.calendar()
        put_off = _put_off(act, letters, calendar)
        _join(act, [one for one in letters if one.id not in put_off])
        also(session)
    return True


def _ready(now: datetime) -> Select[Any]:
    """Messages whose time has come and which nobody has begun to write."""
    untouched = (_message.c.attempts == 0, _message.c.subject == "", _message.c.answer == "")
    return select(_message.c.id).where(_message.c.status == "queued", _message.c.not_before <= now, *untouched)


def _letters(act: Act) -> list[_Letter]:
    """The ready messages and their words, held until the end: words first, as whoever withdraws some does it."""
    found: list[_Letter] = []
    for part in _parts(act.session.execute(_ready(act.now).order_by(_message.c.id)).scalars().all()):
        said = (
            select(
                _item.c.id, _item.c.message_id, _item.c.submission_id, _item.c.reason, _item.c.rung, _item.c.day,
                _item.c.schedule_version, _submission.c.deadline_id, _submission.c.due_at, _submission.c.state,
                _submission.c.extended_from, _submission.c.programme_id, _submission.c.obligation,
            )
            .join(_submission, _submission.c.id == _item.c.submission_id)
            .where(_item.c.message_id.in_(part), _item.c.dropped.is_(None))
        )  # fmt: skip
        items = act.session.execute(said.order_by(_item.c.id).with_for_update(of=_item)).all()
        found += _with_items(act, part, items)
    return found


def _with_items(act: Act, ids: Sequence[int], items: Sequence[Row[Any]]) -> list[_Letter]:
    # Asked again now that nobody else can begin one of them.
    held = _ready(act.now).where(_message.c.id.in_(ids)).order_by(_message.c.id).with_for_update()
    kept = (_message.c[name] for name in ("key", "programme_id", "kind", "person", "batch", "not_before"))
    letters = {
        row.id: _Letter(
            row.id, row.key, row.programme_id, row.kind, row.person, row.batch is not None, row.not_before
        )
        for row in act.session.execute(held.add_columns(*kept))
    }  # fmt: skip
    for item in items:
        if item.message_id in letters:
            letters[item.message_id].items.append(item)
    return [letter for letter in letters.values() if letter.items]


def _put_off(act: Act, letters: Iterable[_Letter], calendar: Calendar) -> set[int]:
    """Move what may wait to its time; the messages that do not go now."""
    waiting: dict[datetime, list[_Letter]] = {}
    rungs = _Rungs(act)
    for letter in letters:
        if waits.may_wait(letter.reasons, act.now, act.hours, calendar):
            instant = min(
                waits.until(_matter(act, letter, item, rungs), act.now, act.hours, calendar) for item in letter.items
            )
            if instant > act.now:
                waiting.setdefault(instant, []).append(letter)
    for instant, some in waiting.items():
        for part in _parts([one.id for one in some]):
            act.session.execute(update(_message).where(_message.c.id.in_(part)).values(not_before=instant))
        day = instant.astimezone(SHANGHAI).date()
        for letter in some:
            _say_on(act, letter, day)
    return {one.id for some in waiting.values() for one in some}


def _matter(act: Act, letter: _Letter, item: Row[Any], rungs: _Rungs) -> Matter:
    if letter.launched:
        return Matter(reason=waits.LAUNCHED, ready=letter.ready, ends=_ends(item))
    by_rung = letter.by_rung and item.rung.startswith(("rung:", "chase:"))
    return Matter(
        reason=item.reason.partition(":")[0], ready=letter.ready, ends=_ends(item), by_rung=by_rung,
        stated=rungs.stated(item) if by_rung else None,
    )  # fmt: skip


def _ends(item: Row[Any]) -> tuple[datetime, ...]:
    """The deadlines, the present and the first one, of what is still owed or was freed."""
    if item.state not in (*_OPEN, "exempt"):
        return ()
    first = (deadlines.due_at(item.extended_from),) if item.extended_from is not None else ()
    return (item.due_at, *first)


@dataclass
class _Rungs:
    """The times of day that ladders state, looked up once."""

    act: Act
    known: dict[tuple[object, ...], time | None] = field(default_factory=dict)

    def stated(self, item: Row[Any]) -> time | None:
        """The time of day written for the rung that speaks; None where it has none of its own."""
        chase = item.rung.startswith("chase:")
        place = (item.programme_id, item.obligation) if chase else (item.deadline_id, item.rung)
        if place not in self.known:
            self.known[place] = self._chase(item) if chase else self._rung(item)
        return self.known[place]

    def _chase(self, item: Row[Any]) -> time | None:
        ladder = self.act.definition(item.programme_id).ladder_of(item.obligation)
        written = (rung.pending_for.at for rung in ladder if rung.pending_for is not None)
        return next((at for at in written if at is not None), None)

    def _rung(self, item: Row[Any]) -> time | None:
        deadline = self.act.session.get(Deadline, item.deadline_id)
        assert deadline is not None
        ladder, position = self.act.ladder(deadline), int(item.rung.partition(":")[2])
        offset = ladder[position].at if position < len(ladder) else None
        return offset.at if offset is not None else None


def _say_on(act: Act, letter: _Letter, day: date) -> None:
    """Let the words of a message put off count for the day they are said on, where nothing else says them then."""
    moved = [item for item in letter.items if item.day != day]
    if not moved:
        return
    there = _said_on(act, letter.person, {item.submission_id for item in moved}, day)
    for item in moved:
        told = there.get((item.submission_id, item.reason, item.schedule_version))
        if told is None:
            there[item.submission_id, item.reason, item.schedule_version] = True
            act.session.execute(update(_item).where(_item.c.id == item.id).values(day=day))
        elif told:
            act.session.execute(update(_item).where(_item.c.id == item.id).values(dropped=TOLD_ALREADY))
    spoken = select(_item.c.id).where(_item.c.message_id == letter.id, _item.c.dropped.is_(None))
    silent = update(_message).where(_message.c.id == letter.id, ~spoken.exists())
    act.session.execute(silent.values(status="cancelled", answer=TOLD_ALREADY))


def _said_on(act: Act, person: str, submissions: Iterable[int], day: date) -> dict[tuple[int, str, int], bool]:
    """What a person is told on a day of these submissions: by submission, reason and version, whether it still is."""
    found: dict[tuple[int, str, int], bool] = {}
    for part in _parts(sorted(submissions)):
        rows = select(_item.c.submission_id, _item.c.reason, _item.c.schedule_version, _item.c.dropped).where(
            _item.c.person == person, _item.c.day == day, _item.c.submission_id.in_(part)
        )
        for row in act.session.execute(rows):
            found[row.submission_id, row.reason, row.schedule_version] = row.dropped is None
    return found


def _join(act: Act, letters: Iterable[_Letter]) -> None:
    """Make one message of all that goes to a person now: the most urgent one takes the words of the others."""
    by_person: dict[str, list[_Letter]] = {}
    for letter in letters:
        # A start is told by itself: its letter says so at its head.
        if letter.kind in URGENCY and not letter.launched:
            by_person.setdefault(letter.person, []).append(letter)
    gone: list[int] = []
    for some in by_person.values():
        first, *others = sorted(some, key=lambda one: (URGENCY.index(one.kind), one.id))
        for part in _parts([one.id for one in others]):
            act.session.execute(update(_item).where(_item.c.message_id.in_(part)).values(message_id=first.id))
            gone += part
    for part in _parts(gone):
        act.session.execute(delete(_message).where(_message.c.id.in_(part)))


def _parts(values: Sequence[_Of]) -> Iterator[Sequence[_Of]]:
    return (values[start : start + _PART] for start in range(0, len(values), _PART))

"""The two clocks: the machine's, and the rehearsal clock that stands still until a person moves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, select

from workflow import sweep
from workflow.links import LinkMaker
from workflow.moments import SHANGHAI
from workflow.refusals import ClockBackwards, ClockTooFar, NotRehearsing, StoreModeMismatch
from workflow.store import Store
from workflow.tables import Meta, Programme

MODES = {"live": "正式", "rehearsal": "演练"}
_NOW = "rehearsal-now"
_FIRST_MODE = text("INSERT INTO meta (key, value) VALUES ('mode', :value) ON CONFLICT DO NOTHING")
#: The farthest one move may go.
FARTHEST = timedelta(days=1100)


def settle_mode(store: Store, *, rehearsal: bool) -> None:
    """Fix what a new store is for; raises StoreModeMismatch when it has been used for the other."""
    wanted = "rehearsal" if rehearsal else "live"
    with store.write() as session:
        # Of several processes that start at once on a new store one writes it, the others find it.
        session.execute(_FIRST_MODE, {"value": wanted})
        mode = session.get_one(Meta, "mode").value
        if mode != wanted:
            raise StoreModeMismatch(mode=MODES[mode], wanted=MODES[wanted])


def mode_of(session: Session) -> str | None:
    """``live``, ``rehearsal``, or None for a store that has not been used."""
    row = session.get(Meta, "mode")
    return row.value if row else None


def now(session: Session, *, rehearsal: bool) -> datetime:
    """The instant of this store's clock."""
    if not rehearsal:
        return datetime.now(UTC)
    row = session.get(Meta, _NOW)
    return datetime.fromisoformat(row.value) if row else datetime.now(UTC)


def set_before_launch(session: Session, instant: datetime) -> None:
    """Put the rehearsal clock anywhere; only while nothing has been launched yet.

    Raises ClockBackwards, and ValueError for a naive instant: it would be taken for the machine's own zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"naive datetime refused: {instant!r}")
    row = session.get(Meta, _NOW)
    if row is not None and session.exec(select(Programme.id).limit(1)).first() is not None:
        _refuse_backwards(datetime.fromisoformat(row.value), instant)
    session.merge(Meta(key=_NOW, value=instant.astimezone(UTC).isoformat()))


def is_set(session: Session) -> bool:
    """Whether somebody has set the rehearsal clock."""
    return session.get(Meta, _NOW) is not None


def advance(
    store: Store, target: datetime, links: LinkMaker, *, deliver: Callable[[datetime], object] | None = None
) -> datetime:
    """Move the rehearsal clock to ``target``, doing everything due on the way in order.

    ``deliver`` sends what is ready at an instant. Raises ClockBackwards, ClockTooFar, NotRehearsing.
    """
    with store.write() as session:
        if mode_of(session) != "rehearsal":
            raise NotRehearsing
        if session.exec(select(Programme.id).limit(1)).first() is None:
            set_before_launch(session, target)
            return target
        here = now(session, rehearsal=True)
        _refuse_backwards(here, target)
        if target - here > FARTHEST:
            raise ClockTooFar(days=FARTHEST.days)
    for instant in _stops(store, here, target):
        with store.write() as session:
            _refuse_backwards(now(session, rehearsal=True), instant)
            session.merge(Meta(key=_NOW, value=instant.astimezone(UTC).isoformat()))
        sweep.run(store, instant, links)
        if deliver is not None:
            deliver(instant)
    return target


def _stops(store: Store, here: datetime, target: datetime) -> Iterator[datetime]:
    """Where the clock stands, each instant something is due at, the target; looked up anew after each stop."""
    yield here
    while True:
        with store.read() as session:
            upcoming = sweep.next_instant(session, after=here)
        if upcoming is None or upcoming >= target:
            break
        yield upcoming
        here = upcoming
    if target > here:
        yield target


def _refuse_backwards(here: datetime, target: datetime) -> None:
    if target < here:
        raise ClockBackwards(now=_shown(here), target=_shown(target))


def _shown(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y年%m月%d日 %H:%M")

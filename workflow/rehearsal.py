"""A programme run on a virtual clock with nobody submitting: every alert and transition, no store touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from workflow import clock, posts
from workflow.acts import Act
from workflow.calendars import DayRule
from workflow.engine import Deliver, keep_queued
from workflow.launch import Plan, launch, plan
from workflow.library import Pinned
from workflow.links import LinkMaker
from workflow.moments import SHANGHAI
from workflow.roster import Directory, Roster
from workflow.store import Store
from workflow.tables import History, Message, MessageItem, Submission

#: A rehearsal makes links that nobody can click; the key protects nothing.
_LINKS = LinkMaker(b"rehearsal")


@dataclass(frozen=True)
class Item:
    """One submission an alert speaks of."""

    obligation: str
    occurrence: str
    unit: str


@dataclass(frozen=True)
class Line:
    """One alert to one person, or one transition (``recipients`` empty), at an instant in Asia/Shanghai."""

    at: datetime
    kind: str
    type: str
    items: tuple[Item, ...]
    recipients: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    subject: str = ""

    @property
    def obligation(self) -> str | None:
        """The obligation when all items share one."""
        return _only(item.obligation for item in self.items)

    @property
    def occurrence(self) -> str | None:
        """The occurrence when all items share one."""
        return _only(item.occurrence for item in self.items)

    @property
    def units(self) -> tuple[str, ...]:
        """The units concerned, each once."""
        return tuple(dict.fromkeys(item.unit for item in self.items))


@dataclass(frozen=True)
class Rehearsed:
    """The whole run: the plan it started from and what happened, in order."""

    plan: Plan
    launched_at: datetime
    lines: tuple[Line, ...] = ()
    years: dict[int, tuple[DayRule, ...]] = field(default_factory=dict)


def start_of(pinned: Pinned, cycle: int) -> datetime:
    """When a rehearsal begins unless told otherwise: the programme's publication in that cycle."""
    published = pinned.definition.published
    if published is not None:
        return published.resolve(cycle)
    return datetime(cycle, 1, 1, 8, 30, tzinfo=SHANGHAI)


def rehearse(
    pinned: Pinned,
    roster: Roster,
    *,
    cycle: int,
    start: datetime,
    end: datetime,
    years: dict[int, tuple[DayRule, ...]] | None = None,
    deliver_through: Callable[[Store, LinkMaker], Deliver] | None = None,
) -> Rehearsed:
    """Run the engine itself from ``start`` to ``end``; raises what a launch raises.

    ``deliver_through`` makes the delivery that writes the letters; without it they have no subject.
    """
    store = Store.in_memory()
    try:
        store.migrate()
        clock.settle_mode(store, rehearsal=True)
        with store.write() as session:
            for year, rules in (years or {}).items():
                posts.import_calendar(session, year, rules)
            posts.import_roster(session, roster)
            clock.set_before_launch(session, start)
            act = Act(session, start, _LINKS)
            planned = plan(act, pinned, cycle)
            launch(act, pinned, cycle)
        deliver = deliver_through(store, _LINKS) if deliver_through else keep_queued
        clock.advance(store, end, _LINKS, deliver=deliver)
        return Rehearsed(planned, start, _lines(store, Directory(roster)))
    finally:
        store.close()


def _lines(store: Store, directory: Directory) -> tuple[Line, ...]:
    with store.read() as session:
        submissions = {row.id: row for row in session.exec(select(Submission))}
        about: dict[int, list[Item]] = {}
        for item in session.exec(select(MessageItem).order_by(col(MessageItem.id))):
            about.setdefault(item.message_id, []).append(_item(submissions[item.submission_id]))
        messages = list(session.exec(select(Message)))
        moves = select(History).where(col(History.event).in_(("lapse", "open"))).order_by(col(History.submission_id))
        moved = list(session.exec(moves))
        # An anchor speaks of the record, not of the programme.
        letters = [message for message in messages if message.kind != "anchor"]
        alerts = [_alert(message, about.get(message.id or 0, []), directory) for message in letters]
        grouped: dict[tuple[datetime, str, str], list[Item]] = {}
        for entry in moved:
            row = submissions[entry.submission_id]
            grouped.setdefault((entry.at, entry.event, row.obligation), []).append(_item(row))
    transitions = [
        Line(at.astimezone(SHANGHAI), event, "transition", tuple(items)) for (at, event, _), items in grouped.items()
    ]
    return tuple(
        sorted(
            [*transitions, *alerts],
            key=lambda line: (line.at, line.type == "alert", line.kind, line.recipients),
        )
    )


def _alert(message: Message, items: Iterable[Item], directory: Directory) -> Line:
    person = directory.person(message.person)
    channels = (("wecom",) if person.wecom_id else ()) + (("mail",) if person.email else ())
    return Line(
        (message.sent_at or message.not_before).astimezone(SHANGHAI), message.kind, "alert", tuple(items),
        (message.person,), (message.recipient,), channels, message.subject,
    )  # fmt: skip


def _item(row: Submission) -> Item:
    return Item(row.obligation, row.occurrence, row.unit)


def _only(values: Iterable[str]) -> str | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None

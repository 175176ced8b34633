"""Who holds up one submission: by post, name and telephone, since when, and when they were last told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, select

from workflow import catalogue, desks, ledger, papers, sight, summaries
from workflow.acts import Act
from workflow.audience import Audience, Concern
from workflow.definition import OFFICE_BODY
from workflow.desks import UnitName
from workflow.papers import HistoryLine
from workflow.summaries import Summary
from workflow.tables import SignOff, Submission

#: What puts a submission on the unit's desk.
_TO_UNIT = frozenset({"launch", "open", "return", "withdraw", "reopen"})
#: As much of the history as tells where it stands.
_LATEST = 5


@dataclass(frozen=True)
class Holder:
    """Somebody whose move it is, since an instant; ``phone`` is empty where the roster has none, or for a unit."""

    post: str
    name: str
    phone: str
    since: datetime | None


@dataclass(frozen=True)
class Glance:
    """One submission in short; ``latest`` are its last few entries, the newest first."""

    summary: Summary
    cycle: int
    holders: tuple[Holder, ...]
    latest: tuple[HistoryLine, ...]


def of(act: Act, submission_id: int) -> Glance:
    """One submission in short; raises NotFound, also for another unit's."""
    row = ledger.load(act.session, submission_id)
    sight.check(act, row)
    listed = catalogue.by_id(act, [row.programme_id])[row.programme_id]
    audience = catalogue.audiences(act, [listed])[listed.id]
    unit = audience.directory.unit(row.unit)
    history = papers.history_lines(act, row)
    summary = summaries.of_row(
        row,
        unit=UnitName(unit.code, unit.name, unit.category),
        listed=listed,
        audience=audience,
        late=desks.lateness(row, act.now, act.calendar()),
        stuck=(),
    )
    summary = replace(summary, extension=papers.extension(row, history))
    return Glance(summary, listed.cycle, tuple(_holders(act, row, audience, history)), _latest(history))


def _holders(act: Act, row: Submission, audience: Audience, history: Sequence[HistoryLine]) -> Iterator[Holder]:
    if row.waiting_on == "approver":
        waiting = select(SignOff).where(
            SignOff.submission_id == row.id, col(SignOff.decision).is_(None), col(SignOff.closed_at).is_(None)
        )
        for one in act.session.exec(waiting.order_by(col(SignOff.id))):
            yield Holder(one.post_title, one.holder, _phone(act, audience, one.person), one.asked_at)
        return
    if row.waiting_on not in ("unit", "office"):
        return
    post = OFFICE_BODY if row.waiting_on == "office" else row.owner_post
    since = row.pending_since if row.waiting_on == "office" else _with_unit_since(history)
    for person in audience.owners(Concern(row.unit, owner_post=post)):
        yield Holder(person.post_title, person.name, _phone(act, audience, person.person), since)


def _phone(act: Act, audience: Audience, person: str) -> str:
    """A telephone number, for those who may call anybody: a unit's own people ask the office."""
    known = audience.directory.knows(person) and sight.own_unit(act) is None
    return (audience.directory.person(person).mobile or "") if known else ""


def _with_unit_since(history: Iterable[HistoryLine]) -> datetime | None:
    return next((line.at for line in reversed(tuple(history)) if line.event in _TO_UNIT), None)


def _latest(history: Sequence[HistoryLine]) -> tuple[HistoryLine, ...]:
    return tuple(reversed([line for line in history if line.event != "edit"][-_LATEST:]))

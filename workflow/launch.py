"""Launching a programme for a cycle: what would be created and what is wrong, then the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from workflow import deadlines, ledger, rungs, schedules
from workflow.acts import Act
from workflow.audience import Audience
from workflow.deadlines import Occurrence
from workflow.definition import APPROVER, Definition, Obligation
from workflow.ledger import Entry
from workflow.library import Pinned
from workflow.notices import Envelope
from workflow.posts import directory
from workflow.refusals import AlreadyLaunched, LaunchRefused
from workflow.tables import Deadline, Programme, RungRow, Submission


@dataclass(frozen=True)
class PlannedObligation:
    """One obligation as it would be launched."""

    obligation: str
    title: str
    due_date: date
    units: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What a launch would create; ``wrong`` stops it, ``provisional`` years are said but do not."""

    key: str
    obligations: tuple[PlannedObligation, ...]
    wrong: tuple[str, ...]
    provisional: tuple[int, ...]

    @property
    def submissions(self) -> int:
        """How many submissions would be opened."""
        return sum(len(one.units) for one in self.obligations)


def key_of(definition: Definition, cycle: int) -> str:
    """The public key of a programme: ``<definition>-<cycle>``."""
    return f"{definition.programme}-{cycle}"


def plan(act: Act, pinned: Pinned, cycle: int) -> Plan:
    """What launching now would create, and everything wrong with it, with the roster of the store."""
    definition = pinned.definition
    audience = Audience(definition, directory(act.session), act.today)
    try:
        due = deadlines.occurrences(definition, cycle)
        years = deadlines.years_touched(definition, cycle, act.calendar())
    except ValueError as fault:
        return Plan(key_of(definition, cycle), (), (f"{cycle}年无法启动：{fault}",), ())
    calendar = act.calendar()
    planned = tuple(_planned(audience, definition, one) for one in due)
    wrong = [text for one in planned for text in _wrong(audience, definition.obligations[one.obligation], one)]
    return Plan(
        key_of(definition, cycle), planned, tuple(dict.fromkeys(wrong)),
        tuple(year for year in years if calendar.provisional(year)),
    )  # fmt: skip


def launch(act: Act, pinned: Pinned, cycle: int) -> Programme:
    """Publish a programme: deadlines, rungs, one submission per unit and occurrence, in one transaction.

    Rungs already past collapse into one notice per person, queued at once: the Ordos plan was printed four
    days before its first date. Raises AlreadyLaunched, LaunchRefused.
    """
    planned = plan(act, pinned, cycle)
    if act.session.exec(select(Programme).where(Programme.key == planned.key)).first():
        raise AlreadyLaunched(key=planned.key)
    if planned.wrong:
        raise LaunchRefused(reason="；".join(planned.wrong[:20]))
    definition = pinned.definition
    programme = Programme(
        key=planned.key, definition=definition.programme, cycle=cycle, title=definition.title,
        version=pinned.version, source_text=pinned.text, launched_at=act.now,
    )  # fmt: skip
    act.session.add(programme)
    try:
        act.session.flush()
    except IntegrityError:
        # Somebody else launched it while the plan was made.
        raise AlreadyLaunched(key=planned.key) from None
    assert programme.id is not None
    units = {one.obligation: one.units for one in planned.obligations}
    for occurrence in deadlines.occurrences(definition, cycle):
        deadline = schedules.lay_out(act, programme.id, occurrence)
        _open_submissions(act, deadline, units[occurrence.obligation])
    _collapse_past(act, programme.id)
    return programme


def _planned(audience: Audience, definition: Definition, one: Occurrence) -> PlannedObligation:
    obligation = definition.obligations[one.obligation]
    return PlannedObligation(one.obligation, obligation.title, one.due_date, audience.units_owing(obligation.owed_by))


def _wrong(audience: Audience, obligation: Obligation, planned: PlannedObligation) -> list[str]:
    found = []
    if not planned.units:
        found.append(f"“{obligation.title}”没有报送单位：花名册中没有属于“{obligation.owed_by}”分组的单位")
    for group in audience.definition.groups.values():
        known = {name for row in audience.directory.units() for name in (row.name, row.code)}
        found += [f"花名册中没有单位“{name}”" for name in group.units if name not in known]
    for unit in planned.units:
        name = audience.directory.unit(unit).name
        for step in obligation.sign_off:
            if not audience.approvers(step, unit):
                title = audience.definition.post_title(audience.approving_post(step, unit))
                found.append(f"“{name}”没有审签人：无人担任“{title}”")
        if not audience.holders("liaison", unit):
            found.append(f"“{name}”没有联络员")
    found += _empty_posts(audience, obligation, planned.units)
    return found


def _empty_posts(audience: Audience, obligation: Obligation, units: Sequence[str]) -> list[str]:
    ladder = audience.definition.ladders[obligation.ladder] if obligation.ladder else ()
    posts = {post for rung in ladder for post in rung.to if post != APPROVER} | {obligation.receiver}
    return [
        f"无人担任“{audience.definition.post_title(post)}”"
        for post in sorted(posts)
        if units and not any(audience.holders(post, unit) for unit in units)
    ]


def _open_submissions(act: Act, deadline: Deadline, units: Sequence[str]) -> None:
    assert deadline.id is not None
    rows = [
        Submission(
            programme_id=deadline.programme_id,
            obligation=deadline.obligation,
            occurrence=deadline.occurrence,
            unit=unit,
            deadline_id=deadline.id,
            due_date=deadline.due_date,
            due_at=deadline.due_at,
        )
        for unit in units
    ]
    act.session.add_all(rows)
    act.session.flush()
    ledger.open_history(act.session, rows, Entry("launch", act.now, act.now, act.actor.name))


def _collapse_past(act: Act, programme_id: int) -> None:
    past = (
        select(RungRow)
        .join(Deadline, col(RungRow.deadline_id) == col(Deadline.id))
        .where(Deadline.programme_id == programme_id, RungRow.fires_at <= act.now)
        .order_by(col(RungRow.fires_at), col(RungRow.id))
    )
    envelope = Envelope("notice", programme_id, "launch", act.now)
    for row in list(act.session.exec(past)):
        fired = rungs.firing(act, row)
        after: int | None = 0
        while after is not None:
            after = rungs.fire_chunk(act, fired, envelope, after=after, states=("draft",))
        row.batch, row.fired_at = schedules.BEFORE_ITS_TIME, act.now
    act.session.flush()

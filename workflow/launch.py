"""Launching a programme for a cycle: what would be created and what is wrong, then the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from workflow import (
    bodies,
    coverage,
    deadlines,
    library,
    openings,
    owing,
    past_rungs,
    posts,
    schedules,
    second_channels,
)
from workflow.acts import Act
from workflow.audience import Audience
from workflow.deadlines import Occurrence
from workflow.definition import APPROVER, PARTIES, Definition, Obligation
from workflow.library import Pinned
from workflow.likeness import SAME, likeness
from workflow.posts import directory
from workflow.refusals import AlreadyLaunched, LaunchRefused
from workflow.tables import Deadline, Programme, ProgrammeVersion

#: Told how much of a launch is done, and of how much.
Seen = Callable[[int, int], None]


@dataclass(frozen=True)
class PlannedObligation:
    """One occurrence of an obligation as it would be launched; ``units`` owe it as things stand."""

    obligation: str
    title: str
    due_date: date
    units: tuple[str, ...]
    occurrence: str = ""
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """What a launch would create; ``wrong`` stops it, ``provisional`` years are said but do not.

    ``alike`` are running programmes of the cycle that look like the same plan, with the share they have in common;
    ``cautions`` are approvers who cannot take the second step that is asked of them.
    """

    key: str
    obligations: tuple[PlannedObligation, ...]
    wrong: tuple[str, ...]
    provisional: tuple[int, ...]
    alike: tuple[tuple[str, float], ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def submissions(self) -> int:
        """How many submissions would be opened at once."""
        return sum(len(one.units) for one in self.obligations if one.opens_at is None)


def key_of(definition: Definition, cycle: int) -> str:
    """The public key of a programme: ``<definition>-<cycle>``."""
    return f"{definition.programme}-{cycle}"


def plan(act: Act, pinned: Pinned, cycle: int) -> Plan:
    """What launching now would create, and everything wrong with it, with the roster of the store."""
    definition, calendar = pinned.definition, act.calendar()
    key = key_of(definition, cycle)
    audience = bodies.known(Audience(definition, directory(act.session), act.today))
    try:
        due = deadlines.occurrences(definition, cycle, calendar)
        years = deadlines.years_touched(definition, cycle, calendar)
    except ValueError as fault:
        return Plan(key, (), (f"{cycle}年无法启动：{fault}",), ())
    planned = tuple(_planned(act, audience, one) for one in due)
    wrong = _lacking(audience, planned)
    if act.session.exec(select(Programme.id).where(Programme.key == key)).first() is not None:
        wrong.append(f"方案“{key}”已经启动；要修改请用“调整方案”（duban amend）")
    return Plan(
        key, planned, tuple(dict.fromkeys(wrong)), tuple(year for year in years if calendar.provisional(year)),
        tuple(_alike(act, definition, cycle)),
        second_channels.lacking(audience, [(one.obligation, unit) for one in planned for unit in one.units]),
    )  # fmt: skip


def lacking(act: Act, definition: Definition, cycle: int) -> tuple[str, ...]:
    """What a programme that runs lacks with the roster as it stands: nobody who signs, hears or holds a post."""
    audience = bodies.known(Audience(definition, directory(act.session), act.today))
    try:
        due = deadlines.occurrences(definition, cycle, act.calendar())
    except ValueError:
        return ()
    return tuple(dict.fromkeys(_lacking(audience, tuple(_planned(act, audience, one) for one in due))))


def _lacking(audience: Audience, planned: Sequence[PlannedObligation]) -> list[str]:
    obligations = audience.definition.obligations
    wrong = [text for one in planned for text in wrong_with(audience, obligations[one.obligation], one)]
    wrong += coverage.gaps(audience)
    return wrong + [text for name in obligations for text in draws_too_many(audience, name)]


def launch(act: Act, pinned: Pinned, cycle: int, *, seen: Seen = lambda _done, _of: None) -> Programme:
    """Publish a programme: deadlines, rungs, one submission per unit and occurrence, in one transaction.

    ``seen`` is told after each occurrence how many are laid out, and of how many. Rungs already past collapse into
    one notice per person, queued at once: the Ordos plan was printed four days before its first date. Raises
    AlreadyLaunched, LaunchRefused.
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
    act.session.add(
        ProgrammeVersion(
            programme_id=programme.id, version=pinned.version, source_text=pinned.text, since=act.now,
            actor=act.actor.name,
        )
    )  # fmt: skip
    posts.settle_bodies(act.session, bodies.missing(act.audience(programme.id)))
    due = deadlines.occurrences(definition, cycle, act.calendar())
    for number, occurrence in enumerate(due, start=1):
        deadline = schedules.lay_out(act, programme.id, occurrence)
        if deadline.opens_at is None or deadline.opens_at <= act.now:
            openings.open_deadline(act, deadline, event="launch")
        seen(number, len(due))
    laid_out = select(Deadline.id).where(Deadline.programme_id == programme.id)
    past_rungs.collapse(act, [one for one in act.session.exec(laid_out) if one is not None], "launch")
    return programme


def draws_too_many(audience: Audience, name: str) -> Iterator[str]:
    """Draws that ask for more units than their group has."""
    obligation = audience.definition.obligations[name]
    for part in obligation.owed_by.draw:
        there = len(audience.units_in(part.source))
        if part.count.at_least > there:
            group = audience.definition.groups.get(part.source)
            named = (group.title if group else "") or part.source
            yield f"“{obligation.title}”要从“{named}”抽取{part.count.at_least}个，该分组只有{there}个单位"


def _alike(act: Act, definition: Definition, cycle: int) -> Iterator[tuple[str, float]]:
    others = select(Programme).where(Programme.cycle == cycle, Programme.definition != definition.programme)
    for row in act.session.exec(others.order_by(Programme.key)):
        share = likeness(definition, library.pinned(row.source_text).definition)
        if share >= SAME:
            yield row.key, share


def _planned(act: Act, audience: Audience, one: Occurrence) -> PlannedObligation:
    obligation = audience.definition.obligations[one.obligation]
    lot = act.links.lot(f"plan:{one.obligation}:{one.key}")
    owed = owing.owing(audience, obligation, number=one.number, lot=lot)
    opens_at = one.opens_at if one.opens_at is not None and one.opens_at > act.now else None
    return PlannedObligation(
        one.obligation, obligation.title, one.due_date, tuple(who.unit for who in owed), one.key, opens_at
    )


def wrong_with(audience: Audience, obligation: Obligation, planned: PlannedObligation) -> list[str]:
    """What stops these units from owing an obligation, in Chinese: nobody who signs, hears or holds a post."""
    found = []
    if not planned.units:
        found.append(f"“{obligation.title}”没有报送单位：{_nobody(audience, obligation)}")
    for group in audience.definition.groups.values():
        found += [f"花名册中没有单位“{name}”" for name in group.units if audience.directory.called(name) is None]
    found += [f"花名册中没有单位“{name}”" for name in _unknown_units(audience, obligation)]
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


def _nobody(audience: Audience, obligation: Obligation) -> str:
    owner = obligation.owed_by
    if owner.units:
        return f"花名册中没有{'、'.join(owner.units)}"
    return f"花名册中没有属于“{'、'.join(owner.groups) or owner.named or ''}”分组的单位"


def _unknown_units(audience: Audience, obligation: Obligation) -> list[str]:
    named = (*obligation.owed_by.units, *obligation.cooperating)
    known = audience.definition.groups
    return [name for name in named if name not in known and audience.directory.called(name) is None]


def _empty_posts(audience: Audience, obligation: Obligation, units: Sequence[str]) -> list[str]:
    ladder = audience.definition.ladders[obligation.ladder] if obligation.ladder else ()
    named = {post for rung in ladder for post in rung.to if post != APPROVER and post not in PARTIES}
    named |= set(obligation.receivers) | ({obligation.leader} if obligation.leader else set())
    return [
        f"无人担任“{audience.definition.post_title(post)}”"
        for post in sorted(named)
        if units and not any(audience.holders(post, unit) for unit in units)
    ]

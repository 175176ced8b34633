"""A programme as it runs: its obligations with forms, sign-off, ladders and the dates they fall on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select

from workflow import catalogue, deadlines, excerpts, lifecycle, lights, overview, schedules, sight, staffing, wording
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.definition import (
    APPROVER,
    MEMBER_UNITS,
    Criterion,
    Definition,
    FormField,
    LightRule,
    Obligation,
    Rung,
    Step,
)
from workflow.lifecycle import Lifecycle
from workflow.overview import Counts, Overview, counted
from workflow.staffing import Staffed
from workflow.tables import Deadline, RungRow, Submission

_d = Deadline.__table__  # type: ignore[attr-defined]
_r = RungRow.__table__  # type: ignore[attr-defined]
_s = Submission.__table__  # type: ignore[attr-defined]

#: No submission at all.
NONE = Counts()
#: What a programme has been found to have: rows of deadlines, when their rungs fire, how their submissions stand.
Fires = Mapping[tuple[int, int], datetime]
Standings = Mapping[tuple[str, str], Counts]


@dataclass(frozen=True)
class StageSpan:
    """A stage and its days in this cycle; ``until`` is None for an open-ended one."""

    id: str
    title: str
    clause: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Occurrence:
    """One due instance: its last day, the first late instant, and when each rung fires (None: it waits).

    ``heading`` tells it from the others where each has its own thing; ``counts`` are of what the reader may see, and
    ``opened`` whether its submissions have come to be.
    """

    occurrence: str
    due_date: date
    due_at: datetime
    rungs: tuple[datetime | None, ...]
    heading: str = ""
    counts: Counts = NONE
    opened: bool = True


@dataclass(frozen=True)
class ObligationOutline:
    """One obligation with its occurrences; ``retired`` when an amendment took it out of the definition.

    ``written`` is the whole of it as the reader may know it; ``owner_text`` and ``due_text`` say in words who owes
    it and when.
    """

    id: str
    title: str
    clause: str | None
    duty: str
    stage: str | None
    owed_by: str
    requires: tuple[str, ...]
    form: Mapping[str, FormField]
    criteria: Mapping[str, Criterion]
    sign_off: tuple[Step, ...]
    receivers: tuple[str, ...]
    ladder: tuple[Rung, ...]
    occurrences: tuple[Occurrence, ...]
    written: Obligation
    lights: tuple[LightRule, ...]
    lifecycle: Lifecycle
    owner_text: str
    due_text: str
    retired: bool = False


@dataclass(frozen=True)
class Outline:
    """Everything a definition says, with its dates; ``posts`` are the titles of the posts it names.

    ``definition`` is what the reader may know of it, ``tasks`` counts the obligations of each part of the plan,
    ``bodies`` are those that act, with whoever leads them and answers for them today.
    """

    overview: Overview
    definition: Definition
    cycle: int
    stages: tuple[StageSpan, ...]
    posts: Mapping[str, str]
    groups: Mapping[str, str]
    tasks: Mapping[str, int]
    bodies: tuple[Staffed, ...]
    obligations: tuple[ObligationOutline, ...]


def of(act: Act, key: str) -> Outline:
    """The outline of a programme, without what is kept from the reader or does not concern them; raises NotFound."""
    listed = catalogue.by_key(act, key)
    secrets = sight.secrets(act, listed.id, listed.definition)
    audience = catalogue.audiences(act, [listed])[listed.id]
    definition = excerpts.known_to(act, listed, audience, secrets)
    fires, counts = _fires(act, listed.id), _counts(act, listed.id)
    found: dict[str, list[Row[Any]]] = {}
    for row in _deadlines(act, listed):
        # Where units are drawn or take turns, an occurrence that has opened for others is none of this reader's.
        theirs = sight.own_unit(act) is None or row.opened_at is None or (row.obligation, row.occurrence) in counts
        if theirs and not secrets.keep(row.obligation, row.occurrence):
            found.setdefault(row.obligation, []).append(row)
    return Outline(
        overview=overview.programme(act, key),
        definition=definition,
        cycle=listed.cycle,
        stages=_stages(listed),
        posts=_posts(definition),
        groups={name: wording.group(definition, name) for name in _groups(definition)},
        tasks=_tasks(listed),
        bodies=staffing.bodies(audience, definition),
        obligations=tuple(
            _outlined(listed, definition, name, found.get(name, ()), (fires, counts)) for name in definition.obligations
        ),
    )


def _deadlines(act: Act, listed: Listed) -> list[Row[Any]]:
    """The deadlines that hold: not those that an amendment took out of an obligation it kept."""
    asked = {
        (one.obligation, one.key) for one in deadlines.occurrences(listed.texts.current, listed.cycle, act.calendar())
    }
    by_calendar = {name for name, one in listed.texts.current.obligations.items() if one.due.from_calendar}
    return [
        row
        for row in schedules.shared(act, listed.id)
        if row.obligation not in by_calendar or (row.obligation, row.occurrence) in asked
    ]


def _fires(act: Act, programme_id: int) -> dict[tuple[int, int], datetime]:
    query = (
        select(_r.c.deadline_id, _r.c.position, _r.c.fires_at)
        .join(_d, _d.c.id == _r.c.deadline_id)
        .where(_d.c.programme_id == programme_id, _d.c.submission_id.is_(None))
    )
    return {(row.deadline_id, row.position): row.fires_at for row in act.session.execute(query)}


def _counts(act: Act, programme_id: int) -> dict[tuple[str, str], Counts]:
    """How the submissions of each occurrence stand, as far as the reader sees them."""
    query = (
        select(_s.c.obligation, _s.c.occurrence, _s.c.state, _s.c.late, func.count().label("number"))
        .where(_s.c.programme_id == programme_id, *sight.limits(act))
        .group_by(_s.c.obligation, _s.c.occurrence, _s.c.state, _s.c.late)
    )
    parts: dict[tuple[str, str], list[tuple[str, bool, int]]] = {}
    for row in act.session.execute(query):
        parts.setdefault((row.obligation, row.occurrence), []).append((row.state, row.late, row.number))
    return {place: counted(some) for place, some in parts.items()}


def _outlined(
    listed: Listed, definition: Definition, name: str, found: Sequence[Row[Any]], known: tuple[Fires, Standings]
) -> ObligationOutline:
    written = definition.obligations[name]
    ladder = definition.ladder_of(name)
    fires, counts = known
    return ObligationOutline(
        id=name,
        title=written.title,
        clause=written.clause,
        duty=written.duty,
        stage=written.stage,
        owed_by=str(written.owed_by),
        requires=written.requires,
        form=written.form,
        criteria=written.criteria,
        sign_off=written.sign_off,
        receivers=written.receivers,
        ladder=ladder,
        occurrences=tuple(
            Occurrence(
                row.occurrence, row.due_date, row.due_at, _fired(listed, row, ladder, fires), row.heading,
                counts.get((name, row.occurrence), NONE), row.opened_at is not None,
            )
            for row in found
        ),
        written=written,
        lights=lights.rules_of(definition, name),
        lifecycle=lifecycle.of(definition, name),
        owner_text=wording.owner(definition, name),
        due_text=wording.due(definition, name, listed.cycle),
        retired=name not in listed.texts.current.obligations,
    )  # fmt: skip


def _fired(listed: Listed, row: Row[Any], ladder: tuple[Rung, ...], fires: Fires) -> tuple[datetime | None, ...]:
    """When each rung of today's ladder fires; the rows know it by its place in the ladder of their own version."""
    own = listed.ladder(row.obligation, row.version)
    return tuple(fires.get((row.id, own.index(rung))) if rung in own else None for rung in ladder)


def _stages(listed: Listed) -> tuple[StageSpan, ...]:
    return tuple(
        StageSpan(
            name,
            stage.title,
            stage.clause,
            stage.since.span(listed.cycle)[0],
            stage.until.span(listed.cycle)[1] if stage.until else None,
        )
        for name, stage in listed.definition.stages.items()
    )


def _tasks(listed: Listed) -> dict[str, int]:
    """How many obligations each part of the plan has today."""
    planned = listed.texts.current.planned
    parts = [one.part for one in listed.texts.current.obligations.values()]
    return {part: parts.count(part) for part in planned.parts} if planned else {}


def _groups(definition: Definition) -> list[str]:
    """The groups that the obligations speak of."""
    named: set[str] = set()
    for one in definition.obligations.values():
        named |= {*one.owed_by.groups, *one.cooperating, one.owed_by.named or ""}
        named |= {name for step in one.sign_off for name in step.exceptions}
        named |= {name for criterion in one.criteria.values() for name in criterion.weights}
    return sorted(name for name in named if name == MEMBER_UNITS or name in definition.groups)


def _posts(definition: Definition) -> dict[str, str]:
    named = {post for name in definition.obligations for rung in definition.ladder_of(name) for post in rung.to}
    for one in definition.obligations.values():
        named |= {*one.receivers, one.leader or "", one.owed_by.each or ""}
        for step in one.sign_off:
            named |= {step.by, *step.exceptions.values()}
    titles = {post: definition.post_title(post) for post in sorted(named - {""})}
    return titles | ({APPROVER: "审签人"} if APPROVER in named else {})

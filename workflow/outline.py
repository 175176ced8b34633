"""A programme as it was launched: its obligations with forms, sign-off, ladders and the dates they fall on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from workflow import catalogue, overview
from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.definition import APPROVER, Criterion, FormField, Rung, Step
from workflow.overview import Overview
from workflow.tables import Deadline, RungRow

_d = Deadline.__table__  # type: ignore[attr-defined]
_r = RungRow.__table__  # type: ignore[attr-defined]


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
    """One due instance: its last day, the first late instant, and when each rung fires (None: it waits)."""

    occurrence: str
    due_date: date
    due_at: datetime
    rungs: tuple[datetime | None, ...]


@dataclass(frozen=True)
class ObligationOutline:
    """One obligation of the definition with its occurrences."""

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


@dataclass(frozen=True)
class Outline:
    """Everything a definition says, with its dates; ``posts`` are the titles of the posts it names."""

    overview: Overview
    stages: tuple[StageSpan, ...]
    posts: Mapping[str, str]
    obligations: tuple[ObligationOutline, ...]


def of(act: Act, key: str) -> Outline:
    """The outline of a programme; raises NotFound."""
    listed = catalogue.by_key(act, key)
    deadlines = act.session.execute(
        select(_d).where(_d.c.programme_id == listed.id, _d.c.submission_id.is_(None)).order_by(_d.c.due_at, _d.c.id)
    ).all()
    fires = _fires(act, listed.id)
    return Outline(
        overview=overview.programme(act, key),
        stages=_stages(listed),
        posts=_posts(listed),
        obligations=tuple(_outlined(listed, name, deadlines, fires) for name in listed.definition.obligations),
    )


def _fires(act: Act, programme_id: int) -> dict[tuple[int, int], datetime]:
    query = (
        select(_r.c.deadline_id, _r.c.position, _r.c.fires_at)
        .join(_d, _d.c.id == _r.c.deadline_id)
        .where(_d.c.programme_id == programme_id, _d.c.submission_id.is_(None))
    )
    return {(row.deadline_id, row.position): row.fires_at for row in act.session.execute(query)}


def _outlined(
    listed: Listed, name: str, deadlines: Sequence[Row[Any]], fires: Mapping[tuple[int, int], datetime]
) -> ObligationOutline:
    known = listed.obligation(name)
    ladder = listed.definition.ladder_of(name)
    return ObligationOutline(
        id=name,
        title=known.title,
        clause=known.clause,
        duty=known.duty,
        stage=known.stage,
        owed_by=str(known.owed_by),
        requires=known.requires,
        form=known.form,
        criteria=known.criteria,
        sign_off=known.sign_off,
        receivers=known.receivers,
        ladder=ladder,
        occurrences=tuple(
            Occurrence(
                row.occurrence,
                row.due_date,
                row.due_at,
                tuple(fires.get((row.id, position)) for position in range(len(ladder))),
            )
            for row in deadlines
            if row.obligation == name
        ),
    )


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


def _posts(listed: Listed) -> dict[str, str]:
    definition = listed.definition
    named = {post for name in definition.obligations for rung in definition.ladder_of(name) for post in rung.to}
    for obligation in definition.obligations.values():
        named |= set(obligation.receivers)
        for step in obligation.sign_off:
            named |= {step.by, *step.exceptions.values()}
    titles = {post: definition.post_title(post) for post in sorted(named)}
    return titles | ({APPROVER: "审签人"} if APPROVER in named else {})

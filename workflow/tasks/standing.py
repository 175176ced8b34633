"""How the tasks of a ledger stand: state, light and figures of the submissions that each became."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import col, select

from workflow.acts import Act
from workflow.catalogue import Listed
from workflow.posts import directory
from workflow.tables import Content, Deadline, Submission
from workflow.tasks.sheet_rows import TaskRow
from workflow.tasks.words import TimeLimit
from workflow.tasks.writing import rows_of

_WORST = ("red", "yellow", "green")


@dataclass(frozen=True)
class Reported:
    """A figure that a unit has filled in, as it stands."""

    unit: str
    label: str
    value: str


@dataclass(frozen=True)
class Standing:
    """The submissions of a task by state, the worst of their lights, and the figures filled in."""

    states: tuple[tuple[str, int], ...]
    light: str
    reported: tuple[Reported, ...]


def tasks_of(act: Act, programme: Listed) -> tuple[TaskRow, ...]:
    """The ledger of a running programme; what ledgers have no words for is given as the days it came to."""
    days: defaultdict[str, list[date]] = defaultdict(list)
    shared = select(Deadline).where(Deadline.programme_id == programme.id, col(Deadline.submission_id).is_(None))
    for one in act.session.exec(shared.order_by(col(Deadline.due_at))):
        days[one.obligation].append(one.due_date)
    return tuple(
        replace(task, limit=TimeLimit(tuple(dict.fromkeys(day.isoformat() for day in days[task.key]))))
        if task.limit is None and days[task.key]
        else task
        for task in rows_of(programme.definition)
    )


def standing_of(act: Act, programme: Listed) -> dict[str, Standing]:
    """How each task stands, by its number; a task without submissions yet is left out."""
    rows: defaultdict[str, list[Submission]] = defaultdict(list)
    asked = {task.key: task.no for task in programme.definition.tasks}
    found = select(Submission).where(
        Submission.programme_id == programme.id, col(Submission.obligation).startswith("task-")
    )
    for row in act.session.exec(found.order_by(col(Submission.due_at), col(Submission.id))):
        if row.obligation in asked:
            rows[row.obligation].append(row)
    contents = _contents(act, programme)
    return {asked[key]: _standing(act, programme, key, group, contents) for key, group in rows.items()}


def _contents(act: Act, programme: Listed) -> dict[int, dict[str, Any]]:
    """The newest content of every submission of the ledger."""
    newest = select(Content).join(Submission, col(Submission.id) == col(Content.submission_id))
    newest = newest.where(
        Submission.programme_id == programme.id, col(Submission.content_version) == col(Content.version),
        col(Submission.obligation).startswith("task-"),
    )  # fmt: skip
    return {one.submission_id: one.fields for one in act.session.exec(newest)}


def _standing(
    act: Act, programme: Listed, key: str, rows: Sequence[Submission], contents: dict[int, dict[str, Any]]
) -> Standing:
    targets, known = programme.definition.obligations[key].targets, directory(act.session)
    reported = []
    for row in rows:
        values = contents.get(row.id or 0, {})
        for name, target in targets.items():
            if values.get(name) not in (None, ""):
                said = Reported(known.unit(row.unit).name, target.label, f"{values[name]}{target.unit}")
                reported.append(said)
    lights = {row.light for row in rows}
    light = next((one for one in _WORST if one in lights), "")
    return Standing(tuple(Counter(row.state for row in rows).items()), light, tuple(reported))

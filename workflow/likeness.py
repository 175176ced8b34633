"""How alike two definitions are whatever their names: the same plan turns up in anonymised copies. Pure.

Places and units are taken out of such copies; dates, stages, questions and sign-offs stay. So only those are
compared, weighed by how much of either definition they make up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workflow.definition import Definition, Due, Obligation

#: From here on two definitions are taken for one plan.
SAME = 0.8


def likeness(one: Definition, other: Definition) -> float:
    """The share of traits two definitions have in common, from 0 to 1."""
    mine, theirs = Counter(_traits(one)), Counter(_traits(other))
    either = (mine | theirs).total()
    return (mine & theirs).total() / either if either else 0.0


def _traits(definition: Definition) -> Iterator[tuple[str, ...]]:
    for stage in definition.stages.values():
        yield "stage", str(stage.since), str(stage.until)
    for obligation in definition.obligations.values():
        due = _written(obligation.due)
        yield "due", due
        yield "sign-off", due, *(f"{len(step.exceptions)}/{step.need}" for step in obligation.sign_off)
        yield "asked", due, *sorted(field.type for field in obligation.form.values())
        yield "needs", due, *sorted(_dues(definition, obligation))


def _dues(definition: Definition, obligation: Obligation) -> Iterator[str]:
    needed = (definition.obligations.get(name) for name in obligation.requires)
    return (_written(one.due) for one in needed if one is not None)


def _written(due: Due) -> str:
    """A due date without the names it mentions."""
    if due.dates:
        return ",".join(str(one.on) for one in due.dates)
    return f"{due.kind}:{due.on or due.every or due.by or due.opened or ''}"

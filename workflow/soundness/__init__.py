"""What the models of a definition cannot see alone: names that must exist, dates, sums and machines that must hold."""

from workflow.definition import Definition
from workflow.soundness import dates, machines, names, openings, questions, sums
from workflow.soundness.findings import Unsound, places

__all__ = ["Unsound", "check"]


def check(definition: Definition, *, cycle: int | None) -> tuple[Unsound, ...]:
    """All findings; ``cycle`` is the year in which month-days are tried, None when it is not known yet."""
    unfinished = tuple(names.unfinished(definition))
    if unfinished:
        return unfinished
    where = places(definition)
    found = [*names.check(definition, where), *machines.check(definition), *sums.check(definition, where)]
    found += [*openings.check(definition, where), *questions.check(definition, where)]
    # Dates lean on names: an offset from an obligation that does not exist is reported once.
    return tuple(found) or tuple(dates.check(definition, where, cycle=cycle))

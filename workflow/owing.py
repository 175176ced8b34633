"""Who owes an occurrence: the units, bodies and posts that its obligation names on the day it opens. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from workflow.audience import Audience
from workflow.definition import Drawn, Obligation


@dataclass(frozen=True)
class Owing:
    """One who owes: a unit or body by its code, the post that owes personally, the unit it is about."""

    unit: str
    post: str = ""
    subject: str = ""


def owing(audience: Audience, obligation: Obligation, *, number: int, lot: Random) -> tuple[Owing, ...]:
    """Everyone who owes the ``number``-th occurrence; ``lot`` draws where the definition has units drawn.

    What ``concerned`` means is known only to the event that opens a follow-up; for it the answer is empty.
    """
    owner = obligation.owed_by
    if owner.units:
        return tuple(Owing(code) for code in audience.units_named(owner.units))
    if owner.draw:
        return tuple(Owing(code) for part in owner.draw for code in _drawn(audience, part, lot))
    if owner.rota is not None:
        units = audience.units_in(owner.rota)
        return (Owing(units[number % len(units)], owner.each or ""),) if units else ()
    if owner.subjects is not None and owner.by is not None:
        units = audience.units_in(owner.subjects)
        return tuple(Owing(by, subject=unit) for by in audience.owners_named(owner.by) for unit in units)
    if owner.of is not None:
        return tuple(Owing(code, owner.each or "") for code in audience.units_in(owner.of))
    return tuple(Owing(code) for code in audience.owners_named(owner.named or ""))


def fixed(audience: Audience, obligation: Obligation) -> tuple[Owing, ...]:
    """Who owes an obligation whatever the occurrence; nobody where units are drawn or take turns."""
    if obligation.owed_by.draw or obligation.owed_by.rota:
        return ()
    return owing(audience, obligation, number=0, lot=Random(0))


def _drawn(audience: Audience, part: Drawn, lot: Random) -> tuple[str, ...]:
    """Units drawn from a group, in the roster's order; fewer where the group has not so many."""
    units = audience.units_in(part.source)
    most = part.count.at_most or len(units)
    wanted = lot.randint(part.count.at_least, max(part.count.at_least, most))
    chosen = set(lot.sample(units, min(wanted, len(units))))
    return tuple(code for code in units if code in chosen)

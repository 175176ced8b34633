"""Signing for an alert (签收) behind its link: the page shows, the form signs, again it changes nothing."""

from __future__ import annotations

from dataclasses import replace

from fastapi.responses import Response

from web.contexts.acknowledging import AcknowledgePage, AlertedItem
from web.pages.doors import Door, Given, Reply, Way, answer
from workflow import acknowledgements
from workflow.acknowledgements import Alert
from workflow.acts import Act, Actor
from workflow.engine import Engine
from workflow.tables import Link


def page(act: Act, door: Door, link: Link) -> AcknowledgePage:
    """What is to be signed for, or the receipt; raises LinkUnknown for a link of another purpose."""
    return _page(act, door, acknowledgements.alert(act, link))


def shown(act: Act, door: Door, link: Link) -> Reply:
    """The page; nothing is signed by looking."""
    return page(act, door, link), 200


def taken(engine: Engine, door: Door, given: Given) -> Response:
    """Sign for it, or show again what was signed."""
    with engine.looking() as act:
        reader = acknowledgements.alert(act, door.link(act)).reader
    with engine.acting(Actor(reader, "approver")) as act:
        # The link is looked at again inside the transaction that signs.
        signed = acknowledgements.acknowledge(act, door.link(act))
        made = _page(act, door, signed)
    return answer(made)


def stale(engine: Engine, door: Door, given: Given) -> Response:
    """The form was not of this page, or too old: nothing is signed."""
    with engine.looking() as act:
        made = page(act, door, door.link(act))
    return answer(made) if made.acknowledged_at else answer(replace(made, stale=True), 403)


WAY = Way(shown, taken, stale)


def _page(act: Act, door: Door, alert: Alert) -> AcknowledgePage:
    return AcknowledgePage(
        action=door.here, form_token=door.form_token, rehearsal_now=act.now if door.rehearsal else None,
        reader=alert.reader, sent_at=alert.sent_at, by=alert.by, passed_on_at=alert.passed_on_at,
        acknowledged_at=alert.acknowledged_at, contact=door.contact,
        items=tuple(
            AlertedItem(one.programme, one.unit, one.obligation, one.due_date, one.days_late, one.standing)
            for one in alert.lines
        ),
    )  # fmt: skip

"""One submission at a glance, as a cell of the board opens it: ``/submissions/{id}/glance``."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web.contexts.frame import Light, Link, State, WaitingOn
from web.contexts.glances import GlancePage, Holder
from web.pages import record
from web.pages.frame import House, Number, frame, occurrence_of, own_word, show, signed_in
from web.pages.overview import board_href
from workflow import glance
from workflow.acts import Act
from workflow.glance import Glance
from workflow.permissions import OFFICE


def router(house: House) -> APIRouter:
    """``/submissions/{id}/glance``: a page of its own without scripts, a side panel with them."""
    routes = APIRouter(prefix="/submissions", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/{submission_id:int}/glance")
    def look(submission_id: Number, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _page(house, request, act, glance.of(act, submission_id)))

    return routes


def _page(house: House, request: Request, act: Act, found: Glance) -> GlancePage:
    one = found.summary
    here = f"/submissions/{one.id}"
    return GlancePage(
        frame=frame(house, request, act, "programmes", here=here),
        programme=Link(board_href(one.programme), f"{one.programme_title} {found.cycle}"),
        unit=one.unit.name + (f"（{one.subject.name}）" if one.subject else ""),
        obligation=one.obligation_title,
        occurrence=occurrence_of(one.occurrence, one.programme),
        heading=one.heading,
        state=cast("State", one.state),
        standing=own_word(one.standing),
        light=cast("Light", one.light),
        waiting_on=cast("WaitingOn", one.waiting_on),
        due_date=one.due_date,
        due_at=one.due_at,
        filed_at=one.filed_at,
        days_late=one.days_late,
        working_days_late=one.working_days_late,
        extended_from=one.extension.first_due if one.extension else None,
        holders=tuple(Holder(who.post, who.name, who.phone, who.since) for who in found.holders),
        last_alert_at=one.last_alert_at,
        rung=one.rung_title,
        latest=tuple(record.happened(line) for line in found.latest),
        href=here,
        urge=f"{here}/urge" if act.actor.role in OFFICE and found.holders else "",
        versions_href=f"{here}/versions" if one.content_version > 1 else "",
    )

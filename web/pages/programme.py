"""One programme as its definition says it, to be read beside the document: ``/programmes/{key}/definition``."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web.contexts.programme import BodyLine, Place, Plan, PlanLine, Point, ProgrammePage, VersionLine
from web.pages import duties, timeline
from web.pages.frame import House, frame, show, signed_in
from web.pages.overview import provisional
from web.pages.rooms import parts
from workflow import catalogue, outline, sight, wording
from workflow.acts import Act
from workflow.audience import Recipient
from workflow.definition import Count
from workflow.outline import Outline
from workflow.staffing import Staffed
from workflow.versions import Version

#: So much of a version's hash tells it from others.
SHORT = 8


def router(house: House) -> APIRouter:
    """``/programmes/{key}/definition``."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/programmes/{key}/definition")
    def programme(key: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            found, versions = outline.of(act, key), catalogue.versions_of(act, key)
            return show(house, request, _page(house, request, act, found, versions))

    return routes


def _page(house: House, request: Request, act: Act, found: Outline, versions: tuple[Version, ...]) -> ProgrammePage:
    definition, known = found.definition, found.overview
    own = sight.own_unit(act) is not None
    return ProgrammePage(
        frame=frame(house, request, act, "programmes"),
        title=known.title,
        cycle=known.cycle,
        as_of=act.now,
        document=definition.source.document,
        issued=definition.source.issued,
        printed=definition.source.printed,
        published=definition.published.resolve(known.cycle) if definition.published else None,
        units=known.units,
        own=own,
        counts=duties.counts_of(known.counts),
        version=next(_version(one, versions) for one in versions if one.current),
        earlier=tuple(_version(one, versions) for one in versions if not one.current),
        timeline=timeline.drawn(found, act.today),
        plan=_plan(found),
        bodies=tuple(map(_body, found.bodies)),
        groups=duties.groups(found),
        after_anything=duties.after_anything(found),
        coverage=tuple(_coverage(found)),
        rollover=wording.rollover(definition, definition.rollover) if definition.rollover else "",
        damaged=tuple(Place(one.clause, one.what) for one in definition.damaged),
        rooms=parts(known.key, act.actor.role, here="definition"),
        provisional=provisional(known.provisional_years),
    )


def _version(one: Version, versions: tuple[Version, ...]) -> VersionLine:
    return VersionLine(
        one.version[:SHORT], one.since, one.actor, "启动" if one is versions[-1] else "修订", one.comment
    )


def _plan(found: Outline) -> Plan | None:
    planned = found.definition.planned
    if planned is None:
        return None
    parts = tuple(PlanLine(part.title, part.count, found.tasks.get(key, 0)) for key, part in planned.parts.items())
    return Plan(planned.clause or "", parts, planned.total, sum(part.present for part in parts))


def _body(one: Staffed) -> BodyLine:
    return BodyLine(
        title=one.title,
        clause=one.clause or "",
        seat=one.seat or "",
        head=_held(one.head, one.title),
        liaison=_held(one.liaison, one.title),
        members=_members(one.members),
    )


def _held(people: Iterable[Recipient], body: str) -> str:
    """Posts, without the name of the body, and who holds them; empty where nobody does."""
    return "、".join(dict.fromkeys(_person(one, body) for one in people))


def _person(one: Recipient, body: str) -> str:
    if one.name.startswith(one.post_title):
        return one.name.removeprefix(body) or one.name
    return (one.post_title.removeprefix(body) or one.post_title) + (f"（{one.name}）" if one.name else "")


def _members(count: Count | None) -> str:
    if count is None:
        return ""
    if count.at_most is None:
        return f"不少于{count.at_least}人"
    return f"{count.at_least}人" if count.at_least == count.at_most else f"{count.at_least}至{count.at_most}人"


def _coverage(found: Outline) -> Iterable[Point]:
    for one in found.definition.coverage:
        clause = f"（{one.clause}）" if one.clause else ""
        yield Point(one.title + clause, (wording.coverage(found.definition, one),))

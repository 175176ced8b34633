"""The versions of a submission's content, any two compared: ``/submissions/{id}/versions``."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web.contexts.frame import Choice, Link
from web.contexts.versions import FateLine, VersionLine, VersionsPage
from web.pages.frame import Asked, House, Number, frame, occurrence_of, show, signed_in
from web.pages.overview import board_href
from workflow import content_versions, glance
from workflow.acts import Act
from workflow.content_versions import ContentVersion

#: So much of a content's hash tells it from others.
SHORT = 16


def router(house: House) -> APIRouter:
    """``/submissions/{id}/versions``."""
    routes = APIRouter(prefix="/submissions", default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/{submission_id:int}/versions")
    def versions(submission_id: Number, request: Request, before: Asked = "", after: Asked = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _page(house, request, act, submission_id, (before, after)))

    return routes


def _page(house: House, request: Request, act: Act, submission_id: int, asked: tuple[str, str]) -> VersionsPage:
    one, known = glance.of(act, submission_id).summary, content_versions.of(act, submission_id)
    usual = content_versions.usual(known)
    before, after = (int(said) if said.isdecimal() and len(said) < 10 else 0 for said in asked)
    pair = (before or usual[0], after or usual[1]) if usual else None
    found = content_versions.compared(act, submission_id, *pair) if pair else None
    occurrence = occurrence_of(one.occurrence, one.programme)
    return VersionsPage(
        frame=frame(house, request, act, "programmes"),
        programme=Link(board_href(one.programme), one.programme_title),
        submission=Link(
            f"/submissions/{one.id}", f"{one.unit.name} {one.obligation_title}{f' {occurrence}' if occurrence else ''}"
        ),
        versions=tuple(_line(version, pair) for version in reversed(known)),
        before=_choices(known, pair[0] if pair else 0),
        after=_choices(known, pair[1] if pair else 0),
        changes=found.changes if found else (),
        same=found.same if found else (),
        compared=f"第 {pair[0]} 版与第 {pair[1]} 版" if pair else "",
    )


def _choices(known: tuple[ContentVersion, ...], chosen: int) -> tuple[Choice, ...]:
    if len(known) < 2:
        return ()
    return tuple(Choice(str(one.number), f"第 {one.number} 版", one.number == chosen) for one in known)


def _line(one: ContentVersion, pair: tuple[int, int] | None) -> VersionLine:
    role = "" if pair is None else "原来" if one.number == pair[0] else "现在" if one.number == pair[1] else ""
    fates = tuple(FateLine(fate.at, fate.what, fate.who, fate.comment) for fate in one.fates)
    return VersionLine(one.number, one.saved_at, one.saved_by, one.hash[:SHORT], fates, role)

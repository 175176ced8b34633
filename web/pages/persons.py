"""One person over HTTP: looked at, added, and reached otherwise than before."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web import problems
from web.contexts.people import NewPersonPage
from web.pages import desk_forms, directory, staff_forms
from web.pages.desk_forms import Sent
from web.pages.directory import HERE, person_href, rooms
from web.pages.frame import House, acting, done, frame, show, signed_in
from web.pages.submission import Sent as Parts
from workflow import appointing, staff
from workflow.acts import Act
from workflow.permissions import OFFICE
from workflow.refusals import Forbidden, NotFound, Refusal

_CONTACT = frozenset({"key", "name", "email", "wecom_id", "mobile"})


def add_to(routes: APIRouter, house: House) -> None:
    """``/people/persons/new`` and ``/people/persons/{key}``."""

    @routes.get("/persons/new")
    def new(request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            check(act)
            page = NewPersonPage(frame(house, request, act, "people"), rooms(""), staff_forms.new())
            return show(house, request, page)

    @routes.get("/persons/{key}")
    def person(key: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, directory.person_page(house, request, act, key))

    @routes.post("/persons")
    def add(request: Request, form: Parts) -> Response:
        return _saved(house, request, desk_forms.read(form, "person"), None)

    @routes.post("/persons/{key}")
    def save(key: str, request: Request, form: Parts) -> Response:
        return _saved(house, request, desk_forms.read(form, "person"), key)


def check(act: Act) -> None:
    """Raises Forbidden for whoever changes nothing here."""
    if act.actor.role not in OFFICE:
        raise Forbidden(move="变更单位人员")


def _saved(house: House, request: Request, sent: Sent, key: str | None) -> Response:
    actor = acting(house, request, sent.values.get("form_token", ""))
    row = staff_forms.of_person(sent, key or sent.values.get("key", "").strip())
    try:
        with house.engine.acting(actor) as act:
            made = appointing.save_person(act, row, new=key is None)
    except (NotFound, Forbidden):
        raise
    except Refusal as refused:
        again, status = sent.refused(refused, _CONTACT), problems.of_refusal(refused).status
        with house.engine.looking(actor) as act:
            if key is None:
                around = frame(house, request, act, "people", here=f"{HERE}/persons/new")
                return show(house, request, NewPersonPage(around, rooms(""), staff_forms.new(again)), status)
            page = directory.person_page(house, request, act, key)
            known = staff.person_of(act, key)
            return show(house, request, replace(page, edit=staff_forms.edit(known, again)), status)
    return done(house, person_href(made.key), f"已保存：{made.name}" if key else f"已增加：{made.name}（{made.key}）")

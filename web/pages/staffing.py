"""People changed over HTTP: contacts, posts taken up and left, each with a preview of what goes over to whom.

A preview is a GET and changes nothing. What is confirmed is just what was shown: when something has moved since,
the new preview is shown instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web import problems
from web.contexts.frame import Link
from web.contexts.people import StaffPage, StaffPreview
from web.pages import desk_forms, persons, rosters, staff_forms
from web.pages.desk_forms import NOTHING, Sent
from web.pages.directory import HERE, person_href, rooms, unit_href
from web.pages.frame import Asked, House, Number, acting, done, frame, show, signed_in
from web.pages.persons import check
from web.pages.submission import Sent as Parts
from web.rendering import day
from workflow import appointing, posts, second_channels
from workflow.acts import Act, Actor
from workflow.appointing import Appointing, Ending
from workflow.refusals import ChangedMeanwhile, Forbidden, NotFound, Refusal
from workflow.roster import POST_TITLES
from workflow.roster_changes import KINDS
from workflow.tables import Holding

Wanted = Appointing | Ending


def router(house: House) -> APIRouter:
    """``/people``: adding and editing somebody, taking up a post, leaving one."""
    routes = APIRouter(prefix=HERE, default_response_class=HTMLResponse, include_in_schema=False)
    persons.add_to(routes, house)
    _posts(routes, house)
    return routes


def _posts(routes: APIRouter, house: House) -> None:
    @routes.get("/appoint")
    def appoint(
        request: Request,
        post: Asked = "",
        unit: Asked = "",
        person: Asked = "",
        since: Asked = "",
        replaces: Asked = "",
    ) -> Response:
        typed = {"post": post, "unit": unit, "person": person, "since": since, "replaces": replaces}
        with house.engine.looking(signed_in(request)) as act:
            check(act)
            page, status = _appoint(house, request, act, typed, asked=bool(since))
            return show(house, request, page, status)

    @routes.post("/appoint")
    def appointed(request: Request, form: Parts) -> Response:
        return _confirmed(house, request, desk_forms.read(form, "confirm"), None)

    @routes.get("/holdings/{number}/end")
    def end(number: Number, request: Request, until: Asked = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            check(act)
            page, status = _end(house, request, act, number, until)
            return show(house, request, page, status)

    @routes.post("/holdings/{number}/end")
    def ended(number: Number, request: Request, form: Parts) -> Response:
        return _confirmed(house, request, desk_forms.read(form, "confirm"), number)


def _read(act: Act, typed: Mapping[str, str], errors: dict[str, str]) -> Appointing | None:
    """What was typed as a change; None with what is wrong by the names of the form."""
    post, unit_typed = typed.get("post", "").strip(), typed.get("unit", "").strip()
    person = staff_forms.person_meant(act, typed.get("person", ""))
    unit = staff_forms.unit_meant(act, unit_typed) if unit_typed else None
    if not post:
        errors["post"] = "请填职务。"
    if unit_typed and unit is None:
        errors["unit"] = f"花名册中没有单位“{unit_typed[:60]}”，请从列表中选。"
    elif staff_forms.needs_unit(post) and unit is None:
        errors["unit"] = f"“{post}”须写明单位。"
    if person is None:
        errors["person"] = "花名册中没有此人，请从列表中选，或先增加人员。" if typed.get("person") else "请选择任职人。"
    since = _day(typed.get("since", ""), "since", errors)
    replaces = typed.get("replaces", "")
    number = int(replaces) if replaces.isascii() and replaces.isdecimal() and len(replaces) < 10 else None
    if errors or since is None or person is None:
        return None
    return Appointing(post, unit, person, since, number)


def _day(typed: str, name: str, errors: dict[str, str]) -> date | None:
    try:
        found = date.fromisoformat(typed.strip())
    except ValueError:
        errors[name] = "请填日期，例如 2022-01-04。" if typed else "请选择日期。"
        return None
    if not 1949 <= found.year <= 9000:
        errors[name] = "这个日期不可用。"
    return found


def _appoint(
    house: House, request: Request, act: Act, typed: dict[str, str], *, asked: bool, sent: Sent = NOTHING
) -> tuple[StaffPage, int]:
    errors: dict[str, str] = {}
    preview, status, offered = None, 200, staff_forms.lists(act)
    lead, back = _lead(act, typed), _back(act, typed)
    known = posts.directory(act.session)
    unit, person = staff_forms.unit_meant(act, typed["unit"]), staff_forms.person_meant(act, typed["person"])
    shown = {
        **typed,
        "unit": staff_forms.labelled(known.unit(unit).name, unit) if unit else typed["unit"],
        "person": staff_forms.labelled(known.person(person).name, person) if person else typed["person"],
    }
    if asked:
        wanted = _read(act, typed, errors)
        if wanted is None:
            status = 422
        else:
            preview, status = _preview(house, act, wanted, typed, errors, f"{HERE}/appoint", sent)
    ask = staff_forms.appoint(shown, errors, act.today)
    around = frame(house, request, act, "people", here=f"{HERE}/appoint")
    return StaffPage(around, rooms(""), "任命", lead, back, ask, offered, preview), status


def _end(
    house: House, request: Request, act: Act, number: int, until: str, sent: Sent = NOTHING
) -> tuple[StaffPage, int]:
    held = act.session.get(Holding, number)
    if held is None:
        raise NotFound
    known, errors = posts.directory(act.session), dict[str, str]()
    unit = known.unit(held.unit).name if held.unit else ""
    lead = f"{unit}{POST_TITLES.get(held.post, held.post)}：{known.person(held.person).name}"
    back = Link(unit_href(held.unit), unit) if held.unit else Link(person_href(held.person), "任职人")
    preview, status, here = None, 200, f"{HERE}/holdings/{number}/end"
    if until:
        last = _day(until, "until", errors)
        if last is None or errors:
            status = 422
        else:
            preview, status = _preview(house, act, Ending(number, last), {"until": until}, errors, here, sent)
    around = frame(house, request, act, "people", here=here)
    ask = staff_forms.end(number, until, errors, act.today)
    return StaffPage(around, rooms(""), "结束任职", lead, back, ask, (), preview), status


def _preview(
    house: House,
    act: Act,
    wanted: Wanted,
    typed: Mapping[str, str],
    errors: dict[str, str],
    action: str,
    sent: Sent,
) -> tuple[StaffPreview | None, int]:
    """What a change would do; nothing, with the reason among the errors, for one that cannot be made."""
    try:
        found = appointing.foresee(act, wanted, ways=_ways(house))
    except NotFound:
        raise
    except Refusal as refused:
        field = refused.facts.get("field")
        errors[field if isinstance(field, str) and field in (*typed, "until") else ""] = str(refused.facts["reason"])
        return None, problems.of_refusal(refused).status
    kept = (*((name, value) for name, value in typed.items() if value), ("shown", found.shown))
    return StaffPreview(
        changes=tuple((KINDS[one.kind], one.text) for one in found.changes),
        moves=tuple(map(rosters.move, found.moves)),
        warnings=found.warnings,
        since=found.since,
        later=found.since > act.today,
        confirm=staff_forms.confirm(action, kept, sent),
    ), 200


def _ways(house: House) -> tuple[str, ...]:
    return second_channels.ways_open(house.channels, rehearsal=house.engine.rehearsal)


def _confirmed(house: House, request: Request, sent: Sent, number: int | None) -> Response:
    """A change that was shown is made; number is the holding that ends, None for an appointment."""
    actor = acting(house, request, sent.values.get("form_token", ""))
    errors: dict[str, str] = {}
    try:
        with house.engine.looking(actor) as act:
            check(act)
            wanted = _of_form(act, sent, number, errors)
            if wanted is None:
                raise ChangedMeanwhile
            back = _home(act, wanted)
            if appointing.foresee(act, wanted, ways=_ways(house)).shown != sent.values.get("shown"):
                raise ChangedMeanwhile
        with house.engine.acting(actor) as act:
            moves = appointing.make(act, wanted, comment=sent.values.get("comment", ""))
            late = appointing.begins(wanted) > act.today
    except (NotFound, Forbidden):
        raise
    except Refusal as refused:
        return _again(house, request, actor, sent.refused(refused, frozenset({"comment"})), number, refused)
    moved = sum(bool(move.to) for move in moves)
    when = f"{day(appointing.begins(wanted))}起生效，待签件届时移交。" if late else f"移交待签件{moved}件。"
    return done(house, back, f"已变更：{when}")


def _of_form(act: Act, sent: Sent, number: int | None, errors: dict[str, str]) -> Wanted | None:
    if number is None:
        return _read(act, sent.values, errors)
    until = _day(sent.values.get("until", ""), "until", errors)
    return Ending(number, until) if until is not None and not errors else None


def _again(house: House, request: Request, actor: Actor, sent: Sent, number: int | None, refused: Refusal) -> Response:
    """The preview as it is now, with the reason why nothing was changed."""
    with house.engine.looking(actor) as act:
        if number is None:
            typed = {name: sent.values.get(name, "") for name in ("post", "unit", "person", "since", "replaces")}
            page, _ = _appoint(house, request, act, typed, asked=True, sent=sent)
        else:
            page, _ = _end(house, request, act, number, sent.values.get("until", ""), sent)
        return show(house, request, page, problems.of_refusal(refused).status)


def _home(act: Act, wanted: Wanted) -> str:
    """The page that shows the change once it is made."""
    if isinstance(wanted, Appointing):
        return unit_href(wanted.unit) if wanted.unit else person_href(wanted.person)
    held = act.session.get(Holding, wanted.holding)
    if held is None:
        raise NotFound
    return unit_href(held.unit) if held.unit else person_href(held.person)


def _lead(act: Act, typed: Mapping[str, str]) -> str:
    """Whose place is taken, where it is somebody's."""
    number = typed.get("replaces", "")
    held = (
        act.session.get(Holding, int(number)) if number.isascii() and number.isdecimal() and len(number) < 10 else None
    )
    if held is None:
        return ""
    name = posts.directory(act.session).person(held.person).name
    return f"接替{name}，其任职到前一日为止。"


def _back(act: Act, typed: Mapping[str, str]) -> Link:
    unit = staff_forms.unit_meant(act, typed.get("unit", ""))
    return Link(unit_href(unit), posts.directory(act.session).unit(unit).name) if unit else Link(HERE, "单位")

"""Units and people to be looked up: ``/people``, one unit, one person, and what was changed by whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web.contexts.frame import Choice, Link, Pager, StateCounts
from web.contexts.people import (
    AccountLine,
    ChangeLine,
    ChangesPage,
    HeldLine,
    LedLine,
    PeoplePage,
    PersonLine,
    PersonPage,
    UnitLine,
    UnitPage,
    UnitsPage,
    Way,
)
from web.pages import staff_forms
from web.pages.frame import Asked, Cursor, House, frame, show, signed_in
from workflow import posts, second_channels, staff
from workflow.acts import Act
from workflow.permissions import OFFICE
from workflow.roster import GROUP_TITLES, LIAISON, POST_TITLES, UNIT_HEAD, PersonRow, UnitRow
from workflow.roster_changes import KINDS
from workflow.tables import Holding

HERE = "/people"
PAGE = 50
#: So many changes stand on the page of a unit or a person.
RECENT = 20

Standing = Literal["active", "upcoming", "over"]
_STANDINGS: tuple[Standing, ...] = ("active", "upcoming", "over")
_ROOMS = (
    ("/people", "单位"), ("/people/persons", "人员"), ("/people/changes", "变动记录"), ("/people/roster", "花名册"),
    ("/calendars", "放假安排"),
)  # fmt: skip


def rooms(here: str) -> tuple[Link, ...]:
    """The pages about units and people; the one that is shown has no address."""
    return tuple(Link("" if href == here else href, label) for href, label in _ROOMS)


def unit_href(code: str) -> str:
    """The page of a unit."""
    return f"{HERE}/units/{quote(code, safe='')}"


def person_href(key: str) -> str:
    """The page of a person."""
    return f"{HERE}/persons/{quote(key, safe='')}"


def router(house: House) -> APIRouter:
    """``/people``: the lists, one unit, one person."""
    routes = APIRouter(prefix=HERE, default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("")
    def units(request: Request, text: Asked = "", category: Asked = "", cursor: Cursor = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _units(house, request, act, text.strip(), category, cursor))

    @routes.get("/units/{code}")
    def unit(code: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _unit(house, request, act, staff.unit_of(act, code)))

    @routes.get("/persons")
    def people(request: Request, text: Asked = "", cursor: Cursor = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _people(house, request, act, text.strip(), cursor))

    @routes.get("/changes")
    def changes(request: Request, text: Asked = "", cursor: Cursor = "") -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _changes(house, request, act, text.strip(), cursor))

    return routes


def may_change(act: Act) -> bool:
    """Whether the actor changes anything here."""
    return act.actor.role in OFFICE


def _units(house: House, request: Request, act: Act, text: str, category: str, cursor: str) -> UnitsPage:
    found = staff.units(act, text=text, category=category, limit=PAGE, cursor=cursor)
    rows = [row for row in found.items if isinstance(row, UnitRow)]
    counts = staff.counts(act, [row.code for row in rows])
    known = posts.directory(act.session)
    categories = dict.fromkeys(row.category for row in known.units() if row.category and not row.body)
    return UnitsPage(
        frame=frame(house, request, act, "people"),
        rooms=rooms(HERE),
        text=text,
        categories=tuple(Choice(one, one, one == category) for one in categories),
        lines=tuple(_unit_line(act, row, counts.get(row.code, {})) for row in rows),
        pager=_pager(HERE, {"text": text, "category": category}, found.total, len(rows), cursor, found.next),
        may_change=may_change(act),
    )


def _unit_line(act: Act, row: UnitRow, counts: dict[str, int]) -> UnitLine:
    known = posts.directory(act.session)

    def held(post: str) -> str:
        return "、".join(person.name for person in known.holders(post, row.code, act.today))

    leaders = "、".join(known.supervisor_posts(row.code, act.today))
    return UnitLine(
        unit_href(row.code), row.name, row.code, row.category, held(UNIT_HEAD), held(LIAISON), leaders,
        sum(counts.values()), counts.get("overdue", 0),
    )  # fmt: skip


def _unit(house: House, request: Request, act: Act, row: UnitRow) -> UnitPage:
    known, counts = posts.directory(act.session), staff.counts(act, [row.code]).get(row.code, {})
    held = [held_line(house, act, one) for one in staff.holdings(act, unit=row.code)]
    parent = known.unit(row.parent) if row.parent else None
    changing = may_change(act)
    appoint = [(LIAISON, "增加联络员"), (UNIT_HEAD, "任命主要负责同志")] if changing else []
    return UnitPage(
        frame=frame(house, request, act, "people"),
        rooms=rooms(""),
        name=row.name,
        code=row.code,
        category=row.category,
        groups="、".join(GROUP_TITLES.get(one, one) for one in row.groups),
        parent=Link(unit_href(parent.code), parent.name) if parent else None,
        held=tuple(sorted(held, key=lambda one: _STANDINGS.index(one.standing))),
        led=_led(act, row.code),
        counts=StateCounts(**counts),
        accounts=tuple(AccountLine(one.name, one.disabled_at is not None) for one in staff.accounts(act, row.code)),
        changes=change_lines(staff.changes(act, unit=row.code, limit=RECENT).items),
        appoint=tuple(
            Link(f"{HERE}/appoint?{urlencode({'post': POST_TITLES[post], 'unit': row.code})}", label)
            for post, label in appoint
        ),
        supervision_href=f"/approvals/supervision?{urlencode({'unit': row.code})}" if changing else "",
    )


def held_line(house: House, act: Act, one: Holding, *, titled: bool = False) -> HeldLine:
    """A post that somebody holds; ``titled`` names the unit with it."""
    known = posts.directory(act.session)
    person = known.person(one.person)
    title = POST_TITLES.get(one.post, one.post)
    unit = known.unit(one.unit).name if titled and one.unit else ""
    over = one.until is not None and one.until < act.today
    upcoming = one.since is not None and one.since > act.today
    changing = may_change(act) and not over
    wanted = {"post": title, "unit": one.unit or "", "replaces": str(one.id)}
    return HeldLine(
        post=unit + title,
        name=person.name,
        href=unit_href(one.unit) if titled and one.unit else "" if titled else person_href(one.person),
        since=one.since,
        until=one.until,
        standing="over" if over else "upcoming" if upcoming else "active",
        ways=() if titled else ways(house, person),
        replace_href=f"{HERE}/appoint?{urlencode(wanted)}" if changing else "",
        end_href=f"{HERE}/holdings/{one.id}/end" if changing else "",
    )


def _led(act: Act, code: str) -> tuple[LedLine, ...]:
    known, today, lines = posts.directory(act.session), act.today, []
    for row in staff.supervision(act, code):
        over, upcoming = row.until is not None and row.until < today, row.since is not None and row.since > today
        on = max(row.since or today, today) if not over else row.until or today
        names = "、".join(person.name for person in known.holders(row.post, None, on))
        standing: Standing = "over" if over else "upcoming" if upcoming else "active"
        lines.append(
            LedLine(row.post, "" if names == row.post else names, row.since, row.until, standing, row.comment)
        )  # fmt: skip
    return tuple(sorted(lines, key=lambda one: _STANDINGS.index(one.standing)))


def _people(house: House, request: Request, act: Act, text: str, cursor: str) -> PeoplePage:
    found = staff.people(act, text=text, limit=PAGE, cursor=cursor)
    rows = [row for row in found.items if isinstance(row, PersonRow)]
    waiting = staff.waiting(act, [row.key for row in rows])
    known = posts.directory(act.session)
    lines = tuple(
        PersonLine(
            person_href(row.key), row.name, row.key, known.titles_of(row.key, act.today), ways(house, row),
            row.mobile or "", waiting.get(row.key, 0),
        )
        for row in rows
    )  # fmt: skip
    pager = _pager(f"{HERE}/persons", {"text": text}, found.total, len(rows), cursor, found.next)
    around = frame(house, request, act, "people")
    return PeoplePage(around, rooms(f"{HERE}/persons"), text, lines, pager, may_change(act))


def person_page(house: House, request: Request, act: Act, key: str) -> PersonPage:
    """One person; raises Forbidden, NotFound."""
    row = staff.person_of(act, key)
    held = [held_line(house, act, one, titled=True) for one in staff.holdings(act, person=key)]
    return PersonPage(
        frame=frame(house, request, act, "people", here=person_href(key)),
        rooms=rooms(""),
        name=row.name,
        key=key,
        ways=ways(house, row),
        mobile=row.mobile or "",
        held=tuple(sorted(held, key=lambda one: _STANDINGS.index(one.standing))),
        waiting=staff.waiting(act, [key]).get(key, 0),
        waiting_href=f"/approvals?{urlencode({'person': key})}" if may_change(act) else "",
        changes=change_lines(staff.changes(act, person=key, limit=RECENT).items),
        edit=staff_forms.edit(row) if may_change(act) else None,
        appoint_href=f"{HERE}/appoint?{urlencode({'person': key})}" if may_change(act) else "",
    )


def ways(house: House, person: PersonRow) -> tuple[Way, ...]:
    """How somebody is reached, and whether the service can."""
    open_ = second_channels.ways_open(house.channels, rehearsal=house.engine.rehearsal)
    known = (("mail", "电子邮件", person.email), ("wecom", "企业微信", person.wecom_id))
    return tuple(
        Way(
            label, address or "", bool(address) and name in open_,
            "未登记" if not address else "" if name in open_ else "本系统未配置",
        )
        for name, label, address in known
    )  # fmt: skip


def change_lines(found: Iterable[staff.Changed]) -> tuple[ChangeLine, ...]:
    """What was changed, as it is shown."""
    kinds = {str(kind): title for kind, title in KINDS.items()}
    return tuple(ChangeLine(one.at, one.by, one.text, kinds.get(one.kind, ""), one.comment) for one in found)


def _changes(house: House, request: Request, act: Act, text: str, cursor: str) -> ChangesPage:
    here = f"{HERE}/changes"
    found = staff.changes(act, text=text, limit=PAGE, cursor=cursor)
    pager = _pager(here, {"text": text}, found.total, len(found.items), cursor, found.next)
    return ChangesPage(
        frame(house, request, act, "people"), rooms(here), text, change_lines(found.items), pager
    )  # fmt: skip


def _pager(path: str, said: dict[str, str], total: int, shown: int, cursor: str, following: str | None) -> Pager:
    kept = {name: value for name, value in said.items() if value}
    first = f"{path}?{urlencode(kept)}" if kept else path
    return Pager(
        total, shown, first if cursor else "",
        f"{path}?{urlencode({**kept, 'cursor': following})}" if following else "",
    )  # fmt: skip

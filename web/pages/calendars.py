"""放假安排 over HTTP: ``/calendars``, one year, and a notice taken in after a preview.

The preview is worked out when the notice is handed in and kept with its draft, so that a GET writes nothing; when
something has moved until it is confirmed, the new preview is shown instead.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter

from web import handed_in, problems
from web.contexts.calendars import (
    CalendarPage,
    CalendarPreviewPage,
    CalendarsPage,
    FixedDate,
    MovedReminder,
    YearLine,
)
from web.contexts.roster import RowFault
from web.downloads import download
from web.pages import rosters
from web.pages.directory import rooms
from web.pages.frame import House, acting, done, frame, show, signed_in
from web.pages.launch_start import Handed, Word
from workflow import drafts, holidays, staff
from workflow.acts import Act, Actor
from workflow.calendars import CalendarFault, to_csv
from workflow.drafts import Kept
from workflow.holidays import Outlook
from workflow.permissions import OFFICE
from workflow.refusals import ChangedMeanwhile, NotFound

HERE = "/calendars"
_STALE = "您看到的预览之后情况有了变化，没有装入。以下是最新的预览，请重新核对。"
_OUTLOOK = TypeAdapter(Outlook)


def router(house: House) -> APIRouter:
    """``/calendars``."""
    routes = APIRouter(prefix=HERE, default_response_class=HTMLResponse, include_in_schema=False)
    _reading(routes, house)

    @routes.post("")
    def hand_in(request: Request, file: Handed = None, form_token: Word = "") -> Response:
        return _handed_in(house, request, acting(house, request, form_token), handed_in.of_upload(file))

    @routes.get("/notices/{draft}")
    def preview(draft: str, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _preview(house, request, act, drafts.read(act, "calendar", draft)))

    @routes.post("/notices/{draft}")
    def take_in(draft: str, request: Request, shown: Word = "", form_token: Word = "") -> Response:
        return _taken_in(house, request, acting(house, request, form_token), draft, shown)

    return routes


def _reading(routes: APIRouter, house: House) -> None:
    @routes.get("")
    def years(request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            return show(house, request, _years(house, request, act))

    @routes.get("/{year:int}")
    def year(year: int, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            staff.check_reader(act)
            calendar, around = act.calendar(), frame(house, request, act, "people")
            _require_year(year)
            announced = not calendar.provisional(year)
            csv_href = f"{HERE}/{year}.csv" if announced else ""
            days = holidays.days_of(calendar, year)
            return show(house, request, CalendarPage(around, rooms(""), year, not announced, days, csv_href))

    @routes.get("/{year:int}.csv")
    def csv(year: int, request: Request) -> Response:
        with house.engine.looking(signed_in(request)) as act:
            staff.check_reader(act)
            _require_year(year)
            if act.calendar().provisional(year):
                raise NotFound
            return download(to_csv(act.calendar(), year).encode("utf-8-sig"), f"{year}年放假安排.csv", "text/csv")


def _require_year(year: int) -> None:
    """Raises NotFound for years that have no calendar."""
    if not 1949 <= year <= 9998:
        raise NotFound


def _years(
    house: House,
    request: Request,
    act: Act,
    *,
    faults: tuple[RowFault, ...] = (),
    file: str = "",
    error: str = "",
) -> CalendarsPage:
    staff.check_reader(act)
    lines = (
        YearLine(
            one.year, f"{HERE}/{one.year}", one.provisional, one.imported, one.off, one.worked, one.programmes
        )
        for one in holidays.years(act)
    )  # fmt: skip
    around = frame(house, request, act, "people", here=HERE)
    return CalendarsPage(
        around, rooms(HERE), tuple(lines), act.actor.role in OFFICE, faults=faults, file=file, error=error
    )  # fmt: skip


def _handed_in(house: House, request: Request, actor: Actor, file: drafts.File | None) -> Response:
    try:
        if file is None:
            raise drafts.FileRefused(reason="请先选择文件")
        year, rules = handed_in.holidays(file)
        with house.engine.acting(actor) as act:
            facts = {"outlook": _OUTLOOK.dump_json(holidays.foresee(act, year, rules)).decode()}
            draft = drafts.begin(act, "calendar", facts=facts, files={"notice": file})
    except CalendarFault as refused:
        faults = tuple(RowFault(f"第{line}行" if line else "", text) for line, text in refused.faults)
        with house.engine.looking(actor) as act:
            page = _years(house, request, act, faults=faults[: rosters.MOST_FAULTS], file=file.name if file else "")
            return show(house, request, page, 422)
    except (drafts.FileRefused, handed_in.WorkbookRefused) as unread:
        with house.engine.looking(actor) as act:
            return show(house, request, _years(house, request, act, error=unread.text), 422)
    return done(house, f"{HERE}/notices/{draft}")


def _preview(house: House, request: Request, act: Act, kept: Kept, error: str = "") -> CalendarPreviewPage:
    seen = _OUTLOOK.validate_json(kept.facts["outlook"])
    moved = tuple(
        MovedReminder(one.title, one.what, one.before, one.after, one.now_due) for one in seen.moved[: rosters.MOST]
    )
    return CalendarPreviewPage(
        frame=frame(house, request, act, "people", here=f"{HERE}/notices/{kept.key}"),
        rooms=rooms(""),
        year=seen.year,
        provisional=seen.provisional,
        file=kept.files["notice"].name,
        days=tuple((one.day, one.working, one.name) for one in seen.days),
        moved=moved,
        more=len(seen.moved) - len(moved),
        fixed=tuple(
            FixedDate(one.programme, one.title, one.occurrence, one.stays, one.would_be)
            for one in seen.fixed[: rosters.MOST]
        ),
        unnamed=seen.unnamed,
        action=f"{HERE}/notices/{kept.key}",
        shown=_stored(kept),
        error=error,
    )


def _stored(kept: Kept) -> str:
    """The fingerprint of what a draft shows: the same text, the same preview."""
    return _OUTLOOK.validate_json(kept.facts["outlook"]).shown


def _taken_in(house: House, request: Request, actor: Actor, draft: str, shown: str) -> Response:
    try:
        with house.engine.acting(actor) as act:
            kept = drafts.read(act, "calendar", draft)
            year, rules = handed_in.holidays(kept.files["notice"])
            now = _OUTLOOK.dump_json(holidays.foresee(act, year, rules)).decode()
            if shown != _OUTLOOK.validate_json(now).shown:
                raise ChangedMeanwhile
            seen = holidays.take_in(act, year, rules)
            drafts.drop(act, draft)
    except ChangedMeanwhile as changed:
        return _newly(house, request, actor, draft, problems.of_refusal(changed).status)
    return done(house, f"{HERE}/{year}", f"已装入{year}年放假安排，移动提醒{len(seen.moved)}项。")


def _newly(house: House, request: Request, actor: Actor, draft: str, status: int) -> Response:
    """The preview as it is by now, kept with the draft in place of the old one."""
    with house.engine.acting(actor) as act:
        kept = drafts.read(act, "calendar", draft)
        year, rules = handed_in.holidays(kept.files["notice"])
        facts = {"outlook": _OUTLOOK.dump_json(holidays.foresee(act, year, rules)).decode()}
        drafts.change(act, "calendar", draft, facts=facts)
    with house.engine.looking(actor) as act:
        page = _preview(house, request, act, drafts.read(act, "calendar", draft), _STALE)
        return show(house, request, page, status)
